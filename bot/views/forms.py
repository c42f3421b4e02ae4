"""The forms of an incident. A field's block id is its name; the incident's key travels in `private_metadata`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.action_ids import SearchId, ViewId
from bot.text import more_than
from bot.views.form_parts import ANSWER, Form, check_box, initial_option, modal, text_input
from bot.views.parts import Block, context, option, plain, section, title_line
from sla_engine.domain.incidents.priorities import Level, Priority
from sla_engine.domain.incidents.reasons import PAUSE_REASONS
from sla_engine.domain.text.names import folded

OPTIONS_MAX = 100  # Slack: options of a menu
MOMENT_HINT = "Like 30m, 15:00 or tomorrow 9am"

HOW = ("Phone", "E-mail", "Chat", "Portal", "In person")
"""The ways to contact a customer."""

_PRIORITIES: Mapping[Priority, str] = {
    Priority.P1: "P1: everything stands still",
    Priority.P2: "P2: much stands still",
    Priority.P3: "P3: somebody cannot work as usual",
    Priority.P4: "P4: a nuisance",
    Priority.P5: "P5: when there is time",
}

_IMPACTS: Mapping[Level, str] = {
    Level.HIGH: "High: everybody is affected",
    Level.MEDIUM: "Medium: some are affected",
    Level.LOW: "Low: one person is affected",
}
_URGENCIES: Mapping[Level, str] = {
    Level.HIGH: "High: it cannot wait",
    Level.MEDIUM: "Medium: it can wait for a while",
    Level.LOW: "Low: it can wait",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWords:
    """What the form for a new incident is filled with; empty where nothing was typed."""

    customer: str | None = None
    priority: Priority | None = None
    impact: Level | None = None
    urgency: Level | None = None
    site: str = ""
    service: str = ""
    title: str = ""
    link: str = ""


def open_form(customers: Sequence[str], words: OpenWords | None = None, *, complaint: str = "") -> Form:
    """The form for a new incident: customer, title, priority (or impact and urgency), site, service and link.

    `words` are filled in beforehand; `complaint` says what was unclear in what was typed.
    """
    if not customers:
        return _without_customers()
    filled = words or OpenWords()
    return modal(
        "Open an incident",
        ViewId.OPEN,
        submit="Open",
        metadata="",
        blocks=[
            *([section([f":warning: {complaint}"])] if complaint else []),
            _customer(customers, initial=filled.customer),
            _menu("priority", "Priority", [option(label, value.value) for value, label in _PRIORITIES.items()],
                  initial=filled.priority, hint="Or leave it out, and say impact and urgency", optional=True),
            _menu("impact", "Impact", _options(_IMPACTS), initial=filled.impact, optional=True),
            _menu("urgency", "Urgency", _options(_URGENCIES), initial=filled.urgency, optional=True),
            _line("title", "What is wrong?", initial=filled.title, hint="One line that a colleague understands"),
            _line("site", "Site", initial=filled.site, optional=True,
                  hint="Where it is, if the customer has several sites"),
            _line("service", "Service", initial=filled.service, optional=True,
                  hint="What it is about, if it has promises of its own"),
            _line("link", "Link to the ticket", optional=True, initial=filled.link, hint="https://…"),
        ],
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateWords:
    """What the form of a customer update is filled with; empty where nothing was typed."""

    text: str = ""
    how: str = ""
    next: str = ""


def update_form(key: str, title: str, words: UpdateWords | None = None, *, complaint: str = "") -> Form:
    """The form for a customer update: what was said, how, and when the next one follows."""
    filled = words or UpdateWords()
    return modal(
        "Customer update",
        ViewId.UPDATE,
        submit="Record",
        metadata=key,
        blocks=[
            _about(key, title, complaint),
            text_input("text", "What did you tell the customer?", initial=filled.text),
            _menu(
                "how", "How?", [option(channel, channel.lower()) for channel in HOW], initial=filled.how, optional=True
            ),
            _line("next", "When do they hear from us next?", initial=filled.next, optional=True, hint=MOMENT_HINT),
        ],
    )


def plan_form(key: str, title: str, *, text: str = "") -> Form:
    """The form for the plan that the customer was given; `text` is filled in beforehand."""
    words = text_input("text", "How will it be resolved?", initial=text, hint="What the customer was told")
    return modal("Plan for the fix", ViewId.PLAN, submit="Record", metadata=key, blocks=[_about(key, title), words])


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseWords:
    """What a pause's form is filled with: what was typed, or what holds; empty where nothing is known.

    `replaces` is the reason of the pause that the form changes.
    """

    reason: str = ""
    until: str = ""
    text: str = ""
    replaces: str = ""


def pause_form(key: str, title: str, words: PauseWords | None = None, *, complaint: str = "") -> Form:
    """The form for a pause, or for changing one: its reason, and its end if known; `complaint` says what is unclear."""
    filled = words or PauseWords()
    reasons = [option(row.label.capitalize(), reason.value) for reason, row in PAUSE_REASONS.items()]
    return modal(
        "Change the pause" if filled.replaces else "Pause",
        ViewId.PAUSE,
        submit="Change" if filled.replaces else "Pause",
        metadata=f"{key} {filled.replaces}".rstrip(),
        blocks=[
            _about(key, title, complaint),
            _menu("reason", "Why?", reasons, initial=filled.reason),
            _line("until", "Until when?", initial=filled.until, optional=True, hint=MOMENT_HINT),
            text_input("text", "Anything to add?", initial=filled.text, optional=True),
        ],
    )


def priority_form(key: str, title: str, current: str, *, complaint: str = "") -> Form:
    """The form for a new priority; `complaint` says what was unclear in what was typed."""
    choices = [option(label, value.value) for value, label in _PRIORITIES.items()]
    hint = "The new targets count from when the incident opened"
    priority = _menu("priority", "Priority", choices, initial=current, hint=hint)
    return modal(
        "Priority", ViewId.PRIORITY, submit="Change", metadata=key, blocks=[_about(key, title, complaint), priority]
    )


def resolve_form(key: str, title: str, *, text: str = "") -> Form:
    """The form for a resolution: what solved it, optionally; `text` is filled in beforehand."""
    words = text_input("text", "What solved it?", initial=text, optional=True)
    return modal("Resolve", ViewId.RESOLVE, submit="Resolve", metadata=key, blocks=[_about(key, title), words])


def duplicate_form(incidents: Mapping[str, str], *, duplicate: str = "") -> Form:
    """The form that merges one of these incidents (what is said of each, by key) into another of the same customer."""
    options = [option(f"{key} · {about}", key) for key, about in list(incidents.items())[:OPTIONS_MAX]]
    rest = more_than(OPTIONS_MAX, len(incidents), "`/sla merge INC-… into INC-…` takes any")
    return modal(
        "Merge",
        ViewId.MERGE,
        submit="Merge",
        metadata="",
        blocks=[
            _menu("duplicate", "Which one is the duplicate?", options, initial=duplicate),
            _menu("into", "Which one is it the same as?", options, hint="It goes on, from the earlier start"),
            *map(context, rest),
        ],
    )


def hand_back_form(key: str, title: str) -> Form:
    """The form for handing back to the dispatcher, with the reason."""
    words = text_input("reason", "Why do you hand it back?", hint="The dispatcher reads this at once")
    return modal("Hand back", ViewId.HAND_BACK, submit="Hand back", metadata=key, blocks=[_about(key, title), words])


def escalate_form(key: str, title: str) -> Form:
    """The form that asks the dispatcher for help."""
    words = text_input("text", "What do you need?", hint="The dispatcher is nudged at once")
    return modal("Ask for help", ViewId.ESCALATE, submit="Ask", metadata=key, blocks=[_about(key, title), words])


def promise_form(key: str, title: str, *, promise: str = "") -> Form:
    """The form for a promise: when the next update follows; `promise` is filled in beforehand."""
    words = _line("promise", "When does the customer hear from us next?", initial=promise, hint=MOMENT_HINT)
    return modal("Promise", ViewId.PROMISE, submit="Promise", metadata=key, blocks=[_about(key, title), words])


def whose_form(about: str, customers: Sequence[str], *, always: str, initial: str | None, metadata: str) -> Form:
    """The form that asks whose a ticket is: what came, the customer, and a box for all that comes under that name."""
    blocks = [
        section([about]),
        _customer(customers, initial=initial),
        check_box("always", "From now on", always),
    ]
    return modal("Whose is it?", ViewId.TRIAGE_PLACE, submit="Open", metadata=metadata, blocks=blocks)


def customer_options(customers: Iterable[str], typed: str) -> list[Block]:
    """Menu options for the customers whose names hold every typed word, those that begin with it first."""
    begins = folded(typed)
    matches = [name for name in customers if all(word in folded(name) for word in begins.split())]
    matches.sort(key=lambda name: not folded(name).startswith(begins))
    return [option(name, name) for name in matches[:OPTIONS_MAX]]


def _customer(customers: Sequence[str], *, initial: str | None = None) -> Block:
    """A menu of all customers; a search where there are more than a menu holds. `initial` is chosen beforehand."""
    chosen = option(initial, initial) if initial in customers and initial is not None else None
    if len(customers) <= OPTIONS_MAX:
        options = [option(name, name) for name in customers]
        return _menu("customer", "Customer", options, initial=None if chosen is None else chosen["value"])
    search: Block = {
        "type": "external_select",
        "action_id": SearchId.CUSTOMER.value,
        "placeholder": plain("Type a part of the name", 150),
        "min_query_length": 0,
    } | ({} if chosen is None else {"initial_option": chosen})
    return {"type": "input", "block_id": "customer", "label": plain("Customer", 2000), "element": search}


def _options(labels: Mapping[Level, str]) -> list[Block]:
    return [option(label, level.value) for level, label in labels.items()]


def _about(key: str, title: str, complaint: str = "") -> Block:
    about = f"*{key}* · {title_line(title)}"
    return section([about, f":warning: {complaint}"] if complaint else [about])


def _line(name: str, label: str, *, initial: str = "", hint: str = "", optional: bool = False) -> Block:
    return text_input(name, label, initial=initial, hint=hint, optional=optional, multiline=False)


def _menu(
    name: str,
    label: str,
    options: Sequence[Block],
    *,
    initial: str | None = None,
    hint: str = "",
    optional: bool = False,
) -> Block:
    element: Block = {
        "type": "static_select",
        "action_id": ANSWER,
        "placeholder": plain("Choose", 150),
        "options": list(options),
    }
    field: Block = {
        "type": "input",
        "block_id": name,
        "label": plain(label, 2000),
        "element": element | initial_option(options, initial),
        "optional": optional,
    }
    return field | ({"hint": plain(hint, 2000)} if hint else {})


def _without_customers() -> Form:
    sentence = "No agreement has been applied yet, so there is nobody to open an incident for. An admin can apply one."
    return {
        "type": "modal",
        "callback_id": ViewId.OPEN.value,
        "title": plain("Open an incident", 24),
        "close": plain("Close", 24),
        "blocks": [section([sentence])],
    }
