"""A mention of the bot is read as the command it stands for."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import FromAnotherVersion
from bot.requests import mentions


def mention(text: str = "<@U0BOT> status", **event: Any) -> dict[str, Any]:
    return {
        "type": "event_callback",
        "event_id": "Ev1",
        "team_id": "T1",
        "api_app_id": "A1",
        "authorizations": [{"user_id": "U0BOT"}],
        "event": {"type": "app_mention", "user": "U0TOM", "text": text, "channel": "C1", "ts": "1.0"} | event,
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<@U0BOT> status P1", "status P1"),
        ("<@U0BOT|sla-bot>  take INC-1", "take INC-1"),
        ("Hello <@U0BOT> show INC-1", "show INC-1"),
        ("status <@U0BOT>", "status"),
        ("<@U0BOT>: status P1", "status P1"),
        ("status, <@U0BOT>", "status"),
        ("<@U0BOT> /sla status", "status"),
        ("<@U0BOT> assign INC-1 <@U0TOM>", "assign INC-1 <@U0TOM>"),
        ("<@U0DANA> says <@U0BOT> help", "help"),
        ("<@U0BOT>", ""),
    ],
)
def test_what_is_said_to_the_bot_is_the_command(text: str, words: str) -> None:
    assert mentions.as_command(mention(text))["text"] == words


def test_it_is_named_after_its_event_and_answered_where_it_was_written() -> None:
    command = mentions.as_command(mention(thread_ts="0.5"))
    assert mentions.is_mention(command)
    assert command == mentions.as_command(mention(thread_ts="0.5")), "Slack may send an event several times"
    assert (command["channel_id"], command["thread_ts"], command["user_id"]) == ("C1", "0.5", "U0TOM")


@pytest.mark.parametrize(
    "event", [{"bot_id": "B1"}, {"user": "U0BOT"}, {"user": None}, {"subtype": "message_changed"}, {"bot_profile": {}}]
)
def test_bots_are_not_answered(event: dict[str, Any]) -> None:
    assert not mentions.is_from_a_person(mention(**event))
    assert mentions.is_from_a_person(mention())


@pytest.mark.parametrize("event", [{"channel": None}, {"channel": 7}])
def test_an_event_without_a_place_is_refused(event: dict[str, Any]) -> None:
    with pytest.raises(FromAnotherVersion):
        mentions.as_command(mention(**event))
