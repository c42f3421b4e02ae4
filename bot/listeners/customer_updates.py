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
from bot.views.form_parts import changing
from bot.views.forms import UpdateWords, update_form
from bot.views.help import SubcommandHelp
from bot.views.undo import change_button
from bot.views.usage import USAGE
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.events import CustomerUpdated
from sla_engine.domain.time.errors import DayIsAmbiguous, UnreadableDuration, UnreadableMoment
from sla_engine.services.incidents.change import Changes
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

    def __init__(
        self, incidents: Incidents, changes: Changes, answers: ActAnswers, questions: PromiseQuestions
    ) -> None:
        self.incidents = incidents
        self.changes = changes
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
        words = UpdateWords(text=pending.text, how=pending.how, next=next_at)
        return self._form(ask, pending.key, words, changes=pending.changes)

    def confirmed(self, ask: Ask) -> Answer:
        """Record the update that was asked about."""
        pending = PendingPromise.read(ask.value)
        update = CustomerUpdated(text=pending.text, how=pending.how, next_at=pending.until)
        return self._do(ask, pending.key, update, changes=pending.changes)

    def submitted(self, ask: Ask) -> Answer:
        """Record the form's customer update, or change one to it."""
        fields = ask.answers
        key, _, changed = ask.value.partition(" ")
        typed = UpdateWords(text=fields["text"], how=fields.get("how", ""))
        return self._update(ask, key, typed, next_at=self._moment(ask, fields.get("next", "")), changes=changed)

    def _form(self, ask: Ask, key: str, words: UpdateWords, *, complaint: str = "", changes: str = "") -> OpenForm:
        incident = self.answers.board.for_form(key, action=Action.UPDATE, by=ask.user, now=ask.now)
        form = update_form(incident.key, incident.title, words, complaint=complaint)
        return OpenForm(changing(form, changes) if changes else form)

    def _update(self, ask: Ask, key: str, words: UpdateWords, *, next_at: datetime | None, changes: str = "") -> Answer:
        update = CustomerUpdated(text=words.text, how=words.how, next_at=next_at)
        if next_at is None:
            return self._do(ask, key, update, changes=changes)
        pending = PendingPromise(
            kind=PromiseKind.UPDATE, key=key, until=next_at, text=words.text, how=words.how, changes=changes
        )
        return self.questions.before(ask, pending) or self._do(ask, key, update, changes=changes)

    def _do(self, ask: Ask, key: str, update: CustomerUpdated, *, changes: str) -> Answer:
        if changes:
            done = self.changes.change(changes, update, by=ask.user, now=ask.now)
        else:
            done = self.incidents.update_customer(
                key, text=update.text, how=update.how, next_at=update.next_at, by=ask.user, now=ask.now
            )
        return self.answers.after(ask, done.key, partial(updated, words=update.text), change=change_button(ask.request))

    def _moment(self, ask: Ask, words: str) -> datetime | None:
        return grammar.moment(words, zone=self.answers.reader(ask).zone, now=ask.now) if words else None
