"""What if: what is foreseen is what happens, and asking changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from sla_engine.domain.agreements.errors import NotAllowed, UnknownCustomer
from sla_engine.domain.escalation.forecast import FORESEEN_FOR, ForeseenNudge
from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.escalation.what_if import Effect
from sla_engine.domain.incidents.errors import (
    AlreadyMerged,
    AlreadyPaused,
    AlreadyResolved,
    BeforeOpening,
    NotPaused,
    SamePriority,
    UnknownIncident,
    WhichIncident,
)
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.suppositions import (
    IfHoliday,
    IfOpened,
    IfPaused,
    IfPriority,
    IfResolved,
    IfResumed,
    Supposition,
)
from sla_engine.domain.time.errors import InThePast
from sla_engine.notifications.nudges import NudgeMessage
from sla_engine.services.agreements import agreement_files
from sla_engine.services.incidents.waive_and_merge import Outcomes
from sla_engine.services.simulation.outlook import LISTED, IncidentOutlook, Simulation
from sla_engine.services.simulation.simulation import Simulations
from sla_engine.storage import incidents
from sla_engine.storage.tables.base import Base
from sla_engine.text.simulation_words import due_words
from tests.note_desk import DANA, EXAMPLES, MIRA, TESS, TOM, Desk, at

NINE = at("mon 09:00")
MINUTE = timedelta(minutes=1)
FRIDAY = at("fri 16:45")

Act = Callable[[datetime], None]


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def simulated(desk: Desk, supposed: Supposition, *, now: datetime = NINE) -> Simulation:
    return Simulations(desk.unit_of_work).simulate(supposed, now=now)


def only(found: Simulation) -> IncidentOutlook:
    (incident,) = found.incidents
    return incident


def dues(incident: IncidentOutlook) -> dict[str, datetime | None]:
    return {change.metric.value: change.after.due_at for change in incident.changes}


def effects(incident: IncidentOutlook) -> dict[str, Effect]:
    return {change.metric.value: change.effect for change in incident.changes}


def rows(desk: Desk) -> dict[str, int]:
    with desk.database.reading() as session:
        connection = session.connection()
        return {
            table.name: connection.exec_driver_sql(f'SELECT count(*) FROM "{table.name}"').scalar() or 0
            for table in Base.metadata.sorted_tables
        }


@dataclass(frozen=True, slots=True)
class Posted:
    """A nudge as it was really posted."""

    at: datetime
    to: frozenset[str]
    place: str
    shown: NudgeMessage

    @property
    def is_later_repeat(self) -> bool:
        return self.shown.cause is NudgeCause.REPEAT and self.shown.repeat > 1


def really_posted(
    desk: Desk, key: str, *, start: datetime, until: datetime, act: Act, seen: int | None = None
) -> list[Posted]:
    """Let the sweep look whenever something is due; `act` may do something at an instant before each look.

    Of the outbox only what comes after the first `seen` messages counts; by default what comes from now on.
    """
    posted: list[Posted] = []
    seen = len(desk.sent(about="nudge:")) if seen is None else seen
    now: datetime | None = start
    while now is not None and now <= until:
        act(now)
        desk.look(now)
        sent = desk.sent(about="nudge:")
        posted += [
            Posted(now, frozenset(one.shown.mention), one.to, one.shown)
            for one in sent[seen:]
            if one.op == "post" and isinstance(one.shown, NudgeMessage) and one.shown.incident_key == key
        ]
        seen = len(sent)
        due = desk.sweep.next_due()
        now = None if due is None else max(due, now + timedelta(microseconds=1))
    return posted


def nobody_acts(_now: datetime) -> None:
    """Nothing is done before the sweep looks."""


def as_posted(nudge: ForeseenNudge) -> tuple[datetime, frozenset[str], str]:
    place = nudge.channel or nudge.to[0]
    return nudge.at, frozenset(nudge.to), place


def assert_foreseen(foreseen: tuple[ForeseenNudge, ...], posted: list[Posted]) -> None:
    """Every foreseen nudge came at its instant, to its people, in its place; what else came only said it again."""
    wanted = [as_posted(nudge) for nudge in foreseen]
    came = [(one.at, one.to, one.place) for one in posted]
    assert [one for one in wanted if one not in came] == []
    others = [one for one in posted if (one.at, one.to, one.place) not in wanted]
    assert [one.shown for one in others if not one.is_later_repeat] == []


def acknowledged(desk: Desk, key: str) -> None:
    desk.incidents.escalate(key, text="help", by=TOM, now=NINE + 5 * MINUTE)
    desk.incidents.acknowledge(key, by=DANA, now=NINE + 6 * MINUTE, promise=NINE + 40 * MINUTE)


def snoozed(desk: Desk, key: str) -> None:
    desk.incidents.escalate(key, text="help", by=TOM, now=NINE + 5 * MINUTE)
    desk.incidents.snooze(key, by=DANA, now=NINE + 6 * MINUTE, until=NINE + timedelta(hours=5))


def paused_for_long(desk: Desk, key: str) -> None:
    desk.incidents.pause(key, reason=PauseReason.PARTS, by=TOM, now=NINE + 6 * MINUTE, until=NINE + timedelta(hours=3))


def answered(desk: Desk, key: str) -> None:
    desk.incidents.respond(key, text="looking", by=TOM, now=NINE + 6 * MINUTE)


def promised(desk: Desk, key: str) -> None:
    """The promise is asked about shortly before the next update is missed."""
    desk.incidents.update_customer(key, text="soon", by=TESS, now=NINE + 6 * MINUTE, next_at=NINE + 30 * MINUTE)


def promised_for_the_miss(desk: Desk, key: str) -> None:
    """The promise is due in the very look in which the next update is missed."""
    missed_at = NINE + 36 * MINUTE + timedelta(microseconds=1)
    desk.incidents.update_customer(key, text="soon", by=TESS, now=NINE + 6 * MINUTE, next_at=missed_at)


def untouched(_desk: Desk, _key: str) -> None:
    """Nobody does anything."""


SITUATIONS = [untouched, acknowledged, snoozed, paused_for_long, answered, promised, promised_for_the_miss]


@pytest.mark.parametrize("before", SITUATIONS, ids=lambda each: each.__name__)
def test_what_is_foreseen_after_a_change_of_priority_is_what_is_posted(
    desk: Desk, before: Callable[[Desk, str], None]
) -> None:
    key = desk.open(NINE)
    before(desk, key)
    now = NINE + 20 * MINUTE
    desk.look(now)
    supposed = IfPriority(key=key, priority=Priority.P1, at=now)
    foreseen = only(simulated(desk, supposed, now=now)).nudges
    desk.incidents.set_priority(key, priority=Priority.P1, by=TOM, now=now)
    until = max(nudge.at for nudge in foreseen) + timedelta(hours=2)
    assert_foreseen(foreseen, really_posted(desk, key, start=now, until=until, act=nobody_acts))
    assert len(foreseen) > 4


@pytest.mark.parametrize("before", [untouched, acknowledged, answered], ids=lambda each: each.__name__)
def test_what_is_foreseen_of_a_pause_that_ends_as_promised_is_what_is_posted(
    desk: Desk, before: Callable[[Desk, str], None]
) -> None:
    key = desk.open(NINE)
    before(desk, key)
    now, ends = NINE + 20 * MINUTE, at("tue 09:00")
    desk.look(now)
    supposed = IfPaused(key=key, reason=PauseReason.VENDOR, at=now, until=ends)
    incident = only(simulated(desk, supposed, now=now))
    desk.incidents.pause(key, reason=PauseReason.VENDOR, until=ends, by=TOM, now=now)

    def resume_as_promised(at_look: datetime) -> None:
        if at_look == ends:
            desk.incidents.resume(key, by=TOM, now=ends)

    until = max(nudge.at for nudge in incident.nudges) + timedelta(hours=2)
    assert_foreseen(incident.nudges, really_posted(desk, key, start=now, until=until, act=resume_as_promised))


def test_a_pause_that_is_not_ended_is_spoken_of_as_foreseen(desk: Desk) -> None:
    key = desk.open(NINE)
    ends = at("tue 09:00")
    found = only(simulated(desk, IfPaused(key=key, reason=PauseReason.VENDOR, at=NINE, until=ends)))
    assert found.otherwise is not None
    desk.incidents.pause(key, reason=PauseReason.VENDOR, until=ends, by=TOM, now=NINE)
    posted = really_posted(desk, key, start=NINE, until=ends, act=nobody_acts)
    (outlived,) = [one for one in posted if one.shown.cause is NudgeCause.PAUSE_OUTLIVED]
    assert as_posted(found.otherwise) == (outlived.at, outlived.to, outlived.place)


@pytest.mark.sqlite_only
def test_after_the_clocks_change_the_dispatcher_of_the_new_turn_is_asked_from_eight_on(desk: Desk) -> None:
    opens = at("mon 08:30", week=5)  # 9 March: summer time began the day before, and Dev's turn at 08:00
    foreseen = only(simulated(desk, IfOpened(priority=Priority.P1, customer="Acme Dental", at=opens), now=opens)).nudges
    desk.open(opens, priority=Priority.P1, owner=None)
    desk.look(opens)
    shown = [one.shown for one in desk.sent(about="nudge:")]
    assert [one.mention for one in shown if isinstance(one, NudgeMessage)] == [("U0DEV",)]
    assert {who for nudge in foreseen for who in nudge.to} & {DANA, "U0DEV"} == {"U0DEV"}


@pytest.mark.parametrize("priority", [Priority.P1, Priority.P3])
def test_an_incident_that_opens_gets_the_clocks_and_nudges_that_were_foreseen(desk: Desk, priority: Priority) -> None:
    incident = only(simulated(desk, IfOpened(priority=priority, customer="Acme Dental", at=FRIDAY)))
    key = desk.open(FRIDAY, priority=priority, owner=None)
    with desk.database.reading() as session:
        record = desk.unit_of_work.work_on(session, incidents.find(session, key), now=FRIDAY)
        really = {name.value: measured[-1].due_at for name, measured in record.readings().items()}
    assert dues(incident) == really
    until = min(max(nudge.at for nudge in incident.nudges) + timedelta(hours=2), FRIDAY + FORESEEN_FOR)
    posted = really_posted(desk, key, start=FRIDAY, until=until, act=nobody_acts, seen=0)
    assert_foreseen(incident.nudges, posted)


LADDER = """
ladders:
  default:
    - {at: 50%, tell: assignee, quiet: "12:00-17:00"}
    - {at: 10m before due, tell: dispatcher}
    - {at: 100%, tell: dispatcher, repeat: {every: 15m, wall: yes, backoff: 2, longest: 2h, up_after: 2}}
    - {at: 26h after due wall, tell: service_manager}
