"""The weekly digest in Slack: at most eight lines, nothing without content, and one line for a quiet week."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.sandbox.blocks.blocks import problems
from bot.views.digest import CHANNEL_LINES_MAX, digest, digest_headlines, digest_now
from bot.views.own_customers import own_customers
from bot.views.rendered import Rendered
from sla_engine.cli.digest_text import as_text
from sla_engine.domain.agreements.goals import GoalPeriod
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.attribution import AttributedTime
from sla_engine.domain.clocks.pause_habits import PauseHabits
from sla_engine.domain.reporting.attainment import Attainment
from sla_engine.domain.reporting.control_limits import WeekVerdict
from sla_engine.domain.reporting.customers_to_call import CallCause, CustomerCall, CustomerWeek
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
from sla_engine.domain.reporting.digest_parts import (
    ClosedDay,
    Decisions,
    GoalFigures,
    OpenDecision,
    UsualWeeks,
)
from sla_engine.domain.reporting.escalation_times import EscalationTimes
from sla_engine.domain.reporting.goals import GoalStanding
from sla_engine.domain.reporting.posted_figures import ChangedWeek, RecordedSince, WeekCounts
from sla_engine.notifications.notices import DigestMessage, OwnCustomersMessage
from sla_engine.services.queries.digest import as_document
from sla_engine.text.digest_shares import whole_percent

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
        goals=(
            GoalFigures(
                label="overall",
                percent=97.5,
                is_met=True,
                standing=GoalStanding(period=GoalPeriod.MONTH, missed=2, allowed=3, day=8, days=28),
            ),
            GoalFigures(label="fix, P1", percent=99.0, is_met=False, standing=None),
        ),
        usual=UsualWeeks(low=86.2, high=100.0, verdict=WeekVerdict.ORDINARY),
        calls=(
            CustomerCall(
                customer=customer,
                cause=CallCause.MISSED_P1,
                missed=1,
                of=1,
                incident_key="INC-1001",
                metric=MetricName.RESOLUTION,
                late_seconds=10800.0,
            ),
            CustomerCall(customer="Beta", cause=CallCause.GOAL_BROKEN, missed=4, of=9, allowed=2),
        ),
        most_untold=CustomerMisses(customer="Cedar", missed=2, of=9),
        urgent_ahead=3,
        closed_ahead=(ClosedDay(day=date(2026, 2, 12), customers=("Beta",)),),
        saved=17,
        decided=Decisions(
            on_monday=True,
            done=4,
            of=5,
            open=(OpenDecision(number="SOP-7", title="VPN reset", due_on=AT + timedelta(days=3)),),
        ),
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
        clocks=trend(118, 121),
        goals=(GoalFigures(label="overall", percent=97.0, is_met=True, standing=None),),
        calls=(),
        customers=(),
        customers_few=(),
        reasons=(),
        unexplained=0,
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
        closed_ahead=(),
        saved=0,
        decided=None,
        waits_long=False,
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


def test_the_channel_gets_eight_lines_at_most_and_each_says_what_to_do() -> None:
    lines = posted(week()).text.splitlines()
    assert len(lines) <= CHANNEL_LINES_MAX
    assert lines == [
        "*2 – 8 Feb: 186 of 190 promises kept, 98 %.* Goal 97.5 %, week before 90 %. An ordinary week.",
        "*Call them:* Acme Dental, its only P1 was fixed 3 h late · Beta, 4 of 9 late this month (goal allows 2)",
        "*Why:* 2 ours (2 late triage), 1 vendors'. 3 of 4 explained.",
        "*Ahead:* 7 due this week, 3 of them P1 or P2. Thursday is a holiday at Beta.",
        "*Customers not told in time:* 2 times, at Cedar.",
        "*Saved:* 17 promises kept with less than a quarter of the time left, after a nudge.",
        "*Last Monday's decisions:* 4 of 5 done. Open: SOP-7 VPN reset, due Thu.",
    ]


def test_a_terminal_gets_the_same_lines() -> None:
    without_marks = posted(week()).text.replace("*", "")
    assert as_text(week()).startswith(without_marks)
    assert as_text(quiet()) == posted(quiet()).text.replace("*", "")


def test_the_thread_tells_who_held_the_ball_and_what_was_not_counted() -> None:
    text = posted(week(), part="details").text
    assert "us 40 h, customer 12 h, third party 3 h; of ours 2 h after 2 pauses outlived" in text
    assert "the expected end (open time of 23 incidents resolved)" in text
    assert "1 miss waived, 2 incidents merged" in text
    assert "2 misses waived" in posted(replace(week(), waived=2, merged=0), part="details").text


def test_the_thread_counts_pauses_and_acts_and_names_nobody() -> None:
    figures = replace(
        week(),
        habits=PauseHabits(pauses=41, late=3, answered=2),
        escalation=EscalationTimes(nudges=12, acted_on=9, half_within=timedelta(minutes=7)),
    )
    pauses = "41 began, 3 in the last tenth of a target's time, 2 while the customer had answered and waited for us."
    for text in (posted(figures, part="details").text, as_text(figures)):
        assert pauses in text
        assert "12 nudges, 9 acted on, half within 7 m." in text
    assert "began" not in posted(replace(week(), habits=PauseHabits(pauses=41)), part="details").text


@pytest.mark.parametrize(
    ("now", "since", "words"),
    [
        (
            WeekCounts(targets_met=104, targets_of=114, incidents_met=40, incidents_of=42),
            (RecordedSince(incident_key="INC-1203", what="reopened"),),
            "was 92.1 % (105 of 114), now 91.2 % (104 of 114): INC-1203 reopened",
        ),
        (
            WeekCounts(targets_met=105, targets_of=114, incidents_met=39, incidents_of=42),
            tuple(RecordedSince(incident_key=f"INC-{number}", what="waived") for number in range(5)),
            "incidents without a miss were 95.2 % (40 of 42), now 92.8 % (39 of 42): "
            "INC-0 waived, INC-1 waived, INC-2 waived, 2 more",
        ),
    ],
)
def test_a_week_with_other_figures_says_why(now: WeekCounts, since: tuple[RecordedSince, ...], words: str) -> None:
    was = WeekCounts(targets_met=105, targets_of=114, incidents_met=40, incidents_of=42)
    change = ChangedWeek(week="2026-W05", posted_at=AT, was=was, now=now, since=since)
    assert change.words == words
    assert f"2026-W05 {words}" in posted(replace(week(), changed=(change,)), part="details").text


def test_the_thread_says_how_each_goal_stands_and_what_waits() -> None:
    text = posted(week(), part="details").text
    assert "overall 97.5 %: met in the week; 2 missed this month, the goal allows 3; day 8 of 28" in text
    assert "fix, P1 99 %: not met in the week; too few to set a goal by" in text
    assert "SLA notes missing or returned: 2" in text
    assert "Goal overall 97.5 %: met in the week" in as_text(week())


def test_a_median_of_first_resolutions_stands_beside_the_whole_where_it_is_another() -> None:
    reopened = replace(week().metrics[0], first_median_seconds=1800.0)
    rendered = posted(replace(week(), metrics=(reopened,)), part="details")
    assert "1 h 30 m (first 30 m)" in rendered.text
    assert "1.50 h (first 0.50 h)" in as_text(replace(week(), metrics=(reopened,)))


def test_figures_that_were_stored_by_earlier_versions_can_still_be_shown() -> None:
    added = ("waived", "merged", "held", "goals", "usual", "weeks", "calls", "most_late", "most_untold", "decided")
    older = {name: value for name, value in as_document(week()).items() if name not in added}
    rendered = digest(DigestMessage(week="2026-W06", figures=older | {"part": "channel"}, late=False))
    assert rendered.text.startswith("*2 – 8 Feb: 186 of 190 promises kept, 98 %.* Week before 90 %.")


def test_nobody_is_mentioned_by_name_in_the_channel() -> None:
    assert "<@" not in posted(week()).text


def test_a_quiet_week_is_one_line() -> None:
    assert posted(quiet()).text == "*2 – 8 Feb: 118 of 121 promises kept, 98 %.* Goal met, nothing waits for you."
    without = replace(quiet(), goals=(), clocks=trend(0, 0))
    assert posted(without).text == "*2 – 8 Feb: no promise came due.* Nothing missed, nothing waits for you."
    young = replace(quiet(), notes_to_review=WaitingFor(count=1, oldest=AT))
    assert posted(young).text.endswith("Goal met, nothing has waited for a day.")


P1_CALL = CustomerCall(customer="Beta", cause=CallCause.MISSED_P1, missed=2, of=3)


@pytest.mark.parametrize(
    "change",
    [
        {"calls": (P1_CALL,)},
        {"calls": (replace(P1_CALL, cause=CallCause.COMPLAINT),)},
        {"calls": (replace(P1_CALL, cause=CallCause.GOAL_BROKEN),)},
        {"waits_long": True},
        {"usual": UsualWeeks(low=99.0, high=100.0, verdict=WeekVerdict.UNUSUALLY_BAD)},
        {"goals": (GoalFigures(label="overall", percent=99.0, is_met=False, standing=None),)},
        {"goals": ()},
    ],
    ids=["missed P1", "angry", "goal of a customer", "old", "unusually bad", "goal", "no goal and misses"],
)
def test_a_week_that_asks_for_something_is_not_quiet(change: dict[str, Any]) -> None:
    assert not replace(quiet(), **change).quiet
    assert quiet().quiet


@pytest.mark.parametrize(
    ("usual", "sentence"),
    [
        (None, "Week before 90 %."),
        (UsualWeeks(low=86.2, high=100.0, verdict=WeekVerdict.ORDINARY), "Week before 90 %. An ordinary week."),
        (
            UsualWeeks(low=86.2, high=100.0, verdict=WeekVerdict.UNUSUALLY_BAD),
            "Week before 90 %. Unusually bad: ordinary weeks are 86 to 100 %. 9 of the 10 late ones are Cedar's.",
        ),
        (
            UsualWeeks(low=80.3, high=100.0, verdict=WeekVerdict.UNUSUALLY_BAD),
            "Week before 90 %. Unusually bad: ordinary weeks are 80.3 to 100.0 %. 9 of the 10 late ones are Cedar's.",
        ),
        (
            UsualWeeks(low=60.0, high=75.0, verdict=WeekVerdict.UNUSUALLY_GOOD),
            "Week before 90 %. Unusually good: ordinary weeks are 60 to 75 %.",
        ),
    ],
)
def test_a_week_is_ordinary_or_unusual_beside_those_before(usual: UsualWeeks | None, sentence: str) -> None:
    figures = replace(
        week(),
        goals=(),
        clocks=trend(40, 50),
        usual=usual,
        most_late=CustomerMisses(customer="Cedar", missed=9, of=12),
    )
    assert posted(figures).text.splitlines()[0] == f"*2 – 8 Feb: 40 of 50 promises kept, 80 %.* {sentence}"


@pytest.mark.parametrize(
    ("met", "of", "against", "written"),
    [
        (112, 122, None, "92"),
        (118, 121, None, "98"),
        (999, 1000, None, "99.9"),
        (9999, 10000, None, "99.9"),
        (1000, 1000, None, "100"),
        (926, 1000, 93.0, "92.6"),
        (9296, 10000, 93.0, "92.9"),
        (93, 100, 93.0, "93"),
        (934, 1000, 93.5, "93"),
        (1, 200, None, "1"),
    ],
)
def test_a_share_is_never_rounded_up_to_what_was_not_reached(
    met: int, of: int, against: float | None, written: str
) -> None:
    assert whole_percent(met, of, against=against) == written


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (P1_CALL, "Beta, 2 of 3 P1 late"),
        (replace(P1_CALL, missed=1, of=1, metric=MetricName.RESOLUTION), "Beta, its only P1 was not fixed in time"),
        (
            replace(P1_CALL, missed=1, of=1, metric=MetricName.FIRST_RESPONSE, late_seconds=2400.0),
            "Beta, its only P1 was answered 40 m late",
        ),
        (
            replace(P1_CALL, missed=1, of=1, metric=MetricName.CUSTOMER_UPDATE),
            "Beta, its only P1 went without an update in time",
        ),
        (
            replace(P1_CALL, cause=CallCause.COMPLAINT, title="Printer", incident_key="INC-7"),
            "Beta, angry about “Printer” (INC-7)",
        ),
        (
            replace(P1_CALL, cause=CallCause.GOAL_ONE_MISS_AWAY, allowed=2, metric=MetricName.RESOLUTION),
            "Beta, 2 of 3 fix late this month (goal allows 2, the next one breaks it)",
        ),
        (replace(P1_CALL, cause=CallCause.OFTEN_LATE, missed=4, of=9), "Beta, 4 of 9 late this month"),
    ],
)
def test_each_reason_to_call_has_its_words(call: CustomerCall, sentence: str) -> None:
    assert posted(replace(week(), calls=(call,))).text.splitlines()[1] == f"*Call them:* {sentence}"


def test_a_manager_gets_one_line_for_each_of_their_customers() -> None:
    message = OwnCustomersMessage(
        first=date(2026, 11, 30),
        last=date(2026, 12, 6),
        customers=(
            CustomerWeek(customer="Beta", met=7, of=9, call=replace(P1_CALL, cause=CallCause.OFTEN_LATE)),
            CustomerWeek(customer="Acme", met=9, of=9, call=None),
            CustomerWeek(
                customer="Cedar",
                met=0,
                of=0,
                call=replace(P1_CALL, cause=CallCause.COMPLAINT, title="Tea", incident_key="INC-7"),
            ),
        ),
    )
    assert own_customers(message).text.splitlines() == [
        "*Your customers, 30 Nov – 6 Dec*",
        "• Beta: 7 of 9 kept, 78 % · *call them:* 2 of 3 late this month",
        "• Acme: 9 of 9 kept, 100 %",
        "• Cedar: no promise came due · *call them:* angry about “Tea” (INC-7)",
    ]


def test_a_customer_with_one_of_several_late_updates_is_not_named() -> None:
    figures = replace(week(), most_untold=CustomerMisses(customer="Cedar", missed=1, of=3))
    assert "*Customers not told in time:* 2 times." in posted(figures).text


def test_a_week_long_ago_speaks_of_its_own_time() -> None:
    text = posted(replace(week(), as_of=week().ends)).text
    assert "7 due in the week after" in text
    assert "4 of 9 late in that month" in text
    assert "*Decisions of the week:*" in text
    assert "*3 – 9 Feb 2025" not in text


def test_a_week_that_goes_on_says_so() -> None:
    assert posted(replace(week(), as_of=AT - timedelta(days=3))).text.startswith("*2 – 8 Feb so far: 186 of 190")


@pytest.mark.parametrize(
    ("reasons", "unexplained", "line"),
    [
        ((), 4, "none of 4 explained yet."),
        ((), 1, "not explained yet."),
        (
            (("Vendor", "third party", 2), ("Access missing", "customer", 1)),
            0,
            "2 vendors', 1 customers'. 3 of 3 explained.",
        ),
        (
            (("A", "us", 4), ("B", "us", 3), ("C", "us", 2), ("D", "us", 1), ("E", "us", 1)),
            1,
            "11 ours (4 a, 3 b, 2 c, 2 for other reasons). 11 of 12 explained.",
        ),
    ],
)
def test_the_reasons_say_whose_misses_they_were(
    reasons: tuple[tuple[str, str, int], ...], unexplained: int, line: str
) -> None:
    rows = tuple(
        ReasonMisses(reason=label, label=label, attribution=whose, missed=missed) for label, whose, missed in reasons
    )
    assert f"*Why:* {line}" in posted(replace(week(), reasons=rows, unexplained=unexplained)).text


def test_what_is_without_content_is_left_out() -> None:
    assert posted(replace(quiet(), waits_long=True)).text.splitlines() == [
        "*2 – 8 Feb: 118 of 121 promises kept, 98 %.* Goal 97 %, week before 90 %. An ordinary week."
    ]


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
    assert "none came due" in as_text(replace(week(), clocks=trend(0, 0, mean=None)))


def test_open_clocks_say_of_how_many_incidents_they_are_and_the_reasons_end_with_none_given() -> None:
    details = posted(week(), part="details").text
    assert "7 clocks of 3 incidents" in details
    assert "not explained yet" in details
    assert "what was never answered is in neither" in details
    assert "not explained yet" in as_text(week())


def test_what_is_suggested_this_week_stands_in_the_thread_and_in_the_terminal() -> None:
    sentence = "Late triage, Acme Dental: 3 times in 30 days, no SOP for it. Suggests: create an SOP."
    suggesting = replace(week(), suggested=(sentence, "<!channel> once"))
    details = posted(suggesting, part="details")
    assert f"Worth a decision this week\n• {sentence}" in details.text
    assert "<!channel>" not in details.text
    assert f"Worth a decision: {sentence}" in as_text(suggesting)
    assert "Worth a decision" not in posted(week(), part="details").text + as_text(week())
