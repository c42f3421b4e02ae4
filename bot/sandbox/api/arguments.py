"""Reads a caller's arguments from query, form or JSON into the same types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from json import JSONDecodeError

from aiohttp import web

from bot.sandbox.workspace.refusals import Refused
from bot.sandbox.workspace.seed import Json


async def read_arguments(request: web.Request) -> Json:
    """All arguments of a call, from query, form or JSON.

    Raises:
        Refused: `invalid_json` or `json_not_object`.
    """
    arguments: Json = dict(request.query)
    if request.content_type == "application/json":
        arguments |= json_object(await request.text())
    elif request.can_read_body:
        arguments |= {name: str(value) for name, value in (await request.post()).items()}
    return arguments


def json_object(text: str) -> Json:
    """A JSON body that must be an object."""
    if not text.strip():
        return {}
    try:
        body = json.loads(text)
    except JSONDecodeError as problem:
        error = "invalid_json"
        raise Refused(error) from problem
    if not isinstance(body, dict):
        error = "json_not_object"
        raise Refused(error)
    return body


def flag(arguments: Mapping[str, object], name: str, *, default: bool = False) -> bool:
    """A boolean argument; forms write it as 1, 0, true or false."""
    value = arguments.get(name, default)
    return value if isinstance(value, bool) else str(value).lower() in {"1", "true"}


def whole_number(arguments: Mapping[str, object], name: str, *, default: int, most: int) -> int:
    """A count between 1 and `most`.

    Raises:
        Refused: `invalid_limit`.
    """
    try:
        value = int(str(arguments.get(name, default)))
    except ValueError as problem:
        error = "invalid_limit"
        raise Refused(error) from problem
    if value < 1:
        error = "invalid_limit"
        raise Refused(error)
    return min(value, most)


def structure(arguments: Mapping[str, object], name: str, *, error: str) -> object:
    """A nested value, which forms carry as JSON text; None when left out.

    Raises:
        Refused: `error`, when the text is no JSON.
    """
    value = arguments.get(name)
    if not isinstance(value, str):
        return value
    if not value:
        return None
    try:
        return json.loads(value)
    except JSONDecodeError as problem:
        raise Refused(error) from problem
