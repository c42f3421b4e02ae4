"""Reading Slack's payloads: what a request is called, what it asks in words, and what was chosen in it."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

MISSING_VALUE = ""


def give_name(body: dict[str, Any]) -> None:
    """A server that leaves the trigger out gets one made up, or all its requests would count as one."""
    if not body.get("trigger_id"):
        body["trigger_id"] = f"none-{uuid4().hex}"


def request_of(body: Mapping[str, Any]) -> str:
    """The request's name: the trigger is unique to a click, and a submitted form has one of its own."""
    trigger = body.get("trigger_id") or ""
    if body.get("type") == "view_submission":
        return f"slack:form:{trigger or body['view']['id'] + ':' + body['view'].get('hash', '')}"
    return f"slack:{trigger}"


def kept(body: Mapping[str, Any]) -> dict[str, Any]:
    """What is written down: everything but Slack's old verification token, which is a secret."""
    return {name: value for name, value in body.items() if name != "token"}


def listener_of(body: Mapping[str, Any]) -> str:
    """The name of the listener that answers."""
    if "command" in body:
        return "command"
    if body.get("type") == "view_submission":
        return str(body["view"]["callback_id"])
    return str(body["actions"][0]["action_id"])


def words_of(body: Mapping[str, Any]) -> str:
    """What was asked, as the person would say it: the command as typed, or the label of the button or form."""
    if "command" in body:
        return str(body.get("text") or body["command"])
    labelled = body["view"].get("title") if body.get("type") == "view_submission" else body["actions"][0].get("text")
    label = labelled.get("text") if isinstance(labelled, Mapping) else None
    return str(label or "click")


def answers_of(values: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """A form's fields by block id; an empty field is an empty text."""
    return {block: chosen(next(iter(fields.values()))) for block, fields in values.items()}


def chosen(element: Mapping[str, Any]) -> str:
    """What was typed or chosen in one element."""
    option = element.get("selected_option") or {}
    value = (
        element.get("selected_user")
        or element.get("selected_date")
        or option.get("value")
        or element.get("value")
        or MISSING_VALUE
    )
    return str(value)
