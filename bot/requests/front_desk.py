"""Receives clicks, commands and forms: keep, acknowledge, carry out, answer.

Slack waits three seconds and sends a click only once. So a request is written down before it is acknowledged; if the
process dies after that, the worker finds it and carries it out (`carry_out_unfinished`), and the request's name keeps a
second run from doing anything twice. A request that fails is undone, put off and tried again, and after five tries
whoever asked reads that it was not done; no other request notices. One that meets a busy database stays kept, however
often, and is carried out when the database is free: nobody is asked to click again for what is already written down,
but for a form, which Slack does not open later. It counts from when it was asked. What is done is the listeners'
business.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from slack_bolt import Ack, BoltRequest

from bot.errors import FromAnotherVersion, TooManyRequests
from bot.refusal_sentences import explain
from bot.requests import form_errors, mentions, payloads, places
from bot.requests.listener import Listener, Search
from bot.requests.request import AfterClosing, Answer, Ask, ChangedForm, OpenForm
from bot.requests.request_limit import RequestLimit
from bot.requests.responder import FORM_TOO_LATE, Responder, form_again
from bot.text import entered, typed
from bot.views.rendered import Rendered
from sla_engine.domain.errors import SlaError
from sla_engine.domain.upkeep.errors import AlreadyCarriedOut
from sla_engine.services.unit_of_work import idempotency
from sla_engine.services.upkeep.databases import StorageBusy
from sla_engine.services.upkeep.kept_requests import Requests
from sla_engine.time_source import RealClock, TimeSource, monotonic

log = structlog.get_logger(__name__)

UNFINISHED_AFTER = timedelta(seconds=20)
TRIES_WHILE_BUSY = 3
"""Attempts on a busy database while somebody waits for an answer; each lasts until the database gives up waiting."""
NOT_KEPT = "Something failed on our side; nothing was done. Please try again."
NOT_YET = "Your “{asked}” did not work yet: something failed on our side. It is tried again for two minutes."
KEPT = (
    "The database is busy or away right now. Your “{asked}” is kept and carried out as soon as the database is back; "
    "there is no need to ask again."
)
DONE = "Your “{asked}” was done; nothing was done twice."
NOT_DONE = "Your “{asked}” was not done; nothing was changed. Whoever runs sla-bot has been told."
FORM_FAILED = "This was not saved: something failed on our side. Your words are still here; please submit them again."


class FrontDesk:
    """Turns Bolt's callbacks into asks, and has each carried out and answered once."""

    def __init__(
        self,
        requests: Requests,
        *,
        time: TimeSource,
        real_clock: RealClock,
        responder: Responder,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.requests = requests
        self.time = time
        self.real_clock = real_clock
        self.responder = responder
        self.changed = changed
        self.limit = RequestLimit(real_clock)
        self._listeners: dict[str, Listener] = {}

    def on_command(self, listener: Listener) -> Callable[..., None]:
        """A Bolt listener for a slash command."""
        return self.on_action("command", listener)

    def on_action(self, action_id: str, listener: Listener) -> Callable[..., None]:
        """A Bolt listener for a button, a select or a shortcut."""
        self._listeners[action_id] = listener

        def listen(ack: Ack, body: dict[str, Any], request: BoltRequest) -> None:
            self._serve(ack, body, listener, name=action_id, signature=payloads.signature_of(request))

        return listen

    def on_mention(self, listener: Listener) -> Callable[..., None]:
        """A Bolt listener for mentions of the bot: each is carried out as the command that it stands for."""
        return mentions.listening(partial(self._serve, listener=listener, name="mention", signature=None))

    def on_form(self, callback_id: str, listener: Listener) -> Callable[..., None]:
        """A Bolt listener for a submitted form: its acknowledgement carries the field errors."""
        self._listeners[callback_id] = listener

        def listen(ack: Ack, body: dict[str, Any], request: BoltRequest) -> None:
            self._serve_form(ack, body, listener, name=callback_id, signature=payloads.signature_of(request))

        return listen

    def on_search(self, search: Search) -> Callable[..., None]:
        """A Bolt listener for a menu that is typed into; a refused person gets no options."""

        def listen(ack: Ack, body: dict[str, Any]) -> None:
            try:
                asked = Ask(
                    request="",
                    user=payloads.user_of(body),
                    now=self.time.now(),
                    value=entered(str(body.get("value") or "")),
                    about=places.value_of(places.metadata_of(body)),
                    origin=payloads.origin_of(body),
                    is_acknowledged=False,
                )
                options = search(asked)
            except SlaError:
                options = []
            ack(options=options)

        return listen

    def carry_out_unfinished(self) -> int:
        """Carry out requests that were kept and not finished; returns how many there were.

        Raises: StorageBusy.
        """
        waiting = self.requests.unfinished(at=self.real_clock(), older_than=UNFINISHED_AFTER)
        for request in waiting:
            self._guarded(request, None, partial(self._carry_out_kept, request))
        return len(waiting)

    def answer_unknown_form(self, ack: Ack, body: dict[str, Any]) -> None:
        """A Bolt listener for forms without a listener in this version; they must not close as if saved."""
        log.info("a form nobody answers", form=payloads.listener_of(body)[: payloads.ASKED_MAX_CHARS])
        form_errors.show(ack, body, explain(FromAnotherVersion("form")))

    def _serve(self, ack: Ack, body: dict[str, Any], listener: Listener, *, name: str, signature: str | None) -> None:
        started = monotonic()
        payloads.give_name(body, signature=signature)
        try:
            ask = self._ask(body)
            self.limit.count(ask.user, name=payloads.button_meant(name, ask.value), text=ask.text)
            is_new = self.requests.take(ask.request, payloads.kept(body, asked_at=ask.now), at=self.real_clock())
        except Exception as error:
            ack()
            if not isinstance(error, SlaError):
                log.exception("a request could not be kept", name=name)
            if not isinstance(error, TooManyRequests) or error.is_first:
                self.responder.say(body, explain(error) if isinstance(error, SlaError) else NOT_KEPT)
            return
        ack()
        if is_new:
            self._guarded(ask.request, body, partial(self._carry_out_now, body, ask, listener))
        log.info("request", name=name, request=ask.request, new=is_new, seconds=round(monotonic() - started, 3))

    def _serve_form(
        self, ack: Ack, body: dict[str, Any], listener: Listener, *, name: str, signature: str | None
    ) -> None:
        started = monotonic()
        payloads.give_name(body, signature=signature)
        request = payloads.request_of(body)
        try:
            ask = self._ask(body)
            self.limit.count(ask.user, name=name)
            is_new = self.requests.take_form(request, payloads.kept(body, asked_at=ask.now), at=self.real_clock())
            answer = _once(ask, listener) if is_new else None
        except SlaError as refusal:
            form_errors.refuse(ack, body, refusal)
            self._forget(request)
            return
        except Exception as error:
            form_errors.show(ack, body, FORM_FAILED)
            log.exception("a form failed", name=name, request=request)
            self._give_up(request, error)
            return
        ack()
        work = answer.work if isinstance(answer, AfterClosing) else lambda _: answer
        self._guarded(request, body, partial(self._carry_out_now, body, ask, work))
        log.info("form", name=name, request=request, seconds=round(monotonic() - started, 3))

    def _carry_out_kept(self, request: str) -> None:
        body = self.requests.kept(request)
        listener = self._listeners.get(payloads.listener_of(body))
        if listener is None:
            self._give_up(request, LookupError("no listener answers it in this version"))
            return
        in_words, done = partial(self._in_words, body, listener), DONE.format(asked=payloads.asked_words(body))
        self._guarded(request, body, lambda: self._carry_out(body, self._kept_ask(body), in_words, if_done=done))

    def _carry_out_now(self, body: dict[str, Any], ask: Ask, listener: Listener) -> None:
        """Carry out an acknowledged request; while the database stays busy it is left to the worker."""
        done = DONE.format(asked=payloads.asked_words(body))
        for retries in range(TRIES_WHILE_BUSY):
            with suppress(StorageBusy):
                self._carry_out(body, ask, listener, if_done=done if retries else None)
                return
        log.warning("the database is busy; the request is carried out later", request=ask.request)
        self.responder.say(body, KEPT.format(asked=payloads.asked_words(body)))

    def _carry_out(self, body: dict[str, Any], ask: Ask, listener: Listener, *, if_done: str | None) -> None:
        """Carry out and answer a request; `if_done` is the answer to one that a try before this one carried out.

        Raises: StorageBusy.
        """
        try:
            answer = _once(ask, listener, if_done=None if if_done is None else Rendered(if_done))
        except StorageBusy:
            raise
        except SlaError as refusal:
            answer = Rendered(explain(refusal))
        self.changed()
        self.responder.give(body, ask, answer)
        self._finish(ask)

    def _guarded(self, request: str, body: Mapping[str, Any] | None, carry_out: Callable[[], None]) -> None:
        """Carry out one request; its errors are logged and the request is put off, so that no other request fails.

        A busy database is no failure of the request's: it stays kept as it is.
        """
        try:
            carry_out()
        except StorageBusy:
            log.warning("the database is busy; the request stays kept", request=request)
        except Exception as error:
            try:
                self._put_off(request, body, error)
            except Exception:
                log.exception("a failed request could not be put off", request=request)

    def _put_off(self, request: str, body: Mapping[str, Any] | None, error: Exception) -> None:
        failure = self.requests.failed(request, error, at=self.real_clock())
        log.error("a request failed", request=request, tries=failure.tries, again=failure.next_try_at, exc_info=error)
        if body is None:
            return
        if failure.next_try_at is None:
            self.responder.answer(body, self._ask(body), Rendered(NOT_DONE.format(asked=payloads.asked_words(body))))
        elif failure.tries == 1:
            self.responder.answer(body, self._ask(body), Rendered(NOT_YET.format(asked=payloads.asked_words(body))))

    def _give_up(self, request: str, error: Exception) -> None:
        try:
            self.requests.give_up(request, error, at=self.real_clock())
        except Exception:
            log.exception("a failed request could not be marked", request=request)

    def _forget(self, request: str) -> None:
        """Forget a refused form, so that it may be submitted again: its view keeps its name."""
        try:
            self.requests.forget(request)
        except StorageBusy:
            log.warning("a refused form stays kept; it will be refused again", request=request)

    def _finish(self, ask: Ask) -> None:
        try:
            self.requests.done(ask.request, at=self.real_clock())
        except StorageBusy:
            log.warning("request not marked as done; it will be tried again without effect", request=ask.request)

    def _in_words(self, body: Mapping[str, Any], listener: Listener, ask: Ask) -> Answer:
        """The listener's answer to a request that waited too long for Slack to open a form."""
        answer = listener(ask)
        if isinstance(answer, AfterClosing):
            return answer.work(ask)
        if isinstance(answer, ChangedForm):
            return None  # whoever submits the form as it is reads what it lacks
        return form_again(FORM_TOO_LATE, body, ask) if isinstance(answer, OpenForm) else answer

    def _kept_ask(self, body: Mapping[str, Any]) -> Ask:
        ask = self._ask(body)
        return replace(ask, now=payloads.asked_at(body) or ask.now)

    def _ask(self, body: Mapping[str, Any]) -> Ask:
        """Parse the body into an ask.

        Raises: FromAnotherVersion.
        """
        name, user, origin = payloads.request_of(body), payloads.user_of(body), payloads.origin_of(body)
        ask = Ask(request=name, user=user, now=self.time.now(), origin=origin, place=places.place_of(body))
        if payloads.is_command(body):
            return replace(ask, text=typed(str(body.get("text") or "")))
        if payloads.is_form(body):
            value = places.value_of(places.metadata_of(body))
            return replace(ask, value=value, answers=payloads.answers_of(body), is_acknowledged=False)
        if payloads.is_shortcut(body):
            return replace(ask, message=payloads.message_of(body))
        action = payloads.action_of(body)
        block_id, beside = str(action.get("block_id") or ""), payloads.beside(body)
        about = places.value_of(places.metadata_of(body))
        return replace(ask, value=payloads.chosen(action), about=about, block_id=block_id, answers=beside)


def _once(ask: Ask, listener: Listener, *, if_done: Answer = None) -> Answer:
    """The listener's answer; `if_done` for a request that was carried out before."""
    try:
        with idempotency.request(ask.request):
            return listener(ask)
    except AlreadyCarriedOut:
        return if_done
