"""The whole loop as people go through it: from the demo's start to the weekly digest."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, expect
from slack_sdk import WebClient

from tests.browser import chromium
from tests.browser.running_demo import DemoProcess
from tests.browser.workspace_page import WorkspacePage

TECHNICIAN, COLLEAGUE, MANAGER = "Tom Becker", "Tess Nguyen", "Mira Kaplan"
DISPATCHERS = re.compile("@(Dana Ortiz|Dev Patel)")
STORY = "The alert went to the old mailbox, so nobody saw it until the practice called us"
KEY = re.compile(r"INC-\d+")

pytestmark = pytest.mark.timeout(300)  # a channel takes one message a second


def opened(page: WorkspacePage, words: str) -> str:
    """Open an incident by words and answer its key."""
    answer = page.asks(f"/sla open {words}")
    expect(answer).to_contain_text("Opened INC-")
    return key_in(answer)


def key_in(message: Locator) -> str:
    """The first incident key a message names."""
    found = KEY.search(message.inner_text())
    assert found is not None, message.inner_text()
    return found.group()


def resolve_everything(page: WorkspacePage) -> None:
    """Leave the desk tidy, so that what comes next is not among old reminders."""
    for key in listed_keys(page.asks("/sla status all")):
        expect(page.asks(f"/sla resolve {key}")).to_contain_text("is resolved")


def listed_keys(answer: Locator) -> list[str]:
    """The incidents of a list, in its order."""
    return list(dict.fromkeys(KEY.findall(answer.inner_text())))


def test_the_demo_shows_its_sample_incidents_by_time_left_and_answers_where_it_says(
    page: WorkspacePage, demo: DemoProcess
) -> None:
    page.act_as(TECHNICIAN)
    page.opens_channel("general")

    everything = page.asks("/sla status all")
    expect(everything).to_contain_text("All open incidents")
    assert listed_keys(everything) == ["INC-1001", "INC-1002", "INC-1003"]

    mine = page.asks("/sla")
    assert listed_keys(mine) == ["INC-1002"]
    assert WebClient(base_url=demo.address("Web API")).api_test()["ok"] is True
    assert "HMAC secret" in demo.output
    page.pauses_clock()
    page.resumes_clock()


def test_a_technician_does_everything_by_words_by_buttons_and_in_forms(page: WorkspacePage) -> None:
    page.act_as(TECHNICIAN)
    page.opens_channel("general")

    page.says("/sla open")
    page.form.chooses("Customer", "Cedar Clinic")
    page.form.chooses("Priority", "P2: much stands still")
    page.form.fills("What is wrong?", "X-ray archive is slow")
    page.form.submits("Open")
    page.form.closes()
    listed = page.asks("/sla status Cedar Clinic")
    key = key_in(listed.locator(".block-section", has_text="X-ray archive is slow"))

    card = page.asks(f"/sla show {key}")
    expect(card).to_contain_text("First reply")
    page.clicks("Take", on=card)
    expect(page.message(f"{key} is yours")).to_be_visible()
    page.clicks("Reply sent", on=card)
    expect(page.message(f"{key} has its first reply")).to_be_visible()

    why = page.asks(f"/sla why {key}")
    expect(why).to_contain_text("First reply: stopped")
    expect(why).to_contain_text(": met")

    page.says(f"/sla update {key}")
    page.form.fills("What did you tell the customer?", "The archive is being moved to the second disk")
    page.form.chooses("How?", "Phone")
    page.form.fills("When do they hear from us next?", "not a time")
    page.form.submits("Record")
    expect(page.form.complaint("When do they hear from us next?")).to_contain_text("not a time")
    page.form.fills("When do they hear from us next?", "45m")
    page.form.submits("Record")
    page.form.closes()
    expect(page.asks(f"/sla show {key}")).to_contain_text("updated the customer: “The archive is being moved")

    expect(page.asks(f"/sla plan {key} Move the archive tonight")).to_contain_text("has the plan")

    page.says(f"/sla pause {key}")
    page.form.chooses("Why?", "Waiting for a vendor")
    page.form.fills("Until when?", "2h")
    page.form.submits("Pause")
    page.form.closes()
    paused = page.asks(f"/sla show {key}")
    expect(paused).to_contain_text("Paused: waiting for a vendor, until")
    expect(page.asks("/sla status")).to_contain_text("Resume")
    page.clicks("Resume", on=paused)
    expect(page.message(f"{key} runs again")).to_be_visible()

    expect(page.asks(f"/sla priority {key} P3")).to_contain_text("is P3 now")
    expect(page.asks(f"/sla note {key}")).to_contain_text(key)
    expect(page.asks(f"/sla handback {key} the vendor calls Tess back")).to_contain_text("back with the dispatcher")
    expect(page.asks(f"/sla escalate {key} who knows this archive?")).to_contain_text("is called to help with")
    expect(page.asks(f"/sla resolve {key} moved")).to_contain_text("is resolved")
    expect(page.asks(f"/sla reopen {key} slow again")).to_contain_text("is open again")
    expect(page.asks(f"/sla resolve {key}")).to_contain_text("is resolved")

    page.opens_channel("dispatch")
    expect(page.message(key, "resolved by")).to_be_visible()


def test_what_cannot_be_done_is_said_in_one_private_sentence(page: WorkspacePage) -> None:
    page.act_as(TECHNICIAN)
    page.opens_channel("general")

    expect(page.asks("/sla stauts")).to_contain_text("status")
    expect(page.asks("/sla show INC-9999")).to_contain_text("INC-9999")
    expect(page.asks("/sla snooze INC-1001 30m")).to_contain_text("dispatcher")
    page.says("/sla pause INC-1002 vendor until 1d")
    expect(page.form.dialog).to_contain_text("24h")  # what cannot be read opens the form, and nothing typed is lost
    page.page.keyboard.press("Escape")
    page.form.closes()

    page.act_as(COLLEAGUE)
    page.opens_channel("general")
    expect(page.message("INC-9999")).to_have_count(0)


def test_a_title_mentions_nobody_and_is_shown_as_it_was_typed(page: WorkspacePage) -> None:
    page.act_as(TECHNICIAN)
    page.opens_channel("general")
    title = "<!channel> phones & faxes 🔥 <b>down</b>"

    key = opened(page, f"Beta Logistics P1 {title}")
    page.opens_channel("dispatch")
    nudge = page.message(key, "nobody has it")
    expect(nudge).to_contain_text(title)
    expect(nudge.locator("b")).to_have_count(0)
    expect(nudge.get_by_text("@channel")).to_have_count(0)
    page.opens_channel("general")
    expect(page.asks(f"/sla resolve {key}")).to_contain_text("is resolved")


def test_a_breach_calls_the_dispatcher_on_duty_and_what_they_do_stands_in_the_nudge(page: WorkspacePage) -> None:
    page.act_as(TECHNICIAN)
    page.opens_channel("general")
    resolve_everything(page)
    key = opened(page, "Acme Dental P1 Nobody can log in")

    page.opens_channel("dispatch")
    page.jump("5 minutes", times=2)
    at_risk = page.message(key, "First reply due")
    expect(at_risk).to_contain_text(DISPATCHERS)
    page.sets_speed(60)
    breach = page.message(key, "First reply was due")
    expect(breach).to_contain_text(DISPATCHERS)
    page.sets_speed(1)
    expect(breach).to_contain_text("nobody has it")
    expect(at_risk).to_have_count(0)

    called = DISPATCHERS.search(breach.inner_text())
    assert called is not None
    dispatcher = called.group(1)
    page.act_as(dispatcher)
    page.opens_channel("dispatch")
    nudge = page.message(key, "Nobody can log in", "⋯")
    page.chooses_more("I’m on it", on=nudge)
    expect(nudge).to_contain_text("is on it; the customer hears from us by")

    page.chooses_more("Customer told…", on=nudge)
    page.form.fills("What did you tell the customer?", "We are restoring the directory server")
    page.form.submits("Record")
    page.form.closes()
    expect(nudge).to_contain_text(f"@{dispatcher} updated the customer: “We are restoring")
    expect(nudge).not_to_contain_text("First reply")

    page.chooses_more("Change promise…", on=nudge)
    page.form.fills("When does the customer hear from us next?", "5m")
    page.form.submits("Promise")
    page.form.closes()
    page.jump("5 minutes")
    asked = page.message(key, "Still on it?")
    expect(asked).to_contain_text("promised the customer news")
    expect(asked.get_by_role("button", name="Still on it, 30 min more")).to_be_visible()
    page.jump("5 minutes", times=2)
    lapsed = page.message(key, "The customer was promised news, and none is recorded")
    expect(lapsed).to_contain_text(f"@{dispatcher}")

    gives_away_and_silences(page, nudge, dispatcher)
    page.opens_channel("general")
    expect(page.asks(f"/sla resolve {key} restored")).to_contain_text("is resolved")
    page.opens_channel("dispatch")
    expect(page.message(key, "resolved by")).to_be_visible()


def gives_away_and_silences(page: WorkspacePage, nudge: Locator, dispatcher: str) -> None:
    """Assign it from its nudge, say that one is on it, and want no reminder for a while."""
    page.clicks("Assign…", on=nudge)
    page.form.chooses_first("Who should have it?", f"{TECHNICIAN.split(maxsplit=1)[0]} · ")
    page.form.submits("Assign")
    page.form.closes()
    expect(nudge).to_contain_text(f"@{dispatcher} gave it to @{TECHNICIAN}")
    page.clicks("I’m on it", on=nudge)
    expect(nudge).to_contain_text("is on it")
    page.chooses_more("Snooze…", on=nudge)
    page.form.submits("Snooze")
    page.form.closes()
    page.page.get_by_role("button", name=re.compile("anyway$")).last.click()  # the plan is due before the silence ends
    expect(nudge).to_contain_text("wants no reminder until")


def write_the_note(page: WorkspacePage, key: str) -> None:
    """Answer the message of the day: first with too little, then well."""
    page.act_as(TECHNICIAN)
    page.opens_bot()
    asked = page.message(key, "SLA notes wanted from you")
    page.jumps_until(asked, "1 day", at_most=4)
    expect(page.page.get_by_test_id("message").filter(has_text="SLA notes wanted from you")).to_have_count(1)
    page.clicks("Write note…", on=asked)
    form = page.form
    expect(form.dialog).to_contain_text("First reply missed")
    expect(form.dialog).to_contain_text("Where the time went")
    expect(form.dialog.locator(".block-input")).to_have_count(4)
    form.chooses("Why was it missed?", "Late triage")
    form.fills("What happened?", "Busy.")
    form.submits("Save note")
    expect(form.complaint("What did it mean for the customer?")).to_contain_text("required")
    form.fills("What did it mean for the customer?", "Annoyed.")
    form.submits("Save note")
    expect(form.complaint("What about the next one?")).to_contain_text("required")
    form.picks("One-off, nothing to change")
    form.submits("Save note")
    expect(form.complaint("What happened?")).to_contain_text("at least four words")
    expect(form.complaint("What did it mean for the customer?")).to_contain_text("Name the users")
    form.fills("What happened?", STORY)
    form.fills("What did it mean for the customer?", "14 users had no mail for half an hour")
    form.submits("Save note")
    form.closes()
    expect(page.message(key, "has your SLA note, which waits for review")).to_be_visible()


def read_the_prompt_of_the_day(page: WorkspacePage) -> None:
    """A note that waits is no message of its own to the service manager: one message a day counts all of them."""
    page.act_as(MANAGER)
    page.opens_bot()
    prompts = page.page.get_by_test_id("message").filter(has_text=re.compile(r"Waiting for you: \d+ notes?"))
    page.jump("1 hour", times=page.hours_until(12))  # a whole day on is after 09:30, too
    page.jumps_until(prompts.last, "1 day", at_most=6)
    expect(prompts).to_have_count(1)
    expect(page.message("SLA note to review")).to_have_count(0)
    page.clicks("Show", on=prompts.last.locator(".block-actions").last)
    expect(page.message("waiting for you, the oldest first")).to_contain_text(STORY)


def return_and_rewrite_the_note(page: WorkspacePage, key: str) -> None:
    """The service manager returns it once; its author finds the words they wrote."""
    form = page.form
    page.act_as(MANAGER)
    page.opens_channel("general")
    queue = page.asks("/sla review")
    expect(queue).to_contain_text(STORY)
    page.clicks("Return…", on=queue)
    form.fills("What is missing?", "Who owned the old mailbox?")
    form.submits("Return")
    form.closes()
    expect(page.message(key, "is back with its author")).to_be_visible()

    page.act_as(TECHNICIAN)
    page.opens_bot()
    returned = page.message(key, "Who owned the old mailbox?")
    page.jumps_until(returned, "1 day", at_most=4)
    page.clicks("Write note…", on=returned)
    field = form.dialog.get_by_label("What happened?")
    expect(field).to_have_value(STORY)
    form.fills("What happened?", f"{STORY}; the mailbox had belonged to nobody since May")
    form.submits("Save note")
    form.closes()


def accept_and_decide(page: WorkspacePage, key: str) -> None:
    """The service manager accepts the note and wants a procedure."""
    form = page.form
    page.act_as(MANAGER)
    page.opens_channel("general")
    page.clicks("Read it", on=page.asks("/sla review"))
    again = page.message(key, "SLA note to review")
    expect(again).to_contain_text("since May")
    page.clicks("Accept", on=again)
    accepted = page.message(key, "waits for SOP decision")
    expect(accepted).to_contain_text("its SLA note is accepted")
    page.clicks("Decide on SOP…", on=accepted)
    form.picks("Create an SOP")
    form.fills("Title of the SOP", "Where alerts of a new customer go")
    form.submits("Decide")
    expect(form.complaint("Who writes it?")).not_to_be_empty()
    form.chooses("Who writes it?", COLLEAGUE)
    form.fills("Link", "https://wiki.example/alerts")
    form.fills("Done by", _day_of(accepted, later=3))
    form.submits("Decide")
    form.closes()
    expect(page.message(key, f"is for @{COLLEAGUE}, who is told")).to_be_visible()


def test_a_miss_is_explained_reviewed_and_turned_into_a_procedure(page: WorkspacePage) -> None:
    page.act_as(TECHNICIAN)
    page.opens_channel("general")
    resolve_everything(page)
    key = opened(page, "Acme Dental P1 Mail queue stands still")
    expect(page.asks(f"/sla take {key}")).to_contain_text(f"{key} is yours")
    page.opens_bot()
    page.jump("5 minutes", times=4)
    page.opens_channel("general")
    expect(page.asks(f"/sla resolve {key} queue cleared")).to_contain_text("is resolved")

    write_the_note(page, key)
    read_the_prompt_of_the_day(page)
    return_and_rewrite_the_note(page, key)
    accept_and_decide(page, key)

    page.act_as(COLLEAGUE)
    page.opens_bot()
    expect(page.message("an SOP is yours", "Where alerts of a new customer go")).to_contain_text(f"after {key}")
    page.jump("1 day", times=10)
    page.jumps_until(page.message("an SOP is overdue", "Where alerts of a new customer go"), "1 day", at_most=3)

    page.act_as(MANAGER)
    page.opens_channel("general")
    digest = page.asks("/sla digest")
    expect(digest).to_contain_text("SOPs overdue")


def test_the_weekly_digest_posts_on_monday_and_can_be_asked_for(page: WorkspacePage) -> None:
    page.act_as(MANAGER)
    page.opens_channel("general")
    resolve_everything(page)
    key = opened(page, "Acme Dental P1 Nobody can print")
    page.opens_channel("dispatch")
    page.jump("1 hour")
    expect(page.message(key, "was due")).to_be_visible()
    page.opens_channel("general")
    resolve_everything(page)
    now = page.asks("/sla digest")
    expect(now).to_contain_text("Acme Dental")
    expect(now).to_contain_text("SLA notes missing or returned")
    expect(now).to_contain_text("kept")
    week = re.search(r"(.+) so far: ", now.inner_text())
    assert week is not None

    page.opens_channel("service-managers")
    weekly = page.message(f"{week[1]}: ")
    page.jump("1 day", times=page.days_until("Mon"))
    expect(weekly).to_be_visible()
    expect(weekly).to_contain_text(re.compile(r": \d+ of \d+ promises? kept, \d+ %"))
    weekly.get_by_test_id("replies").click()
    expect(page.page.get_by_role("complementary", name="Thread")).to_contain_text("Customer")


def test_a_second_start_shows_what_was_there_and_ctrl_c_ends_it_cleanly(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = tmp_path_factory.mktemp("kept") / "data"
    with DemoProcess(data) as first:
        page = WorkspacePage(chromium.new_page(browser), first.address("Page"))
        page.act_as(TECHNICIAN)
        page.opens_channel("general")
        key = opened(page, "Acme Dental P1 Kept over the night")
        page.opens_channel("dispatch")
        expect(page.message(key, "nobody has it")).to_be_visible()
        page.page.context.close()
        assert first.ctrl_c() == 0
        assert "Traceback" not in first.output

    with DemoProcess(data) as second:
        page = WorkspacePage(chromium.new_page(browser), second.address("Page"))
        page.act_as(TECHNICIAN)
        page.opens_channel("dispatch")
        expect(page.message(key, "Kept over the night")).to_be_visible()
        page.opens_channel("general")
        expect(page.asks("/sla status all")).to_contain_text(key)
        assert second.ctrl_c() == 0  # with the page still open
        assert "Traceback" not in second.output
        page.page.context.close()


def _day_of(message: Locator, *, later: int) -> str:
    """The day a message was written, and some days on, as a date field takes it."""
    written = message.locator("time").first.get_attribute("datetime") or ""
    return (datetime.fromisoformat(written).date() + timedelta(days=later)).isoformat()
