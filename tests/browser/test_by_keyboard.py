"""A day by keyboard only, on a phone's width and on a desk's: a morning, a storm, a handover, a ticket of nobody's."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Locator, expect

from bot.demo import INTAKE_SECRET
from sla_engine.time_source import real_now
from tests.browser import chromium
from tests.browser.keyboard import Keyboard
from tests.browser.running_demo import DemoProcess
from tests.browser.workspace_page import WorkspacePage

pytestmark = pytest.mark.timeout(240)
DANA, DEV, TOM = "U0DANA", "U0DEV", "U0TOM"
GENERAL, DISPATCH = "C0GENERAL", "C0DISPATCH"
KEY = re.compile(r"INC-\d+")


@pytest.fixture(params=[360, 1280], ids=["360 px", "1280 px"])
def keys(request: pytest.FixtureRequest, browser: Browser, demo: DemoProcess) -> Iterator[Keyboard]:
    """The demo's page at one width; nothing in it may fail, and Slack must take all that the bot sends."""
    page = chromium.new_page(browser)
    page.set_viewport_size({"width": request.param, "height": 800})
    shown = WorkspacePage(page, demo.address("Page"))
    yield Keyboard(shown)
    assert shown.troubles == []
    expect(shown.rejections).to_have_count(0)
    page.context.close()


def key_in(message: Locator) -> str:
    """The first incident key a message names."""
    match = KEY.search(message.inner_text())
    assert match is not None, message.inner_text()
    return match.group()


def test_a_technicians_morning_takes_a_line_or_a_click_an_act(keys: Keyboard) -> None:
    keys.goes(TOM, GENERAL)
    key = key_in(keys.asks("/sla open Acme Dental P2 Printers offline at reception"))
    number = key.removeprefix("INC-")
    expect(keys.asks(f"/sla take {number}")).to_contain_text("is yours")
    card = keys.asks(f"/sla {number}")
    keys.presses("Reply sent", on=card)
    expect(card).to_contain_text("has its first reply")
    expect(keys.asks(f"/sla update {number} We look into it next 1h")).to_contain_text("told to hear from us by")
    expect(keys.asks(f"/sla pause {number} vendor until 20m")).to_contain_text("waits for the vendor until")
    expect(keys.asks("/sla resume")).to_contain_text(f"{key} runs again")
    resolved = keys.asks(f"/sla resolve {number} Swapped the cable")
    expect(resolved).to_contain_text("is resolved")
    keys.presses("Undo", on=resolved)
    expect(keys.workspace.message(key, "is undone")).to_be_visible()
    assert keys.acts == 9, "a line or a click each, and one line to look at it"
    keys.sees_everything()


def test_menus_and_forms_are_left_with_escape_and_the_focus_is_where_it_was(keys: Keyboard) -> None:
    keys.goes(TOM, GENERAL)
    key = key_in(keys.asks("/sla open Acme Dental P3 Printers offline at reception"))
    card = keys.asks(f"/sla {key}")
    more = card.get_by_role("button", name="More…", exact=True)
    keys.tabs_to(more, back=True)
    keys.has_focus(more)
    keys.page.keyboard.press("ArrowDown")
    keys.page.keyboard.press("Enter")
    lines = keys.page.get_by_role("menuitem").filter(visible=True)
    keys.has_focus(lines.first)
    keys.page.keyboard.press("End")
    keys.has_focus(lines.last)
    keys.page.keyboard.press("ArrowDown")
    keys.has_focus(lines.first)
    keys.page.keyboard.press("Escape")
    keys.has_focus(more)
    expect(keys.workspace.form.dialog).to_have_count(0)
    keys.page.keyboard.press("Enter")
    keys.page.keyboard.press("r")
    expect(keys.page.locator(":focus")).to_have_text(re.compile("^R"))
    keys.page.keyboard.press("Escape")
    keys.chooses_more("Resolved…", on=card, menu="More…")
    keys.has_focus(keys.workspace.form.dialog.get_by_label("What solved it?"))
    keys.page.keyboard.press("Escape")
    expect(keys.workspace.form.dialog).to_have_count(0)
    keys.has_focus(more)
    keys.chooses_more("Resolved…", on=card, menu="More…")
    keys.fills("What solved it?", "A new cable")
    keys.submits()
    expect(card).to_contain_text("is resolved")
    assert keys.page.evaluate("document.activeElement.closest('article') !== null"), "the focus is still in the card"
    keys.sees_everything()


