"""The weekly digest: posted once for every week, late when it is late, and the same figures for the same facts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.views.digest_thread import digest_details
from sla_engine.cli.digest_text import as_text
from sla_engine.domain.agreements.errors import NotAllowed
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.reporting.posted_figures import ChangedWeek, RecordedSince, WeekCounts
from sla_engine.domain.time.errors import UnknownPeriod, UnknownWeek
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.notifications.notices import DigestMessage
from sla_engine.services.agreements import agreement_files
from sla_engine.services.incidents.waive_and_merge import Outcomes
from sla_engine.services.queries.digest import arm_digest, as_document, from_document
from sla_engine.storage import timers
from tests.note_desk import DANA, EXAMPLES, MANAGERS, MIRA, TESS, TOM, Desk, Sent, at


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def start(desk: Desk, now: datetime) -> None:
    with desk.database.transaction() as session:
        arm_digest(session, desk.unit_of_work.msp(session), now=now)


def armed(desk: Desk) -> datetime | None:
    with desk.database.reading() as session:
        return timers.due_for(session, Duty.DIGEST, "weekly")


def digests(desk: Desk) -> list[tuple[Sent, DigestMessage]]:
    return [(one, one.shown) for one in desk.sent(to=MANAGERS) if isinstance(one.shown, DigestMessage)]


@pytest.mark.both_databases
def test_the_week_that_ended_is_posted_on_monday_morning_with_its_details_in_the_thread(desk: Desk) -> None:
    start(desk, at("tue 12:00"))
    desk.look(at("mon 07:59", week=1))
    assert digests(desk) == []
    desk.look(at("mon 08:00", week=1))
    (channel, shown), (details, more) = digests(desk)
    assert (channel.key, shown.week, shown.late, channel.thread_of) == ("digest:2026-W06", "2026-W06", False, None)
    assert (details.thread_of, more.figures["part"]) == ("digest:2026-W06", "details")
    assert armed(desk) == at("mon 08:00", week=2)


def test_each_week_is_posted_once(desk: Desk) -> None:
    start(desk, at("tue 12:00"))
    for week in (1, 1, 2, 2):
        desk.look(at("mon 09:00", week=week))
        start(desk, at("mon 09:01", week=week))
    assert [shown.week for one, shown in digests(desk) if one.thread_of is None] == ["2026-W06", "2026-W07"]


def test_after_an_outage_only_the_newest_week_is_posted_and_marked_late(desk: Desk) -> None:
    start(desk, at("tue 12:00"))
    start(desk, at("wed 10:00", week=3))
    desk.look(at("wed 10:00", week=3))
    assert [(shown.week, shown.late) for one, shown in digests(desk) if one.thread_of is None] == [("2026-W08", True)]
    assert armed(desk) == at("mon 08:00", week=4)


def test_a_digest_is_armed_for_the_hour_of_the_msp_across_a_clock_change(desk: Desk) -> None:
    start(desk, at("sat 12:00", week=4))
    assert armed(desk) == datetime.fromisoformat("2026-03-09T08:00:00-04:00")


def test_a_week_is_counted_against_the_weeks_before(desk: Desk) -> None:
    desk.missed(at("mon 10:00"))
    key = desk.open(at("mon 10:00", week=1))
    desk.incidents.respond(key, text="Hello", by=TOM, now=at("mon 10:05", week=1))
    found = desk.digests.figures("2026-W07", now=at("mon 10:06", week=1))
    response = next(row for row in found.metrics if row.metric == "first_response")
    assert (response.trend.this_week.met, response.trend.this_week.of) == (1, 1)
    assert response.trend.last_week.percent == 0.0
    assert response.trend.four_weeks_mean == 0.0
    assert response.median_seconds == 300.0


def test_what_is_open_is_told_as_of_now_and_long_after_as_of_the_weeks_end(desk: Desk) -> None:
    key = desk.missed(at("fri 10:00"))
    soon = desk.digests.figures("2026-W06", now=at("mon 08:00", week=1))
    assert (soon.as_of, soon.notes_owed.count) == (at("mon 08:00", week=1), 1)
    desk.incidents.resolve(key, text="Done", by=TOM, now=at("mon 09:00", week=1))
    later = desk.digests.figures("2026-W06", now=at("mon 09:00", week=4))
    assert later.as_of == at("mon 00:00", week=1)
    assert later.breached_open.count >= 1
    assert later == desk.digests.figures("2026-W06", now=at("tue 17:00", week=5))


def test_a_week_in_which_nothing_was_missed_and_nothing_waits_is_quiet(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    desk.incidents.resolve(key, text="Done", by=TOM, now=at("mon 09:10"))
    found = desk.digests.figures("2026-W06", now=at("mon 08:00", week=1))
    assert found.quiet
    assert found.incidents.this_week.met == 1
    desk.missed(at("mon 12:00", week=1))
    assert not desk.digests.figures("2026-W07", now=at("mon 13:00", week=1)).quiet


def test_missing_and_waiting_things_are_counted(desk: Desk) -> None:
    desk.missed(at("mon 10:00"))
    accepted = desk.written(at("tue 10:00"))
    desk.notes.accept(accepted, by=MIRA, now=at("tue 11:00"))
    found = desk.digests.figures("2026-W06", now=at("fri 10:00"))
    assert (found.notes_owed.count, found.notes_to_review.count, found.decisions_waiting.count) == (1, 0, 1)
    assert [(row.label, row.attribution) for row in found.reasons] == [("Late triage", "us")]
    assert found.unexplained >= 1
    assert sum(row.count for row in found.backlog) == 2


def test_what_was_waived_or_merged_is_left_out_and_said_to_be(desk: Desk) -> None:
    outcomes = Outcomes(desk.unit_of_work)
    late = desk.missed(at("mon 10:00"))
    outcomes.merge(desk.open(at("mon 10:00")), into=late, by=DANA, now=at("mon 10:02"))
    desk.incidents.resolve(late, text="Done", by=TOM, now=at("mon 10:05"))
    missed = desk.digests.figures("2026-W06", now=at("mon 11:00"))
    assert (missed.clocks.this_week.missed, missed.not_counted) == (1, "1 incident merged")
    outcomes.waive(late, metric=MetricName.FIRST_RESPONSE, reason="Power cut", by=MIRA, now=at("mon 10:30"))
    found = desk.digests.figures("2026-W06", now=at("mon 11:00"))
    assert (found.clocks.this_week.missed, found.incidents.this_week.of) == (0, 1)
    assert (found.waived, found.merged, found.not_counted) == (1, 1, "1 miss waived, 1 incident merged")
    assert "1 miss waived, 1 incident merged" in digest_details(found).text


def test_the_week_tells_who_held_the_ball_of_what_was_resolved_in_it(desk: Desk) -> None:
    for day, reason in (("mon", PauseReason.CUSTOMER), ("tue", PauseReason.VENDOR)):
        key = desk.open(at(f"{day} 09:00"))
        desk.incidents.pause(key, reason=reason, until=at(f"{day} 10:30"), by=TOM, now=at(f"{day} 10:00"))
        desk.incidents.resume(key, by=TOM, now=at(f"{day} 11:00"))
        desk.incidents.resolve(key, text="Done", by=TOM, now=at(f"{day} 11:30"))
    desk.open(at("wed 09:00"))
    held = desk.digests.figures("2026-W06", now=at("fri 17:00")).held
    assert held is not None
    assert (held.incidents, held.pauses_outlived) == (2, 2)
    hour = 3600
    assert (held.us_seconds, held.customer_seconds, held.third_party_seconds) == (4 * hour, hour / 2, hour / 2)
    assert (held.outlived_seconds, held.answered_seconds) == (hour, 0)
    assert desk.digests.figures("2026-W07", now=at("fri 17:00", week=1)).held is None


def test_a_reopened_incident_gives_two_medians(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    desk.incidents.resolve(key, text="Done", by=TOM, now=at("mon 09:30"))
    once = desk.digests.figures("2026-W06", now=at("mon 10:00")).metrics[-1]
    assert (once.median_seconds, once.first_median_seconds) == (1800.0, None)
    desk.incidents.reopen(key, text="Not fixed", by=TOM, now=at("mon 10:00"))
    desk.incidents.resolve(key, text="Now it is", by=TOM, now=at("mon 11:00"))
    twice = desk.digests.figures("2026-W06", now=at("mon 11:00")).metrics[-1]
    assert (twice.median_seconds, twice.first_median_seconds) == (5400.0, 1800.0)


def test_a_customer_is_ranked_only_with_five_outcomes(desk: Desk) -> None:
    desk.missed(at("mon 10:00"))
    few = desk.digests.figures("2026-W06", now=at("mon 10:00"))
    assert ([row.customer for row in few.customers_few], few.customers) == (["Acme Dental"], ())
    for number in range(4):
        key = desk.open(at(f"tue 1{number}:00"))
        desk.incidents.resolve(key, text="Done", by=TOM, now=at(f"tue 1{number}:05"))
    enough = desk.digests.figures("2026-W06", now=at("tue 14:00"))
    assert [row.customer for row in enough.customers] == ["Acme Dental"]
    assert enough.customers_few == ()


def test_customer_updates_missed_are_named(desk: Desk) -> None:
    desk.open(at("mon 09:00"))
    desk.look(at("mon 11:30"))
    found = desk.digests.figures("2026-W06", now=at("mon 11:30"))
    assert (found.updates_missed, found.updates_of) == (1, 1)


def test_the_figures_survive_being_stored(desk: Desk) -> None:
    desk.missed(at("mon 10:00"))
    found = desk.digests.figures("2026-W06", now=at("mon 10:00"))
    assert from_document(json.loads(json.dumps(as_document(found)))) == found


def test_only_a_service_manager_asks_for_it_in_slack(desk: Desk) -> None:
    assert desk.digests.show(by=MIRA, written="", now=at("mon 10:00")).week == "2026-W06"
    with pytest.raises(NotAllowed):
        desk.digests.show(by=TESS, written="", now=at("mon 10:00"))


@pytest.mark.parametrize("week", ["2016-13", "W54", "2026-W54", "2025-W53", "2026-W00", "last", "ma", ""])
def test_a_week_that_does_not_exist_is_refused(desk: Desk, week: str) -> None:
    with pytest.raises((UnknownWeek, UnknownPeriod)):
        desk.digests.figures(week, now=at("mon 10:00"))


def test_the_command_prints_a_week_as_text_and_as_json(desk: Desk, database_url: str) -> None:
    from typer import Typer

    from sla_engine.cli.digest import digest
    from sla_engine.cli.options import CommandGroup

    desk.missed(at("mon 10:00"))
    app = Typer(cls=CommandGroup)
    app.callback()(lambda: None)
    app.command("digest")(digest)
    text = CliRunner().invoke(app, ["digest", "--week", "2026-W06", "--database-url", database_url])
    assert text.exit_code == 0, text.output
    assert "Week 2026-W06, 2026-02-02 00:00 to 2026-02-09 00:00 (America/New_York)" in text.output
    assert "First reply" in text.output
    printed = CliRunner().invoke(app, ["digest", "--week", "2026-W06", "--json", "--database-url", database_url])
    assert json.loads(printed.output)["week"] == "2026-W06"
    refused = CliRunner().invoke(app, ["digest", "--week", "soon", "--database-url", database_url])
    assert (refused.exit_code, refused.output) == (
        1,
        "“soon” is neither a week nor a month; write it like last week, w49 or november.\n",
    )


def test_the_digest_of_a_year_end_is_the_week_that_ended(desk: Desk) -> None:
    start(desk, at("mon 09:00") + timedelta(weeks=46))
    desk.look(datetime.fromisoformat("2027-01-04T08:00:00-05:00"))
    assert digests(desk)[0][1].week == "2026-W53"


def with_reopening(desk: Desk, folder: Path, mode: str) -> None:
    """Acme Dental's agreement in force with what reopening does to its clocks."""
    text = (EXAMPLES / "agreements" / "acme-dental.yaml").read_text()
    assert "reopen:" not in text
    file = folder / "acme.yaml"
    file.write_text(f"{text}\nreopen: {{mode: {mode}}}\n")
    agreement_files.apply(desk.database, [file], by="test", now=at("mon 07:00"))


