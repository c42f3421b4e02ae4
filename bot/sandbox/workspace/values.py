"""Values of inputs: as Slack writes them into payloads, and as its own window checks them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.sandbox.workspace.seed import Json

REQUIRED = "Please complete this required field."
VALUE_KEY = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "multi_static_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "rich_text_input": "rich_text_value",
}
"""Under which key an element's value is sent; elements that are missing here hold none (button, overflow)."""

INITIAL_KEY = {
    "value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
    "rich_text_value": "initial_value",
}


def initial_value(element: Json) -> Json | None:
    """The value of an element before anybody touches it; None for one without a value (a button)."""
    key = VALUE_KEY.get(element.get("type", ""))
    if key is None:
        return None
    empty: object = [] if key == "selected_options" or key.endswith("s") else None
    return {"type": element["type"], key: element.get(INITIAL_KEY[key], empty)}


def options_of(element: Json) -> list[Json]:
    """Every option one can choose, groups flattened."""
    grouped = [option for group in element.get("option_groups", []) for option in group.get("options", [])]
    return [*element.get("options", []), *grouped]


def known_option(element: Json, chosen: object) -> Json | None:
    """The element's own copy of the chosen option."""
    if not isinstance(chosen, dict):
        return None
    return next((option for option in options_of(element) if option.get("value") == chosen.get("value")), None)


def taken_value(element: Json, sent: Json) -> Json | None:
    """The value as Slack writes it into a payload; None when it is not one this element can have."""
    key = VALUE_KEY.get(element["type"])
    if key is None:
        return None
    value = sent.get(key)
    if key == "selected_option" and value is not None:
        value = known_option(element, value)
        if value is None:
            return None
    if key == "selected_options":
        options = [known_option(element, option) for option in value or []]
        if None in options:
            return None
        value = options
    if value == "":
        value = None
    return {"type": element["type"], key: value}


def input_problems(blocks: list[Json], values: Json) -> dict[str, str]:
    """Problems that Slack's own window reports, by block id."""
    problems: dict[str, str] = {}
    for block in blocks:
        if block.get("type") != "input":
            continue
        element = block["element"]
        value = values.get(block["block_id"], {}).get(element["action_id"], {})
        problem = next(_problems(block, element, value.get(VALUE_KEY.get(element["type"], ""))), None)
        if problem is not None:
            problems[block["block_id"]] = problem
    return problems


def _problems(block: Json, element: Json, value: object) -> Iterator[str]:
    if value in (None, "", []):
        if not block.get("optional", False):
            yield REQUIRED
        return
    text = str(value)
    if element["type"] == "plain_text_input":
        yield from _length_problems(element, text)
    if element["type"] == "number_input":
        yield from _number_problems(element, text)
    if element["type"] == "url_text_input" and not re.fullmatch(r"https?://\S+", text):
        yield "Please enter a valid URL."
    if element["type"] == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        yield "Please enter a valid email address."


def _length_problems(element: Json, text: str) -> Iterator[str]:
    if len(text) < element.get("min_length", 0):
        yield f"Please enter at least {element['min_length']} characters."
    if len(text) > element.get("max_length", 3000):
        yield f"Please enter at most {element.get('max_length', 3000)} characters."


def _number_problems(element: Json, text: str) -> Iterator[str]:
    pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
    if not re.fullmatch(pattern, text):
        yield "Please enter a number."
        return
    if "min_value" in element and float(text) < float(element["min_value"]):
        yield f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and float(text) > float(element["max_value"]):
        yield f"Please enter a number of at most {element['max_value']}."
