"""The dispatcher's forms: to whom an incident is given, and until when a nudge is silent."""

from collections.abc import Sequence

from bot.action_ids import SearchId, ViewId
from bot.text import shown, unformatted
from bot.views.form_parts import ANSWER, Form, choices, modal, text_input
from bot.views.forms import MOMENT_HINT, OPTIONS_MAX
from bot.views.parts import Block, context, option, plain, section, title_line
from sla_engine.domain.text.names import folded
from sla_engine.services.queries.workload import MANY_URGENT, Assignable, Candidate

NAME_MAX_CHARS = 30
CUSTOMER_MAX_CHARS = 20
BUSY_MAX = 10

SNOOZES = {
    "15m": "15 minutes",
    "30m": "30 minutes",
    "1h": "1 hour",
    "4h": "4 hours",
    "tomorrow": "Until tomorrow 09:00",
}
"""For how long a nudge can be silenced: the value sent back, and its label."""
_USUAL_SNOOZE = "30m"


def assign_form(assignable: Assignable) -> Form:
    """The form that gives an incident to somebody: everybody with their load, the likeliest first."""
    blocks = [section([f"*{assignable.key}* · {title_line(assignable.customer)}: {title_line(assignable.title)}"])]
    if not assignable.candidates:
        return _nobody(blocks)
    blocks.append(_people(assignable))
    busy = [candidate for candidate in assignable.candidates if candidate.is_busy]
    if busy:
        blocks.append(context(_busy_line(busy)))
    return modal("Assign", ViewId.ASSIGN, submit="Assign", metadata=assignable.key, blocks=blocks)


def candidate_options(assignable: Assignable, typed: str) -> list[Block]:
    """Menu options for the people whose names hold every typed word, the likeliest first."""
    words = folded(typed).split()
    matches = [one for one in assignable.candidates if all(word in folded(one.name) for word in words)]
    return [_option(candidate, assignable.customer) for candidate in matches[:OPTIONS_MAX]]


def snooze_form(key: str, title: str, *, until: str = "") -> Form:
    """The form that silences the reminders of an incident for a while, or until another time than `until`."""
    about = section([f"*{key}* · {title_line(title)}", "No reminders for a while; its clocks run on."])
    if until:
        times = [text_input("until", "Until when?", initial=until, hint=MOMENT_HINT, multiline=False)]
    else:
        lengths = [option(label, value) for value, label in SNOOZES.items()]
        times = [
            choices("for", "For how long?", lengths, initial=_USUAL_SNOOZE),
            text_input("until", "Or until", hint=MOMENT_HINT, optional=True, multiline=False),
        ]
    return modal("Snooze", ViewId.SNOOZE, submit="Snooze", metadata=key, blocks=[about, *times])


def _people(assignable: Assignable) -> Block:
    """A menu of everybody; a search where there are more than a menu holds."""
    element: Block = {"placeholder": plain("Choose somebody", 150)}
    if len(assignable.candidates) <= OPTIONS_MAX:
        options = [_option(candidate, assignable.customer) for candidate in assignable.candidates]
        element |= {"type": "static_select", "action_id": ANSWER, "options": options}
    else:
        element |= {"type": "external_select", "action_id": SearchId.COLLEAGUE.value, "min_query_length": 0}
    return {"type": "input", "block_id": "person", "label": plain("Who should have it?", 2000), "element": element}


def _option(candidate: Candidate, customer: str) -> Block:
    away = " · away" if candidate.is_absent else ""
    load = f"{candidate.open_count} open" if candidate.open_count else "nothing open"
    knows = ""
    if candidate.had_customer:
        knows = f", had {unformatted(customer, CUSTOMER_MAX_CHARS)} {candidate.had_customer}×"
    return option(f"{unformatted(candidate.name, NAME_MAX_CHARS)}{away} · {load}{knows}", candidate.slack_id)


def _busy_line(busy: Sequence[Candidate]) -> str:
    named = [f"{shown(one.name, NAME_MAX_CHARS)} ({one.urgent_count})" for one in busy[:BUSY_MAX]]
    more = f" and {len(busy) - BUSY_MAX} more" if len(busy) > BUSY_MAX else ""
    return f":warning: {MANY_URGENT} or more open P1 to P3 already: {', '.join(named)}{more}"


def _nobody(blocks: Sequence[Block]) -> Form:
    return {
        "type": "modal",
        "title": plain("Assign", 24),
        "close": plain("Close", 24),
        "blocks": [*blocks, section(["There is nobody else who could have it."])],
    }
