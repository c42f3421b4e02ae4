"""The order of an incident's facts, reported by several sources."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter

from sla_engine.domain.incidents.events import (
    Assigned,
    CustomerReplied,
    CustomerUpdated,
    Deleted,
    Event,
    Followed,
    HandedBack,
    HelpAsked,
    Opened,
    Paused,
    PlanGiven,
    PrioritySet,
    Reopened,
    Resolved,
    Responded,
    Resumed,
    Retitled,
    Unassigned,
    Undone,
)

SLACK = "slack"
"""The source of what people do in Slack; every other source is an intake, by its name."""


# Of several sources at one instant, what ranks first here is read first (all others after them): rule 17.
_ORDER_AT_ONE_INSTANT: Mapping[type[Event], int] = {
    Opened: 0,
    PrioritySet: 1,
    Resumed: 2,
    Paused: 3,
}


_OTHER, _REOPEN = 4, 5

OF_THE_TICKET = (
    PrioritySet, Assigned, HandedBack, Unassigned, Retitled, Responded, CustomerUpdated, CustomerReplied, PlanGiven,
    Paused, Resumed, Resolved, Reopened, HelpAsked, Deleted,
)  # fmt: skip
"""Facts of the ticket itself, whichever incident it is; what was computed and announced stays with the incident."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One fact of an incident's history: when it happened, when it was recorded (both UTC), who did it, its number.

    `source` is who reported it: Slack, or an intake by its name; empty for a fact that follows from others, which has
    no order of its own at one instant. `received_at` is when an intake's delivery came in, in real time (UTC), so that
    one that is worked on late keeps its place; None where that was when it was recorded.
    """

    event: Event
    at: datetime
    seq: int
    recorded_at: datetime
    by: str = ""
    source: str = ""
    received_at: datetime | None = None


_BY_TIME = attrgetter("at", "seq")


_AT = attrgetter("at")


_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def in_order(history: Sequence[Entry]) -> list[Entry]:
    """Sort entries as the rules read them: by time, and those of one instant by rule 17.

    Facts of one source and one instant keep the order in which it reported them. Of several sources, the one whose
    next fact ranks first is read first, and among equals the one recorded first. Facts that no longer count are left
    out: what was undone, an opening that was corrected since, and the facts of the ticket from the instant on at which,
    as became known later, another incident goes on with it.
    """
    ordered = sorted(_counting(history), key=_BY_TIME)
    if len({entry.at for entry in ordered}) == len(ordered):
        return ordered
    instants = (list(instant) for _, instant in groupby(ordered, key=_AT))
    return [entry for entries in instants for entry in (_merged(entries) if len(entries) > 1 else entries)]


def in_effect(history: Sequence[Entry]) -> Sequence[Entry]:
    """The facts as if those that were undone had never been recorded, in the order in which they were recorded.

    The undoing itself is left out as well, but where it ends the incident: an opening that was undone stays, followed
    by its undoing.
    """
    if not _undoings(history):
        return history
    undone = undone_facts(history)
    return [
        entry
        for entry in history
        if (entry.seq not in undone or isinstance(entry.event, Opened))
        and (not isinstance(entry.event, Undone) or entry.event.is_opening)
    ]


def undone_facts(history: Iterable[Entry]) -> Mapping[int, Entry]:
    """The undoing of each fact that was undone, by the number of that fact; an undoing may itself be undone later."""
    undone: dict[int, Entry] = {}
    for undoing, event in sorted(_undoings(history), key=lambda one: one[0].seq, reverse=True):
        if undoing.seq not in undone:
            undone = dict.fromkeys(event.facts, undoing) | undone
    return undone


def _undoings(history: Iterable[Entry]) -> list[tuple[Entry, Undone]]:
    return [(entry, entry.event) for entry in history if isinstance(entry.event, Undone)]


def opening(history: Iterable[Entry]) -> Entry | None:
    """Find the opening that counts: the earliest, and of several at one instant the one recorded last, a correction."""
    openings = (entry for entry in history if isinstance(entry.event, Opened))
    return min(openings, key=lambda entry: (entry.at, -entry.seq), default=None)


def _counting(history: Sequence[Entry]) -> Sequence[Entry]:
    superseding = [entry for entry in history if isinstance(entry.event, (Opened, Followed, Undone))]
    if any(isinstance(entry.event, Undone) for entry in superseding):
        history = in_effect(history)
        superseding = [entry for entry in history if isinstance(entry.event, (Opened, Followed))]
    followed = [entry for entry in superseding if isinstance(entry.event, Followed)]
    if len(superseding) - len(followed) <= 1 and not followed:
        return history
    counts = opening(superseding)
    return [
        entry
        for entry in history
        if (not isinstance(entry.event, Opened) or entry is counts)
        and not any(_went_on_in(follower, entry) for follower in followed)
    ]


def _went_on_in(follower: Entry, entry: Entry) -> bool:
    """Whether a fact was recorded before anybody knew that it belongs to the incident that goes on with this one."""
    return entry.seq < follower.seq and entry.at >= follower.at and isinstance(entry.event, OF_THE_TICKET)


def _merged(entries: list[Entry]) -> Iterator[Entry]:
    """Merge the sources of one instant; nothing happens before the opening, whoever reported it first."""
    queues: dict[str | int, list[Entry]] = {}
    for entry in sorted(entries, key=_reported):
        stands_alone = not entry.source or isinstance(entry.event, Opened)
        queues.setdefault(entry.seq if stands_alone else entry.source, []).append(entry)
    waiting = [iter(queue) for queue in queues.values()]
    heads = [(next(queue), queue) for queue in waiting]
    while heads:
        first = min(heads, key=lambda head: (_rank(head[0].event), head[0].seq))
        heads.remove(first)
        entry, queue = first
        yield entry
        following = next(queue, None)
        if following is not None:
            heads.append((following, queue))


def _reported(entry: Entry) -> tuple[datetime, int]:
    """Sort key within one source: when its delivery came in; facts stored before that was kept come first."""
    return entry.received_at or _LONG_AGO, entry.seq


def _rank(event: Event) -> int:
    if isinstance(event, Reopened):
        return _REOPEN
    return _ORDER_AT_ONE_INSTANT.get(type(event), _OTHER)
