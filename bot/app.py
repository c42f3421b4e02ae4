"""The Bolt app with every listener attached; building it touches neither network nor environment.

There are two, because only the way in decides whether a request must prove who sent it. What comes over HTTP is signed,
and the app for it cannot be built without the secret. Over Socket Mode the connection itself is proof: we opened it,
with our token; that app checks nothing, and nothing but the Socket Mode handler may be given it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient

from bot.listeners.act_menu import with_menu
from bot.listeners.commands import Commands
from bot.listeners.outdated import OutdatedButtons
from bot.listeners.topic import Topic
from bot.requests import form_errors
from bot.requests.admission_check import AdmissionCheck
from bot.requests.front_desk import FrontDesk
from bot.requests.home_tab import HomeTab
from bot.requests.listener import Listener
from bot.requests.mentions import COMMAND
from sla_engine.services.queries.board import Board
from sla_engine.services.queries.incident_names import IncidentNames

log = structlog.get_logger(__name__)

MENTIONED = "app_mention"
HOME_OPENED = "app_home_opened"
OUTDATED = "outdated"
"""The name under which buttons without a listener in this version are counted."""
ANYTHING = re.compile(".*", re.DOTALL)
LISTENER_THREADS = 32  # Bolt's default of 5 misses Slack's three seconds under load


class OddBodiesAcknowledged(App):
    """Bolt, made to acknowledge signed bodies on which it raises (an empty list of actions)."""

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        """Answer a request; an unreadable one is acknowledged, and a form is never closed as if saved."""
        try:
            return super().dispatch(req)
        except (LookupError, TypeError, AttributeError, ValueError):
            log.exception("a request that cannot be read", kind=req.body.get("type"))
            return BoltResponse(status=200, body=form_errors.unreadable(req.body))


BoltListener = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Listeners:
    """Bolt listeners: for `/sla`, for buttons and searched menus by action id, for forms by callback id."""

    command: BoltListener
    actions: Mapping[str, BoltListener]
    forms: Mapping[str, BoltListener]
    searches: Mapping[str, BoltListener]
    shortcuts: Mapping[str, BoltListener]
    mention: BoltListener
    unknown_action: BoltListener
    unknown_form: BoltListener
    home_opened: BoltListener


def attach(
    desk: FrontDesk,
    topics: Sequence[Topic],
    admission_check: AdmissionCheck,
    *,
    board: Board,
    home_tab: HomeTab,
) -> Listeners:
    """Give every listener to the front desk, behind the check that a colleague asks."""
    subcommands = [sub for topic in topics for sub in topic.subcommands()]
    commands = Commands(subcommands, board, IncidentNames(board.unit_of_work))
    outdated = OutdatedButtons(board).answer
    actions = with_menu(_all([topic.actions() for topic in (*topics, commands)]), outdated=outdated)
    forms = _all([topic.forms() for topic in topics])
    searches = {name: search for topic in topics for name, search in topic.searches().items()}
    shortcuts = _all([topic.shortcuts() for topic in topics])
    command = admission_check.before(commands.answer)
    return Listeners(
        command=desk.on_command(command),
        mention=desk.on_mention(command),
        shortcuts={name: desk.on_action(name, admission_check.before(chosen)) for name, chosen in shortcuts.items()},
        actions={name: desk.on_action(name, admission_check.before(listener)) for name, listener in actions.items()},
        forms={name: desk.on_form(name, admission_check.before(listener)) for name, listener in forms.items()},
        searches={name: desk.on_search(admission_check.before(search)) for name, search in searches.items()},
        unknown_action=desk.on_action(OUTDATED, admission_check.before(outdated)),
        unknown_form=desk.answer_unknown_form,
        home_opened=home_tab.on_opened(admission_check, desk.limit),
    )


def signed_app(*, client: WebClient, token: str | None, signing_secret: str, listeners: Listeners) -> App:
    """Make the Bolt app for HTTP: a request that Slack did not sign with this secret reaches no listener.

    `client` carries no token of its own: Bolt gives each request a copy that does.
    Raises: ValueError for an empty secret, with which everybody could sign.
    """
    if not signing_secret.strip():
        message = "an empty signing secret proves nothing"
        raise ValueError(message)
    return _listening(OddBodiesAcknowledged(signing_secret=signing_secret, **_options(client, token)), listeners)


def socket_app(*, client: WebClient, token: str | None, listeners: Listeners) -> App:
    """Make the Bolt app for Socket Mode; it checks no signature and must never be served over HTTP."""
    return _listening(
        OddBodiesAcknowledged(signing_secret="", request_verification_enabled=False, **_options(client, token)),
        listeners,
    )


def _options(client: WebClient, token: str | None) -> dict[str, Any]:
    return {
        "client": client,
        "authorize": _authorised(token),
        "raise_error_for_unhandled_request": True,
        "ignoring_self_events_enabled": False,
        "listener_executor": ThreadPoolExecutor(LISTENER_THREADS, thread_name_prefix="listener"),
    }


def _listening(app: App, listeners: Listeners) -> App:
    app.command(COMMAND)(listeners.command)
    app.event(HOME_OPENED)(listeners.home_opened)
    app.event(MENTIONED)(listeners.mention)
    for callback_id, listener in listeners.shortcuts.items():
        app.shortcut(callback_id)(listener)
    for action_id, listener in listeners.actions.items():
        app.action(action_id)(listener)
    for callback_id, listener in listeners.forms.items():
        app.view(callback_id)(listener)
    for action_id, listener in listeners.searches.items():
        app.options(action_id)(listener)
    # Last, so that they get what no other listener answers: a button or form of another version.
    app.action(ANYTHING)(listeners.unknown_action)
    app.view(ANYTHING)(listeners.unknown_form)

    @app.error
    def log_and_answer(error: Exception, body: dict[str, object]) -> BoltResponse:
        """Log the traceback of a listener's fault; acknowledge a request that no listener answers."""
        kind = body.get("type") or body.get("command")
        if not isinstance(error, BoltUnhandledRequestError):
            log.error("a listener failed", exc_info=error, kind=kind)
        else:
            log.info("a request nobody answers", kind=kind)
        is_menu = kind == "block_suggestion"
        return BoltResponse(status=200, body={"options": []} if is_menu else form_errors.unreadable(body))

    return app


def _authorised(token: str | None) -> Callable[..., AuthorizeResult]:
    """Authorise every request with the one token, without asking Slack."""

    def authorize(**_: object) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token)

    return authorize


def _all(parts: Sequence[Mapping[str, Listener]]) -> dict[str, Listener]:
    listeners: dict[str, Listener] = {}
    for part in parts:
        twins = listeners.keys() & part.keys()
        if twins:
            message = f"two topics answer {sorted(twins)}"
            raise ValueError(message)
        listeners.update(part)
    return listeners
