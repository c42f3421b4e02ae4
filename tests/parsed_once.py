"""The example files are parsed once a process: parsing YAML took a third of the time of the tests with a database.

Only what is pure is kept: the tree of a text without mistakes, and what a stored version says, which never changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def parsed_once() -> Iterator[None]:
    """Keep what was parsed; asked for by whatever gives a test its database."""
    from sla_engine.files import agreement_file, msp_file, yaml_document
    from sla_engine.services.agreements import book

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_document, "_compose", _kept_trees(yaml_document._compose))
        patch.setattr(book, "read_agreement", _kept_versions(agreement_file.read_agreement))
        patch.setattr(book, "read_msp", _kept_versions(msp_file.read_msp))
        yield


def _kept_trees(compose: Any) -> Any:
    trees: dict[tuple[str, bool], Any] = {}

    def kept(text: str, findings: Any) -> Any:
        known = (text, findings.is_new)
        if known not in trees:
            trees[known] = compose(text, findings)  # a text with mistakes raises, and is not kept
        return trees[known]

    return kept


def _kept_versions(read: Any) -> Any:
    """Versions that are read from the database again (`now` is None), by all that decides what they say."""
    versions: dict[tuple[str, ...], tuple[Any, Any]] = {}

    def kept(source: str, file: str, **given: Any) -> Any:
        if given["now"] is not None:
            return read(source, file, **given)
        others = {name: value for name, value in given.items() if name not in {"holidays", "defaults"}}
        holidays = json.dumps(given["holidays"].document, sort_keys=True)
        defaults = given.get("defaults")
        known = (source, file, holidays, _named(defaults), repr(others))
        if known not in versions:
            versions[known] = read(source, file, **given), defaults  # the defaults live on, so that their id is theirs
        return versions[known][0]

    return kept


def _named(defaults: Any) -> str:
    """Which defaults of an MSP these are: those of one version are one object here, and none are none."""
    return "" if defaults is None or defaults == type(defaults)() else str(id(defaults))
