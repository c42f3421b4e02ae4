"""Unfixed problems, one line each."""

from collections.abc import Sequence

from sla_engine.domain.reporting.digest_parts import UnfixedProblem

PROBLEMS_LISTED = 10


def problem_lines(problems: Sequence[UnfixedProblem]) -> list[str]:
    """One line a problem: `PRB-3 Outlook crashes: known error, 2 of 5 incidents open. Workaround: restart it`."""
    more = len(problems) - PROBLEMS_LISTED
    lines = [_line(problem) for problem in problems[:PROBLEMS_LISTED]]
    return [*lines, f"… and {more} more: /sla problem"] if more > 0 else lines


def _line(problem: UnfixedProblem) -> str:
    incidents = "1 incident" if problem.incidents == 1 else f"{problem.incidents} incidents"
    parts = [problem.state, f"{problem.open_incidents} of {incidents} open"]
    if problem.recurrences:
        parts.append("came back once" if problem.recurrences == 1 else f"came back {problem.recurrences} times")
    workaround = f". Workaround: {problem.workaround}" if problem.workaround else ""
    return f"{problem.key} {problem.title}: {', '.join(parts)}{workaround}"
