"""Reads the words after `/sla misses` in any order: which period, whose, which metric and reason, unexplained or not.

Pure: the zone, the present and the customers come in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import BREACH_REASONS, Attribution, BreachReason
from sla_engine.domain.reporting.missed_targets import MissFilter
from sla_engine.domain.text.errors import ExtraWords, SeveralNamed, UnknownChoice
from sla_engine.domain.text.names import folded, names_with_part, same_name, similar_names
from sla_engine.domain.time.date_ranges import DateRange
from sla_engine.domain.time.errors import UnknownPeriod, UnknownWeek
from sla_engine.domain.time.periods import Period
from sla_engine.parsing.metric_words import METRIC_WORDS, metric_word
from sla_engine.parsing.periods import period

_Value = TypeVar("_Value")
_Read = Callable[[Sequence[str]], _Value | None]

_PRIORITIES: Mapping[str, Priority] = {priority.value.lower(): priority for priority in Priority}
_UNEXPLAINED: Mapping[str, bool] = dict.fromkeys(("unexplained", "not explained", "no note"), True)
_SIDES: Mapping[str, Attribution] = {
    "ours": Attribution.US,
    "us": Attribution.US,
    "customer": Attribution.CUSTOMER,
    "third party": Attribution.THIRD_PARTY,
}
_REASONS: Mapping[str, BreachReason] = {
    folded(name).replace("-", " "): reason
    for reason, row in BREACH_REASONS.items()
    for name in (reason.value, row.label)
}
_WEEK = "week"
_EXAMPLES = ("last week", "first reply", "fix", BreachReason.LATE_TRIAGE.value, "P1", "ours", "unexplained")
_LONGEST_NAME = max(len(name.split()) for name in _REASONS)


@dataclass(slots=True)
class MissWords:
    """What the words ask for; `period` is None where none is named."""

    period: Period | DateRange | None = None
    customer: str | None = None
    metrics: list[MetricName] = field(default_factory=list)
    reasons: list[BreachReason] = field(default_factory=list)
    sides: list[Attribution] = field(default_factory=list)
    priorities: list[Priority] = field(default_factory=list)
    is_unexplained: bool = False

    @property
    def wanted(self) -> MissFilter:
        """The filter that these words stand for."""
        return MissFilter(
            customer=self.customer,
            metrics=tuple(self.metrics),
            reasons=tuple(self.reasons),
            sides=tuple(self.sides),
            priorities=tuple(self.priorities),
            is_unexplained=self.is_unexplained,
        )


def miss_words(words: Sequence[str], *, customers: Sequence[str], zone: str, now: datetime) -> MissWords:
    """Sort the words by what they ask for; a customer or a reason may be named by a part of its name.

    A customer's whole name is read first, so that no word of it is taken for another.
    Raises: UnknownChoice, SeveralNamed, ExtraWords, UnknownWeek, PeriodNotBegun.
    """
    asked, rest = MissWords(), list(words)
    asked.customer = _whole_name(rest, customers)
    periods: list[Period | DateRange] = _taken(rest, lambda part: _period(part, zone=zone, now=now), most=2)
    if len(periods) > 1:
        raise ExtraWords(str(periods[-1]))
    asked.period = next(iter(periods), None)
    asked.is_unexplained = bool(_taken(rest, _one_of(_UNEXPLAINED), most=2))
    asked.metrics = _taken(rest, metric_word, most=2)
    asked.reasons = _taken(rest, _one_of(_REASONS), most=_LONGEST_NAME)
    asked.sides = _taken(rest, _one_of(_SIDES), most=2)
    asked.priorities = _taken(rest, _one_of(_PRIORITIES), most=1)
    _take_parts(rest, asked, customers)
    return asked


def _whole_name(words: list[str], customers: Sequence[str]) -> str | None:
    """Remove and return the customer whose whole name stands among the words, the longest one."""
    for count in range(len(words), 0, -1):
        for start in range(len(words) - count + 1):
            customer = same_name(" ".join(words[start : start + count]), customers)
            if customer is not None:
                del words[start : start + count]
                return customer
    return None


def _taken(words: list[str], read: _Read[_Value], *, most: int) -> list[_Value]:
    """Remove what `read` understands, of at most so many words in a row, and return each value once."""
    values: list[_Value] = []
    for count in range(most, 0, -1):
        start = 0
        while start + count <= len(words):
            value = read(words[start : start + count])
            if value is None:
                start += 1
                continue
            del words[start : start + count]
            if value not in values:
                values.append(value)
    return values


def _one_of(known: Mapping[str, _Value]) -> _Read[_Value]:
    return lambda part: known.get(folded(" ".join(part)).replace("-", " "))


def _period(part: Sequence[str], *, zone: str, now: datetime) -> Period | DateRange | None:
    """The week, the month or the days that these words name together.

    Raises: PeriodNotBegun, and UnknownWeek for a number that no week has.
    """
    written = " ".join(part)
    days = DateRange.parse(written)
    if days is not None:
        return days
    is_numbered = len(part) == 1 or part[0].lower() == _WEEK
    try:
        return period(written, zone=zone, now=now)
    except UnknownPeriod:
        return None
    except UnknownWeek:
        if is_numbered and any(mark.isdigit() for mark in written):
            raise
        return None


def _take_parts(words: list[str], asked: MissWords, customers: Sequence[str]) -> None:
    """Read what is left as parts of names.

    Raises: SeveralNamed where a part fits more than one, UnknownChoice where it fits none, ExtraWords for a second
    customer.
    """
    while words:
        part, names, reasons = _longest_part(words, customers)
        if len(names) + len(reasons) > 1:
            kinds = [*(["customer"] if names else []), *(["reason"] if reasons else [])]
            fits = [*((name, name) for name in names), *((BREACH_REASONS[one].label, one.value) for one in reasons)]
            raise SeveralNamed(" or ".join(kinds), part, tuple(fits))
        if names and asked.customer is not None:
            raise ExtraWords(part)
        asked.customer = names[0] if names else asked.customer
        asked.reasons += [one for one in reasons if one not in asked.reasons]
        del words[: len(part.split())]


def _longest_part(
    words: Sequence[str], customers: Sequence[str]
) -> tuple[str, tuple[str, ...], tuple[BreachReason, ...]]:
    """The longest first words that are part of a name, with the customers and reasons they fit.

    Raises: UnknownChoice where even the first word fits none.
    """
    for count in range(len(words), 0, -1):
        part = " ".join(words[:count])
        names = names_with_part(part, customers)
        reasons = tuple(dict.fromkeys(_REASONS[name] for name in names_with_part(part, _REASONS)))
        if names or reasons:
            return part, names, reasons
    known = (*customers, *METRIC_WORDS, *_REASONS, *_UNEXPLAINED)
    raise UnknownChoice("customer, metric, reason or period", words[0], similar_names(words[0], known) or _EXAMPLES)
