"""What technicians and dispatchers do to incidents: what is recorded, what is refused, and who may."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta

import pytest

from sla_engine.domain.agreements.errors import NotAllowed, NotNamed, UnknownCustomer, UnknownPerson
from sla_engine.domain.agreements.permissions import NEEDED, NEEDED_OF_OWNER, Action
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.errors import SlaError
from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.incidents.errors import (
    AlreadyAcknowledged,
    AlreadyAssigned,
    AlreadyDone,
    AlreadyPaused,
    AlreadyResolved,
    NothingToAcknowledge,
    NotPaused,
    NotResolved,
    SamePriority,
    UnknownIncident,
)
from sla_engine.domain.incidents.events import Paused, Resolved, Responded
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.stored_names import stored_name
from sla_engine.domain.text.errors import MissingArgument, TooLong
from sla_engine.domain.text.lengths import TEXT_MAX_CHARS
from sla_engine.domain.time.errors import InThePast
from sla_engine.domain.upkeep.errors import AlreadyCarriedOut
from sla_engine.notifications.notices import LineMessage
from sla_engine.notifications.nudges import NudgeMessage, NudgeState
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.unit_of_work.idempotency import request
from sla_engine.storage import clocks, events, incidents
from sla_engine.storage.tables.upkeep import Refusal
from tests.note_desk import DANA, TESS, TOM, Desk, Sent, at

NOW = at("mon 10:00")
STRANGER = "U0STRANGER"


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def told(desk: Desk, key: str) -> list[str]:
    with desk.database.reading() as session:
        return [stored_name(entry.event) for entry in events.history(session, incidents.find(session, key).id)]


def found(desk: Desk, key: str) -> Incident:
    with desk.database.reading() as session:
        return incidents.find(session, key)


def nudged(desk: Desk) -> list[tuple[Sent, NudgeMessage]]:
    return [(one, one.shown) for one in desk.sent() if isinstance(one.shown, NudgeMessage)]


@pytest.mark.both_databases
def test_an_incident_lives_from_its_opening_to_its_reopening(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    work = desk.incidents
    work.respond(key, text="On it", by=TOM, now=at("mon 09:05"))
    work.plan(key, text="Restart the server", by=TOM, now=at("mon 09:10"))
    work.pause(key, reason=PauseReason.VENDOR, by=TOM, now=at("mon 09:20"), until=NOW)
    assert (found(desk, key).paused_for, found(desk, key).pause_until) == ((PauseReason.VENDOR,), NOW)
    work.resume(key, by=TOM, now=at("mon 09:40"))
    work.set_priority(key, priority=Priority.P3, by=TOM, now=at("mon 09:45"))
    work.update_customer(key, text="Nearly there", how="phone", by=TOM, now=at("mon 09:50"))
    work.resolve(key, text="Restarted", by=TOM, now=at("mon 09:55"))
    assert (found(desk, key).is_open, found(desk, key).resolved_at) == (False, at("mon 09:55"))
    work.reopen(key, text="Down again", by=TOM, now=NOW)
    assert (found(desk, key).is_open, found(desk, key).resolved_at) == (True, None)
    assert told(desk, key) == [
        "opened", "assigned", "responded", "plan_given", "paused", "resumed", "priority_set", "customer_updated",
        "resolved", "reopened",
    ]  # fmt: skip


Act = Callable[[Incidents, str], object]
REFUSED_WHILE_OPEN: list[tuple[Act, type[SlaError]]] = [
    (lambda work, key: work.take(key, by=TOM, now=NOW), AlreadyAssigned),
    (lambda work, key: work.assign(key, to=STRANGER, by=DANA, now=NOW), UnknownPerson),
    (lambda work, key: work.hand_back(key, reason=" ", by=TOM, now=NOW), MissingArgument),
    (lambda work, key: work.hand_back(key, reason="Shift ends", by=TESS, now=NOW), NotAllowed),
    (lambda work, key: work.update_customer(key, text="  ", by=TOM, now=NOW), MissingArgument),
    (lambda work, key: work.update_customer(key, text="x" * (TEXT_MAX_CHARS + 1), by=TOM, now=NOW), TooLong),
    (lambda work, key: work.update_customer(key, text="Soon", by=TOM, now=NOW, next_at=NOW), InThePast),
    (lambda work, key: work.pause(key, reason=PauseReason.OTHER, by=TOM, now=NOW, until=NOW), InThePast),
    (lambda work, key: work.resume(key, by=TOM, now=NOW), NotPaused),
    (lambda work, key: work.set_priority(key, priority=Priority.P2, by=TOM, now=NOW), SamePriority),
    (lambda work, key: work.reopen(key, text="", by=TOM, now=NOW), NotResolved),
    (lambda work, key: work.acknowledge(key, by=DANA, now=NOW), NothingToAcknowledge),
    (lambda work, key: work.snooze(key, until=at("mon 11:00"), by=DANA, now=NOW), NothingToAcknowledge),
    (lambda work, key: work.resolve(f"{key}0", text="", by=TOM, now=NOW), UnknownIncident),
]


def test_what_cannot_be_done_is_refused_and_leaves_no_trace(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    before = told(desk, key)
    for act, refusal in REFUSED_WHILE_OPEN:
        with pytest.raises(refusal):
            act(desk.incidents, key)
    assert told(desk, key) == before


def test_what_was_done_is_not_done_again(desk: Desk) -> None:
    key, work = desk.open(at("mon 09:00")), desk.incidents
    work.respond(key, text="", by=TOM, now=at("mon 09:05"))
    with pytest.raises(AlreadyDone):
        work.respond(key, text="", by=TESS, now=NOW)
    work.plan(key, text="Restart", by=TOM, now=NOW)
    with pytest.raises(AlreadyDone):
        work.plan(key, text="Restart", by=TOM, now=NOW)
    work.pause(key, reason=PauseReason.PARTS, by=TOM, now=NOW)
    with pytest.raises(AlreadyPaused) as refusal:
        work.pause(key, reason=PauseReason.PARTS, by=TESS, now=at("mon 10:30"))
    assert NOW in vars(refusal.value).values()


def test_a_pause_that_was_told_again_holds_since_it_began(desk: Desk) -> None:
    key, work = desk.open(at("mon 09:00")), desk.incidents
    work.pause(key, reason=PauseReason.PARTS, by=TOM, now=NOW)
    with work.act_on_open(key, action=Action.PAUSE, by=TOM, now=at("mon 10:20")) as incident_work:
        incident_work.record(Paused(reason=PauseReason.PARTS), by=TOM)
    with pytest.raises(AlreadyPaused) as refusal:
        work.pause(key, reason=PauseReason.PARTS, by=TESS, now=at("mon 10:30"))
    assert refusal.value.since == NOW


def test_nothing_is_done_to_what_is_resolved_but_reopening_it(desk: Desk) -> None:
    key, work = desk.open(at("mon 09:00")), desk.incidents
    work.resolve(key, text="", by=TOM, now=at("mon 09:30"))
    acts: list[Act] = [
        lambda work, key: work.take(key, by=TESS, now=NOW),
        lambda work, key: work.respond(key, text="", by=TOM, now=NOW),
        lambda work, key: work.pause(key, reason=PauseReason.OTHER, by=TOM, now=NOW),
        lambda work, key: work.resolve(key, text="", by=TOM, now=NOW),
        lambda work, key: work.escalate(key, text="", by=TOM, now=NOW),
        lambda work, key: work.acknowledge(key, by=DANA, now=NOW),
    ]
    for act in acts:
        with pytest.raises(AlreadyResolved):
            act(work, key)
    assert work.reopen(key, text="", by=TOM, now=NOW).incident.is_open


def test_an_incident_is_opened_for_a_customer_with_an_agreement_and_with_a_title(desk: Desk) -> None:
    for customer, title, refusal in (
        ("Nobody Ltd", "Down", UnknownCustomer),
        ("Acme Dental", "  ", MissingArgument),
        ("Acme Dental", "x" * 4001, TooLong),
    ):
        with pytest.raises(refusal):
            desk.open(NOW, customer=customer, title=title)
    assert desk.open(NOW, customer=" acme dental", title="<!channel> مرحبا", owner=None) == "INC-1001"


def test_an_urgent_incident_without_an_owner_is_announced_at_once_and_a_small_one_is_not(desk: Desk) -> None:
    desk.open(NOW, priority=Priority.P4, owner=None)
    assert nudged(desk) == []
    desk.open(NOW, priority=Priority.P1, owner=None)
    ((sent, nudge),) = nudged(desk)
    assert (sent.to, nudge.cause, nudge.mention) == ("C0DISPATCH", NudgeCause.UNASSIGNED, (DANA,))


def test_who_is_given_an_incident_is_told_and_may_hand_it_back(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"), owner=None)
    desk.incidents.assign(key, to=TOM, by=DANA, now=NOW)
    (line,) = [one.shown for one in desk.sent(to=TOM) if isinstance(one.shown, LineMessage)]
    assert line.text_key == "assigned"
    record = desk.incidents.hand_back(key, reason="My shift ends", by=TOM, now=NOW)
    assert (record.assignee, record.responsible) == (None, TOM)
    _, nudge = nudged(desk)[-1]
    assert (nudge.cause, nudge.text) == (NudgeCause.UNASSIGNED, "My shift ends")


def test_asking_for_help_nudges_the_dispatcher_now(desk: Desk) -> None:
    key = desk.open(NOW)
    desk.incidents.escalate(key, text="I cannot get in", by=TOM, now=NOW)
    sent, nudge = nudged(desk)[-1]
    assert (sent.to, nudge.cause, nudge.mention, nudge.text) == (
        "C0DISPATCH",
        NudgeCause.HELP,
        (DANA,),
        "I cannot get in",
    )


def test_what_is_done_is_shown_on_the_live_nudge_and_nowhere_else(desk: Desk) -> None:
    key = desk.missed(at("mon 09:40"))
    desk.incidents.update_customer(key, text="We know the cause", by=TOM, now=at("mon 09:45"))
    sent, nudge = nudged(desk)[-1]
    assert (sent.op, [update.what for update in nudge.updates]) == ("update", ["customer_updated"])
    assert [one for one in desk.sent(to="C0DISPATCH") if one.message != sent.message] == []


def test_the_dispatcher_acknowledges_once_and_may_change_the_promise(desk: Desk) -> None:
    key = desk.missed(at("mon 09:40"))
    record = desk.incidents.acknowledge(key, by=DANA, now=at("mon 09:41"))
    assert (record.acknowledged_by, record.promise) == (DANA, at("mon 11:41"))  # one period of customer updates
    with pytest.raises(AlreadyAcknowledged):
        desk.incidents.acknowledge(key, by=DANA, now=at("mon 09:42"))
    with pytest.raises(AlreadyAcknowledged):
        desk.incidents.acknowledge(key, by="U0DEV", now=at("mon 09:42"), promise=NOW)
    assert desk.incidents.acknowledge(key, by=DANA, now=at("mon 09:42"), promise=NOW).promise == NOW
    desk.incidents.snooze(key, until=at("mon 10:30"), by=DANA, now=at("mon 09:50"))
    _, nudge = nudged(desk)[-1]
    assert (nudge.state, nudge.promise, nudge.snoozed_until) == (NudgeState.SNOOZED, NOW, at("mon 10:30"))


def test_the_owner_answers_the_nudges_that_come_to_them_and_no_other_technician_does(desk: Desk) -> None:
    key = desk.missed(at("mon 09:40"))
    acts: list[Callable[[str], object]] = [
        lambda by: desk.incidents.acknowledge(key, by=by, now=at("mon 09:41"), promise=NOW),
        lambda by: desk.incidents.snooze(key, until=at("mon 11:00"), by=by, now=at("mon 09:42")),
    ]
    for act in acts:
        with pytest.raises(NotAllowed, match="dispatcher"):
            act(TESS)
        with pytest.raises(NotNamed, match="Ada Lindqvist"):
            act(STRANGER)
        act(TOM)
    record = found(desk, key)
    assert (record.acknowledged_by, record.promise, record.snoozed_until) == (TOM, NOW, at("mon 11:00"))


def test_who_gave_an_incident_away_owns_it_no_longer(desk: Desk) -> None:
    key = desk.missed(at("mon 09:40"))
    desk.incidents.assign(key, to=TESS, by=DANA, now=at("mon 09:41"))
    with pytest.raises(NotAllowed):
        desk.incidents.acknowledge(key, by=TOM, now=at("mon 09:42"))
    assert desk.incidents.acknowledge(key, by=TESS, now=at("mon 09:42")).acknowledged_by == TESS


def test_nothing_is_allowed_that_no_row_allows() -> None:
    assert set(NEEDED) == set(Action)
    of_owners = {
        Action.HAND_BACK,
        Action.ACKNOWLEDGE,
        Action.SNOOZE,
        Action.FINISH_SOP,
        Action.REVIEW_SOP,
        Action.EDIT_SOP,
        Action.FINISH_ACTION_ITEM,
        Action.AWAY,
        Action.UNDO,
    }
    of_problems = {Action.LINK_PROBLEM, Action.WORKAROUND, Action.PLAN_FIX}
    assert set(NEEDED_OF_OWNER) == of_owners | of_problems | {Action.TEAM_FIGURES, Action.LIST_MISSES}


@pytest.mark.both_databases
def test_a_refusal_for_lack_of_a_role_is_recorded(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    with pytest.raises(NotAllowed):
        desk.incidents.assign(key, to=TESS, by=TOM, now=NOW)
    with pytest.raises(NotNamed):
        desk.incidents.resolve(key, text="", by=STRANGER, now=NOW)
    with desk.database.reading() as session:
        refused = [(each.by, each.action, each.incident_key, each.error) for each in session.query(Refusal).all()]
    assert refused == [(TOM, "assign", key, "NotAllowed"), (STRANGER, "resolve", key, "NotNamed")]


@pytest.mark.both_databases
def test_a_request_that_is_carried_out_twice_changes_nothing_the_second_time(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    with request("click:1"):
        desk.incidents.respond(key, text="On it", by=TOM, now=at("mon 09:05"))
    with request("click:1"), pytest.raises(AlreadyCarriedOut):
        desk.incidents.resolve(key, text="", by=TOM, now=at("mon 09:06"))
    assert told(desk, key)[-1] == "responded"


def test_a_hand_back_that_is_carried_out_twice_is_no_refusal_though_its_author_owns_it_no_longer(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    for attempt in range(2):
        with request("click:1"), pytest.raises(AlreadyCarriedOut) if attempt else nullcontext():
            desk.incidents.hand_back(key, reason="Off sick", by=TOM, now=at("mon 09:05"))
    with desk.database.reading() as session:
        assert session.query(Refusal).all() == []


def test_somebody_whose_clock_is_behind_sees_the_incident_as_it_is(desk: Desk) -> None:
    """Whoever waited for the incident read the time before the others had finished."""
    key = desk.open(at("mon 09:00"))
    desk.incidents.resolve(key, text="", by=TOM, now=at("mon 09:20"))
    desk.look(at("mon 09:19"))
    with desk.database.reading() as session:
        incident_work = desk.unit_of_work.work_on(session, incidents.find(session, key), now=at("mon 09:19"))
    assert incident_work.now == at("mon 09:20")
    assert nudged(desk) == []


def test_a_fact_from_too_far_ahead_is_refused(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    ahead: datetime = NOW + timedelta(minutes=3)
    with (
        pytest.raises(SlaError, match="Responded"),
        desk.incidents.act(key, action=Action.RESPOND, by=TOM, now=NOW) as incident_work,
    ):
        incident_work.record(Responded(), by=TOM, at=ahead)
    assert told(desk, key)[-1] == "assigned"


def test_a_fact_from_a_clock_that_is_a_little_ahead_happened_now(desk: Desk) -> None:
    """Otherwise its clocks would stand as they were until something else looks at them."""
    key = desk.open(at("mon 09:00"))
    with desk.incidents.act(key, action=Action.RESOLVE, by=TOM, now=NOW) as incident_work:
        incident_work.record(Resolved(), by=TOM, at=NOW + timedelta(minutes=1))
    assert found(desk, key).resolved_at == NOW
    with desk.database.reading() as session:
        stored = clocks.of_incident(session, found(desk, key).id)
    assert {clock.state for clock in stored.values()} == {ClockState.STOPPED}
