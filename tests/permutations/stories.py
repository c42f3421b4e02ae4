"""What other systems tell of one ticket, of two that are one, or of an alert, and the orders in which it may come in.

Every delivery carries its own time. An alert's firing that is told again once its end was told carries none: with the
start it had, monitoring goes on with what it ended by itself, so it counts when it comes in and keeps its place.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from tests.intake_desk import NOON

CUSTOMERS = ("Acme Dental", "Beta Logistics", "Cedar Clinic")
PRIORITIES = ("P1", "P2", "P3", "P4", "P5", "Sev A")
STATUSES = (
    "open", "in progress", "pending", "on hold", "waiting for vendor", "scheduled", "resolved", "closed", "parked",
)  # fmt: skip
DAY = 24 * 60
MINUTES = (0, 1, 10, 10, 25, 30, 30, 45, 60, 60, 61, 90, 240, 240, 500, DAY, 3 * DAY)
"""When things happen, in minutes after the opening: often at one instant."""
WINDOW = 14 * DAY
"""Beta Logistics reopens for so long after a resolution; of the others any time."""
GOES_ON = {"reopened", *STATUSES} - {"resolved", "closed", "parked"}
"""What takes up again what was resolved; every status but these ends the pause that the one before began."""
ALERT_WINDOW = 30
FOR_EVER = 10**9
ORDERS_DRAWN = 50
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
TICKET, OTHER_TICKET, ALERT = "T", "U", "alert"


class Kind(StrEnum):
    """What a story is about."""

    PLAIN = "a ticket that stays one incident"
    MERGED = "a ticket that turns out to be another one"
    DELETED = "a ticket that is deleted, and worked on after that"
    MOVED = "a ticket that is another customer's"
    LATE = "a ticket that is taken up again after its window"
    ALERT = "an alert that fires and ends"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing that happened at its own time; `about` is the ticket or alert it happened to."""

    about: str
    at: datetime
    payload: Mapping[str, Any]
    repeats: int | None = field(default=None, kw_only=True)
    """The start of the firing that an alert is told to go on with."""

    @property
    def source(self) -> str:
        """The intake it comes in by."""
        return "alertmanager" if self.about == ALERT else "webhook"

    @property
    def minute(self) -> int:
        """Its time in minutes after noon."""
        return round((self.at - NOON) / timedelta(minutes=1))

    def tells_of(self, end: "Delivery") -> bool:
        """Whether this is a firing that ended like that."""
        started = end.payload["started"]
        return self.about == ALERT and "ended" not in self.payload and started in (self.repeats, self.minute)

    def __str__(self) -> str:
        names = ("event", "status", "priority", "to", "customer", "into", "started", "ended")
        return " ".join([str(self.minute), *(str(self.payload[name]) for name in names if name in self.payload)])


@dataclass(frozen=True, slots=True)
class Story:
    """The deliveries in some order."""

    kind: Kind
    deliveries: tuple[Delivery, ...]

    def permuted(self, chance: random.Random) -> "Story":
        """Return another order; deliveries of one instant keep theirs."""
        orders = (self._shuffled(chance) for _ in range(ORDERS_DRAWN))
        return next((order for order in orders if order.repeats_keep_their_place), self)

    def _shuffled(self, chance: random.Random) -> "Story":
        instants = [delivery.at for delivery in chance.sample(self.deliveries, len(self.deliveries))]
        of_instant = {at: iter([delivery for delivery in self.deliveries if delivery.at == at]) for at in instants}
        return Story(self.kind, tuple(next(of_instant[at]) for at in instants))

    @property
    def repeats_keep_their_place(self) -> bool:
        """Whether an alert that was told of again while it fired comes in before its end."""
        for place, end in enumerate(self.deliveries):
            after = self.deliveries[place:]
            repeated = any(delivery.repeats == end.payload.get("started") for delivery in self.deliveries)
            if "ended" in end.payload and repeated and any(word.tells_of(end) for word in after):
                return False
        return True

    @property
    def joins_incidents(self) -> bool:
        """Whether two incidents that people know already turn out to be one, on the way."""
        numbers = [_incidents(self.deliveries[:heard]) for heard in range(1, len(self.deliveries) + 1)]
        return any(after < before for before, after in pairwise(numbers))

    def __str__(self) -> str:
        return "; ".join(map(str, self.deliveries))


def random_story(chance: random.Random, kind: Kind) -> Story:
    """Draw a story of that kind, as it happened."""
    return Story(kind, tuple(sorted(_DRAWN[kind](chance), key=lambda delivery: delivery.at)))


def _plain(chance: random.Random) -> Iterator[Delivery]:
    """Draw a ticket that is opened, and to which up to six things happen."""
    yield _opened(chance, chance.choice(CUSTOMERS))
    yield from _happenings(chance, chance.choice((2, 3, 3, 4, 5, 6)))


def _merged(chance: random.Random) -> Iterator[Delivery]:
    """Draw two tickets of a customer that turn out to be one."""
    customer = chance.choice(CUSTOMERS)
    yield _opened(chance, customer)
    yield from _happenings(chance, chance.choice((1, 2, 3)))
    yield _opened(chance, customer, about=OTHER_TICKET, minute=chance.choice((1, 30, 61)))
    later = chance.choice((0, 1, 2))
    yield from _happenings(chance, later, about=OTHER_TICKET, minutes=[minute + 61 for minute in MINUTES])
    yield _told("merged", 62 + chance.choice(MINUTES), into=OTHER_TICKET)


