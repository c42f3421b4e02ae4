"""Put odd inputs to the product: commands, times, files, deliveries, Slack's bodies.

python -m tests.fuzz [--seed 7] [--inputs 100000]
"""

from __future__ import annotations

import argparse
import random
import sys
import zoneinfo

from tests.fuzz.run import fuzz


def main(arguments: list[str]) -> int:
    """Run, print what was put and what was found, and return the exit status: 0 when nothing was."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Put odd inputs to the product.")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--inputs", type=int, default=100_000, help="how many in all")
    chosen = parser.parse_args(arguments)
    zoneinfo.reset_tzpath(())
    print(f"seed {chosen.seed}", flush=True)
    counted: list[int] = []

    def tick(name: str, count: int) -> None:
        counted.append(count)
        print(f"{count:>8,}  {name}", flush=True)

    found = fuzz(seed=chosen.seed, inputs=chosen.inputs, tick=tick)
    for finding in found:
        print(f"\nFAIL {finding.target} ({finding.seed})\n{finding.words}")
    print(f"\n{sum(counted):,} inputs, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
