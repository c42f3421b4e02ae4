"""What the workspace's page draws and understands by itself, without a bot: figures, files, keys, the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect
from slack_sdk import WebClient

from bot.sandbox.running import Strictness
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace.seed import DEFAULT_SCOPES, ClockReading, OnDuty, SandboxChannel, SandboxUser
from tests.browser import chromium
from tests.standing_clock import StandingClock

DISPATCH = "C1DISPATCH"
PEOPLE = (
    SandboxUser("U1DANA", "dana", "Dana Ortiz", "Dispatcher"),
    SandboxUser("U2TOM", "tom", "Tom Becker", "Technician"),
)
CHANNELS = (SandboxChannel(DISPATCH, "dispatch"),)

CHART = {
    "type": "data_visualization",
    "title": "Promises kept by week",
    "chart": {
        "type": "line",
        "series": [
            {"name": "kept", "data": [{"label": "W47", "value": 92}, {"label": "W48", "value": 94}]},
            {"name": "goal", "data": [{"label": "W47", "value": 93}, {"label": "W48", "value": 93}]},
        ],
        "axis_config": {"categories": ["W47", "W48"], "y_label": "%"},
    },
}
PIE = {
    "type": "data_visualization",
    "title": "Why late",
    "chart": {"type": "pie", "segments": [{"label": "nobody had it", "value": 3}, {"label": "vendor", "value": 2}]},
}
ROWS = [("Acme Dental", 9), ("Beta Logistics", 1), ("Cedar Clinic", 12)]
TABLE = {
    "type": "data_table",
    "caption": "Late this month",
    "page_size": 2,
    "rows": [
        [{"type": "raw_text", "text": "Customer"}, {"type": "raw_text", "text": "Late"}],
        *([{"type": "raw_text", "text": name}, {"type": "raw_number", "value": late}] for name, late in ROWS),
    ],
}
FORM = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "A note"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "words",
            "label": {"type": "plain_text", "text": "Words"},
            "element": {"type": "plain_text_input", "action_id": "words", "multiline": True},
        }
    ],
}


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(shown=ClockReading(datetime(2026, 3, 2, 9, tzinfo=UTC), speed=30.0, paused=True))


@pytest.fixture
def sandbox(clock: StandingClock) -> Iterator[Sandbox]:
    may = Strictness(scopes=DEFAULT_SCOPES | {"files:write"})
    on_duty = lambda: OnDuty("U1DANA") if clock.shown.now.hour < 12 else OnDuty("U2TOM", "on duty, not taken yet")  # noqa: E731 - two dispatchers by the hour
    with Sandbox(PEOPLE, CHANNELS, strictness=may, time_control=clock, on_duty=on_duty) as started:
        yield started


@pytest.fixture
def api(sandbox: Sandbox) -> WebClient:
    return WebClient(sandbox.bot_token, base_url=sandbox.api_url)


@pytest.fixture
def window(browser: Browser, sandbox: Sandbox) -> Iterator[Page]:
    """Dana's window on the dispatch channel; nothing in it may fail."""
    troubles: list[str] = []
    shown = chromium.new_page(browser)
    shown.on("pageerror", lambda error: troubles.append(str(error)))
    shown.goto(f"{sandbox.web_url}/#as=U1DANA&channel={DISPATCH}")
    expect(shown.get_by_test_id("composer")).to_be_focused()
    yield shown
    assert troubles == []
    shown.context.close()


def test_charts_are_drawn_and_their_figures_can_be_read(window: Page, api: WebClient) -> None:
    api.chat_postMessage(channel=DISPATCH, text="Week 48", blocks=[CHART, PIE])
    chart = window.get_by_test_id("chart").filter(has_text="Promises kept by week")
    expect(chart.get_by_role("img", name="Promises kept by week, line chart")).to_be_visible()
    expect(chart.locator("path.stroke")).to_have_count(2)
    expect(chart.locator(".legend li")).to_have_text(["kept", "goal"])
    expect(window.get_by_test_id("chart").filter(has_text="Why late").locator("path.slice")).to_have_count(2)
    chart.locator("summary").press("Enter")
    expect(chart.get_by_role("row", name="W48 94 93")).to_be_visible()


