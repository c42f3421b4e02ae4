"""The duties for which the sweep has timers."""

from enum import StrEnum


class Duty(StrEnum):
    """The subject of a timer: what the sweep examines when it is due."""

    CLOCK = "clock"
    PROMISE = "promise"
    PAUSE = "pause"
    NOTE = "note"
    SOP = "sop"
    DIGEST = "digest"
    DAILY = "daily"
