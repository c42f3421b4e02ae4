"""A nudge: whom it calls, what it says, and what it offers in each of its states."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.views.nudge import nudge_message
from bot.views.rendered import Rendered
from sla_engine.domain.agreements.metrics import METRICS, Metric
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
    metric_label="First reply",
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
NAMES = {"U0TOM": "Tom", "U0TESS": "Tess", "U0DANA": "Dana"}
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


def clock_times(text: str) -> str:
    """The text with each instant as a clock in London shows it."""
    return re.sub(r"<!date\^\d+\^[^|]*\|\d{4}-\d\d-\d\d (\d\d:\d\d) UTC>", r"\1", text)


def menu_lines(rendered: Rendered) -> list[str]:
    """The lines behind the menu “⋯”."""
    row = rendered.blocks[-1].get("elements", [])
    return [option["text"]["text"] for element in row if element["type"] == "overflow" for option in element["options"]]


LATE_REPLY = replace(
    BREACH,
    title="Nobody can log in",
    priority="P1",
    assignee=None,
    mention=(),
    incident_key="INC-1001",
    ticket="T-20931",
)
FIX_DUE = replace(
    LATE_REPLY,
    title="Scanner offline",
    customer="Beta Logistics",
    priority="P2",
    cause=NudgeCause.AT_RISK,
    metric_label="Fix",
    due_at=minute(370),
    breached_at=None,
    assignee="U0TOM",
    incident_key="INC-1002",
    ticket=None,
)
NEWS_DUE = replace(
    FIX_DUE,
    title="Nobody can log in",
    customer="Acme Dental",
    priority="P1",
    metric_label="Customer update",
    due_at=minute(90),
    last_told_at=minute(60),
    assignee="U0TESS",
)
OPEN_AGAIN = replace(
    FIX_DUE, cause=NudgeCause.REOPENED, due_at=minute(420), breached_at=minute(420), text="printer again"
)


@pytest.mark.parametrize(
    ("nudge", "first", "second", "offered"),
    [
        (
            LATE_REPLY,
            ":red_circle: *P1 Acme Dental: Nobody can log in*",
            "First reply was due 08:30 · nobody has it · INC-1001, T-20931",
            ["Reply sent", "Take", "Assign…"],
        ),
        (
            FIX_DUE,
            ":large_orange_circle: *P2 Beta Logistics: Scanner offline*",
            "Fix due 14:10 · Tom has it · INC-1002",
            ["Resolved…", "Pause…", "I’m on it"],
        ),
        (
            NEWS_DUE,
            ":large_orange_circle: *P1 Acme Dental: Nobody can log in*",
            "Customer hears from us by 09:30, last told 09:00 · Tess · INC-1002",
            ["Customer told…", "I’m on it"],
        ),
        (
            OPEN_AGAIN,
            ":leftwards_arrow_with_hook: *P2 Beta Logistics: open again*",
            "“printer again” · fix was due 15:00 · Tom · INC-1002",
            ["Resolved…", "Pause…", "I’m on it"],
        ),
        (
            replace(NEWS_DUE, metric_label="Plan", last_told_at=None, assignee=None),
            ":large_orange_circle: *P1 Acme Dental: Nobody can log in*",
            "Plan due 09:30 · nobody has it · INC-1002",
            ["Fix planned…", "Take", "Assign…"],
        ),
        (
            replace(FIX_DUE, due_at=None, paused_for=("vendor",), pause_until=minute(90)),
            ":large_orange_circle: *P2 Beta Logistics: Scanner offline*",
            "Paused: waiting for a vendor, until 09:30 · Tom has it · INC-1002",
            ["Resume", "Pause longer…", "I’m on it"],
        ),
        (
            replace(FIX_DUE, breached_at=minute(370), paused_for=("vendor", "parts")),
            ":red_circle: *P2 Beta Logistics: Scanner offline*",
            "Fix was due 14:10, paused: waiting for a vendor and waiting for parts · Tom has it · INC-1002",
            ["Resume", "Pause longer…", "I’m on it"],
        ),
        (
            replace(LATE_REPLY, cause=NudgeCause.UNASSIGNED, metric_label=None, due_at=None, breached_at=None),
            ":large_orange_circle: *P1 Acme Dental: Nobody can log in*",
            "nobody has it · INC-1001, T-20931",
            ["Take", "Assign…", "I’m on it"],
        ),
    ],
    ids=["late reply", "fix due", "news due", "open again", "plan due", "paused", "late and paused", "no clock"],
)
def test_two_lines_say_how_urgent_for_whom_what_was_promised_and_who_has_it(
    nudge: NudgeMessage, first: str, second: str, offered: list[str]
) -> None:
    rendered = nudge_message(replace(nudge, names=NAMES))
    lines = clock_times(first_block(rendered)).split("\n")
    assert lines[:2] == [first, second]
    assert buttons(rendered) == offered
    assert clock_times(rendered.text).split("\n")[1] == second
    assert rendered.text.split("\n")[0] == first.partition("*")[2].strip("*")
    assert refused(rendered) == []


def test_whom_the_rung_names_is_called_beside_what_is_wrong_in_text_and_in_blocks() -> None:
    rendered = nudge_message(BREACH)
    assert rendered.text.startswith("P2 Acme Dental: Printers offline at reception <@U0DANA> <@U0MIRA>\n")
    assert "<@U0DANA> <@U0MIRA>" in first_block(rendered)


@pytest.mark.parametrize(
    ("nudge", "mark", "words"),
    [
        (replace(BREACH, cause=NudgeCause.REPEAT, repeat=2), "red_circle", "Reminder 2; they stop with “I’m on it”"),
        (replace(AT_RISK, cause=NudgeCause.REPEAT, repeat=1), "large_orange_circle", "Reminder 1; they stop"),
        (replace(BREACH, cause=NudgeCause.PROMISE_LAPSED), "alarm_clock", "was promised news, and none is recorded"),
        (ASKED, "alarm_clock", "Tom promised the customer news by 09:00. Still on it?"),
        (
            replace(ASKED, asked=None),
            "alarm_clock",
            "The customer was promised news, and none is recorded",
        ),
        (
            replace(BREACH, cause=NudgeCause.HELP, text="A second pair of hands", text_by="U0TOM"),
            "raised_hand",
            "Tom asks for help: “A second pair of hands”",
        ),
        (replace(BREACH, cause=NudgeCause.HELP), "raised_hand", "Somebody asks for help"),
        (
            replace(BREACH, cause=NudgeCause.PAUSE_OUTLIVED, text="vendor"),
            "alarm_clock",
            "Still paused (waiting for a vendor): is that over?",
        ),
        (
            replace(BREACH, cause=NudgeCause.CUSTOMER_ANSWERED, text="It is the left one"),
            "speech_balloon",
            "The customer answered “It is the left one”, and it still waits for them",
        ),
        (
            replace(BREACH, cause=NudgeCause.UNASSIGNED, assignee=None, text="Shift ends", text_by="U0TOM"),
            "red_circle",
            "Tom handed it back: “Shift ends”",
        ),
        (OPEN_AGAIN, "leftwards_arrow_with_hook", "Scanner offline"),
        (replace(BREACH, cause=NudgeCause.PRIORITY_RAISED, priority="P1"), "arrow_up", "It is P1 now"),
        (replace(BREACH, noticed_at=minute(45)), "red_circle", "noticed by the bot 08:45"),
    ],
)
def test_each_cause_has_a_mark_and_the_words_that_say_the_same(nudge: NudgeMessage, mark: str, words: str) -> None:
    rendered = nudge_message(replace(nudge, names=NAMES))
    assert first_block(rendered).startswith(f":{mark}: ")
    assert words in clock_times(first_block(rendered)).split("\n", 2)[2]
    assert words in clock_times(rendered.text)
    assert refused(rendered) == []


@pytest.mark.parametrize("cause", NudgeCause)
def test_what_is_settled_asks_for_nothing_any_more(cause: NudgeCause) -> None:
    nudge = replace(FIX_DUE, cause=cause, text="vendor", text_by="U0TOM", repeat=1, is_settled=True)
    rendered = nudge_message(replace(nudge, names=NAMES))
    assert len(first_block(rendered).split("\n")) == 2
    assert buttons(rendered)[:2] == ["Resolved…", "Pause…"]


def test_a_nudge_that_is_settled_with_time_to_spare_is_green() -> None:
    assert first_block(nudge_message(replace(FIX_DUE, is_settled=True))).startswith(":large_green_circle:")
    assert first_block(nudge_message(replace(BREACH, is_settled=True))).startswith(":red_circle:")


@pytest.mark.parametrize("cause", NudgeCause)
@pytest.mark.parametrize("state", [NudgeState.LIVE, NudgeState.ACKNOWLEDGED, NudgeState.SNOOZED])
@pytest.mark.parametrize("metric", [None, *METRICS.values()], ids=lambda metric: metric.name if metric else "no clock")
@pytest.mark.parametrize("owner", [None, "U0TOM"])
def test_every_cause_state_and_clock_offers_at_most_three_buttons_and_all_else_in_a_menu(
    cause: NudgeCause, state: NudgeState, metric: Metric | None, owner: str | None
) -> None:
    rendered = nudge_message(
        replace(
            BREACH,
            cause=cause,
            state=state,
            state_by="U0DANA",
            metric_label=metric.label if metric else None,
            assignee=owner,
            link="https://desk.example/t/7",
        )
    )
    labels = [*buttons(rendered), *menu_lines(rendered)]
    assert len(buttons(rendered)) + (state is NudgeState.ACKNOWLEDGED) > 0
    assert len(buttons(rendered)) <= 3
    assert len(labels) == len(set(labels))
    assert menu_lines(rendered)[-2:] == ["Open ticket", "Show all of it"]
    assert ("Take" in buttons(rendered)) == (owner is None)
    assert refused(rendered) == []
    for word in ("at risk", "% used", "breached", "target"):
        assert word not in rendered.text


def test_the_other_clocks_that_are_late_or_due_are_named_with_their_instants() -> None:
    also = (
        AlsoDue(metric_label="Plan", percent=110, breached=True, due_at=minute(5)),
        AlsoDue(metric_label="Customer update", percent=80, breached=False, due_at=minute(90)),
        AlsoDue(metric_label="Fix", percent=80, breached=False),
    )
    words = clock_times(first_block(nudge_message(replace(FIX_DUE, also=also))))
    assert words.startswith(":red_circle:"), "something is late"
    assert words.endswith("\nAlso: plan was due 08:05 · customer hears from us by 09:30")


def test_a_call_for_help_is_answered_first_and_what_nobody_has_gets_somebody() -> None:
    helped = replace(FIX_DUE, cause=NudgeCause.HELP)
    assert buttons(nudge_message(helped)) == ["I’m on it", "Assign…", "Resolved…"]
    assert buttons(nudge_message(replace(helped, state=NudgeState.ACKNOWLEDGED))) == ["Resolved…", "Pause…"]
    for nudge in (
        helped,
        FIX_DUE,
        replace(FIX_DUE, also=(AlsoDue(metric_label="First reply", percent=1, breached=True),)),
    ):
        assert buttons(nudge_message(replace(nudge, assignee=None))) == ["Resolved…", "Take", "Assign…"]
    paused = replace(FIX_DUE, assignee=None, paused_for=("vendor",))
    assert buttons(nudge_message(paused)) == ["Resume", "Take", "Assign…"]


def test_what_stops_another_clock_that_is_late_has_a_button_too() -> None:
    late = AlsoDue(metric_label="First reply", percent=100, breached=True, due_at=minute(5))
    assert buttons(nudge_message(replace(NEWS_DUE, also=(late,)))) == ["Customer told…", "Reply sent", "I’m on it"]
    due = replace(late, breached=False)
    assert buttons(nudge_message(replace(NEWS_DUE, also=(due,)))) == ["Customer told…", "I’m on it"]


def test_the_last_thing_that_happened_is_told() -> None:
    updates = (
        Happened(what="assigned", by="U0DANA", at=minute(32), text="U0TOM"),
        Happened(what="customer_replied", by="webhook", at=minute(34), text="<!here> any news?"),
    )
    rendered = nudge_message(replace(BREACH, updates=updates))
    for place in (seen(rendered), rendered.text):
        assert "The customer replied: “&lt;!here&gt; any news?” · 08:34" in clock_times(place)
        assert "gave it to" not in place


@pytest.mark.parametrize(
    ("nudge", "what", "line"),
    [
        (OPEN_AGAIN, "reopened", "<@U0TESS> reopened it · 08:34"),
        (
            replace(BREACH, cause=NudgeCause.UNASSIGNED, text="printer again", text_by="U0TESS", assignee=None),
            "handed_back",
            "<@U0TESS> handed it back · 08:34",
        ),
    ],
    ids=["open again", "handed back"],
)
def test_words_that_a_nudge_quotes_stand_in_it_once(nudge: NudgeMessage, what: str, line: str) -> None:
    happened = Happened(what=what, by="U0TESS", at=minute(34), text="printer again")
    rendered = nudge_message(replace(nudge, updates=(happened,)))
    assert line in clock_times(rendered.text).splitlines()
    assert rendered.text.count("“printer again”") == 1


def test_a_miss_that_was_given_more_time_afterwards_names_both_instants() -> None:
    waits = replace(NEWS_DUE, due_at=minute(300), breached_at=minute(90), last_told_at=None)
    assert "Customer was to hear from us by 09:30, now by 13:00 · " in clock_times(nudge_message(waits).text)
    also = AlsoDue(metric_label="Fix", percent=100, breached=True, due_at=minute(300), breached_at=minute(90))
    lowered = nudge_message(replace(NEWS_DUE, also=(also,)))
    assert "Also: fix was due 09:30, now 13:00" in clock_times(lowered.text)


@pytest.mark.parametrize(
    ("state", "offered", "more"),
    [
        ("live", ["Reply sent", "I’m on it"], ["Customer told…", "Assign…", "Snooze…", "Resolved…", "Show all of it"]),
        ("acknowledged", ["Reply sent"], ["Change promise…", "Customer told…", "Assign…", "Snooze…", "Show all of it"]),
        (
            "snoozed",
            ["Reply sent", "I’m on it"],
            ["Customer told…", "Assign…", "Snooze…", "Resolved…", "Show all of it"],
        ),
        (
            "asked",
            ["Customer told…", "Still on it, 30 min more", "Change promise…"],
            ["Assign…", "Snooze…", "Resolved…", "Pause…", "Show all of it"],
        ),
        ("superseded", [], []),
        ("closed", [], []),
    ],
)
def test_each_state_offers_what_can_still_be_done(state: str, offered: list[str], more: list[str]) -> None:
    rendered = nudge_message(STATES[state])
    assert buttons(rendered) == offered
    assert menu_lines(rendered) == more
    assert refused(rendered) == []


def test_buttons_and_menu_lines_name_the_incident_and_the_ticket_line_opens_it() -> None:
    row = nudge_message(replace(BREACH, link="https://desk.example/t/7")).blocks[-1]
    menu = row["elements"][-1]
    assert row["block_id"] == "nudge:INC-1042"
    assert {element["value"] for element in row["elements"] if element["type"] == "button"} == {"INC-1042"}
    assert [option["value"] for option in menu["options"]][-2:] == [
        "incident_open_link INC-1042",
        "incident_show INC-1042",
    ]
    assert menu["options"][-2]["url"] == "https://desk.example/t/7"


def test_the_keys_are_said_and_the_last_of_them_leads_to_the_ticket() -> None:
    linked = replace(BREACH, link="https://desk.example/t/7")
    assert "INC-1042, <https://desk.example/t/7|T-20931>" in first_block(
        nudge_message(replace(linked, ticket="T-20931"))
    )
    assert " · <https://desk.example/t/7|INC-1042>" in first_block(nudge_message(linked))


def test_who_has_it_and_is_told_alone_is_not_asked_to_give_it_away() -> None:
    rendered = nudge_message(replace(AT_RISK, mention=("U0TOM",), direct=True))
    assert "· you have it ·" in first_block(rendered)
    assert "<@U0TOM>" not in first_block(rendered)
    assert "Assign…" not in [*buttons(rendered), *menu_lines(rendered)]
    assert "Hand back…" in menu_lines(rendered)


def test_a_direct_message_about_what_is_somebody_elses_now_says_who_has_it() -> None:
    rendered = nudge_message(replace(AT_RISK, mention=("U0TOM",), direct=True, assignee="U0TESS", names=NAMES))
    assert "· Tess has it ·" in first_block(rendered)


def test_an_owner_whom_only_the_ticket_system_knows_is_named_as_it_names_them() -> None:
    assert "· zammad:anna has it ·" in first_block(nudge_message(replace(BREACH, assignee="zammad:anna")))


def test_who_snoozes_the_question_can_still_answer_it() -> None:
    rendered = nudge_message(replace(ASKED, state=NudgeState.SNOOZED, state_by="U0DANA"))
    assert "wants no reminder" in seen(rendered)
    assert "Still on it, 30 min more" in buttons(rendered)


def test_a_nudge_stored_before_there_were_questions_and_names_is_still_read() -> None:
    newer = (
        *("rung", "asked", "ticket", "names", "metric", "cycle", "posted_at", "last_told_at", "paused_for"),
        *("pause_until", "text_by", "is_settled", "direct"),
    )
    payload = {name: value for name, value in to_payload(BREACH).items() if name not in newer}
    assert from_payload("nudge", payload) == BREACH


def test_acknowledged_says_who_is_on_it_and_until_when_the_next_update_is_promised() -> None:
    rendered = nudge_message(replace(ACKNOWLEDGED, names=NAMES))
    assert "Dana is on it; the customer hears from us by 09:00" in clock_times(seen(rendered))
    assert "Dana is on it" in rendered.text


def test_snoozed_says_by_whom_until_when_and_that_the_clocks_run_on() -> None:
    words = clock_times(nudge_message(replace(SNOOZED, names=NAMES)).text)
    assert "Dana wants no reminder until 09:30; the clocks run on" in words


def test_what_is_left_of_a_replaced_nudge_leads_to_the_newest_and_says_nothing_that_can_change() -> None:
    newer = "https://msp.slack.com/archives/C0DISPATCH/p1"
    left = nudge_message(replace(SUPERSEDED, newer=newer)).text
    assert left == f"INC-1042 · <{newer}|the newest message about it>"
    assert nudge_message(SUPERSEDED).text == "INC-1042 · there is a newer message about it"


def test_an_incident_that_was_reopened_and_resolved_again_is_not_called_open() -> None:
    text = nudge_message(replace(CLOSED, cause=NudgeCause.REOPENED)).text
    assert "open again" not in text
    assert "resolved by" in text


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
    assert "<@U0TOM> merged it into INC-7 · <!date^" in text
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
