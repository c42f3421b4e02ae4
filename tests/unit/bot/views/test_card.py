"""`/sla show`: one incident in full."""

from dataclasses import replace
from typing import Any

import pytest

from bot.views.card import incident_card
from sla_engine.domain.incidents.events import (
    Acknowledged,
    Assigned,
    Breached,
    CustomerUpdated,
    Deleted,
    Event,
    Followed,
    Merged,
    Moved,
    Opened,
    Paused,
    PlanGiven,
    PrioritySet,
    Reopened,
    Resolved,
    Responded,
    RungReached,
    Snoozed,
    Undone,
    Waived,
)
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from tests.unit.bot.views.samples import HOSTILE_TITLES, buttons, detail, history, minute, refused, seen

TAKEN = (5, Assigned(to="U0TOM"), "U0TOM")
MERGED = (12, Merged(into="INC-1039"), "U0DANA")
ANSWERED = (10, Responded(text="On it"), "U0TOM")


def test_it_says_who_has_it_for_whom_and_how_urgent() -> None:
    rendered = incident_card(detail(history(TAKEN), now=minute(20), assignee="U0TOM"), now=minute(20))
    assert "P2 · Acme Dental · owner <@U0TOM>" in seen(rendered)
    assert "P2 · Acme Dental · owner <@U0TOM>" in rendered.text


def test_every_clock_says_how_much_is_left_and_when_it_is_due() -> None:
    rendered = incident_card(detail(history(ANSWERED), now=minute(140)), now=minute(140))
    words = seen(rendered)
    assert "*First reply*\nDone in 10 m of 30 m" in words
    assert "*Plan* · breached\n20 m over the 2 h\nwas due <!date^" in words
    assert "*Fix*\n5 h 40 m left of 8 h\ndue <!date^" in words
    assert "Plan: 20 m over the 2 h, was due <!date^" in rendered.text


def test_a_first_reply_after_its_time_is_late_and_its_closed_outcome_is_missed() -> None:
    entries = history((40, Responded(text=""), "U0TOM"), (600, Resolved(), "U0TOM"))
    rendered = incident_card(detail(entries, now=minute(610), is_open=False), now=minute(610))
    assert "*First reply* · missed\nLate, after 40 m of 30 m\n<!date^" in seen(rendered)
    assert "*Plan* · missed\nEnded after " in seen(rendered)
    assert "First reply: stopped, missed" in rendered.text
    assert "breached" not in rendered.text


def test_a_clock_that_a_merge_stopped_was_not_answered_late() -> None:
    entries = history((40, Merged(into="INC-7"), "U0DANA"))
    rendered = incident_card(detail(entries, now=minute(50), is_open=False), now=minute(50))
    assert "*First reply* · missed\nEnded after 40 m of 30 m" in seen(rendered)


def test_a_paused_card_says_why_and_until_when() -> None:
    entries = history(ANSWERED, (15, Paused(reason=PauseReason.VENDOR, until=minute(60)), "U0TOM"))
    facts: dict[str, Any] = {"paused_for": (PauseReason.VENDOR,), "pause_until": minute(60)}
    words = seen(incident_card(detail(entries, now=minute(20), **facts), now=minute(20)))
    assert "Paused: waiting for a vendor, until <!date^" in words
    assert "Paused: 7 h 45 m left of 8 h" in words
    late = seen(incident_card(detail(entries, now=minute(70), **facts), now=minute(70)))
    assert "waiting for a vendor, expected to end <!date^" in late


def test_a_promise_and_a_waiting_customer_are_shown() -> None:
    facts: dict[str, Any] = {"acknowledged_by": "U0DANA", "promise": minute(50), "customer_waits_since": minute(12)}
    words = seen(incident_card(detail(history(), now=minute(20), **facts), now=minute(20)))
    assert "<@U0DANA> is on it · the customer hears from us by <!date^" in words
    assert "The customer has waited for an answer since <!date^" in words


def test_the_last_five_things_that_happened_are_told_in_words() -> None:
    entries = history(
        TAKEN,
        ANSWERED,
        (11, RungReached(metric="resolution", cycle=0, rung=0, reached_at=minute(11)), ""),
        (12, CustomerUpdated(text="Part ordered", how="phone", next_at=minute(90)), "U0TOM"),
        (13, Breached(metric="resolution_plan", cycle=0, breached_at=minute(13)), ""),
        (14, Acknowledged(promise=minute(60)), "U0DANA"),
        (15, Snoozed(until=minute(45)), "U0DANA"),
    )
    words = seen(incident_card(detail(entries, now=minute(20)), now=minute(20)))
    assert "took it" not in words
    assert "<@U0TOM> updated the customer: “Part ordered” (phone), next by <!date^" in words
    assert "Plan was breached" in words
    assert "<@U0DANA> said “I’m on it”; the customer hears from us by <!date^" in words
    assert "<@U0DANA> snoozed the nudge until <!date^" in words
    assert "was announced" not in words