def test_a_sortable_table_is_sorted_and_turned_by_keyboard(window: Page, api: WebClient) -> None:
    api.chat_postMessage(channel=DISPATCH, text="Late", blocks=[TABLE])
    table = window.get_by_role("table", name="Late this month")
    names = table.get_by_role("rowheader")
    expect(names).to_have_text(["Acme Dental", "Beta Logistics"])
    by_late = table.get_by_role("button", name="Late")
    by_late.press("Enter")
    by_late.press("Enter")
    expect(table.get_by_role("columnheader", name="Late")).to_have_attribute("aria-sort", "descending")
    expect(names).to_have_text(["Cedar Clinic", "Acme Dental"])
    window.get_by_role("button", name="Next page").press("Enter")
    expect(names).to_have_text(["Beta Logistics"])


def test_a_shared_file_is_a_link_to_its_content(window: Page, api: WebClient) -> None:
    api.files_upload_v2(channel=DISPATCH, filename="week.html", content="<h1>Week 48</h1>", title="Week 48")
    shared = window.get_by_test_id("file")
    expect(shared).to_contain_text("Week 48")
    with window.expect_popup() as opened:
        shared.press("Enter")
    expect(opened.value.get_by_role("heading", name="Week 48")).to_be_visible()


def test_ctrl_enter_sends_a_form_from_a_text_of_several_lines(window: Page, sandbox: Sandbox, api: WebClient) -> None:
    trigger = sandbox.hub.triggers.issue("U1DANA")
    api.views_open(trigger_id=trigger, view=FORM)
    words = window.get_by_label("Words")
    words.press_sequentially("first")
    words.press("Enter")
    words.press_sequentially("second")
    expect(words).to_have_value("first\nsecond")  # Enter alone is a new line
    words.press("Control+Enter")
    expect(window.get_by_test_id("form-error")).not_to_be_empty()  # it was sent; no bot is here to take it


def test_the_list_goes_to_its_end_when_one_sends(window: Page, api: WebClient) -> None:
    for number in range(40):
        api.chat_postMessage(channel=DISPATCH, text=f"line {number}")
    expect(window.get_by_text("line 39", exact=True)).to_be_visible()
    window.locator(".feed-list").first.evaluate("list => { list.scrollTop = 0; }")
    expect(window.get_by_text("line 39", exact=True)).not_to_be_in_viewport()
    box = window.get_by_test_id("composer")
    box.fill("on it")
    box.press("Enter")
    expect(window.get_by_text("on it", exact=True)).to_be_in_viewport()


def test_who_is_on_duty_is_said_where_one_chooses_whom_to_be(window: Page) -> None:
    people = window.get_by_label("Act as").locator("option")
    expect(people).to_have_text(["Dana Ortiz · on duty", "Tom Becker"])
    window.get_by_role("button", name="Jump 1 hour").click(click_count=3)
    expect(people).to_have_text(["Dana Ortiz", "Tom Becker · on duty, not taken yet"])


def test_a_stopped_clock_stays_stopped_at_another_speed_and_thirty_can_be_chosen_again(
    window: Page, clock: StandingClock
) -> None:
    speed = window.get_by_label("Speed")
    for label in ("×600", "×30"):
        with window.expect_response("**/sandbox/clock"):
            speed.select_option(label=label)
    expect(window.get_by_role("button", name="Resume clock")).to_be_visible()
    expect(speed).to_have_value("30")
    assert (clock.shown.speed, clock.shown.paused) == (30.0, True)


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_of_the_clock_is_off_the_screen(window: Page, width: int) -> None:
    window.set_viewport_size({"width": width, "height": 760})
    last = window.get_by_role("button", name="Jump 1 day").bounding_box()
    assert last is not None
    assert last["x"] >= 0
    assert last["x"] + last["width"] <= width
