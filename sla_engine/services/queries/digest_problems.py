"""The problems that are not fixed, for the digest: known errors first, and those with the most open incidents."""

from sla_engine.domain.problems.problem import UNFIXED, ProblemState
from sla_engine.domain.reporting.digest_parts import UnfixedProblem
from sla_engine.storage import problems
from sla_engine.storage.database import Session


def unfixed_problems(session: Session) -> tuple[UnfixedProblem, ...]:
    """All of them."""
    unfixed = problems.in_states(session, UNFIXED)
    linked = problems.linked(session, [problem.key for problem in unfixed])
    rows = [
        UnfixedProblem(
            key=problem.key,
            title=problem.title,
            state=problem.state.label,
            open_incidents=sum(incident.is_open for incident in linked[problem.key]),
            incidents=len(linked[problem.key]),
            workaround=problem.workaround,
            recurrences=len(problem.recurrences),
        )
        for problem in unfixed
    ]
    known = ProblemState.KNOWN_ERROR.label
    return tuple(sorted(rows, key=lambda row: (row.state != known, -row.open_incidents, -row.incidents, row.key)))
