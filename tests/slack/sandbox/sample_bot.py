"""A small bot made with the real libraries, to try the sandbox on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App, Respond, Say
from slack_sdk import WebClient

from bot.sandbox.server import Sandbox

Body = dict[str, Any]


def plain(text: str) -> Body:
    return {"type": "plain_text", "text": text}


def section(text: str) -> Body:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(label: str, *, action_id: str, value: str = "INC-1") -> Body:
    return {"type": "button", "action_id": action_id, "value": value, "text": plain(label)}


def card(text: str) -> list[Body]:
    buttons = [button("Acknowledge", action_id="acknowledge"), button("Whisper", action_id="whisper")]
    return [section(text), {"type": "actions", "block_id": "card", "elements": buttons}]


def note_view(title: str = "SLA note") -> Body:
    reasons = [{"text": plain(text), "value": text.lower()} for text in ("Late triage", "Vendor")]
    return {
        "type": "modal",
        "callback_id": "note",
        "private_metadata": "INC-1",
        "title": plain(title),
        "submit": plain("Save"),
        "notify_on_close": True,
        "blocks": [
            {
                "type": "input",
                "block_id": "what",
                "label": plain("What happened"),
                "element": {"type": "plain_text_input", "action_id": "text", "max_length": 50},
            },
            {
                "type": "input",
                "block_id": "reason",
                "optional": True,
                "label": plain("Reason"),
                "element": {"type": "static_select", "action_id": "pick", "options": reasons},
            },
            {"type": "actions", "block_id": "more", "elements": [button("Deeper", action_id="deeper")]},
        ],
    }


class SampleBot:
    """Answers `/sla`, three buttons, one modal, one shortcut and three events."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.client = WebClient(sandbox.bot_token, base_url=sandbox.api_url, retry_handlers=[])
        self.app = App(client=self.client, signing_secret=sandbox.signing_secret)
        self.never = threading.Event()
        self.bodies: list[Body] = []
        self.retries: list[str] = []
        self.app.command("/sla")(self.command)
        self.app.action("acknowledge")(self.acknowledge)
        self.app.action("whisper")(self.whisper)
        self.app.action("deeper")(self.deeper)
        self.app.view("note")(self.submitted)
        self.app.view_closed("note")(self.closed)
        self.app.shortcut("open_incident")(self.shortcut)
        self.app.event("app_mention")(self.mentioned)
        self.app.event("message")(self.told)
        self.app.event("app_home_opened")(self.home_opened)

    def command(self, ack: Ack, body: Body, client: WebClient, respond: Respond) -> None:
        self.bodies.append(body)
        word = body["text"].partition(" ")[0]
        deeds: dict[str, Callable[[], object]] = {
            "modal": lambda: client.views_open(trigger_id=body["trigger_id"], view=note_view()),
            "card": lambda: client.chat_postMessage(
                channel=body["channel_id"], text="INC-1 is at risk", blocks=card("*INC-1* is at risk")
            ),
            "later": lambda: respond("an answer by address"),
        }
        if word == "slow":
            self.never.wait(timeout=5)
        if word == "public":
            ack(text="for everybody", response_type="in_channel")
        elif word in deeds:
            ack()
            deeds[word]()
        else:
            ack(f"you typed: {body['text']}")

    def acknowledge(self, ack: Ack, body: Body, client: WebClient) -> None:
        self.bodies.append(body)
        ack()
        where = body["container"]
        client.chat_update(
            channel=where["channel_id"], ts=where["message_ts"], text=f"acknowledged by <@{body['user']['id']}>"
        )

    def whisper(self, ack: Ack, body: Body, respond: Respond) -> None:
        self.bodies.append(body)
        ack()
        respond("only you can see this", replace_original=False)

    def deeper(self, ack: Ack, body: Body, client: WebClient) -> None:
        self.bodies.append(body)
        ack()
        client.views_push(trigger_id=body["trigger_id"], view=note_view("One deeper"))

    def submitted(self, ack: Ack, body: Body, client: WebClient) -> None:
        self.bodies.append(body)
        text = body["view"]["state"]["values"]["what"]["text"]["value"]
        if text == "bad":
            ack(response_action="errors", errors={"what": "That explains nothing."})
        elif text == "unknown field":
            ack(response_action="errors", errors={"elsewhere": "There is no such field."})
        elif text == "again":
            ack(response_action="update", view=note_view("Once more"))
        elif text == "push":
            ack(response_action="push", view=note_view("On top"))
        elif text == "clear":
            ack(response_action="clear")
        else:
            ack()
            client.chat_postMessage(channel=body["user"]["id"], text=f"note kept: {text}")

    def closed(self, ack: Ack, body: Body) -> None:
        self.bodies.append(body)
        ack()

    def shortcut(self, ack: Ack, body: Body) -> None:
        self.bodies.append(body)
        ack()

    def mentioned(self, body: Body, say: Say) -> None:
        self.bodies.append(body)
        say(text="you called?", thread_ts=body["event"]["ts"])

    def told(self, body: Body, say: Say, request: Any) -> None:
        self.bodies.append(body)
        self.retries += request.headers.get("x-slack-retry-num", [])
        say(f"I heard: {body['event']['text']}")

    def home_opened(self, body: Body, client: WebClient) -> None:
        self.bodies.append(body)
        client.views_publish(user_id=body["event"]["user"], view={"type": "home", "blocks": [section("My shift")]})
