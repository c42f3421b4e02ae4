from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.running import Strictness
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace.seed import RateLimits
from tests.driver.driver import SlackDriver
from tests.slack.sandbox.calls import fetch
from tests.slack.sandbox.conftest import CHANNELS, PEOPLE
from tests.slack.sandbox.sample_bot import note_view, section

DISPATCH = "C1DISPATCH"
METADATA = {"event_type": "nudge", "event_payload": {"key": "k1"}}


def refused(call: Any, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as refusal:
        call(**arguments)
    return str(refusal.value.response["error"])


def test_the_token_says_who_one_is_and_what_one_may_do(api: WebClient) -> None:
    answer = api.auth_test()
    assert (answer["user_id"], answer["bot_id"]) == ("U0SANDBOX", "B0SANDBOX")
    assert "chat:write" in answer.headers["x-oauth-scopes"]


@pytest.mark.parametrize(("token", "error"), [("", "not_authed"), ("xoxb-wrong", "invalid_auth")])
def test_a_wrong_token_is_refused(sandbox: Sandbox, token: str, error: str) -> None:
    assert refused(WebClient(token, base_url=sandbox.api_url).auth_test) == error


def test_a_revoked_token_is_refused_until_it_is_restored(sandbox: Sandbox, api: WebClient) -> None:
    sandbox.revoke_tokens()
    assert refused(api.auth_test) == "token_revoked"
    sandbox.restore_tokens()
    assert api.auth_test()["ok"]


def test_an_unknown_method_is_refused(api: WebClient) -> None:
    assert refused(api.api_call, api_method="chat.whisper") == "unknown_method"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C9NOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": "C4VAULT", "text": "x"}, "channel_not_found"),
        ({"channel": "C2LOBBY", "text": "x"}, "not_in_channel"),
        ({"channel": DISPATCH, "text": "  "}, "no_text"),
        ({"channel": DISPATCH, "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": DISPATCH, "text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"channel": DISPATCH, "text": "x", "blocks": [section("x" * 3001)]}, "invalid_blocks"),
        ({"channel": DISPATCH, "text": "x", "metadata": {"event_type": "e"}}, "invalid_metadata_schema"),
        ({"channel": DISPATCH, "text": "x", "colour": "red"}, "invalid_arguments"),
        ({"text": "x"}, "invalid_arguments"),
    ],
    ids=[
        "no such channel",
        "hidden channel",
        "not a member",
        "blank text",
        "text too long",
        "no such thread",
        "block too long",
        "metadata without payload",
        "unknown argument",
        "no channel",
    ],
)
def test_a_post_slack_would_not_take_is_refused_and_kept(
    sandbox: Sandbox, api: WebClient, slack: SlackDriver, arguments: dict[str, Any], error: str
) -> None:
    assert refused(api.api_call, api_method="chat.postMessage", json=arguments) == error
    assert [rejection.error for rejection in sandbox.rejections] == [error]
    assert slack.messages("dispatch") == []


def test_invalid_blocks_come_with_the_place_of_the_problem(api: WebClient) -> None:
    with pytest.raises(SlackApiError) as refusal:
        api.chat_postMessage(channel=DISPATCH, text="x", blocks=[section("x" * 3001)])
    (message,) = refusal.value.response["response_metadata"]["messages"]
    assert message.startswith("[ERROR]")
    assert "[json-pointer:/blocks/0/text" in message


def test_forms_and_json_mean_the_same(sandbox: Sandbox, slack: SlackDriver) -> None:
    form = urlencode({"channel": DISPATCH, "text": "as a form", "blocks": json.dumps([section("in blocks")])})
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    authorised = {"Authorization": f"Bearer {sandbox.bot_token}"} | kind
    assert json.loads(fetch(f"{sandbox.api_url}chat.postMessage", body=form, headers=authorised).body)["ok"]
    assert slack.messages("dispatch")[0].text == "in blocks\nas a form"


def test_an_archived_channel_takes_no_posts(sandbox: Sandbox, api: WebClient) -> None:
    sandbox.archive("dispatch")
    assert refused(api.chat_postMessage, channel=DISPATCH, text="x") == "is_archived"


def test_a_bot_that_was_thrown_out_may_not_post_until_it_is_invited(sandbox: Sandbox, api: WebClient) -> None:
    sandbox.remove_bot("dispatch")
    assert refused(api.chat_postMessage, channel=DISPATCH, text="x") == "not_in_channel"
    assert refused(api.conversations_history, channel=DISPATCH) == "not_in_channel"
    sandbox.invite_bot("dispatch")
    assert api.chat_postMessage(channel=DISPATCH, text="x")["ok"]


def test_a_missing_scope_is_named() -> None:
    strictness = Strictness(scopes=frozenset({"chat:write"}))
    with Sandbox(PEOPLE, CHANNELS, strictness=strictness) as sandbox:
        api = WebClient(sandbox.bot_token, base_url=sandbox.api_url)
        with pytest.raises(SlackApiError) as refusal:
            api.conversations_history(channel="C3MANAGERS")
    answer = refusal.value.response
    assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:history")
    assert answer["provided"] == "chat:write"


def test_only_ones_own_messages_can_be_changed(api: WebClient, slack: SlackDriver) -> None:
    slack.as_user("technician").in_channel("dispatch").says("mine")
    ts = slack.messages("dispatch")[0].ts
    assert refused(api.chat_update, channel=DISPATCH, ts=ts, text="x") == "cant_update_message"
    assert refused(api.chat_delete, channel=DISPATCH, ts=ts) == "cant_delete_message"
    assert refused(api.chat_update, channel=DISPATCH, ts="1.000001", text="x") == "message_not_found"


def test_an_update_with_text_alone_drops_the_blocks_and_keeps_the_metadata(api: WebClient) -> None:
    posted = api.chat_postMessage(channel=DISPATCH, text="a", blocks=[section("a")], metadata=METADATA)
    api.chat_update(channel=DISPATCH, ts=posted["ts"], text="b")
    (message,) = api.conversations_history(channel=DISPATCH, include_all_metadata=True)["messages"]
    assert message["text"] == "b"
    assert "blocks" not in message
    assert message["metadata"] == METADATA


def test_metadata_comes_only_to_those_who_ask(api: WebClient) -> None:
    root = api.chat_postMessage(channel=DISPATCH, text="a", metadata=METADATA)["ts"]
    api.chat_postMessage(channel=DISPATCH, text="b", thread_ts=root, metadata=METADATA)
    assert "metadata" not in api.conversations_history(channel=DISPATCH)["messages"][0]
    asked = api.conversations_history(channel=DISPATCH, include_all_metadata=True)["messages"]
    assert asked[0]["metadata"] == METADATA
    thread = api.conversations_replies(channel=DISPATCH, ts=root, include_all_metadata=True)["messages"]
    assert [message["metadata"] for message in thread] == [METADATA, METADATA]


def test_history_is_newest_first_and_pages_with_cursors(api: WebClient) -> None:
    stamps = [api.chat_postMessage(channel=DISPATCH, text=str(number))["ts"] for number in range(5)]
    first = api.conversations_history(channel=DISPATCH, limit=2)
    assert [message["text"] for message in first["messages"]] == ["4", "3"]
    assert first["has_more"]
    cursor = first["response_metadata"]["next_cursor"]
    second = api.conversations_history(channel=DISPATCH, limit=3, cursor=cursor)
    assert [message["text"] for message in second["messages"]] == ["2", "1", "0"]
    assert not second["has_more"]
    between = {"channel": DISPATCH, "oldest": stamps[1], "latest": stamps[3]}
    assert [m["text"] for m in api.conversations_history(**between)["messages"]] == ["2"]
    inclusive = api.conversations_history(**between, inclusive=True)["messages"]
    assert [m["text"] for m in inclusive] == ["3", "2", "1"]


def test_replies_stay_in_their_thread(api: WebClient) -> None:
    root = api.chat_postMessage(channel=DISPATCH, text="root")["ts"]
    reply = api.chat_postMessage(channel=DISPATCH, text="reply", thread_ts=root)["ts"]
    (message,) = api.conversations_history(channel=DISPATCH)["messages"]
    assert (message["reply_count"], message["latest_reply"]) == (1, reply)
    thread = api.conversations_replies(channel=DISPATCH, ts=root)["messages"]
    assert [(m["text"], m.get("parent_user_id")) for m in thread] == [("root", None), ("reply", "U0SANDBOX")]
    assert refused(api.chat_postMessage, channel=DISPATCH, text="x", thread_ts=reply) == "cannot_reply_to_message"


def test_an_ephemeral_message_is_in_nobodys_history(api: WebClient, slack: SlackDriver) -> None:
    ts = api.chat_postEphemeral(channel=DISPATCH, user="U2TOM", text="psst")["message_ts"]
    slack.as_user("technician").in_channel("dispatch").expects("psst")
    slack.as_user("dispatcher").does_not_see("psst")
    assert api.conversations_history(channel=DISPATCH)["messages"] == []
    assert refused(api.chat_update, channel=DISPATCH, ts=ts, text="x") == "message_not_found"
    outside = {"channel": "C3MANAGERS", "user": "U2TOM", "text": "x"}
    assert refused(api.chat_postEphemeral, **outside) == "user_not_in_channel"


def test_a_deleted_root_leaves_a_tombstone_and_a_deleted_reply_nothing(api: WebClient) -> None:
    root = api.chat_postMessage(channel=DISPATCH, text="root")["ts"]
    reply = api.chat_postMessage(channel=DISPATCH, text="reply", thread_ts=root)["ts"]
    api.chat_delete(channel=DISPATCH, ts=root)
    assert api.conversations_history(channel=DISPATCH)["messages"][0]["subtype"] == "tombstone"
    api.chat_delete(channel=DISPATCH, ts=reply)
    assert len(api.conversations_replies(channel=DISPATCH, ts=root)["messages"]) == 1


def test_a_post_to_a_person_lands_in_the_direct_message(api: WebClient, slack: SlackDriver) -> None:
    posted = api.chat_postMessage(channel="U2TOM", text="your clock runs")
    assert posted["channel"] == api.conversations_open(users="U2TOM")["channel"]["id"]
    slack.as_user("technician").in_dm().expects("your clock runs")
    slack.as_user("dispatcher").does_not_see("your clock runs")


def test_without_a_messages_tab_in_its_manifest_the_app_may_write_to_nobody(sandbox: Sandbox, api: WebClient) -> None:
    dm = api.conversations_open(users="U2TOM")["channel"]["id"]
    sandbox.use_manifest({"features": {"bot_user": {"display_name": "sample"}}})
    assert refused(api.chat_postMessage, channel="U2TOM", text="x") == "messages_tab_disabled"
    assert refused(api.chat_postMessage, channel=dm, text="x") == "messages_tab_disabled"
    assert api.chat_postMessage(channel=DISPATCH, text="x")["ok"]
    sandbox.use_manifest({"features": {"app_home": {"messages_tab_enabled": True}}})
    assert api.chat_postMessage(channel="U2TOM", text="x")["ok"]


def test_without_a_home_tab_in_its_manifest_none_is_published(sandbox: Sandbox, api: WebClient) -> None:
    view = {"type": "home", "blocks": []}
    sandbox.use_manifest({"features": {"app_home": {"messages_tab_enabled": True}}})
    assert refused(api.views_publish, user_id="U2TOM", view=view) == "not_enabled"
    sandbox.use_manifest({"features": {"app_home": {"home_tab_enabled": True}}})
    assert api.views_publish(user_id="U2TOM", view=view)["ok"]


def test_an_app_hears_of_the_events_that_its_manifest_subscribes_to(sandbox: Sandbox) -> None:
    events = [{"type": "app_home_opened"}, {"type": "app_mention"}, {"type": "message", "channel_type": "im"}]
    assert all(sandbox.hub.hears_of(event) for event in events), "without a manifest it hears of all"
    sandbox.use_manifest({"settings": {"event_subscriptions": {"bot_events": ["app_home_opened", "message.im"]}}})
    assert [sandbox.hub.hears_of(event) for event in events] == [True, False, True]


def test_people_come_with_their_zone(api: WebClient) -> None:
    assert api.users_info(user="U2TOM")["user"]["tz"] == "Europe/Berlin"
    assert refused(api.users_info, user="U9NOBODY") == "user_not_found"
    assert len(api.users_list()["members"]) == 3


def test_channels_are_listed_by_type_and_joined(api: WebClient) -> None:
    public = [channel["name"] for channel in api.conversations_list()["channels"]]
    assert public == ["dispatch", "lobby"]
    both = api.conversations_list(types="public_channel,private_channel")["channels"]
    assert [channel["name"] for channel in both] == ["dispatch", "lobby", "managers"]
    assert api.conversations_info(channel="C2LOBBY")["channel"]["is_member"] is False
    assert api.conversations_join(channel="C2LOBBY")["channel"]["is_member"] is True
    assert "U0SANDBOX" in api.conversations_members(channel="C2LOBBY")["members"]
    mine = [channel["name"] for channel in api.users_conversations()["channels"]]
    assert mine == ["dispatch", "lobby"]


def test_a_permalink_leads_to_the_page(sandbox: Sandbox, api: WebClient) -> None:
    ts = api.chat_postMessage(channel=DISPATCH, text="x")["ts"]
    link = api.chat_getPermalink(channel=DISPATCH, message_ts=ts)["permalink"]
    assert fetch(link).headers["content-type"].startswith("text/html")
    assert link.startswith(sandbox.web_url)


def test_a_home_tab_with_a_stale_hash_is_refused(api: WebClient) -> None:
    home = {"type": "home", "blocks": [section("one")]}
    old = api.views_publish(user_id="U2TOM", view=home)["view"]["hash"]
    api.views_publish(user_id="U2TOM", view=home, hash=old)
    assert refused(api.views_publish, user_id="U2TOM", view=home, hash=old) == "hash_conflict"


def test_a_view_needs_a_trigger_and_a_valid_shape(api: WebClient) -> None:
    assert refused(api.views_open, trigger_id="1.2.3", view=note_view()) == "invalid_trigger_id"
    wrong = note_view("A title that is much too long for Slack")
    assert refused(api.views_open, trigger_id="1.2.3", view=wrong) == "invalid_arguments"
    assert refused(api.views_update, view_id="V0", view=note_view()) == "not_found"


def test_the_fifth_post_within_a_second_must_wait() -> None:
    now = [1_000_000.0]
    limited = Strictness(rate_limits=RateLimits.SLACK)
    with Sandbox(PEOPLE, CHANNELS, strictness=limited, real_time=lambda: now[0]) as sandbox:
        api = WebClient(sandbox.bot_token, base_url=sandbox.api_url)
        for number in range(4):
            api.chat_postMessage(channel=DISPATCH, text=str(number))
        with pytest.raises(SlackApiError) as refusal:
            api.chat_postMessage(channel=DISPATCH, text="too many")
        assert refusal.value.response.status_code == 429
        assert refusal.value.response.headers["Retry-After"] == "1"
        assert api.chat_postMessage(channel="C3MANAGERS", text="another channel")["ok"]
        now[0] += 1
        assert api.chat_postMessage(channel=DISPATCH, text="again")["ok"]
        assert sandbox.rejections == []
        assert [call.error for call in sandbox.calls("chat.postMessage")].count("ratelimited") == 1
