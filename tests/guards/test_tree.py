"""The tree: names that say something, and nothing in it that belongs to one machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import PurePath

import pytest

from tests.guards.source import project_files, sources, text_of

VAGUE_WORDS = {"util", "utils", "helper", "helpers", "manager", "process", "handle", "data", "common", "misc"}

# Written in pieces, so that this file does not contain what it looks for.
FORBIDDEN_TEXT = {
    "a package registry's address": r"https?://[^\s\"')]*(py" + r"pi|python" + r"hosted|npm" + r"js|debian)\.",
    "a folder of one machine": r"(?<![\w.}])/(wo" + r"rk|ro" + r"ot|fa" + r"rm|Users)/\w",
    "a token": r"xox[abps]-\d{6,}-|xapp-\d-[A-Z0-9]{8,}-",
}


def test_file_names_are_nouns_that_say_something() -> None:
    code = [name for name in project_files() if name.endswith(".py")]
    vague = {name for name in code if VAGUE_WORDS & set(re.split(r"[_\W]", PurePath(name).stem))}
    assert vague == set()


@pytest.mark.parametrize("what", FORBIDDEN_TEXT)
def test_no_file_contains(what: str) -> None:
    pattern = re.compile(FORBIDDEN_TEXT[what])
    found = {
        f"{name}: {match.group()}"
        for name in project_files()
        if (text := text_of(name)) is not None
        for match in pattern.finditer(text)
    }
    assert found == set()


def test_constraints_are_names_and_versions_only() -> None:
    lines = (text_of("constraints.txt") or "").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert pins
    assert [line for line in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)] == []


@pytest.mark.parametrize("package", ["bot", "sla_engine"])
def test_a_public_class_or_alias_has_its_name_to_itself(package: str) -> None:
    """One word, one meaning: whoever searches for a name finds one thing."""
    homes: dict[str, list[str]] = {}
    for source in sources(f"{package}/"):
        for name in _public_types(source.tree):
            homes.setdefault(name, []).append(source.path)
    assert homes
    assert {name: places for name, places in homes.items() if len(places) > 1} == {}


def _public_types(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name) if not name.startswith("_"):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]) if re.fullmatch(r"[A-Z][A-Za-z]*[a-z][A-Za-z]*", name):
                yield name
            case _:
                pass


LONGEST_FILE = 300
LONGER = {"migrations/versions/0001_the_first_schema.py": "every table at once, and never changed again"}


def test_no_file_of_the_product_is_too_long_to_read() -> None:
    names = [name for name in project_files() if name.endswith(".py") and not name.startswith("tests/")]
    lengths = {name: len((text_of(name) or "").splitlines()) for name in names}
    assert lengths
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE and name not in LONGER} == {}
