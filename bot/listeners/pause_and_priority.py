"""Pause and priority: acts whose effect is shown first where it makes or averts a breach, or has no near end."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from bot.action_ids import ActionId, ViewId
from bot.listeners import grammar
from bot.listeners.act_answers import ActAnswers
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.pending_acts import PendingPause, PendingPriority
from bot.refusal_sentences import explain
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask, OpenForm
from bot.text import local_minute
from bot.views.confirmations import paused, reprioritised
from bot.views.form_parts import changing
from bot.views.forms import PauseWords, pause_form, priority_form
from bot.views.help import SubcommandHelp
from bot.views.parts import button
from bot.views.simulation import preview_message
from bot.views.undo import change_button
from bot.views.usage import USAGE
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.errors import SlaError
from sla_engine.domain.incidents.events import PrioritySet
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.text.errors import UnknownChoice
from sla_engine.domain.time.errors import DayIsAmbiguous, UnreadableDuration, UnreadableMoment
from sla_engine.services.incidents.change import Changes
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.simulation.simulation import Simulations

_PAUSE = SubcommandHelp(
    name="pause",
    usage=USAGE["pause"],
    summary="Let clocks rest: customer, vendor, parts, scheduled, maintenance, other; another end changes it",
    who="technician",
    examples=("/sla pause INC-1042", "/sla pause INC-1042 vendor until tomorrow 9am"),
)
_PRIORITY = SubcommandHelp(
    name="priority",
    usage=USAGE["priority"],
    summary="Change the priority",
    who="technician",
    examples=("/sla priority INC-1042", "/sla priority INC-1042 P1"),
)
_UNREADABLE_TIME = (UnreadableMoment, UnreadableDuration, DayIsAmbiguous)


class PauseAndPriority(Topic):
    """Each as a command, a button and a form; what cannot be read opens the form with everything that was typed."""

    def __init__(self, incidents: Incidents, changes: Changes, answers: ActAnswers, simulations: Simulations) -> None:
        self.incidents = incidents
        self.changes = changes
        self.answers = answers
        self.simulations = simulations

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (
            Subcommand(_PAUSE, self.pause, self.fill_pause),
            Subcommand(_PRIORITY, self.priority, self.fill_priority),
        )

    def actions(self) -> Mapping[str, Listener]:
        """The buttons that open a form, and those that do what was asked about."""
        return {
            ActionId.PAUSE_OPEN: lambda ask: self.pause(ask, [ask.value]),
            ActionId.PAUSE_EDIT: self.edit_pause,
            ActionId.PAUSE_CONFIRM: lambda ask: self._do_pause(ask, PendingPause.read(ask.value)),
            ActionId.PRIORITY_OPEN: self.open_priority,
            ActionId.PRIORITY_CONFIRM: lambda ask: self._do_priority(ask, PendingPriority.read(ask.value)),
        }

    def forms(self) -> Mapping[str, Listener]:
        """Submitted forms; each does what its command does."""
        return {
            ViewId.PAUSE: self.pause_submitted,
            ViewId.PRIORITY: self.priority_submitted,
        }

    def pause(self, ask: Ask, words: list[str]) -> Answer:
        """Pause the clocks; a form asks for a missing reason, and for what cannot be read."""
        key = grammar.take_key(words, usage=USAGE["pause"])
        typed = _pause_words(words)
        if not typed.reason:
            return self._pause_form(ask, key, typed, complaint=_unknown_reason(typed))
        try:
            until = self._moment(ask, typed.until)
        except _UNREADABLE_TIME as refusal:
            return self._pause_form(ask, key, typed, complaint=explain(refusal))
        return self._pause(ask, PendingPause(key=key, reason=PauseReason(typed.reason), until=until, text=typed.text))

    def fill_pause(self, ask: Ask, words: list[str]) -> Answer:
        """Open the form of a pause with the words that were typed."""
        return self._pause_form(ask, grammar.take_key(words, usage=USAGE["pause"]), _pause_words(words))

    def edit_pause(self, ask: Ask) -> Answer:
        """Open the form of a pause with what was said or done before."""
        pending = PendingPause.read(ask.value)
        zone = self.answers.reader(ask).zone
        words = PauseWords(
            reason=pending.reason.value,
            until="" if pending.until is None else local_minute(pending.until, zone),
            text=pending.text,
            replaces="" if pending.replaces is None else pending.replaces.value,
        )
        return self._pause_form(ask, pending.key, words)

    def pause_submitted(self, ask: Ask) -> Answer:
        """Pause, or change the pause, as the form says."""
        fields = ask.answers
        key, _, replaced = ask.value.partition(" ")
        pending = PendingPause(
            key=key,
            reason=grammar.choice(PauseReason, fields["reason"], what="pause reason"),
            until=self._moment(ask, fields.get("until", "")),
            text=fields.get("text", ""),
            replaces=PauseReason(replaced) if replaced in set(PauseReason) else None,
        )
        return self._pause(ask, pending)

    def priority(self, ask: Ask, words: list[str]) -> Answer:
        """Change the priority; a form asks for a missing one, and for one that cannot be read."""
        key = grammar.take_key(words, usage=USAGE["priority"])
        try:
            return self._priority(ask, key, " ".join(words)) if words else self._priority_form(ask, key)
        except UnknownChoice as refusal:
            return self._priority_form(ask, key, complaint=explain(refusal))

    def open_priority(self, ask: Ask) -> Answer:
        """Open the form of a priority; the button may name the request whose priority is changed."""
        key, _, changed = ask.value.partition(" ")
        return self._priority_form(ask, key, changes=changed)

    def priority_submitted(self, ask: Ask) -> Answer:
        """Change the priority as the form says."""
        key, _, changed = ask.value.partition(" ")
        return self._priority(ask, key, ask.answers["priority"], changes=changed)

    def fill_priority(self, ask: Ask, words: list[str]) -> Answer:
        """Open the form of a priority with the one that was typed."""
        key = grammar.take_key(words, usage=USAGE["priority"])
        wanted = grammar.take_known_priority(words)
        return self._priority_form(ask, key, chosen=None if wanted is None else wanted.value)

    def _priority_form(
        self, ask: Ask, key: str, *, chosen: str | None = None, complaint: str = "", changes: str = ""
    ) -> OpenForm:
        incident = self.answers.board.for_form(key, action=Action.PRIORITY, by=ask.user, now=ask.now)
        chosen = chosen or incident.priority
        form = priority_form(incident.key, incident.title, chosen, complaint=complaint)
        return OpenForm(changing(form, changes) if changes else form)

    def _pause_form(self, ask: Ask, key: str, words: PauseWords, *, complaint: str = "") -> OpenForm:
        incident = self.answers.board.for_form(key, action=Action.PAUSE, by=ask.user, now=ask.now)
        return OpenForm(pause_form(incident.key, incident.title, words, complaint=complaint))

    def _pause(self, ask: Ask, pending: PendingPause) -> Answer:
        """Pause; what has to be asked about is shown with its effect first."""
        simulation = self.simulations.before_pause(
            pending.key, reason=pending.reason, until=pending.until, by=ask.user, now=ask.now
        )
        if simulation is None:
            return self._do_pause(ask, pending)
        return self.answers.where_asked(ask, preview_message(simulation, pending, zone=self.answers.reader(ask).zone))

    def _do_pause(self, ask: Ask, pending: PendingPause) -> Answer:
        done = self.incidents.pause(
            pending.key,
            reason=pending.reason,
            until=pending.until,
            text=pending.text,
            replaces=pending.replaces,
            by=ask.user,
            now=ask.now,
        )
        again = PendingPause(
            key=done.key, reason=pending.reason, until=pending.until, text=pending.text, replaces=pending.reason
        )
        change = button("Change…", ActionId.PAUSE_EDIT, value=again.value)
        return self.answers.after(ask, done.key, partial(paused, reason=pending.reason), change=change)

    def _priority(self, ask: Ask, key: str, word: str, *, changes: str = "") -> Answer:
        """Change the priority; what has to be asked about is shown with its effect first."""
        wanted = grammar.choice(Priority, word, what="priority")
        pending = PendingPriority(key=key, priority=wanted, changes=changes)
        simulation = self.simulations.before_priority(key, priority=pending.priority, by=ask.user, now=ask.now)
        if simulation is None:
            return self._do_priority(ask, pending)
        return self.answers.where_asked(ask, preview_message(simulation, pending, zone=self.answers.reader(ask).zone))

    def _do_priority(self, ask: Ask, pending: PendingPriority) -> Answer:
        done = self._changed_priority(ask, pending) if pending.changes else None
        if done is None:
            done = self.incidents.set_priority(pending.key, priority=pending.priority, by=ask.user, now=ask.now)
        sentence = partial(reprioritised, wanted=pending.priority)
        return self.answers.after(ask, done.key, sentence, change=change_button(ask.request))

    def _changed_priority(self, ask: Ask, pending: PendingPriority) -> Incident | None:
        event = PrioritySet(priority=pending.priority)
        return self.changes.change_while_possible(pending.changes, event, by=ask.user, now=ask.now)

    def _moment(self, ask: Ask, words: str) -> datetime | None:
        return grammar.moment(words, zone=self.answers.reader(ask).zone, now=ask.now) if words else None


def _pause_words(words: list[str]) -> PauseWords:
    """The reason, end and remark among the words of a pause; what is no reason is a remark."""
    before, until = grammar.split_end(words)
    reason, text = "", before
    try:
        reason = grammar.choice(PauseReason, before[0] if before else "", what="pause reason").value
        text = before[1:]
    except SlaError:
        if until is None:
            until, text = grammar.split_plain_moment(before)
    return PauseWords(reason=reason, until=until or "", text=" ".join(text))


def _unknown_reason(typed: PauseWords) -> str:
    """What is unclear about a reason that cannot be read; empty where none was typed."""
    if not typed.text:
        return ""
    return explain(UnknownChoice("pause reason", typed.text.split()[0], tuple(PauseReason)))
