"""Long lists a page at a time, with Slack's opaque cursors."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from bot.sandbox.api.arguments import whole_number
from bot.sandbox.api.method import Call
from bot.sandbox.workspace.refusals import Refused
from bot.sandbox.workspace.seed import Json

PAGE_MAX = 999

Item = TypeVar("Item")


def page(items: Sequence[Item], call: Call, *, default: int) -> tuple[Sequence[Item], Json]:
    """The requested page, and the `response_metadata` that leads to the next one.

    Raises:
        Refused: `invalid_cursor` or `invalid_limit`.
    """
    limit = whole_number(call.arguments, "limit", default=default, most=PAGE_MAX)
    start = _position(call.text("cursor"))
    end = start + limit
    following = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
    return items[start:end], {"response_metadata": {"next_cursor": following}}


def _position(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
    except (binascii.Error, UnicodeDecodeError, ValueError) as problem:
        error = "invalid_cursor"
        raise Refused(error) from problem
