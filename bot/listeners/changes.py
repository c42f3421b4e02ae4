"""*Change…* under an answer: opens the form of the act, filled in with what was just recorded."""

from collections.abc import Mapping
from typing import assert_never

from bot.action_ids import ActionId
from bot.listeners.act_answers import ActAnswers
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask, OpenForm
from bot.text import local_minute
from bot.views.dispatch_forms import snooze_form
from bot.views.form_parts import Form, changing
from bot.views.forms import UpdateWords, plan_form, priority_form, promise_form, resolve_form, update_form
from sla_engine.domain.incidents.events import (
    Acknowledged,
    CustomerUpdated,
    PlanGiven,
    PrioritySet,
    Resolved,
    Snoozed,
)
from sla_engine.services.incidents.change import ChangeableAct, Changes


class ChangesTopic(Topic):
    """Opens forms; what they say is recorded by the topic whose act it is."""

    def __init__(self, changes: Changes, answers: ActAnswers) -> None:
        self.changes = changes
        self.answers = answers

    def actions(self) -> Mapping[str, Listener]:
        """The button; its value is the name of the request that recorded the act."""
        return {ActionId.CHANGE: self.open}

    def open(self, ask: Ask) -> Answer:
        """Open the form of the act that the button belongs to."""
        act = self.changes.recorded(ask.value, by=ask.user, now=ask.now)
        title = self.answers.board.show(act.key, now=ask.now).summary.title
        form = recorded_form(act, title, zone=self.answers.reader(ask).zone)
        return OpenForm(changing(form, ask.value))


def recorded_form(act: ChangeableAct, title: str, *, zone: str) -> Form:
    """The form of an act, filled in with what is on record; times are those of `zone`."""
    match act.event:
        case CustomerUpdated(text=text, how=how, next_at=next_at):
            next_words = "" if next_at is None else local_minute(next_at, zone)
            return update_form(act.key, title, UpdateWords(text=text, how=how, next=next_words))
        case PlanGiven(text=text):
            return plan_form(act.key, title, text=text)
        case Resolved(text=text):
            return resolve_form(act.key, title, text=text)
        case PrioritySet(priority=priority):
            return priority_form(act.key, title, priority.value)
        case Acknowledged(promise=promise):
            return promise_form(act.key, title, promise="" if promise is None else local_minute(promise, zone))
        case Snoozed(until=until):
            return snooze_form(act.key, title, until=local_minute(until, zone))
        case _:
            assert_never(act.event)
