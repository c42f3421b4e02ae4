"""The states of an SLA note: whose turn it is."""

from enum import StrEnum


class NoteState(StrEnum):
    """Whose turn it is: the writer's (wanted, returned), the service manager's (written), or nobody's.

    Nobody's is an accepted one, and one that was withdrawn unwritten because no missed target was left.
    """

    WANTED = "wanted"
    WRITTEN = "written"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


STILL_TO_WRITE = (NoteState.WANTED, NoteState.RETURNED)
"""States in which somebody still has to write."""
