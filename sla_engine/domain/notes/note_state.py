"""The states of an SLA note."""

from enum import StrEnum


class NoteState(StrEnum):
    """The state of a note: the writer's turn (wanted, returned), the service manager's (written), or nobody's.

    It is nobody's turn with an accepted note, with one withdrawn unwritten because no missed target was left, and where
    the reason alone was wanted and given (explained).
    """

    WANTED = "wanted"
    WRITTEN = "written"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    EXPLAINED = "explained"


class NoteDepth(StrEnum):
    """How much is asked about a miss: four questions, or its reason alone."""

    FULL = "full"
    REASON = "reason"


STILL_TO_WRITE = (NoteState.WANTED, NoteState.RETURNED)
"""States in which somebody still has to write."""
