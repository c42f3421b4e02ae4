"""Parses the words of `/sla …` into values: incident keys, people, points in time, customers.

Pure: the zone and the present come in. What cannot be read is refused with an error that carries the words.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress

from sla_engine.domain.agreements.errors import UnknownPerson
from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.agreements.msp import Msp, Person
from sla_engine.domain.incidents.priorities import Level, Priority
from sla_engine.domain.text.errors import MissingArgument, UnknownChoice
from sla_engine.domain.text.names import same_name
from sla_engine.parsing.choices import choice, nearest
from sla_engine.parsing.keys import KEY_WANTED, looks_like_key, number, take_key, words_of
from sla_engine.parsing.moments import moment, split_moment, split_until

__all__ = [
    "KEY_WANTED",
    "choice",
    "is_person",
    "looks_like_key",
    "moment",
    "nearest",
    "number",
    "person",
    "split_end",
    "split_until",
    "take_customer",
    "take_key",
    "take_levels",
    "take_metric",
    "take_named",
    "take_person",
    "take_priority",
    "words_of",
]

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


def person(word: str, msp: Msp) -> str:
    """The Slack id for `<@U…>`, `@name` or a login.

    Raises: UnknownPerson, AmbiguousPerson.
    """
    mentioned = _MENTION.fullmatch(word)
    return mentioned.group(1) if mentioned else msp.meant(word).slack_id


def take_person(words: Sequence[str], msp: Msp) -> tuple[Person, list[str]]:
    """The person that words begin with, by as much of a name as is one, and the other words.

    Raises: UnknownPerson, AmbiguousPerson.
    """
    for count in range(len(words), 1, -1):
        with suppress(UnknownPerson):
            return _colleague(" ".join(words[:count]), msp), list(words[count:])
    return _colleague(words[0], msp), list(words[1:])


def _colleague(word: str, msp: Msp) -> Person:
    colleague = msp.person(person(word, msp))
    if colleague is None:
        raise UnknownPerson(word)
    return colleague


def is_person(word: str) -> bool:
    """Whether a word names somebody."""
    return word.startswith("@") or _MENTION.fullmatch(word) is not None


def take_customer(words: list[str], customers: Sequence[str]) -> str | None:
    """Remove and return the customer that the words begin with: the longest known name, in any spelling."""
    for count in range(len(words), 0, -1):
        customer = same_name(" ".join(words[:count]), customers)
        if customer is not None:
            del words[:count]
            return customer
    return None


def take_priority(words: list[str]) -> Priority | None:
    """Remove and return the priority that comes next; None when impact or urgency comes instead.

    Raises: UnknownChoice.
    """
    if words and words[0].lower() in _LEVELS_OF:
        return None
    return choice(Priority, words.pop(0) if words else "", what="priority")


def take_levels(words: list[str], *, usage: str) -> Mapping[str, Level]:
    """Remove and return `impact high urgency low`, in either order; empty when neither word comes next.

    Raises: MissingArgument for a word without its level, UnknownChoice.
    """
    levels: dict[str, Level] = {}
    while words and words[0].lower() in _LEVELS_OF and words[0].lower() not in levels:
        name = words.pop(0).lower()
        if not words:
            raise MissingArgument(name, usage)
        levels[name] = choice(Level, words.pop(0), what=name)
    return levels


def take_named(words: list[str], marker: str, known: Sequence[str]) -> str | None:
    """Remove and return the known name after a marker such as `site`; None when something else comes next."""
    if not words or words[0].lower() != marker:
        return None
    rest = words[1:]
    name = take_customer(rest, known)
    if name is not None:
        words[:] = rest
    return name


def split_end(words: Sequence[str]) -> tuple[list[str], str | None]:
    """The reason and remark of a pause, and when it ends: what follows `until` or `for`, or a time after the reason."""
    before, until = split_until(words, "until", "for")
    if until is None:
        end, remark = split_moment(before[1:])
        return [*before[:1], *remark], end or None
    end, remark = split_moment(until.split())
    return ([*before, *remark], end) if end else (before, until)


def take_metric(words: list[str], *, usage: str) -> MetricName:
    """Remove and return the metric that comes next: `first response`, `response`, `resolution_plan`, `plan`.

    Raises: MissingArgument, UnknownChoice.
    """
    if not words:
        raise MissingArgument("metric", usage)
    for count in (2, 1):
        written = " ".join(words[:count]).lower().replace("_", " ").replace("-", " ")
        if written in _METRICS:
            del words[:count]
            return _METRICS[written]
    near = nearest(words[0], list(_METRICS))
    raise UnknownChoice("metric", words[0], (near,) if near else tuple(METRICS))


_LEVELS_OF = ("impact", "urgency")
_METRICS: Mapping[str, MetricName] = {
    word: row.name for row in METRICS.values() for word in (row.short, row.label.lower().split()[-1], row.label.lower())
}
