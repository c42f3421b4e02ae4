"""Texts of people and other systems: every nasty one, put into every value that a view is given."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

AT = datetime(2026, 1, 5, 9, 20, tzinfo=UTC)
WORDS = "Plain words"
"""Stands wherever somebody else's words may stand, until they are put there."""

NASTY = {
    "plain words": WORDS,
    "mentions": "<!here> <!channel> <!everyone> <@U0DANA> <@W012A3CDE> <!subteam^S0123456789|@desk> <#C0DISPATCH>",
    "a link": "<https://evil.example|click> & <https://evil.example> <mailto:a@evil.example>",
    "a date": "<!date^0^{date}|now>",
    "entities": "&lt;!here&gt; &amp;lt; a<b>c & 1 < 2",
    "names and addresses": "@here @channel @dana #general https://evil.example evil.example a@evil.example",
    "formatting": "*URGENT* _now_ ~old~ `rm -rf` :fire: (*x*) '_y_' \"~z~\"",
    "marks that stand alone": "* _ ~ ` : *.acme.example ~/data `open _x x_",
    "marks that touch": "** __ ~~ *_~x~_* ***x*** `a``b` ```fence``` :a:b:c: ::",
    "full width marks": "＊bold＊ ＿it＿ ｀code｀",
    "an emoji": ":white_check_mark: *RESOLVED* :+1::skin-tone-2: :チェック_緑:",
    "a quote": "> quoted",
    "everything quoted": ">>> quoted",
    "a full width quote": "＞ quoted",
    "within words": "db_1 a*b x_y_z 10:30:45 C:\\temp 5*3=15 user_name_2",
    "a forged line": "x\n• P1 *INC-9999* all resolved\r\n> and so on",
    "an override of the reading direction": "invoice \u202egnp.exe\u202c \u2066x\u2069 \u200fy\u200e \u061cz",
    "right to left": "השרת *במרפאה* נפל :fire:",
    "right to left in Arabic": "الطابعة `معطلة` <!here>",
    "escapes of a terminal": "\x1b]0;owned\x07\x1b[2J\x1b[31m red \x9b31m \x85 a\rb \x7f\x00\x08",
    "half an emoji": "half \ud83d and \udd25",
    "marks nobody can see": "a\u2060b \u2062\ufeffc ∗\u2060bold∗\u2060 \u200b*x*\u200b \u00ad_y_",
    "line breaks of all kinds": "a\u2028b\u2029c\x0bd\x0ce",
    "places for words": "%s {0} {key} ${x} \\n",
    "pipes and carets": "a|b^c|d ^ |",
    "an address": "https://desk.example/t/7?a=1&b=<x>|y",
    "a login": "webhook:<!here>",
    "a group's name": "<!subteam^S123|@helpdesk>",
}
LONG = {
    "4,000 characters": "Printer & scanner <offline> *now* " * 118,
    "one word of 4,000 characters": "x" * 4000,
    "emoji only": "🔥" * 2000,
    "ampersands": "&" * 4000,
    "marks only": "*" * 4000,
    "right to left and long": "השרת במרפאה נפל " * 250,
    "many lines": "one\ntwo\n\n" * 400,
}
KEY, ZONE = "INC-1042", "Europe/Berlin"
OURS: Mapping[str, str] = {
    "incident_key": KEY,
    "key": KEY,
    "number": "SOP-7",
    "action_number": "ACT-3",
    "priority": "P2",
    "metric": "resolution",
    "metric_label": "Fix",
    "label": "Fix",
    "short": "resolve",
    "zone": ZONE,
    "week": "2026-W06",
    "age": "0-1",
    "merged_into": "",
    "rung": "",
    "stages_of": "Fix",
    "database": "SQLite",
}
"""Text fields that nobody but us fills."""

Made = TypeVar("Made")


def sample(kind: type[Made], /, **given: Any) -> Made:
    """A value of a dataclass in which every field is filled, and every text that is not ours is `WORDS`."""
    hints = get_type_hints(kind)
    names = [field.name for field in dataclasses.fields(kind) if field.init]  # type: ignore[arg-type]
    ours = {name: OURS[name] for name in names if name in OURS and hints[name] in {str, str | None}}
    return kind(**{name: _filled(hints[name]) for name in names} | ours | given)


def worded(value: Made, text: str) -> Made:
    """The value with `text` wherever it says `WORDS`."""
    copy: Any = value
    if isinstance(value, str):
        copy = text if value == WORDS else value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {field.name: worded(getattr(value, field.name), text) for field in dataclasses.fields(value)}
        copy = dataclasses.replace(value, **changed)
    elif isinstance(value, tuple | list):
        copy = type(value)(worded(item, text) for item in value)
    elif isinstance(value, Mapping):
        copy = {worded(key, text): worded(item, text) for key, item in value.items()}
    return copy  # type: ignore[no-any-return]


_PLAIN: Mapping[Any, Any] = {
    str: WORDS,
    int: 7,
    float: 1.5,
    bool: False,
    datetime: AT,
    date: AT.date(),
    timedelta: timedelta(minutes=45),
    Any: WORDS,
}


def _filled(hint: Any) -> Any:  # noqa: PLR0911 - one answer for each kind of type
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, inside = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return _filled(inside[0])
    if origin is tuple:
        return tuple(_filled(member) for member in inside if member is not Ellipsis)
    if origin is not None and issubclass(origin, Mapping):
        return {}
    if origin is not None and issubclass(origin, Sequence):
        return [_filled(inside[0])]
    if issubclass(hint, Enum):
        return next(iter(hint))
    return sample(hint)
