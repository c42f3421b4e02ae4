"""Incidents under random ladders, with what people did to them and what they suppose then, told from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.suppositions import IfActed, IfPaused, IfPriority, IfResumed
from tests.note_desk import TOM, at

CUSTOMER = "Depot Ltd"
MINUTE = timedelta(minutes=1)
SHARES = (25, 50, 75, 90, 100, 120, 150)
OFFSETS = ("10m before due", "45m before due wall", "30m after due", "2h after due wall", "26h after due wall")
REPEATS = (
    "30m until acknowledged",
    "{every: 30m}",
    "{every: 15m, wall: yes, backoff: 2, longest: 2h, up_after: 2}",
    "{every: 1h, up_after: 1}",
)
RECIPIENTS = ("assignee", "dispatcher", "service_manager")
HOURS = ('{mon-fri: "09:00-17:00"}', '{mon-fri: "09:00-12:00, 13:00-17:30"}', "always")
ACTS = ("respond", "update", "plan", "pause", "resume", "acknowledge", "snooze", "reply", "priority", "hand_back")


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody did, `after` the opening; `minutes` is how long what it names lasts."""

    name: str
    after: timedelta
    minutes: int
    reason: PauseReason
    priority: Priority


@dataclass(frozen=True, slots=True)
class Story:
    """An agreement as a file, an incident under it, what was done to it, and what somebody supposes at the end."""

    seed: str
    agreement: str
    opened_at: datetime
    priority: Priority
    owner: str | None
    acts: tuple[Act, ...]
    supposed_after: timedelta
    supposes: str
    minutes: int
    reason: PauseReason
    new_priority: Priority

    @property
    def now(self) -> datetime:
        """When it is supposed."""
        return self.opened_at + self.supposed_after

    def supposition(self, key: str) -> IfActed:
        """What is supposed of the incident."""
        if self.supposes == "priority":
            return IfPriority(key=key, priority=self.new_priority, at=self.now)
        if self.supposes == "resume":
            return IfResumed(key=key, at=self.now)
        until = self.now + self.minutes * MINUTE if self.supposes == "pause with an end" else None
        return IfPaused(key=key, reason=self.reason, at=self.now, until=until)


def story(seed: str) -> Story:
    """The story of this seed."""
    draw = random.Random(seed)
    count = draw.randint(0, 6)
    return Story(
        seed=seed,
        agreement=_agreement(draw),
        opened_at=at(draw.choice(["mon 09:00", "mon 15:30", "tue 10:15", "fri 16:45"])),
        priority=draw.choice([Priority.P1, Priority.P2, Priority.P2, Priority.P3]),
        owner=draw.choice([TOM, TOM, None]),
        acts=tuple(sorted((_act(draw) for _ in range(count)), key=lambda act: act.after)),
        supposed_after=draw.randint(0, 300) * MINUTE,
        supposes=draw.choice(["priority", "pause", "pause with an end", "pause with an end", "resume"]),
        minutes=draw.choice([20, 90, 600, 1500]),
        reason=draw.choice(list(PauseReason)),
        new_priority=draw.choice([Priority.P1, Priority.P2, Priority.P3]),
    )


def _act(draw: random.Random) -> Act:
    return Act(
        name=draw.choice(ACTS),
        after=draw.randint(0, 240) * MINUTE,
        minutes=draw.choice([10, 30, 90, 400]),
        reason=draw.choice([PauseReason.CUSTOMER, PauseReason.CUSTOMER, PauseReason.VENDOR, PauseReason.PARTS]),
        priority=draw.choice([Priority.P1, Priority.P2, Priority.P3]),
    )


def _agreement(draw: random.Random) -> str:
    replies = draw.choice(["yes", "no", "no"])
    return f"""\
customer: {CUSTOMER}
effective: 2026-01-01
customer_reply_ends_pause: {replies}
calendar: {{timezone: America/New_York, hours: {draw.choice(HOURS)}}}
targets:
  P1: {{first_response: 15m, customer_update: {{every: 1h, waiting: 8h}}, resolution: 4h}}
  P2: {{first_response: 30m, resolution_plan: 2h, resolution: {draw.choice(["2h", "8h"])}}}
  P3: {{first_response: 1h, customer_update: {{every: 4h}}, resolution: 16h}}
ladders:
  default:
{_ladder(draw)}  first_response:
{_ladder(draw)}"""


def _ladder(draw: random.Random) -> str:
    shares = [f"{share}%" for share in draw.sample(SHARES, draw.randint(1, 3))]
    reached = shares + draw.sample(OFFSETS, draw.randint(0, 2))
    return "".join(f"    - {{{_rung(draw, at)}}}\n" for at in reached)


def _rung(draw: random.Random, at: str) -> str:
    tell = draw.sample(RECIPIENTS, draw.choice([1, 1, 2]))
    parts = [f"at: {at}", f"tell: [{', '.join(tell)}]"]
    if draw.random() < 0.5:
        parts.append(f"repeat: {draw.choice(REPEATS)}")
    if draw.random() < 0.2:
        parts.append('quiet: "12:00-14:00"')
    return ", ".join(parts)
