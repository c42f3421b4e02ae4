"""Notes, reviews and SOP decisions in Slack, which takes them whatever people wrote."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.action_ids import ActionId, ViewId
from bot.sandbox.blocks.blocks import problems, view_problems
from bot.text import moment
from bot.views.note_form import note_form
from bot.views.notes import note_wanted, reason_label, return_form
from bot.views.rendered import Rendered
from bot.views.review import note_review
from bot.views.sops import decide_form, sop_card, sop_list, sop_reminder
from sla_engine.domain.clocks.time_by_stage import Stage, StageTime
from sla_engine.domain.incidents.reasons import BREACH_REASONS, BreachReason, NextStep
from sla_engine.domain.notes.note import ACTION_FIELDS, FIELDS
from sla_engine.domain.notes.prevention import PlannedAction, Prevention
from sla_engine.domain.reporting.effect import MeasuredEffect
from sla_engine.domain.sops.sop import Sop, SopChange, SopChangeKind
from sla_engine.notifications.notes import Miss, NoteReviewMessage, NoteWantedMessage, SopReminderMessage
from sla_engine.services.notes.prefill import NotePrefill
from sla_engine.services.sops.registry import ListedSop, SopDetail, SopList
from tests.unit.bot.views.slack_reading import parsed

AT = datetime(2026, 2, 2, 14, tzinfo=UTC)
MISS = Miss(metric_label="First reply", target=timedelta(minutes=30), elapsed=timedelta(minutes=45), breached_at=AT)
HOSTILE = {
    "plain": "E-mail is down",
    "mention": "<!channel> <@U0TOM> & <https://evil.example|click> `x`",
    "long": "a" * 4000,
    "long and escaped": "<&>" * 1400,
    "emoji": "🙂🔥" * 2000,
    "right to left": "\u202e\u0642\u0635\u0629 " * 300,
    "lines": "one\ntwo\n\n" * 200,
    "empty": "",
}
hostile = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)


def taken(rendered: Rendered) -> list[dict[str, Any]]:
    """The blocks, which Slack takes, beside a text that is never missing and mentions nobody from outside."""
    assert problems(rendered.blocks, surface="message") == []
    assert rendered.text.strip()
    assert len(rendered.text) <= 4000
    whole = "\n".join([*parsed(rendered.blocks), rendered.text])
    assert "<!channel>" not in whole
    assert "<https://evil.example" not in whole
    return rendered.blocks


@hostile
def test_a_prompt_says_who_worked_on_it_where_somebody_else_is_asked(text: str) -> None:
    rendered = note_wanted(wanted(writer="U0DANA", worked_on_by=f"webhook:{text}"))
    taken(rendered)
    assert "who is not among our people and cannot be asked" in rendered.text
    assert ActionId.NOTE_OPEN in buttons(rendered)


def test_a_prompt_to_who_worked_on_it_does_not_say_so() -> None:
    assert "Worked on by" not in note_wanted(wanted()).text


def buttons(rendered: Rendered) -> dict[str, str]:
    return {
        element["action_id"]: element["value"]
        for block in rendered.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    }


def wanted(text: str = "E-mail is down", **changes: Any) -> NoteWantedMessage:
    made = NoteWantedMessage(
        incident_key="INC-1001",
        title=text,
        customer=text,
        priority="P2",
        misses=(MISS,) * 12,
        writer="U0TOM",
        for_manager=False,
    )
    return replace(made, **changes)


def review(text: str = "E-mail is down", **changes: Any) -> NoteReviewMessage:
    made = NoteReviewMessage(
        incident_key="INC-1001",
        title=text,
        customer=text,
        priority="P2",
        misses=(MISS,),
        author="U0TOM",
        reason_label="Late triage",
        attribution="us",
        what_happened=text,
        impact=text,
        prevention=text,
        customer_told_at=AT,
        suggestion=text,
    )
    return replace(made, **changes)


def prefill(text: str = "E-mail is down", **changes: Any) -> NotePrefill:
    made = NotePrefill(
        incident_key="INC-1001",
        title=text,
        customer=text,
        priority="P2",
        misses=(MISS,) * 12,
        stages_of="First reply",
        stages=(StageTime(Stage.UNASSIGNED, timedelta(minutes=40)), StageTime(Stage.UNANSWERED, timedelta(minutes=5))),
        customer_told_at=AT,
        suggested_reason=BreachReason.LATE_ASSIGNMENT,
        returned_because=text or None,
        reason=None,
        what_happened=text,
        impact=text,
        prevention=Prevention.ACTION,
        prevention_before=text,
        action=PlannedAction(text, AT.date()),
    )
    return replace(made, **changes)


# ------------------------------------------------------------------------------------- prompts


@hostile
@pytest.mark.parametrize("state", ["wanted", "written", "accepted", "superseded"])
@pytest.mark.parametrize("for_manager", [True, False])
def test_slack_takes_every_prompt_whatever_the_title_says(text: str, state: str, *, for_manager: bool) -> None:
    taken(note_wanted(wanted(text, state=state, for_manager=for_manager, reminder=3, returned_because=text)))


def test_the_writer_is_asked_with_a_button_and_told_what_was_missed() -> None:
    prompt = note_wanted(wanted())
    assert buttons(prompt) == {ActionId.NOTE_OPEN: "INC-1001", ActionId.SHOW: "INC-1001"}
    assert "An SLA note is wanted from you" in prompt.text
    assert "First reply missed 2026-02-02 14:00 UTC: took 45 m of 30 m, 15 m over" in prompt.text
    assert "… and 7 more" in prompt.text
    assert "Your SLA note is overdue, reminder 2" in note_wanted(wanted(reminder=2)).text


def test_a_returned_note_says_why() -> None:
    prompt = note_wanted(wanted(returned_because="Which alert?"))
    assert "Your SLA note was returned" in prompt.text
    assert "“Which alert?”" in prompt.text
    reminded = note_wanted(wanted(returned_because="Which alert?", reminder=1))
    assert "Your returned SLA note is overdue, reminder 1" in reminded.text


def test_the_manager_sees_who_was_asked_and_how_often_but_no_form() -> None:
    prompt = note_wanted(wanted(for_manager=True, reminder=2))
    assert "SLA note overdue: <@U0TOM> was asked 3 times" in prompt.text
    assert "SLA note wanted: <@U0TOM> was asked for it now" in note_wanted(wanted(for_manager=True)).text
    assert ActionId.NOTE_OPEN not in buttons(prompt)


@pytest.mark.parametrize("state", ["written", "accepted", "superseded"])
def test_a_prompt_that_is_over_has_no_buttons(state: str) -> None:
    assert buttons(note_wanted(wanted(state=state))) == {}


# ------------------------------------------------------------------------------------- reviews


@hostile
@pytest.mark.parametrize("state", ["written", "accepted", "returned", "decided"])
def test_slack_takes_every_review_whatever_the_note_says(text: str, state: str) -> None:
    taken(note_review(review(text, state=state, state_by="U0MIRA", decision=text)))


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        ("written", {ActionId.NOTE_ACCEPT, ActionId.NOTE_RETURN_OPEN, ActionId.SOP_DECIDE_OPEN, ActionId.SHOW}),
        ("accepted", {ActionId.SOP_DECIDE_OPEN, ActionId.SHOW}),
        ("returned", {ActionId.SHOW}),
        ("decided", {ActionId.SHOW}),
    ],
)
def test_a_review_offers_what_can_be_done_now(state: str, offered: set[ActionId]) -> None:
    assert set(buttons(note_review(review(state=state)))) == {action.value for action in offered}


def test_a_clock_that_has_not_stopped_reads_still_open_and_figures_that_grew_show_what_the_note_saw() -> None:
    running = replace(MISS, still_open=True)
    assert "First reply missed 2026-02-02 14:00 UTC: 45 m used of 30 m, still open" in everything(
        review(misses=(running,))
    )
    grown = replace(MISS, elapsed=timedelta(hours=2), noted=timedelta(minutes=45))
    assert "took 2 h of 30 m, 1 h 30 m over (the note saw 45 m)" in everything(review(misses=(grown,)))


def everything(message: NoteReviewMessage) -> str:
    """What Slack shows of a review, with its times for every reader alike."""
    drawn = json.dumps(note_review(message).blocks, ensure_ascii=False)
    return re.sub(r"<!date\^\d+\^[^|]*\|([^>]*)>", r"\1", drawn)


def test_a_decided_review_says_what_and_by_whom() -> None:
    shown = note_review(review(state="decided", state_by="U0MIRA", decision="create an SOP: Mail (SOP-7)"))
    assert "*Decided* by <@U0MIRA>: create an SOP: Mail (SOP-7)" in shown.text


def test_a_miss_that_is_not_ours_may_have_no_prevention() -> None:
    blocks = taken(note_review(review(prevention="", attribution="third party", customer_told_at=None)))
    assert "nothing: not ours" in json.dumps(blocks)


def test_a_review_says_what_its_author_will_do_and_by_when() -> None:
    chosen = review(
        prevention="Watch the queue", prevention_kind="I will do something", action_number="ACT-3", action_due=AT
    )
    assert "*ACT-3* Watch the queue, by <!date^" in json.dumps(taken(note_review(chosen)))
    assert "ACT-3: Watch the queue, by 2026-02-03" in note_review(chosen).text


@pytest.mark.parametrize(("one_offs", "is_told"), [(1, False), (2, False), (3, True)])
def test_a_review_tells_of_the_third_one_off_alike(one_offs: int, *, is_told: bool) -> None:
    shown = note_review(review(prevention="", prevention_kind="One-off, nothing to change", one_offs=one_offs))
    assert (f"Called a one-off {one_offs} times in 30 days" in shown.text) is is_told
    assert (f"Called a one-off {one_offs} times in 30 days" in json.dumps(shown.blocks)) is is_told


# ------------------------------------------------------------------------------------- forms


@hostile
def test_slack_takes_every_form_whatever_was_written_before(text: str) -> None:
    for form in (note_form(prefill(text), now=AT), return_form("INC-1001"), decide_form("INC-1001", suggestion=text)):
        assert view_problems(form) == []
        assert form["private_metadata"].partition(" ")[0] == "INC-1001"
        assert "<!channel>" not in json.dumps([block for block in form["blocks"] if block["type"] == "section"])


def inputs(form: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {block["block_id"]: block for block in form["blocks"] if block["type"] == "input"}


@pytest.mark.parametrize("chosen", [None, Prevention.ONE_OFF, Prevention.SOP, Prevention.AGREEMENT])
def test_the_note_form_asks_exactly_four_questions_named_like_the_checks_complaints(chosen: Prevention | None) -> None:
    form = note_form(prefill(prevention=chosen), now=AT)
    assert tuple(inputs(form)) == FIELDS
    assert form["callback_id"] == ViewId.NOTE


def test_the_note_form_asks_what_and_by_when_of_who_will_do_something() -> None:
    asked = inputs(note_form(prefill("Watch the queue"), now=AT))
    assert tuple(asked) == (*FIELDS, *ACTION_FIELDS)
    assert (asked["action"]["element"]["initial_value"], asked["action_due"]["element"]["initial_date"]) == (
        "Watch the queue",
        "2026-02-02",
    )


def test_no_field_of_the_note_form_is_called_optional_for_each_is_required() -> None:
    assert not any(block["optional"] for block in inputs(note_form(prefill(), now=AT)).values())


def test_choosing_about_the_next_miss_draws_the_note_form_anew() -> None:
    choice = inputs(note_form(prefill(prevention=Prevention.SOP), now=AT))["prevention"]
    assert (choice["dispatch_action"], choice["element"]["action_id"]) == (True, ActionId.NOTE_PREVENTION)
    assert choice["element"]["initial_option"]["value"] == "sop"


def test_what_an_older_note_said_of_prevention_stays_readable() -> None:
    form = note_form(prefill(prevention=None, prevention_before="Call sooner"), now=AT)
    assert "Said of prevention before: “Call sooner”" in json.dumps(form, ensure_ascii=False)
    assert "Call sooner" in json.dumps(note_review(review(prevention="Call sooner")).blocks)


def test_the_note_form_shows_what_was_computed_and_chooses_what_the_history_suggests() -> None:
    form = note_form(prefill(), now=AT)
    words = json.dumps(form, ensure_ascii=False)
    assert "nobody had taken it 40 m, somebody had it, the customer had not heard from us 5 m" in words
    assert "Customer told <!date^" in words
    assert inputs(form)["reason"]["element"]["initial_option"]["value"] == "late-assignment"
    plain = note_form(prefill(suggested_reason=None, customer_told_at=None, stages=(), returned_because=None), now=AT)
    assert "initial_option" not in inputs(plain)["reason"]["element"]
    assert "Customer not told yet" in json.dumps(plain)


def test_every_reason_can_be_chosen() -> None:
    groups = inputs(note_form(prefill(), now=AT))["reason"]["element"]["option_groups"]
    offered = [option["value"] for group in groups for option in group["options"]]
    assert sorted(offered) == sorted(BREACH_REASONS)


def test_what_was_written_before_comes_back_with_the_form() -> None:
    form = note_form(prefill(what_happened="The queue", reason=BreachReason.VENDOR), now=AT)
    assert inputs(form)["what_happened"]["element"]["initial_value"] == "The queue"
    assert inputs(form)["reason"]["element"]["initial_option"]["value"] == "vendor"


def test_a_reason_is_named_in_words_and_an_unknown_one_as_it_is() -> None:
    assert (reason_label("sop-wrong"), reason_label("gone")) == ("SOP wrong", "gone")


def test_the_decision_form_chooses_nothing_beforehand() -> None:
    form = decide_form("INC-1001", suggestion="")
    assert tuple(inputs(form)) == ("decision", "title", "owner", "due_on", "link", "reason")
    options = inputs(form)["decision"]["element"]["options"]
    assert [option["value"] for option in options] == list(NextStep)
    assert "initial_option" not in inputs(form)["decision"]["element"]
    assert form["callback_id"] == ViewId.SOP_DECIDE


# ------------------------------------------------------------------------------------- SOPs


def reminder(text: str = "Mail queue", **changes: Any) -> SopReminderMessage:
    made = SopReminderMessage(
        number="SOP-7",
        decision="create",
        title=text,
        owner="U0TESS",
        link="https://wiki.example/mail",
        due_on=AT,
        incident_key="INC-1001",
        overdue=False,
    )
    return replace(made, **changes)


@hostile
@pytest.mark.parametrize("done", [True, False])
def test_slack_takes_every_sop_reminder(text: str, *, done: bool) -> None:
    taken(sop_reminder(reminder(text, done=done, link=text, overdue=True)))


def test_an_owner_says_done_with_one_click_until_it_is() -> None:
    assert buttons(sop_reminder(reminder())) == {ActionId.SOP_DONE: "SOP-7"}
    assert "is overdue" in sop_reminder(reminder(overdue=True)).text
    assert buttons(sop_reminder(reminder(done=True))) == {}


def listed(title: str, *, late: bool = False, due_on: datetime | None = None) -> ListedSop:
    return ListedSop(
        number="SOP-7",
        title=title,
        link=None,
        owner="U0TESS",
        review_on=date(2026, 3, 2),
        late=late,
        step=None if due_on is None else NextStep.CREATE_SOP,
        due_on=due_on,
        incident_key=None if due_on is None else "INC-1001",
    )


@hostile
def test_slack_takes_a_long_list_of_sops(text: str) -> None:
    taken(sop_list(SopList(sops=(listed(text, late=True, due_on=AT),) * 60, retired=1, words=text)))


def test_the_list_says_what_is_due_or_that_nothing_is_there() -> None:
    assert sop_list(SopList(sops=(), retired=2)).text == "There is no SOP in the registry. 2 more are retired."
    words = {
        "to be written by": listed("Mail", due_on=AT),
        "to be written, overdue since": listed("Mail", late=True, due_on=AT),
        "review by 2 Mar 2026": listed("Mail"),
        "review overdue since 2 Mar 2026": listed("Mail", late=True),
        "never reviewed": replace(listed("Mail"), review_on=None),
    }
    for when, sop in words.items():
        assert when in sop_list(SopList(sops=(sop,), retired=0)).text
    many = SopList(sops=(listed("a" * 190),) * 100, retired=0)
    assert "… and" in json.dumps(sop_list(many).blocks, ensure_ascii=False)


def test_a_procedure_in_full_says_who_when_what_for_and_what_was_done_with_it() -> None:
    sop = Sop(
        number="SOP-7",
        version=2,
        title="VPN reset",
        link="https://wiki.example.com/vpn",
        owner="U0TESS",
        backup="U0TOM",
        reviewed_on=date(2026, 1, 2),
        review_on=date(2026, 4, 2),
        review_every_days=90,
        services=("VPN",),
        customers=("Acme Dental",),
        reasons=(BreachReason.VENDOR,),
    )
    change = SopChange(kind=SopChangeKind.IMPORTED, by="command line", at=AT, version=2, terms=sop)
    card = sop_card(SopDetail(sop=sop, listed=listed("VPN reset"), changes=(change,)))
    assert card.text.split("\n") == [
        "*<https://wiki.example.com/vpn|SOP-7>* · VPN reset",
        "Owner <@U0TESS>, backup <@U0TOM>",
        "Review by 2 Mar 2026; reviewed 2 Jan 2026; reviewed every 90 days",
        "Customers: Acme Dental",
        "Services: VPN",
        "Reasons: Vendor",
        f"{moment(AT)} · command line imported it",
    ]
    assert buttons(card) == {}
    to_write = SopDetail(sop=sop, listed=listed("VPN reset", due_on=AT), changes=())
    assert buttons(sop_card(to_write)) == {ActionId.SOP_DONE: "SOP-7"}
    retired = SopDetail(sop=replace(sop, retired_at=AT), listed=listed("VPN reset"), changes=())
    assert "Retired" in sop_card(retired).text


def test_the_card_of_an_sop_says_what_it_changed_and_how_sure_that_is() -> None:
    sop = Sop(number="SOP-7", version=1, title="VPN reset", link=None, owner="U0TESS")
    detail = SopDetail(sop=sop, listed=listed("VPN reset"), changes=())
    shown = sop_card(detail, MeasuredEffect(before=25, weeks_before=12, since=3, weeks_since=6)).text
    assert "*Misses:* 2.1 misses a week before, 0.5 in the six weeks since. It helped." in shown
    assert "Before: 25 misses in twelve weeks, 2.1 a week (1.3 to 3.1)" in shown
    early = sop_card(detail, MeasuredEffect(before=25, weeks_before=12, since=0, weeks_since=2)).text
    assert "*Misses:* too early to tell (2 of 4 weeks)." in early
    assert "95 %" not in early
    assert "*Misses:*" not in sop_card(detail).text
