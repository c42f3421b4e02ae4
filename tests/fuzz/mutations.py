"""Odd texts, and documents changed a little: what comes in when somebody else's software, or somebody's cat, types."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from typing import Any

ODD_TEXTS = (
    "", " ", "\n",
    "\t", "\x00", "\x1b[2J", "\u202e", "\u200b", "²", "①", "١٢", "🔥", "e\u0301", "’", "–", "\u00a0",
    "<!channel>", "<!here|here>", "<@U0TOM>", "<@U0NOBODY|x>", "<!subteam^S1|@all>", "@", "@tom", "#", "*", "`", "```",
    "&amp;", "{", "[", "\\", "'", '"', "“", "%s", "-1", "0", "00", "1e9", "9" * 20, "NaN", "null", "true", "None",
    "https://", "javascript:alert(1)", "http://[::1", "https://example.com/" + "x" * 3000, "x" * 3001, "ß" * 500,
    "INC-", "INC-0", "INC-1001", "1001", "INC-99999999999999999999", "SOP-1", "2026-W99", "2016-W12",
)  # fmt: skip
WORDS = (
    "P1", "P2", "P5", "P9", "Acme", "Dental", "Acme Dental", "Birch", "customer", "vendor", "parts", "other", "until",
    "for", "next", "from", "into", "because", "if", "opened", "at", "in", "site", "service", "impact", "urgency",
    "high",
    "resolution", "first response", "done", "aside", "mine", "all", "help", "redacted", "last week", "november",
)  # fmt: skip
TIMES = (
    "30m", "2h", "2h30", "1d", "1 business_day", "500h", "99999h99999m", "15:00", "24:00", "25:61", "9am", "12pm",
    "00:00", "tomorrow", "tomorrow 9am", "monday", "fri 14:00", "5 dec", "31 feb", "2026-02-30", "2026-12-31 23:59",
    "9999-12-31",
    "9999-12-31 23:59", "0001-01-01", "2026-02-03T10:00:00+25:00", "now", "eod", "14.00", "02:30",
)  # fmt: skip

ODD_VALUES: tuple[Any, ...] = (None, True, False, 0, -1, 1.5, 10**30, [], {}, [[]], {"a": None})


def text(chance: random.Random) -> str:
    """A word or a few, some of them odd."""
    pools = (ODD_TEXTS, WORDS, TIMES)
    joined = " ".join(chance.choice(chance.choice(pools)) for _ in range(chance.randint(1, 5)))
    return smudged(joined, chance) if chance.random() < 0.3 else joined


def smudged(written: str, chance: random.Random) -> str:
    """A text with a few characters dropped, doubled, moved or replaced."""
    marks = list(written)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(marks) + 1)
        match chance.randrange(4):
            case 0:
                del marks[place : place + chance.randint(1, 5)]
            case 1:
                marks[place:place] = chance.choice(ODD_TEXTS)[:20]
            case 2:
                marks[place:place] = marks[place : place + 10]
            case _:
                marks[place : place + 1] = chr(chance.choice((0, 7, 13, 34, 58, 92, 127, 160, 0x202E, 0xFEFF, 0x1F600)))
    return "".join(marks)


def changed(document: Any, chance: random.Random, *, times: int | None = None) -> Any:
    """A JSON document with some of its parts dropped, renamed, repeated or replaced by odd ones."""
    made = json.loads(json.dumps(document))
    for _ in range(chance.randint(1, 4) if times is None else times):
        made = _changed_once(made, chance)
    return made


def _changed_once(document: Any, chance: random.Random) -> Any:
    holders = [holder for holder in _holders(document) if holder]
    if not holders:
        return deepcopy(chance.choice(ODD_VALUES))
    holder = chance.choice(holders)
    name = chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    match chance.randrange(5):
        case 0:
            del holder[name]
        case 1:
            holder[name] = deepcopy(chance.choice(ODD_VALUES))
        case 2:
            holder[name] = text(chance)
        case 3 if isinstance(holder[name], str):
            holder[name] = smudged(holder[name], chance)
        case _ if isinstance(holder, dict):
            holder[text(chance)[:30]] = deepcopy(chance.choice(ODD_VALUES))
        case _:
            holder.append(deepcopy(holder[name]))
    return document


def _holders(document: Any) -> list[Any]:
    """Every object and list in a document, itself included."""
    inner = document.values() if isinstance(document, dict) else document if isinstance(document, list) else ()
    found = [holder for part in inner for holder in _holders(part)]
    return [document, *found] if isinstance(document, dict | list) else found
