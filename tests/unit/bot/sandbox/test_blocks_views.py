"""Modals and Home tabs keep Slack's rules for views."""

from typing import Any

import pytest

from bot.sandbox.blocks.blocks import view_problems

View = dict[str, Any]


def text(words: str = "Words") -> View:
    return {"type": "plain_text", "text": words}


QUESTION: View = {"type": "input", "label": text(), "element": {"type": "plain_text_input", "action_id": "a"}}


def modal(**more: Any) -> View:
    return {"type": "modal", "title": text("Note"), "blocks": [QUESTION], "submit": text("Save"), **more}


ACCEPTED: dict[str, View] = {
    "a modal that asks": modal(close=text("Cancel"), callback_id="note", private_metadata="x" * 3000),
    "a modal that only tells, without submit": {
        "type": "modal",
        "title": text(),
        "blocks": [{"type": "divider"}],
    },
    "a modal of a hundred blocks": modal(blocks=[{"type": "divider"}] * 100),
    "a modal with its behaviour": modal(clear_on_close=True, notify_on_close=True, external_id="e"),
    "a Home tab": {"type": "home", "blocks": [{"type": "header", "text": text()}]},
    "an empty Home tab": {"type": "home", "blocks": []},
    "a Home tab that asks": {"type": "home", "blocks": [QUESTION], "callback_id": "home"},
}

REFUSED: dict[str, tuple[object, str, str]] = {
    "no object": ("modal", "must provide an object", "/view"),
    "no type": ({"blocks": []}, "missing required field: type", "/view"),
    "an unknown type": ({"type": "drawer", "blocks": []}, "unsupported type: drawer", "/view/type"),
    "no title": ({"type": "modal", "blocks": []}, "missing required field: title", "/view"),
    "no blocks": ({"type": "modal", "title": text()}, "missing required field: blocks", "/view"),
    "a long title": (modal(title=text("x" * 25)), "must be less than 25 characters", "/view/title/text"),
    "a long title in UTF-16": (
        modal(title=text("🔥" * 13)),
        "must be less than 25 characters",
        "/view/title/text",
    ),
    "a mrkdwn title": (
        modal(title={"type": "mrkdwn", "text": "x"}),
        "unsupported type: mrkdwn",
        "/view/title/type",
    ),
    "a long submit": (modal(submit=text("x" * 25)), "must be less than 25 characters", "/view/submit/text"),
    "a long close": (modal(close=text("x" * 25)), "must be less than 25 characters", "/view/close/text"),
    "questions without submit": (
        {"type": "modal", "title": text(), "blocks": [QUESTION]},
        "missing required field: submit",
        "/view",
    ),
    "101 blocks": (
        modal(blocks=[{"type": "divider"}] * 101),
        "no more than 100 items allowed",
        "/view/blocks",
    ),
    "blocks that are no list": (modal(blocks=None), "must provide an array", "/view/blocks"),
    "a bad block": (
        modal(blocks=[{"type": "header"}]),
        "missing required field: text",
        "/view/blocks/0",
    ),
    "a table in a modal": (
        modal(blocks=[{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}]),
        "unsupported type: table",
        "/view/blocks/0/type",
    ),
    "one block id twice": (
        modal(blocks=[{**QUESTION, "block_id": "q"}, {**QUESTION, "block_id": "q"}]),
        "`block_id` already exists",
        "/view/blocks/1/block_id",
    ),
    "long private metadata": (
        modal(private_metadata="x" * 3001),
        "must be less than 3001 characters",
        "/view/private_metadata",
    ),
    "a long callback id": (
        modal(callback_id="x" * 256),
        "must be less than 256 characters",
        "/view/callback_id",
    ),
    "an unknown key": (modal(size="large"), "invalid additional property: size", "/view"),
    "a Home tab with a title": (
        {"type": "home", "blocks": [], "title": text()},
        "invalid additional property: title",
        "/view",
    ),
    "a Home tab with submit": (
        {"type": "home", "blocks": [], "submit": text()},
        "invalid additional property: submit",
        "/view",
    ),
    "an alert on Home": (
        {"type": "home", "blocks": [{"type": "alert", "text": text()}]},
        "unsupported type: alert",
        "/view/blocks/0/type",
    ),
    "more than 250 kB": (
        modal(blocks=[{"type": "section", "text": text("x" * 3000)}] * 90),
        "view must be less than 250001 bytes",
        "/view",
    ),
}


@pytest.mark.parametrize("view", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_a_view_slack_takes_is_taken(view: View) -> None:
    assert view_problems(view) == []


@pytest.mark.parametrize(("view", "phrase", "pointer"), REFUSED.values(), ids=REFUSED.keys())
def test_a_view_slack_refuses_is_refused_in_its_words(view: object, phrase: str, pointer: str) -> None:
    assert list(map(str, view_problems(view))) == [f"[ERROR] {phrase} [json-pointer:{pointer}]"]
