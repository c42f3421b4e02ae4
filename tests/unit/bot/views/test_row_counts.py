"""No list loses a row unseen: every list with no row, one, and five hundred."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from slack_sdk.models.blocks import Block

from bot.views.confirmations import above
from bot.views.rendered import TEXT_MAX_CHARS, Rendered
from sla_engine.domain.text.plain_text import utf16_units
from tests.unit.bot.views.every_view import every_view
from tests.unit.bot.views.row_counts import FEW, LISTS, WITHOUT_LIST, RowList
from tests.unit.bot.views.slack_reading import everything
from tests.unit.bot.views.test_outside_text import refused

MANY = 500
lists = pytest.mark.parametrize("rows", LISTS.values(), ids=LISTS)


def readable(value: object) -> Iterator[str]:
    """Every text of a message or form that a reader sees."""
    if isinstance(value, list):
        for item in value:
            yield from readable(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name == "text" and isinstance(item, str):
                yield item
            else:
                yield from readable(item)


def marked(text: str) -> set[int]:
    """The rows that a text shows."""
    return {int(number) for number in re.findall(r"row(\d+)x", text)}


@lists
@pytest.mark.parametrize("count", [0, 1, MANY])
def test_slack_takes_a_list_of_any_length(rows: RowList, count: int) -> None:
    message = rows.draw(max(count, rows.least))
    blocks, text = everything(message)
    assert refused(message) == []
    assert [Block.parse(block).to_dict() for block in blocks] == blocks  # type: ignore[union-attr]
    assert utf16_units(text) <= TEXT_MAX_CHARS


@lists
def test_a_list_counts_the_rows_it_leaves_out_and_says_how_to_see_them(rows: RowList) -> None:
    blocks, text = everything(rows.draw(MANY))
    read = "\n".join(readable(blocks)) if blocks else text
    hidden = MANY - len(marked(read))
    if hidden and not rows.is_sample:
        assert re.search(rf"(?<!\d){hidden} more\b|\bof {MANY}\b", read), (hidden, read[-300:])
        assert rows.rest
        assert rows.rest in read


@lists
def test_a_list_of_a_single_row_shows_it(rows: RowList) -> None:
    blocks, text = everything(rows.draw(max(1, rows.least)))
    read = "\n".join(readable(blocks)) if blocks else text
    assert rows.is_sample or marked(read) == set(range(max(1, rows.least)))


def test_an_answer_of_one_sentence_stands_above_the_list_it_was_asked_in() -> None:
    blocks = above(Rendered("The SLA note is accepted."), Rendered("Nothing waits for you.")).blocks
    assert list(readable(blocks)) == ["The SLA note is accepted.", "Nothing waits for you."]


def given_rows(hint: Any, *, depth: int = 3) -> Iterator[str]:
    """The fields of a type, and of what it is made of, that hold any number of values."""
    origin, inside = get_origin(hint), get_args(hint)
    if isinstance(origin, type) and issubclass(origin, Iterable) and (origin is not tuple or Ellipsis in inside):
        yield ""
    for part in inside:
        yield from given_rows(part, depth=depth)
    if depth and is_dataclass(hint) and hint.__module__.startswith(("sla_engine.", "bot.")):
        hints = get_type_hints(hint)
        for name in {field.name for field in fields(hint)} - FEW:
            yield from (name for _ in given_rows(hints[name], depth=depth - 1))


def views_drawn() -> set[str]:
    """The views that draw the lists."""
    called: set[str] = set()
    sys.setprofile(
        lambda frame, event, _: (
            called.add(f"{frame.f_globals.get('__name__')}.{frame.f_code.co_name}") if event == "call" else None
        )
    )
    try:
        for rows in LISTS.values():
            rows.draw(max(1, rows.least))
    finally:
        sys.setprofile(None)
    return called


def test_every_view_that_is_given_rows_is_among_the_lists() -> None:
    with_rows = set()
    for view in every_view():
        module, _, name = view.rpartition(".")
        hints = get_type_hints(getattr(importlib.import_module(module), name))
        if any(next(given_rows(hint), None) is not None for given, hint in hints.items() if given != "return"):
            with_rows.add(view)
    assert with_rows - views_drawn() == WITHOUT_LIST.keys() & with_rows
    assert WITHOUT_LIST.keys() <= with_rows
