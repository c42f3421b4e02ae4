"""The app manifest, and the link that makes the app from it."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.app import COMMAND
from bot.manifest import BOT_SCOPES, manifest, one_click_link


@pytest.mark.parametrize("address", [None, "https://sla.example.com"])
def test_the_link_decodes_to_the_very_manifest_that_is_printed(address: str | None) -> None:
    found = manifest(address=address)
    link = urlsplit(one_click_link(found))
    asked = parse_qs(link.query)
    assert (link.scheme, link.netloc, link.path) == ("https", "api.slack.com", "/apps")
    assert asked["new_app"] == ["1"]
    assert json.loads(asked["manifest_json"][0]) == found


def test_without_an_address_everything_comes_over_socket_mode_and_no_url_is_named() -> None:
    found = manifest()
    assert found["settings"]["socket_mode_enabled"] is True
    assert "url" not in found["features"]["slash_commands"][0]
    assert "request_url" not in found["settings"]["interactivity"]


def test_with_an_address_commands_and_clicks_come_to_one_place_there() -> None:
    found = manifest(address="https://sla.example.com/")
    assert found["settings"]["socket_mode_enabled"] is False
    wanted = "https://sla.example.com/slack/events"
    assert found["features"]["slash_commands"][0]["url"] == wanted
    assert found["settings"]["interactivity"] == {
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
        "home_tab_enabled": False,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": True,
    }
