"""The form of an SLA note: what was computed, then four questions; two more of an author who will do something."""

from datetime import datetime, timedelta

from bot.action_ids import ActionId, ViewId
from bot.text import moment, unformatted
from bot.views.form_parts import Form, choices, date_input, modal, select_from_groups, text_input
from bot.views.notes import miss_lines
from bot.views.parts import HEADER_MAX_CHARS, Block, context, header, option, quoted, section, title_line
from sla_engine.domain.incidents.reasons import BREACH_REASONS, Attribution
from sla_engine.domain.notes.prevention import Prevention
from sla_engine.domain.time.durations import short
from sla_engine.services.notes.prefill import NotePrefill

A_MINUTE = timedelta(minutes=1)  # a stage shorter than this explains nothing
SIDE_LABELS = {
    Attribution.US: "Ours",
    Attribution.CUSTOMER: "The customer's",
    Attribution.THIRD_PARTY: "A third party's",
}


def note_form(prefill: NotePrefill, *, now: datetime) -> Form:
    """The note's form: what was computed, then four questions; block ids are the fields' names.

    `now` is the SLA time at which it is opened.
    """
    reason = prefill.reason or prefill.suggested_reason
    return modal(
        "SLA note",
        ViewId.NOTE,
        submit="Save note",
        metadata=f"{prefill.incident_key} {now.isoformat()}",
        blocks=[
            header(f"{prefill.incident_key} · {unformatted(prefill.title, HEADER_MAX_CHARS)}"),
            section([f"{prefill.priority} · {title_line(prefill.customer)}", *miss_lines(prefill.misses)]),
            *_returned(prefill.returned_because),
            context(" · ".join(_computed(prefill))),
            select_from_groups("reason", "Why was it missed?", _reason_groups(), initial=reason),
            text_input("what_happened", "What happened?", initial=prefill.what_happened,
                       hint="At least four words; not the title again."),
            text_input("impact", "What did it mean for the customer?", initial=prefill.impact,
                       hint="Name the users, the service or how long it lasted."),
            *_prevention_fields(prefill),
        ],
    )  # fmt: skip


def _prevention_fields(prefill: NotePrefill) -> list[Block]:
    """The choice about the next miss; what and by when are asked only of an author who will do something."""
    options = [option(choice.label, choice.value) for choice in Prevention]
    before = quoted(prefill.prevention_before)
    blocks = [
        *([context(f"Said of prevention before: {before}")] if before else []),
        choices("prevention", "What about the next one?", options, initial=prefill.prevention,
                redraws=ActionId.NOTE_PREVENTION),
    ]  # fmt: skip
    if prefill.prevention is not Prevention.ACTION:
        return blocks
    return [
        *blocks,
        text_input("action", "What will you do?", initial=prefill.action.what, multiline=False),
        date_input("action_due", "By when?", initial=prefill.action.due,
                   hint="You are asked daily from the day before until you say that it is done."),
    ]  # fmt: skip


def _computed(prefill: NotePrefill) -> list[str]:
    stages = [f"{time.stage.label} {short(time.spent)}" for time in prefill.stages if time.spent >= A_MINUTE]
    went = f"Where the time went ({prefill.stages_of}): {', '.join(stages)}" if stages else ""
    updated_at = prefill.customer_told_at
    customer = f"Customer told {moment(updated_at)}" if updated_at else "Customer not told yet"
    suggested = prefill.suggested_reason
    reason = f"The history suggests: {BREACH_REASONS[suggested].label}" if suggested else ""
    return [part for part in (went, customer, reason) if part]


def _returned(because: str | None) -> list[Block]:
    return [section([f":leftwards_arrow_with_hook: Returned because: {quoted(because)}"])] if because else []


def _reason_groups() -> dict[str, list[Block]]:
    return {
        label: [option(row.label, name.value) for name, row in BREACH_REASONS.items() if row.attribution is whose]
        for whose, label in SIDE_LABELS.items()
    }
