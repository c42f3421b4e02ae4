"""One browser for all tests here, one demo for each module, a fresh window for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import chromium
from tests.browser.running_demo import DemoProcess
from tests.browser.workspace_page import WorkspacePage

NO_CHROMIUM = "no Chromium on this machine; on Debian: apt-get install chromium"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium, where there is one."""
    executable = chromium.found()
    if executable is None:
        pytest.skip(NO_CHROMIUM)
    expect.set_options(timeout=chromium.WAIT_MS)
    with chromium.browser(executable) as started:
        yield started


@pytest.fixture(scope="module")
def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoProcess]:
    """The demo on an empty folder, its clock at real speed so that it moves when somebody turns it."""
    assert browser.is_connected()
    with DemoProcess(tmp_path_factory.mktemp("demo") / "data") as running:
        yield running


@pytest.fixture
def page(browser: Browser, demo: DemoProcess) -> Iterator[WorkspacePage]:
    """The demo's page; nothing in it may fail, and Slack must take all that the bot sends."""
    shown = WorkspacePage(chromium.new_page(browser), demo.address("Page"))
    yield shown
    assert shown.troubles == []
    expect(shown.rejections).to_have_count(0)
    shown.page.context.close()
