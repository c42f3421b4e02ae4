"""The pieces forms are made of: a field's block id is its name, so that a complaint lands under its field."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any

from bot.action_ids import ActionId, ViewId
from bot.text import cut, is_person
from bot.views.parts import Block, option, plain, section
from sla_engine.domain.text.plain_text import plain_text

Form = dict[str, Any]

ANSWER = "answer"
"""The action id of every field: what it is about is its block id."""
TITLE_MAX_CHARS = 24  # Slack: title, submit and close of a view
LABEL_MAX_CHARS = 2000  # Slack: label and hint of an input
ANSWER_MAX_CHARS = 3000  # Slack: max_length of a plain_text_input
METADATA_MAX_CHARS = 3000  # Slack: private_metadata of a view


def modal(title: str, view: ViewId, *, submit: str, metadata: str, blocks: Sequence[Block]) -> Form:
    """A form; `metadata` (an incident's key) comes back with the answers."""
    return {
        "type": "modal",
        "callback_id": view.value,
        "private_metadata": cut(metadata, METADATA_MAX_CHARS),
        "title": plain(title, TITLE_MAX_CHARS),
        "submit": plain(submit, TITLE_MAX_CHARS),
        "close": plain("Cancel", TITLE_MAX_CHARS),
        "blocks": list(blocks),
    }


def changing(form: Form, request: str) -> Form:
    """The form as one that changes what a request recorded; its metadata names the request after the incident's key."""
    metadata = cut(f"{form['private_metadata']} {request}", METADATA_MAX_CHARS)
    return form | {"private_metadata": metadata, "submit": plain("Change", TITLE_MAX_CHARS)}


def notice(sentence: str) -> Form:
    """A view that says one thing and asks nothing."""
    return {
        "type": "modal",
        "title": plain("sla-bot", TITLE_MAX_CHARS),
        "close": plain("Close", TITLE_MAX_CHARS),
        "blocks": [section([sentence])],
    }


def text_input(
    name: str, label: str, *, initial: str = "", hint: str = "", optional: bool = False, multiline: bool = True
) -> Block:
    """A text field."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": ANSWER,
        "multiline": multiline,
        "max_length": ANSWER_MAX_CHARS,
    }
    if initial:
        element["initial_value"] = cut(plain_text(initial), ANSWER_MAX_CHARS)
    return _field(name, label, element, hint=hint, optional=optional)


def select_from_groups(
    name: str, label: str, groups: Mapping[str, Sequence[Block]], *, initial: str | None = None
) -> Block:
    """A menu of options under headings; `initial` is the value chosen beforehand."""
    element: Block = {
        "type": "static_select",
        "action_id": ANSWER,
        "option_groups": [{"label": plain(title, 75), "options": list(group)} for title, group in groups.items()],
    }
    return _field(name, label, element | initial_option(chain.from_iterable(groups.values()), initial))


def choices(
    name: str, label: str, options: Sequence[Block], *, initial: str | None = None, redraws: ActionId | None = None
) -> Block:
    """A few options, all in sight; with `redraws` the form is drawn anew, by that action, as soon as one is chosen."""
    action_id = ANSWER if redraws is None else redraws.value
    element: Block = {"type": "radio_buttons", "action_id": action_id, "options": list(options)}
    field = _field(name, label, element | initial_option(options, initial))
    return field if redraws is None else field | {"dispatch_action": True}


def check_box(name: str, label: str, choice: str) -> Block:
    """One box to tick or leave; ticked, its answer is its own name."""
    element: Block = {"type": "checkboxes", "action_id": ANSWER, "options": [option(choice, name)]}
    return _field(name, label, element, optional=True)


def initial_option(options: Iterable[Block], value: str | None) -> Block:
    """The part of a menu that chooses an option beforehand; empty when no option has this value."""
    chosen = next((option for option in options if option["value"] == value), None)
    return {} if chosen is None else {"initial_option": chosen}


def person_input(name: str, label: str, *, initial: str | None = None, hint: str = "", optional: bool = False) -> Block:
    """A menu of everybody in the workspace; `initial` is the Slack id of who is chosen beforehand."""
    chosen = {"initial_user": initial} if initial is not None and is_person(initial) else {}
    element = {"type": "users_select", "action_id": ANSWER} | chosen
    return _field(name, label, element, hint=hint, optional=optional)


def date_input(name: str, label: str, *, initial: date | None = None, hint: str = "", optional: bool = False) -> Block:
    """A day; the answer is written like `2026-11-30`."""
    element: Block = {"type": "datepicker", "action_id": ANSWER}
    if initial is not None:
        element["initial_date"] = initial.isoformat()
    return _field(name, label, element, hint=hint, optional=optional)


def _field(name: str, label: str, element: Block, *, hint: str = "", optional: bool = False) -> Block:
    field: Block = {
        "type": "input",
        "block_id": name,
        "label": plain(label, LABEL_MAX_CHARS),
        "element": element,
        "optional": optional,
    }
    return field | ({"hint": plain(hint, LABEL_MAX_CHARS)} if hint else {})
