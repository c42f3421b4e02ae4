"""The Bolt app with every listener attached; building it touches neither network nor environment."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog
from slack_bolt import App, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.front_desk import FrontDesk, Listener
from bot.listeners.commands import Commands
from bot.listeners.topic import Topic

log = structlog.get_logger(__name__)

COMMAND = "/sla"
LISTENER_THREADS = 32  # Bolt's default of 5 misses Slack's three seconds under load


def build_app(
    *, client: WebClient, token: str | None, signing_secret: str | None, desk: FrontDesk, topics: Sequence[Topic]
) -> App:
    """Bolt with `/sla`, every button and every form; without a signing secret requests come over Socket Mode.

    `client` carries no token of its own: Bolt gives each request a copy that does.
    """
    app = App(
        client=client,
        signing_secret=signing_secret or "",
        request_verification_enabled=signing_secret is not None,
        authorize=_authorised(token),
        ignoring_self_events_enabled=False,
        listener_executor=ThreadPoolExecutor(LISTENER_THREADS, thread_name_prefix="listener"),
    )
    commands = Commands([sub for topic in topics for sub in topic.subcommands()])
    app.command(COMMAND)(desk.on_command(commands.answer))
    for action_id, listener in _all([topic.actions() for topic in topics]).items():
        app.action(action_id)(desk.on_action(action_id, listener))
    for callback_id, listener in _all([topic.forms() for topic in topics]).items():
        app.view(callback_id)(desk.on_form(callback_id, listener))

    @app.error
    def log_and_answer(error: Exception, body: dict[str, object]) -> BoltResponse:
        """A fault of ours: the traceback goes to the log, and Slack is not asked to show it."""
        log.error("a listener failed", exc_info=error, kind=body.get("type") or body.get("command"))
        return BoltResponse(status=200, body="")

    return app


def _authorised(token: str | None) -> Callable[..., AuthorizeResult]:
    """One workspace, one token: nothing to look up, and nothing to ask Slack before the first request."""

    def authorize(**_: object) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token)

    return authorize


def _all(parts: Sequence[Mapping[str, Listener]]) -> dict[str, Listener]:
    found: dict[str, Listener] = {}
    for part in parts:
        twins = found.keys() & part.keys()
        if twins:
            message = f"two topics answer {sorted(twins)}"
            raise ValueError(message)
        found.update(part)
    return found
