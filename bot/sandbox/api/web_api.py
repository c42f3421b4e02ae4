"""The Web API: one table of methods, and the gate every call passes.

The order of the gate is Slack's: trouble on the line, token, scope, arguments, rate limit, and only then the method
itself. `accept` is the point after which a message exists, whatever the caller hears.
"""

from __future__ import annotations

import asyncio
from typing import assert_never

from aiohttp import web

from bot.sandbox.api import chat, conversations, files, users, views
from bot.sandbox.api.arguments import read_arguments
from bot.sandbox.api.method import Call, Method
from bot.sandbox.traffic.faults import Fault, FaultKind
from bot.sandbox.traffic.hub import Hub
from bot.sandbox.traffic.socket_mode import SocketModeServer
from bot.sandbox.workspace.refusals import AnsweredCall, Refused, Rejection
from bot.sandbox.workspace.seed import BOT_ID, BOT_USER_ID, TEAM_ID, Json


def api_test(call: Call) -> Json:
    """Answer with what was sent."""
    if "error" in call.arguments:
        raise Refused(str(call.arguments["error"]))
    return {"args": call.arguments}


def auth_test(call: Call) -> Json:
    """Identify the token's workspace and user."""
    return {
        "url": f"{call.hub.web_url}/",
        "team": call.hub.workspace.population.workspace_name,
        "user": call.hub.workspace.users[BOT_USER_ID].name,
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


CORE_METHODS = (
    Method("api.test", api_test, optional=("error", "foo"), token=None, tier=4),
    Method("auth.test", auth_test, tier=4),
)


class WebApi:
    """Answers `/api/<method>` as Slack does."""

    def __init__(self, hub: Hub, sockets: SocketModeServer) -> None:
        self._hub = hub
        self._ending = asyncio.Event()
        own = (Method("apps.connections.open", self._open_connection, token="app", tier=1),)  # noqa: S106 - a kind of token
        tables = (own, CORE_METHODS, chat.METHODS, conversations.METHODS, files.METHODS, users.METHODS, views.METHODS)
        self.methods = {method.name: method for table in tables for method in table}
        self._sockets = sockets

    def end(self) -> None:
        """Let go of every caller that is kept hanging."""
        self._ending.set()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one call, with the faults asked for."""
        name = request.match_info["method"]
        try:
            arguments = await read_arguments(request)
        except Refused as refusal:
            return self._refused(name, {}, refusal)
        channel = arguments.get("channel")
        fault = self._hub.faults.take(name, channel if isinstance(channel, str) else None)
        if fault is None:
            return self._accept(request, name, arguments)
        return await self._suffer(fault, request, name, arguments)

    async def _suffer(  # noqa: PLR0911 - one answer for each kind of trouble
        self, fault: Fault, request: web.Request, name: str, arguments: Json
    ) -> web.StreamResponse:
        kind = fault.kind
        match kind:
            case FaultKind.RATE_LIMITED:
                return self._too_often(name, arguments, fault.retry_after)
            case FaultKind.REFUSE:
                self._note(name, arguments, fault.error)
                return web.json_response({"ok": False, "error": fault.error})
            case FaultKind.ERROR_BEFORE:
                return self._broken(name, arguments, fault.status)
            case FaultKind.ERROR_AFTER:
                self._accept(request, name, arguments)
                return self._broken(name, arguments, fault.status)
            case FaultKind.DROP_BEFORE:
                return self._drop(request)
            case FaultKind.DROP_AFTER:
                self._accept(request, name, arguments)
                return self._drop(request)
            case FaultKind.HANG:
                await self._pass(fault.seconds)
                return self._drop(request)
            case FaultKind.DELAY_ACCEPT:
                await self._pass(fault.seconds)
                return self._accept(request, name, arguments)
            case FaultKind.EMPTY_HISTORY:
                return web.json_response({"ok": True, "messages": [], "has_more": False})
            case _:
                assert_never(kind)

    async def _pass(self, seconds: float) -> None:
        """Wait, but not beyond the sandbox's end."""
        try:
            await asyncio.wait_for(self._ending.wait(), timeout=seconds)
        except TimeoutError:
            return

    def _drop(self, request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.close()
        return web.Response()

    def _broken(self, name: str, arguments: Json, status: int) -> web.Response:
        self._note(name, arguments, f"http_{status}")
        return web.Response(status=status, text="upstream connect error")

    def _too_often(self, name: str, arguments: Json, retry_after: int | None) -> web.Response:
        self._note(name, arguments, "ratelimited")
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)

    def _accept(self, request: web.Request, name: str, arguments: Json) -> web.Response:
        try:
            method = self._method(name)
            self._check_token(request, method, arguments)
            given = {key: value for key, value in arguments.items() if key != "token"}
            method.check(given)
            method.check_scopes(given, self._hub)
            wait = self._wait(method, given)
            if wait is not None:
                return self._too_often(name, given, wait)
            answer = {"ok": True} | method.run(Call(hub=self._hub, arguments=given, request=request))
        except Refused as refusal:
            return self._refused(name, arguments, refusal)
        self._note(name, given, None)
        return web.json_response(answer, headers=self._scope_headers(method))

    def _method(self, name: str) -> Method:
        if name not in self.methods:
            error = "unknown_method"
            raise Refused(error, extra={"req_method": name})
        return self.methods[name]

    def _check_token(self, request: web.Request, method: Method, arguments: Json) -> None:
        if method.token is None:
            return
        credentials = self._hub.credentials
        kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
        token = bearer if kind == "Bearer" else str(arguments.get("token", ""))
        if not token:
            error = "not_authed"
            raise Refused(error)
        wanted = credentials.app_token if method.token == "app" else credentials.bot_token  # noqa: S105 - a kind of token
        if token in {credentials.app_token, credentials.bot_token} - {wanted}:
            error = "not_allowed_token_type"
            raise Refused(error)
        if token != wanted:
            error = "invalid_auth"
            raise Refused(error)
        if credentials.is_revoked:
            error = "token_revoked"
            raise Refused(error)

    def _wait(self, method: Method, arguments: Json) -> int | None:
        channel = self._hub.workspace.channel(str(arguments.get("channel", "")))
        key = channel.id if channel is not None else str(arguments.get("channel", ""))
        return self._hub.limiter.wait_for(method.name, tier=method.tier, channel=key)

    def _scope_headers(self, method: Method) -> dict[str, str]:
        headers = {"x-oauth-scopes": ",".join(sorted(self._hub.credentials.scopes))}
        if method.scope is not None:
            headers["x-accepted-oauth-scopes"] = method.scope
        return headers

    def _refused(self, name: str, arguments: Json, refusal: Refused) -> web.Response:
        self._note(name, arguments, refusal.error)
        text, channel = arguments.get("text"), arguments.get("channel")
        view = arguments.get("view")
        self._hub.reject(
            Rejection(
                method=name,
                error=refusal.error,
                detail=refusal.messages,
                channel=channel if isinstance(channel, str) else None,
                text=text if isinstance(text, str) else None,
                blocks=view.get("blocks") if isinstance(view, dict) else arguments.get("blocks"),
            )
        )
        return web.json_response(refusal.answer())

    def _note(self, name: str, arguments: Json, error: str | None) -> None:
        channel = arguments.get("channel")
        kept = {key: value for key, value in arguments.items() if key != "token"}
        self._hub.calls.append(
            AnsweredCall(
                method=name,
                at=self._hub.workspace.real_time(),
                error=error,
                channel=channel if isinstance(channel, str) else None,
                arguments=kept,
            )
        )

    def _open_connection(self, call: Call) -> Json:
        return {"url": self._sockets.new_address(str(call.request.host))}
