"""Reads the words after `/sla status` in any order: whose, which customer's, of which priority, in which condition."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from sla_engine.domain.incidents.incident_filter import IncidentCondition
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.time.durations import read_time
from sla_engine.domain.time.errors import UnreadableDuration

MINE, EVERYBODY = "mine", ("all", "open", "everything")
_Asked = TypeVar("_Asked")
_CONDITIONS = {condition.value: condition for condition in IncidentCondition} | {
    "nobody": IncidentCondition.UNASSIGNED,
    "late": IncidentCondition.OVERDUE,
    "paused": IncidentCondition.WAITING,
    "nopromise": IncidentCondition.NO_PROMISE,
}
_PRIORITIES = {priority.value.lower(): priority for priority in Priority}


@dataclass(slots=True)
class StatusWords:
    """What the words ask for; `names` are those that are none of the known ones, in their order."""

    is_mine: bool = False
    priorities: list[Priority] = field(default_factory=list)
    conditions: list[IncidentCondition] = field(default_factory=list)
    due_within: timedelta | None = None
    names: list[str] = field(default_factory=list)


def status_words(words: Sequence[str]) -> StatusWords:
    """Sort the words by what they ask for.

    Raises: DayIsAmbiguous for `2d`.
    """
    asked = StatusWords(is_mine=not words)
    for word in words:
        written = word.lower()
        condition = _CONDITIONS.get(written)
        if written in (MINE, *EVERYBODY):
            asked.is_mine = written == MINE
        elif written in _PRIORITIES:
            _add(asked.priorities, _PRIORITIES[written])
        elif condition is not None:
            _add(asked.conditions, condition)
        elif (length := _length(written)) is not None:
            asked.due_within = length
        else:
            asked.names.append(word)
    return asked


def _add(asked: list[_Asked], one: _Asked) -> None:
    """Add what was not asked for yet: a word that is said a hundred times asks the database once."""
    if one not in asked:
        asked.append(one)


def _length(word: str) -> timedelta | None:
    if not word[:1].isdigit():
        return None
    with suppress(UnreadableDuration):
        return read_time(word)
    return None
