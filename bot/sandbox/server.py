"""`Sandbox`: the whole workspace behind one loopback port, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from bot.sandbox.running import HOST, Running, Strictness
from bot.sandbox.traffic.delivery import Retry
from bot.sandbox.traffic.faults import Faults
from bot.sandbox.traffic.hub import Credentials, Hub
from bot.sandbox.traffic.rate_limits import RateLimiter
from bot.sandbox.traffic.response_urls import ResponseUrls
from bot.sandbox.traffic.triggers import Triggers
from bot.sandbox.workspace.channels import Channel
from bot.sandbox.workspace.feed import Feed
from bot.sandbox.workspace.modals import Modals
from bot.sandbox.workspace.refusals import AnsweredCall, Rejection
from bot.sandbox.workspace.seed import (
    BOT_USER_ID,
    Json,
    OnDuty,
    OverSocketMode,
    Population,
    RealTime,
    SandboxChannel,
    SandboxUser,
    SlashCommand,
    TimeControl,
    Transport,
)
from bot.sandbox.workspace.store import Store
from bot.sandbox.workspace.workspace import Workspace

START_SECONDS = 15.0
STOP_SECONDS = 15.0

Result = TypeVar("Result")


class Sandbox:
    """A Slack workspace on this machine; nothing listens until `start()`."""

    def __init__(  # noqa: PLR0913 - everything a workspace is made of, each with a name
        self,
        people: Sequence[SandboxUser],
        channels: Sequence[SandboxChannel],
        *,
        commands: Sequence[SlashCommand] = (),
        manifest: Json | None = None,
        data_dir: Path | None = None,
        time_control: TimeControl | None = None,
        delivery: Transport | None = None,
        strictness: Strictness | None = None,
        port: int = 0,
        app_name: str = "SLA bot",
        workspace_name: str = "Sandbox",
        real_time: RealTime = time.time,
        on_duty: Callable[[], OnDuty | None] = lambda: None,
    ) -> None:
        self._strictness = strictness or Strictness()
        self._transport = delivery or OverSocketMode()
        self._port = port
        self._thread: threading.Thread | None = None
        self._running: Running | None = None
        population = Population(
            people=people, channels=channels, commands=commands, app_name=app_name, workspace_name=workspace_name
        )
        workspace = Workspace(population, real_time=real_time, time_control=time_control, feed=Feed(), on_duty=on_duty)
        self.hub = Hub(
            workspace=workspace,
            credentials=Credentials(scopes=self._strictness.scopes),
            triggers=Triggers(real_time=real_time),
            modals=Modals(feed=workspace.feed),
            response_urls=ResponseUrls(real_time=real_time),
            limiter=RateLimiter(self._strictness.rate_limits, real_time=real_time),
            faults=Faults(),
        )
        if manifest is not None:
            self.use_manifest(manifest)
        self._store = Store(workspace, data_dir) if data_dir is not None else None
        if self._store is not None:
            self._store.load()

    # --- life -----------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Listen; returns when the addresses answer. May be called again after `stop()`: same port, same messages.

        Raises:
            OSError: the port is taken.
        """
        started: Future[int] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)), name="sandbox", daemon=True)
        self._thread.start()
        self._port = started.result(timeout=START_SECONDS)
        return self

    def stop(self) -> None:
        """Close every connection, save, and end the thread; does nothing when it was not started."""
        if self._thread is None or self._running is None:
            return
        self._running.loop.call_soon_threadsafe(self._running.stop)
        self._thread.join(timeout=STOP_SECONDS)
        self._thread, self._running = None, None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # --- addresses and secrets ------------------------------------------------------------------------

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._port

    @property
    def web_url(self) -> str:
        """The page, without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    @property
    def api_url(self) -> str:
        """The value for `SLACK_API_URL`."""
        return f"{self.web_url}/api/"

    @property
    def bot_token(self) -> str:
        """The bot's token."""
        return self.hub.credentials.bot_token

    @property
    def app_token(self) -> str:
        """The app-level token that opens Socket Mode."""
        return self.hub.credentials.app_token

    @property
    def signing_secret(self) -> str:
        """The secret that signs requests to the bot."""
        return self.hub.credentials.signing_secret

    # --- what happened --------------------------------------------------------------------------------

    @property
    def rejections(self) -> list[Rejection]:
        """Everything Slack would have refused so far, oldest first (429 is no refusal)."""
        return list(self.hub.rejections)

    @property
    def connection_count(self) -> int:
        """The number of the bot's Socket Mode connections."""
        return self._running.sockets.connection_count if self._running is not None else 0

    @property
    def late_acks(self) -> list[str]:
        """Envelopes that were acknowledged too late."""
        return list(self._running.sockets.late_acks) if self._running is not None else []

    def calls(self, method: str | None = None) -> list[AnsweredCall]:
        """The latest Web API calls, oldest first, with their outcome."""
        return [call for call in list(self.hub.calls) if method in {None, call.method}]

    # --- troubles -------------------------------------------------------------------------------------

    @property
    def faults(self) -> Faults:
        """Faults that tests ask for."""
        return self.hub.faults

    def expire_triggers(self) -> None:
        """Make every trigger id issued so far too old."""
        self._call(self.hub.triggers.expire_all)

    def redeliver_last_event(self) -> None:
        """Send the last event to the bot again, marked as a retry."""

        def again() -> None:
            events = self._now_running().events
            if events.last is not None:
                events.send(events.last, retry=Retry(number=1, reason="http_timeout"))

        self._call(again)

    def disconnect(self) -> None:
        """Ask the bot to renew its Socket Mode connections, as Slack does every few hours."""
        self._run(self._now_running().sockets.disconnect())

    def freeze_connection(self) -> None:
        """Freeze one Socket Mode connection: it stays open, and nothing on it is answered."""
        self._call(self._now_running().sockets.freeze)

    def freeze_connections(self) -> None:
        """Freeze every Socket Mode connection, new ones included, until `thaw_connections`."""

        def freeze() -> None:
            sockets = self._now_running().sockets
            sockets.freezes_new = True
            for _ in range(sockets.connection_count):
                sockets.freeze()

        self._call(freeze)

    def thaw_connections(self) -> None:
        """Let new Socket Mode connections work again."""
        self._now_running().sockets.freezes_new = False

    def reset_connection(self) -> None:
        """Break one Socket Mode connection off without a word."""
        self._call(self._now_running().sockets.reset)

    def archive(self, channel: str) -> None:
        """Archive a channel, by name or id."""
        self._call(lambda: self.hub.workspace.archive(self._channel(channel)))

    def restore_channel(self, channel: str) -> None:
        """Take a channel, by its id, out of the archive."""
        self._call(lambda: self.hub.workspace.restore(self._channel(channel)))

    def rename(self, channel: str, name: str) -> None:
        """Give a channel, by its id, another name."""
        self._call(lambda: self.hub.workspace.rename(self._channel(channel), name))

    def remove_bot(self, channel: str) -> None:
        """Remove the bot from a channel."""
        self._call(lambda: self.hub.workspace.leave(self._channel(channel), BOT_USER_ID))

    def invite_bot(self, channel: str) -> None:
        """Invite the bot to a channel."""
        self._call(lambda: self.hub.workspace.join(self._channel(channel), BOT_USER_ID))

    def use_manifest(self, manifest: Json) -> None:
        """Apply the manifest: its tabs and events decide what Slack refuses and sends; its shortcuts are offered."""
        features = manifest.get("features", {})
        app_home = features.get("app_home", {})
        self.hub.messages_tab = app_home.get("messages_tab_enabled") is True
        self.hub.home_tab = app_home.get("home_tab_enabled") is True
        self.hub.shortcuts = list(features.get("shortcuts", ()))
        subscriptions = manifest.get("settings", {}).get("event_subscriptions", {})
        self.hub.bot_events = frozenset(subscriptions.get("bot_events", ()))

    def revoke_tokens(self) -> None:
        """Make every call fail with `token_revoked`."""
        self.hub.credentials.is_revoked = True

    def restore_tokens(self) -> None:
        """Let the tokens work again."""
        self.hub.credentials.is_revoked = False

    # --- inside ---------------------------------------------------------------------------------------

    async def _serve(self, started: Future[int]) -> None:
        self._running = Running(self.hub, transport=self._transport, strictness=self._strictness, store=self._store)
        await self._running.serve(self._port, started)

    def _now_running(self) -> Running:
        if self._running is None:
            sentence = "the sandbox is not running: call start() first"
            raise RuntimeError(sentence)
        return self._running

    def _channel(self, name_or_id: str) -> Channel:
        channel = self.hub.workspace.channel(name_or_id)
        if channel is None:
            raise KeyError(name_or_id)
        return channel

    def _call(self, act: Callable[[], None]) -> None:
        """Do something in the sandbox's own thread, and wait for it."""

        async def run() -> None:
            act()

        self._run(run())

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._now_running().loop).result(timeout=START_SECONDS)
