"""The goals of `msp.yaml` and of agreements: exact shares, and every mistake with what is allowed."""

from __future__ import annotations

from fractions import Fraction

import pytest

from sla_engine.domain.agreements.goals import NO_GOALS, OVERALL, GoalPeriod, Goals, GoalSubject
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.files.errors import FileInvalid
from sla_engine.files.goals_section import goals
from sla_engine.files.yaml_document import read_document
from tests.unit.sla_engine.files.agreement_texts import GOOD, taken


def read(text: str) -> Goals:
    root = read_document(f"goals: {text}", "msp.yaml")
    written = goals(root.keys(["goals"])["goals"])
    root.findings.refuse_if_wrong()
    return written


def test_a_goal_is_kept_exactly_as_it_was_written() -> None:
    written = read("{overall: 93.7%, first_response: 95%, resolution: {P1: 99.9, P3: 90%}, per: quarter}")
    assert written.per is GoalPeriod.QUARTER
    assert written.overall == written.shares[OVERALL] == Fraction(937, 1000)
    assert written.shares == {
        OVERALL: Fraction(937, 1000),
        GoalSubject(metric=MetricName.FIRST_RESPONSE): Fraction(95, 100),
        GoalSubject(metric=MetricName.RESOLUTION, priority=Priority.P1): Fraction(999, 1000),
        GoalSubject(metric=MetricName.RESOLUTION, priority=Priority.P3): Fraction(9, 10),
    }


def test_goals_are_counted_by_the_month_where_nothing_else_is_said() -> None:
    assert read("{resolution: 90%}").per is GoalPeriod.MONTH
    assert (NO_GOALS.overall, NO_GOALS.shares) == (None, {})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{overall: 120%}", "goals.overall: '120%' is not a share such as 50%, above 0% and up to 100%"),
        ("{overall: 0%}", "goals.overall: '0%' is not a share such as 50%, above 0% and up to 100%"),
        ("{overall: high}", "goals.overall: 'high' is not a share such as 50%, above 0% and up to 100%"),
        ("{resolution: {P9: 90%}}", "goals.resolution: unknown key 'P9'; allowed are P1"),
        ("{fix: 90%}", "goals: unknown key 'fix'; allowed are overall, first_response"),
        ("{overall: 90%, per: week}", "goals.per: 'week' is not a period known here; allowed are month, quarter, year"),
        ("93%", "goals: '93%' where the keys overall, first_response"),
    ],
)
def test_a_goal_that_cannot_be_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(FileInvalid) as refused:
        read(text)
    assert any(problem.sentence.startswith(sentence) for problem in refused.value.problems), refused.value.problems


def test_a_customer_may_have_goals_of_their_own() -> None:
    assert taken(GOOD).agreement.goals is None
    own = taken(f"{GOOD}goals: {{overall: 99%}}\n").agreement.goals
    assert own is not None
    assert own.overall == Fraction(99, 100)
