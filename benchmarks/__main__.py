import argparse
import sys
from time import perf_counter

from benchmarks import (
    calendar_edit,
    many_clocks,
    one_incident,
    open_board,
    other_packages,
    phone_call,
    single_questions,
)
from benchmarks.bars import Bar
from benchmarks.machine import description
from benchmarks.results import table, write

PARTS = {
    "single questions": single_questions.bars,
    "other packages": other_packages.bars,
    "many clocks": many_clocks.bars,
    "one incident": one_incident.bars,
    "phone call": phone_call.bars,
    "calendar edit": calendar_edit.bars,
    "open board": open_board.bars,
}


def main() -> int:
    """Measure all bars, print them and write `RESULTS.md`; return 1 when a bar does not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure every speed bar.")
    parser.add_argument("--date", required=True, help="the date to write into RESULTS.md")
    parser.add_argument("--only", choices=PARTS, help="measure one part, and write nothing")
    arguments = parser.parse_args()
    measured: list[Bar] = []
    began = perf_counter()
    for name in [arguments.only] if arguments.only else PARTS:
        print(f"Measuring {name} ...", file=sys.stderr)
        measured.extend(PARTS[name]())
    print(table(measured, layout="simple"))
    failing = sum(not bar.holds for bar in measured)
    print(f"{failing} of {len(measured)} bars fail; measured in {perf_counter() - began:.0f} s.")
    if not arguments.only:
        write(measured, machine=description(), measured_on=arguments.date)
    return 0 if all(bar.holds for bar in measured) else 1


if __name__ == "__main__":
    sys.exit(main())
