"""Names that people choose from menus and read in tables: short enough for both, and nothing unseen in them."""

import unicodedata
from collections.abc import Iterator, Mapping

from sla_engine.domain.text.plain_text import one_line, utf16_units
from sla_engine.files.yaml_document import Field

LONGEST_NAME_UNITS = 150
"""What a menu can send back, in UTF-16 units."""
SHOWN_NAME_UNITS = 75
"""What a menu shows of a name."""


def look_over_names(keys: Mapping[str, Field]) -> None:
    """Refuse names of customers, sites and services that no menu can hold, or that hold what cannot be seen."""
    if "customer" in keys:
        name = _written(keys["customer"])
        _look_over(name, keys["customer"], keys["customer"].line, what="customer")
        if SHOWN_NAME_UNITS < utf16_units(name) <= LONGEST_NAME_UNITS:
            keys["customer"].odd(
                f"menus show the first {SHOWN_NAME_UNITS - 1} characters of its {utf16_units(name)}; "
                "make sure that they tell it from the others"
            )
    for name, place in keys["sites"].entries() if "sites" in keys else []:
        _look_over(name, place, place.key_line, what="site")
    for place in _services(keys):
        _look_over(_written(place), place, place.line, what="service")
    for place in _conditions(keys, "site"):
        _look_over(_written(place), place, place.line, what="site")


def look_over_people(found: Field) -> None:
    """Refuse names of people that hold what cannot be seen."""
    for item in found.items():
        for key, place in item.entries() if item.is_mapping else []:
            if key in {"name", "login"}:
                _refuse_unseen(_written(place), place, place.line, what=key)


def _services(keys: Mapping[str, Field]) -> Iterator[Field]:
    yield from _conditions(keys, "service")
    if "services" in keys:
        for _, listed in keys["services"].entries():
            yield from listed.items()


def _conditions(keys: Mapping[str, Field], name: str) -> Iterator[Field]:
    for item in keys["special"].items() if "special" in keys else []:
        yield from (place for key, place in item.entries() if key == name)


def _look_over(name: str, place: Field, line: int, *, what: str) -> None:
    length = utf16_units(name)
    if length > LONGEST_NAME_UNITS:
        place.findings.wrong(
            line,
            f"{place.path}: the {what} {name[:40]!r}… has a name of {length} characters; "
            f"menus hold {LONGEST_NAME_UNITS}, so write a shorter one",
        )
    _refuse_unseen(name, place, line, what=what)


def _refuse_unseen(name: str, place: Field, line: int, *, what: str) -> None:
    if one_line(name) == " ".join(name.split()):
        return
    unseen = next(mark for mark in name if one_line(f"x{mark}x") != f"x{mark}x" and not mark.isspace())
    called = unicodedata.name(unseen, "a control character")
    sentence = (
        f"{place.path}: the {what} holds U+{ord(unseen):04X} ({called.lower()}), which cannot be seen; leave it out"
    )
    place.findings.wrong(line, sentence)


def _written(place: Field) -> str:
    is_scalar = not (place.is_mapping or place.is_sequence or place.is_empty)
    return str(place.node.value).strip() if is_scalar else ""
