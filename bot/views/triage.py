"""The triage list: tickets and alerts that wait to be placed."""

from collections.abc import Sequence

from bot.text import moment, shown
from bot.views.parts import section
from bot.views.rendered import Rendered
from sla_engine.domain.incidents.triage import TriageRecord
from sla_engine.services.intake.triage_rows import NO_CUSTOMER

WORDS_CHARS = 150
LINES_SHOWN = 20


def triage_list(waiting: Sequence[TriageRecord]) -> Rendered:
    """The triage list, oldest first, with the command that places an item."""
    if not waiting:
        return Rendered("Nothing waits for triage.")
    lines = [_line(record) for record in waiting[:LINES_SHOWN]]
    hint = "Open one with `/sla triage 3 Acme Dental`, or put it aside with `/sla triage 3 aside`."
    text = "\n".join(["*Waiting for triage*", hint, *lines])
    return Rendered(text, [section([line]) for line in ("*Waiting for triage*", *lines, hint)])


def put_aside(number: int) -> Rendered:
    """Confirm that an item was put aside."""
    return Rendered(f"Number {number} is put aside; nothing was opened.")


def _line(record: TriageRecord) -> str:
    names = f"“{shown(record.customer, WORDS_CHARS)}” from {shown(record.source, WORDS_CHARS)}"
    reason = "" if record.reason == NO_CUSTOMER else f": {shown(record.reason, WORDS_CHARS)}"
    return f"*{record.id}* · {shown(record.title, WORDS_CHARS)} · {names}, {moment(record.received_at)}{reason}"
