"""The demo's page as a person uses it: somebody to act as, channels, a message box, buttons, forms, a clock."""

from __future__ import annotations

import re
from typing import Literal

from playwright.sync_api import Locator, Page, expect

_PRIVATE_SINCE = """(since) => [...document.querySelectorAll("article.ephemeral")]
  .map((message) => message.dataset.ts).find((ts) => Number(ts) > since)"""

Jump = Literal["5 minutes", "1 hour", "1 day"]

_WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
BOT = "SLA bot"
NEWS_MS = 3000
"""The bot wakes when the clock is turned; what that brings is in sight by then."""


class WorkspacePage:
    """Reads like the requirement: `page.act_as("Tom Becker")`, `page.says("/sla status")`, `page.form.fills(...)`."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.form = Form(page)
        self.troubles: list[str] = []
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.goto(address)
        expect(page.get_by_test_id("app-connection")).to_have_text(f"{BOT} is connected")

    def act_as(self, name: str) -> None:
        """See the workspace with somebody's eyes."""
        chooser = self.page.get_by_label("Act as")
        person = chooser.locator("option", has_text=name).get_attribute("value")  # its label may say "on duty" as well
        chooser.select_option(value=person)
        everybody_else = self.page.get_by_role("region", name="Direct messages")
        expect(everybody_else.get_by_text(name, exact=True)).to_have_count(0)

    def opens_channel(self, name: str) -> None:
        """Look at a channel."""
        self.page.get_by_role("link", name=name, exact=True).click()
        expect(self.page.locator("#channel-header h2")).to_contain_text(name)

    def opens_bot(self) -> None:
        """Look at the direct messages with the bot."""
        self.opens_channel(BOT)

    def says(self, words: str) -> None:
        """Type into the message box and send it."""
        box = self.page.get_by_test_id("composer")
        box.fill(words)
        box.press("Enter")

    def asks(self, words: str) -> Locator:
        """Say something and answer the private reply that comes because of it."""
        asked_at = self.page.evaluate("Date.now() / 1000")
        self.says(words)
        ts = self.page.wait_for_function(_PRIVATE_SINCE, arg=asked_at).json_value()
        return self.page.locator(f'article[data-ts="{ts}"]')

    def clicks(self, button: str, *, on: Locator) -> None:
        """Press a message's button."""
        on.get_by_role("button", name=button, exact=True).click()

    def chooses_more(self, line: str, *, on: Locator) -> None:
        """Choose from a message's menu “⋯”."""
        on.get_by_role("button", name="More actions").click()
        self.page.get_by_role("menuitem", name=line, exact=True).click()

    def selects(self, menu: str, option: str, *, on: Locator) -> None:
        """Choose from a message's menu."""
        on.get_by_role("button", name=menu, exact=True).click()
        self.page.get_by_role("menuitem", name=option, exact=True).click()

    def message(self, *words: str | re.Pattern[str]) -> Locator:
        """The newest message in sight that holds all these words."""
        found = self.page.get_by_test_id("message")
        for each in words:
            found = found.filter(has_text=each)
        return found.last

    def jump(self, length: Jump, *, times: int = 1) -> None:
        """Turn the workspace's clock on."""
        for _ in range(times):
            with self.page.expect_response(re.compile("/sandbox/clock")):
                self.page.get_by_role("button", name=f"Jump {length}").click()

    def jumps_until(self, wanted: Locator, length: Jump, *, at_most: int) -> None:
        """Turn the clock on, again and again, until something is in sight."""
        for _ in range(at_most):
            self.jump(length)
            try:
                expect(wanted).to_be_visible(timeout=NEWS_MS)
            except AssertionError:
                continue
            return
        expect(wanted).to_be_visible()

    def sets_speed(self, speed: int) -> None:
        """Let the clock run faster or slower."""
        self.page.get_by_label("Speed").select_option(label=f"×{speed}")

    def pauses_clock(self) -> None:
        """Stop the clock."""
        self.page.get_by_role("button", name="Pause clock").click()
        expect(self.page.get_by_role("button", name="Resume clock")).to_be_visible()

    def resumes_clock(self) -> None:
        """Let it run again."""
        self.page.get_by_role("button", name="Resume clock").click()
        expect(self.page.get_by_role("button", name="Pause clock")).to_be_visible()

    def days_until(self, weekday: str) -> int:
        """How many days the workspace's clock is before the next such day, from 1 to 7."""
        today = self.page.get_by_test_id("clock").inner_text().split()[0]
        return (_WEEK.index(weekday) - _WEEK.index(today) - 1) % 7 + 1

    def hours_until(self, hour: int) -> int:
        """How many whole hours the workspace's clock may go on and still be before that hour of the day, or on it."""
        face = self.page.get_by_test_id("clock").inner_text()
        at = next(int(word[:2]) for word in face.split() if ":" in word)
        return (hour - at - 1) % 24

    @property
    def rejections(self) -> Locator:
        """Banners that say what Slack would not have taken."""
        return self.page.get_by_test_id("rejected")


class Form:
    """The modal that is open."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.dialog = page.get_by_test_id("modal")

    def fills(self, label: str, words: str) -> None:
        """Type into a field."""
        self.dialog.get_by_label(label).fill(words)

    def chooses(self, label: str, option: str) -> None:
        """Choose from a menu."""
        self.dialog.get_by_label(label).select_option(label=option)

    def chooses_first(self, label: str, beginning: str) -> None:
        """Choose the first option of a menu that begins so."""
        menu = self.dialog.get_by_label(label)
        value = menu.locator("option", has_text=re.compile(f"^{beginning}")).first.get_attribute("value")
        menu.select_option(value=value)

    def picks(self, option: str) -> None:
        """Choose one of a few that are all in sight."""
        self.dialog.get_by_label(option, exact=True).check()

    def submits(self, button: str) -> None:
        """Press the form's own button."""
        self.dialog.get_by_role("button", name=button, exact=True).click()

    def closes(self) -> None:
        """Wait until the form is gone."""
        expect(self.dialog).to_have_count(0)

    def complaint(self, label: str) -> Locator:
        """What is said beside a field."""
        field = self.dialog.locator(".block-input").filter(has=self.page.get_by_label(label))
        return field.get_by_test_id("field-error")
