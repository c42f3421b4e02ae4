"""The `priorities` part of an agreement: which priority an impact and an urgency make together."""

from sla_engine.domain.incidents.priorities import USUAL_MATRIX, Level, Priority, PriorityMatrix
from sla_engine.files.scalars import member
from sla_engine.files.yaml_document import Field

LEVEL_KEYS = tuple(level.value for level in Level)


def matrix(field: Field) -> PriorityMatrix:
    """The priority for every pair of impact and urgency; pairs that are left out keep the usual one."""
    priorities = dict(USUAL_MATRIX)
    rows = field.keys(LEVEL_KEYS).items()
    cells = ((impact, urgency, cell) for impact, row in rows for urgency, cell in row.keys(LEVEL_KEYS).items())
    for impact, urgency, cell in cells:
        priority = member(cell, Priority, what="priority")
        if priority is not None:
            priorities[Level(impact), Level(urgency)] = priority
    return priorities