def resolved_and_posted(desk: Desk) -> str:
    """An incident resolved in time in the first week, whose digest is posted on the Monday after; the key."""
    start(desk, at("mon 07:00"))
    key = desk.open(at("fri 16:00"))
    desk.incidents.respond(key, text="Hello", by=TOM, now=at("fri 16:05"))
    desk.incidents.resolve(key, text="Done", by=TOM, now=at("fri 16:20"))
    desk.look(at("mon 08:00", week=1))
    return key


FIRST_WEEK, SECOND_WEEK = "2026-W06", "2026-W07"
WITHOUT_THE_RESOLUTION = ChangedWeek(
    week=FIRST_WEEK,
    posted_at=at("mon 08:00", week=1),
    was=WeekCounts(targets_met=5, targets_of=5, incidents_met=1, incidents_of=1),
    now=WeekCounts(targets_met=3, targets_of=3, incidents_met=0, incidents_of=0),
    since=(RecordedSince(incident_key="INC-1001", what="reopened"),),
)

IN_WORDS = (
    "was 100.0 % (5 of 5), now 100.0 % (3 of 3); incidents without a miss were 100.0 % (1 of 1), now none: "
    "INC-1001 reopened"
)


def changed(desk: Desk, week: str, now: datetime) -> tuple[ChangedWeek, ...]:
    return desk.digests.figures(week, now=now).changed


