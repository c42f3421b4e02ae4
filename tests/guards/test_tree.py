"""The tree: names that say something, and nothing in it that belongs to one machine."""

from __future__ import annotations

import re
from pathlib import PurePath

import pytest

from tests.guards.source import project_files, text_of

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
