"""Take the pictures in the documents anew: `python -m tests.browser.pictures [FOLDER]`.

A machine without a font for emoji, such as Noto Color Emoji, draws boxes for them.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.browser import chromium
from tests.browser.running_demo import DemoProcess
from tests.browser.workspace_page import WorkspacePage

IMAGES = Path(__file__).parents[2] / "docs" / "images"
TECHNICIAN, DISPATCHER, MANAGER = "Tom Becker", "Dana Ortiz", "Mira Kaplan"
KEY, OTHERS = "INC-1001", ("INC-1002", "INC-1003")
DIGEST_HOUR = 8
STORM = (
    "Nobody can log in",
    "X-rays do not load",
    "Phones are mute",
    "Booking page is down",
    "E-mail bounces",
    "Card reader is offline",
)


class Photographer:
    """Goes through the loop once and takes a picture wherever there is something to see."""

    def __init__(self, page: WorkspacePage, folder: Path) -> None:
        self.page = page
        self.folder = folder

    def goes_through_the_loop(self) -> None:
        """What if, status, call, Home, nudge, why, note, review, digest, storm."""
        self.what_if()
        self.status()
        self.call()
        self.home()
        self.nudge()
        self.why()
        self.note()
        self.review()
        self.digest()
        self.storm()

    def status(self) -> None:
        """What a technician sees first."""
        page = self.page
        page.act_as(TECHNICIAN)
        page.opens_channel("general")
        expect(page.asks("/sla status all")).to_contain_text(KEY)
        self._takes("status")
        for other in OTHERS:
            expect(page.asks(f"/sla respond {other}")).to_contain_text("has its first reply")
            expect(page.asks(f"/sla resolve {other}")).to_contain_text("is resolved")

    def what_if(self) -> None:
        """Which clocks another priority would move, and who would be told what."""
        page = self.page
        page.act_as(MANAGER)
        page.opens_channel("general")
        verdict = page.asks(f"/sla simulate raise {OTHERS[0]} to P1")
        expect(verdict.get_by_role("button", name="Details")).to_be_visible()
        self._takes("simulate")

    def call(self) -> None:
        """What to read aloud to a customer on the phone."""
        expect(self.page.asks("/sla call acme")).to_contain_text("Say:")
        self._takes("call")

    def home(self) -> None:
        """The Home tab of whoever dispatches."""
        page = self.page
        page.act_as(DISPATCHER)
        page.opens_bot()
        page.page.get_by_role("button", name="Home", exact=True).click()
        expect(page.page.get_by_test_id("home")).to_contain_text("Next: P1")
        self._takes("home")

    def nudge(self) -> None:
        """A breach that calls the dispatcher."""
        page = self.page
        page.act_as(DISPATCHER)
        page.opens_channel("dispatch")
        page.jump("5 minutes")
        page.sets_speed(60)
        posted = page.page.locator("article.message:not(.ephemeral)")
        breach = posted.filter(has_text=KEY).filter(has_text="First reply was due").filter(has_not_text="Board").last
        expect(breach.get_by_role("button", name="Reply sent")).to_be_visible()
        page.sets_speed(1)
        self._takes("nudge")
        page.clicks("Assign…", on=breach)
        page.form.chooses_first("Who should have it?", TECHNICIAN.split(maxsplit=1)[0])
        page.form.submits("Assign")
        page.form.closes()
        expect(breach).to_contain_text("Tom has it")

    def why(self) -> None:
        """How a clock that was missed came to what it says."""
        page = self.page
        page.act_as(TECHNICIAN)
        page.opens_channel("general")
        expect(page.asks(f"/sla pause {KEY} vendor until 20m")).to_contain_text("waits for")
        page.jump("5 minutes")
        expect(page.asks(f"/sla why {KEY}")).to_contain_text("Who held the ball")
        self._takes("why")
        expect(page.asks(f"/sla resume {KEY}")).to_contain_text(KEY)

    def note(self) -> None:
        """The note's form, filled in."""
        page = self.page
        page.act_as(TECHNICIAN)
        page.opens_channel("general")
        page.says(f"/sla note {KEY}")
        page.form.chooses("Why was it missed?", "Late assignment")
        page.form.fills(
            "What happened?", "The alert came in while two shifts changed over, and each left it to the other."
        )
        page.form.fills(
            "What did it mean for the customer?", "Three front desks could not book patients for 20 minutes."
        )
        page.form.dialog.locator(".dialog-body").evaluate("body => { body.scrollTop = 0; }")
        self._takes("note")
        page.form.fills(
            "What will prevent the next one?", "A P1 without an owner is assigned by the dispatcher at once."
        )
        page.form.submits("Save note")
        page.form.closes()
        expect(page.message("has your SLA note")).to_be_visible()
        expect(page.asks(f"/sla resolve {KEY}")).to_contain_text("is resolved")

    def review(self) -> None:
        """What the service manager decides on."""
        page = self.page
        page.act_as(MANAGER)
        page.opens_bot()
        expect(page.asks("/sla review")).to_contain_text(KEY)
        self._takes("review")

    def digest(self) -> None:
        """The week in a message."""
        page = self.page
        page.opens_channel("service-managers")
        page.jump("1 day", times=page.days_until("Mon") - 1)
        page.jump("1 hour", times=page.hours_until(DIGEST_HOUR))
        page.sets_speed(600)
        weekly = page.message("promises kept")
        expect(weekly).to_be_visible()
        page.sets_speed(1)
        expect(weekly.get_by_test_id("replies")).to_be_visible()
        weekly.get_by_test_id("replies").click()
        thread = page.page.get_by_role("complementary", name="Thread")
        expect(thread).to_contain_text("By metric")
        self._to_the_top(thread)
        self._takes("digest")

    def storm(self) -> None:
        """Several incidents within minutes, in one message."""
        page = self.page
        page.act_as(DISPATCHER)
        page.opens_channel("dispatch")
        for what in STORM:
            expect(page.asks(f"/sla open Acme Dental P1 {what}")).to_contain_text("Opened INC-")
        storm = page.page.locator("article.message:not(.ephemeral)").filter(has_text="Customers told…").last
        expect(storm).to_contain_text(STORM[-1])
        storm.scroll_into_view_if_needed()
        self._takes("storm")

    def _to_the_top(self, pane: Locator) -> None:
        pane.get_by_role("log").evaluate("list => { list.scrollTop = 0; }")

    def _takes(self, name: str) -> None:
        self.page.page.screenshot(path=self.folder / f"{name}.png")


def main() -> None:
    """Start a demo of its own, walk through it, write the pictures."""
    executable = chromium.found()
    if executable is None:
        sys.exit("No Chromium on this machine.")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES
    folder.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=chromium.WAIT_MS)
    with (
        tempfile.TemporaryDirectory() as data,
        DemoProcess(Path(data) / "data") as demo,
        chromium.browser(executable) as browser,
    ):
        page = WorkspacePage(chromium.new_page(browser), demo.address("Page"))
        Photographer(page, folder).goes_through_the_loop()
        page.page.context.close()
        demo.ctrl_c()


if __name__ == "__main__":
    main()
