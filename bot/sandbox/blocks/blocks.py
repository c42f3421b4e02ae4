"""Says what Slack would refuse in a message's blocks or in a view, before anybody posts it.

Everything Slack limits is a row of a table (here the blocks, in `blocks/elements.py` the elements, in
`blocks/figures.py` tables and charts, in `blocks/rich_text.py` rich text); only rules about several blocks
together are functions. Keys that no table names are refused, as Slack refuses them.
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
from bot.sandbox.blocks.figures import CELLS_MAX_CHARS, DATA_TABLE, DATA_VISUALIZATION, TABLE, cells_length
from bot.sandbox.blocks.rich_text import RICH_TEXT
from bot.sandbox.blocks.rules import (
    Problem,
    Record,
    Rule,
    Shape,
    array,
    at_least_one,
    boolean,
    choice,
    distinct,
    exactly_one,
    failed,
    length_of,
    missing,
    one_of_types,
    string,
)
from bot.sandbox.blocks.texts import ID_MAX_CHARS, any_text, identifier, plain

Surface = Literal["message", "modal", "home"]

MESSAGE_MAX_BLOCKS = 50
VIEW_MAX_BLOCKS = 100
VIEW_MAX_BYTES = 250_000
MARKDOWN_MAX_CHARS = 12_000  # Slack: all markdown blocks of one message together
CHARTS_MAX = 2  # Slack: charts of one message

_ID: Mapping[str, Rule] = {"block_id": identifier}


def _actions_have_distinct_ids(value: Record, pointer: str) -> Iterator[Problem]:
    yield from distinct(value["elements"], "action_id", f"{pointer}/elements")


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
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
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

_IN_MESSAGES = frozenset({"markdown", "table", "data_table", "data_visualization"})
_EVERYWHERE = BLOCKS.keys() - _IN_MESSAGES - {"alert"}
_TYPES_ON: Mapping[Surface, frozenset[str]] = {
    "message": frozenset(_EVERYWHERE | _IN_MESSAGES),
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


def problems(blocks: object, *, surface: Surface, pointer: str = "/blocks") -> list[Problem]:
    """Slack's complaints about these blocks, in its own words and order; empty when it takes them."""
    refused = list(_BLOCKS_ON[surface](blocks, pointer))
    if isinstance(blocks, list):
        typed = [block if isinstance(block, dict) else {} for block in blocks]
        refused.extend(distinct(typed, "block_id", pointer))
        refused.extend(_sum_problems(typed, pointer))
        refused.extend(_focus_problems(typed, pointer))
    return refused


def _sum_problems(blocks: list[dict[str, object]], pointer: str) -> Iterator[Problem]:
    for place in _places(blocks, "table")[1:]:
        yield failed("only one table block is allowed per message", f"{pointer}/{place}")
    for place in _places(blocks, "data_visualization")[CHARTS_MAX:]:
        yield failed(
            f"no more than {CHARTS_MAX} data_visualization blocks are allowed per message", f"{pointer}/{place}"
        )
    lengths = [cells_length(block) for block in blocks if block.get("type") in ("table", "data_table")]
    if len(lengths) > 1 and sum(lengths) > CELLS_MAX_CHARS:
        message = f"cells of all tables must be less than {CELLS_MAX_CHARS + 1} characters in sum"
        yield failed(message, pointer, type="max_length", expected=CELLS_MAX_CHARS, got=sum(lengths))
    words = [str(block.get("text", "")) for block in blocks if block.get("type") == "markdown"]
    if len(words) > 1 and sum(map(length_of, words)) > MARKDOWN_MAX_CHARS:
        yield failed(f"markdown blocks must be less than {MARKDOWN_MAX_CHARS + 1} characters in sum", pointer)


def _places(blocks: list[dict[str, object]], kind: str) -> list[int]:
    return [place for place, block in enumerate(blocks) if block.get("type") == kind]


def _focus_problems(blocks: list[dict[str, object]], pointer: str) -> Iterator[Problem]:
    focused = [at for at, element in _elements(blocks, pointer) if element.get("focus_on_load") is True]
    for at in focused[1:]:
        yield failed("`focus_on_load` can be set on one element only", f"{at}/focus_on_load")


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


def _any_blocks(_value: object, _pointer: str) -> Iterator[Problem]:
    """Accept any blocks: those of a view are checked apart, because they depend on its type."""
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


def view_problems(view: object, *, pointer: str = "/view") -> list[Problem]:
    """Slack's complaints about this modal or Home tab, in its own words; empty when it takes it."""
    refused = list(_view_rule(view, pointer))
    if not isinstance(view, dict):
        return refused
    blocks = view.get("blocks", [])
    surface: Surface = "home" if view.get("type") == "home" else "modal"
    refused.extend(problems(blocks, surface=surface, pointer=f"{pointer}/blocks"))
    if surface == "modal" and "submit" not in view and _asks(blocks):
        refused.append(missing("submit", pointer))
    if len(json.dumps(view, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")) > VIEW_MAX_BYTES:
        refused.append(failed(f"view must be less than {VIEW_MAX_BYTES + 1} bytes", pointer))
    return refused
