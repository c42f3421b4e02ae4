"""The states of an SLA note."""

from enum import StrEnum


class NoteState(StrEnum):
    """The state of a note: the writer's turn (wanted, returned), the service manager's (written), or nobody's.

    It is nobody's turn with an accepted note, and with one withdrawn unwritten because no missed target was left.
    """

    WANTED = "wanted"
    WRITTEN = "written"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


STILL_TO_WRITE = (NoteState.WANTED, NoteState.RETURNED)
"""States in which somebody still has to write."""
