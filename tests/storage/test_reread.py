"""Histories written under earlier rules: read by today's once, each outcome that differs corrected, nobody prompted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from sla_engine.cli.reread import sentence
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.rules import RULES_VERSION
from sla_engine.domain.incidents.events import (
    CHANGED_RULES,
    Breached,
    Corrected,
    Event,
    Paused,
    PrioritySet,
    Resolved,
    Responded,
    Resumed,
)
from sla_engine.domain.incidents.new_fact import NewFact
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.domain.reporting.posted_figures import WeekCounts
from sla_engine.intake import log_replay
from sla_engine.notifications.notices import DigestMessage
from sla_engine.notifications.nudges import NudgeMessage
from sla_engine.services.agreements import agreement_files
from sla_engine.services.audit.audit import Audit
from sla_engine.services.queries.digest import arm_digest, from_document
from sla_engine.services.versions import reread
from sla_engine.services.versions.reread import Rereading
from sla_engine.storage import clocks, events, incidents, notes, rules_version, settings
from sla_engine.storage.prompts import IncidentPrompts
from sla_engine.storage.rules_version import RulesProgress
from sla_engine.storage.tables.incidents import Clock
from tests.note_desk import EXAMPLES, MANAGERS, TOM, Desk, at

AGREEMENT = """\
customer: Kiwi Foods
effective: 2026-01-01
calendar: {timezone: America/New_York, hours: {mon-fri: "09:00-17:00"}, business_day: 8h}
targets:
  P1: {resolution: 4h}
  P2: {first_response: 30m, resolution: 8h}
  P3: {resolution: 16h}
  P4: {resolution: 24h}
ladders:
  default:
    - {at: 75%, tell: assignee}
    - {at: 100%, tell: dispatcher, repeat: 30m until acknowledged}
    - {at: 200%, tell: service_manager}
"""
TEN = at("mon 10:00")
Row = Mapping[tuple[MetricName, int], Mapping[str, Any]]


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(database_url)
    file = tmp_path / "kiwi.yaml"
    file.write_text(AGREEMENT)
    agreement_files.apply(made.database, [file], by="test", now=at("mon 07:00"))
    yield made
    made.close()


def opened(desk: Desk, now: datetime = TEN, *, priority: Priority = Priority.P2) -> str:
    return desk.open(now, priority=priority, customer="Kiwi Foods")


def written_before(desk: Desk, key: str, facts: list[tuple[Event, datetime]], *, now: datetime, rows: Row) -> None:
    """Facts as an earlier version recorded them, and the rows that it made of them, which say `rows` by its rules.

    Whatever else the rows say is said by both. Nothing tells any more that the database follows today's rules.
    """
    with desk.database.transaction() as session:
        work = desk.unit_of_work.work_on(session, incidents.lock(session, key), now=now)
        recorded = [NewFact(event=fact, at=when, by=_by(fact), source="slack") for fact, when in facts]
        work.record_all(recorded)
        work.clocks.measure(work.readings(), now=now)
        work.store()
        for (metric, cycle), columns in rows.items():
            its_row = (Clock.incident_id == work.incident.id, Clock.metric == metric.value, Clock.cycle == cycle)
            session.execute(update(Clock).where(*its_row).values(**columns))
        settings.put(session, "rules", {})


def _by(fact: Event) -> str:
    """A breach is nobody's act."""
    return "" if isinstance(fact, Breached) else TOM


NOT_MISSED: dict[str, Any] = {
    "breached_at": None, "breached_on_change": False, "noticed_at": None, "elapsed_us": 0,
}  # fmt: skip
RESOLUTION = (MetricName.RESOLUTION, 0)


def missed_by_todays_rules(desk: Desk, *, is_resolved: bool = True, now: datetime | None = None) -> str:
    """A pause that was resumed at the same instant, which once held for ever: by today's rules it held for none."""
    key = opened(desk)
    resolved_at = at("wed 12:00")
    facts: list[tuple[Event, datetime]] = [
        (Responded(), at("mon 10:05")),
        (Paused(reason=PauseReason.VENDOR), at("mon 11:00")),
        (Resumed(reason=PauseReason.VENDOR), at("mon 11:00")),
    ]
    if is_resolved:
        rows = {RESOLUTION: NOT_MISSED | {"outcome_at": resolved_at, "due_at": None, "grace_until": None}}
        written_before(desk, key, [*facts, (Resolved(), resolved_at)], now=resolved_at, rows=rows)
    else:
        paused = {"state": "paused", "due_at": None, "grace_until": None, "outcome_at": None, "running_since": None}
        written_before(desk, key, facts, now=now or resolved_at, rows={RESOLUTION: NOT_MISSED | paused})
    return key