def test_a_week_asked_for_again_says_what_was_posted_and_what_the_facts_say_now(desk: Desk) -> None:
    key = resolved_and_posted(desk)
    assert changed(desk, FIRST_WEEK, at("mon 08:30", week=1)) == ()
    desk.incidents.reopen(key, text="It is back", by=TOM, now=at("mon 09:00", week=1))
    assert changed(desk, FIRST_WEEK, at("mon 09:01", week=1)) == (WITHOUT_THE_RESOLUTION,)
    assert changed(desk, SECOND_WEEK, at("mon 09:01", week=1)) == (WITHOUT_THE_RESOLUTION,), "it is its week before"
    assert changed(desk, "2026-W11", at("mon 09:01", week=6)) == (), "it shows no figure of that week"
    assert WITHOUT_THE_RESOLUTION.words == IN_WORDS


def test_the_next_digest_says_once_which_posted_week_has_other_figures_and_asks_nobody_for_anything(
    desk: Desk,
) -> None:
    key = resolved_and_posted(desk)
    desk.incidents.reopen(key, text="It is back", by=TOM, now=at("mon 09:00", week=1))
    desk.incidents.pause(key, reason=PauseReason.VENDOR, by=TOM, now=at("mon 09:05", week=1))
    desk.look(at("mon 07:59", week=2))
    before = len(desk.sent())
    desk.look(at("mon 08:00", week=2))
    assert {one.message.partition(":")[0] for one in desk.sent()[before:]} == {"digest"}
    desk.look(at("mon 08:00", week=3))
    posted = [from_document(shown.figures) for one, shown in digests(desk) if one.thread_of is None]
    assert [figures.changed for figures in posted] == [(), (WITHOUT_THE_RESOLUTION,), ()]


