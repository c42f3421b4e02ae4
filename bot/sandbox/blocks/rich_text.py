"""Slack's rules inside a rich_text block."""

from collections.abc import Mapping

from bot.sandbox.blocks.elements import link
from bot.sandbox.blocks.rules import Rule, Shape, array, boolean, choice, integer, one_of_types, record, string
from bot.sandbox.blocks.texts import identifier

RICH_TEXT_MAX_PIECES = 1000
_STYLE_NAMES = ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")

_style: Rule = record(Shape(optional=dict.fromkeys(_STYLE_NAMES, boolean)))
_words: Rule = string(longest=12_000)
_flag: Rule = integer(least=0, most=1)

_PIECES: Mapping[str, Shape] = {
    "text": Shape(required={"text": _words}, optional={"style": _style}),
    "link": Shape(required={"url": link}, optional={"text": _words, "style": _style, "unsafe": boolean}),
    "user": Shape(required={"user_id": identifier}, optional={"style": _style}),
    "usergroup": Shape(required={"usergroup_id": identifier}, optional={"style": _style}),
    "channel": Shape(required={"channel_id": identifier}, optional={"style": _style}),
    "team": Shape(required={"team_id": identifier}, optional={"style": _style}),
    "broadcast": Shape(required={"range": choice("here", "channel", "everyone")}, optional={"style": _style}),
    "color": Shape(required={"value": string(longest=7)}, optional={"style": _style}),
    "emoji": Shape(
        required={"name": string(longest=100)},
        optional={
            "unicode": string(longest=100),
            "skin_tone": integer(least=1, most=6),
            "url": link,
            "style": _style,
        },
    ),
    "date": Shape(
        required={"timestamp": integer(least=0, most=9_999_999_999), "format": string(longest=255)},
        optional={"url": link, "fallback": _words, "style": _style},
    ),
}


def _pieces(*only: str) -> Rule:
    return array(one_of_types(_PIECES, only=only or None), most=RICH_TEXT_MAX_PIECES, least=0)


_SECTION = Shape(required={"elements": _pieces()})
_PARTS: Mapping[str, Shape] = {
    "rich_text_section": _SECTION,
    "rich_text_quote": Shape(required={"elements": _pieces()}, optional={"border": _flag}),
    "rich_text_preformatted": Shape(
        required={"elements": _pieces("text", "link")},
        optional={"border": _flag, "language": string(longest=50)},
    ),
    "rich_text_list": Shape(
        required={
            "style": choice("bullet", "ordered"),
            "elements": array(one_of_types({"rich_text_section": _SECTION}), most=RICH_TEXT_MAX_PIECES),
        },
        optional={
            "indent": integer(least=0, most=8),
            "offset": integer(least=0, most=10_000),
            "border": _flag,
        },
    ),
}

RICH_TEXT = Shape(
    required={"elements": array(one_of_types(_PARTS), most=RICH_TEXT_MAX_PIECES, least=0)},
    optional={"block_id": identifier},
)
