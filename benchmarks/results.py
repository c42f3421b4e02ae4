"""Writes the bars as a table, on the screen and in `RESULTS.md`."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from tabulate import tabulate

from benchmarks.bars import Bar, Limit

RESULTS = Path(__file__).with_name("RESULTS.md")
HEADERS = ("measured", "against", "ours", "theirs", "figure", "bar", "")
OPENING = """# Speed

Written by `make bench`; do not edit. Contenders take turns in one process. A time is processor time, the median of all
rounds; a ratio is the median of the ratios of each round. The floor is a plain Python function of the same arity,
called in the same loop. A figure without a bar is only shown. No test depends on a time.
"""


def table(bars: Iterable[Bar], *, layout: str) -> str:
    """One line a bar, in one of tabulate's layouts."""
    lines = [
        (
            bar.what,
            bar.against,
            _duration(bar.ours),
            _duration(bar.theirs),
            _figure(bar.figure, bar.unit),
            "" if bar.limit is Limit.NONE else f"{bar.limit} {_figure(bar.bar, bar.unit)}",
            bar.verdict,
        )
        for bar in bars
    ]
    alignment = ("left", "left", "right", "right", "right", "right", "left")
    return tabulate(lines, headers=HEADERS, tablefmt=layout, colalign=alignment, disable_numparse=True)


def write(bars: Sequence[Bar], *, machine: Iterable[tuple[str, str]], measured_on: str) -> None:
    """Put the table into `RESULTS.md`, with what it was measured on."""
    facts = "\n".join(f"* {name}: {value}" for name, value in (("Date", measured_on), *machine))
    failing = sum(not bar.holds for bar in bars)
    summary = "Every bar holds." if not failing else f"{failing} of the bars below do not hold."
    text = f"{OPENING}\n{facts}\n\n{summary}\n\n{table(bars, layout='github')}\n"
    RESULTS.write_text(text, encoding="utf-8")


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= scale:
            return f"{seconds / scale:,.3g} {unit}" if seconds < 1000 * scale else f"{seconds / scale:,.0f} {unit}"
    return f"{seconds / 1e-9:,.3g} ns"


def _figure(number: float, unit: str) -> str:
    digits = f"{number:,.0f}" if number >= 100 or number == round(number) else f"{number:.2f}"
    return f"{digits} {unit}".strip()