def _deleted(chance: random.Random) -> Iterator[Delivery]:
    """Draw a ticket that is deleted, and on which work goes on after that."""
    yield _opened(chance, chance.choice(CUSTOMERS[::2]))
    yield from _happenings(chance, chance.choice((1, 2, 3)))
    deleted = chance.choice(MINUTES)
    yield _told("deleted", deleted)
    for _ in range(chance.choice((1, 1, 2))):
        yield _goes_on(chance, deleted + chance.choice(MINUTES))


def _moved(chance: random.Random) -> Iterator[Delivery]:
    """Draw a ticket that is given to another customer, and perhaps to one more."""
    yield _opened(chance, chance.choice(CUSTOMERS))
    yield from _happenings(chance, chance.choice((1, 2, 3)))
    for _ in range(chance.choice((1, 1, 2))):
        yield _told("customer_changed", chance.choice(MINUTES), customer=chance.choice(CUSTOMERS))


def _late(chance: random.Random) -> Iterator[Delivery]:
    """Draw a ticket that is taken up again about when its window ends, and goes on from there."""
    yield _opened(chance, "Beta Logistics")
    yield from _happenings(chance, chance.choice((0, 1, 2)))
    resolved = chance.choice(MINUTES)
    yield _told("resolved", resolved)
    again = resolved + WINDOW + chance.choice((-1, 0, 1, 60, DAY))
    for minute in (again, again + chance.choice(MINUTES))[: chance.choice((1, 1, 2))]:
        yield _goes_on(chance, minute)
    minutes = [again + minute for minute in MINUTES]
    yield from _happenings(chance, chance.choice((0, 1, 2)), minutes=minutes)


def _alert(chance: random.Random) -> Iterator[Delivery]:
    """Draw an alert that fires up to three times, each time ends, and is told of again meanwhile."""
    minute = 0
    for number in range(times := chance.choice((1, 2, 2, 3))):
        lasts = chance.choice((0, 1, 5, 10, 90))
        yield _word("firing", minute)
        if chance.random() < 0.3:
            yield _word("firing", minute + min(lasts, chance.choice((0, 1))), repeats=minute)
        if number < times - 1 or chance.random() < 0.7:
            yield _word("resolved", minute, ended=minute + lasts)
        minute += lasts + chance.choice((1, 10, 29, 30, 31, 60, DAY))


_DRAWN = {
    Kind.PLAIN: _plain,
    Kind.MERGED: _merged,
    Kind.DELETED: _deleted,
    Kind.MOVED: _moved,
    Kind.LATE: _late,
    Kind.ALERT: _alert,
}


def _told(event: str, minute: int, *, about: str = TICKET, **more: Any) -> Delivery:
    at = NOON + timedelta(minutes=minute)
    return Delivery(about, at, {"event": event, "at": at.isoformat()} | more)


def _opened(chance: random.Random, customer: str, *, about: str = TICKET, minute: int = 0) -> Delivery:
    priority = chance.choice(PRIORITIES)
    more = {"customer": customer, "title": "Nobody can print", "by": "anna", "priority": priority}
    return _told("opened", minute, about=about, **more)


def _happenings(
    chance: random.Random, number: int, *, about: str = TICKET, minutes: Sequence[int] = MINUTES
) -> Iterator[Delivery]:
    for _ in range(number):
        yield _happening(chance, chance.choice(minutes), about=about)


def _happening(chance: random.Random, minute: int, *, about: str) -> Delivery:
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
    return _told(event, minute, about=about, **more)


def _goes_on(chance: random.Random, minute: int) -> Delivery:
    """Draw how a ticket is taken up again."""
    if chance.random() < 0.5:
        return _told("reopened", minute, by="tess")
    return _told("status_changed", minute, status=chance.choice(("open", "in progress", "pending")), by="tess")


def _word(status: str, started: int, *, ended: int | None = None, repeats: int | None = None) -> Delivery:
    """One alert that fires since that minute, or ended at another."""
    at = NOON + timedelta(minutes=started if ended is None else ended)
    payload: dict[str, Any] = {"event": status, "started": started}
    return Delivery(ALERT, at, payload if ended is None else payload | {"ended": ended}, repeats=repeats)


def _incidents(deliveries: Sequence[Delivery]) -> int:
    """How many incidents a ticket that is taken up again, or an alert, is by what is known so far."""
    spans = _alert_spans(deliveries) if deliveries[0].about == ALERT else _ticket_spans(deliveries)
    window = ALERT_WINDOW if deliveries[0].about == ALERT else WINDOW
    return 1 + sum(begins - ended > window for (_, ended), (begins, _) in pairwise(spans))


def _ticket_spans(deliveries: Sequence[Delivery]) -> list[tuple[int, int]]:
    """From when to when somebody worked on a ticket."""
    spans, is_open = [(0, 0)], True
    for delivery in sorted(deliveries, key=lambda delivery: delivery.at):
        status = delivery.payload.get("status", delivery.payload["event"])
        if is_open and status in ("resolved", "closed"):
            spans[-1], is_open = (spans[-1][0], delivery.minute), False
        elif not is_open and status in GOES_ON:
            is_open = True
            spans.append((delivery.minute, delivery.minute))
    return spans


def _alert_spans(deliveries: Sequence[Delivery]) -> list[tuple[int, int]]:
    """From when to when an alert fired; the last one may go on."""
    starts = sorted({delivery.payload["started"] for delivery in deliveries})
    ends = sorted(delivery.payload["ended"] for delivery in deliveries if "ended" in delivery.payload)
    spans: list[tuple[int, int]] = []
    for started in starts:
        if spans and started <= spans[-1][1]:
            continue
        spans.append((started, next((ended for ended in ends if ended >= started), FOR_EVER)))
    return spans
