from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.sandbox.blocks.blocks import problems
from bot.views.rendered import Rendered
from bot.views.review import review_queue
from bot.views.triage import place_form, triage_list, triage_message
from sla_engine.domain.notes.suggestions import Step, Suggestion
from sla_engine.notifications.triage import TriageLine, TriageMessage
from sla_engine.services.intake.triage_list import NamedForGood, TriageOverview
from sla_engine.services.notes.review_queue import ReviewItem

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
NASTY = "<!channel> " + "x" * 4000


def line(number: int, **more: Any) -> TriageLine:
    given: dict[str, Any] = {
        "customer": "Globex",
        "title": "Server down",
        "source": "psa",
        "came_at": AT,
        "priority": "P1",
    } | more
    return TriageLine(number=number, **given)


OVERVIEW = TriageOverview(
    waiting=(line(7), line(9, customer="Acme Detnal", suggestion="Acme Dental")),
    new=(),
    names=(),
    customers=("Acme Dental", "Beta Logistics"),
    may_place=True,
)
MESSAGE = TriageMessage(lines=OVERVIEW.waiting, more=0, mention="U0DANA", customers=OVERVIEW.customers)


def labels(shown: Rendered) -> list[list[str]]:
    """The labels of each row of buttons and menus."""
    return [
        [
            element.get("text", element.get("placeholder", {})).get("text") or element["options"][0]["text"]["text"]
            for element in block["elements"]
        ]
        for block in shown.blocks
        if block["type"] == "actions"
    ]


def item(*, accepted: bool) -> ReviewItem:
    return ReviewItem(
        incident_key="INC-7" if accepted else "INC-8",
        title=NASTY,
        customer=NASTY,
        priority="P1",
        author="U0TOM",
        written_at=AT,
        waiting=timedelta(hours=3),
        reason_label="Handoff",
        what_happened=NASTY,
        impact=NASTY,
        prevention="",
        accepted=accepted,
        suggestion="",
    )


def test_the_message_says_who_is_on_duty_what_came_and_that_no_clock_runs() -> None:
    shown = triage_message(MESSAGE)
    assert problems(shown.blocks, surface="message") == []
    headline, first, *_ = shown.text.split("\n")
    assert headline == "<@U0DANA>: *2 tickets wait for somebody to say whose.* No clock runs."
    assert first.startswith("*“Globex”* is nobody we have an agreement with: “Server down”, came <!date^")
    assert first.endswith(" (P1), from psa.")
    assert labels(shown) == [
        ["Whose is it?", "It is new", "Aside"],
        ["Always treat “Globex” as this"],
        ["Acme Dental", "Whose is it?", "It is new", "Aside"],
        ["Always treat “Acme Detnal” as this"],
    ]


def test_more_customers_than_a_menu_holds_are_found_in_a_form() -> None:
    assert labels(triage_message(replace(MESSAGE, customers=())))[0] == ["Whose is it…", "It is new", "Aside"]
    form = place_form(line(7), [f"Customer {number}" for number in range(120)])
    assert problems(form["blocks"], surface="modal") == []


def test_a_message_that_was_replaced_or_is_empty_says_so_in_one_line() -> None:
    assert triage_message(replace(MESSAGE, lines=(), gone=True)).text == "Nothing waits for triage any more."
    newer = triage_message(replace(MESSAGE, lines=(), newer="https://slack.example/p1"))
    assert "<https://slack.example/p1|the newest message>" in newer.text


def test_the_list_suggests_the_number_that_it_shows() -> None:
    shown = triage_list(OVERVIEW)
    assert "*7* · *“Globex”*" in shown.text
    assert "`/sla triage 7 Acme Dental`" in shown.text
    assert labels(triage_list(replace(OVERVIEW, may_place=False))) == []


def test_new_customers_and_names_kept_for_good_stand_below() -> None:
    name = NamedForGood(name="Globex", customer="Acme Dental", by="U0DANA", at=AT)
    shown = triage_list(replace(OVERVIEW, waiting=(), new=(line(3),), names=(name,)))
    assert "*New customers, waiting for an agreement:* *3* · “Globex”" in shown.text
    assert "“Globex” counts as Acme Dental since" in shown.text
    assert labels(shown) == [["Stop “Globex”"]]


@pytest.mark.parametrize("count", [1, 12, 500])
def test_a_list_of_any_length_fits_slack(count: int) -> None:
    many = tuple(line(number, customer=NASTY, title=NASTY) for number in range(count))
    for shown in (triage_list(replace(OVERVIEW, waiting=many)), triage_message(replace(MESSAGE, lines=many[:12]))):
        assert problems(shown.blocks, surface="message") == []
        assert "<!channel>" not in shown.text


def test_an_empty_triage_list_says_so() -> None:
    assert triage_list(replace(OVERVIEW, waiting=())).text == "Nothing waits for triage."


def test_the_review_queue_offers_the_next_step_of_each_note() -> None:
    shown = review_queue([item(accepted=False), item(accepted=True)])
    assert problems(shown.blocks, surface="message") == []
    assert labels(shown) == [
        ["Accept", "Return…", "Decide on SOP…", "Show", "Read it"],
        ["Decide on SOP…", "Show", "Read it"],
    ]
    assert "<!channel>" not in str(shown.blocks) + shown.text


def test_what_is_suggested_this_week_stands_above_with_its_decision() -> None:
    create = Suggestion(step=Step.CREATE, sentence="<!channel>: 3 times. Suggests: create an SOP.", decide_on="INC-9")
    shown = review_queue([item(accepted=False)], [create, replace(create, sentence="Late notes", decide_on="")])
    assert problems(shown.blocks, surface="message") == []
    buttons = [block["accessory"] for block in shown.blocks if "accessory" in block]
    assert [(one["text"]["text"], one["value"]) for one in buttons] == [("Decide…", "INC-9")]
    assert "3 times. Suggests: create an SOP." in shown.text
    assert "Late notes" in shown.text
    assert "<!channel>" not in str(shown.blocks) + shown.text


def test_an_empty_review_queue_says_so() -> None:
    assert review_queue([]).text.startswith("Nothing waits for you")
