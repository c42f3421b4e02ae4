"""Checks names that people choose from menus and read in tables: short enough, and no invisible characters."""

import unicodedata
from collections.abc import Iterator, Mapping

from sla_engine.domain.text.plain_text import one_line, utf16_units
from sla_engine.files.yaml_document import Field

LONGEST_NAME_UNITS = 150
"""The longest name that a menu can send back, in UTF-16 units."""
SHOWN_NAME_UNITS = 75
"""The part of a name that a menu shows, in UTF-16 units."""


def check_agreement_names(keys: Mapping[str, Field]) -> None:
    """Refuse names of customers, sites and services that are too long for a menu or hold invisible characters."""
    if "customer" in keys:
        name = _written(keys["customer"])
        _check_name(name, keys["customer"], keys["customer"].line, what="customer")
        if SHOWN_NAME_UNITS < utf16_units(name) <= LONGEST_NAME_UNITS:
            keys["customer"].odd(
                f"menus show the first {SHOWN_NAME_UNITS - 1} characters of its {utf16_units(name)}; "
                "make sure that they tell it from the others"
            )
    for name, place in keys["sites"].entries() if "sites" in keys else []:
        _check_name(name, place, place.key_line, what="site")
    for place in _services(keys):
        _check_name(_written(place), place, place.line, what="service")
    for place in _conditions(keys, "site"):
        _check_name(_written(place), place, place.line, what="site")


def check_people_names(field: Field) -> None:
    """Refuse names and logins of people that hold invisible characters."""
    mappings = [item for item in field.items() if item.is_mapping]
    for key, place in (entry for item in mappings for entry in item.entries()):
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


def _check_name(name: str, place: Field, line: int, *, what: str) -> None:
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
