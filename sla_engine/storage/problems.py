"""Problems, folded from facts that are only ever added, and the incidents that are linked to them."""

from collections.abc import Collection
from dataclasses import fields

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sla_engine.domain.incidents.incident import Incident, IncidentState
from sla_engine.domain.problems.errors import UnknownProblem
from sla_engine.domain.problems.problem import (
    KEY_PREFIX,
    NewProblemFact,
    Problem,
    ProblemFact,
    ProblemFactKind,
    ProblemState,
    problem_of,
)
from sla_engine.domain.text.names import folded, names_with_part
from sla_engine.storage import incidents
from sla_engine.storage.tables.incidents import IncidentRow
from sla_engine.storage.tables.problems import ProblemFactRow, ProblemRow

_LONGEST_NUMBER = 18  # digits: a longer one is no BIGINT
_NEAR = 2
_FACT_FIELDS = [field.name for field in fields(ProblemFact) if field.name not in ("number", "kind")]


def create(session: Session, opening: NewProblemFact, *, request: str | None) -> Problem:
    """Open a problem with its first fact; it gets the next key."""
    row = ProblemRow(state=ProblemState.OPEN.value, watched_until=None)
    session.add(row)
    session.flush()
    return add_fact(session, row.id, opening, request=request)


def add_fact(session: Session, number: int, fact: NewProblemFact, *, request: str | None = None) -> Problem:
    """Add a fact to a problem that is locked, and write the state that follows."""
    columns = {name: getattr(fact, name) for name in _FACT_FIELDS}
    session.add(ProblemFactRow(problem_id=number, kind=fact.kind.value, request=request, **columns))
    session.flush()
    problem = problem_of(number, facts(session, number))
    row = session.get_one(ProblemRow, number)
    row.state, row.watched_until = problem.state.value, problem.watched_until
    session.flush()
    return problem


def facts(session: Session, number: int) -> tuple[ProblemFact, ...]:
    """What happened to a problem, in the order in which it was recorded."""
    rows = select(ProblemFactRow).where(ProblemFactRow.problem_id == number).order_by(ProblemFactRow.id)
    return tuple(map(_fact, session.scalars(rows)))


def known(session: Session, request: str) -> bool:
    """Whether a request with this name was carried out before."""
    return session.scalar(select(ProblemFactRow.id).where(ProblemFactRow.request == request)) is not None


def find(session: Session, word: str) -> Problem:
    """The problem with this key (`PRB-3`, `prb3` or `3`), to be read only.

    Raises: UnknownProblem with the keys that may have been meant.
    """
    number = _number(word)
    row = None if number is None else session.get(ProblemRow, number)
    if row is None or row.state == ProblemState.TAKEN_BACK:
        raise UnknownProblem(word, _near(session, word, number))
    return problem_of(row.id, facts(session, row.id))


def lock(session: Session, word: str) -> Problem:
    """The problem with this key, locked until the transaction ends.

    Raises: UnknownProblem with the keys that may have been meant.
    """
    number = _number(word)
    session.execute(select(ProblemRow.id).where(ProblemRow.id == number).with_for_update())
    return find(session, word)


def in_states(session: Session, states: Collection[ProblemState]) -> list[Problem]:
    """The problems in one of these states, the newest first."""
    wanted = (
        select(ProblemFactRow)
        .join(ProblemRow, ProblemRow.id == ProblemFactRow.problem_id)
        .where(ProblemRow.state.in_([state.value for state in states]))
    )
    by_problem: dict[int, list[ProblemFact]] = {}
    for row in session.scalars(wanted.order_by(ProblemRow.id.desc(), ProblemFactRow.id)):
        by_problem.setdefault(row.problem_id, []).append(_fact(row))
    return [problem_of(number, happened) for number, happened in by_problem.items()]


def linked(session: Session, keys: Collection[str]) -> dict[str, list[Incident]]:
    """The incidents that are linked to each of these problems, the newest first; none for a problem without any."""
    by_problem: dict[str, list[Incident]] = {key: [] for key in keys}
    rows = select(IncidentRow).where(IncidentRow.problem.in_(list(keys))).order_by(IncidentRow.id.desc())
    for incident in map(incidents.read, session.scalars(rows)):
        by_problem[incident.problem or ""].append(incident)
    return by_problem


def open_incidents(session: Session) -> list[Incident]:
    """Every open incident of our own desk."""
    wanted = select(IncidentRow).where(IncidentRow.state == IncidentState.OPEN.value, IncidentRow.replayed.is_(False))
    return [incidents.read(row) for row in session.scalars(wanted)]


def _fact(row: ProblemFactRow) -> ProblemFact:
    values = {name: getattr(row, name) for name in _FACT_FIELDS}
    return ProblemFact(number=row.id, kind=ProblemFactKind(row.kind), **values)


def _number(word: str) -> int | None:
    written = folded(word).upper()
    digits = written.removeprefix(KEY_PREFIX).removeprefix(KEY_PREFIX.rstrip("-"))
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER else None


def _near(session: Session, word: str, number: int | None) -> tuple[str, ...]:
    """The keys nearest to a number that nobody has, or those whose titles hold the words."""
    if number is None:
        titles = {problem.title: problem.key for problem in in_states(session, _lasting())}
        return tuple(titles[title] for title in names_with_part(word, titles))[:_NEAR]
    nearest = (
        select(ProblemRow.id)
        .where(ProblemRow.state != ProblemState.TAKEN_BACK.value)
        .order_by(func.abs(ProblemRow.id - number))
        .limit(1)
    )
    return tuple(f"{KEY_PREFIX}{near}" for near in session.scalars(nearest))


def _lasting() -> Collection[ProblemState]:
    return [state for state in ProblemState if state is not ProblemState.TAKEN_BACK]