def missed_by_earlier_rules(desk: Desk) -> str:
    """A priority that promises no resolution, at which the old clock went on and was missed; its note was asked for."""
    key = opened(desk)
    breached_at = at("tue 10:00")
    facts: list[tuple[Event, datetime]] = [
        (Responded(), at("mon 10:05")),
        (PrioritySet(priority=Priority.P5), at("mon 11:00")),
        (Breached(metric="resolution", cycle=0, breached_at=breached_at, on_change=False), breached_at),
    ]
    row = {"state": "running", "breached_at": breached_at, "outcome_at": breached_at, "stopped_at": None,
           "due_at": breached_at, "grace_until": breached_at, "noticed_at": breached_at}  # fmt: skip
    written_before(desk, key, facts, now=breached_at, rows={RESOLUTION: row})
    with desk.database.transaction() as session:
        number = incidents.find(session, key).id
        notes.want(session, number, wanted_at=breached_at, wanted_from=TOM, manager=None)
    return key


def corrected(desk: Desk, key: str) -> list[Corrected]:
    with desk.database.reading() as session:
        history = events.history(session, incidents.find(session, key).id)
    return [entry.event for entry in history if isinstance(entry.event, Corrected)]


def reread_now(desk: Desk, now: datetime) -> RulesProgress:
    done = Rereading(desk.unit_of_work).run(now=now)
    assert done is not None
    return done


def stored(desk: Desk, key: str) -> clocks.ClockRecord:
    with desk.database.reading() as session:
        return clocks.of_incident(session, incidents.find(session, key).id)[RESOLUTION]


def test_a_miss_that_earlier_rules_recorded_is_corrected_and_its_unwritten_note_taken_back(desk: Desk) -> None:
    key = missed_by_earlier_rules(desk)
    done = reread_now(desk, at("wed 09:00"))
    assert (done.incidents, done.corrected, done.outcomes, done.unread) == (1, 1, 1, 0)
    (event,) = corrected(desk, key)
    assert (event.metric, event.cause) == ("resolution", CHANGED_RULES)
    assert (event.breached_before, event.breached_after) == (at("tue 10:00"), None)
    assert (stored(desk, key).breached_at, stored(desk, key).due_at) == (None, None)
    with desk.database.reading() as session:
        note = IncidentPrompts(session, incidents.find(session, key).id).note
    assert note is not None
    assert note.state is NoteState.WITHDRAWN


@pytest.mark.parametrize("is_resolved", [True, False], ids=["resolved", "still open"])
def test_a_miss_that_only_todays_rules_find_is_corrected_and_asks_nobody_for_anything(
    desk: Desk, is_resolved: bool
) -> None:
    key = missed_by_todays_rules(desk, is_resolved=is_resolved)
    before = len(desk.sent())
    reread_now(desk, at("wed 12:00"))
    (event,) = corrected(desk, key)
    assert (event.breached_before, event.breached_after) == (None, at("tue 10:00"))
    assert stored(desk, key).breached_at == at("tue 10:00")
    desk.look(at("wed 12:30"))
    assert desk.sent()[before:] == []
    with desk.database.transaction() as session:
        work = desk.unit_of_work.work_on(session, incidents.lock(session, key), now=at("wed 12:31"))
        work.settle()
        assert IncidentPrompts(session, work.incident.id).note is None, "nor at the next act"


def test_what_is_still_to_come_of_an_incident_that_the_rules_made_overdue_is_said_when_it_comes(desk: Desk) -> None:
    key = missed_by_todays_rules(desk, is_resolved=False, now=at("tue 12:00"))
    reread_now(desk, at("tue 12:00"))
    before = len(desk.sent(about="nudge:"))
    for now in (at("tue 16:00"), at("wed 09:59"), at("wed 10:00")):
        desk.look(now)
    (nudge,) = desk.sent(about="nudge:")[before:]
    assert isinstance(nudge.shown, NudgeMessage)
    assert (nudge.shown.incident_key, nudge.shown.percent) == (key, 200)


def test_a_miss_that_is_due_by_both_rules_and_not_noticed_yet_is_left_to_the_sweep(desk: Desk) -> None:
    key = opened(desk)
    desk.incidents.respond(key, text="Hello", by=TOM, now=at("mon 10:05"))
    with desk.database.transaction() as session:
        settings.put(session, "rules", {})
    done = reread_now(desk, at("tue 12:00"))
    assert (done.outcomes, corrected(desk, key)) == (0, [])
    desk.look(at("tue 12:00"))
    assert [one for one in desk.sent(about="nudge:") if isinstance(one.shown, NudgeMessage)]
    with desk.database.reading() as session:
        assert IncidentPrompts(session, incidents.find(session, key).id).note is not None


