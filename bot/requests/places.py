"""Where somebody asked, so that the answer comes there: also the answer to a form, which carries the place with it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.requests.payloads import is_home, part
from bot.requests.request import Place
from bot.views.form_parts import METADATA_MAX_CHARS
from sla_engine.domain.text.plain_text import utf16_units

_PLACE, _VALUE = "sla_bot_place", "value"
_ADDRESS, _CHANNEL, _ROW, _ENDS, _HOME = "response_url", "channel", "row", "ends", "home"
LATEST_SECONDS = 253_402_300_800  # the year 10000
ADDRESS_LASTS = timedelta(minutes=29)  # Slack: 30 minutes from when it was handed out


def place_of(body: Mapping[str, Any]) -> Place:
    """The place in which a command, a click or a form was asked; a form's is the one it was opened from."""
    if is_home(body):
        return Place(is_home=True, private_row=_row_of(body))
    if "view" in body:
        return _place_in(_carried(metadata_of(body)))
    is_private = part(body, "container").get("is_ephemeral") is True
    return Place(
        response_url=_text(body.get("response_url")),
        channel=_text(body.get("channel_id")) or _text(part(body, "channel").get("id")),
        thread=_text(body.get("thread_ts")),
        private_row=_row_of(body) if is_private else "",
    )


def metadata_of(body: Mapping[str, Any]) -> str:
    """The words that a form carries."""
    return _text(part(body, "view").get("private_metadata"))


def value_of(metadata: str) -> str:
    """The form's own metadata, nearly always an incident key, without the place that travels with it."""
    carried = _carried(metadata)
    return metadata if carried is None else _text(carried.get(_VALUE))


def with_place(view: Mapping[str, Any], place: Place, *, now: datetime) -> dict[str, Any]:
    """The form as it is opened, with the place in its metadata; a form whose own words leave no room goes without.

    `now` is real time: a form may stay open longer than the address of the place takes answers.
    """
    carried: dict[str, Any] = {_ADDRESS: place.response_url, _CHANNEL: place.channel, _ROW: place.private_row}
    carried[_ENDS] = int((now + ADDRESS_LASTS).timestamp())
    carried[_HOME] = place.is_home
    document = {_PLACE: carried, _VALUE: _text(view.get("private_metadata"))}
    metadata = json.dumps(document, ensure_ascii=False)
    return dict(view) | ({"private_metadata": metadata} if utf16_units(metadata) <= METADATA_MAX_CHARS else {})


def _carried(metadata: str) -> Mapping[str, Any] | None:
    """The document in a form's metadata; None for a form of a version that carried no place."""
    try:
        document = json.loads(metadata)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, Mapping) and _PLACE in document else None


def _place_in(carried: Mapping[str, Any] | None) -> Place:
    place = part(carried, _PLACE)
    ends = place.get(_ENDS, -1)
    is_readable = isinstance(ends, int) and 0 <= ends < LATEST_SECONDS
    return Place(
        response_url=_text(place.get(_ADDRESS)),
        channel=_text(place.get(_CHANNEL)),
        private_row=_text(place.get(_ROW)),
        address_ends=datetime.fromtimestamp(ends, UTC) if is_readable else None,
        is_home=place.get(_HOME) is True,
    )


def _row_of(body: Mapping[str, Any]) -> str:
    actions = body.get("actions")
    return (
        _text(part({"action": actions[0]}, "action").get("block_id")) if isinstance(actions, list) and actions else ""
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
