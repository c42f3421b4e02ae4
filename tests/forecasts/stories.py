"""Incidents under random ladders, with what people did to them and what they suppose then, simplest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.suppositions import IfActed, IfPaused, IfPriority, IfResumed
from tests.note_desk import TOM, at

CUSTOMER = "Depot Ltd"
MINUTE = timedelta(minutes=1)
SHARES = (100, 50, 75, 25, 90, 120, 150)
OFFSETS = ("30m after due", "10m before due", "45m before due wall", "2h after due wall", "26h after due wall")
REPEATS = (
    "30m until acknowledged",
    "{every: 30m}",
    "{every: 15m, wall: yes, backoff: 2, longest: 2h, up_after: 2}",
    "{every: 1h, up_after: 1}",
)
RECIPIENTS = ("dispatcher", "assignee", "service_manager")
HOURS = ("always", '{mon-fri: "09:00-17:00"}', '{mon-fri: "09:00-12:00, 13:00-17:30"}')
ACTS = ("respond", "update", "plan", "pause", "resume", "acknowledge", "snooze", "reply", "priority", "hand_back")
PRIORITIES = (Priority.P1, Priority.P2, Priority.P3)


@dataclass(frozen=True, slots=True)
class Act:
    """Something that somebody did, `after` the opening; `minutes` is how long what it names lasts."""

    name: str
    after: timedelta
    minutes: int
    reason: PauseReason
    priority: Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An agreement as a file, an incident under it, what was done to it, and what somebody supposes at the end."""

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


def _minutes(longest: int) -> SearchStrategy[timedelta]:
    return st.integers(0, longest).map(lambda number: number * MINUTE)


def _some(values: Sequence[str], *, least: int, most: int) -> SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=least, max_size=most, unique=True)


def _acts() -> SearchStrategy[tuple[Act, ...]]:
    """Up to six acts, oldest first."""
    act = st.builds(
        Act,
        name=st.sampled_from(ACTS),
        after=_minutes(240),
        minutes=st.sampled_from([10, 30, 90, 400]),
        reason=st.sampled_from([PauseReason.CUSTOMER, PauseReason.CUSTOMER, PauseReason.VENDOR, PauseReason.PARTS]),
        priority=st.sampled_from(PRIORITIES),
    )
    return st.lists(act, max_size=6).map(lambda acts: tuple(sorted(acts, key=lambda act: act.after)))


@st.composite
def _rungs(draw: st.DrawFn, at: str) -> str:
    parts = [f"at: {at}", f"tell: [{', '.join(draw(_some(RECIPIENTS, least=1, most=2)))}]"]
    repeat = draw(st.none() | st.sampled_from(REPEATS))
    if repeat is not None:
        parts.append(f"repeat: {repeat}")
    if draw(st.integers(0, 4)) == 4:
        parts.append('quiet: "12:00-14:00"')
    return ", ".join(parts)


@st.composite
def _ladders(draw: st.DrawFn) -> str:
    shares = [f"{share}%" for share in draw(st.lists(st.sampled_from(SHARES), min_size=1, max_size=3, unique=True))]
    reached = shares + draw(_some(OFFSETS, least=0, most=2))
    return "".join(f"    - {{{draw(_rungs(at))}}}\n" for at in reached)


@st.composite
def _agreements(draw: st.DrawFn) -> str:
    return f"""\
customer: {CUSTOMER}
effective: 2026-01-01
customer_reply_ends_pause: {draw(st.sampled_from(["no", "no", "yes"]))}
calendar: {{timezone: America/New_York, hours: {draw(st.sampled_from(HOURS))}}}
targets:
  P1: {{first_response: 15m, customer_update: {{every: 1h, waiting: 8h}}, resolution: 4h}}
  P2: {{first_response: 30m, resolution_plan: 2h, resolution: {draw(st.sampled_from(["2h", "8h"]))}}}
  P3: {{first_response: 1h, customer_update: {{every: 4h}}, resolution: 16h}}
ladders:
  default:
{draw(_ladders())}  first_response:
{draw(_ladders())}"""


STORIES: SearchStrategy[Story] = st.builds(
    Story,
    agreement=_agreements(),
    opened_at=st.sampled_from(["mon 09:00", "mon 15:30", "tue 10:15", "fri 16:45"]).map(at),
    priority=st.sampled_from([Priority.P2, Priority.P2, Priority.P1, Priority.P3]),
    owner=st.sampled_from([TOM, TOM, None]),
    acts=_acts(),
    supposed_after=_minutes(300),
    supposes=st.sampled_from(["priority", "pause with an end", "pause with an end", "pause", "resume"]),
    minutes=st.sampled_from([20, 90, 600, 1500]),
    reason=st.sampled_from(PauseReason),
    new_priority=st.sampled_from(PRIORITIES),
)
"""Every story; a simpler one has fewer acts, an earlier supposition, and ladders with fewer rungs."""
