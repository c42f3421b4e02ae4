"""Parses Slack's payloads: a request's name, its origin, its words, its choices.

Payloads come from whoever can sign them: an older or newer Slack, a lesser server, an old message. What lacks what is
needed raises FromAnotherVersion, and nothing here raises anything else.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from slack_bolt import BoltRequest

from bot.action_ids import ActionId
from bot.errors import FromAnotherVersion
from bot.requests.request import Fields, MessageAsked
from bot.text import entered, shown, typed
from sla_engine.domain.agreements.access import Origin

MISSING_VALUE = ""
FORM = "view_submission"
HOME = "home"
ASKED_MAX_CHARS = 100
ASKED_AT = "sla_bot_asked_at"
"""Our own entry in a kept body, which no payload of Slack's has: the SLA time at which the request came."""


def give_name(body: dict[str, Any], *, signature: str | None) -> None:
    """Name a request without a trigger by its signature, so that a replay counts as the same; else at random."""
    if not isinstance(body.get("trigger_id"), str) or not body["trigger_id"]:
        name = uuid4().hex if signature is None else hashlib.sha256(signature.encode()).hexdigest()
        body["trigger_id"] = f"none-{name}"


def request_of(body: Mapping[str, Any]) -> str:
    """The request's name: a click's trigger, or a form's view, which is the same for a second submission."""
    if is_form(body):
        view = part(body, "view").get("id")
        return f"slack:form:{view or body.get('trigger_id') or ''}"
    return f"slack:{body.get('trigger_id') or ''}"


def kept(body: Mapping[str, Any], *, asked_at: datetime) -> dict[str, Any]:
    """The body as stored: with the SLA time of the request, and without Slack's old verification token, a secret."""
    return {name: value for name, value in body.items() if name != "token"} | {ASKED_AT: asked_at.isoformat()}


def asked_at(body: Mapping[str, Any]) -> datetime | None:
    """The SLA time of a kept request; None for one that an older version kept."""
    try:
        at = datetime.fromisoformat(str(body.get(ASKED_AT)))
    except ValueError:
        return None
    return None if at.tzinfo is None else at


def is_command(body: Mapping[str, Any]) -> bool:
    """Whether it is a slash command."""
    return "command" in body


def is_form(body: Mapping[str, Any]) -> bool:
    """Whether it is a submitted form."""
    return body.get("type") == FORM


def is_shortcut(body: Mapping[str, Any]) -> bool:
    """Whether a shortcut was chosen, of a message or from anywhere."""
    return body.get("type") in {"message_action", "shortcut"}


def message_of(body: Mapping[str, Any]) -> MessageAsked:
    """The message of which a shortcut was chosen; empty for a shortcut from anywhere."""
    message = part(body, "message")
    text, ts = message.get("text"), message.get("ts")
    return MessageAsked(
        text=typed(text) if isinstance(text, str) else "",
        channel=_id(part(body, "channel").get("id")) or "",
        ts=ts if isinstance(ts, str) else "",
    )


def is_home(body: Mapping[str, Any]) -> bool:
    """Whether something was clicked on a Home tab."""
    return part(body, "view").get("type") == HOME


def user_of(body: Mapping[str, Any]) -> str:
    """The id of the person who asks.

    Raises: FromAnotherVersion.
    """
    user = body.get("user_id") if is_command(body) else part(body, "user").get("id")
    if not isinstance(user, str) or not user:
        raise FromAnotherVersion("user")
    return user


def origin_of(body: Mapping[str, Any]) -> Origin:
    """The workspace, enterprise and app that the request names."""
    return Origin(
        team=_id(body.get("team_id")) or _id(part(body, "team").get("id")),
        person_team=_id(part(body, "user").get("team_id")),
        enterprise=_id(body.get("enterprise_id")) or _id(part(body, "enterprise").get("id")),
        app=_id(body.get("api_app_id")),
    )


def action_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The button or select that was used.

    Raises: FromAnotherVersion.
    """
    actions = body.get("actions")
    if not isinstance(actions, list) or not actions or not isinstance(actions[0], Mapping):
        raise FromAnotherVersion("actions")
    return actions[0]


def listener_of(body: Mapping[str, Any]) -> str:
    """The name of the listener that answers.

    Raises: FromAnotherVersion.
    """
    if is_command(body):
        return "command"
    if is_form(body):
        return str(part(body, "view").get("callback_id"))
    if is_shortcut(body):
        return str(body.get("callback_id"))
    return str(action_of(body).get("action_id"))


def button_meant(name: str, value: str) -> str:
    """The id of the button that was pressed, or that a choice in the menu “⋯” stands for."""
    return value.partition(" ")[0] if name == ActionId.ACT_MENU else name


def words_of(body: Mapping[str, Any]) -> str:
    """The request in the person's words: the command as typed, or the label of the button or form."""
    if is_shortcut(body):
        return "shortcut"
    if is_command(body):
        return str(body.get("text") or body["command"])
    if is_form(body):
        return str(part(part(body, "view"), "title").get("text") or "click")
    action = action_of(body)
    label = part(action, "text") or part(part(action, "selected_option"), "text")
    return str(label.get("text") or "click")


def answers_of(body: Mapping[str, Any]) -> Fields:
    """A form's fields by block id; an empty field is an empty text."""
    values = part(part(part(body, "view"), "state"), "values")
    return Fields({block: entered(chosen(_first(fields))) for block, fields in values.items()})


def fields_of(body: Mapping[str, Any]) -> list[str]:
    """The names of a form's fields, in their order."""
    return list(part(part(part(body, "view"), "state"), "values"))


def chosen(element: Mapping[str, Any]) -> str:
    """The text or choice in one element; several choices with a space between them; empty for none."""
    several = element.get("selected_options")
    if isinstance(several, list):
        return " ".join(str(part({"option": option}, "option").get("value") or "") for option in several)
    value = (
        element.get("selected_user")
        or element.get("selected_date")
        or part(element, "selected_option").get("value")
        or _ticked(element)
        or element.get("value")
        or MISSING_VALUE
    )
    return value if isinstance(value, str) else MISSING_VALUE


def _ticked(element: Mapping[str, Any]) -> str:
    """The values of the boxes that are ticked, with a space between them."""
    ticked = element.get("selected_options")
    options = ticked if isinstance(ticked, list) else []
    return " ".join(str(option.get("value")) for option in options if isinstance(option, Mapping))


def beside(body: Mapping[str, Any]) -> Fields:
    """What is chosen, ticked or typed in the message or form beside what was pressed, by block id; empty where Slack
    does not say.
    """
    values = part(part(body, "state") or part(part(body, "view"), "state"), "values")
    return Fields({block: entered(chosen(_first(elements))) for block, elements in values.items()})


def part(document: object, name: str) -> dict[str, Any]:
    """An object within an object; empty where there is none."""
    value = document.get(name) if isinstance(document, Mapping) else None
    return dict(value) if isinstance(value, Mapping) else {}


def _id(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _first(fields: object) -> Mapping[str, Any]:
    field = next(iter(fields.values()), None) if isinstance(fields, Mapping) else None
    return field if isinstance(field, Mapping) else {}


def asked_words(body: Mapping[str, Any]) -> str:
    """The request's words, cut to fit a sentence about it."""
    return shown(typed(words_of(body)), ASKED_MAX_CHARS)


def signature_of(request: BoltRequest) -> str | None:
    """Slack's signature of a signed request; None over Socket Mode."""
    return next(iter(request.headers.get("x-slack-signature") or []), None)