def test_what_was_undone_stays_in_the_history_and_says_by_whom() -> None:
    planned = (3, PlanGiven(text="Swap it"), "U0TOM")
    rendered = incident_card(detail(history(planned, (5, Undone(facts=(2,)), "U0TOM")), now=minute(20)), now=minute(20))
    assert "<@U0TOM> gave the customer a plan: “Swap it” · undone by <@U0TOM> <!date^" in seen(rendered)
    assert "Fix planned…" in buttons(rendered), "it can be given again"


@pytest.mark.parametrize(
    ("happened", "facts", "offered", "not_offered"),
    [
        (
            [],
            {},
            {"Take", "Reply sent", "Fix planned…", "Resolved…", "Why"},
            {"I’m on it", "Hand back…", "Write SLA note…"},
        ),
        ([TAKEN], {"assignee": "webhook:anna", "owner_is_ours": False}, {"Take", "Hand back…"}, set()),
        ([TAKEN, ANSWERED], {"assignee": "U0TOM"}, {"Hand back…", "Pause…"}, {"Take", "Reply sent", "Resume"}),
        ([(3, PlanGiven(text="Swap it"), "U0TOM")], {}, {"Reply sent"}, {"Fix planned…"}),
        ([], {"paused_for": (PauseReason.PARTS,)}, {"Resume", "Pause longer…"}, {"Pause…"}),
        (
            [(15, Resolved(text=""), "U0TOM")],
            {"is_open": False, "resolved_at": minute(15)},
            {"Reopen", "Why"},
            {"Resolved…", "Pause…", "Customer told…", "Priority…"},
        ),
        ([(12, Breached(metric="resolution", cycle=0, breached_at=minute(12)), "")], {}, {"Write SLA note…"}, set()),
    ],
    ids=["new", "nobody of ours has it", "answered", "planned", "paused", "resolved", "missed"],
)
def test_the_card_offers_what_fits(
    happened: list[tuple[int, Event, str]], facts: dict[str, Any], offered: set[str], not_offered: set[str]
) -> None:
    rendered = incident_card(detail(history(*happened), now=minute(20), **facts), now=minute(20))
    assert offered <= set(buttons(rendered))
    assert not not_offered & set(buttons(rendered))
    assert refused(rendered) == []


def test_it_says_where_it_is_and_what_it_is_about() -> None:
    facts: dict[str, Any] = {"site": "Hamburg depot <!channel>", "service": "yard scanners"}
    words = seen(incident_card(detail(history(), now=minute(20), **facts), now=minute(20)))
    assert "Site Hamburg depot &lt;!channel&gt; · Service yard scanners" in words
    assert "Site" not in seen(incident_card(detail(history(), now=minute(20)), now=minute(20)))


def test_a_clock_that_was_reopened_tells_its_first_resolution_and_all_of_it() -> None:
    entries = history(ANSWERED, (180, Resolved(), "U0TOM"), (240, Reopened(), "U0TOM"), (360, Resolved(), "U0TOM"))
    facts: dict[str, Any] = {"is_open": False, "resolved_at": minute(360)}
    words = seen(incident_card(detail(entries, now=minute(400), **facts), now=minute(400)))
    assert words.count("Resolved first after 3 h, in all 5 h") == 1
    assert "Stopped first after 3 h, in all 5 h" in words


def test_a_waived_miss_is_still_shown_as_one() -> None:
    waived = Waived(metric="first_response", cycle=0, reason="The phones were down")
    entries = history((50, waived, "U0MIRA"))
    words = seen(incident_card(detail(entries, now=minute(60)), now=minute(60)))
    assert "*First reply* · breached · waived" in words
    assert "<@U0MIRA> waived the missed first reply: “The phones were down”" in words


def test_a_duplicate_leads_to_the_incident_it_is() -> None:
    entries = history((10, Breached(metric="resolution", cycle=0, breached_at=minute(9)), ""), MERGED)
    facts: dict[str, Any] = {"is_open": False, "resolved_at": minute(12), "merged_into": "INC-1039"}
    rendered = incident_card(detail(entries, now=minute(20), **facts), now=minute(20))
    assert "Merged into *INC-1039* <!date^" in seen(rendered)
    assert "<@U0DANA> merged it into INC-1039" in seen(rendered)
    assert buttons(rendered)[:2] == ["Show INC-1039", "Why"]
    assert "Reopen" not in buttons(rendered)
    assert "Write SLA note…" in buttons(rendered), "its miss is explained as any other"
    assert refused(rendered) == []


@pytest.mark.parametrize(
    ("event", "line", "last_fact", "labels"),
    [
        (
            Moved(key="INC-1051", customer="Beta Logistics"),
            "Moved to Beta Logistics as *INC-1051* <!date^",
            "<@U0DANA> moved it to Beta Logistics; INC-1051 goes on with it",
            ["Show INC-1051", "Why"],
        ),
        (Deleted(), "Its ticket was deleted <!date^", "<@U0DANA> deleted its ticket", ["Why"]),
        (
            Undone(facts=(1,), act="open", is_opening=True),
            "<@U0DANA> took its opening back <!date^",
            "opened it · undone by <@U0DANA> <!date^",
            ["Why"],
        ),
    ],
    ids=["moved", "deleted", "taken back"],
)
def test_what_is_over_says_how_it_ended_and_offers_no_act(
    event: Event, line: str, last_fact: str, labels: list[str]
) -> None:
    facts: dict[str, Any] = {"is_open": False, "resolved_at": minute(12)}
    rendered = incident_card(detail(history((12, event, "U0DANA")), now=minute(20), **facts), now=minute(20))
    assert line in seen(rendered)
    assert last_fact in seen(rendered)
    assert "Resolved <!date^" not in seen(rendered)
    assert [label for label in buttons(rendered) if label != "Refresh"] == labels
    assert refused(rendered) == []


