"""Names that no menu can hold, or that hold what nobody sees, are told at their lines."""

from __future__ import annotations

import pytest

from sla_engine.files.errors import FileInvalid
from tests.unit.sla_engine.files import test_msp_file as people
from tests.unit.sla_engine.files.agreement_texts import GOOD, taken, told, with_line

LONG = "Gesellschaft für Zahnheilkunde " * 5
OVERRIDE = "invoice \\u202egnp"

WRONG = {
    "a customer": (
        with_line(1, f"customer: {LONG}"),
        "a.yaml:1: customer: the customer 'Gesellschaft für Zahnheilkunde Gesellsch'… has a name of 154 characters; "
        "menus hold 150, so write a shorter one",
    ),
    "a customer of emoji": (with_line(1, f"customer: {'🦷' * 76}"), "has a name of 152 characters"),
    "a site": (f"{GOOD}sites:\n  Main: {{}}\n  {LONG}: {{}}\n", "a.yaml:14: sites"),
    "a site of a rule": (f"{GOOD}special:\n  - {{site: {LONG}, P2: {{resolution: 2h}}}}\n", "a.yaml:13: special"),
    "a service": (f"{GOOD}services:\n  general: [helpdesk, {LONG}]\n", "a.yaml:13: services.general[2]"),
    "what turns the reading direction": (
        with_line(1, f'customer: "{OVERRIDE}"'),
        "a.yaml:1: customer: the customer holds U+202E (right-to-left override), which cannot be seen; leave it out",
    ),
    "a terminal's escape": (with_line(1, 'customer: "Acme \\x1b[31m"'), "U+001B (a control character)"),
}


@pytest.mark.parametrize(("file", "sentence"), WRONG.values(), ids=WRONG)
def test_such_a_name_is_refused_where_it_stands(file: str, sentence: str) -> None:
    assert any(sentence in problem and "warning" not in problem for problem in told(file))


def test_a_name_of_which_a_menu_shows_a_part_is_allowed_with_a_warning() -> None:
    found = told(with_line(1, f"customer: {'Acme Dental ' * 7}"))
    assert found == [
        "a.yaml:1: warning: customer: menus show the first 74 characters of its 83; "
        "make sure that they tell it from the others"
    ]


def test_a_version_that_was_applied_before_is_read_all_the_same() -> None:
    assert taken(with_line(1, f"customer: {LONG}"), now=None).agreement.customer == LONG.strip()


def test_names_in_any_script_are_fine() -> None:
    assert told(with_line(1, "customer: Zahnarztpraxis Müller & Söhne השיניים")) == []


@pytest.mark.parametrize("field", ["name", "login"])
def test_what_cannot_be_seen_in_a_colleagues_name_is_refused(field: str) -> None:
    line = f'  - {{slack: U0TOM, {"" if field == "name" else "name: Tom, "}{field}: "To\\u2066m", role: technician}}'
    with pytest.raises(FileInvalid) as refused:
        people.taken(people.with_line(7, line))
    assert [str(problem) for problem in refused.value.problems] == [
        f"msp.yaml:7: people[3].{field}: the {field} holds U+2066 (left-to-right isolate), which cannot be seen; "
        "leave it out"
    ]
