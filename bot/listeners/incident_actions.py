"""Technicians' actions: take, hand back, respond, plan, resume, resolve, reopen, escalate."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from bot.action_ids import ActionId, ViewId
from bot.listeners import grammar
from bot.listeners.act_answers import ActAnswers
from bot.listeners.subcommand import Answering, Subcommand
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask, OpenForm
from bot.views import forms
from bot.views.confirmations import (
    escalated,
    handed_back,
    planned,
    reopened,
    resolved,
    responded,
    resumed,
    taken,
)
from bot.views.help import SubcommandHelp
from bot.views.undo import change_button
from bot.views.usage import USAGE
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.events import PlanGiven, Resolved
from sla_engine.services.incidents.change import Changes
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.queries.board import IncidentSummary

FormBuilder = Callable[[IncidentSummary], Mapping[str, Any]]


class IncidentActions(Topic):
    """Each act as a command and as a button; a form asks for words that are missing."""

    def __init__(self, incidents: Incidents, changes: Changes, answers: ActAnswers) -> None:
        self.incidents = incidents
        self.changes = changes
        self.answers = answers

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        rows: tuple[tuple[str, str, Answering, tuple[str, ...]], ...] = (
            ("take", "Make it yours", self.take, ()),
            ("handback", "Return it to the dispatcher", self.hand_back, ("back at 3",)),
            ("respond", "The customer has our first reply", self.respond, ()),
            ("plan", "The customer knows how it will be resolved", self.plan, ()),
            ("resume", "Let clocks run again", self.resume, ()),
            ("resolve", "It works again", self.resolve, ()),
            ("reopen", "It was not fixed after all", self.reopen, ()),
            ("escalate", "Ask for help: the dispatcher is nudged now", self.escalate, ()),
        )
        return tuple(
            Subcommand(
                SubcommandHelp(
                    name=name,
                    usage=USAGE[name],
                    summary=summary,
                    who="technician",
                    examples=(f"/sla {name} INC-1042", *(f"/sla {name} INC-1042 {words}" for words in examples)),
                ),
                answer,
                self.fill_resolution if name == "resolve" else None,
            )
            for name, summary, answer, examples in rows
        )

    def actions(self) -> Mapping[str, Listener]:
        """Buttons: acts without words are done at once, the others open a form."""
        return {
            ActionId.TAKE: lambda ask: self.take(ask, [ask.value]),
            ActionId.RESPOND: lambda ask: self.respond(ask, [ask.value]),
            ActionId.RESUME: lambda ask: self.resume(ask, [ask.value]),
            ActionId.REOPEN: lambda ask: self.reopen(ask, [ask.value]),
            ActionId.PLAN_OPEN: lambda ask: self.plan(ask, [ask.value]),
            ActionId.RESOLVE_OPEN: lambda ask: self._form(ask, ask.value, Action.RESOLVE, _resolve_form),
            ActionId.HAND_BACK_OPEN: lambda ask: self.hand_back(ask, [ask.value]),
            ActionId.ESCALATE_OPEN: lambda ask: self._form(ask, ask.value, Action.ESCALATE, _escalate_form),
        }

    def forms(self) -> Mapping[str, Listener]:
        """Submitted forms; each does what its command does."""
        return {
            ViewId.PLAN: self.plan_submitted,
            ViewId.RESOLVE: self.resolve_submitted,
            ViewId.HAND_BACK: lambda ask: self._hand_back(ask, ask.value, ask.answers["reason"]),
            ViewId.ESCALATE: lambda ask: self.escalate(ask, [ask.value, ask.answers["text"]]),
        }

    def take(self, ask: Ask, words: list[str]) -> Answer:
        """Assign an incident to whoever asks."""
        key = grammar.take_only_key(words, usage=USAGE["take"])
        done = self.incidents.take(key, by=ask.user, now=ask.now)
        return self.answers.after(ask, done.key, partial(taken, by=ask.user))

    def hand_back(self, ask: Ask, words: list[str]) -> Answer:
        """Return an incident to the dispatcher; a form asks for a missing reason."""
        key = grammar.take_key(words, usage=USAGE["handback"])
        if not words:
            return self._form(
                ask, key, Action.HAND_BACK, lambda incident: forms.hand_back_form(incident.key, incident.title)
            )
        return self._hand_back(ask, key, " ".join(words))

    def respond(self, ask: Ask, words: list[str]) -> Answer:
        """Record the first reply."""
        key = grammar.take_key(words, usage=USAGE["respond"])
        done = self.incidents.respond(key, text=" ".join(words), by=ask.user, now=ask.now)
        return self.answers.after(ask, done.key, responded)

    def plan(self, ask: Ask, words: list[str]) -> Answer:
        """Record the resolution plan; a form asks for missing words."""
        key = grammar.take_key(words, usage=USAGE["plan"])
        if not words:
            return self._form(ask, key, Action.PLAN, lambda incident: forms.plan_form(incident.key, incident.title))
        return self._plan(ask, key, " ".join(words))

    def plan_submitted(self, ask: Ask) -> Answer:
        """Record the form's plan, or change one to it."""
        key, _, changed = ask.value.partition(" ")
        words = ask.answers["text"]
        if not changed:
            return self._plan(ask, key, words)
        done = self.changes.change(changed, PlanGiven(text=words), by=ask.user, now=ask.now)
        return self._planned(ask, done.key, words)

    def resume(self, ask: Ask, words: list[str]) -> Answer:
        """Resume the clocks."""
        key = grammar.take_only_key(words, usage=USAGE["resume"])
        done = self.incidents.resume(key, by=ask.user, now=ask.now)
        return self.answers.after(ask, done.key, resumed)

    def resolve(self, ask: Ask, words: list[str]) -> Answer:
        """Record that the incident is resolved."""
        key = grammar.take_key(words, usage=USAGE["resolve"])
        done = self.incidents.resolve(key, text=" ".join(words), by=ask.user, now=ask.now)
        return self.answers.after(ask, done.key, resolved, change=change_button(ask.request))

    def resolve_submitted(self, ask: Ask) -> Answer:
        """Record the form's resolution, or change one to it."""
        key, _, changed = ask.value.partition(" ")
        text = ask.answers.get("text", "")
        if not changed:
            return self.resolve(ask, [key, text])
        done = self.changes.change(changed, Resolved(text=text), by=ask.user, now=ask.now)
        return self.answers.after(ask, done.key, resolved, change=change_button(ask.request))

    def fill_resolution(self, ask: Ask, words: list[str]) -> Answer:
        """Open the form of a resolution with the words that were typed."""
        key = grammar.take_key(words, usage=USAGE["resolve"])
        text = " ".join(words)
        return self._form(
            ask, key, Action.RESOLVE, lambda incident: forms.resolve_form(incident.key, incident.title, text=text)
        )

    def reopen(self, ask: Ask, words: list[str]) -> Answer:
        """Reopen a resolved incident."""
        key = grammar.take_key(words, usage=USAGE["reopen"])
        done = self.incidents.reopen(key, text=" ".join(words), by=ask.user, now=ask.now)
        return self.answers.after(ask, done.incident.key, partial(reopened, instead_of=done.instead_of))

    def escalate(self, ask: Ask, words: list[str]) -> Answer:
        """Ask the dispatcher for help."""
        key = grammar.take_key(words, usage=USAGE["escalate"])
        done = self.incidents.escalate(key, text=" ".join(words), by=ask.user, now=ask.now)
        dispatcher = self.answers.board.msp().dispatcher(ask.now)
        return self.answers.after(ask, done.key, partial(escalated, dispatcher=dispatcher))

    def _hand_back(self, ask: Ask, key: str, reason: str) -> Answer:
        done = self.incidents.hand_back(key, reason=reason, by=ask.user, now=ask.now)
        return self.answers.after(ask, done.key, handed_back)

    def _plan(self, ask: Ask, key: str, words: str) -> Answer:
        done = self.incidents.plan(key, text=words, by=ask.user, now=ask.now)
        return self._planned(ask, done.key, words)

    def _planned(self, ask: Ask, key: str, words: str) -> Answer:
        return self.answers.after(ask, key, partial(planned, words=words), change=change_button(ask.request))

    def _form(self, ask: Ask, key: str, action: Action, form: FormBuilder) -> OpenForm:
        return OpenForm(form(self.answers.board.for_form(key, action=action, by=ask.user, now=ask.now)))


def _resolve_form(incident: IncidentSummary) -> Mapping[str, Any]:
    return forms.resolve_form(incident.key, incident.title)


def _escalate_form(incident: IncidentSummary) -> Mapping[str, Any]:
    return forms.escalate_form(incident.key, incident.title)
