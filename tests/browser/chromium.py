"""A headless Chromium from this machine's own packages, never one that is fetched."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
WIDTH, HEIGHT = 1280, 800
WAIT_MS = 60_000
_QUIET = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
)


def found() -> str | None:
    """Where a Chromium is, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


@contextmanager
def browser(executable: str) -> Iterator[Browser]:
    """A browser that ends with the block."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=list(_QUIET))
        try:
            yield started
        finally:
            started.close()


def new_page(started: Browser) -> Page:
    """A fresh window of the pictures' size, in a fixed zone and language."""
    context = started.new_context(
        viewport={"width": WIDTH, "height": HEIGHT},
        locale="en-US",
        timezone_id="America/New_York",
        reduced_motion="reduce",
    )
    context.set_default_timeout(WAIT_MS)
    return context.new_page()
