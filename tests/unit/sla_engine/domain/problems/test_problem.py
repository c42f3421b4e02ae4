"""A problem by its facts: how far it has come, what undoing takes back, and what counts as coming back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.problems.matching import came_back, pattern_of
from sla_engine.domain.problems.problem import ProblemFact, ProblemFactKind, ProblemState, problem_of
from tests.unit.bot.views.outside_text import sample

START = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
UNTIL = START + 40 * DAY


def fact(number: int, kind: ProblemFactKind, **more: object) -> ProblemFact:
    given = {"by": "U0TESS", "text": "words", **more}
    return ProblemFact(number=number, kind=kind, at=START + number * timedelta(hours=1), **given)  # type: ignore[arg-type]


OPENED = fact(1, ProblemFactKind.OPENED, text="Mail gateway drops mails")
TAKEN = fact(2, ProblemFactKind.TAKEN, text="U0TOM")
WORKAROUND = fact(3, ProblemFactKind.WORKAROUND, text="Restart the queue")
PLANNED = fact(4, ProblemFactKind.FIX_PLANNED, text="New gateway", until=START + 7 * DAY)
FIXED = fact(5, ProblemFactKind.FIXED, until=UNTIL)
RECURRED = fact(6, ProblemFactKind.RECURRED, text="INC-1203", by="")
CLOSED = fact(7, ProblemFactKind.CLOSED, by="")


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ((OPENED,), ProblemState.OPEN),
        ((OPENED, TAKEN), ProblemState.INVESTIGATING),
        ((OPENED, WORKAROUND), ProblemState.KNOWN_ERROR),
        ((OPENED, WORKAROUND, replace(TAKEN, number=9)), ProblemState.KNOWN_ERROR),
        ((OPENED, TAKEN, PLANNED), ProblemState.FIX_PLANNED),
        ((OPENED, PLANNED, replace(WORKAROUND, number=9)), ProblemState.FIX_PLANNED),
        ((OPENED, TAKEN, FIXED), ProblemState.WATCHING),
        ((OPENED, TAKEN, FIXED, CLOSED), ProblemState.CLOSED),
        ((OPENED, FIXED, RECURRED), ProblemState.OPEN),
        ((OPENED, TAKEN, FIXED, RECURRED), ProblemState.INVESTIGATING),
        ((OPENED, TAKEN, WORKAROUND, PLANNED, FIXED, RECURRED), ProblemState.KNOWN_ERROR),
        ((OPENED, TAKEN, FIXED, CLOSED, replace(RECURRED, number=8)), ProblemState.INVESTIGATING),
    ],
    ids=lambda value: value.value if isinstance(value, ProblemState) else None,
)
def test_a_problem_stands_where_its_last_fact_left_it(facts: tuple[ProblemFact, ...], state: ProblemState) -> None:
    assert problem_of(3, facts).state is state


def test_a_fact_that_was_undone_reads_as_never_recorded() -> None:
    undoing = fact(8, ProblemFactKind.UNDONE, undoes=FIXED.number)
    problem = problem_of(3, (OPENED, TAKEN, WORKAROUND, FIXED, undoing))
    assert problem == problem_of(3, (OPENED, TAKEN, WORKAROUND))


def test_a_problem_whose_opening_was_undone_is_taken_back() -> None:
    undoing = fact(8, ProblemFactKind.UNDONE, undoes=OPENED.number)
    assert problem_of(3, (OPENED, TAKEN, undoing)).state is ProblemState.TAKEN_BACK


def test_coming_back_forgets_the_fix_that_failed_and_keeps_the_workaround() -> None:
    problem = problem_of(3, (OPENED, TAKEN, WORKAROUND, PLANNED, FIXED, RECURRED))
    assert (problem.workaround, problem.planned_fix, problem.fixed_at) == ("Restart the queue", "", None)
    assert problem.recurrences == ("INC-1203",)
    assert problem.owner == "U0TOM"


LINKED = sample(
    Incident, key="INC-1", customer="Acme", service="mail", title="Mail gateway stuck", problem="PRB-3", id=1
)


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({}, True),
        ({"customer": "Beta"}, True),
        ({"service": None}, True),
        ({"customer": "Beta", "service": None}, False),
        ({"title": "Mail client is slow"}, False),
        ({"title": "Printer gateway"}, False),
        ({"problem": "PRB-9"}, False),
        ({"problem": "PRB-3", "title": "Anything", "customer": "Gamma", "service": None}, True),
    ],
    ids=["alike", "service", "customer", "neither", "one word", "other thing", "another problem", "linked"],
)
def test_an_incident_looks_like_a_problem_by_place_and_title(changes: dict[str, str | None], fits: bool) -> None:
    pattern = pattern_of(problem_of(3, (OPENED,)), [LINKED])
    new = replace(LINKED, id=2, key="INC-2", problem=None, title="The mail gateway is stuck again")
    assert pattern.fits(replace(new, **changes)) is fits  # type: ignore[arg-type]


def test_only_what_was_opened_after_the_fix_and_while_watched_comes_back() -> None:
    pattern = pattern_of(problem_of(3, (OPENED,)), [LINKED])
    at = [replace(LINKED, id=day, key=f"INC-{day}", opened_at=START + day * DAY) for day in (1, 3, 5, 9)]
    later = came_back(pattern, at, fixed_at=START + 3 * DAY, until=START + 9 * DAY)
    assert later is not None
    assert later.key == "INC-5"
    assert came_back(pattern, at, fixed_at=START + 9 * DAY, until=UNTIL) is None
