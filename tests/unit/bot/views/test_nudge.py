"""A nudge: whom it calls, what it says, and what it offers in each of its states."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.views.nudge import SNOOZES, nudge_message
from bot.views.rendered import Rendered
from sla_engine.domain.escalation.nudges import AlsoDue, NudgeCause
from sla_engine.notifications.kinds import from_payload, to_payload
from sla_engine.notifications.nudges import Happened, NudgeMessage, NudgeState
from tests.unit.bot.views.samples import HOSTILE_TITLES, buttons, minute, refused, seen

BREACH = NudgeMessage(
    incident_key="INC-1042",
    title="Printers offline at reception",
    customer="Acme Dental",
    priority="P2",
    link=None,
    cause=NudgeCause.BREACH,
    metric_label="First response",
    percent=100,
    due_at=minute(30),
    elapsed=timedelta(minutes=42),
    target=timedelta(minutes=30),
    breached_at=minute(30),
    noticed_at=None,
    mention=("U0DANA", "U0MIRA"),
    assignee="U0TOM",
)
AT_RISK = replace(
    BREACH, cause=NudgeCause.AT_RISK, percent=75, elapsed=timedelta(minutes=23), breached_at=None, mention=("U0DANA",)
)
ACKNOWLEDGED = replace(BREACH, state=NudgeState.ACKNOWLEDGED, state_by="U0DANA", promise=minute(60))
SNOOZED = replace(BREACH, state=NudgeState.SNOOZED, state_by="U0DANA", snoozed_until=minute(90))
SUPERSEDED = replace(BREACH, state=NudgeState.SUPERSEDED)
ASKED = replace(BREACH, cause=NudgeCause.PROMISE_QUESTIONED, asked="U0TOM", promise=minute(60))
CLOSED = replace(BREACH, state=NudgeState.CLOSED, state_by="U0TOM", state_at=minute(70))
STATES = {
    "live": BREACH,
    "acknowledged": ACKNOWLEDGED,
    "snoozed": SNOOZED,
    "superseded": SUPERSEDED,
    "closed": CLOSED,
    "asked": ASKED,
}


def first_block(rendered: Rendered) -> str:
    text: str = rendered.blocks[0]["text"]["text"]
    return text


def test_whom_the_rung_names_is_called_first_in_text_and_in_blocks() -> None:
    rendered = nudge_message(BREACH)
    assert rendered.text.startswith("<@U0DANA> <@U0MIRA> INC-1042 (P2, Acme Dental): First response breached")
    assert "<@U0DANA> <@U0MIRA>" in first_block(rendered)


def test_a_breach_says_how_much_it_is_over_and_since_when() -> None:
    words = first_block(nudge_message(BREACH))
    assert "*First response breached*" in words
    assert "Printers offline at reception" in words
    assert "P2 · Acme Dental · owner <@U0TOM>" in words
    assert "12 m over the target of 30 m · was due <!date^1767601800^" in words


def test_at_risk_says_how_much_is_left_until_when() -> None:
    words = first_block(nudge_message(AT_RISK))
    assert "First response at risk: 75 % used" in words
    assert "7 m left of 30 m · due <!date^" in words


@pytest.mark.parametrize(
    ("nudge", "words"),
    [
        (replace(BREACH, cause=NudgeCause.REPEAT, repeat=2), "First response still breached, reminder 2"),
        (replace(AT_RISK, cause=NudgeCause.REPEAT, repeat=1), "First response still at risk, reminder 1"),
        (replace(BREACH, cause=NudgeCause.PROMISE_LAPSED), "The promised update did not come"),
        (replace(BREACH, cause=NudgeCause.HELP, text="Need a second pair of hands"), "“Need a second pair of hands”"),
        (replace(BREACH, cause=NudgeCause.HELP), "Help wanted"),
        (
            replace(BREACH, cause=NudgeCause.PAUSE_OUTLIVED, text="vendor"),
            "Still paused (waiting for a vendor), longer than expected",
        ),
        (ASKED, "The promised update is due: still on it?"),
        (replace(ASKED, asked=None), "The promised update is due"),
        (
            replace(BREACH, cause=NudgeCause.CUSTOMER_ANSWERED, text="It is the left one"),
            "The customer answered, and it still waits for them",
        ),
        (
            replace(BREACH, cause=NudgeCause.CUSTOMER_ANSWERED, text="It is the left one"),
            "“It is the left one”",
        ),
        (replace(BREACH, rung="1h after due"), "First response breached, 1h after due"),
        (replace(AT_RISK, rung="7m before due", percent=77), "First response at risk: 77 % used"),
        (
            replace(BREACH, cause=NudgeCause.UNASSIGNED, metric_label=None, assignee=None),
            "Needs somebody to take it",
        ),
        (replace(BREACH, assignee=None), "no owner yet"),
        (replace(BREACH, noticed_at=minute(45)), "noticed late, <!date^1767602700^"),
        (replace(BREACH, due_at=None), "12 m over the target of 30 m"),
        (
            replace(BREACH, also=(AlsoDue(metric_label="Customer update", percent=80, breached=False),)),
            "Also: Customer update 80 % used",
        ),
        (
            replace(BREACH, also=(AlsoDue(metric_label="Resolution plan", percent=110, breached=True),)),
            "Also: Resolution plan breached",
        ),
    ],
)
def test_each_cause_has_its_words_in_blocks_and_in_text(nudge: NudgeMessage, words: str) -> None:
    rendered = nudge_message(nudge)
    assert words in seen(rendered)
    assert words.partition(",")[0] in rendered.text or "noticed" in words or "owner" in words
    assert refused(rendered) == []


def test_what_people_did_since_is_listed() -> None:
    updates = (
        Happened(what="assigned", by="U0DANA", at=minute(32), text="U0TOM"),
        Happened(what="paused", by="U0TOM", at=minute(33), text="vendor"),
        Happened(what="customer_replied", by="webhook", at=minute(34), text="<!here> any news?"),
    )
    rendered = nudge_message(replace(BREACH, updates=updates))
    for place in (seen(rendered), rendered.text):
        assert "<@U0DANA> gave it to <@U0TOM> · <!date^" in place
        assert "<@U0TOM> paused it: waiting for a vendor" in place
        assert "The customer replied: “&lt;!here&gt; any news?”" in place


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        ("live", ["Acknowledge", "Customer updated", "Show"]),
        ("acknowledged", ["Change promise", "Customer updated", "Show"]),
        ("snoozed", ["Acknowledge", "Customer updated", "Show"]),
        ("superseded", []),
        ("closed", []),
    ],
)
def test_each_state_offers_what_can_still_be_done(state: str, offered: list[str]) -> None:
    rendered = nudge_message(STATES[state])
    assert buttons(rendered) == offered
    assert refused(rendered) == []


def test_menus_assign_and_snooze_and_the_row_names_the_incident() -> None:
    row = nudge_message(BREACH).blocks[-1]
    menus = {element["placeholder"]["text"]: element for element in row["elements"] if element["type"] != "button"}
    assert row["block_id"] == "nudge:INC-1042"
    assert menus["Assign to"]["type"] == "users_select"
    assert [option["value"] for option in menus["Snooze"]["options"]] == ["15m", "30m", "1h", "4h", "tomorrow"]
    assert list(SNOOZES) == ["15m", "30m", "1h", "4h", "tomorrow"]
    assert {element["value"] for element in row["elements"] if element["type"] == "button"} == {"INC-1042"}


def test_who_has_it_and_is_told_alone_is_not_asked_to_give_it_away() -> None:
    row = nudge_message(replace(AT_RISK, mention=("U0TOM",))).blocks[-1]
    assert [element["placeholder"]["text"] for element in row["elements"] if element["type"] != "button"] == ["Snooze"]


def test_who_promised_is_asked_by_when_it_was_and_offered_to_promise_anew() -> None:
    rendered = nudge_message(ASKED)
    assert "*<@U0TOM> promised an update by <!date^1767603600^" in seen(rendered)
    assert "Still on it?* Without an answer it lapses." in seen(rendered)
    assert buttons(rendered) == ["Still on it, 30 min more", "Change promise", "Customer updated", "Show"]


def test_a_miss_in_the_instant_of_a_passed_promise_asks_too() -> None:
    rendered = nudge_message(replace(BREACH, asked="U0TOM"))
    assert "*First response breached*" in seen(rendered)
    assert "*<@U0TOM> promised an update. Still on it?*" in seen(rendered)
    assert buttons(rendered)[0] == "Still on it, 30 min more"


def test_who_snoozes_the_question_can_still_answer_it() -> None:
    rendered = nudge_message(replace(ASKED, state=NudgeState.SNOOZED, state_by="U0DANA"))
    assert "Snoozed by" in seen(rendered)
    assert buttons(rendered)[0] == "Still on it, 30 min more"


def test_whoever_answered_the_question_has_it() -> None:
    answered = replace(ASKED, asked=None, state=NudgeState.ACKNOWLEDGED, state_by="U0TOM", promise=minute(90))
    rendered = nudge_message(answered)
    assert "*<@U0TOM> has it* · next update by" in seen(rendered)
    assert buttons(rendered)[0] == "Change promise"


def test_a_nudge_stored_before_there_were_questions_is_still_read() -> None:
    payload = {name: value for name, value in to_payload(BREACH).items() if name not in ("rung", "asked")}
    assert from_payload("nudge", payload) == BREACH


def test_acknowledged_says_who_has_it_and_until_when_the_next_update_is_promised() -> None:
    rendered = nudge_message(ACKNOWLEDGED)
    assert "*<@U0DANA> has it* · next update by <!date^1767603600^" in seen(rendered)
    assert "has it" in rendered.text


def test_snoozed_says_by_whom_until_when_and_that_the_clocks_run_on() -> None:
    assert "*Snoozed by <@U0DANA>* until <!date^1767605400^" in seen(nudge_message(SNOOZED))
    assert "The clocks run on." in nudge_message(SNOOZED).text


@pytest.mark.parametrize("nudge", [SUPERSEDED, CLOSED], ids=["superseded", "closed"])
def test_what_is_over_is_one_line_that_calls_nobody(nudge: NudgeMessage) -> None:
    rendered = nudge_message(nudge)
    assert len(rendered.blocks) == 1
    assert "\n" not in rendered.text
    assert "<@U0DANA>" not in rendered.text


def test_closed_says_who_resolved_it() -> None:
    assert "resolved by <@U0TOM>, <!date^" in nudge_message(CLOSED).text


@pytest.mark.parametrize(
    ("what", "fields", "words"),
    [
        ("moved", {"key": "INC-7", "customer": "Beta"}, "<@U0TOM> moved it to Beta; INC-7 goes on with it"),
        ("deleted", {}, "<@U0TOM> deleted its ticket"),
    ],
)
def test_what_is_over_is_not_called_resolved(what: str, fields: dict[str, str], words: str) -> None:
    over = Happened(what=what, by="U0TOM", at=minute(70), fields=fields)
    text = nudge_message(replace(CLOSED, updates=(over,))).text
    assert words in text
    assert "resolved" not in text


def test_a_merged_incident_is_not_called_resolved() -> None:
    merged = Happened(what="merged", by="U0TOM", at=minute(70), fields={"into": "INC-7"})
    text = nudge_message(replace(CLOSED, updates=(merged,))).text
    assert "<@U0TOM> merged it into INC-7, <!date^" in text
    assert "resolved" not in text


@pytest.mark.parametrize("title", HOSTILE_TITLES.values(), ids=HOSTILE_TITLES)
@pytest.mark.parametrize("nudge", STATES.values(), ids=STATES)
def test_slack_takes_any_title_in_any_state(nudge: NudgeMessage, title: str) -> None:
    updates = tuple(Happened(what="resolved", by=title, at=minute(1), text=title) for _ in range(5))
    rendered = nudge_message(
        replace(nudge, title=title, customer=title, cause=NudgeCause.HELP, text=title, updates=updates)
    )
    assert refused(rendered) == []
    assert "<!channel>" not in seen(rendered) + rendered.text
    assert len(rendered.text) < 4000
