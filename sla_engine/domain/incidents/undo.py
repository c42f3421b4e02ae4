"""What can be undone of an act: its facts on each incident, as long as nobody acted there since."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sla_engine.domain.incidents.events import Absorbed, CustomerReplied, Event, Followed, Merged, Moved, Opened
from sla_engine.domain.incidents.history import Entry, in_effect

UNDO_WINDOW = timedelta(minutes=5)
"""Real time for which an act can be undone: somebody sees their own slip while they look at the answer."""

BULK_UNDO_WINDOW = timedelta(minutes=15)
"""Real time for which an act on several incidents can be undone: its effects take longer to look through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActOnIncident:
    """The part of an act on one incident: the incident's key and whole history, and the numbers of the act's facts."""

    key: str
    history: Sequence[Entry]
    facts: Collection[int]

    @property
    def events(self) -> tuple[Event, ...]:
        """The act's facts."""
        return tuple(entry.event for entry in self.history if entry.seq in self.facts)

    @property
    def openings(self) -> tuple[int, ...]:
        """The numbers of the facts by which the act opened the incident; empty where it was open before.

        With them the incident ends, and what else was told of its ticket stays, in case it is opened anew.
        """
        of_act = (entry for entry in self.history if entry.seq in self.facts)
        return tuple(entry.seq for entry in of_act if isinstance(entry.event, Opened))

    def acted_since(self) -> Entry | None:
        """The first fact by which anybody acted on the incident after the act; None where nobody did.

        What the customer wrote, and what only follows from other facts, is no act of ours.
        """
        last = max(self.facts)
        later = (entry for entry in in_effect(self.history) if entry.seq > last)
        return next((entry for entry in later if entry.by and not isinstance(entry.event, CustomerReplied)), None)


def undo_window(parts: Sequence[ActOnIncident]) -> timedelta:
    """Real time for which an act can be undone: longer where it acted on several incidents.

    An incident that only took in a duplicate, or was opened to go on with another, is no second one.
    """
    acted_on = [part for part in parts if any(not isinstance(event, Absorbed | Opened) for event in part.events)]
    return BULK_UNDO_WINDOW if len(acted_on) > 1 else UNDO_WINDOW


def undone_together(parts: Sequence[ActOnIncident]) -> list[tuple[ActOnIncident, ...]]:
    """Group an act's incidents; those that it joined, a duplicate and its survivor, are undone together or not."""
    group_of: dict[str, set[str]] = {part.key: {part.key} for part in parts}
    for part in parts:
        for other in _joined_keys(part.events):
            if other in group_of and group_of[other] is not group_of[part.key]:
                joined = group_of[part.key] | group_of[other]
                group_of |= dict.fromkeys(joined, joined)
    by_group: Mapping[int, list[ActOnIncident]] = {id(group): [] for group in group_of.values()}
    for part in parts:
        by_group[id(group_of[part.key])].append(part)
    return [tuple(group) for group in by_group.values()]


def _joined_keys(facts: Sequence[Event]) -> list[str]:
    """The keys of other incidents that these facts name."""
    keys = []
    for event in facts:
        match event:
            case Merged(into=key) | Absorbed(key=key) | Followed(key=key) | Moved(key=key):
                keys.append(key)
            case Opened(follows=follows, moved_from=moved_from):
                keys += [follows, moved_from]
            case _:
                pass
    return keys
