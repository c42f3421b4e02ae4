"""Every Web API method the bot calls is covered by a scope of the manifest."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.manifest import BOT_EVENTS, BOT_SCOPES
from bot.sandbox.running import Strictness
from tests.slack.workplace import Workplace, set_up, workspace

BOT = Path(__file__).resolve().parents[2] / "bot"
NEEDS: dict[str, tuple[str, ...]] = {
    "auth_test": (),
    "chat_postEphemeral": ("chat:write",),
    "chat_postMessage": ("chat:write",),
    "chat_getPermalink": (),
    "views_publish": (),
    "chat_update": ("chat:write",),
    "chat_delete": ("chat:write",),
    "conversations_history": ("channels:history", "groups:history", "im:history"),
    "conversations_replies": ("channels:history", "groups:history", "im:history"),
    "conversations_info": ("channels:read", "groups:read"),
    "conversations_list": ("channels:read", "groups:read"),
    "conversations_open": ("im:write",),
    "users_info": ("users:read",),
    "files_upload_v2": ("files:write",),
    "views_open": (),
    "views_update": (),
}
HEARD: dict[str, tuple[str, ...]] = {"app_home_opened": (), "app_mention": ("app_mentions:read",)}
CALL = re.compile(r"client\.((?:auth|chat|conversations|users|views|reactions|files|pins|bookmarks)_\w+)\(")


def test_every_method_the_bot_calls_is_covered_by_a_scope_and_no_scope_is_idle() -> None:
    files = [file for file in BOT.rglob("*.py") if "sandbox" not in file.parts]
    called = {method for file in files for method in CALL.findall(file.read_text())}
    assert called, "the bot calls Slack somewhere"
    assert called <= set(NEEDS), "a method that is new here needs its row above"
    assert set(BOT_EVENTS) <= set(HEARD), "an event that is new here needs its row above"
    needed = {scope for method in called for scope in NEEDS[method]} | {"commands"}
    needed |= {scope for event in BOT_EVENTS for scope in HEARD[event]}
    assert needed == set(BOT_SCOPES)


@pytest.mark.sqlite_only
def test_with_the_manifests_scopes_alone_the_whole_loop_is_refused_nothing(database_url: str) -> None:
    set_up(database_url)
    with workspace(strictness=Strictness(scopes=frozenset(BOT_SCOPES), ping_seconds=0.1)) as sandbox:
        desk = Workplace(database_url, sandbox)
        desk.start()
        try:
            key = desk.opens("Acme Dental P2 E-mail is down")
            desk.tells("tom", f"take {key}")
            desk.passes(minutes=32)
            desk.dispatch().expects("First reply was due")
            desk.dispatch().clicks("I’m on it", containing="First reply was due").expects("Dana is on it")
            desk.tells("tom", f"resolve {key} queue cleared")
            desk.passes(minutes=43)
            desk.slack.as_user("tom").in_dm().expects("SLA notes wanted from you")
        finally:
            desk.stop()
        assert sandbox.rejections == []
