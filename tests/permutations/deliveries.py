"""What becomes of a story when its deliveries come in, in whatever order."""

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from enum import StrEnum
from itertools import count
from typing import Any

from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.attribution import attributed_time
from sla_engine.domain.clocks.reading import readings
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.incident import Incident, IncidentState
from sla_engine.services.intake.match import ReportOutcome
from sla_engine.services.intake.receive import Intake
from sla_engine.storage import events, incidents
from sla_engine.storage.database import Session
from sla_engine.storage.tables.incidents import IncidentRow
from tests.intake_desk import NOON
from tests.permutations.stories import ALERT, CUSTOMERS, Delivery, Story

READ_AT = NOON + timedelta(days=40)
NEVER_ENDED = "0001-01-01T00:00:00Z"

Outcome = dict[str, object]
_NUMBERS = count(1)


def outcomes_of(intake: Intake, story: Story) -> list[Outcome]:
    """How the incidents stand, and what every clock of theirs reads, when the deliveries come in like this.

    What went to another customer has no outcome of its own, and a key says nothing of what became of its incident.
    """
    name = f"{next(_NUMBERS)}"
    intake.unit_of_work.real_clock = lambda: NOON + next(_NUMBERS) * timedelta(milliseconds=1)
    with intake.unit_of_work.database.reading() as session:
        before = session.query(IncidentRow.id).count()
    for delivery in story.deliveries:
        receipt = intake.receive(delivery.source, f"d{next(_NUMBERS)}", _payload(delivery, name), now=READ_AT)
        assert ReportOutcome.LATER not in {taken.outcome for taken in receipt.taken}, f"{delivery} of {story} failed"
    with intake.unit_of_work.database.reading() as session:
        ids = [number for (number,) in session.query(IncidentRow.id).order_by(IncidentRow.id)][before:]
        records = incidents.by_ids(session, ids).values()
        return sorted(
            (_outcome(session, intake, record) for record in records if record.state is not IncidentState.MOVED),
            key=lambda outcome: str(outcome["state"]),
        )


class Compared(StrEnum):
    """What another order made of a story."""

    ALIKE = "alike"
    DIFFERENT = "different"
    LEFT_OUT = "on the way two incidents whose keys people know turn out to be one; they stay two"


def compared_orders(
    intake: Intake, story: Story, *, orders: int, chance: random.Random
) -> Iterator[tuple[Compared, str]]:
    """Let a story come in in so many other orders, and say of each what else becomes of it."""
    expected = outcomes_of(intake, story)
    for _ in range(orders):
        order = story.permuted(chance)
        if order.joins_incidents:
            yield Compared.LEFT_OUT, str(order)
        elif (outcomes := outcomes_of(intake, order)) == expected:
            yield Compared.ALIKE, ""
        else:
            yield Compared.DIFFERENT, _difference(order, expected, outcomes)


def _difference(order: Story, expected: list[Outcome], outcomes: list[Outcome]) -> str:
    lines = [f"{order}", f"  {len(expected)} incidents, now {len(outcomes)}"]
    for before, after in zip(expected, outcomes, strict=False):
        differing = [what for what in before.keys() | after.keys() if before.get(what) != after.get(what)]
        lines += [f"  {what}: {before.get(what)}, now {after.get(what)}" for what in sorted(differing)]
    return "\n".join(lines)


def _payload(delivery: Delivery, name: str) -> dict[str, Any]:
    """What the other system sends; `name` tells the tickets of a story from those of every other one."""
    if delivery.about == ALERT:
        return _group(delivery.payload, name)
    payload = {**delivery.payload, "id": f"d{next(_NUMBERS)}", "external_id": f"{delivery.about}-{name}"}
    return payload | ({"into": f"{payload['into']}-{name}"} if "into" in payload else {})


def _group(word: Any, name: str) -> dict[str, Any]:
    """One alert in a group of Alertmanager's; each belongs to a customer for good."""
    customer = CUSTOMERS[0]
    minute = {key: (NOON + timedelta(minutes=word[key])).isoformat() for key in ("started", "ended") if key in word}
    alert = {"status": word["event"], "fingerprint": f"f{name}", "startsAt": minute["started"]}
    alert |= {"endsAt": minute.get("ended", NEVER_ENDED), "labels": {"customer": customer, "severity": "critical"}}
    return {"version": "4", "groupKey": "g", "receiver": "r", "alerts": [alert]}


def _outcome(session: Session, intake: Intake, record: Incident) -> Outcome:
    history = events.history(session, record.id)
    terms = intake.unit_of_work.agreements.terms(session, record, history)
    return {
        "customer": record.customer,
        "title and priority": (record.title, record.priority),
        "state": (record.opened_at, record.state, record.resolved_at),
        "people": (record.assignee, record.responsible),
        "pauses": set(record.paused_for),
        "waiting": (record.customer_waits_since, record.promise),
        "accounted to": attributed_time(history, terms, now=READ_AT),
        **_shown_clocks(history, terms),
    }


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
