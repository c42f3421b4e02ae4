"""Our own mrkdwn read back: as rich text where somebody wrote marks, and as plain words."""

from typing import Any

import pytest

from bot.sandbox.blocks.blocks import problems
from bot.text import mention, moment, shown
from bot.views.parts import section
from bot.views.rich_text import plainly, rich_text
from tests.unit.bot.views.samples import MONDAY

DATE = {
    "type": "date",
    "timestamp": 1767600000,
    "format": "{date_short_pretty} {time}",
    "fallback": "2026-01-05 08:00 UTC",
}


def bold(piece: dict[str, Any]) -> dict[str, Any]:
    return piece | {"style": {"bold": True}}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


WRITTEN: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "bold": ("*INC-1* down", [bold(text("INC-1")), text(" down")]),
    "a mention": (f"owner {mention('U0TOM')}", [text("owner "), {"type": "user", "user_id": "U0TOM"}]),
    "a group": (mention("S0123456789"), [{"type": "usergroup", "usergroup_id": "S0123456789"}]),
    "a channel": ("<#C0DISPATCH>", [{"type": "channel", "channel_id": "C0DISPATCH"}]),
    "an emoji": (":red_circle: late", [{"type": "emoji", "name": "red_circle"}, text(" late")]),
    "a time": (f"due {moment(MONDAY)}", [text("due "), DATE]),
    "bold around a time": (f"*by {moment(MONDAY)}*", [bold(text("by ")), bold(DATE)]),
    "a link": (
        "*<https://desk.example/?a=1&amp;b=2|INC-1>*",
        [bold({"type": "link", "url": "https://desk.example/?a=1&b=2", "text": "INC-1"})],
    ),
    "code": ("write `/sla *ack* INC-1`", [text("write "), text("/sla *ack* INC-1") | {"style": {"code": True}}]),
    "what somebody wrote": (f"“{shown('*a* <b> :fire:', 99)}”", [text("“*a* <b> :fire:”")]),
    "marks in a word": ("db_1 and 5*3", [text("db_1 and 5*3")]),
    "a time of day": ("at 10:30:45", [text("at 10:30:45")]),
}


@pytest.mark.parametrize(("mrkdwn", "pieces"), WRITTEN.values(), ids=WRITTEN)
def test_each_of_our_marks_becomes_what_it_means(mrkdwn: str, pieces: list[dict[str, Any]]) -> None:
    block = rich_text(mrkdwn)
    assert problems([block], surface="message") == []
    assert block["elements"][0]["elements"] == pieces


def test_a_paragraph_without_marks_of_somebody_else_stays_a_section() -> None:
    assert section([shown("db_1 is down", 99)])["type"] == "section"
    assert section([shown("*db_1* is down", 99)])["type"] == "rich_text"


def test_a_place_that_knows_no_marks_gets_plain_words() -> None:
    sentence = f"*INC-1* is {mention('U0TOM')}’s since {moment(MONDAY)}: “{shown('*a* & b', 99)}” `x` :fire:"
    assert plainly(sentence) == "INC-1 is a colleague’s since 2026-01-05 08:00 UTC: “*a* & b” x "
