"""The problem behind an incident, as its card says it."""

from contextlib import suppress
from dataclasses import dataclass

from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.problems.errors import UnknownProblem
from sla_engine.domain.problems.matching import pattern_of
from sla_engine.domain.problems.problem import Problem, ProblemState
from sla_engine.storage import problems
from sla_engine.storage.database import Session

_LIVED_WITH = (ProblemState.KNOWN_ERROR, ProblemState.FIX_PLANNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemBehind:
    """A problem and how to live with it; `is_linked` is False where the incident only looks like its others."""

    key: str
    title: str
    workaround: str
    is_linked: bool


def problem_behind(session: Session, incident: Incident) -> ProblemBehind | None:
    """The problem an incident belongs to; else, while it is open, a known error that it looks like."""
    if incident.problem is not None:
        with suppress(UnknownProblem):  # its opening was undone, and somebody had acted on the incident since
            return _behind(problems.find(session, incident.problem), is_linked=True)
        return None
    known = [one for one in problems.in_states(session, _LIVED_WITH) if one.workaround] if incident.is_open else []
    linked = problems.linked(session, [problem.key for problem in known]) if known else {}
    alike = (problem for problem in known if pattern_of(problem, linked[problem.key]).fits(incident))
    likely = next(alike, None)
    return None if likely is None else _behind(likely, is_linked=False)


def _behind(problem: Problem, *, is_linked: bool) -> ProblemBehind:
    return ProblemBehind(key=problem.key, title=problem.title, workaround=problem.workaround, is_linked=is_linked)
