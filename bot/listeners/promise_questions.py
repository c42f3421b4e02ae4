"""Asks before a promise or a snooze that ends after the next due time, or more than a month ahead."""

from datetime import timedelta

from bot.listeners.act_answers import ActAnswers
from bot.pending_acts import PendingPromise, PromiseKind
from bot.requests.request import Ask, Refreshed
from bot.views.promise_question import promise_question
from bot.views.rendered import Rendered
from sla_engine.domain.agreements.permissions import Action
from sla_engine.services.queries.due_times import DueTimes

LONGEST_UNASKED = timedelta(days=31)
_ACTIONS = {PromiseKind.ACKNOWLEDGE: Action.ACKNOWLEDGE, PromiseKind.SNOOZE: Action.SNOOZE}


class PromiseQuestions:
    """Makes the question that comes before a promise; nothing here changes anything."""

    def __init__(self, due_times: DueTimes, answers: ActAnswers) -> None:
        self.due_times = due_times
        self.answers = answers

    def before(self, ask: Ask, pending: PendingPromise) -> Rendered | Refreshed | None:
        """The question, with the button that does it all the same; None for a promise that may be made at once.

        Raises: NotAllowed (recorded), UnknownIncident.
        """
        if pending.until <= ask.now:  # the act itself says that it lies behind
            return None
        action = _ACTIONS.get(pending.kind)
        if action is None:
            due = self.due_times.after_update(pending.key, by=ask.user, now=ask.now)
        else:
            due = self.due_times.ahead(pending.key, action=action, by=ask.user, now=ask.now)
        is_far = pending.until - ask.now > LONGEST_UNASKED
        if not is_far and (due is None or pending.until <= due.at):
            return None
        question = promise_question(pending, due, self.answers.reader(ask))
        return self.answers.where_asked(ask, question)