def test_the_dispatch_is_handed_over_and_taken(keys: Keyboard) -> None:
    keys.goes(DEV, GENERAL)
    key = key_in(keys.asks("/sla open Acme Dental P1 Nobody can log in"))
    expect(keys.asks("/sla handover @dana")).to_contain_text("is on duty now")
    keys.goes(DANA, DISPATCH)
    handover = keys.workspace.message("Dispatch is yours now", "Nobody can log in")
    expect(handover).to_contain_text(key)
    keys.presses("I have it", on=handover)
    expect(keys.workspace.message("has the dispatch since")).to_be_visible()
    expect(keys.page.get_by_label("Act as").locator("option", has_text="on duty")).to_have_text(
        ["Dana Ortiz · on duty"]
    )
    keys.sees_everything()
    keys.goes(DANA, GENERAL)
    expect(keys.asks("/sla handover @dev")).to_contain_text("is on duty now")
    expect(keys.asks(f"/sla resolve {key} restarted")).to_contain_text("is resolved")


def test_the_worst_thursday_is_one_message_and_a_few_presses(keys: Keyboard) -> None:
    keys.goes(DANA, GENERAL)
    opened = []
    for number in range(14):
        opened.append(key_in(keys.asks(f"/sla open Acme Dental P{number % 2 + 1} Workstation {number} is down")))
        if number == 6:
            keys.turns_clock("5 minutes")
    keys.goes(DANA, DISPATCH)
    storm = keys.workspace.message("Acme Dental", "I'm on all of these, 30 min")
    expect(storm).to_contain_text("Workstation")
    expect(keys.page.get_by_role("button", name="I'm on all of these, 30 min")).to_have_count(1)
    acknowledged = keys.presses_and_reads("I'm on all of these, 30 min", on=storm)
    expect(acknowledged).to_contain_text(re.compile("You are on .* incidents now, with news promised by"))
    keys.presses("Customers told…", on=storm)
    keys.fills("What were they told?", "We know, and we are on it")
    keys.submits()
    expect(keys.workspace.message("the customers were told")).to_be_visible()
    keys.presses("Give out…", on=storm)
    expect(keys.workspace.form.dialog).to_be_visible()
    keys.submits()
    given = keys.workspace.message("given out:")
    expect(given).to_be_visible()
    keys.presses("Undo", on=given)
    expect(keys.workspace.message("is undone")).to_be_visible()
    assert keys.acts == len(opened) + 4, "three acts on all of them and one undo"
    keys.sees_everything()
    keys.goes(DANA, GENERAL)
    for key in opened:
        expect(keys.asks(f"/sla resolve {key} restarted")).to_contain_text("is resolved")
    keys.turns_clock("1 hour")


def test_a_ticket_of_nobody_s_is_placed_with_one_press(keys: Keyboard, demo: DemoProcess) -> None:
    number = f"T-{keys.page.viewport_size['width']}" if keys.page.viewport_size else "T-1"
    named = {"id": f"opened-{number}", "external_id": number}
    sends(demo, {"event": "opened", **named, "customer": "Acme Dentl", "title": number, "priority": "P1"})
    keys.goes(DANA, DISPATCH)
    waiting = keys.workspace.message(number, "is nobody we have an agreement with")
    expect(waiting).to_contain_text("No clock runs.")
    placed = keys.presses_and_reads("Acme Dental", on=waiting)
    expect(placed).to_contain_text("for Acme Dental")
    assert keys.acts == 1
    keys.sees_everything()
    key = key_in(placed)
    keys.goes(DANA, GENERAL)
    expect(keys.asks(f"/sla resolve {key} wrong number")).to_contain_text("is resolved")


def sends(demo: DemoProcess, ticket: dict[str, str]) -> None:
    """Tell the demo's intake of a ticket, signed as a ticket system signs."""
    body = json.dumps(ticket).encode()
    seconds = str(int(real_now().timestamp()))
    digest = hmac.new(INTAKE_SECRET.encode(), seconds.encode() + b"." + body, hashlib.sha256).hexdigest()
    request = Request(  # noqa: S310 - the demo's own address
        demo.address("Intake"), data=body, headers={"X-SLA-Signature": f"t={seconds},v1={digest}"}
    )
    with urlopen(request) as answer:  # noqa: S310 - the demo's own address
        assert answer.status in (200, 201, 202)
