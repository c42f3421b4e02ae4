"""Answers requests: with words, or with a form to fill in.

What Slack does not take now is sent later as a direct message.
"""

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from slack_sdk import WebClient

from bot.action_ids import ActionId
from bot.courier.slack_outcomes import outcome_of
from bot.errors import FromAnotherVersion
from bot.requests import mentions, payloads
from bot.requests.file_uploads import FileUploads
from bot.requests.places import metadata_of, with_place
from bot.requests.private_answers import PrivateAnswers
from bot.requests.request import AfterClosing, Answer, Ask, ChangedForm, GivenFile, OpenForm, Refreshed
from bot.slack_calls import CALL_FAILURES, reason_of
from bot.views.rendered import Rendered
from bot.views.suggested_lines import open_form_button
from sla_engine.delivery.records import Refused, Unanswered
from sla_engine.services.upkeep.databases import StorageBusy
from sla_engine.services.upkeep.kept_requests import Requests
from sla_engine.time_source import RealClock

log = structlog.get_logger(__name__)

FORM_NOT_OPENED = "Slack did not open the form in time; your words are kept."
FORM_MAY_BE_OPEN = "Slack did not say whether it opened the form. If no form is there:"
FORM_WANTS_CLICK = "A form belongs to this; Slack opens it from a button only."
CHOOSE_AGAIN = "Please choose the shortcut once more: Slack did not open its form in time."
FILE_SENT = "Sent to your direct messages with sla-bot: {title}."
FILE_REFUSED = (
    "Slack did not take the file ({reason}). Whoever runs sla-bot finds what is missing with `sla-bot doctor`; "
    "`sla-bot digest` writes the same files."
)
FORM_TOO_LATE = "The form could not be opened in time; your words are kept."


class NoFileTaken(Exception):
    """Nobody knows whether a file arrived: its request is tried again."""


class Responder:
    """Answers the person who asked; `form_opens` is told whose form is about to open.

    `show_at_home` draws a person's Home tab with an answer, and says whether it did.
    """

    def __init__(
        self,
        answers: PrivateAnswers,
        *,
        client: WebClient,
        requests: Requests,
        real_clock: RealClock,
        form_opens: Callable[[str], None] = lambda _person: None,
        show_at_home: Callable[[Ask, Rendered | None], bool] = lambda _ask, _answer: False,
    ) -> None:
        self.answers = answers
        self.client = client
        self.files = FileUploads(client)
        self.requests = requests
        self.real_clock = real_clock
        self.form_opens = form_opens
        self.show_at_home = show_at_home

    def say(self, body: Mapping[str, Any], sentence: str) -> None:
        """Send a private sentence now or never, to the person the body names."""
        try:
            self.answers.send(body, Rendered(sentence))
        except FromAnotherVersion:
            log.warning("nobody to answer: the request names no user")

    def give(self, body: Mapping[str, Any], ask: Ask, answer: Answer) -> None:
        """Give a listener's answer: nothing, a form, or words."""
        if isinstance(answer, OpenForm):
            self._open(body, ask, answer)
            return
        if isinstance(answer, ChangedForm):
            self._change(body, ask, answer)
            return
        if isinstance(answer, GivenFile):
            self._give_file(body, ask, answer)
            return
        if isinstance(answer, AfterClosing):
            return  # the front desk has that done, and gives the answer to it
        message = answer.message if isinstance(answer, Refreshed) else answer
        if ask.place.is_home and self.show_at_home(ask, message):
            return
        if message is not None:
            self.answer(body, ask, message, replaces=isinstance(answer, Refreshed))

    def answer(self, body: Mapping[str, Any], ask: Ask, answer: Rendered, *, replaces: bool = False) -> None:
        """Answer privately now; an answer that Slack does not take follows as a direct message.

        `replaces`: in place of the private message in which it was asked for.
        """
        if self.answers.send(body, answer, replaces=replaces):
            return
        try:
            self.requests.answer_later(ask.request, ask.user, answer.text, at=self.real_clock())
        except StorageBusy:
            log.warning("answer lost: neither Slack nor the database took it", request=ask.request)

    def _open(self, body: Mapping[str, Any], ask: Ask, form: OpenForm) -> None:
        if mentions.is_mention(body):
            self.answer(body, ask, form_again(FORM_WANTS_CLICK, body, ask))
            return
        self.form_opens(ask.user)
        try:
            view = with_place(form.view, ask.place, now=self.real_clock())
            self.client.views_open(trigger_id=body["trigger_id"], view=view)
        except CALL_FAILURES as error:
            log.warning("form not opened", request=ask.request, reason=reason_of(error))
            may_be_open = isinstance(outcome_of(error), Unanswered)
            self.answer(body, ask, form_again(FORM_MAY_BE_OPEN if may_be_open else FORM_NOT_OPENED, body, ask))

    def _give_file(self, body: Mapping[str, Any], ask: Ask, file: GivenFile) -> None:
        """Send a file; the kept request is carried out again where Slack did not answer, so that none is lost.

        A file that arrived although nobody heard so comes a second time.
        Raises: NoFileTaken where Slack did not answer, or asks to wait.
        """
        try:
            self.files.send(ask.user, file)
        except CALL_FAILURES as error:
            log.warning("file not taken", request=ask.request, reason=reason_of(error))
            if not isinstance(outcome_of(error), Refused):
                raise NoFileTaken(file.name) from error
            self.answer(body, ask, Rendered(FILE_REFUSED.format(reason=reason_of(error))))
            return
        self.answer(body, ask, Rendered(FILE_SENT.format(title=file.title)))

    def _change(self, body: Mapping[str, Any], ask: Ask, form: ChangedForm) -> None:
        """Draw an open form anew; where Slack does not, it stays as it is, and submitting it says what it lacks."""
        view = {**form.view, "private_metadata": metadata_of(body)}
        try:
            self.client.views_update(view_id=str(payloads.part(body, "view").get("id")), view=view)
        except CALL_FAILURES as error:
            log.warning("form not changed", request=ask.request, reason=reason_of(error))


def form_again(sentence: str, body: Mapping[str, Any], ask: Ask) -> Rendered:
    """A sentence about a form that is not there, with the button that opens it with everything that was typed."""
    if payloads.is_shortcut(body):
        return Rendered(CHOOSE_AGAIN)
    if payloads.is_command(body):
        return open_form_button(sentence, ActionId.RUN_LINE.value, ask.text, row=f"line:{ask.request}:form")
    return open_form_button(sentence, payloads.listener_of(body), ask.value, row=f"form:{ask.block_id}")
