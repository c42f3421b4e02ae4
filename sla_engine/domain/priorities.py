"""How urgent an incident is: P1 (everything stands still) to P5 (when there is time)."""

from enum import StrEnum


class Priority(StrEnum):
    """The urgency an agreement's targets are keyed by; P1 is the most urgent."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"
    P5 = "P5"

    @property
    def rank(self) -> int:
        """1 for P1 … 5 for P5: smaller is more urgent."""
        return int(self.value[1:])
