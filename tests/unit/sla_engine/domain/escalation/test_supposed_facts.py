"""What a supposed act would record, and what it is refused with."""

from __future__ import annotations

import random

import pytest

from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.escalation.supposed_facts import facts_of
from sla_engine.domain.incidents.errors import AlreadyPaused
from sla_engine.domain.incidents.events import CustomerReplied, Event, Paused, Resumed
from sla_engine.domain.incidents.incident import Incident, IncidentState
from sla_engine.domain.incidents.incident_state import incident_after
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.suppositions import IfPaused
from tests.unit.sla_engine.domain.histories import USUAL, at, history, opened

VENDOR, CUSTOMER = PauseReason.VENDOR, PauseReason.CUSTOMER
TEN, NOON = ("mon 10:00", Paused(reason=VENDOR)), at("mon 12:00")
INCIDENT = Incident(
    id=1, key="INC-1", customer="Acme Dental", agreement_version_id=1, source="slack", external_id=None, link=None,
    title="E-mail is down", priority=Priority.P2, state=IncidentState.OPEN,
    opened_at=at("mon 09:00"), opened_by="U0TOM",
)  # fmt: skip


def supposed(*facts: tuple[str, Event], reason: PauseReason = VENDOR, seed: int = 0) -> list[Event]:
    """The facts that a pause at noon would record, with the history in any order."""
    reply_ends_pause = Terms.of(USUAL).reply_ends_pause
    entries = history(opened(), *facts)
    random.Random(seed).shuffle(entries)
    incident = incident_after(INCIDENT, entries, reply_ends_pause=reply_ends_pause)
    act = IfPaused(key="INC-1", reason=reason, at=NOON, until=at("mon 13:00"))
    return [event for _, event in facts_of(act, incident, entries, reply_ends_pause=reply_ends_pause)]


@pytest.mark.parametrize(
    ("facts", "since"),
    [
        ((TEN,), "mon 10:00"),
        ((TEN, ("mon 11:00", Paused(reason=VENDOR, until=at("mon 15:00")))), "mon 10:00"),
        ((TEN, ("mon 10:30", Resumed()), ("mon 11:00", Paused(reason=VENDOR))), "mon 11:00"),
        ((TEN, ("mon 10:30", Resumed(reason=CUSTOMER)), ("mon 11:00", Paused(reason=VENDOR))), "mon 10:00"),
    ],
    ids=["reported once", "reported twice", "ended and begun anew", "another one ended"],
)
@pytest.mark.parametrize("seed", range(3))
def test_a_pause_that_holds_is_refused_with_its_begin(
    facts: tuple[tuple[str, Event], ...], since: str, seed: int
) -> None:
    with pytest.raises(AlreadyPaused) as refusal:
        supposed(*facts, seed=seed)
    assert refusal.value.since == at(since)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [((TEN, ("mon 11:00", Resumed())), VENDOR), ((TEN,), CUSTOMER),
     ((("mon 10:00", Paused(reason=CUSTOMER)), ("mon 11:00", CustomerReplied())), CUSTOMER)],
    ids=["ended", "for another reason", "ended by a reply"],
)  # fmt: skip
def test_a_pause_that_does_not_hold_may_be_supposed(facts: tuple[tuple[str, Event], ...], reason: PauseReason) -> None:
    assert supposed(*facts, reason=reason) == [Paused(reason=reason, until=at("mon 13:00")), Resumed(reason=reason)]
