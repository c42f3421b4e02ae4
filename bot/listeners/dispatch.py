"""Buttons, commands and forms of dispatchers: acknowledge with a promise, assign, snooze."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from bot.action_ids import ActionId, SearchId, ViewId
from bot.errors import NothingChosen
from bot.listeners import grammar
from bot.listeners.act_answers import ActAnswers
from bot.listeners.promise_questions import PromiseQuestions
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.pending_acts import PendingPromise, PromiseKind
from bot.requests.listener import Listener, Search
from bot.requests.request import Answer, Ask, OpenForm
from bot.text import local_minute
from bot.views.confirmations import acknowledged, assigned, snoozed
from bot.views.dispatch_forms import assign_form, candidate_options, snooze_form
from bot.views.form_parts import changing
from bot.views.forms import promise_form
from bot.views.help import SubcommandHelp
from bot.views.parts import Block
from bot.views.undo import change_button
from bot.views.usage import USAGE
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.events import Acknowledged, Snoozed
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.promises import STILL_ON_IT
from sla_engine.services.incidents.change import Changes
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.queries.workload import Workload

_ACK = SubcommandHelp(
    name="ack",
    usage=USAGE["ack"],
    summary="“I’m on it”, and when the customer hears from us next",
    who="dispatcher",
    examples=("/sla ack INC-1042", "/sla ack INC-1042 until 15:00"),
)
_SNOOZE = SubcommandHelp(
    name="snooze",
    usage=USAGE["snooze"],
    summary="Silence the repeats; the clocks run on",
    who="dispatcher",
    examples=("/sla snooze INC-1042 30m", "/sla snooze INC-1042 until tomorrow 9am"),
)
_ASSIGN = SubcommandHelp(
    name="assign",
    usage=USAGE["assign"],
    summary="Give it to a technician, who is told",
    who="dispatcher",
    examples=("/sla assign INC-1042 @tom",),
)


class DispatchTopic(Topic):
    """Buttons and commands of the dispatcher; a click edits its nudge, and says privately what that does not show."""

    def __init__(
        self, incidents: Incidents, changes: Changes, answers: ActAnswers, questions: PromiseQuestions
    ) -> None:
        self.incidents = incidents
        self.changes = changes
        self.answers = answers
        self.questions = questions
        self.workload = Workload(answers.board.unit_of_work)

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (
            Subcommand(_ACK, self.ack),
            Subcommand(_SNOOZE, self.snooze),
            Subcommand(_ASSIGN, self.assign),
        )

    def actions(self) -> Mapping[str, Listener]:
        """The nudge's buttons that are not a technician's too."""
        return {
            ActionId.NUDGE_ACKNOWLEDGE: self.clicked_acknowledge,
            ActionId.NUDGE_STILL_ON_IT: self.clicked_still_on_it,
            ActionId.NUDGE_PROMISE_OPEN: self.open_promise,
            ActionId.PROMISE_EDIT: self.edit,
            ActionId.PROMISE_CONFIRM: self.confirmed,
            ActionId.SNOOZE_CONFIRM: self.confirmed,
            ActionId.ASSIGN_OPEN: lambda ask: self._assign_form(ask, ask.value),
            ActionId.SNOOZE_OPEN: lambda ask: self._snooze_form(ask, ask.value),
        }

    def forms(self) -> Mapping[str, Listener]:
        """The forms behind the buttons."""
        return {
            ViewId.PROMISE: self.promised,
            ViewId.ASSIGN: self.assign_submitted,
            ViewId.SNOOZE: self.snooze_submitted,
        }

    def searches(self) -> Mapping[str, Search]:
        """The search for a colleague, where there are more than a menu holds."""
        return {SearchId.COLLEAGUE: self._search}

    def ack(self, ask: Ask, words: list[str]) -> Answer:
        """Acknowledge by command."""
        key = grammar.take_key(words, usage=_ACK.usage)
        if words:
            return self._promise(ask, key, " ".join(words))
        return self._acknowledged(ask, self.incidents.acknowledge(key, by=ask.user, now=ask.now))

    def snooze(self, ask: Ask, words: list[str]) -> Answer:
        """Snooze by command."""
        key = grammar.take_key(words, usage=_SNOOZE.usage)
        return self._snooze(ask, key, " ".join(words)) if words else self._snooze_form(ask, key)

    def assign(self, ask: Ask, words: list[str]) -> Answer:
        """Assign by command."""
        key = grammar.take_key(words, usage=_ASSIGN.usage)
        if not words:
            return self._assign_form(ask, key)
        return self._assign(ask, key, grammar.person(" ".join(words), self.answers.board.msp()))

    def assign_submitted(self, ask: Ask) -> Answer:
        """Assign to the person chosen in the form."""
        if not ask.answers["person"]:
            raise NothingChosen("person")
        return self._assign(ask, ask.value, ask.answers["person"])

    def snooze_submitted(self, ask: Ask) -> Answer:
        """Snooze until the time written in the form, else for the time chosen in it."""
        words = ask.answers["until"] or ask.answers["for"]
        if not words:
            raise NothingChosen("time")
        key, _, changed = ask.value.partition(" ")
        return self._snooze(ask, key, words, changes=changed)

    def clicked_acknowledge(self, ask: Ask) -> Answer:
        """Acknowledge with the default promise, one customer-update period, and say what is promised."""
        return self._acknowledged(ask, self.incidents.acknowledge(ask.value, by=ask.user, now=ask.now))

    def clicked_still_on_it(self, ask: Ask) -> Answer:
        """Promise the update again, `STILL_ON_IT` from now."""
        promise = ask.now + STILL_ON_IT
        return self._acknowledged(ask, self.incidents.acknowledge(ask.value, promise=promise, by=ask.user, now=ask.now))

    def open_promise(self, ask: Ask) -> Answer:
        """Open the form that asks when the next update comes."""
        incident = self.answers.board.for_form(ask.value, action=Action.ACKNOWLEDGE, by=ask.user, now=ask.now)
        return OpenForm(promise_form(incident.key, incident.title))

    def promised(self, ask: Ask) -> Answer:
        """Acknowledge with the form's promise."""
        key, _, changed = ask.value.partition(" ")
        return self._promise(ask, key, ask.answers["promise"], changes=changed)

    def edit(self, ask: Ask) -> Answer:
        """Open the form with the time that was asked about."""
        pending = PendingPromise.read(ask.value)
        until = local_minute(pending.until, self.answers.reader(ask).zone)
        is_snooze = pending.kind is PromiseKind.SNOOZE
        action = Action.SNOOZE if is_snooze else Action.ACKNOWLEDGE
        incident = self.answers.board.for_form(pending.key, action=action, by=ask.user, now=ask.now)
        if is_snooze:
            form = snooze_form(incident.key, incident.title, until=until)
        else:
            form = promise_form(incident.key, incident.title, promise=until)
        return OpenForm(changing(form, pending.changes) if pending.changes else form)

    def confirmed(self, ask: Ask) -> Answer:
        """Promise or silence what was asked about."""
        return self._do(ask, PendingPromise.read(ask.value))

    def _assign_form(self, ask: Ask, key: str) -> OpenForm:
        return OpenForm(assign_form(self.workload.assignable(key, by=ask.user, now=ask.now)))

    def _assign(self, ask: Ask, key: str, to: str) -> Answer:
        done = self.incidents.assign(key, to=to, by=ask.user, now=ask.now)
        return self.answers.after(ask, done.key, partial(assigned, to=to))

    def _snooze_form(self, ask: Ask, key: str) -> OpenForm:
        incident = self.answers.board.for_form(key, action=Action.SNOOZE, by=ask.user, now=ask.now)
        return OpenForm(snooze_form(incident.key, incident.title))

    def _snooze(self, ask: Ask, key: str, words: str, *, changes: str = "") -> Answer:
        until = self._moment(ask, words)
        pending = PendingPromise(kind=PromiseKind.SNOOZE, key=key, until=until, changes=changes)
        return self.questions.before(ask, pending) or self._do(ask, pending)

    def _promise(self, ask: Ask, key: str, words: str, *, changes: str = "") -> Answer:
        until = self._moment(ask, words)
        pending = PendingPromise(kind=PromiseKind.ACKNOWLEDGE, key=key, until=until, changes=changes)
        return self.questions.before(ask, pending) or self._do(ask, pending)

    def _do(self, ask: Ask, pending: PendingPromise) -> Answer:
        """Promise or silence; a change that comes too late to take the first one's place is made as of now."""
        done = self._changed(ask, pending) if pending.changes else None
        key, until = pending.key, pending.until
        if pending.kind is PromiseKind.ACKNOWLEDGE:
            done = done or self.incidents.acknowledge(key, promise=until, by=ask.user, now=ask.now)
            return self._acknowledged(ask, done)
        done = done or self.incidents.snooze(key, until=until, by=ask.user, now=ask.now)
        sentence = partial(snoozed, until=done.snoozed_until, wanted=until)
        return self.answers.after(ask, done.key, sentence, change=change_button(ask.request))

    def _changed(self, ask: Ask, pending: PendingPromise) -> Incident | None:
        until = pending.until
        event = Acknowledged(promise=until) if pending.kind is PromiseKind.ACKNOWLEDGE else Snoozed(until=until)
        return self.changes.change_while_possible(pending.changes, event, by=ask.user, now=ask.now)

    def _acknowledged(self, ask: Ask, incident: Incident) -> Answer:
        sentence = partial(acknowledged, by=ask.user)
        return self.answers.after(ask, incident.key, sentence, change=change_button(ask.request))

    def _search(self, ask: Ask) -> list[Block]:
        return candidate_options(self.workload.assignable(ask.about, by=ask.user, now=ask.now), ask.value)

    def _moment(self, ask: Ask, words: str) -> datetime:
        return grammar.moment(words, zone=self.answers.reader(ask).zone, now=ask.now)
