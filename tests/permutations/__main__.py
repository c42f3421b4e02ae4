"""Tell tickets in every order: what becomes of them must not depend on it.

python -m tests.permutations [--cases 10000] [--seed 7] [--jobs 2]
"""

import argparse
import os
import sys
import time

from tests.permutations.deliveries import Compared
from tests.permutations.run import compare


def main(arguments: list[str]) -> int:
    """Compare, print what depends on the order and how far it came, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.permutations", description="Tell tickets in every order.")
    parser.add_argument("--cases", type=int, default=10_000, help="how many orders are compared")
    parser.add_argument("--seed", default="1", help="draw other stories")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="how many at a time")
    chosen = parser.parse_args(arguments)
    begun, done, left_out, different = time.perf_counter(), 0, 0, 0
    for tally in compare(cases=chosen.cases, seed=chosen.seed, jobs=chosen.jobs):
        done, left_out = done + tally.orders, left_out + tally.left_out
        different += len(tally.differences)
        progress = f"{done:,} orders in {time.perf_counter() - begun:.0f} s, {different} make a difference"
        print("\n".join([*tally.differences, progress]), flush=True)  # noqa: T201  a command prints
    if left_out:
        print(f"{left_out} of them were left out: {Compared.LEFT_OUT}")  # noqa: T201  a command prints
    print("FAIL" if different else "pass")  # noqa: T201  a command prints
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
