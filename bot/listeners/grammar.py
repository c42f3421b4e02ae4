"""Parses the words of `/sla …` into values: incident keys, people, points in time, customers.

Pure: the zone and the present come in. What cannot be read is refused with an error that carries the words.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from bot.errors import FromAnotherVersion
from sla_engine.domain.agreements.errors import UnknownPerson
from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.incidents.priorities import Level, Priority
from sla_engine.domain.text.errors import MissingArgument, SeveralNamed, UnknownChoice
from sla_engine.domain.text.names import folded, names_with_part, same_name
from sla_engine.parsing.choices import choice, nearest
from sla_engine.parsing.keys import KEY_WANTED, looks_like_key, no_more, number, take_key, take_only_key, words_of
from sla_engine.parsing.metric_words import METRIC_WORDS, metric_word
from sla_engine.parsing.moments import moment, split_moment, split_plain_moment, split_until

__all__ = [
    "KEY_WANTED",
    "NamedPerson",
    "choice",
    "day",
    "find_customer",
    "find_person",
    "instant",
    "is_person",
    "looks_like_key",
    "moment",
    "nearest",
    "no_more",
    "number",
    "person",
    "split_end",
    "split_plain_moment",
    "split_until",
    "take_key",
    "take_known_priority",
    "take_levels",
    "take_metric",
    "take_name",
    "take_named",
    "take_only_key",
    "the_one_named",
    "with_names",
    "words_of",
]

SHORTEST_PART = 3
"""A shorter part of a name is a word of a title rather."""
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|([^>]*))?>")


def person(word: str, msp: Msp) -> str:
    """The Slack id for `<@U…>`, `@name` or a login.

    Raises: UnknownPerson, AmbiguousPerson.
    """
    mentioned = _MENTION.fullmatch(word)
    return mentioned.group(1) if mentioned else msp.meant(word).slack_id


def with_names(text: str, msp: Msp) -> str:
    """What somebody wrote in Slack, with the names of people for Slack's codes of mentions: `@Tess` for `<@U0TESS>`."""

    def named(mention: re.Match[str]) -> str:
        return f"@{msp.short_name(mention[1]) or mention[2] or 'somebody'}"

    return _MENTION.sub(named, text)


def instant(carried: str) -> datetime:
    """The SLA time at which a form was opened, as it carries it.

    Raises: FromAnotherVersion.
    """
    try:
        at = datetime.fromisoformat(carried)
    except ValueError:
        raise FromAnotherVersion("instant") from None
    if at.tzinfo is None:
        raise FromAnotherVersion("instant")
    return at


def day(chosen: str) -> date:
    """The day that somebody chose in a form.

    Raises: FromAnotherVersion.
    """
    try:
        return date.fromisoformat(chosen)
    except ValueError:
        raise FromAnotherVersion("day") from None


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """Somebody who was named, and what they are called; perhaps nobody of ours any more."""

    slack_id: str
    name: str


def find_person(words: Sequence[str], msp: Msp) -> tuple[NamedPerson | None, list[str]]:
    """The person among words, by as much of a name after its `@` as is one, and the other words.

    A mention means whoever it is of, also somebody the people file does not name.
    Raises: UnknownPerson, AmbiguousPerson.
    """
    place = next((place for place, word in enumerate(words) if is_person(word)), None)
    if place is None:
        return None, list(words)
    mentioned = _MENTION.fullmatch(words[place])
    if mentioned:
        colleague = msp.person(mentioned[1])
        name = mentioned[2] or mentioned[1] if colleague is None else colleague.name
        return NamedPerson(mentioned[1], name), [*words[:place], *words[place + 1 :]]
    for end in range(len(words), place, -1):
        with suppress(UnknownPerson):
            named = msp.meant(" ".join(words[place:end]))
            return NamedPerson(named.slack_id, named.name), [*words[:place], *words[end:]]
    raise UnknownPerson(words[place])


def find_customer(words: Sequence[str], customers: Sequence[str]) -> tuple[str | None, list[str]]:
    """The customer whose whole name stands among words, the longest one, and the other words."""
    for count in range(len(words), 0, -1):
        for start in range(len(words) - count + 1):
            customer = same_name(" ".join(words[start : start + count]), customers)
            if customer is not None:
                return customer, [*words[:start], *words[start + count :]]
    return None, list(words)


def is_person(word: str) -> bool:
    """Whether a word names somebody."""
    return word.startswith("@") or _MENTION.fullmatch(word) is not None


def take_name(words: list[str], known: Sequence[str], *, what: str) -> str | None:
    """Remove and return the known name that the words begin with: the longest whole one, else a part that fits one.

    Raises: SeveralNamed when a part fits more than one.
    """
    for count in range(len(words), 0, -1):
        name = same_name(" ".join(words[:count]), known)
        if name is not None:
            del words[:count]
            return name
    count = 0
    while count < len(words) and _begun_by(words[: count + 1], known):
        count += 1
    part = " ".join(words[:count])
    if len(part) < SHORTEST_PART:
        return None
    name = the_one_named(part, _begun_by(words[:count], known), what=what)
    del words[:count]
    return name


def _begun_by(parts: Sequence[str], known: Sequence[str]) -> list[str]:
    """The known names in which each of these words begins a word: at the head of a title a part in the middle of one
    (`desk` of `helpdesk`) is a word of the title rather.
    """
    begun = [folded(part) for part in parts]
    return [
        name for name in known if all(any(word.startswith(part) for word in folded(name).split()) for part in begun)
    ]


def the_one_named(part: str, known: Sequence[str], *, what: str) -> str:
    """The one known name that a part of a name means; the part itself where it fits none.

    Raises: SeveralNamed when it fits more than one.
    """
    fitting = names_with_part(part, known)
    if len(fitting) > 1:
        raise SeveralNamed(what, part, tuple((name, name) for name in fitting))
    return fitting[0] if fitting else part


def take_known_priority(words: list[str]) -> Priority | None:
    """Remove and return the priority that comes next; None when something else does."""
    known = {priority.value.lower(): priority for priority in Priority}
    return known[words.pop(0).lower()] if words and words[0].lower() in known else None


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
    name = take_name(rest, known, what=marker)
    if name is not None:
        words[:] = rest
    return name


def split_end(words: Sequence[str]) -> tuple[list[str], str | None]:
    """The reason and remark of a pause, and when it ends: what follows `until` or `for`, or a time after the reason."""
    before, until = split_until(words, "until", "for")
    if until is None:
        end, remark = split_plain_moment(before[1:])
        return [*before[:1], *remark], end or None
    end, remark = split_moment(until.split())
    return ([*before, *remark], end) if end else (before, until)


def take_metric(words: list[str], *, usage: str) -> MetricName:
    """Remove and return the metric that comes next: `first reply`, `reply`, `resolution_plan`, `plan`.

    Raises: MissingArgument, UnknownChoice.
    """
    if not words:
        raise MissingArgument("metric", usage)
    for count in (2, 1):
        named = metric_word(words[:count])
        if named is not None:
            del words[:count]
            return named
    near = nearest(words[0], list(METRIC_WORDS))
    raise UnknownChoice("metric", words[0], (near,) if near else tuple(row.label.lower() for row in METRICS.values()))


_LEVELS_OF = ("impact", "urgency")
