"""How the digest writes a share and a period."""

from datetime import date, timedelta
from fractions import Fraction
from math import floor

from sla_engine.domain.reporting.digest import DigestFigures
from sla_engine.domain.time.local_time import local_day

_INSTANT = timedelta(microseconds=1)
_ALL = 100


def whole_percent(met: int, of: int, *, against: float | None = None) -> str:
    """A share in whole percent, with one decimal where rounding would reach a goal (or 100 %) that was not reached.

    `of` is at least 1; `against` is the goal in percent. A decimal is cut rather than rounded, so that 92.96 % is not
    93.0 %.
    """
    exact = Fraction(_ALL * met, of)
    whole = floor(exact + Fraction(1, 2))
    bounds = [Fraction(_ALL)] if against is None else [Fraction(_ALL), Fraction(str(against))]
    if any(exact < bound <= whole for bound in bounds):
        return f"{floor(exact * 10) / 10:.1f}"
    return str(whole)


def period_dates(figures: DigestFigures) -> str:
    """`7 – 13 Dec`, `30 Nov – 6 Dec`, or `November 2026`; with the year where it is not the present one."""
    first, last = (
        local_day(figures.starts, zone=figures.zone),
        local_day(figures.ends - _INSTANT, zone=figures.zone),
    )
    if figures.is_month:
        return f"{first:%B %Y}"
    year = "" if last.year == local_day(figures.as_of, zone=figures.zone).year else f" {last.year}"
    return f"{dates(first, last)}{year}"


def dates(first: date, last: date) -> str:
    """Two days of which the first comes before the last: `7 – 13 Dec`, `30 Nov – 6 Dec`."""
    begin = f"{first:%-d}" if first.month == last.month else f"{first:%-d %b}"
    return f"{begin} – {last:%-d %b}"
