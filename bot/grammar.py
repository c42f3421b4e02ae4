"""The words of `/sla …` read into values: incident keys, people, durations, points in time, customers.

Pure: the zone and the present come in. What cannot be read is refused with an error that carries the words.
"""

import re
from collections.abc import Sequence

from sla_engine.domain.errors import UnknownPerson
from sla_engine.domain.people import Msp
from sla_engine.words.choices import choice, nearest
from sla_engine.words.keys import KEY_WANTED, looks_like_key, take_key, words_of
from sla_engine.words.moments import duration, moment, split_until

__all__ = [
    "KEY_WANTED",
    "choice",
    "duration",
    "is_person",
    "looks_like_key",
    "moment",
    "nearest",
    "person",
    "split_until",
    "take_customer",
    "take_key",
    "words_of",
]

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


def person(word: str, msp: Msp) -> str:
    """The Slack id meant by `<@U…>`, `@name` or a login.

    Raises: UnknownPerson.
    """
    mentioned = _MENTION.fullmatch(word)
    if mentioned:
        return mentioned.group(1)
    name = word.removeprefix("@").lower()
    for someone in msp.people:
        login = (someone.login or someone.slack_id).lower()
        if name in (someone.slack_id.lower(), someone.name.lower(), someone.name.lower().split()[0], login):
            return someone.slack_id
    raise UnknownPerson(word)


def is_person(word: str) -> bool:
    """Whether a word names somebody."""
    return word.startswith("@") or _MENTION.fullmatch(word) is not None


def take_customer(words: list[str], customers: Sequence[str]) -> str | None:
    """Remove and answer the customer a command begins with: the longest known name that fits, in any case."""
    text = " ".join(words).lower()
    fitting = [name for name in customers if text == name.lower() or text.startswith(f"{name.lower()} ")]
    if not fitting:
        return None
    found = max(fitting, key=len)
    del words[: len(found.split())]
    return found
