"""The menu “⋯”: what its lines say, and that each does what its own button does."""

from __future__ import annotations

import pytest

from bot.action_ids import ActionId
from bot.listeners.act_menu import with_menu
from bot.requests.payloads import button_meant, words_of
from bot.requests.request import Answer, Ask
from bot.views.act_menu import Act, act_button, act_menu, ticket_act
from bot.views.parts import actions
from bot.views.rendered import Rendered
from tests.unit.bot.views.samples import minute, refused

KEY = "INC-1042"
ACTS = [Act(f"Act {number}…", ActionId.UPDATE_OPEN, KEY) for number in range(7)]


def chosen(value: str) -> Ask:
    return Ask(request="slack:1", user="U0DANA", now=minute(0), value=value)


@pytest.mark.parametrize(
    ("count", "kind"), [(1, "overflow"), (5, "overflow"), (6, "static_select"), (7, "static_select")]
)
def test_many_acts_are_a_list_as_an_overflow_menu_takes_five(count: int, kind: str) -> None:
    assert act_menu([]) == []
    (menu,) = act_menu(ACTS[:count])
    assert menu["type"] == kind
    assert [option["text"]["text"] for option in menu["options"]] == [act.label for act in ACTS[:count]]
    assert refused(Rendered(text="x", blocks=[actions([menu], block_id="x")])) == []


def test_the_ticket_is_opened_by_a_line_and_by_a_button_where_there_is_an_address() -> None:
    (act,) = ticket_act("https://desk.example/t/7", key=KEY)
    (menu,) = act_menu([act])
    assert [menu["options"][0]["url"], act_button(act)["url"]] == ["https://desk.example/t/7"] * 2
    assert ticket_act("desk.example", key=KEY) == []
    assert ticket_act(None, key=KEY) == []


def test_a_choice_is_handed_to_the_listener_of_its_button_with_the_incident() -> None:
    asked: list[str] = []

    def update(ask: Ask) -> Answer:
        asked.append(ask.value)
        return Rendered("done")

    def outdated(ask: Ask) -> Answer:
        return Rendered(f"outdated: {ask.value}")

    listeners = with_menu({ActionId.UPDATE_OPEN: update}, outdated=outdated)
    (menu,) = act_menu(ACTS[:1])
    assert listeners[ActionId.ACT_MENU](chosen(menu["options"][0]["value"])) == Rendered("done")
    assert asked == [KEY]
    for value in ("", "incident_explode INC-1042", ActionId.ACT_MENU.value):
        of = value.partition(" ")[2]
        assert listeners[ActionId.ACT_MENU](chosen(value)) == Rendered(f"outdated: {of}")


def test_a_choice_counts_as_its_button_and_is_named_by_its_words() -> None:
    assert button_meant(ActionId.ACT_MENU, f"{ActionId.TAKE} {KEY}") == ActionId.TAKE
    assert button_meant(ActionId.SHOW, KEY) == ActionId.SHOW
    action = {"action_id": "act_menu", "selected_option": {"text": {"text": "Snooze…"}, "value": "x"}}
    assert words_of({"type": "block_actions", "actions": [action]}) == "Snooze…"
