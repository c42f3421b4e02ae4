"""The states of a delivery in the inbox."""

from enum import StrEnum


class InboxState(StrEnum):
    """Where a delivery is: kept, worked on, refused for what it said, given up, dropped, or only a name to hold."""

    RECEIVED = "received"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    DROPPED = "dropped"
    HELD = "held"
