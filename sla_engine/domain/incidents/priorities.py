"""Priorities P1 (most urgent) to P5 (least urgent), and the impact and urgency that make one."""

from collections.abc import Mapping
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


class Level(StrEnum):
    """The level of an impact (how many cannot work) or of an urgency (how long it can wait)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


PriorityMatrix = Mapping[tuple[Level, Level], Priority]
"""(impact, urgency) → the priority they make together."""

USUAL_MATRIX: PriorityMatrix = {
    (Level.HIGH, Level.HIGH): Priority.P1,
    (Level.HIGH, Level.MEDIUM): Priority.P2,
    (Level.HIGH, Level.LOW): Priority.P3,
    (Level.MEDIUM, Level.HIGH): Priority.P2,
    (Level.MEDIUM, Level.MEDIUM): Priority.P3,
    (Level.MEDIUM, Level.LOW): Priority.P4,
    (Level.LOW, Level.HIGH): Priority.P3,
    (Level.LOW, Level.MEDIUM): Priority.P4,
    (Level.LOW, Level.LOW): Priority.P5,
}
