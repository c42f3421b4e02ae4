"""The states of a delivery in the inbox."""

from enum import StrEnum


class InboxState(StrEnum):
    """The state of a delivery: received, done, refused for its content, failed or dropped; held is a lock on a name."""

    RECEIVED = "received"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    DROPPED = "dropped"
    HELD = "held"
