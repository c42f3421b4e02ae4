"""The app manifest, and the link that makes the app from it."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.manifest import BOT_EVENTS, BOT_SCOPES, manifest, one_click_link
from bot.requests.mentions import COMMAND
from bot.shortcut_ids import ShortcutId


@pytest.mark.parametrize("address", [None, "https://sla.example.com"])
def test_the_link_decodes_to_the_very_manifest_that_is_printed(address: str | None) -> None:
    document = manifest(address=address)
    link = urlsplit(one_click_link(document))
    asked = parse_qs(link.query)
    assert (link.scheme, link.netloc, link.path) == ("https", "api.slack.com", "/apps")
    assert asked["new_app"] == ["1"]
    assert json.loads(asked["manifest_json"][0]) == document


def test_without_an_address_everything_comes_over_socket_mode_and_no_url_is_named() -> None:
    document = manifest()
    assert document["settings"]["socket_mode_enabled"] is True
    assert "url" not in document["features"]["slash_commands"][0]
    assert "request_url" not in document["settings"]["interactivity"]
    assert document["settings"]["event_subscriptions"] == {"bot_events": list(BOT_EVENTS)}


def test_with_an_address_commands_and_clicks_come_to_one_place_there() -> None:
    document = manifest(address="https://sla.example.com/")
    assert document["settings"]["socket_mode_enabled"] is False
    wanted = "https://sla.example.com/slack/events"
    assert document["features"]["slash_commands"][0]["url"] == wanted
    assert document["settings"]["event_subscriptions"] == {
        "bot_events": list(BOT_EVENTS),
        "request_url": wanted,
    }
    assert document["settings"]["interactivity"] == {
        "is_enabled": True,
        "request_url": wanted,
        "message_menu_options_url": wanted,
    }


def test_the_command_is_the_one_that_is_listened_to_and_sends_mentions_as_ids() -> None:
    command = manifest()["features"]["slash_commands"][0]
    assert command["command"] == COMMAND
    assert command["should_escape"] is True


def test_every_scope_is_asked_for_once() -> None:
    asked = manifest()["oauth_config"]["scopes"]["bot"]
    assert sorted(asked) == sorted(set(asked)) == sorted(BOT_SCOPES)


def test_names_and_descriptions_are_no_longer_than_slack_allows() -> None:
    shown = manifest()["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140


def test_people_can_be_written_to_and_are_shown_no_box_that_nobody_reads() -> None:
    home = manifest()["features"]["app_home"]
    assert home == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": True,
    }


def test_every_shortcut_is_offered_and_its_name_fits() -> None:
    shortcuts = manifest()["features"]["shortcuts"]
    assert {shortcut["callback_id"] for shortcut in shortcuts} == set(ShortcutId)
    assert all(len(shortcut["name"]) <= 24 and len(shortcut["description"]) <= 150 for shortcut in shortcuts)
    assert {shortcut["type"] for shortcut in shortcuts} == {"message", "global"}


def test_events_are_the_home_tab_and_mentions() -> None:
    assert BOT_EVENTS == ("app_home_opened", "app_mention")
    assert "app_mentions:read" in BOT_SCOPES