def test_a_priority_that_is_a_guess_says_so_until_it_is_set() -> None:
    event = Opened(priority=Priority.P2, title="Mail is down", priority_word="Sev A", moved_from="INC-1040")
    opened, *_ = history()
    guess = [replace(opened, event=event)]
    words = seen(incident_card(detail(guess, now=minute(5)), now=minute(5)))
    assert "Opened as “Sev A”: P2 until somebody says what that means" in words
    assert "Was *INC-1040* until its customer changed" in words
    known = [*guess, replace(opened, event=PrioritySet(priority=Priority.P1), seq=9)]
    assert "Opened as" not in seen(incident_card(detail(known, now=minute(5)), now=minute(5)))


def test_what_came_back_too_late_and_what_follows_it_name_each_other() -> None:
    old = history((15, Resolved(), "U0TOM"), (19, Followed(key="INC-1051"), "U0TOM"))
    facts: dict[str, Any] = {"is_open": False, "resolved_at": minute(15)}
    rendered = incident_card(detail(old, now=minute(20), **facts), now=minute(20))
    assert "Came back as *INC-1051*" in seen(rendered)
    assert buttons(rendered)[0] == "Show INC-1051"
    opened = Opened(priority=Priority.P2, title="Again", follows="INC-1042")
    new = [Entry(event=opened, at=minute(0), seq=1, recorded_at=minute(0), by="U0TOM")]
    assert "Follows *INC-1042*" in seen(incident_card(detail(new, now=minute(20)), now=minute(20)))


def test_a_card_has_three_buttons_and_everything_else_in_one_menu() -> None:
    rendered = incident_card(detail(history(TAKEN), now=minute(20), assignee="U0TOM"), now=minute(20))
    (row,) = (block for block in rendered.blocks if block["type"] == "actions")
    *shown, menu = row["elements"]
    assert [found["text"]["text"] for found in shown] == ["Reply sent", "Customer told…", "Resolved…"]
    lines = [line["text"]["text"] for line in menu["options"]]
    assert lines == ["Pause…", "Fix planned…", "Why", "Priority…", "Ask for help…", "Hand back…", "Refresh"]


def test_what_happened_again_and_again_is_one_line() -> None:
    told = [(at, CustomerUpdated(text="Soon"), "U0TOM") for at in (10, 20, 30)]
    words = seen(incident_card(detail(history(TAKEN, *told), now=minute(40), assignee="U0TOM"), now=minute(40)))
    assert words.count("updated the customer") == 1
    assert ", 3 times since <!date^" in words


def test_a_waiting_nudge_can_be_acknowledged_from_the_card() -> None:
    rendered = incident_card(detail(history(), now=minute(20), nudge_waits=True), now=minute(20))
    assert buttons(rendered)[:3] == ["Take", "Reply sent", "I’m on it"]


def test_the_ticket_is_a_link() -> None:
    rendered = incident_card(detail(history(), now=minute(20), link="https://t.example/?a=1&b=2"), now=minute(20))
    assert "*<https://t.example/?a=1&amp;b=2|INC-1042>*" in seen(rendered)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://t.example/a b", "https://t.example/<!channel>", ""])
def test_an_address_that_is_none_is_left_out(link: str) -> None:
    rendered = incident_card(detail(history(), now=minute(20), link=link), now=minute(20))
    assert "*INC-1042*" in seen(rendered)
    assert refused(rendered) == []


@pytest.mark.parametrize("title", HOSTILE_TITLES.values(), ids=HOSTILE_TITLES)
def test_slack_takes_any_title_and_text(title: str) -> None:
    entries = history((5, CustomerUpdated(text=title), "U0TOM"), (6, Resolved(text=title), "<!here>"), title=title)
    rendered = incident_card(detail(entries, now=minute(20), title=title, customer=title), now=minute(20))
    assert refused(rendered) == []
    assert "<!channel>" not in rendered.text
    assert "<!here>" not in seen(rendered)


def test_once_something_rested_a_line_says_who_held_the_ball() -> None:
    paused = (60, Paused(reason=PauseReason.CUSTOMER, until=minute(120)), "U0TOM")
    rendered = incident_card(detail(history(ANSWERED, paused), now=minute(180)), now=minute(180))
    line = (
        "Who held the ball: us 2 h, customer 1 h, third party 0 s; of ours 1 h after a pause outlived the expected end"
    )
    assert line in seen(rendered)
    assert line in rendered.text
    assert refused(rendered) == []
    assert "Who held the ball" not in seen(incident_card(detail(history(ANSWERED), now=minute(60)), now=minute(60)))
