"""The watch over problems that were fixed: open again when an incident like theirs comes, closed when none came."""

from datetime import datetime

from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.problems.matching import came_back, pattern_of
from sla_engine.domain.problems.problem import NewProblemFact, Problem, ProblemFactKind, ProblemState
from sla_engine.services.problems.recurrence import reopen
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import problems
from sla_engine.storage.database import Session


class ProblemWatch:
    """Looks at every fixed problem again and again; `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def look(self, *, now: datetime) -> int:
        """Open again what came back, and close what was watched long enough; answers how many problems changed."""
        with self.unit_of_work.database.reading() as session:
            watched = problems.in_states(session, [ProblemState.WATCHING])
            due = [problem for problem in watched if _is_due(session, problem, now=now)]
        return sum(self._settle(problem.key, now=now) for problem in due)

    def _settle(self, key: str, *, now: datetime) -> bool:
        """Look once more with the problem locked, and record what became of it."""
        with self.unit_of_work.database.transaction() as session:
            problem = problems.lock(session, key)
            incident = _recurrence(session, problem, now=now)
            ends = problem.watched_until
            if incident is not None:
                msp, real_now = self.unit_of_work.msp(session), self.unit_of_work.real_clock()
                reopen(session, problem, incident, msp=msp, now=now, real_now=real_now)
            elif problem.state is ProblemState.WATCHING and ends is not None and ends <= now:
                problems.add_fact(session, problem.number, NewProblemFact(kind=ProblemFactKind.CLOSED, at=ends))
            else:
                return False
            return True


def _is_due(session: Session, problem: Problem, *, now: datetime) -> bool:
    ends = problem.watched_until
    return (ends is not None and ends <= now) or _recurrence(session, problem, now=now) is not None


def _recurrence(session: Session, problem: Problem, *, now: datetime) -> Incident | None:
    """The first open incident since the fix that looks like the problem's; None for one that is not watched."""
    if problem.state is not ProblemState.WATCHING or problem.fixed_at is None or problem.watched_until is None:
        return None
    pattern = pattern_of(problem, problems.linked(session, [problem.key])[problem.key])
    until = min(now, problem.watched_until)
    return came_back(pattern, problems.open_incidents(session), fixed_at=problem.fixed_at, until=until)
