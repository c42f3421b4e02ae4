"""Addresses by which the page and the tests see and act as a person of the workspace.

Acting answers `{"ok": true}`, or `{"ok": false, "error": …}` where Slack would show a sentence; a request that makes no
sense is a 4xx with `{"error": …}`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict

from aiohttp import web

from bot.sandbox.clicks.interactions import Impossible, Interactions, Touched
from bot.sandbox.page.requests import Nonsense, body_of
from bot.sandbox.traffic.delivery import Delivery
from bot.sandbox.traffic.hub import Hub
from bot.sandbox.workspace.channels import Channel
from bot.sandbox.workspace.messages import Message
from bot.sandbox.workspace.modals import View
from bot.sandbox.workspace.seed import BOT_ID, BOT_USER_ID, Json, SandboxUser
from bot.sandbox.workspace.users import user_for_page

MESSAGES_MAX = 200
CLOCK_NOTICE_SECONDS = 5.0
NO_CLOCK = "This workspace has no clock to turn."


class Control:
    """The `/sandbox/…` addresses."""

    def __init__(self, hub: Hub, interactions: Interactions, delivery: Delivery) -> None:
        self._hub = hub
        self._interactions = interactions
        self._delivery = delivery

    def routes(self) -> list[web.RouteDef]:
        """Every address with what answers it."""
        return [
            web.get("/sandbox/state", self.state),
            web.get("/sandbox/messages", self.messages),
            web.get("/sandbox/events", self.events),
            web.get("/sandbox/home", self.home),
            web.post("/sandbox/home", self.open_home),
            web.post("/sandbox/read", self.read),
            web.post("/sandbox/say", self.say),
            web.post("/sandbox/action", self.act),
            web.post("/sandbox/shortcut", self.shortcut),
            web.post("/sandbox/view/submit", self.submit),
            web.post("/sandbox/view/close", self.close),
            web.post("/sandbox/view/options", self.options),
            web.post("/sandbox/dm", self.direct_message),
            web.post("/sandbox/clock", self.clock),
        ]

    # --- looking ------------------------------------------------------------------------------------

    async def state(self, request: web.Request) -> web.Response:
        """Everything a page needs to begin with; without a name, as the first person there is."""
        workspace = self._hub.workspace
        me = self._person(request.query.get("as") or workspace.humans[0].id)
        channels = [workspace.channel_for_page(channel, me.id) for channel in workspace.seen_by(me.id)]
        return web.json_response(
            {
                "workspace": {"name": workspace.population.workspace_name},
                "me": me.id,
                "users": [user_for_page(user) for user in workspace.users.values()],
                "channels": channels,
                "commands": [asdict(command) for command in workspace.population.commands],
                "app": self._app(),
                "clock": self.clock_for_page(),
                "on_duty": self._on_duty(),
                "views": [view.for_api() for view in self._hub.modals.stack(me.id)],
                "home": workspace.homes.get(me.id),
            }
        )

    async def messages(self, request: web.Request) -> web.Response:
        """The messages this person sees in a channel or in a thread, oldest first."""
        me, channel = self._person(request.query.get("as")), self._channel(request.query)
        workspace = self._hub.workspace
        if me.id not in channel.members:
            sentence = "You cannot read here."
            raise Nonsense(sentence, status=403)
        thread_ts = request.query.get("thread_ts")
        seen = [message for message in workspace.messages_in(channel.id) if workspace.may_see(message, me.id)]
        if thread_ts is None:
            wanted = [message for message in seen if not message.is_reply or message.broadcast][-MESSAGES_MAX:]
        else:
            wanted = [message for message in seen if thread_ts in {message.ts, message.thread_ts}]
        drawn = [message.for_page(workspace.replies(message)) for message in wanted]
        return web.json_response({"messages": drawn})

    async def home(self, request: web.Request) -> web.Response:
        """The app's Home tab for this person."""
        me = self._person(request.query.get("as"))
        return web.json_response({"view": self._hub.workspace.homes.get(me.id)})

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Stream the notices for one person's page."""
        me = self._person(request.query.get("as"))
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await stream.prepare(request)
        with self._hub.workspace.feed.watch(me.id) as notices, suppress(ConnectionResetError):  # the page was closed
            await stream.write(b": watching\n\n")
            while True:
                try:
                    notice = await asyncio.wait_for(notices.get(), timeout=CLOCK_NOTICE_SECONDS)
                except TimeoutError:
                    notice = self._clock_notice()
                if notice is None:
                    break
                await stream.write(f"data: {json.dumps(notice)}\n\n".encode())
        return stream

    # --- acting -------------------------------------------------------------------------------------

    async def read(self, request: web.Request) -> web.Response:
        """Mark a channel as read."""
        body = await body_of(request)
        me, channel = self._person(body.get("as")), self._channel(body)
        self._hub.workspace.mark_read(channel.id, me.id)
        self._hub.workspace.announce_channel(channel)
        return _fine()

    async def say(self, request: web.Request) -> web.Response:
        """Write a message, or type a command."""
        body = await body_of(request)
        me, channel = self._person(body.get("as")), self._channel(body)
        text, thread_ts = str(body.get("text", "")), body.get("thread_ts") or None
        if not text.strip():
            sentence = "There is nothing to send."
            raise Nonsense(sentence)
        if me.id not in channel.members or channel.archived:
            sentence = "You cannot write here."
            raise Impossible(sentence)
        if not text.startswith("/"):
            message = self._interactions.say(me, channel, text, thread_ts=thread_ts)
            return _fine(ts=message.ts)
        if thread_ts is not None:
            sentence = f"{text.split(maxsplit=1)[0]} is not supported in threads. Sorry!"
            raise Impossible(sentence)
        await self._interactions.command(me, channel, text)
        return _fine()

    async def act(self, request: web.Request) -> web.Response:
        """Touch a button or a menu."""
        body = await body_of(request)
        me, container = self._person(body.get("as")), body.get("container")
        if not isinstance(container, dict):
            sentence = "Say in which message or view: container is missing."
            raise Nonsense(sentence)
        touched = Touched(str(body.get("block_id")), str(body.get("action_id")), chosen=body)
        if container.get("type") == "view":
            view = self._view(me, container.get("view_id"))
            self._interactions.type_into(view, body.get("values") or {})
            await self._interactions.touch_view(me, view, touched)
        else:
            await self._interactions.touch_message(me, self._message(me, container), touched)
        return _fine()

    async def shortcut(self, request: web.Request) -> web.Response:
        """Choose a shortcut: global, or of the message named."""
        body = await body_of(request)
        me = self._person(body.get("as"))
        message = self._message(me, body) if body.get("message_ts") else None
        await self._interactions.shortcut(me, str(body.get("callback_id")), message)
        return _fine()

    async def submit(self, request: web.Request) -> web.Response:
        """Submit a modal."""
        body = await body_of(request)
        me = self._person(body.get("as"))
        view = self._view(me, body.get("view_id"))
        errors = await self._interactions.submit(me, view, body.get("values") or {})
        return web.json_response({"ok": False, "errors": errors}) if errors else _fine()

    async def close(self, request: web.Request) -> web.Response:
        """Close a modal."""
        body = await body_of(request)
        me = self._person(body.get("as"))
        view = self._view(me, body.get("view_id"))
        await self._interactions.close(me, view, is_cleared=bool(body.get("is_cleared")))
        return _fine()

    async def options(self, request: web.Request) -> web.Response:
        """Type into a menu of a modal whose options the app looks up."""
        body = await body_of(request)
        me = self._person(body.get("as"))
        view = self._view(me, body.get("view_id"))
        asked = {name: str(body.get(name) or "") for name in ("block_id", "action_id", "query")}
        return _fine(options=await self._interactions.suggestions.ask(me, view, **asked))

    async def open_home(self, request: web.Request) -> web.Response:
        """Open the app's Home tab, and inform the bot."""
        me = self._person((await body_of(request)).get("as"))
        self._interactions.open_home(me)
        return web.json_response({"ok": True, "view": self._hub.workspace.homes.get(me.id)})

    async def direct_message(self, request: web.Request) -> web.Response:
        """Open a direct message."""
        body = await body_of(request)
        me, other = self._person(body.get("as")), self._person(body.get("user"))
        channel = self._hub.workspace.direct_message(me.id, other.id)
        return web.json_response({"channel": self._hub.workspace.channel_for_page(channel, me.id)})

    async def clock(self, request: web.Request) -> web.Response:
        """Turn the workspace clock: speed, pause, jump."""
        body = await body_of(request)
        control = self._hub.workspace.time_control
        if control is None:
            raise Nonsense(NO_CLOCK, status=404)
        try:
            if "speed" in body:
                control.set_speed(float(body["speed"]))
            if "paused" in body:
                control.set_paused(bool(body["paused"]))
            if "jump_seconds" in body:
                control.jump(float(body["jump_seconds"]))
        except (TypeError, ValueError) as problem:
            raise Nonsense(str(problem)) from problem
        self._hub.workspace.feed.send_to_all(self._clock_notice())
        return web.json_response(self.clock_for_page())

    def announce_connection(self) -> None:
        """Inform every page whether the bot is connected."""
        self._hub.workspace.feed.send_to_all({"type": "app", "connected": self._delivery.connected})

    def _clock_notice(self) -> Json:
        """The clock, and who is on duty by it."""
        return {"type": "clock", "on_duty": self._on_duty()} | (self.clock_for_page() or {})

    def _on_duty(self) -> Json | None:
        on_duty = self._hub.workspace.on_duty()
        return None if on_duty is None else asdict(on_duty)

    def clock_for_page(self) -> Json | None:
        """The workspace clock's reading; None without a clock."""
        control = self._hub.workspace.time_control
        if control is None:
            return None
        reading = control.reading()
        return {
            "now": reading.now.isoformat(),
            "epoch": reading.now.timestamp(),
            "speed": reading.speed,
            "paused": reading.paused,
            "zone": control.zone,
        }

    # --- who and what is meant ----------------------------------------------------------------------

    def _app(self) -> Json:
        name = self._hub.workspace.population.app_name
        return {
            "name": name,
            "user_id": BOT_USER_ID,
            "bot_id": BOT_ID,
            "connected": self._delivery.connected,
            "shortcuts": self._hub.shortcuts,
        }

    def _person(self, name_or_id: object) -> SandboxUser:
        person = self._hub.workspace.person(str(name_or_id or ""))
        if person is None:
            sentence = f"Nobody here is called {name_or_id!r}."
            raise Nonsense(sentence, status=404)
        return person

    def _channel(self, named: Mapping[str, object]) -> Channel:
        channel = self._hub.workspace.channel(str(named.get("channel") or ""))
        if channel is None:
            sentence = f"There is no channel {named.get('channel')!r}."
            raise Nonsense(sentence, status=404)
        return channel

    def _message(self, me: SandboxUser, container: Json) -> Message:
        channel = self._channel(container)
        message = self._hub.workspace.find(channel.id, str(container.get("message_ts")))
        if message is None or not self._hub.workspace.may_see(message, me.id):
            sentence = "That message is gone."
            raise Impossible(sentence)
        return message

    def _view(self, me: SandboxUser, view_id: object) -> View:
        view = self._hub.modals.find(str(view_id))
        home = self._hub.workspace.homes.get(me.id)
        if view is None and home is not None and home["id"] == view_id:
            return View.from_api(home, user=me.id)
        if view is None or view.user != me.id:
            sentence = "That window is closed."
            raise Impossible(sentence)
        return view


def _fine(**facts: object) -> web.Response:
    return web.json_response({"ok": True} | facts)
