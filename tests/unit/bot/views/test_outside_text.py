"""Nothing that people or other systems write formats or mentions: every view, with every nasty text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from bot.sandbox.blocks.blocks import problems, view_problems
from bot.text import shown
from bot.views.parts import section, title_line
from bot.views.rendered import TEXT_MAX_CHARS, Rendered
from sla_engine.domain.text.plain_text import one_line, utf16_units
from tests.unit.bot.views.every_view import DRAWINGS, Drawing
from tests.unit.bot.views.outside_text import LONG, NASTY, WORDS
from tests.unit.bot.views.slack_reading import copied, everything, formatting, of_message, unreadable

drawings = pytest.mark.parametrize("draw", [draw for _, draw in DRAWINGS.values()], ids=DRAWINGS)
SOME_MARKS = st.text(st.sampled_from("*_~`:<>@#!|&＊＿｀＞ ax1\n\t\u202e\u2060∗ˍ\x1b\ud83d"), max_size=60)


def refused(message: Rendered | Mapping[str, Any]) -> list[str]:
    if isinstance(message, Rendered):
        return [str(problem) for problem in problems(message.blocks, surface="message")]
    return [str(problem) for problem in view_problems(dict(message))]


@drawings
def test_what_somebody_wrote_formats_and_mentions_nothing(draw: Drawing) -> None:
    blocks, text = everything(draw(WORDS))
    for name, nasty in NASTY.items():
        message = draw(nasty)
        drawn_blocks, drawn_text = everything(message)
        assert refused(message) == [], name
        assert of_message(drawn_blocks) == of_message(blocks), name
        assert formatting(drawn_text) == formatting(text), name
        assert unreadable([drawn_blocks, drawn_text]) == [], name
        assert utf16_units(drawn_text) <= TEXT_MAX_CHARS, name


@drawings
def test_slack_takes_it_however_long_the_words_are(draw: Drawing) -> None:
    for name, long in LONG.items():
        message = draw(long)
        blocks, text = everything(message)
        assert refused(message) == [], name
        assert unreadable([blocks, text]) == [], name
        assert utf16_units(text) <= TEXT_MAX_CHARS, name
        assert not isinstance(message, Rendered) or text.strip(), name


@drawings
def test_the_sdks_block_classes_take_every_view_as_it_is(draw: Drawing) -> None:
    for words in (WORDS, *LONG.values()):
        blocks, _ = everything(draw(words))
        assert [Block.parse(block).to_dict() for block in blocks] == blocks  # type: ignore[union-attr]


@given(st.sampled_from([draw for _, draw in DRAWINGS.values()]), SOME_MARKS)
@settings(max_examples=300)
def test_no_mixture_of_marks_formats_or_mentions_anything(draw: Drawing, text: str) -> None:
    blocks, fallback = everything(draw(f"{WORDS} {text} {WORDS}"))
    plain_blocks, plain_fallback = everything(draw(f"{WORDS} {WORDS}"))
    assert of_message(blocks) == of_message(plain_blocks)
    assert formatting(fallback) == formatting(plain_fallback)
    assert unreadable([blocks, fallback]) == []


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_a_title_is_read_and_copied_as_it_was_written(text: str) -> None:
    written = one_line(text)
    apart = copied([section([title_line(text)])]).strip("\u2068\u2069")
    assert apart == written


@given(SOME_MARKS)
def test_whatever_marks_it_has_a_line_is_copied_as_it_was_written(text: str) -> None:
    block = section([f"*INC-1042* {shown(text, 2000)}"])
    assert copied([block]).replace("*INC-1042*", "INC-1042") == f"INC-1042 {one_line(text)}"
