"""Who is absent and who dispatches, as `msp.yaml` and people in Slack said."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import TypeVar

KEPT_FOR = timedelta(days=31)
"""How long something said counts as lately once it is over: nobody asks who was away before that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A person (Slack id) is away in `[starts, until)`; `by` said so in Slack, and is empty for `msp.yaml`."""

    person: str
    starts: datetime
    until: datetime
    by: str = ""

    def covers(self, at: datetime) -> bool:
        """Whether the person is away at an instant."""
        return self.starts <= at < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A person dispatches in `[starts, until)`, whoever's turn it is by the rota, because `by` handed over."""

    person: str
    starts: datetime
    until: datetime
    by: str


class ChangeKind(StrEnum):
    """What somebody said in Slack; the stored names are never given another meaning."""

    AWAY = "away"
    BACK = "back"
    TURN = "turn"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterChange:
    """One thing somebody said about absences and turns, at `told_at` (SLA time); `until` is None where none applies.

    `undoes` is the number of the change that counts no more.
    """

    number: int
    kind: ChangeKind
    person: str
    by: str
    told_at: datetime
    until: datetime | None = None
    undoes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Every absence, and every turn that somebody was handed outside the rota, oldest first."""

    absences: tuple[Absence, ...] = ()
    turns: tuple[Turn, ...] = ()

    def absence(self, person: str, at: datetime) -> Absence | None:
        """The absence of a person at an instant, of several the one that ends last; None for somebody who is there."""
        covering = [absence for absence in self.absences if absence.person == person and absence.covers(at)]
        return max(covering, key=lambda absence: absence.until, default=None)

    def back_at(self, person: str, at: datetime) -> datetime | None:
        """The instant at which an absent person is back, after absences that follow on each other; None if present."""
        back = None
        while (absence := self.absence(person, back or at)) is not None:
            back = absence.until
        return back

    def turn(self, at: datetime) -> Turn | None:
        """The turn that was handed over last and lasts at an instant."""
        return next((turn for turn in reversed(self.turns) if turn.starts <= at < turn.until), None)

    def next_change(self, after: datetime) -> datetime | None:
        """The next instant at which an absence or a turn begins or ends."""
        spans = [*((absence.starts, absence.until) for absence in self.absences)]
        spans += [(turn.starts, turn.until) for turn in self.turns]
        return min((instant for span in spans for instant in span if instant > after), default=None)


NO_ROSTER = Roster()


def roster_of(listed: Sequence[Absence], changes: Iterable[RosterChange]) -> Roster:
    """The roster that follows from the absences of `msp.yaml` and what was said since, in the order it was said.

    A later `away` replaces the one in force, `back` ends every absence in force, and what was undone is left out, like
    what was over long before something else was said of the same person.
    """
    said = tuple(changes)
    undone = {change.undoes for change in said if change.kind is ChangeKind.UNDONE}
    absences: dict[str, list[Absence]] = {}
    for absence in listed:
        absences.setdefault(absence.person, []).append(absence)
    turns: list[Turn] = []
    for change in said:
        if change.number in undone:
            continue
        if change.kind is ChangeKind.TURN:
            turns = [*_lately(turns, change), *_turns(change)]
        else:
            absences[change.person] = _after(absences.get(change.person, []), change)
    return Roster(absences=tuple(chain.from_iterable(absences.values())), turns=tuple(turns))


def _turns(change: RosterChange) -> list[Turn]:
    if change.until is None:
        return []
    return [Turn(person=change.person, starts=change.told_at, until=change.until, by=change.by)]


def _after(absences: Sequence[Absence], change: RosterChange) -> list[Absence]:
    """The absences of one person once something was said of them."""
    if change.kind is ChangeKind.BACK:
        return _ended(_lately(absences, change), change)
    if change.kind is ChangeKind.AWAY and change.until is not None:
        absence = Absence(person=change.person, starts=change.told_at, until=change.until, by=change.by)
        told = [other for other in _lately(absences, change) if other.by]
        listed = [other for other in absences if not other.by]
        return [*listed, *_ended(told, change), absence]
    return list(absences)


_Span = TypeVar("_Span", "Absence", "Turn")


def _lately(spans: Iterable[_Span], change: RosterChange) -> list[_Span]:
    """Those that were not over long before a change: what was only makes every look longer."""
    return [span for span in spans if not span.by or span.until > change.told_at - KEPT_FOR]


def _ended(absences: Iterable[Absence], change: RosterChange) -> list[Absence]:
    """The absences once those that cover the change end with it; one that begins then is dropped."""
    ended = (
        replace(absence, until=change.told_at) if absence.covers(change.told_at) else absence for absence in absences
    )
    return [absence for absence in ended if absence.starts < absence.until]
