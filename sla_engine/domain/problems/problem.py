"""A problem, folded from its facts: who looks for its cause, how to live with it, when it is fixed, if it came back.

It never holds up an incident. Once fixed it is watched; it closes when nothing like it came until then, and is open
again when something did.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

KEY_PREFIX = "PRB-"
WATCHED_FOR = timedelta(days=30)
"""How long a fixed problem is watched before it closes."""


class ProblemState(StrEnum):
    """How far a problem has come; the stored names are never given another meaning."""

    OPEN = "open"
    INVESTIGATING = "investigating"
    KNOWN_ERROR = "known_error"
    FIX_PLANNED = "fix_planned"
    WATCHING = "watching"
    CLOSED = "closed"
    TAKEN_BACK = "taken_back"

    @property
    def label(self) -> str:
        """The state as a person reads it."""
        return self.value.replace("_", " ")


UNFIXED = (ProblemState.OPEN, ProblemState.INVESTIGATING, ProblemState.KNOWN_ERROR, ProblemState.FIX_PLANNED)
"""The states of a problem that is not fixed yet."""


class ProblemFactKind(StrEnum):
    """What happened to a problem; the stored names are never given another meaning."""

    OPENED = "opened"
    TAKEN = "taken"
    WORKAROUND = "workaround"
    FIX_PLANNED = "fix_planned"
    FIXED = "fixed"
    RECURRED = "recurred"
    CLOSED = "closed"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProblemFact:
    """One thing that happened to a problem at `at` (SLA time), before it has a number.

    `by` is who did it (a Slack id), empty for what follows from incidents or from time. `text` is the title, the
    owner, the workaround, the planned fix, or the key of the incident that came back. `until` is when a fix is planned
    for, or until when a fixed problem is watched. `undoes` is the number of the fact that counts no more.
    """

    kind: ProblemFactKind
    at: datetime
    by: str = ""
    text: str = ""
    until: datetime | None = None
    undoes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemFact(NewProblemFact):
    """One thing that happened to a problem; the numbers come in the order in which things were recorded."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A problem as it is now. People are Slack ids; instants are SLA time in UTC.

    `owner` looks for the cause; `fix_by` is when the fix is planned for; `fixed_at` is of the last fix and
    `watched_until` the end of the last day it is watched on; both are None once it came back. `recurrences` are the
    keys of the incidents that came after a fix.
    """

    number: int
    title: str
    state: ProblemState
    opened_at: datetime
    opened_by: str
    owner: str | None = None
    workaround: str = ""
    planned_fix: str = ""
    fix_by: datetime | None = None
    fixed_at: datetime | None = None
    watched_until: datetime | None = None
    closed_at: datetime | None = None
    recurrences: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its key as people write it, such as PRB-3."""
        return f"{KEY_PREFIX}{self.number}"

    @property
    def watched_to(self) -> datetime | None:
        """The last day on which it is watched: an instant before the end of that day, at most 24 hours."""
        return None if self.watched_until is None else self.watched_until - timedelta(days=1)

    @property
    def is_unfixed(self) -> bool:
        """Whether it still has to be fixed."""
        return self.state in UNFIXED


def problem_of(number: int, facts: Sequence[ProblemFact]) -> Problem:
    """The problem that follows from its facts, in the order of their numbers; the first one opened it.

    A fact that was undone is read as if it had not been recorded; a problem whose opening was undone is taken back.
    """
    opening, *later = facts
    undone = {fact.undoes for fact in facts if fact.kind is ProblemFactKind.UNDONE}
    problem = Problem(
        number=number,
        title=opening.text,
        state=ProblemState.OPEN,
        opened_at=opening.at,
        opened_by=opening.by,
    )
    for fact in later:
        if fact.kind is not ProblemFactKind.UNDONE and fact.number not in undone:
            problem = _AFTER[fact.kind](problem, fact)
    return replace(problem, state=ProblemState.TAKEN_BACK) if opening.number in undone else problem


def _taken(problem: Problem, fact: ProblemFact) -> Problem:
    state = ProblemState.INVESTIGATING if problem.state is ProblemState.OPEN else problem.state
    return replace(problem, owner=fact.text, state=state)


def _workaround(problem: Problem, fact: ProblemFact) -> Problem:
    is_known = problem.state not in (ProblemState.OPEN, ProblemState.INVESTIGATING)
    return replace(problem, workaround=fact.text, state=problem.state if is_known else ProblemState.KNOWN_ERROR)


def _fix_planned(problem: Problem, fact: ProblemFact) -> Problem:
    return replace(problem, planned_fix=fact.text, fix_by=fact.until, state=ProblemState.FIX_PLANNED)


def _fixed(problem: Problem, fact: ProblemFact) -> Problem:
    return replace(problem, fixed_at=fact.at, watched_until=fact.until, state=ProblemState.WATCHING)


def _recurred(problem: Problem, fact: ProblemFact) -> Problem:
    """It is open again: a known error where there is a workaround; the fix that failed is planned no more."""
    state = ProblemState.KNOWN_ERROR if problem.workaround else ProblemState.INVESTIGATING
    return replace(
        problem,
        state=state if problem.owner or problem.workaround else ProblemState.OPEN,
        recurrences=(*problem.recurrences, fact.text),
        planned_fix="",
        fix_by=None,
        fixed_at=None,
        watched_until=None,
        closed_at=None,
    )


def _closed(problem: Problem, fact: ProblemFact) -> Problem:
    return replace(problem, closed_at=fact.at, state=ProblemState.CLOSED)


_AFTER: Mapping[ProblemFactKind, Callable[[Problem, ProblemFact], Problem]] = {
    ProblemFactKind.TAKEN: _taken,
    ProblemFactKind.WORKAROUND: _workaround,
    ProblemFactKind.FIX_PLANNED: _fix_planned,
    ProblemFactKind.FIXED: _fixed,
    ProblemFactKind.RECURRED: _recurred,
    ProblemFactKind.CLOSED: _closed,
}
