"""Foresee what will be said of many incidents, and let the sweep say it.

python -m tests.forecasts [--cases 500] [--seed 7]
"""

import argparse
import sys
import tempfile
from pathlib import Path

from sla_engine.storage.migrate import upgrade
from tests.forecasts.run import compare
from tests.forecasts.stories import story


def main(arguments: list[str]) -> int:
    """Compare, print every story that differs and how many nudges were the same, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.forecasts", description="Foresee what the sweep will say.")
    parser.add_argument("--cases", type=int, default=500, help="how many stories are played")
    parser.add_argument("--seed", default="1", help="draw other stories")
    chosen = parser.parse_args(arguments)
    came = different = 0
    for number in range(chosen.cases):
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder) / 'forecasts.db'}"
            upgrade(url)
            result = compare(story(f"{chosen.seed}/{number}"), url, Path(folder))
        came, different = came + result.came, different + bool(result.differences)
        for difference in result.differences:
            print(f"seed {chosen.seed}/{number}: {difference}", flush=True)  # noqa: T201  a command prints
    print(f"{chosen.cases:,} stories, {came:,} nudges came as foreseen, {different} stories differ")  # noqa: T201
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
