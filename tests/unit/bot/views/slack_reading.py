"""Reads a message as Slack might: leniently, so that whatever might be formatting counts as formatting."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from bot.views.rendered import Rendered

Json = Mapping[str, Any]

_TOKEN = re.compile(r"<([^<>]*)>")
_CODE = re.compile(r"[`｀][^`｀\n]+[`｀]")
_EMOJI = re.compile(r":(?!\d{1,2}:)[\w+'-]+:")
_STYLED = re.compile(r"(?<![^\W_])([*_~＊＿])(?=\S)[^\n]*?(?<=\S)\1(?![^\W_])")
_QUOTE = re.compile(r"^(?:&gt;|[>＞])", re.MULTILINE)
_UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066\u2067\ud800-\udfff\ufeff]")


def formatting(mrkdwn: str) -> Counter[str]:
    """Everything in mrkdwn that is more than text: how often which style, which mention, which emoji."""
    counts = Counter(_kind_of(token) for token in _TOKEN.findall(mrkdwn))
    left = _TOKEN.sub("X", mrkdwn)
    counts["code"] += len(_CODE.findall(left))
    left = _CODE.sub("X", left)
    counts.update(_EMOJI.findall(left))
    counts["quote"] += len(_QUOTE.findall(left))
    counts.update("styled " + match[1] for match in _STYLED.finditer(_EMOJI.sub("X", left)))
    counts["<>"] += sum(left.count(mark) for mark in "<>")
    return +counts


def of_rich_text(block: Json) -> Counter[str]:
    """The same of a rich text block."""
    counts: Counter[str] = Counter()
    for part in block["elements"]:
        for piece in part["elements"]:
            match piece["type"]:
                case "text":
                    pass
                case "emoji":
                    counts[f":{piece['name']}:"] += 1
                case "user":
                    counts[f"@{piece['user_id']}"] += 1
                case kind:
                    counts[kind] += 1
        for style, name in (("bold", "styled *"), ("code", "code")):
            words = [style in piece.get("style", {}) for piece in part["elements"] if piece["type"] != "emoji"]
            counts[name] += sum(is_styled for is_styled, _ in groupby(words))
    return +counts


def of_message(blocks: list[dict[str, Any]]) -> Counter[str]:
    """Everything in blocks that is more than text."""
    counts: Counter[str] = Counter()
    for part in _parts(blocks):
        counts += formatting(part["text"]) if part["type"] == "mrkdwn" else of_rich_text(part)
    return counts


def parsed(blocks: list[dict[str, Any]]) -> list[str]:
    """The texts in blocks that Slack looks through for mentions and formatting."""
    return [part["text"] for part in _parts(blocks) if part["type"] == "mrkdwn"]


def copied(blocks: list[dict[str, Any]]) -> str:
    """The text on the clipboard after the whole message was marked and copied."""
    return "\n".join(_copied(part) for part in _parts(blocks, also=("plain_text",)))


def unreadable(value: object) -> list[str]:
    """Characters that steer a screen instead of being read; those that keep right-to-left words apart may be there."""
    return [mark for text in _strings(value) for mark in _UNREADABLE.findall(text)]


def everything(message: Rendered | Mapping[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """The blocks of a message or a form, and a message's text."""
    if isinstance(message, Rendered):
        return message.blocks, message.text
    return list(message["blocks"]), ""


def _kind_of(token: str) -> str:
    if token.startswith("@"):
        return token
    if token.startswith("!date^"):
        return "date"
    return "link" if token.startswith(("https://", "http://")) else token


def _parts(value: object, also: tuple[str, ...] = ()) -> Iterator[Json]:
    if isinstance(value, list):
        for item in value:
            yield from _parts(item, also)
    elif isinstance(value, dict):
        if value.get("type") in {"mrkdwn", "rich_text", *also}:
            yield value
        else:
            for item in value.values():
                yield from _parts(item, also)


def _copied(part: Json) -> str:
    if part["type"] == "rich_text":
        pieces = (piece for section in part["elements"] for piece in section["elements"])
        return "".join(str(piece.get("text", "")) for piece in pieces)
    text = str(part["text"])
    if part["type"] == "plain_text":
        return text
    return _TOKEN.sub("", text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
