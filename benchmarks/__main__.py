import argparse
import sys
from time import perf_counter

from benchmarks import calendar_edit, many_clocks, one_incident, other_packages, single_questions
from benchmarks.bars import Bar
from benchmarks.machine import description
from benchmarks.results import table, write

PARTS = {
    "single questions": single_questions.bars,
    "other packages": other_packages.bars,
    "many clocks": many_clocks.bars,
    "one incident": one_incident.bars,
    "calendar edit": calendar_edit.bars,
}


def main() -> int:
    """Measure all bars, print them, write `RESULTS.md`; 1 when a bar does not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure every speed bar.")
    parser.add_argument("--date", required=True, help="the date to write into RESULTS.md")
    parser.add_argument("--only", choices=PARTS, help="measure one part, and write nothing")
    given = parser.parse_args()
    found: list[Bar] = []
    began = perf_counter()
    for name in [given.only] if given.only else PARTS:
        print(f"Measuring {name} ...", file=sys.stderr)
        found.extend(PARTS[name]())
    print(table(found, layout="simple"))
    print(
        f"{sum(not bar.holds for bar in found)} of {len(found)} bars fail; measured in {perf_counter() - began:.0f} s."
    )
    if not given.only:
        write(found, machine=description(), measured_on=given.date)
    return 0 if all(bar.holds for bar in found) else 1


if __name__ == "__main__":
    sys.exit(main())
