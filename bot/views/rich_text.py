"""Our own mrkdwn read back: as rich text, in which what people wrote stands as they wrote it, and as plain words.

Slack parses nothing in the text of a rich text block, so marks are exact there, also when they are copied. Slack's mark
for each thing is known because we wrote it: what people wrote went through `shown`, which leaves none.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.text import LITERAL, as_written

Piece = dict[str, Any]

_TOKENS = re.compile(
    rf"(?P<literal>[^\n]{LITERAL})"
    r"|<!date\^(?P<date>\d+)\^(?P<format>[^|<>]+)\|(?P<fallback>[^<>]*)>"
    r"|<@(?P<user>[A-Z0-9]+)>"
    r"|<!subteam\^(?P<usergroup>[A-Z0-9]+)>"
    r"|<#(?P<channel>[A-Z0-9]+)>"
    r"|<(?P<link>https?://[^|<>]+)\|(?P<label>[^<>]*)>"
    r"|(?<![\w:]):(?P<emoji>[a-z][a-z0-9_]+):(?![\w:])"
    r"|(?P<bold>(?<![^\W_])\*|\*(?![^\W_]))"
    r"|(?P<code>`)"
)
_STYLES = ("bold", "code")


def literal(mrkdwn: str) -> bool:
    """Whether it holds marks that must be shown as they are."""
    return LITERAL in mrkdwn


def rich_text(mrkdwn: str) -> Piece:
    """The paragraph as a rich text block."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(_pieces(mrkdwn))}]}


def plainly(mrkdwn: str) -> str:
    """The paragraph for a place that knows neither marks nor mentions, such as the complaint below a form's field."""
    return "".join(_PLAIN[piece["type"]](piece) for piece in _pieces(mrkdwn))


def _pieces(mrkdwn: str) -> Iterator[Piece]:
    styles: set[str] = set()
    words, at = "", 0
    for token in _TOKENS.finditer(mrkdwn):
        kind = str(token.lastgroup)
        words, at = words + mrkdwn[at : token.start()], token.end()
        is_within_code = "code" in styles and kind != "code"
        if kind == "literal" or is_within_code:
            words += token[0]
        else:
            yield from _text(words, styles)
            words = ""
            if kind in _STYLES:
                styles ^= {kind}
            else:
                yield _styled(_piece(token), styles)
    yield from _text(words + mrkdwn[at:], styles)


def _piece(token: re.Match[str]) -> Piece:
    if token["date"]:
        return {
            "type": "date",
            "timestamp": int(token["date"]),
            "format": token["format"],
            "fallback": token["fallback"],
        }
    if token["link"]:
        return {"type": "link", "url": _decoded(token["link"]), "text": _decoded(as_written(token["label"]))}
    if token["emoji"]:
        return {"type": "emoji", "name": token["emoji"]}
    kind = next(name for name in ("user", "usergroup", "channel") if token[name])
    return {"type": kind, f"{kind}_id": token[kind]}


def _text(words: str, styles: set[str]) -> Iterator[Piece]:
    if words:
        yield _styled({"type": "text", "text": _decoded(as_written(words))}, styles)


def _styled(piece: Piece, styles: set[str]) -> Piece:
    if not styles or piece["type"] == "emoji":
        return piece
    return piece | {"style": dict.fromkeys(sorted(styles), True)}


def _decoded(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


_PLAIN: Mapping[str, Callable[[Piece], str]] = {
    "text": lambda piece: str(piece["text"]),
    "date": lambda piece: str(piece["fallback"]),
    "link": lambda piece: str(piece["text"]),
    "emoji": lambda _: "",
    "user": lambda _: "a colleague",
    "usergroup": lambda _: "a group",
    "channel": lambda _: "a channel",
}
