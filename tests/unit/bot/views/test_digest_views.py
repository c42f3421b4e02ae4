"""The weekly digest in Slack: at most twelve lines, nothing without content, and one line for a quiet week."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.sandbox.blocks.blocks import problems
from bot.views.digest import CHANNEL_LINES_MAX, digest, digest_headlines, digest_now
from bot.views.rendered import Rendered
from sla_engine.cli.digest_text import as_text
from sla_engine.domain.clocks.attribution import AttributedTime
from sla_engine.domain.reporting.attainment import Attainment
from sla_engine.domain.reporting.digest import (
    REPLAYED_ONLY,
    AgeCount,
    BallHeld,
    CustomerMisses,
    DigestFigures,
    MetricFigures,
    OpenClock,
    OpenClocks,
    ReasonMisses,
    Share,
    Trend,
    WaitingFor,
)
from sla_engine.notifications.notices import DigestMessage
from sla_engine.services.queries.digest import as_document

AT = datetime(2026, 2, 9, 5, tzinfo=UTC)
HOSTILE = ["Acme <!channel> & Sons", "🙂" * 2000, "\u202e\u0642\u0635\u0629" * 500, "a" * 4000]


HELD = BallHeld.of(
    AttributedTime(
        us=timedelta(hours=40),
        customer=timedelta(hours=12),
        third_party=timedelta(hours=3),
        outlived=timedelta(hours=2),
        pauses_outlived=2,
    ),
    incidents=23,
)


def trend(met: int, of: int, *, mean: float | None = 96.0) -> Trend:
    return Trend(
        this_week=Share.of_attainment(Attainment(met, of)),
        last_week=Share.of_attainment(Attainment(9, 10)),
        four_weeks_mean=mean,
    )


def week(customer: str = "Acme Dental") -> DigestFigures:
    clock = OpenClock(incident_key="INC-1001", customer=customer, priority="P1", metric_label="Fix", at=AT)
    return DigestFigures(
        week="2026-W06",
        zone="America/New_York",
        starts=AT - timedelta(days=7),
        ends=AT,
        as_of=AT + timedelta(hours=8),
        clocks=trend(186, 190),
        incidents=trend(40, 42),
        metrics=(
            MetricFigures(
                metric="resolution",
                label="Fix",
                trend=trend(40, 42),
                median_seconds=5400.0,
                p90_seconds=None,
            ),
        ),
        customers=tuple(CustomerMisses(customer=customer, missed=2, of=9) for _ in range(5)),
        customers_few=(CustomerMisses(customer=customer, missed=1, of=2),),
        customers_more=3,
        reasons=(
            ReasonMisses(reason="late-triage", label="Late triage", attribution="us", missed=2),
            ReasonMisses(reason="vendor", label="Vendor", attribution="third party", missed=1),
        ),
        unexplained=1,
        updates_missed=2,
        updates_of=60,
        notes_owed=WaitingFor(count=2, oldest=AT),
        notes_to_review=WaitingFor(count=1, oldest=AT),
        decisions_waiting=WaitingFor(count=1, oldest=AT),
        sops_overdue=WaitingFor(count=1, oldest=AT),
        at_risk=OpenClocks(count=7, first=(clock,) * 5, incidents=3),
        breached_open=OpenClocks(count=1, first=(clock,)),
        backlog=(AgeCount(age="0–1", count=3), AgeCount(age="> 30", count=1)),
        waived=1,
        merged=2,
        held=HELD,
    )


@pytest.mark.parametrize("quiet_week", [True, False])
def test_a_digest_of_nothing_but_replayed_incidents_says_so(quiet_week: bool) -> None:
    live = quiet() if quiet_week else week()
    replayed = replace(live, only_replayed=True)
    assert REPLAYED_ONLY in digest_headlines(replayed).text
    assert REPLAYED_ONLY in as_text(replayed)
    assert REPLAYED_ONLY not in digest_headlines(live).text + as_text(live)


def quiet() -> DigestFigures:
    nothing = WaitingFor(count=0, oldest=None)
    return replace(
        week(),
        clocks=trend(12, 12),
        customers=(),
        customers_few=(),
        reasons=(),
        waived=0,
        merged=0,
        held=None,
        updates_missed=0,
        notes_owed=nothing,
        notes_to_review=nothing,
        decisions_waiting=nothing,
        sops_overdue=nothing,
        at_risk=OpenClocks(count=0, first=()),
        breached_open=OpenClocks(count=0, first=()),
    )


def posted(figures: DigestFigures, *, part: str = "channel", late: bool = False) -> Rendered:
    document: dict[str, Any] = json.loads(json.dumps(as_document(figures))) | {"part": part}
    rendered = digest(DigestMessage(week=figures.week, figures=document, late=late))
    assert problems(rendered.blocks, surface="message") == []
    return rendered


@pytest.mark.parametrize("customer", ["Acme Dental", *HOSTILE])
@pytest.mark.parametrize("part", ["channel", "details"])
def test_slack_takes_the_digest_whatever_a_customer_is_called(customer: str, part: str) -> None:
    rendered = posted(week(customer), part=part)
    section_texts = [block["text"]["text"] for block in rendered.blocks if block["type"] == "section"]
    assert not any("<!channel>" in text for text in section_texts)
    assert len(rendered.text) <= 4000


def test_the_channel_gets_twelve_lines_at_most_and_the_decisions_second() -> None:
    lines = posted(week()).text.splitlines()
    assert len(lines) <= CHANNEL_LINES_MAX
    assert "*97.9 %* met (186 of 190) (last week 90.0 %, four weeks before 96.0 %)" in lines[0]
    assert "*Waiting for you:* notes to review 1" in lines[1]
    assert any("ours 2, others' 1" in line for line in lines)
    assert any("and 3 more" in line for line in lines)


def test_a_line_tells_who_held_the_ball_and_another_what_was_not_counted() -> None:
    text = posted(week()).text
    assert "*Who held the ball:* us 40 h, customer 12 h, third party 3 h; of ours 2 h after 2 pauses outlived" in text
    assert "the expected end (open time of 23 incidents resolved)" in text
    assert "*Not counted:* 1 miss waived, 2 incidents merged" in text
    assert posted(week()).text.splitlines()[-1].startswith(":file_folder:"), "nothing is cut off at twelve lines"
    assert "*Not counted:* 2 misses waived" in posted(replace(week(), waived=2, merged=0)).text


def test_a_median_of_first_resolutions_stands_beside_the_whole_where_it_is_another() -> None:
    reopened = replace(week().metrics[0], first_median_seconds=1800.0)
    rendered = posted(replace(week(), metrics=(reopened,)), part="details")
    assert "1 h 30 m (first 30 m)" in rendered.text
    assert "1.50 h (first 0.50 h)" in as_text(replace(week(), metrics=(reopened,)))


def test_figures_that_were_stored_before_there_were_waivers_can_still_be_shown() -> None:
    older = {name: value for name, value in as_document(quiet()).items() if name not in ("waived", "merged", "held")}
    rendered = digest(DigestMessage(week="2026-W06", figures=older | {"part": "channel"}, late=False))
    assert "was quiet" in rendered.text


def test_nobody_is_mentioned_by_name_in_the_channel() -> None:
    assert "<@" not in posted(week()).text


def test_a_quiet_week_is_one_line() -> None:
    assert posted(quiet()).text.splitlines() == [
        ":white_check_mark: *Week 2026-W06* was quiet: 12 of 12 targets met, nothing missed, nothing waits."
    ]
    assert "no target came due" in posted(replace(quiet(), clocks=trend(0, 0))).text


def test_what_is_without_content_is_left_out() -> None:
    lines = posted(replace(quiet(), notes_owed=WaitingFor(count=1, oldest=None), backlog=())).text.splitlines()
    assert [line.split("*")[1] for line in lines] == ["Week 2026-W06:", "SLA notes missing or returned:"]


def test_a_late_digest_says_so() -> None:
    assert posted(week(), late=True).text.startswith(":hourglass: Posted late. ")


def test_the_thread_holds_tables_lists_and_how_it_was_counted() -> None:
    rendered = posted(week(), part="details")
    assert "By metric" in rendered.text
    assert "Fix 40/42 95.2" in rendered.text
    assert "… and 2 more" in rendered.text
    assert "weeks of America/New_York" in rendered.text


def test_somebody_who_asks_gets_both_parts() -> None:
    rendered = digest_now(week())
    assert problems(rendered.blocks, surface="message") == []
    assert rendered.text.startswith(posted(week()).text)


def test_a_terminal_gets_the_same_figures() -> None:
    text = as_text(week())
    assert "Targets:   186 of 190 met, 97.9 % (95 % interval 94.7–99.2 %); last week 90.0 %" in text
    assert "Customer updates missed: 2 of 60" in text
    assert "Misses that no note explains yet: 1" in text
    assert "Not counted: 1 miss waived, 2 incidents merged" in text
    assert "Who held the ball: us 40h, customer 12h, third party 3h; of ours 2h after 2 pauses" in text
    assert as_text(quiet()).startswith("Week 2026-W06 was quiet: 12 of 12 met")
    assert "none came due" in as_text(replace(week(), clocks=trend(0, 0, mean=None)))


def test_open_clocks_say_of_how_many_incidents_they_are_and_the_reasons_end_with_none_given() -> None:
    assert "*Due within 7 days:* 7 clocks of 3 incidents, first" in posted(week()).text
    details = posted(week(), part="details").text
    assert "not explained yet" in details
    assert "what was never answered is in neither" in details
    assert "not explained yet" in as_text(week())
