"""Consecutive years of open time, laid out so that a question within them is two look-ups, however far it reaches.

Open time is a second time line, on which closed time takes no room. Every stretch knows the instant at which that line
would have begun if it had never been closed before, its `origin`: from there `instant - origin` is the open time before
an instant of the stretch, and `origin + amount` is the instant at which so much open time is reached. What is left is
to find the stretch: by the date of an instant, or by the whole days in an amount, and then a step or two.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain, pairwise

from sla_engine.domain.spans import Span
from sla_engine.domain.wall_hours import LATEST

ONE_DAY = timedelta(days=1)


class Stretch:
    """An open span among others: the open time up to its opening and through its closing, and the one after it."""

    __slots__ = ("before", "closes", "later", "opens", "origin", "through")

    def __init__(self, opens: datetime, closes: datetime, before: timedelta) -> None:
        self.opens = opens
        self.closes = closes
        self.before = before
        self.through = before + (closes - opens)
        self.origin = opens - before
        self.later = self


# By the ordinal of a UTC date: the first stretch that closes after its midnight. By whole days of open time: the first
# stretch that reaches so much. They are one value, because both count from the same beginning.
Horizon = tuple[dict[int, Stretch], list[Stretch]]
NOTHING_LAID_OUT: Horizon = ({}, [])


def laid_out(years: Mapping[int, Sequence[Span]]) -> Horizon:
    """Lay out consecutive years, each with its open spans, oldest first.

    The last year that can be written down must not be among them: a look-up ends at a stretch after all of them.
    """
    stretches: list[Stretch] = []
    total = timedelta()
    for span in chain.from_iterable(years.values()):
        stretches.append(Stretch(span.start, span.end, total))
        total = stretches[-1].through
    stretches.append(_never_reached(total))
    for earlier, later in pairwise(stretches):
        earlier.later = later
    return _by_date(stretches[0], years), _by_amount(stretches[0], total)


def years_laid_out(horizon: Horizon) -> range:
    """The years in which a horizon answers."""
    dates = horizon[0]
    if not dates:
        return range(0)
    return range(date.fromordinal(next(iter(dates))).year, date.fromordinal(next(reversed(dates))).year + 1)


def _never_reached(before: timedelta) -> Stretch:
    """The end of the look-up: no amount is left for it, and any amount added to its origin overflows."""
    never = Stretch(LATEST, LATEST, before)
    never.origin = LATEST
    never.through = timedelta.max
    return never


def _by_date(first: Stretch, years: Iterable[int]) -> dict[int, Stretch]:
    found: dict[int, Stretch] = {}
    stretch = first
    for year in years:
        midnight = datetime(year, 1, 1, tzinfo=UTC)
        while midnight.year == year:
            while stretch.closes <= midnight:
                stretch = stretch.later
            found[midnight.toordinal()] = stretch
            midnight += ONE_DAY
    return found


def _by_amount(first: Stretch, total: timedelta) -> list[Stretch]:
    found: list[Stretch] = []
    stretch = first
    for days in range(total.days + 1):
        while stretch.through < timedelta(days):
            stretch = stretch.later
        found.append(stretch)
    return found
