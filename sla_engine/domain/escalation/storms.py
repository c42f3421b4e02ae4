"""Storms: many incidents in one channel within minutes. They share one message while the storm lasts."""

from datetime import datetime, timedelta
from enum import Enum, auto

from sla_engine.domain.incidents.priorities import Priority

STORM_INCIDENTS = 5
"""So many incidents in one channel within `STORM_WITHIN` are a storm."""
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


class StormStep(Enum):
    """What is to be done with the message of a storm."""

    WAIT = auto()
    POST = auto()
    EDIT = auto()
    END = auto()


def next_step(
    *,
    newest_at: datetime,
    posted_at: datetime | None,
    any_open: bool,
    somebody_new: bool,
    has_changed: bool,
    now: datetime,
) -> StormStep:
    """The next step for a storm whose newest incident came at `newest_at` and whose message was posted at `posted_at`.

    A new message notifies; so it is posted only for somebody who was not called yet, or after `STORM_REPEAT`.
    """
    if any_open and (posted_at is None or somebody_new):
        return StormStep.POST
    if now >= newest_at + STORM_QUIET:
        return StormStep.END
    if posted_at is not None and any_open and now >= posted_at + STORM_REPEAT:
        return StormStep.POST
    return StormStep.EDIT if has_changed else StormStep.WAIT