def test_a_posted_week_that_changes_again_is_said_again_with_what_was_posted_first(desk: Desk) -> None:
    other = desk.open(at("fri 15:00"))
    desk.incidents.resolve(other, text="Done", by=TOM, now=at("fri 15:10"))
    key = resolved_and_posted(desk)
    for week, reopened in ((1, key), (2, other)):
        desk.incidents.reopen(reopened, text="It is back", by=TOM, now=at("mon 09:00", week=week))
        desk.incidents.pause(reopened, reason=PauseReason.VENDOR, by=TOM, now=at("mon 09:05", week=week))
        desk.look(at("mon 08:00", week=week + 1))
    posted = [from_document(shown.figures) for one, shown in digests(desk) if one.thread_of is None]
    counts = [(change.was.incidents_of, change.now.incidents_of) for figures in posted for change in figures.changed
            if change.week == FIRST_WEEK]  # fmt: skip
    assert counts == [(2, 1), (2, 0)]


@pytest.mark.parametrize(("mode", "stays"), [("new_cycle", 1), ("first_only", 1), ("resume", 0)])
def test_what_was_resolved_without_a_miss_stays_met_where_reopening_does_not_take_it_back(
    desk: Desk, tmp_path: Path, mode: str, stays: int
) -> None:
    with_reopening(desk, tmp_path, mode)
    key = resolved_and_posted(desk)
    desk.incidents.reopen(key, text="It is back", by=TOM, now=at("mon 09:00", week=1))
    incidents = desk.digests.figures(FIRST_WEEK, now=at("mon 09:05", week=1)).incidents.this_week
    assert (incidents.met, incidents.of) == (stays, stays)
    assert (changed(desk, FIRST_WEEK, at("mon 09:05", week=1)) == ()) is bool(stays)
    desk.look(at("fri 12:00", week=1))
    again = desk.digests.figures(FIRST_WEEK, now=at("fri 12:00", week=1)).incidents.this_week
    assert (again.met, again.of) == (stays, stays), "a later miss is one of its own week"


def test_a_new_cycle_that_ends_in_time_is_met_in_its_own_week_as_well(desk: Desk, tmp_path: Path) -> None:
    with_reopening(desk, tmp_path, "new_cycle")
    key = resolved_and_posted(desk)
    desk.incidents.reopen(key, text="It is back", by=TOM, now=at("mon 09:00", week=1))
    desk.incidents.resolve(key, text="Done", by=TOM, now=at("mon 09:20", week=1))
    for week in (FIRST_WEEK, SECOND_WEEK):
        incidents = desk.digests.figures(week, now=at("mon 09:30", week=1)).incidents.this_week
        assert (incidents.met, incidents.of) == (1, 1)


@pytest.mark.sqlite_only
def test_both_forms_of_the_digest_say_it_in_plain_words(desk: Desk) -> None:
    key = resolved_and_posted(desk)
    desk.incidents.reopen(key, text="It is back", by=TOM, now=at("mon 09:00", week=1))
    figures = desk.digests.figures(SECOND_WEEK, now=at("mon 09:05", week=1))
    assert "Week 2026-W06 has other figures since it was posted (2026-02-09 08:00): " in as_text(figures)
    for shown in (as_text(figures), digest_details(figures).text):
        assert IN_WORDS in shown
    assert figures.quiet, "what became of another week asks nobody for anything"
    many = replace(figures, changed=(WITHOUT_THE_RESOLUTION,) * 14)
    assert "and 2 more" in digest_details(many).text
