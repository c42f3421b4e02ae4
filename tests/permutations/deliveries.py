"""What a ticket system tells of one ticket, the orders in which that may come in, and what becomes of the ticket.

Left out is what splits a ticket into two incidents (deleted and worked on again, another customer's, reopened after its
agreement's window): there it matters which was heard first.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.reading import readings
from sla_engine.domain.incidents.history import Entry
from sla_engine.services.intake.receive import Intake
from sla_engine.storage import events, incidents
from tests.intake_desk import NOON

CUSTOMERS = ("Acme Dental", "Beta Logistics", "Cedar Clinic")
PRIORITIES = ("P1", "P2", "P3", "P4", "P5", "Sev A")
STATUSES = (
    "open", "in progress", "pending", "on hold", "waiting for vendor", "scheduled", "resolved", "closed", "parked",
)  # fmt: skip
DAY = 24 * 60
MINUTES = (0, 1, 10, 10, 25, 30, 30, 45, 60, 60, 61, 90, 240, 240, 500, DAY, 3 * DAY)
"""When things happen, in minutes after the opening: often at one instant."""
READ_AT = NOON + timedelta(days=40)
# What happens, and how often in a hundred.
HAPPENINGS: Mapping[str, int] = {
    "status_changed": 33,
    "agent_replied": 15,
    "customer_replied": 10,
    "resolved": 11,
    "reopened": 10,
    "priority_changed": 8,
    "assigned": 7,
    "unassigned": 3,
    "title_changed": 3,
}

Delivery = dict[str, Any]
Outcome = dict[str, object]
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Story:
    """The deliveries of one ticket in some order, each with its own time."""

    deliveries: tuple[Delivery, ...]

    def permuted(self, chance: random.Random) -> "Story":
        """Another order; those of one instant keep theirs."""
        instants = [told["at"] for told in chance.sample(self.deliveries, len(self.deliveries))]
        of_instant = {at: iter([told for told in self.deliveries if told["at"] == at]) for at in instants}
        return Story(tuple(next(of_instant[at]) for at in instants))

    def __str__(self) -> str:
        return "; ".join(
            " ".join(str(told[name]) for name in ("at", "event", "status", "priority", "to") if name in told)
            for told in self.deliveries
        )


def random_story(chance: random.Random) -> Story:
    """A ticket that is opened, and to which up to six things happen."""
    opening = _told("opened", 0) | {"customer": chance.choice(CUSTOMERS), "title": "Nobody can print", "by": "anna"}
    opening["priority"] = chance.choice(PRIORITIES)
    told = [_happening(chance, chance.choice(MINUTES)) for _ in range(chance.choice((2, 3, 3, 4, 5, 6)))]
    return Story((opening, *sorted(told, key=lambda delivery: str(delivery["at"]))))


def _told(event: str, minute: int) -> Delivery:
    return {"event": event, "at": (NOON + timedelta(minutes=minute)).isoformat()}


def _happening(chance: random.Random, minute: int) -> Delivery:
    (event,) = chance.choices(tuple(HAPPENINGS), tuple(HAPPENINGS.values()))
    more: dict[str, Any] = {"by": chance.choice(("tess", "anna"))}
    match event:
        case "status_changed":
            more["status"] = chance.choice(STATUSES)
        case "priority_changed":
            more["priority"] = chance.choice(PRIORITIES)
        case "assigned":
            more["to"] = chance.choice(("tom", "tess", "anna"))
        case "title_changed":
            more["title"] = chance.choice(("Nobody can scan", "Nobody can fax"))
        case "agent_replied":
            more |= {"text": f"reply {minute}", "public": chance.random() < 0.8}
        case _:
            pass
    return _told(event, minute) | more


def outcome_of(intake: Intake, story: Story) -> Outcome:
    """How the ticket's incident stands, and what every clock reads, when its deliveries come in like this."""
    name = f"T-{next(_NUMBERS)}"
    intake.unit_of_work.real_clock = lambda: NOON + next(_NUMBERS) * timedelta(milliseconds=1)
    for told in story.deliveries:
        delivery = told | {"id": f"d{next(_NUMBERS)}", "external_id": name}
        intake.receive("webhook", delivery["id"], delivery, now=READ_AT)
    with intake.unit_of_work.database.transaction() as session:
        record = incidents.find_external(session, source="webhook", external_id=name)
        assert record is not None, f"{name} was opened"
        history = events.history(session, record.id)
        terms = intake.unit_of_work.agreements.terms(session, record, history)
    return {
        "title and priority": (record.title, record.priority),
        "state": (record.state, record.opened_at, record.resolved_at),
        "people": (record.assignee, record.responsible),
        "pauses": set(record.paused_for),
        "waiting": (record.customer_waits_since, record.promise),
        **_shown_clocks(history, terms),
    }


def differences(intake: Intake, story: Story, *, orders: int, chance: random.Random) -> Iterator[str]:
    """The orders, of so many random ones, in which something else becomes of it."""
    expected = outcome_of(intake, story)
    for _ in range(orders):
        order = story.permuted(chance)
        outcome = outcome_of(intake, order)
        differs = [what for what in expected.keys() | outcome.keys() if outcome.get(what) != expected.get(what)]
        if differs:
            told = "; ".join(f"{what}: {expected.get(what)}, now {outcome.get(what)}" for what in differs)
            yield f"{order}\n  {told}"


def _shown_clocks(history: Sequence[Entry], terms: Terms) -> dict[str, tuple[object, ...]]:
    """Every clock in the words that people see."""
    return {
        f"{reading.metric} {reading.cycle}": (
            reading.state,
            reading.target.duration,
            reading.elapsed,
            reading.due_at,
            reading.breached_at,
            reading.stopped_at,
            reading.stopped_on,
            reading.paused_open,
        )
        for measured in readings(history, terms, now=READ_AT).values()
        for reading in measured
    }
