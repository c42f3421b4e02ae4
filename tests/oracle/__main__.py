"""The correctness bar: published vectors, counts minute by minute, and another engine; no answer may differ.

python -m tests.oracle [VECTORS.json …] [--seed 7] [--scale 1.0]
"""

import argparse
import json
import math
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from tabulate import tabulate

from tests.oracle import tallies
from tests.oracle.tallies import Tally
from tests.oracle.written_calendars import CALENDARS
from tests.oracle.written_forms import can_be_a_schedule, pin_zones

PUBLISHED = Path(__file__).parents[1] / "unit" / "sla_engine" / "vectors.json"
SHOWN_OF_EACH = 5
HEADERS = ("part", "calendars or incidents", "questions", "differences", "took")
# So many questions about each calendar, and so many random calendars, at scale 1.
QUESTIONS_EACH = 12_000
RANDOM_CALENDARS = 112
RANDOM_QUESTIONS_EACH = 2_000
LABELS_EACH = 3_000
EDITED_CALENDARS = 60
INCIDENTS = 3_000
PEER_QUESTIONS = 1_000_000


def main(arguments: list[str]) -> int:
    """Run every part, print the table and the verdict, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description="Run the correctness bar.")
    parser.add_argument("vectors", nargs="*", type=_vectors, help="further files of conformance vectors")
    parser.add_argument("--seed", default="1", help="draw other questions")
    parser.add_argument(
        "--scale",
        type=float,
        default=1.0,
        help="ask so many times as many questions, about so many times as many random calendars",
    )
    chosen = parser.parse_args(arguments)
    pin_zones()
    vectors = list(chain(_vectors(str(PUBLISHED)), *chosen.vectors))
    return show(parts(vectors, seed=chosen.seed, scale=chosen.scale))


def show(tallied: Iterable[Tally]) -> int:
    """Print some differences of each part as it ends, then the table and the verdict; 1 when anything differed."""
    rows, found = [], 0
    begun = time.perf_counter()
    for tally in tallied:
        took, begun = time.perf_counter() - begun, time.perf_counter()
        rows.append((tally.name, tally.calendars, f"{tally.asked:,}", len(tally.differences), f"{took:.1f} s"))
        found += len(tally.differences)
        for difference in tally.differences[:SHOWN_OF_EACH]:
            print(difference)  # noqa: T201  a command prints
    print(tabulate(rows, headers=HEADERS, colalign=("left", *["right"] * 4)))  # noqa: T201
    print(f"FAIL: {found} differences" if found else "pass")  # noqa: T201
    return 1 if found else 0


def _vectors(path: str) -> list[object]:
    try:
        vectors = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{path} cannot be read: {error}") from None
    if not isinstance(vectors, list):
        raise argparse.ArgumentTypeError(f"{path} must hold a JSON list of vectors")
    return vectors


def parts(vectors: list[object], *, seed: str, scale: float) -> Iterator[Tally]:
    """The parts of the bar, one after another."""
    yield tallies.published_vectors(vectors)
    yield tallies.minute_by_minute(
        "written calendars, counted", CALENDARS, each=math.ceil(QUESTIONS_EACH * scale), seed=seed
    )
    strange, edited = math.ceil(RANDOM_CALENDARS * scale), math.ceil(EDITED_CALENDARS * scale)
    each = math.ceil(RANDOM_QUESTIONS_EACH * scale)
    made_up = tallies.random_calendars(strange, seed=seed)
    yield tallies.minute_by_minute("random calendars, counted", made_up, each=each, seed=seed)
    yield tallies.edited(CALENDARS, number=edited, each=each, seed=seed)
    yield tallies.in_bulk(CALENDARS, each=each, seed=seed)
    yield tallies.labels(CALENDARS, each=math.ceil(LABELS_EACH * scale), seed=seed)
    yield tallies.clocks(math.ceil(INCIDENTS * scale), seed=seed)
    plain = tallies.random_calendars(strange, seed=seed, plain=True)
    shared = [written for written in chain(CALENDARS, plain) if can_be_a_schedule(written)]
    yield tallies.peer(shared, each=math.ceil(PEER_QUESTIONS * scale / len(shared)), seed=seed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
