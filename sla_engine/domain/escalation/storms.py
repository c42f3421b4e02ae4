"""Storms: many incidents in one channel within minutes. They share one message while the storm lasts."""

from datetime import datetime, timedelta
from enum import Enum, auto

from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.incidents.priorities import Priority

STORM_INCIDENTS = 5
"""So many incidents in one channel within `STORM_WITHIN` are a storm; its message stays while so many need somebody."""
STORM_WITHIN = timedelta(minutes=10)
STORM_QUIET = timedelta(minutes=20)
"""A storm is over after this long without a new incident."""
STORM_REPEAT = timedelta(minutes=60)
"""The message of a storm that goes on is posted anew this long after it was posted last."""
STORM_EDIT_GAP = timedelta(seconds=5)
"""The least real time between two edits of the message."""
STORM_LINES = 12
"""The incidents that the message names, and that get a message of their own again when the storm is over."""
STORM_PRIORITIES = (Priority.P1, Priority.P2)
"""A new incident of these priorities that nobody has belongs to a storm that goes on, before it is nudged about."""
STORM_PROMISE = timedelta(minutes=30)
"""Whoever is on all incidents of a storm promises the next update this long from now."""


_SAID_AGAIN = frozenset({NudgeCause.REPEAT, NudgeCause.PROMISE_QUESTIONED, NudgeCause.PROMISE_LAPSED})
"""Causes that say again what the channel knows: five of these are no storm."""


_ASKING = frozenset({
    NudgeCause.HELP, NudgeCause.CUSTOMER_ANSWERED, NudgeCause.PAUSE_OUTLIVED,
    NudgeCause.PROMISE_QUESTIONED, NudgeCause.PROMISE_LAPSED,
})  # fmt: skip
"""Causes that are announced once and wait for an answer; the message of a storm does not say them of each incident.

What nobody has is not among them: a line of its own names that in the channel.
"""


class StormStep(Enum):
    """What is to be done with the message of a storm; `STAND` ends the storm, whose message stays."""

    WAIT = auto()
    POST = auto()
    EDIT = auto()
    STAND = auto()
    END = auto()


def brings_incident(cause: NudgeCause, *, has_message: bool) -> bool:
    """Whether an incident that the channel knows counts once more as new there with a nudge of this cause.

    Towards a storm that has not begun, anything counts but what was said before; where a storm `has_message` that
    stands for the nudge, only a reopening does.
    """
    return cause is NudgeCause.REOPENED if has_message else cause not in _SAID_AGAIN


def stands_alone(cause: NudgeCause, *, is_answered: bool) -> bool:
    """Whether a nudge has a message of its own in a storm as well: a call for help, until somebody answers it."""
    return cause is NudgeCause.HELP and not is_answered


def asks_after_storm(cause: NudgeCause, *, is_answered: bool) -> bool:
    """Whether a nudge that waited behind a storm is posted when that is over: nobody has read yet what it asks."""
    return cause in _ASKING and not is_answered


def next_step(
    *,
    newest_at: datetime,
    posted_at: datetime | None,
    nudged_at: datetime | None,
    any_open: bool,
    need_somebody: int,
    calls_anew: bool,
    has_ended: bool,
    has_changed: bool,
    now: datetime,
) -> StormStep:
    """The next step for a storm whose newest incident came at `newest_at` and whose message was posted at `posted_at`.

    A new message notifies; so it is posted only where it `calls_anew`, or `STORM_REPEAT` after the last one where an
    incident came or was nudged about (at `nudged_at`) since. `need_somebody` counts the incidents it is kept for.
    """
    if any_open and (posted_at is None or calls_anew):
        return StormStep.POST
    if has_ended or now >= newest_at + STORM_QUIET:
        if need_somebody < STORM_INCIDENTS:
            return StormStep.END
        if not has_ended:
            return StormStep.STAND
    is_due = (
        posted_at is not None and now >= posted_at + STORM_REPEAT and max(newest_at, nudged_at or newest_at) > posted_at
    )
    if any_open and is_due:
        return StormStep.POST
    return StormStep.EDIT if has_changed else StormStep.WAIT
