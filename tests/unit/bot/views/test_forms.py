"""The forms of an incident: what they ask, and under which names the answers come back."""

from typing import Any

import pytest

from bot.action_ids import ViewId
from bot.sandbox.blocks.blocks import view_problems
from bot.views import forms
from bot.views.parts import menu_value
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from tests.unit.bot.views.samples import HOSTILE_TITLES
from tests.unit.bot.views.slack_reading import parsed

KEY = "INC-1042"
TITLE = "Printers offline at reception"
Form = dict[str, Any]


def inputs(form: Form) -> dict[str, Form]:
    return {block["block_id"]: block for block in form["blocks"] if block["type"] == "input"}


def required(form: Form) -> set[str]:
    return {name for name, block in inputs(form).items() if not block.get("optional")}


def values(form: Form, name: str) -> list[str]:
    return [option["value"] for option in inputs(form)[name]["element"]["options"]]


CASES: dict[str, tuple[Form, ViewId, list[str], set[str]]] = {
    "open": (
        forms.open_form(["Acme Dental"]),
        ViewId.OPEN,
        ["customer", "priority", "impact", "urgency", "title", "site", "service", "link"],
        {"customer", "title"},
    ),
    "update": (forms.update_form(KEY, TITLE), ViewId.UPDATE, ["text", "how", "next"], {"text"}),
    "plan": (forms.plan_form(KEY, TITLE), ViewId.PLAN, ["text"], {"text"}),
    "pause": (forms.pause_form(KEY, TITLE), ViewId.PAUSE, ["reason", "until", "text"], {"reason"}),
    "priority": (forms.priority_form(KEY, TITLE, "P2"), ViewId.PRIORITY, ["priority"], {"priority"}),
    "resolve": (forms.resolve_form(KEY, TITLE), ViewId.RESOLVE, ["text"], set()),
    "hand back": (forms.hand_back_form(KEY, TITLE), ViewId.HAND_BACK, ["reason"], {"reason"}),
    "escalate": (forms.escalate_form(KEY, TITLE), ViewId.ESCALATE, ["text"], {"text"}),
    "promise": (forms.promise_form(KEY, TITLE), ViewId.PROMISE, ["promise"], {"promise"}),
}


@pytest.mark.parametrize(("form", "view", "asked", "needed"), CASES.values(), ids=CASES)
def test_each_form_asks_what_its_act_needs(form: Form, view: ViewId, asked: list[str], needed: set[str]) -> None:
    assert view_problems(form) == []
    assert form["callback_id"] == view
    assert list(inputs(form)) == asked
    assert required(form) == needed
    assert form["private_metadata"] == ("" if view is ViewId.OPEN else KEY)


def test_menus_send_the_words_the_engine_knows() -> None:
    assert values(forms.pause_form(KEY, TITLE), "reason") == [reason.value for reason in PauseReason]
    assert values(forms.priority_form(KEY, TITLE, "P2"), "priority") == [priority.value for priority in Priority]
    assert values(forms.open_form(["Acme Dental", "Beta"]), "customer") == ["Acme Dental", "Beta"]
    assert values(forms.update_form(KEY, TITLE), "how") == ["phone", "e-mail", "chat", "portal", "in person"]


def test_the_present_priority_is_chosen_beforehand() -> None:
    form = forms.priority_form(KEY, TITLE, "P3")
    assert inputs(form)["priority"]["element"]["initial_option"]["value"] == "P3"


def test_a_title_typed_before_is_kept() -> None:
    form = forms.open_form(["Acme Dental"], forms.OpenWords(title="Mail down"))
    assert inputs(form)["title"]["element"]["initial_value"] == "Mail down"


def test_times_say_how_they_are_written() -> None:
    assert "tomorrow 9am" in inputs(forms.update_form(KEY, TITLE))["next"]["hint"]["text"]


def test_of_more_customers_than_one_menu_holds_one_is_looked_up() -> None:
    names = [f"Customer {number}" for number in range(3000)]
    form = forms.open_form(names)
    assert view_problems(form) == []
    assert inputs(form)["customer"]["element"]["type"] == "external_select"
    assert "static_select" in str(forms.open_form(names[:100])["blocks"][0])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("acme", ["Acme Dental", "Acme Labs", "The Acme Bank"]),
        ("DENTAL acme", ["Acme Dental"]),
        ("ank", ["The Acme Bank"]),
        ("", ["The Acme Bank", "Acme Dental", "Acme Labs", "Beta"]),
        ("nobody", []),
    ],
)
def test_a_search_finds_every_typed_word_and_beginnings_first(query: str, names: list[str]) -> None:
    options = forms.customer_options(["The Acme Bank", "Acme Dental", "Acme Labs", "Beta"], query)
    assert [option["text"]["text"] for option in options] == names


def test_no_more_is_offered_than_a_menu_holds() -> None:
    assert len(forms.customer_options([f"Customer {number}" for number in range(3000)], "customer")) == 100


@pytest.mark.parametrize("name", ["x" * 151, "🦷" * 76, "Acme\u202e", "x" * 500])
def test_a_name_that_no_menu_holds_has_a_short_key(name: str) -> None:
    assert view_problems(forms.open_form([name, f"{name}2", "Beta"])) == []
    assert menu_value(name) != menu_value(f"{name}2")
    assert menu_value("Acme Dental") == "Acme Dental"


def test_without_an_agreement_the_form_says_what_is_missing() -> None:
    form = forms.open_form([])
    assert view_problems(form) == []
    assert "No agreement has been applied yet" in form["blocks"][0]["text"]["text"]


@pytest.mark.parametrize("title", HOSTILE_TITLES.values(), ids=HOSTILE_TITLES)
def test_slack_takes_any_title(title: str) -> None:
    assert view_problems(forms.open_form(["Acme Dental"], forms.OpenWords(title=title))) == []
    form = forms.update_form(KEY, title)
    assert view_problems(form) == []
    assert not any("<!channel>" in text for text in parsed(form["blocks"]))
