"""Says what Slack would refuse in a message's blocks or in a view, before anybody posts it.

Everything Slack limits is a row of a table (here the blocks, in `blocks/elements.py` the elements, in
`blocks/rich_text.py` rich text); only rules about several blocks together are functions. Keys that no table
names are refused, as Slack refuses them.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Literal

from bot.sandbox.blocks.elements import (
    ELEMENTS,
    IN_ACCESSORY,
    IN_ACTIONS,
    IN_INPUT,
    alt_text,
    link,
    picture_url,
    slack_file,
)
from bot.sandbox.blocks.rich_text import RICH_TEXT
from bot.sandbox.blocks.rules import (
    Record,
    Rule,
    Shape,
    array,
    at_least_one,
    boolean,
    choice,
    complaint,
    distinct,
    exactly_one,
    length_of,
    nullable,
    one_of_types,
    record,
    string,
)
from bot.sandbox.blocks.texts import ID_MAX_CHARS, any_text, identifier, plain

Surface = Literal["message", "modal", "home"]

MESSAGE_MAX_BLOCKS = 50
VIEW_MAX_BLOCKS = 100
VIEW_MAX_BYTES = 250_000
MARKDOWN_MAX_CHARS = 12_000  # Slack: all markdown blocks of one message together
TABLE_MAX_CHARS = 10_000  # Slack: all cells of one table together

_ID: Mapping[str, Rule] = {"block_id": identifier}


def _actions_have_distinct_ids(value: Record, pointer: str) -> Iterator[str]:
    yield from distinct(value["elements"], "action_id", f"{pointer}/elements")


def _is_rectangular(value: Record, pointer: str) -> Iterator[str]:
    rows = value["rows"]
    widths = [len(row) for row in rows if isinstance(row, list)] if isinstance(rows, list) else []
    for place, width in enumerate(widths):
        if width != widths[0]:
            yield complaint(f"all rows must have {widths[0]} cells", f"{pointer}/rows/{place}")


def _table_is_short_enough(value: Record, pointer: str) -> Iterator[str]:
    if sum(length_of(words) for words in _texts_within(value["rows"])) > TABLE_MAX_CHARS:
        yield complaint(f"table cells must be less than {TABLE_MAX_CHARS + 1} characters in sum", f"{pointer}/rows")


def _texts_within(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _texts_within(item)
    elif isinstance(value, dict):
        words = value.get("text")
        if isinstance(words, str):
            yield words
        yield from _texts_within(value.get("elements"))


_CELL = one_of_types({"raw_text": Shape(required={"text": string(longest=TABLE_MAX_CHARS)}), "rich_text": RICH_TEXT})
_COLUMN = record(Shape(optional={"align": choice("left", "center", "right"), "is_wrapped": boolean}))
_CONTEXT_ELEMENT = one_of_types(
    {
        "image": ELEMENTS["image"],
        "mrkdwn": Shape(required={"text": string(longest=3000)}, optional={"verbatim": boolean}),
        "plain_text": Shape(required={"text": string(longest=3000)}, optional={"emoji": boolean}),
    }
)

BLOCKS: Mapping[str, Shape] = {
    "section": Shape(
        optional={
            **_ID,
            "text": any_text(3000),
            "fields": array(any_text(2000), most=10),
            "accessory": one_of_types(ELEMENTS, only=IN_ACCESSORY),
            "expand": boolean,
        },
        laws=(at_least_one("text", "fields"),),
    ),
    "header": Shape(required={"text": plain(150)}, optional=_ID),
    "divider": Shape(optional=_ID),
    "context": Shape(required={"elements": array(_CONTEXT_ELEMENT, most=10)}, optional=_ID),
    "actions": Shape(
        required={"elements": array(one_of_types(ELEMENTS, only=IN_ACTIONS), most=25)},
        optional=_ID,
        laws=(_actions_have_distinct_ids,),
    ),
    "image": Shape(
        required={"alt_text": alt_text},
        optional={**_ID, "image_url": picture_url, "slack_file": slack_file, "title": plain(2000)},
        laws=(exactly_one("image_url", "slack_file"),),
    ),
    "input": Shape(
        required={"label": plain(2000), "element": one_of_types(ELEMENTS, only=IN_INPUT)},
        optional={**_ID, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": RICH_TEXT,
    "markdown": Shape(required={"text": string(longest=MARKDOWN_MAX_CHARS)}, optional=_ID),
    "table": Shape(
        required={"rows": array(array(_CELL, most=20), most=100)},
        optional={**_ID, "column_settings": array(nullable(_COLUMN), most=20)},
        laws=(_is_rectangular, _table_is_short_enough),
    ),
    "video": Shape(
        required={
            "alt_text": alt_text,
            "title": plain(199),
            "thumbnail_url": picture_url,
            "video_url": picture_url,
        },
        optional={
            **_ID,
            "author_name": string(longest=49),
            "description": plain(200),
            "provider_icon_url": picture_url,
            "provider_name": string(longest=255),
            "title_url": link,
        },
    ),
    "alert": Shape(
        required={"text": any_text(3000)},
        optional={**_ID, "level": choice("default", "info", "warning", "error", "success")},
    ),
}

_EVERYWHERE = BLOCKS.keys() - {"alert", "markdown", "table"}
_TYPES_ON: Mapping[Surface, frozenset[str]] = {
    "message": frozenset(_EVERYWHERE | {"markdown", "table"}),
    "modal": frozenset(_EVERYWHERE | {"alert"}),
    "home": frozenset(_EVERYWHERE),
}
_MOST_ON: Mapping[Surface, int] = {
    "message": MESSAGE_MAX_BLOCKS,
    "modal": VIEW_MAX_BLOCKS,
    "home": VIEW_MAX_BLOCKS,
}


def _blocks_on(surface: Surface) -> Rule:
    return array(one_of_types(BLOCKS, only=_TYPES_ON[surface]), most=_MOST_ON[surface], least=0)


_BLOCKS_ON: Mapping[Surface, Rule] = {surface: _blocks_on(surface) for surface in _TYPES_ON}


def problems(blocks: object, *, surface: Surface, pointer: str = "/blocks") -> list[str]:
    """What Slack would refuse in these blocks, in its own words and order; empty when it takes them."""
    found = list(_BLOCKS_ON[surface](blocks, pointer))
    if isinstance(blocks, list):
        typed = [block if isinstance(block, dict) else {} for block in blocks]
        found.extend(distinct(typed, "block_id", pointer))
        found.extend(_sum_problems(typed, pointer))
        found.extend(_focus_problems(typed, pointer))
    return found


def _sum_problems(blocks: list[dict[str, object]], pointer: str) -> Iterator[str]:
    tables = [place for place, block in enumerate(blocks) if block.get("type") == "table"]
    for place in tables[1:]:
        yield complaint("only one table block is allowed per message", f"{pointer}/{place}")
    words = [str(block.get("text", "")) for block in blocks if block.get("type") == "markdown"]
    if len(words) > 1 and sum(map(length_of, words)) > MARKDOWN_MAX_CHARS:
        yield complaint(f"markdown blocks must be less than {MARKDOWN_MAX_CHARS + 1} characters in sum", pointer)


def _focus_problems(blocks: list[dict[str, object]], pointer: str) -> Iterator[str]:
    focused = [at for at, element in _elements(blocks, pointer) if element.get("focus_on_load") is True]
    for at in focused[1:]:
        yield complaint("`focus_on_load` can be set on one element only", f"{at}/focus_on_load")


def _elements(blocks: list[dict[str, object]], pointer: str) -> Iterator[tuple[str, dict[str, object]]]:
    for place, block in enumerate(blocks):
        for name in ("accessory", "element"):
            element = block.get(name)
            if isinstance(element, dict):
                yield f"{pointer}/{place}/{name}", element
        elements = block.get("elements")
        for position, element in enumerate(elements if isinstance(elements, list) else ()):
            if isinstance(element, dict):
                yield f"{pointer}/{place}/elements/{position}", element


def _asks(blocks: object) -> bool:
    listed = blocks if isinstance(blocks, list) else []
    return any(isinstance(block, dict) and block.get("type") == "input" for block in listed)


def _any_blocks(_value: object, _pointer: str) -> Iterator[str]:
    """The blocks of a view are looked at apart, because they depend on its type."""
    return iter(())


_VIEW: Mapping[str, Rule] = {
    "private_metadata": string(longest=3000, shortest=0),
    "callback_id": string(longest=ID_MAX_CHARS, shortest=0),
    "external_id": string(longest=ID_MAX_CHARS, shortest=0),
}
_VIEWS: Mapping[str, Shape] = {
    "modal": Shape(
        required={"title": plain(24), "blocks": _any_blocks},
        optional={
            **_VIEW,
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
    "home": Shape(required={"blocks": _any_blocks}, optional=_VIEW),
}
_view_rule = one_of_types(_VIEWS)


def view_problems(view: object) -> list[str]:
    """What Slack would refuse in this modal or Home tab, in its own words; empty when it takes it."""
    found = list(_view_rule(view, "/view"))
    if not isinstance(view, dict):
        return found
    blocks = view.get("blocks", [])
    surface: Surface = "home" if view.get("type") == "home" else "modal"
    found.extend(problems(blocks, surface=surface, pointer="/view/blocks"))
    if surface == "modal" and "submit" not in view and _asks(blocks):
        found.append(complaint("missing required field: submit", "/view"))
    if len(json.dumps(view, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")) > VIEW_MAX_BYTES:
        found.append(complaint(f"view must be less than {VIEW_MAX_BYTES + 1} bytes", "/view"))
    return found
