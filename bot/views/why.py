from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from bot.text import cut, fitting, local, moment, shown, unformatted
from bot.views.parts import SECTION_MAX_CHARS, Block, context, header, preformatted, quoted, section, table_text
from bot.views.rendered import Rendered
from sla_engine.domain.clocks.ledger_rows import Ledger, Stretch
from sla_engine.domain.clocks.ledger_summary import LedgerLine, shortened
from sla_engine.domain.clocks.reading import ClockState, Reading
from sla_engine.domain.text.plain_text import utf16_units
from sla_engine.domain.time.durations import exact, in_business_days, short
from sla_engine.services.queries.explain import Explanation
from sla_engine.text.why_text import counted, for_the_customer, ledger_table
from sla_engine.text.why_words import (
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

LINE_MAX_CHARS = 60  # wider tables wrap on a phone
NAME_MAX_CHARS = 60
TABLE_LINES = 18
"""Lines in one block, so that each with a line of words below it stays within what a block holds."""
COPY_CHARS = 2900
"""Characters of a copyable text in one block; Slack takes 3000."""
COPY_BLOCKS = 45
AHEAD_SHOWN = 5
"""Stretches named on the way to the due time."""

_ZERO = timedelta(0)


def why_message(explanation: Explanation, *, zone: str) -> Rendered:
    """Explain each clock's reading: rows that sum to the time used, in the reader's `zone`, and the target."""
    key = explanation.key
    if not explanation.ledgers:
        line = f"*{key}*: nothing was promised for it, so no clock runs."
        return Rendered(text=line, blocks=[section([line])])
    blocks: list[Block] = [header(f"Why {key} reads as it does")]
    words = [f"Why {key} reads as it does"]
    for ledger in explanation.ledgers:
        named = f"*{label(ledger.reading)}: {standing(ledger.reading)}*"
        below = fitting(_below_table(ledger, explanation, zone=zone), SECTION_MAX_CHARS)
        rows = shortened(ledger.rows)
        if len(rows) > 1:
            tables = (preformatted(table) for table in _tables(rows, ledger, explanation, zone=zone))
            blocks += [section([named]), *tables, context(below)]
            words += [named, below]
        else:
            lines = [named, *(_in_a_sentence(row, ledger, explanation, zone=zone) for row in rows)]
            blocks += [section(lines), context(below)]
            words += [*lines, below]
    if remarks := [remark_words(entry, _in_words(explanation)) for entry in shared_remarks(explanation.ledgers)]:
        blocks.append(context(fitting(remarks, SECTION_MAX_CHARS)))
        words += remarks
    if explanation.attributed_time is not None:
        held = f"Who held the ball: {attribution_words(explanation.attributed_time, short)}"
        blocks.append(context(held))
        words.append(held)
    blocks.append(context(f"Times are {zone}. Only open time counts: within the agreement's hours and not paused."))
    return Rendered(text="\n".join(words), blocks=blocks)


def why_for_the_customer(explanation: Explanation) -> Rendered:
    """The explanation as a text to copy for the customer, in their zone, without names, notes or overruled targets."""
    intro = f"*{explanation.key}* for the customer, to be copied"
    copied = for_the_customer(explanation)
    pieces = list(_pieces(copied))
    left_out = "The rest is too long for a message; `sla-bot why --redacted` prints all of it."
    more = [context(left_out)] if len(pieces) > COPY_BLOCKS else []
    blocks = [section([intro]), *(preformatted(piece) for piece in pieces[:COPY_BLOCKS]), *more]
    return Rendered(text=f"{intro}\n{table_text(copied)}", blocks=blocks)


def _pieces(text: str) -> Iterator[str]:
    """Split a text into pieces of whole lines, each as long as a block holds."""
    kept = ""
    for line in (cut(line, COPY_CHARS) for line in text.splitlines()):
        if kept and utf16_units(kept) + utf16_units(line) + 1 > COPY_CHARS:
            yield kept.strip("\n")
            kept = ""
        kept += f"{line}\n"
    yield kept.strip("\n")


def _in_words(explanation: Explanation) -> Voice:
    """The wording below a table, where Slack shows each reader their own time."""
    return Voice(at=moment, length=short, name=lambda person: _shown(explanation.name(person)), word=_shown,
                 quoted=quoted)  # fmt: skip


def _shown(text: str) -> str:
    return shown(text, NAME_MAX_CHARS)


def _below_table(ledger: Ledger, explanation: Explanation, *, zone: str) -> list[str]:
    """The text below the rows: the sum, the way to the due time, targets where there were several, and remarks."""
    voice = _in_words(explanation)
    lines = [_sum(ledger.reading), *_ahead(ledger, explanation, zone=zone), *outcome_words(ledger, voice)]
    if len(ledger.targets) > 1 or ledger.reading.losers:
        lines += [f"Target since {target_words(row, voice)}" for row in ledger.targets]
    lines += version_words(ledger.versions, voice)
    lines += earlier_words(ledger.earlier, voice)
    shared = shared_remarks(explanation.ledgers)
    return [*lines, *(remark_words(entry, voice) for entry in ledger.remarks if entry not in shared)]


def _sum(reading: Reading) -> str:
    """The sum, the target it is held against, and what follows."""
    target = reading.target
    allowed = in_business_days(target.duration, target.business_day)
    used = f"Sum {exact(reading.elapsed)} of {allowed} for {_shown(target.named)}, calendar in {target.calendar.zone}"
    left = left_of(reading)
    length = in_business_days(abs(left), target.business_day)
    if reading.state is ClockState.CANCELLED:
        return f"{used}: {without_outcome(reading)}"
    if reading.state is ClockState.STOPPED:
        return f"{used}: {'missed' if reading.breached else 'met'}{f', {length} over' if left < _ZERO else ''}"
    if reading.remaining < _ZERO:
        due = f", was due {moment(reading.due_at)}" if reading.due_at else ""
        return f"{used}: {length} over{due}"
    due = f", due {moment(reading.due_at)}" if reading.due_at else f", {without_due(reading.state)}"
    return f"{used}: {length} left{due}"


def _ahead(ledger: Ledger, explanation: Explanation, *, zone: str) -> Iterator[str]:
    """Say how the time left leads to the due time, where that takes more than one stretch."""
    lines = shortened(ledger.ahead)
    if len(lines) < 2:  # noqa: PLR2004 - a single stretch says no more than the time left
        return
    stretches = [_stretch(line, explanation, zone=zone) for line in lines]
    if len(stretches) > AHEAD_SHOWN:
        hidden = lines[AHEAD_SHOWN - 2 : -1]
        counting = exact(sum((line.counted for line in hidden), _ZERO))
        more = f"{len(hidden)} more stretches with {counting}"
        stretches = [*stretches[: AHEAD_SHOWN - 2], more, stretches[-1]]
    yield f"Ahead: {', '.join(stretches)}"


def _stretch(line: LedgerLine, explanation: Explanation, *, zone: str) -> str:
    until = local(line.end, zone, now=explanation.read_at)
    if line.what is Stretch.CLOSED:
        because = f" ({_shown(', '.join(line.closures))})" if line.closures else ""
        return f"closed until {until}{because}"
    return f"{counted(line)} until {until}"


def _in_a_sentence(row: LedgerLine, ledger: Ledger, explanation: Explanation, *, zone: str) -> str:
    """The only stretch of a clock's life, as a table of one row would say it."""
    start, end = (local(at, zone, now=explanation.read_at) for at in (row.start, row.end))
    what = row.what.value.capitalize() if row.what else "As it was"
    counting = f", {counted(row)} counted" if row.counted else ", nothing counted"
    remarks = row_words(row, None, ledger.versions, _in_words(explanation))
    return f"{what} from {start} to {end}{counting}{f' ({remarks})' if remarks else ''}"


def _tables(lines: Sequence[LedgerLine], ledger: Ledger, explanation: Explanation, *, zone: str) -> Iterator[str]:
    """The rows as tables, each small enough for a block."""
    for at in range(0, len(lines), TABLE_LINES):
        before = lines[at - 1] if at else None
        yield _table(lines[at : at + TABLE_LINES], before, ledger, explanation, zone=zone)


def _table(
    lines: Sequence[LedgerLine], before: LedgerLine | None, ledger: Ledger, explanation: Explanation, *, zone: str
) -> str:
    now = explanation.read_at
    voice = Voice(
        at=lambda at: local(at, zone, now=now),
        length=exact,
        name=_name_in_table(explanation),
        word=_in_table,
        quoted=_in_table,
    )
    written = ledger_table(lines, before, ledger, voice, at=voice.at)
    return "\n".join(cut(line.rstrip(), LINE_MAX_CHARS) for line in written)


def _in_table(text: str) -> str:
    return unformatted(text, NAME_MAX_CHARS)


def _name_in_table(explanation: Explanation) -> Callable[[str], str]:
    return lambda person: _in_table(explanation.name(person))
