"""Public holidays as closures, resolved once, so that a later library version never moves a due time by itself."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

from sla_engine.domain.time.closures import Closure
from sla_engine.domain.time.errors import UnknownCountry, UnknownHolidayCategory, UnknownSubdivision

if TYPE_CHECKING:
    from holidays import HolidayBase

__all__ = ["UnknownCountry", "UnknownHolidayCategory", "UnknownSubdivision", "is_estimated", "public_holidays"]

NAMES_IN = "en_US"  # explicit: without it the names would follow the machine's own language
ESTIMATED = "(estimated)"  # the library's own mark for dates that depend on sighting the moon


def public_holidays(
    country: str,
    subdivision: str | None,
    years: Iterable[int],
    *,
    categories: Iterable[str] = ("public",),
) -> tuple[Closure, ...]:
    """The holidays of a country (ISO code) and its subdivision in those years, by date, named in English.

    Codes may be written in any case, subdivisions by name too. Days that stand in for a holiday on a weekend are
    included. Two holidays on one date are one closure that names both.
    Raises: UnknownCountry, UnknownSubdivision, UnknownHolidayCategory.
    """
    import holidays

    code = _country_code(country)
    sample = holidays.country_holidays(code)
    part = None if subdivision is None else _subdivision_code(country, subdivision, sample)
    kinds = tuple(categories)
    for kind in kinds:
        if kind not in sample.supported_categories:
            raise UnknownHolidayCategory(country, kind, tuple(sorted(sample.supported_categories)))
    names = holidays.country_holidays(code, subdiv=part, years=sorted(set(years)), language=NAMES_IN, categories=kinds)
    return tuple(Closure(day, name=name) for day, name in sorted(names.items()))


def is_estimated(closure: Closure) -> bool:
    """Whether the date is a forecast that an authority may still move."""
    return ESTIMATED in closure.name


def _country_code(country: str) -> str:
    import holidays

    supported = holidays.list_supported_countries()
    code = _spelled(country, supported)
    if code is None:
        near = get_close_matches(country.strip().upper(), supported, n=3, cutoff=0.5)
        raise UnknownCountry(country, tuple(near))
    return code


def _subdivision_code(country: str, subdivision: str, sample: "HolidayBase") -> str:
    names = sample.get_subdivision_aliases()
    for code, aliases in names.items():
        if _spelled(subdivision, (code, *aliases)) is not None:
            return code
    raise UnknownSubdivision(country, subdivision, tuple(sorted(names)))


def _spelled(text: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that differs from `text` in case and outer spaces at most."""
    return next((word for word in allowed if word.casefold() == text.strip().casefold()), None)
