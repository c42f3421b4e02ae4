"""How the goals stand, in words."""

from collections.abc import Iterator

from sla_engine.domain.reporting.digest import DigestFigures
from sla_engine.domain.reporting.digest_parts import GoalFigures
from sla_engine.domain.reporting.goals import GoalStanding


def goal_lines(figures: DigestFigures) -> list[str]:
    """One line a goal: `overall 93 %: 2 missed this month, the goal allows 3; day 10 of 30`."""
    return [f"{goal.label} {goal.percent:g} %: {'; '.join(_parts(goal, figures))}" for goal in figures.goals]


def _parts(goal: GoalFigures, figures: DigestFigures) -> Iterator[str]:
    if goal.is_met is not None:
        yield f"{'met' if goal.is_met else 'not met'} in the {figures.unit}"
    yield "too few to set a goal by" if goal.standing is None else standing_words(goal.standing)


def standing_words(reached: GoalStanding) -> str:
    """`2 missed this month, the goal allows 3; day 10 of 30`."""
    allowed = reached.allowed or "none"
    return (
        f"{reached.missed} missed this {reached.period}, the goal allows {allowed}; day {reached.day} of {reached.days}"
    )
