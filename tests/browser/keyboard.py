"""The demo's page for somebody without a mouse: Tab, Enter, arrows and words, and nothing else."""

from __future__ import annotations

from urllib.parse import urlencode

from playwright.sync_api import Locator, Page, expect

from tests.browser.workspace_page import WorkspacePage

FARTHEST = 150
"""More presses of Tab than this lead nowhere."""
_PRIVATE_SINCE = """(since) => [...document.querySelectorAll("article.ephemeral")]
  .map((message) => message.dataset.ts).find((ts) => Number(ts) > since)"""
_HAS_FOCUS = "(element) => element === document.activeElement"
_HAS_RING = """(element) => element.matches(":focus-visible")
  && [element, element.closest(".composer-row")].some((part) => part && (getComputedStyle(part).outlineStyle !== "none"
    || getComputedStyle(part).boxShadow !== "none" || element.matches(".menu-item")))"""
_OVERFLOWS = """() => [document.documentElement, ...document.querySelectorAll(".feed, .feed-list, article, dialog")]
  .filter((element) => element.scrollWidth > Math.max(element.clientWidth, 1) + 1 && element.clientWidth > 0)
  .map((element) => `${element.tagName}.${element.className}: ${element.scrollWidth} > ${element.clientWidth}`)"""


class Keyboard:
    """Reads like the requirement: `keys.says("/sla take 1042")`, `keys.presses("Undo", on=answer)`."""

    def __init__(self, workspace: WorkspacePage) -> None:
        self.workspace = workspace
        self.page: Page = workspace.page
        self.acts = 0
        """Lines that were sent and buttons that were pressed."""

    def goes(self, person: str, channel: str) -> None:
        """Open a channel as somebody, by its address."""
        address = f"{self.workspace.address.rstrip('/')}/#{urlencode({'as': person, 'channel': channel})}"
        self.page.goto("about:blank")
        self.page.goto(address)
        expect(self.page.get_by_test_id("app-connection")).to_have_text("SLA bot is connected")
        expect(self.page.get_by_test_id("composer")).to_be_visible()

    def tabs_to(self, control: Locator, *, back: bool = False) -> None:
        """Press Tab until a control has the focus."""
        control.wait_for()
        for _ in range(FARTHEST):
            if control.evaluate(_HAS_FOCUS):
                return
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
        message = f"Tab does not lead to {control}"
        raise AssertionError(message)

    def says(self, words: str) -> None:
        """Write a line and send it."""
        self.tabs_to(self.page.get_by_test_id("composer"))
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")
        self.acts += 1

    def asks(self, words: str) -> Locator:
        """Send a line and read the private answer that comes because of it."""
        asked_at = self._now()
        self.says(words)
        return self._answer_since(asked_at)

    def presses(self, label: str, *, on: Locator) -> None:
        """Go to a button of a message and press it."""
        self.tabs_to(on.get_by_role("button", name=label, exact=True), back=True)
        self.page.keyboard.press("Enter")
        self.acts += 1

    def presses_and_reads(self, label: str, *, on: Locator) -> Locator:
        """Press a button of a message, and read the private answer that comes because of it."""
        asked_at = self._now()
        self.presses(label, on=on)
        return self._answer_since(asked_at)

    def chooses_more(self, line: str, *, on: Locator, menu: str = "More actions") -> None:
        """Choose a line of a message's menu (“⋯” where no other is named) with the arrows."""
        self.tabs_to(on.get_by_role("button", name=menu), back=True)
        self.page.keyboard.press("Enter")
        item = self.page.get_by_role("menuitem", name=line, exact=True)
        item.wait_for()
        for _ in range(FARTHEST):
            if item.evaluate(_HAS_FOCUS):
                break
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")
        self.acts += 1

    def fills(self, label: str, words: str) -> None:
        """Go to a field of the open form and type into it."""
        self.tabs_to(self.workspace.form.dialog.get_by_label(label))
        self.page.keyboard.type(words)

    def submits(self) -> None:
        """Hand the open form in from wherever the focus is."""
        self.page.keyboard.press("Control+Enter")
        self.workspace.form.closes()

    def turns_clock(self, label: str) -> None:
        """Press one of the clock's buttons."""
        self.tabs_to(self.page.get_by_role("button", name=f"Jump {label}"))
        self.page.keyboard.press("Enter")

    def has_focus(self, control: Locator) -> None:
        """The focus is on a control, and can be seen there."""
        expect(control).to_be_focused()
        assert control.evaluate(_HAS_RING), f"the focus on {control} cannot be seen"

    def sees_everything(self) -> None:
        """Nothing in sight is wider than the window."""
        assert self.page.evaluate(_OVERFLOWS) == []

    def _now(self) -> float:
        now: float = self.page.evaluate("Date.now() / 1000")
        return now

    def _answer_since(self, asked_at: float) -> Locator:
        ts = self.page.wait_for_function(_PRIVATE_SINCE, arg=asked_at).json_value()
        return self.page.locator(f'article[data-ts="{ts}"]')
