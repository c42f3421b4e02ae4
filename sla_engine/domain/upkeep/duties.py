"""The duties for which the sweep has timers."""

from enum import StrEnum


class Duty(StrEnum):
    """What the sweep looks at when a timer is due."""

    CLOCK = "clock"
    PROMISE = "promise"
    PAUSE = "pause"
    NOTE = "note"
    REVIEW = "review"
    SOP = "sop"
    DIGEST = "digest"
