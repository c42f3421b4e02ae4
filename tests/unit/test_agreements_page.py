"""`docs/agreements.md` is read by the real reader: its file is good, and `check` says what the page says it does."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sla_engine.domain.agreements.ladders import Ladder, Recipient, Rung
from sla_engine.domain.incidents.priorities import USUAL_MATRIX, Level, Priority
from sla_engine.files.agreement_file import AGREEMENT_KEYS, AgreementDefaults, read_agreement
from sla_engine.files.errors import FileInvalid
from sla_engine.files.holiday_dates import LibraryHolidays
from sla_engine.files.yaml_document import Field

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "agreements.md").read_text(encoding="utf-8")
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
NO_DEFAULTS = AgreementDefaults()
GOOD_PARTS = {
    "customer": "customer: Acme Dental",
    "effective": "effective: 2026-01-01",
    "calendar": (
        'calendar: {timezone: America/New_York, hours: {mon-fri: "08:00-12:00, 13:00-17:30"}, business_day: 8h30m}'
    ),
    "targets": (
        "targets: {P1: {calendar: always, first_response: 15m, resolution: 4h}, P2: {resolution: 8h}, "
        "P3: {resolution: 24h}, P4: {resolution: 40h}, P5: {resolution: 40h}}"
    ),
}


@dataclass(frozen=True, slots=True)
class Example:
    """One piece of a file and the line of the page it stands on; what `check` is said to answer, if it is said."""

    line: int
    text: str
    answer: str | None


def examples() -> Iterator[Example]:
    pattern = re.compile(r"^```yaml\n(.*?)^```\n(?:\n```text\n(.*?)^```)?", re.DOTALL | re.MULTILINE)
    for found in pattern.finditer(PAGE):
        yield Example(PAGE[: found.start()].count("\n") + 1, found[1], found[2])


WHOLE, *MISTAKES = examples()


def as_file(excerpt: str) -> str:
    """The example at the top of a file whose other parts are good."""
    named = set(re.findall(r"^(\w+):", excerpt, re.MULTILINE))
    return excerpt + "\n".join(part for key, part in GOOD_PARTS.items() if key not in named) + "\n"


def answer(text: str, *, defaults: AgreementDefaults = NO_DEFAULTS) -> str:
    """What `agreements check` says."""
    try:
        found = read_agreement(text, "acme.yaml", holidays=LibraryHolidays(NOW), defaults=defaults, now=NOW).warnings
    except FileInvalid as refused:
        found = tuple(refused.problems)
    return "".join(f"{problem}\n" for problem in found) or "Nothing is wrong.\n"


def test_the_whole_file_of_the_page_is_good() -> None:
    assert answer(WHOLE.text) == answer(as_file("")) == "Nothing is wrong.\n"


@pytest.mark.parametrize("example", MISTAKES, ids=lambda example: f"line {example.line}")
def test_check_says_what_the_page_says(example: Example) -> None:
    assert example.answer is not None, "an example is followed by what check says about it"
    assert answer(as_file(example.text)) == example.answer


@pytest.mark.parametrize("key", AGREEMENT_KEYS)
def test_every_key_of_a_file_is_on_the_page(key: str) -> None:
    assert any(f"`{key}`" in row.split("|")[1] for row in PAGE.splitlines() if row.startswith("|"))


def test_the_usual_matrix_is_the_one_on_the_page() -> None:
    for impact in Level:
        (row,) = re.findall(rf"^\| {impact} \| (P\d) \| (P\d) \| (P\d) \|$", PAGE, re.MULTILINE)
        assert [USUAL_MATRIX[impact, urgency] for urgency in Level] == [Priority(cell) for cell in row]


def places_of_warnings() -> set[tuple[str, int]]:
    """File and line of every `….odd(…)` in the readers of agreements."""
    files = (ROOT / "sla_engine" / "files").glob("*.py")
    return {
        (file.name, node.lineno)
        for file in files
        if not file.name.startswith(("msp_", "people_", "yaml_"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "odd"
    }


def test_every_warning_has_its_example(monkeypatch: pytest.MonkeyPatch) -> None:
    said: set[tuple[str, int]] = set()
    odd = Field.odd

    def noted(field: Field, sentence: str) -> None:
        caller = sys._getframe(1)
        said.add((Path(caller.f_code.co_filename).name, caller.f_lineno))
        odd(field, sentence)

    monkeypatch.setattr(Field, "odd", noted)
    for example in MISTAKES:
        answer(as_file(example.text))
    rung = Rung(offset=timedelta(minutes=-20), tell=(Recipient.ASSIGNEE,))
    answer(as_file(""), defaults=AgreementDefaults(ladders={"default": Ladder((rung,))}))
    assert places_of_warnings() - said == set()


def test_a_rung_of_the_people_file_is_told_at_the_targets() -> None:
    rung = Rung(offset=timedelta(minutes=-20), tell=(Recipient.ASSIGNEE,))
    for name, called in (("default", "default ladder"), ("first_response", "ladder of first_response")):
        said = answer(as_file(""), defaults=AgreementDefaults(ladders={name: Ladder((rung,))}))
        assert said == (
            f"acme.yaml:4: warning: targets: on the people file's {called}, 20m before due is reached with the opening "
            "by first_response of P1 (15m); write a share such as 75%, or give those metrics a ladder of their own\n"
        )
