"""The one way in for clicks, commands and forms: keep, acknowledge, carry out, answer.

Slack waits three seconds and sends a click only once. So a request is written down before it is acknowledged; if the
process dies after that, the worker finds it and carries it out (`carry_out_again`), and the request's name keeps a
second run from doing anything twice. Everything here is about Slack; what is done is the listeners' business.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import structlog
from slack_bolt import Ack
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.answers import Answers
from bot.asks import Answer, Ask, OpenForm
from bot.errors import explain
from bot.rendered import Rendered
from bot.text import typed
from sla_engine.domain.errors import (
    AlreadyCarriedOut,
    DayIsAmbiguous,
    NoteIncomplete,
    SlaError,
    SopIncomplete,
    StorageBusy,
    UnreadableDuration,
    UnreadableMoment,
)
from sla_engine.services import once
from sla_engine.services.requests import Requests
from sla_engine.time_source import RealClock, TimeSource, monotonic

log = structlog.get_logger(__name__)

Listener = Callable[[Ask], Answer]
UNFINISHED_AFTER = timedelta(seconds=20)
FORM_NOT_OPENED = "Slack did not open the form. Please click again."
MISSING_VALUE = ""
TIME_FIELDS = ("until", "next", "promise")
"""The fields of forms in which a point in time is written in words."""


class FrontDesk:
    """Turns Bolt's callbacks into asks, and answers into Slack calls."""

    def __init__(
        self,
        requests: Requests,
        *,
        time: TimeSource,
        real_clock: RealClock,
        client: WebClient,
        answers: Answers,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.requests = requests
        self.time = time
        self.real_clock = real_clock
        self.client = client
        self.answers = answers
        self.changed = changed
        self._again: dict[str, Listener] = {}

    def on_command(self, listener: Listener) -> Callable[..., None]:
        """A Bolt listener for a slash command."""
        self._again["command"] = listener

        def listen(ack: Ack, body: dict[str, Any]) -> None:
            self._serve(ack, body, listener, name="command")

        return listen

    def on_action(self, action_id: str, listener: Listener) -> Callable[..., None]:
        """A Bolt listener for a button or a select."""
        self._again[action_id] = listener

        def listen(ack: Ack, body: dict[str, Any]) -> None:
            self._serve(ack, body, listener, name=action_id)

        return listen

    def on_form(self, callback_id: str, listener: Listener) -> Callable[..., None]:
        """A Bolt listener for a submitted form: its acknowledgement carries the field errors."""
        self._again[callback_id] = listener

        def listen(ack: Ack, body: dict[str, Any]) -> None:
            self._serve_form(ack, body, listener, name=callback_id)

        return listen

    def carry_out_again(self) -> int:
        """Carry out requests that were kept and never finished; answers how many there were."""
        found = self.requests.unfinished(at=self.real_clock(), older_than=UNFINISHED_AFTER)
        for body in found:
            listener = self._again.get(_name_of(body))
            if listener is not None:
                self._carry_out(body, self._ask(body), listener)
        return len(found)

    def _serve(self, ack: Ack, body: dict[str, Any], listener: Listener, *, name: str) -> None:
        started = monotonic()
        _give_name(body)
        try:
            ask = self._ask(body)
            is_new = self.requests.take(ask.request, _kept(body), at=self.real_clock())
        except StorageBusy as busy:
            ack()
            self.answers.send(body, Rendered(explain(busy)))
            return
        ack()
        if is_new:
            self._carry_out(body, ask, listener)
        log.info("request", name=name, request=ask.request, new=is_new, seconds=round(monotonic() - started, 3))

    def _serve_form(self, ack: Ack, body: dict[str, Any], listener: Listener, *, name: str) -> None:
        started = monotonic()
        try:
            ask = self._ask(body)
            self.requests.take(ask.request, _kept(body), at=self.real_clock())
        except StorageBusy as busy:
            ack(response_action="errors", errors=_field_errors(busy, body))
            return
        try:
            with once.request(ask.request):
                answer = listener(ask)
        except AlreadyCarriedOut:
            answer = None
        except SlaError as refusal:
            ack(response_action="errors", errors=_field_errors(refusal, body))
            self._finish(ask)
            return
        ack()
        self.changed()
        self._give(body, ask, answer)
        self._finish(ask)
        log.info("form", name=name, request=ask.request, seconds=round(monotonic() - started, 3))

    def _carry_out(self, body: dict[str, Any], ask: Ask, listener: Listener) -> None:
        try:
            with once.request(ask.request):
                answer = listener(ask)
        except StorageBusy as busy:
            self._tell(body, ask, Rendered(explain(busy)))
            self._finish(ask)
            return
        except AlreadyCarriedOut:
            answer = None
        except SlaError as refusal:
            answer = Rendered(explain(refusal))
        self.changed()
        self._give(body, ask, answer)
        self._finish(ask)

    def _give(self, body: dict[str, Any], ask: Ask, answer: Answer) -> None:
        match answer:
            case None:
                return
            case OpenForm():
                self._open(body, ask, answer)
            case Rendered():
                self._tell(body, ask, answer)

    def _open(self, body: dict[str, Any], ask: Ask, form: OpenForm) -> None:
        try:
            self.client.views_open(trigger_id=body["trigger_id"], view=dict(form.view))
        except (SlackClientError, OSError):
            log.warning("form not opened", request=ask.request, exc_info=True)
            self._tell(body, ask, Rendered(FORM_NOT_OPENED))

    def _tell(self, body: Mapping[str, Any], ask: Ask, answer: Rendered) -> None:
        """Answer privately now; when Slack does not take it, as a direct message later."""
        if self.answers.send(body, answer):
            return
        try:
            self.requests.answer_later(ask.request, ask.user, answer.text, at=self.real_clock())
        except StorageBusy:
            log.warning("answer lost: neither Slack nor the database took it", request=ask.request)

    def _finish(self, ask: Ask) -> None:
        try:
            self.requests.done(ask.request, at=self.real_clock())
        except StorageBusy:
            log.warning("request not marked as done; it will be tried again without effect", request=ask.request)

    def _ask(self, body: Mapping[str, Any]) -> Ask:
        now = self.time.now()
        if "command" in body:
            return Ask(request=_request_of(body), user=body["user_id"], now=now, text=typed(body.get("text") or ""))
        user = body["user"]["id"]
        if body.get("type") == "view_submission":
            view = body["view"]
            return Ask(
                request=_request_of(body),
                user=user,
                now=now,
                value=view.get("private_metadata") or "",
                answers=_answers(view["state"]["values"]),
            )
        action = body["actions"][0]
        return Ask(
            request=_request_of(body),
            user=user,
            now=now,
            value=_chosen(action),
            block_id=action.get("block_id") or "",
        )


def _give_name(body: dict[str, Any]) -> None:
    """A server that leaves the trigger out gets one made up, or all its requests would count as one."""
    if not body.get("trigger_id"):
        body["trigger_id"] = f"none-{uuid4().hex}"


def _request_of(body: Mapping[str, Any]) -> str:
    """The request's name: the trigger is unique to a click, and a submitted form has one of its own."""
    trigger = body.get("trigger_id") or ""
    if body.get("type") == "view_submission":
        return f"slack:form:{trigger or body['view']['id'] + ':' + body['view'].get('hash', '')}"
    return f"slack:{trigger}"


def _kept(body: Mapping[str, Any]) -> dict[str, Any]:
    """What is written down: everything but Slack's old verification token, which is a secret."""
    return {name: value for name, value in body.items() if name != "token"}


def _name_of(body: Mapping[str, Any]) -> str:
    if "command" in body:
        return "command"
    if body.get("type") == "view_submission":
        return str(body["view"]["callback_id"])
    return str(body["actions"][0]["action_id"])


def _answers(values: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """A form's fields by block id; an empty field is an empty text."""
    return {block: _chosen(next(iter(fields.values()))) for block, fields in values.items()}


def _chosen(element: Mapping[str, Any]) -> str:
    option = element.get("selected_option") or {}
    found = (
        element.get("selected_user")
        or element.get("selected_date")
        or option.get("value")
        or element.get("value")
        or MISSING_VALUE
    )
    return str(found)


def _field_errors(refusal: SlaError, body: Mapping[str, Any]) -> dict[str, str]:
    """The refusal beside the field it is about, or beside the first field there is."""
    fields = list(body["view"]["state"]["values"])
    if isinstance(refusal, NoteIncomplete | SopIncomplete):
        return {field: sentence for field, sentence in refusal.problems.items() if field in fields}
    about = getattr(refusal, "what", "")
    if isinstance(refusal, UnreadableMoment | UnreadableDuration | DayIsAmbiguous):
        about = next((field for field in TIME_FIELDS if field in fields), "")
    return {about if about in fields else fields[0]: explain(refusal)}
