"""The Bolt app with every listener attached; building it touches neither network nor environment."""

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient

from bot import form_errors
from bot.front_desk import FrontDesk, Listener
from bot.listeners.commands import Commands
from bot.listeners.topic import Topic

log = structlog.get_logger(__name__)

COMMAND = "/sla"
ANYTHING = re.compile(".*", re.DOTALL)
LISTENER_THREADS = 32  # Bolt's default of 5 misses Slack's three seconds under load


class OddBodiesAcknowledged(App):
    """Bolt, which raises on rightly signed bodies that lack what it takes for granted (an empty list of actions)."""

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        """Answer a request; one that Bolt cannot read is acknowledged, and a form is never closed as if saved."""
        try:
            return super().dispatch(req)
        except (LookupError, TypeError, AttributeError, ValueError):
            log.exception("a request that cannot be read", kind=req.body.get("type"))
            return BoltResponse(status=200, body=form_errors.unreadable(req.body))


def build_app(
    *, client: WebClient, token: str | None, signing_secret: str | None, desk: FrontDesk, topics: Sequence[Topic]
) -> App:
    """Bolt with `/sla`, every button and every form; without a signing secret requests come over Socket Mode.

    `client` carries no token of its own: Bolt gives each request a copy that does.
    """
    app = OddBodiesAcknowledged(
        client=client,
        signing_secret=signing_secret or "",
        request_verification_enabled=signing_secret is not None,
        authorize=_authorised(token),
        raise_error_for_unhandled_request=True,
        ignoring_self_events_enabled=False,
        listener_executor=ThreadPoolExecutor(LISTENER_THREADS, thread_name_prefix="listener"),
    )
    commands = Commands([sub for topic in topics for sub in topic.subcommands()])
    app.command(COMMAND)(desk.on_command(commands.answer))
    for action_id, listener in _all([topic.actions() for topic in topics]).items():
        app.action(action_id)(desk.on_action(action_id, listener))
    for callback_id, listener in _all([topic.forms() for topic in topics]).items():
        app.view(callback_id)(desk.on_form(callback_id, listener))

    # Last, so that they get what no other listener answers: a button or form of another version.
    app.action(ANYTHING)(desk.answer_unknown)
    app.view(ANYTHING)(desk.answer_unknown_form)

    @app.error
    def log_and_answer(error: Exception, body: dict[str, object]) -> BoltResponse:
        """A fault of ours: the traceback goes to the log. What nobody answers is acknowledged, and no fault."""
        kind = body.get("type") or body.get("command")
        if not isinstance(error, BoltUnhandledRequestError):
            log.error("a listener failed", exc_info=error, kind=kind)
        else:
            log.info("a request nobody answers", kind=kind)
        is_menu = kind == "block_suggestion"
        return BoltResponse(status=200, body={"options": []} if is_menu else form_errors.unreadable(body))

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