def test_it_is_done_once_and_never_for_what_was_written_by_todays_rules(desk: Desk) -> None:
    missed_by_earlier_rules(desk)
    desk.missed(at("wed 08:00"))
    assert reread_now(desk, at("wed 09:00")).incidents == 2
    assert Rereading(desk.unit_of_work).run(now=at("wed 09:01")) is None


def test_a_database_without_an_incident_follows_todays_rules(desk: Desk) -> None:
    with desk.database.reading() as session:
        assert rules_version.progress(session).version == RULES_VERSION
    assert Rereading(desk.unit_of_work).run(now=TEN) is None


def test_after_a_crash_it_goes_on_where_it_was_and_counts_all_of_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [missed_by_earlier_rules(desk), missed_by_todays_rules(desk), missed_by_earlier_rules(desk)]
    monkeypatch.setattr(reread, "BATCH", 1)

    def crash(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Rereading(desk.unit_of_work).run(now=at("wed 12:00"), on_progress=crash)
    assert [len(corrected(desk, key)) for key in keys] == [1, 1, 0]
    done = reread_now(desk, at("wed 12:30"))
    assert (done.incidents, done.corrected, done.outcomes) == (3, 3, 3)
    assert [len(corrected(desk, key)) for key in keys] == [1, 1, 1]


def test_afterwards_the_rows_follow_from_the_facts_and_the_posted_week_is_said_to_differ(desk: Desk) -> None:
    with desk.database.transaction() as session:
        arm_digest(session, desk.unit_of_work.msp(session), now=TEN)
    missed_by_earlier_rules(desk)
    missed_by_todays_rules(desk)
    desk.look(at("mon 08:00", week=1))
    reread_now(desk, at("mon 09:00", week=1))
    assert Audit(desk.database).run(now=at("mon 09:01", week=1)).findings == []
    desk.look(at("mon 08:00", week=2))
    shown = [one.shown for one in desk.sent(to=MANAGERS) if one.thread_of is None]
    first, second = [from_document(one.figures) for one in shown if isinstance(one, DigestMessage)]
    assert first.changed == ()
    assert [(change.was, change.now) for change in second.changed] == [
        (
            WeekCounts(targets_met=3, targets_of=4, incidents_met=1, incidents_of=2),
            WeekCounts(targets_met=2, targets_of=3, incidents_met=0, incidents_of=1),
        )
    ]


def test_an_incident_that_cannot_be_read_keeps_no_other_from_it(desk: Desk) -> None:
    odd = opened(desk)
    key = missed_by_earlier_rules(desk)
    with desk.database.transaction() as session:
        row = Clock.incident_id == incidents.find(session, odd).id
        session.execute(update(Clock).where(row, Clock.metric == "resolution").values(state="melted"))
    done = reread_now(desk, at("wed 09:00"))
    assert (done.unread, len(corrected(desk, key))) == (1, 1)


def test_a_replayed_incident_is_read_at_the_end_of_its_log(desk: Desk, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(
        "number,incident_state,sys_mod_count,opened_at,sys_updated_at,priority\n"
        "INC0000003,New,0,6/2/2026 15:30,6/2/2026 15:30,3 - Moderate\n",
        encoding="utf-8",
    )
    agreement = EXAMPLES / "agreements" / "acme-dental.yaml"
    wanted = log_replay.prepare(desk.database, log, agreement, zone=None, now=at("mon 08:00"))
    log_replay.run(desk.database, wanted, on_progress=lambda _done, _rows: None)
    with desk.database.transaction() as session:
        settings.put(session, "rules", {})
    done = reread_now(desk, at("mon 08:00") + timedelta(days=3650))
    assert (done.incidents, done.outcomes) == (1, 0)


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (RulesProgress(incidents=1), "Of 1 incident read by today's rules, none has an outcome that differs."),
        (
            RulesProgress(incidents=24916, corrected=9, outcomes=12),
            "Of 24,916 incidents read by today's rules, 9 had 12 recorded outcomes that differ; each has its "
            "correction, and nobody is asked anew.",
        ),
        (
            RulesProgress(incidents=2, corrected=1, outcomes=1, unread=1),
            "Of 2 incidents read by today's rules, 1 had 1 recorded outcome that differs; each has its correction, and "
            "nobody is asked anew. 1 incident could not be read; the log says why.",
        ),
    ],
)
@pytest.mark.sqlite_only
def test_migrate_says_how_much_differs(done: RulesProgress, said: str) -> None:
    assert sentence(done) == said
