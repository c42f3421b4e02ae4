"""Writes an explanation as plain text: in full for a terminal, or redacted for the customer."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from tabulate import tabulate

from sla_engine.domain.clocks.ledger_rows import Ledger, LedgerRow
from sla_engine.domain.clocks.ledger_summary import LedgerLine, in_full, shortened
from sla_engine.domain.clocks.reading import ClockState, Reading
from sla_engine.domain.text.plain_text import one_line, plain_text
from sla_engine.domain.time.durations import exact, in_business_days
from sla_engine.domain.time.local_time import zone_named
from sla_engine.services.queries.explain import Explanation
from sla_engine.text.why_words import (
    SECOND,
    Voice,
    attribution_words,
    earlier_words,
    label,
    left_of,
    outcome_words,
    remark_words,
    row_words,
    shared_remarks,
    standing,
    target_words,
    version_words,
    without_due,
    without_outcome,
)

_HEAD = ("from", "to", "what", "counted", "sum")
_ALIGNED = ("left", "left", "left", "right", "right")
_ZERO = timedelta(0)


def as_text(explanation: Explanation) -> str:
    """The explanation in full: every row of every clock, the rules that lost, who did what, and the attribution."""
    return _text(explanation, _voice(explanation, redacted=False))


def for_the_customer(explanation: Explanation) -> str:
    """The explanation without our people, internal texts and the rules that lost; long ledgers are shortened."""
    return _text(explanation, _voice(explanation, redacted=True))


def _voice(explanation: Explanation, *, redacted: bool) -> Voice:
    zone = zone_named(explanation.zone)

    def at(instant: datetime) -> str:
        there = instant.astimezone(zone)
        return f"{there:%a %Y-%m-%d %H:%M:%S}" if there.second else f"{there:%a %Y-%m-%d %H:%M}"

    return Voice(
        at=at,
        length=exact,
        name=lambda person: one_line(explanation.name(person)),
        word=one_line,
        quoted=one_line,
        redacted=redacted,
    )


def counted(line: LedgerLine) -> str:
    """The time that a line counted, in whole seconds that add up to the sums shown: fractions move to the next line."""
    shown = line.running_sum // SECOND - (line.running_sum - line.counted) // SECOND
    return exact(shown * SECOND) if line.counted else "–"


def _text(explanation: Explanation, voice: Voice) -> str:
    parts = ["\n".join(_head(explanation, voice))]
    parts += ["\n".join(_clock(ledger, explanation, voice)) for ledger in explanation.ledgers]
    if explanation.read_at < explanation.opened_at:
        parts.append("It was opened after the instant it is read for, so no clock runs yet.")
    elif not explanation.ledgers:
        parts.append("Nothing was promised for it, so no clock runs.")
    if shared := shared_remarks(explanation.ledgers):
        parts.append("\n".join(remark_words(entry, voice) for entry in shared))
    if explanation.attributed_time is not None:
        total = f"together {exact(explanation.attributed_time.total)} of open time"
        held = attribution_words(explanation.attributed_time, exact, redacted=voice.redacted)
        parts.append(f"Who held the ball: {held} ({total}).")
    return plain_text("\n\n".join(parts))


def _head(explanation: Explanation, voice: Voice) -> Iterator[str]:
    yield f"{explanation.key} · {one_line(explanation.title)}"
    what = [one_line(explanation.customer), explanation.priority]
    what += [f"site {one_line(explanation.site)}"] if explanation.site else []
    what += [f"service {one_line(explanation.service)}"] if explanation.service else []
    yield f"{', '.join(what)}; opened {voice.at(explanation.opened_at)}"
    if explanation.merged_into is not None:
        yield f"Merged into {explanation.merged_into}"
    elif explanation.resolved_at is not None:
        yield f"Resolved {voice.at(explanation.resolved_at)}"
    yield f"Times are {explanation.zone}; read {voice.at(explanation.read_at)}"
    yield "Only open time counts: within the agreement's hours and not paused."


def _clock(ledger: Ledger, explanation: Explanation, voice: Voice) -> Iterator[str]:
    yield f"{label(ledger.reading)}: {standing(ledger.reading)}"
    yield summed(ledger.reading, voice)
    lines = _lines(ledger.rows, voice) + _lines(ledger.ahead, voice)
    if lines:
        yield _table(lines, ledger, explanation, voice)
    yield from (f"Target since {target_words(row, voice)}" for row in ledger.targets)
    yield from version_words(ledger.versions, voice)
    yield from outcome_words(ledger, voice)
    yield from earlier_words(ledger.earlier, voice)
    shared = shared_remarks(explanation.ledgers)
    yield from (remark_words(entry, voice) for entry in ledger.remarks if entry not in shared)


def summed(reading: Reading, voice: Voice) -> str:
    """The time counted, the target, and the outcome or the due time."""
    day, left = reading.target.business_day, left_of(reading)
    used = f"Counted {exact(reading.elapsed)} of {in_business_days(reading.target.duration, day, write=exact)}"
    length = in_business_days(abs(left), day, write=exact)
    if reading.state is ClockState.CANCELLED:
        return f"{used}; it has {without_outcome(reading)}"
    if reading.state is ClockState.STOPPED:
        stopped = f", stopped {voice.at(reading.stopped_at)}" if reading.stopped_at else ""
        over = f" by {length}" if left < _ZERO else ""
        return f"{used}{stopped}: {'missed' if reading.breached else 'met'}{over}"
    due = f"due {voice.at(reading.due_at)}" if reading.due_at else without_due(reading.state)
    if reading.remaining < _ZERO:
        return f"{used}: {length} over{f', was {due}' if reading.due_at else ''}"
    return f"{used}: {length} left, {due}"


def _lines(rows: Sequence[LedgerRow], voice: Voice) -> list[LedgerLine]:
    return shortened(rows) if voice.redacted else in_full(rows)


def _table(lines: Sequence[LedgerLine], ledger: Ledger, explanation: Explanation, voice: Voice) -> str:
    zone = zone_named(explanation.zone)
    pattern = "%d %b %H:%M:%S" if any(line.start.second or line.end.second for line in lines) else "%d %b %H:%M"
    written = ledger_table(lines, None, ledger, voice, at=lambda instant: f"{instant.astimezone(zone):{pattern}}")
    return "\n".join(f"  {row}".rstrip() for row in written)


def ledger_table(
    lines: Sequence[LedgerLine],
    before: LedgerLine | None,
    ledger: Ledger,
    voice: Voice,
    *,
    at: Callable[[datetime], str],
) -> list[str]:
    """The lines of a table: a heading, then each row and its remarks below it, where it has any.

    `before` is the row that stands above the first, in an earlier table; `at` writes the instants of the rows.
    """
    rows = [
        (
            at(line.start),
            at(line.end),
            line.what.value if line.what else "…",
            counted(line),
            exact(line.running_sum),
        )
        for line in lines
    ]
    head, *body = tabulate(rows, _HEAD, tablefmt="plain", disable_numparse=True, colalign=_ALIGNED).splitlines()
    written = [head]
    for row, line, above in zip(body, lines, [before, *lines[:-1]], strict=True):
        written.append(row)
        remarks = row_words(line, above, ledger.versions, voice)
        if remarks:
            written.append(f"  {remarks}")
    return written
