"""Random histories under agreements that change meanwhile, told from a seed so that every kind of turn is common."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hypothesis import strategies as st

from sla_engine.domain.agreements.agreement import Agreement, ReopenMode, ReopenRule, Target
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.versions import START_OF_TIME, Governing, Terms
from sla_engine.domain.incidents.events import (
    Absorbed,
    Breached,
    Corrected,
    CustomerReplied,
    CustomerUpdated,
    Deleted,
    Event,
    Merged,
    Opened,
    Paused,
    PlanGiven,
    PrioritySet,
    Reopened,
    Resolved,
    Responded,
    Resumed,
    Waived,
)
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.calendar import Calendar, Closure
from tests.unit.sla_engine.domain.histories import ALWAYS, DAYS, MONDAY, OFFICE, UPDATE, minutes

P2, P3, P5 = Priority.P2, Priority.P3, Priority.P5
BERLIN = Calendar.weekly(
    "Europe/Berlin",
    {day: ["08:00-12:00", "13:00-18:30"] for day in DAYS[:4]} | {"fri": ["22:00-06:00"]},
    closures=[Closure(date(2026, 3, 4), name="Founders' day"), Closure(date(2026, 3, 9), name="Stocktaking")],
)
CALENDARS = (OFFICE, BERLIN, ALWAYS)
MOST_FACTS = 24


@dataclass(frozen=True, slots=True, repr=False)
class Story:
    """A history in the order in which it was told, what was promised, and when it is looked at."""

    seed: int
    history: list[Entry]
    terms: Terms
    now: datetime

    def __repr__(self) -> str:
        return f"story({self.seed})"


def story(seed: int) -> Story:
    """One story; the same for the same seed."""
    chance = random.Random(seed)
    history = _history(chance)
    last = max(entry.at for entry in history)
    now = last + _gap(chance) if chance.random() < 0.8 else MONDAY + _gap(chance, hours=10 * 24)
    chance.shuffle(history)
    return Story(seed, history, _terms(chance), now)


stories = st.integers(0, 2**32).map(story)


def _gap(chance: random.Random, *, hours: int = 9) -> timedelta:
    """Up to so many hours; often none, so that facts meet at one instant."""
    return timedelta(seconds=10 * chance.choice([0, 1, chance.randrange(360 * hours), chance.randrange(360 * hours)]))


def _history(chance: random.Random) -> list[Entry]:
    at = MONDAY + minutes(chance.randrange(1440))
    facts: list[tuple[datetime, Event]] = [(at, Opened(priority=chance.choice([P2, P2, P2, P5]), title="Down"))]
    for _ in range(chance.randrange(MOST_FACTS)):
        at += _gap(chance)
        facts.append((at, _event(chance, at)))
    return [
        Entry(event=event, at=when, seq=seq, recorded_at=when + _gap(chance, hours=1), by=chance.choice("AB"))
        for seq, (when, event) in enumerate(facts)
    ]


def _event(chance: random.Random, at: datetime) -> Event:
    reason = chance.choice([PauseReason.CUSTOMER, PauseReason.CUSTOMER, *PauseReason])
    metric, cycle = chance.choice(list(MetricName)).value, chance.randrange(2)
    waived = Waived(metric=metric, cycle=cycle, reason="Their power cut")
    rare: tuple[Event, ...] = (Merged(into="INC-1"), Deleted(), waived)
    turns: tuple[Event, ...] = (
        *(Paused(reason=reason, until=chance.choice([None, at + _gap(chance)])),) * 6,
        *(CustomerReplied(),) * 3,
        *(Resumed(reason=chance.choice([None, reason])),) * 3,
        CustomerUpdated(text="Still working"),
        Responded(),
        PlanGiven(),
        *(Resolved(),) * 2,
        *(Reopened(),) * 2,
        *(PrioritySet(priority=chance.choice([P2, P3, P5])),) * 2,
        Absorbed(key="INC-2", opened_at=at - _gap(chance, hours=30)),
        chance.choice(rare),
        Breached(metric=metric, cycle=cycle, breached_at=at),
        Corrected(metric=metric, cycle=cycle, cause="paused", breached_before=at, breached_after=None),
    )
    return chance.choice(turns)


def _terms(chance: random.Random) -> Terms:
    """One to three versions which count one after another."""
    edits = sorted({MONDAY + _gap(chance, hours=chance.choice([90, 400])) for _ in range(chance.randrange(3))})
    versions = [Governing(at, number, _agreement(chance)) for number, at in enumerate([START_OF_TIME, *edits], start=1)]
    return Terms(tuple(versions), versions[0].agreement)


def _agreement(chance: random.Random) -> Agreement:
    """What is promised at P2 and P3, with a special rule that sometimes matches too; nothing at P5."""
    calendar = chance.choice(CALENDARS)
    targets = [_target(chance, metric, priority, calendar) for priority in (P2, P3, P2) for metric in MetricName]
    return Agreement(
        customer="Acme Dental",
        effective=MONDAY,
        calendar=calendar,
        targets=tuple(targets),
        reopen=ReopenRule(mode=chance.choice([ReopenMode.RESUME, *ReopenMode])),
        reply_ends_pause=chance.random() < 0.5,
    )


def _target(chance: random.Random, metric: MetricName, priority: Priority, calendar: Calendar) -> Target:
    def length() -> timedelta:
        return minutes(chance.choice([30, 120, 480, chance.randrange(1, 3000)]))

    return Target(
        metric=metric,
        priority=priority,
        duration=length(),
        calendar=chance.choice([calendar, calendar, ALWAYS]),
        waiting=length() if metric is UPDATE else None,
        rule=f"{priority.value}, written {chance.choice(['first', 'later'])}",
    )