"""


def test_what_is_foreseen_on_a_ladder_with_every_trick_is_what_is_posted(desk: Desk, tmp_path: Path) -> None:
    text = (EXAMPLES / "agreements" / "acme-dental.yaml").read_text(encoding="utf-8")
    before, _, rest = text.partition("ladders:")
    file = tmp_path / "acme.yaml"
    file.write_text(
        before.replace("2026-01-01T00", "2026-01-01T01") + LADDER + "problems:" + rest.partition("problems:")[2]
    )
    agreement_files.apply(desk.database, [file], by="test", now=NINE - timedelta(hours=1))
    key = desk.open(NINE)
    desk.look(NINE)
    incident = only(simulated(desk, IfPriority(key=key, priority=Priority.P3, at=NINE)))
    desk.incidents.set_priority(key, priority=Priority.P3, by=TOM, now=NINE)
    until = max(nudge.at for nudge in incident.nudges) + timedelta(hours=2)
    posted = really_posted(desk, key, start=NINE, until=until, act=nobody_acts)
    assert_foreseen(incident.nudges, posted)
    assert any(MIRA in nudge.to and nudge.steps[0].repeat == 3 for nudge in incident.nudges), "the third goes a rung up"


@pytest.mark.sqlite_only
def test_a_priority_that_promises_nothing_is_foreseen_to_end_the_clocks(desk: Desk) -> None:
    key = desk.open(NINE)
    supposed = IfPriority(key=key, priority=Priority.P5, at=NINE + 10 * MINUTE)
    incident = only(simulated(desk, supposed, now=NINE + 10 * MINUTE))
    assert incident.nudges == ()
    assert {change.metric.value for change in incident.changes} == {
        "first_response",
        "customer_update",
        "resolution_plan",
        "resolution",
    }
    written = {due_words(change.after, when=str, length=str) for change in incident.changes}
    assert written == {"nothing promised"}


def test_nothing_is_stored_whatever_is_supposed(desk: Desk) -> None:
    key, other = desk.open(NINE), desk.open(NINE, priority=Priority.P3)
    desk.incidents.pause(other, reason=PauseReason.PARTS, by=TOM, now=NINE)
    before = rows(desk)
    simulations = Simulations(desk.unit_of_work)
    for supposed in (
        IfOpened(priority=Priority.P1, customer="acme", at=FRIDAY),
        IfPaused(key=key, reason=PauseReason.VENDOR, at=NINE, until=FRIDAY),
        IfPriority(key=key, priority=Priority.P1, at=NINE),
        IfResumed(key=other, at=NINE),
        IfResolved(key=key, at=NINE + MINUTE),
        IfHoliday(day=date(2026, 2, 3)),
    ):
        assert simulations.ask(supposed, by=MIRA, now=NINE).incidents
    assert simulations.before_priority(key, priority=Priority.P1, by=TOM, now=NINE + 30 * MINUTE) is not None
    assert rows(desk) == before


def test_only_service_managers_ask_and_a_refusal_is_recorded(desk: Desk) -> None:
    supposed = IfOpened(priority=Priority.P1, customer="Acme Dental", at=FRIDAY)
    with pytest.raises(NotAllowed):
        Simulations(desk.unit_of_work).ask(supposed, by=TOM, now=NINE)
    assert rows(desk)["refusal"] == 1


def test_a_holiday_moves_what_a_new_version_with_that_holiday_would_move(desk: Desk, tmp_path: Path) -> None:
    key = desk.open(NINE)
    urgent = desk.open(NINE, priority=Priority.P1)
    found = simulated(desk, IfHoliday(day=date(2026, 2, 3), customer="acme dental"), now=NINE + 20 * MINUTE)
    incident = only(found)
    assert (incident.key, found.unchanged, found.more) == (key, 1, 0), f"{urgent} runs round the clock"
    assert set(dues(incident)) == {"resolution"}
    text = (EXAMPLES / "agreements" / "acme-dental.yaml").read_text(encoding="utf-8")
    file = tmp_path / "acme.yaml"
    closed = text.replace("  closed:\n", "  closed:\n    - 2026-02-03\n").replace("2026-01-01T00", "2026-01-01T01")
    file.write_text(closed, encoding="utf-8")
    agreement_files.apply(desk.database, [file], by="test", now=NINE + 20 * MINUTE)
    with desk.database.reading() as session:
        work = desk.unit_of_work.work_on(session, incidents.find(session, key), now=NINE + 21 * MINUTE)
        really = {name.value: measured[-1].due_at for name, measured in work.readings().items()}
    assert dues(incident)["resolution"] == really["resolution"]


def test_of_many_incidents_those_due_first_are_listed_and_the_others_counted(desk: Desk) -> None:
    for minute in range(LISTED + 2):
        desk.open(NINE + minute * MINUTE, priority=Priority.P2)
    found = simulated(desk, IfHoliday(day=date(2026, 2, 3)), now=NINE + 20 * MINUTE)
    assert (len(found.incidents), found.more, found.unchanged) == (LISTED, 2, 0)
    firsts = [min(due for due in dues(incident).values() if due is not None) for incident in found.incidents]
    assert firsts == sorted(firsts)
    later = simulated(desk, IfHoliday(day=date(2026, 6, 1)), now=NINE + 20 * MINUTE)
    assert (later.incidents, later.unchanged) == ((), LISTED + 2)


def test_who_is_told_is_who_is_on_duty_then(desk: Desk) -> None:
    this_week = only(simulated(desk, IfOpened(priority=Priority.P1, customer="Acme Dental", at=FRIDAY))).nudges[0]
    next_week = IfOpened(priority=Priority.P1, customer="Acme Dental", at=FRIDAY + timedelta(days=7))
    assert (this_week.to, only(simulated(desk, next_week)).nudges[0].to) == ((DANA,), ("U0DEV",))


def test_an_act_without_a_key_means_the_only_incident_there_is(desk: Desk) -> None:
    supposed = IfPriority(key=None, priority=Priority.P1, at=NINE)
    with pytest.raises(WhichIncident) as none:
        simulated(desk, supposed)
    key = desk.open(NINE)
    assert only(simulated(desk, supposed)).key == key
    mine = desk.open(NINE, owner=DANA)
    with pytest.raises(WhichIncident) as two:
        simulated(desk, supposed)
    assert (none.value.count, two.value.count) == (0, 2)
    assert only(Simulations(desk.unit_of_work).simulate(supposed, asked_by=DANA, now=NINE)).key == mine


def test_what_would_refuse_the_act_refuses_the_supposition(desk: Desk) -> None:
    key, done, resting, twin = (desk.open(NINE) for _ in range(4))
    Outcomes(desk.unit_of_work).merge(twin, into=key, by=DANA, now=NINE)
    desk.incidents.resolve(done, text="", by=TOM, now=NINE)
    desk.incidents.pause(resting, reason=PauseReason.VENDOR, by=TOM, now=NINE)
    for supposed, refusal in (
        (IfPriority(key="INC-7", priority=Priority.P1, at=NINE), UnknownIncident),
        (IfPriority(key=key, priority=Priority.P2, at=NINE), SamePriority),
        (IfPriority(key=done, priority=Priority.P1, at=NINE), AlreadyResolved),
        (IfResolved(key=twin, at=NINE), AlreadyMerged),
        (IfPaused(key=resting, reason=PauseReason.VENDOR, at=NINE), AlreadyPaused),
        (IfPaused(key=key, reason=PauseReason.VENDOR, at=NINE, until=NINE), InThePast),
        (IfResumed(key=key, at=NINE), NotPaused),
        (IfResolved(key=key, at=NINE - MINUTE), BeforeOpening),
        (IfHoliday(day=date(2026, 2, 1)), InThePast),
        (IfHoliday(day=date(2026, 3, 1), customer="Nobody"), UnknownCustomer),
        (IfOpened(priority=Priority.P1, customer="", at=NINE), UnknownCustomer),
    ):
        with pytest.raises(refusal):
            simulated(desk, supposed)


def test_a_pause_of_unknown_length_averts_only_what_is_at_risk_and_is_asked_about_where_it_is_urgent(
    desk: Desk,
) -> None:
    key = desk.open(NINE)
    desk.incidents.respond(key, text="", by=TOM, now=NINE)
    simulations = Simulations(desk.unit_of_work)
    early = simulations.before_pause(key, reason=PauseReason.VENDOR, until=None, by=TOM, now=NINE + 60 * MINUTE)
    assert early is not None, "a P2 that nothing ends is asked about"
    assert set(effects(only(early)).values()) == {Effect.NONE}, "one hour of two for the plan is not at risk"
    minor = desk.open(NINE, priority=Priority.P3)

    def of_minor(until: datetime | None) -> Simulation | None:
        return simulations.before_pause(minor, reason=PauseReason.VENDOR, until=until, by=TOM, now=NINE)

    assert of_minor(None) is None
    assert of_minor(NINE + 60 * MINUTE) is None
    far = of_minor(NINE.replace(year=9990))
    assert far is not None, "an end thousands of years ahead is asked about, and needs no calendar until then"
    late = simulations.before_pause(key, reason=PauseReason.VENDOR, until=None, by=TOM, now=NINE + 95 * MINUTE)
    assert late is not None
    assert effects(only(late))["resolution_plan"] is Effect.REMOVES_BREACH
    assert effects(only(late))["resolution"] is Effect.NONE


def test_a_pause_is_asked_about_when_a_clock_is_due_before_its_end(desk: Desk) -> None:
    key = desk.open(NINE)
    simulations = Simulations(desk.unit_of_work)
    short, long = NINE + 119 * MINUTE, NINE + 121 * MINUTE
    assert simulations.before_pause(key, reason=PauseReason.VENDOR, until=short, by=TOM, now=NINE) is None
    found = simulations.before_pause(key, reason=PauseReason.VENDOR, until=long, by=TOM, now=NINE)
    assert found is not None
    assert effects(only(found)) == {
        "customer_update": Effect.NONE,
        "resolution_plan": Effect.REMOVES_BREACH,
        "resolution": Effect.NONE,
    }, "the next customer update starts anew with each update"


def test_a_priority_is_asked_about_when_it_breaches_at_once_or_gives_time_to_what_is_at_risk(desk: Desk) -> None:
    key = desk.open(NINE)
    simulations = Simulations(desk.unit_of_work)

    def asked(priority: Priority, minutes: int) -> dict[str, Effect]:
        found = simulations.before_priority(key, priority=priority, by=TOM, now=NINE + minutes * MINUTE)
        return {} if found is None else {name: what for name, what in effects(only(found)).items() if what}

    turned = Effect.MAKES_BREACH, Effect.REMOVES_BREACH
    assert asked(Priority.P1, 10) == {}
    assert asked(Priority.P1, 16)["first_response"] is turned[0]
    assert asked(Priority.P3, 20) == {}
    assert asked(Priority.P3, 25)["first_response"] is turned[1]


def test_whoever_may_not_act_is_not_shown_a_preview(desk: Desk) -> None:
    key = desk.open(NINE)
    simulations = Simulations(desk.unit_of_work)
    assert simulations.before_priority(key, priority=Priority.P1, by="U0GUEST", now=NINE + 20 * MINUTE) is None


def test_a_pause_told_late_shows_which_recorded_breach_would_go(desk: Desk) -> None:
    key = desk.open(NINE)
    desk.look(at("mon 11:30"))
    supposed = IfPaused(key=key, reason=PauseReason.CUSTOMER, at=at("mon 10:00"))
    incident = only(simulated(desk, supposed, now=at("mon 11:30")))
    assert effects(incident)["resolution_plan"] is Effect.REMOVES_BREACH
    assert effects(incident).get("first_response") is None, "it never rests"
