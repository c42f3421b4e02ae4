"""The dispatcher's forms: people by load, and a snooze."""

from __future__ import annotations

from dataclasses import replace

from bot.sandbox.blocks.blocks import problems
from bot.views.dispatch_forms import assign_form, candidate_options, snooze_form
from bot.views.form_parts import Form
from sla_engine.services.queries.workload import Assignable, Candidate
from tests.driver.seen import words

TESS = Candidate(slack_id="U0TESS", name="Tess", open_count=1, urgent_count=0, had_customer=0, is_absent=False)
TOM = replace(TESS, slack_id="U0TOM", name="Tom", open_count=5, urgent_count=4, had_customer=4)
ANA = replace(TESS, slack_id="U0ANA", name="Ana", open_count=0, had_customer=1, is_absent=True)
ASSIGNABLE = Assignable(key="INC-1001", title="Nobody can log in", customer="Acme Dental", candidates=(TESS, TOM, ANA))


def offered(form: Form) -> list[str]:
    (field,) = (block for block in form["blocks"] if block["type"] == "input")
    return [option["text"]["text"] for option in field["element"]["options"]]


def refusals(form: Form) -> list[str]:
    return [str(problem) for problem in problems(form["blocks"], surface="modal")]


def test_each_person_is_listed_with_load_and_knowledge_and_the_absent_are_marked() -> None:
    assert offered(assign_form(ASSIGNABLE)) == [
        "Tess · 1 open",
        "Tom · 5 open, had Acme Dental 4×",
        "Ana · away · nothing open, had Acme Dental 1×",
    ]


def test_who_has_many_urgent_ones_is_named_below_the_menu() -> None:
    shown = "\n".join(words(assign_form(ASSIGNABLE)["blocks"]))
    assert ":warning: 4 or more open P1 to P3 already: Tom (4)" in shown
    calm = replace(ASSIGNABLE, candidates=(TESS,))
    assert "P1 to P3" not in "\n".join(words(assign_form(calm)["blocks"]))


def test_more_people_than_a_menu_holds_are_searched_for() -> None:
    crowd = tuple(replace(TESS, slack_id=f"U0T{number}", name=f"Tess {number}") for number in range(101))
    many = replace(ASSIGNABLE, candidates=crowd)
    assert '"external_select"' in str(assign_form(many)).replace("'", '"')
    assert refusals(assign_form(many)) == []
    assert len(candidate_options(many, "")) == 100
    assert [option["value"] for option in candidate_options(many, "TESS 7")][:2] == ["U0T7", "U0T17"]


def test_without_anybody_else_the_form_says_so_and_cannot_be_submitted() -> None:
    form = assign_form(replace(ASSIGNABLE, candidates=()))
    assert "nobody else" in "\n".join(words(form["blocks"]))
    assert "submit" not in form


def test_a_snooze_is_half_an_hour_unless_something_else_is_said() -> None:
    form = snooze_form("INC-1001", "Nobody can log in")
    assert form["blocks"][1]["element"]["initial_option"]["value"] == "30m"
    assert form["blocks"][2]["optional"] is True
    assert refusals(form) == []
