"""What decides how an incident counts: a miss that is waived, a duplicate that is merged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.views.card import incident_card
from sla_engine.domain.agreements.errors import NotAllowed
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.errors import SlaError
from sla_engine.domain.incidents.errors import (
    AlreadyMerged,
    AlreadyResolved,
    AlreadyWaived,
    MergedIntoItself,
    NothingMissed,
    OtherCustomer,
    UnknownIncident,
)
from sla_engine.domain.incidents.events import Absorbed
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.stored_names import stored_name
from sla_engine.domain.notes.errors import NoNoteWanted
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.domain.text.errors import MissingArgument
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.domain.upkeep.errors import AlreadyCarriedOut
from sla_engine.notifications.nudges import NudgeMessage, NudgeState
from sla_engine.services.incidents.waive_and_merge import Outcomes
from sla_engine.services.queries.board import Board
from sla_engine.services.unit_of_work.idempotency import request
from sla_engine.storage import incidents, nudges, timers
from tests.note_desk import DANA, GOOD, MIRA, TESS, TOM, Desk, at
from tests.outcome_desk import (
    BETA,
    RESOLUTION,
    RESPONSE,
    UPDATE,
    clock,
    found,
    history,
    note_state,
    told,
    with_beta,
)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = with_beta(database_url)
    yield made
    made.close()


@pytest.fixture
def outcomes(desk: Desk) -> Outcomes:
    return Outcomes(desk.unit_of_work)


def test_a_waived_miss_stays_on_record_with_who_waived_it_and_why(desk: Desk, outcomes: Outcomes) -> None:
    key = desk.missed(at("mon 09:40"))
    before = clock(desk, key, RESPONSE)
    reason = "The phones were down"
    assert outcomes.waive(key, metric=RESPONSE, reason=f" {reason} ", by=MIRA, now=at("mon 10:00")) == 1
    after = clock(desk, key, RESPONSE)
    assert (after.waived_at, after.breached_at) == (at("mon 10:00"), before.breached_at)
    last = history(desk, key)[-1]
    assert (stored_name(last.event), last.by, getattr(last.event, "reason", "")) == ("waived", MIRA, reason)
    nudge = [one.shown for one in desk.sent() if isinstance(one.shown, NudgeMessage)][-1]
    fact = nudge.updates[-1]
    assert (fact.what, fact.fields["metric"], fact.fields["reason"]) == ("waived", "first_response", reason)


def test_every_missed_period_of_a_metric_is_waived_at_once(desk: Desk, outcomes: Outcomes) -> None:
    key, work = desk.open(at("mon 09:00")), desk.incidents
    for when in ("mon 11:30", "mon 15:00"):
        work.update_customer(key, text="Still on it", by=TOM, now=at(when))
    desk.look(at("mon 17:20"))
    assert outcomes.waive(key, metric=UPDATE, reason="Agreed", by=MIRA, now=at("mon 17:25")) == 3
    assert [bool(clock(desk, key, UPDATE, cycle).waived_at) for cycle in range(3)] == [True] * 3


def test_what_cannot_be_waived_is_refused_and_leaves_no_trace(desk: Desk, outcomes: Outcomes) -> None:
    key = desk.missed(at("mon 09:40"))
    before = told(desk, key)
    refused: list[tuple[str, MetricName, str, str, type[SlaError]]] = [
        (key, RESOLUTION, "Agreed", MIRA, NothingMissed),
        (key, RESPONSE, "  ", MIRA, MissingArgument),
        (key, RESPONSE, "Agreed", DANA, NotAllowed),
        ("INC-9999", RESPONSE, "Agreed", MIRA, UnknownIncident),
    ]
    for which, metric, reason, by, refusal in refused:
        with pytest.raises(refusal):
            outcomes.waive(which, metric=metric, reason=reason, by=by, now=at("mon 10:00"))
    assert told(desk, key) == before


def test_a_miss_is_waived_once_and_the_refusal_says_by_whom(desk: Desk, outcomes: Outcomes) -> None:
    key = desk.missed(at("mon 09:40"))
    outcomes.waive(key, metric=RESPONSE, reason="Agreed", by=MIRA, now=at("mon 10:00"))
    with pytest.raises(AlreadyWaived) as refusal:
        outcomes.waive(key, metric=RESPONSE, reason="Again", by=MIRA, now=at("mon 10:30"))
    assert (refusal.value.by, refusal.value.at) == (MIRA, at("mon 10:00"))


def test_a_duplicate_ends_without_an_outcome_and_the_other_keeps_the_earlier_start(
    desk: Desk, outcomes: Outcomes
) -> None:
    first, second = desk.open(at("mon 09:00")), desk.open(at("mon 09:10"))
    done = outcomes.merge(first, into=second.lower(), by=DANA, now=at("mon 09:20"))
    assert (done.duplicate.key, done.survivor.key) == (first, second)
    duplicate = found(desk, first)
    assert (duplicate.state, duplicate.merged_into, duplicate.is_open) == ("merged", second, False)
    assert {clock(desk, first, metric).state for metric in MetricName} == {ClockState.CANCELLED}
    begun = at("mon 09:00")
    assert clock(desk, second, RESPONSE).due_at == begun + timedelta(minutes=30)
    assert [e.event for e in history(desk, second) if isinstance(e.event, Absorbed)] == [
        Absorbed(key=first, opened_at=begun)
    ]


def test_nothing_is_looked_at_any_more_of_a_duplicate(desk: Desk, outcomes: Outcomes) -> None:
    duplicate, survivor = desk.missed(at("mon 09:40")), desk.open(at("mon 09:30"))
    outcomes.merge(duplicate, into=survivor, by=DANA, now=at("mon 09:45"))
    with desk.database.reading() as session:
        record = incidents.find(session, duplicate)
        assert [nudge.shown.state for nudge in nudges.live(session, record.id)] == [NudgeState.CLOSED]
        duties = [(Duty.CLOCK, f"{duplicate}:{metric}") for metric in MetricName]
        duties += [(Duty.PROMISE, duplicate), (Duty.PAUSE, duplicate)]
        assert {timers.due_for(session, duty, subject) for duty, subject in duties} == {None}


def test_a_duplicate_without_a_miss_owes_no_note(desk: Desk, outcomes: Outcomes) -> None:
    duplicate, survivor = desk.open(at("mon 09:20")), desk.open(at("mon 09:00"))
    outcomes.merge(duplicate, into=survivor, by=DANA, now=at("mon 09:45"))
    desk.look(at("wed 12:00"))
    assert note_state(desk, duplicate) is None
    with pytest.raises(NoNoteWanted):
        desk.notes.prefill(duplicate, now=at("wed 12:00"))


def test_a_miss_from_before_the_merging_is_explained_and_reviewed_as_any_other(desk: Desk, outcomes: Outcomes) -> None:
    duplicate, survivor = desk.missed(at("mon 09:40")), desk.open(at("mon 09:30"))
    outcomes.merge(duplicate, into=survivor, by=DANA, now=at("mon 09:45"))
    missed = clock(desk, duplicate, RESPONSE)
    assert (missed.state, missed.breached_at, missed.stopped_at) == (
        ClockState.STOPPED,
        at("mon 09:30"),
        at("mon 09:45"),
    )
    assert "corrected" not in told(desk, duplicate)
    assert note_state(desk, duplicate) is NoteState.WANTED
    desk.ask_daily()
    desk.look(at("mon 11:15"))
    assert [line.subject for asked in desk.asked(TOM) for line in asked.sections[0].lines] == [duplicate]
    desk.notes.write(duplicate, by=TOM, reason="late-triage", since=None, **GOOD, now=at("wed 12:05"))
    desk.notes.accept(duplicate, by=MIRA, now=at("wed 12:10"))
    assert note_state(desk, duplicate) is NoteState.ACCEPTED
    card = incident_card(Board(desk.unit_of_work).show(duplicate, now=at("wed 12:10")), now=at("wed 12:10"))
    assert "*First reply* · missed" in str(card.blocks)


def test_the_card_of_a_duplicate_with_a_miss_offers_its_note(desk: Desk, outcomes: Outcomes) -> None:
    duplicate, survivor = desk.missed(at("mon 09:40")), desk.open(at("mon 09:30"))
    outcomes.merge(duplicate, into=survivor, by=DANA, now=at("mon 09:45"))
    card = incident_card(Board(desk.unit_of_work).show(duplicate, now=at("mon 10:00")), now=at("mon 10:00"))
    assert "Write SLA note" in str(card.blocks)


def test_a_miss_of_a_duplicate_is_waived_as_any_other(desk: Desk, outcomes: Outcomes) -> None:
    duplicate, survivor = desk.missed(at("mon 09:40")), desk.open(at("mon 09:30"))
    outcomes.merge(duplicate, into=survivor, by=DANA, now=at("mon 09:45"))
    assert outcomes.waive(duplicate, metric=RESPONSE, reason="Agreed", by=MIRA, now=at("mon 10:00")) == 1
    assert clock(desk, duplicate, RESPONSE).waived_at == at("mon 10:00")
    with pytest.raises(NothingMissed):
        outcomes.waive(duplicate, metric=RESOLUTION, reason="Agreed", by=MIRA, now=at("mon 10:00"))


def test_the_live_nudge_of_a_duplicate_is_closed_and_says_so(desk: Desk, outcomes: Outcomes) -> None:
    duplicate, survivor = desk.missed(at("mon 09:40")), desk.open(at("mon 09:30"))
    outcomes.merge(duplicate, into=survivor, by=DANA, now=at("mon 09:45"))
    nudge = [one.shown for one in desk.sent() if isinstance(one.shown, NudgeMessage)][-1]
    assert (nudge.incident_key, nudge.state) == (duplicate, NudgeState.CLOSED)
    assert (nudge.updates[-1].what, nudge.updates[-1].fields["into"]) == ("merged", survivor)


def test_an_earlier_start_may_be_what_makes_the_other_late_and_it_has_the_grace_of_a_change(
    desk: Desk, outcomes: Outcomes
) -> None:
    old, young = desk.open(at("mon 08:30")), desk.open(at("mon 09:20"))
    outcomes.merge(old, into=young, by=DANA, now=at("mon 09:25"))
    missed = clock(desk, young, RESPONSE)
    assert (missed.breached_at, missed.breached_on_change) == (at("mon 09:25"), True)

    def breach_nudges() -> list[str]:
        shown = [one.shown for one in desk.sent() if isinstance(one.shown, NudgeMessage)]
        return [nudge.incident_key for nudge in shown if nudge.breached_at is not None]

    desk.look(at("mon 09:29"))
    assert young not in breach_nudges()
    desk.look(at("mon 09:31"))
    assert young in breach_nudges()


def test_what_was_merged_into_a_duplicate_before_counts_as_well(desk: Desk, outcomes: Outcomes) -> None:
    first, second, third = (desk.open(at(when)) for when in ("mon 09:00", "mon 09:05", "mon 09:10"))
    outcomes.merge(first, into=second, by=DANA, now=at("mon 09:12"))
    outcomes.merge(second, into=third, by=DANA, now=at("mon 09:14"))
    assert clock(desk, third, RESPONSE).due_at == at("mon 09:30")


def test_what_cannot_be_merged_is_refused_and_leaves_no_trace(desk: Desk, outcomes: Outcomes) -> None:
    key, other, solved = (desk.open(at("mon 09:00")) for _ in range(3))
    strange = desk.open(at("mon 09:00"), customer=BETA)
    gone = desk.open(at("mon 09:00"))
    desk.incidents.resolve(solved, text="", by=TOM, now=at("mon 09:05"))
    outcomes.merge(gone, into=other, by=DANA, now=at("mon 09:06"))
    before = {each: told(desk, each) for each in (key, other, solved, strange, gone)}
    refused: list[tuple[str, str, str, type[SlaError]]] = [
        (key, key, DANA, MergedIntoItself),
        (key, strange, DANA, OtherCustomer),
        (key, solved, DANA, AlreadyResolved),
        (key, gone, DANA, AlreadyMerged),
        (gone, key, DANA, AlreadyMerged),
        (key, "INC-9999", DANA, UnknownIncident),
        (key, other, TOM, NotAllowed),
    ]
    for one, into, by, refusal in refused:
        with pytest.raises(refusal):
            outcomes.merge(one, into=into, by=by, now=at("mon 09:10"))
    assert {each: told(desk, each) for each in before} == before


def test_nothing_is_done_to_a_duplicate_and_the_refusal_names_the_other(desk: Desk, outcomes: Outcomes) -> None:
    duplicate, survivor = desk.missed(at("mon 09:40")), desk.open(at("mon 09:00"))
    outcomes.merge(duplicate, into=survivor, by=DANA, now=at("mon 09:45"))
    now, work = at("mon 10:00"), desk.incidents
    acts: list[Callable[[], object]] = [
        lambda: work.resolve(duplicate, text="", by=TOM, now=now),
        lambda: work.reopen(duplicate, text="", by=TOM, now=now),
        lambda: work.take(duplicate, by=TESS, now=now),
        lambda: work.pause(duplicate, reason=PauseReason.OTHER, by=TOM, now=now),
        lambda: work.acknowledge(duplicate, by=DANA, now=now),
    ]
    for act in acts:
        with pytest.raises(AlreadyMerged) as refusal:
            act()
        assert refusal.value.into == survivor


def test_a_merging_that_is_carried_out_twice_changes_nothing_the_second_time(desk: Desk, outcomes: Outcomes) -> None:
    first, second = desk.open(at("mon 09:00")), desk.open(at("mon 09:10"))
    with request("click:1"):
        outcomes.merge(first, into=second, by=DANA, now=at("mon 09:20"))
    before = told(desk, first), told(desk, second)
    with request("click:1"), pytest.raises(AlreadyCarriedOut):
        outcomes.merge(first, into=second, by=DANA, now=at("mon 09:21"))
    assert (told(desk, first), told(desk, second)) == before
    assert before[1].count("absorbed") == 1


def test_two_opposite_merges_at_once_end_as_one_and_wait_for_each_other_in_no_circle(
    desk: Desk, outcomes: Outcomes
) -> None:
    for _ in range(5):
        one, other = desk.open(at("mon 09:00")), desk.open(at("mon 09:10"))

        def merge(pair: tuple[str, str]) -> str:
            try:
                return outcomes.merge(pair[0], into=pair[1], by=DANA, now=at("mon 09:20")).survivor.key
            except AlreadyMerged as refusal:
                return f"refused, {refusal.key} is merged"

        with ThreadPoolExecutor(max_workers=2) as pool:
            answers = sorted(pool.map(merge, [(one, other), (other, one)]))
        survivors = [key for key in (one, other) if found(desk, key).is_open]
        assert len(survivors) == 1
        (gone,) = {one, other} - set(survivors)
        assert answers == sorted([survivors[0], f"refused, {gone} is merged"])
