"""`/sla update`: the customer was told something, and perhaps when they hear from us next."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from bot.action_ids import ActionId, ViewId
from bot.listeners import grammar
from bot.listeners.act_answers import ActAnswers
from bot.listeners.promise_questions import PromiseQuestions
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.pending_acts import PendingPromise, PromiseKind
from bot.refusal_sentences import explain
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask, OpenForm
from bot.text import local_minute
from bot.views.confirmations import updated
from bot.views.forms import UpdateWords, update_form
from bot.views.help import SubcommandHelp
from bot.views.usage import USAGE
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.time.errors import DayIsAmbiguous, UnreadableDuration, UnreadableMoment
from sla_engine.services.incidents.commands import Incidents

_UPDATE = SubcommandHelp(
    name="update",
    usage=USAGE["update"],
    summary="The customer was told: what, and when they hear from us next",
    who="technician",
    examples=("/sla update INC-1042", "/sla update INC-1042 Called: part arrives tomorrow next tomorrow 9am"),
)


class CustomerUpdates(Topic):
    """Records customer updates; what is missing or cannot be read opens the form with what was typed."""

    def __init__(self, incidents: Incidents, answers: ActAnswers, questions: PromiseQuestions) -> None:
        self.incidents = incidents
        self.answers = answers
        self.questions = questions

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_UPDATE, self.update),)

    def actions(self) -> Mapping[str, Listener]:
        """The button that opens the form, and those of the question before a promise."""
        return {
            ActionId.UPDATE_OPEN: lambda ask: self.update(ask, [ask.value]),
            ActionId.UPDATE_EDIT: self.edit,
            ActionId.UPDATE_CONFIRM: self.confirmed,
        }

    def forms(self) -> Mapping[str, Listener]:
        """The form of an update."""
        return {ViewId.UPDATE: self.submitted}

    def update(self, ask: Ask, words: list[str]) -> Answer:
        """Record a customer update; a form asks for missing words."""
        key = grammar.take_key(words, usage=_UPDATE.usage)
        text, next_words = grammar.split_until(words, "next")
        typed = UpdateWords(text=" ".join(text), next=next_words or "")
        if not text:
            return self._form(ask, key, typed)
        try:
            next_at = self._moment(ask, typed.next)
        except (UnreadableMoment, UnreadableDuration, DayIsAmbiguous) as refusal:
            return self._form(ask, key, typed, complaint=explain(refusal))
        return self._update(ask, key, typed, next_at=next_at)

    def edit(self, ask: Ask) -> Answer:
        """Open the form with what was said before."""
        pending = PendingPromise.read(ask.value)
        next_at = local_minute(pending.until, self.answers.reader(ask).zone)
        return self._form(ask, pending.key, UpdateWords(text=pending.text, how=pending.how, next=next_at))

    def confirmed(self, ask: Ask) -> Answer:
        """Record the update that was asked about."""
        pending = PendingPromise.read(ask.value)
        return self._do(ask, pending.key, UpdateWords(text=pending.text, how=pending.how), next_at=pending.until)

    def submitted(self, ask: Ask) -> Answer:
        """Record the form's customer update."""
        fields = ask.answers
        typed = UpdateWords(text=fields["text"], how=fields.get("how", ""))
        return self._update(ask, ask.value, typed, next_at=self._moment(ask, fields.get("next", "")))

    def _form(self, ask: Ask, key: str, words: UpdateWords, *, complaint: str = "") -> OpenForm:
        incident = self.answers.board.for_form(key, action=Action.UPDATE, by=ask.user, now=ask.now)
        return OpenForm(update_form(incident.key, incident.title, words, complaint=complaint))

    def _update(self, ask: Ask, key: str, words: UpdateWords, *, next_at: datetime | None) -> Answer:
        if next_at is not None:
            pending = PendingPromise(kind=PromiseKind.UPDATE, key=key, until=next_at, text=words.text, how=words.how)
            question = self.questions.before(ask, pending)
            if question is not None:
                return question
        return self._do(ask, key, words, next_at=next_at)

    def _do(self, ask: Ask, key: str, words: UpdateWords, *, next_at: datetime | None) -> Answer:
        done = self.incidents.update_customer(
            key, text=words.text, how=words.how, next_at=next_at, by=ask.user, now=ask.now
        )
        return self.answers.after(ask, done.key, partial(updated, words=words.text))

    def _moment(self, ask: Ask, words: str) -> datetime | None:
        return grammar.moment(words, zone=self.answers.reader(ask).zone, now=ask.now) if words else None
