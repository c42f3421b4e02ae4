"""Foresee what will be said of many incidents, and let the sweep say it.

python -m tests.forecasts [--cases 500] [--seed 7]
"""

import argparse
import sys
import tempfile
from dataclasses import fields
from pathlib import Path

import hypothesis

from tests.databases import SqliteDatabases
from tests.forecasts.run import Comparison, compare
from tests.forecasts.stories import STORIES, Story


class Differs(Exception):
    """A story of which something else was foreseen than was said."""

    def __init__(self, story: Story, comparison: Comparison) -> None:
        self.story = story
        self.comparison = comparison
        super().__init__(story)

    def __str__(self) -> str:
        lines = [f"{field.name}: {getattr(self.story, field.name)}" for field in fields(self.story)]
        return "\n".join([*lines, *self.comparison.differences])


def main(arguments: list[str]) -> int:
    """Compare; print how many nudges were the same, or the simplest story that differs; answer the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.forecasts", description="Foresee what the sweep will say.")
    parser.add_argument("--cases", type=int, default=500, help="how many stories are played")
    parser.add_argument("--seed", type=int, default=1, help="draw other stories")
    chosen = parser.parse_args(arguments)
    try:
        came = play(chosen.cases, seed=chosen.seed)
    except Differs as differs:
        print(f"FAIL: the simplest story that differs\n{differs}")  # noqa: T201  a command prints
        return 1
    print(f"{len(came):,} stories, {sum(came):,} nudges came as foreseen")  # noqa: T201  a command prints
    return 0


def play(cases: int, *, seed: int) -> list[int]:
    """Play that many stories: how many nudges of each came as foreseen.

    Raises: Differs with the simplest story that does.
    """
    came: list[int] = []

    with tempfile.TemporaryDirectory() as folder:
        databases = SqliteDatabases(Path(folder))

        @hypothesis.seed(seed)
        @hypothesis.settings(
            max_examples=cases,
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(story=STORIES)
        def comes_as_foreseen(story: Story) -> None:
            comparison = compare(story, databases, Path(folder))
            if comparison.differences:
                raise Differs(story, comparison)
            came.append(comparison.came)

        comes_as_foreseen()
    return came


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
