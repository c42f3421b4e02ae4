"""*Page* and *CSV* under the digest: files in the direct messages of whoever presses them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.granted_scopes import FILES
from bot.manifest import BOT_SCOPES
from bot.sandbox.running import Strictness
from bot.sandbox.traffic.faults import Fault, FaultKind
from sla_engine.text.miss_csv import BYTE_ORDER_MARK
from tests.polling import PATIENCE_SECONDS, until
from tests.slack.workplace import Workplace, set_up, workspace

pytestmark = pytest.mark.sqlite_only


def shared(desk: Workplace) -> list[str]:
    """The files that were shared, oldest first."""
    state = desk.sandbox.hub.workspace.uploads.files.values()
    return [upload.content.decode() for upload in state if upload.is_shared and upload.content is not None]


def with_a_miss(desk: Workplace) -> str:
    """An incident whose first reply is late, and the digest on Mira's screen."""
    key = desk.opens("Acme Dental P2 E-mail is down")
    desk.passes(minutes=45)
    desk.dispatch().expects("First reply was due")
    desk.tells("mira", "digest")
    return key


def test_the_page_and_the_csv_come_as_files(desk: Workplace) -> None:
    key = with_a_miss(desk)
    mira = desk.as_user("mira")
    mira.clicks("Page").expects("Sent to your direct messages with sla-bot: The digest of 2026-W06.")
    mira.clicks("CSV").expects("Sent to your direct messages with sla-bot: The misses of 2026-W06.")
    page, rows = shared(desk)
    assert page.startswith("<!doctype html>")
    assert key in page
    assert rows.startswith(f"{BYTE_ORDER_MARK}incident,")
    assert key in rows
    desk.slack.as_user("mira").in_dm().expects("One page to print or to send")


def test_a_file_that_slack_refuses_is_told(desk: Workplace) -> None:
    with_a_miss(desk)
    refusal = Fault(FaultKind.REFUSE, method="files.getUploadURLExternal", error="missing_scope")
    desk.sandbox.faults.next(refusal)
    desk.as_user("mira").clicks("CSV").expects("Slack did not take the file (missing_scope).")
    assert shared(desk) == []


def test_a_file_of_which_slack_says_nothing_is_kept_to_be_tried_again(desk: Workplace) -> None:
    with_a_miss(desk)
    desk.sandbox.faults.next(Fault(FaultKind.ERROR_BEFORE, method="files.completeUploadExternal"))
    desk.as_user("mira").clicks("CSV").expects("did not work yet: something failed on our side. It is tried again")
    assert shared(desk) == []


@pytest.fixture
def without_the_scope(database_url: str) -> Iterator[Workplace]:
    set_up(database_url)
    scopes = frozenset(BOT_SCOPES) - {FILES}
    with workspace(strictness=Strictness(scopes=scopes, ack_seconds=PATIENCE_SECONDS, ping_seconds=0.1)) as sandbox:
        desk = Workplace(database_url, sandbox)
        desk.start()
        yield desk
        desk.stop()


def test_without_the_scope_there_is_no_button(without_the_scope: Workplace) -> None:
    desk = without_the_scope
    until(lambda: not desk.bot.scopes.has(FILES), what="the bot knows its scopes")
    answer = desk.tells("mira", "digest")
    assert {"Page", "CSV"}.isdisjoint(answer.buttons)
