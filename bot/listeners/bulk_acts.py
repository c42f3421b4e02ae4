"""Acts on all open incidents of a storm or a problem at once: customers told, paused, resumed, resolved.

A form is closed before its work begins: a hundred incidents take longer than Slack lets a form stay open.
"""

from collections.abc import Mapping
from datetime import datetime

from bot.action_ids import ActionId, ViewId
from bot.errors import FromAnotherVersion, NothingChosen
from bot.listeners import grammar
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import AfterClosing, Answer, Ask, OpenForm
from bot.requests.zones import Zones
from bot.views import storm_answers, storm_forms
from bot.views.rendered import Rendered
from bot.views.undo import with_undo
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.problems.problem import KEY_PREFIX
from sla_engine.domain.text.errors import MissingArgument
from sla_engine.domain.time.errors import InThePast
from sla_engine.services.incidents.bulk_acts import BulkActs, BulkOutcome
from sla_engine.services.incidents.selections import OfProblem, OfStorm, Selection
from sla_engine.services.queries.storms import OpenLists


class BulkActsTopic(Topic):
    """Acts on many incidents; a channel's message about them is edited by itself, and whoever acts is told."""

    def __init__(self, acts: BulkActs, lists: OpenLists, zones: Zones) -> None:
        self.acts = acts
        self.lists = lists
        self.zones = zones

    def actions(self) -> Mapping[str, Listener]:
        """The buttons of a storm's message and of a problem's card."""
        return {
            ActionId.BULK_UPDATE_OPEN: self.open_customers_told,
            ActionId.BULK_PAUSE_OPEN: self.open_pause,
            ActionId.BULK_RESUME: self.resume,
            ActionId.BULK_RESOLVE_OPEN: self.open_resolve,
        }

    def forms(self) -> Mapping[str, Listener]:
        """The forms behind the buttons."""
        return {
            ViewId.BULK_UPDATE: self.customers_told,
            ViewId.BULK_PAUSE: self.paused,
            ViewId.BULK_RESOLVE: self.resolved,
        }

    def resume(self, ask: Ask) -> Answer:
        """Let the clocks of all that are paused run again."""
        outcome = self.acts.resume(selection_named(ask.value), by=ask.user, now=ask.now)
        return done_on_many(ask, outcome, storm_answers.resumed(outcome))

    def open_customers_told(self, ask: Ask) -> Answer:
        """Ask what the customers were told, and which."""
        lines = self.lists.for_act(selection_named(ask.value), by=ask.user, now=ask.now)
        return OpenForm(storm_forms.customers_told_form(ask.value, lines, now=ask.now))

    def open_pause(self, ask: Ask) -> Answer:
        """Ask why and until when everything waits."""
        count = len(self.lists.for_act(selection_named(ask.value), by=ask.user, now=ask.now))
        return OpenForm(storm_forms.pause_all_form(ask.value, count, now=ask.now))

    def open_resolve(self, ask: Ask) -> Answer:
        """Ask what fixed it, and show how many are meant."""
        count = len(self.lists.for_act(selection_named(ask.value), by=ask.user, now=ask.now))
        return OpenForm(storm_forms.resolve_all_form(ask.value, count, now=ask.now))

    def customers_told(self, ask: Ask) -> Answer:
        """Record what the ticked customers were told."""
        selection, since = _opened(ask)
        keys, text = chosen_keys(ask.answers["customers"], "customer"), ask.answers["text"]
        if not text.strip():
            raise MissingArgument("text")

        def work(later: Ask) -> Answer:
            outcome = self.acts.update_customers(
                selection, customers_of=keys, text=text, by=later.user, now=later.now, since=since
            )
            return done_on_many(later, outcome, storm_answers.customers_told(outcome, text=text))

        return AfterClosing(work)

    def paused(self, ask: Ask) -> Answer:
        """Pause everything for one reason until one instant."""
        selection, since = _opened(ask)
        until = grammar.moment(ask.answers["until"], zone=self.zones.of(ask), now=ask.now)
        if until <= ask.now:  # said while the form is still open, with its words
            raise InThePast("until", until)
        reason = grammar.choice(PauseReason, ask.answers["reason"], what="reason")
        text = ask.answers["text"]

        def work(later: Ask) -> Answer:
            outcome = self.acts.pause(
                selection, reason=reason, until=until, text=text, by=later.user, now=later.now, since=since
            )
            return done_on_many(later, outcome, storm_answers.paused(outcome, reason=reason, until=until))

        return AfterClosing(work)

    def resolved(self, ask: Ask) -> Answer:
        """Resolve everything with the same words."""
        selection, since = _opened(ask)
        text = ask.answers["text"]

        def work(later: Ask) -> Answer:
            outcome = self.acts.resolve(selection, text=text, by=later.user, now=later.now, since=since)
            return done_on_many(later, outcome, storm_answers.resolved(outcome))

        return AfterClosing(work)


def selection_named(value: str) -> Selection:
    """The incidents that a button is about: a problem's by its key, a storm's by its number.

    Raises: FromAnotherVersion.
    """
    if value.startswith(KEY_PREFIX):
        return OfProblem(value)
    return OfStorm(storm_numbered(value))


def storm_numbered(value: str) -> int:
    """The number of the storm in a button.

    Raises: FromAnotherVersion.
    """
    number = grammar.number(value)
    if number is None:
        raise FromAnotherVersion("storm")
    return number


def chosen_keys(words: str, what: str) -> list[str]:
    """The keys chosen in a menu of many.

    Raises: NothingChosen.
    """
    keys = words.split()
    if not keys:
        raise NothingChosen(what)
    return keys


def done_on_many(ask: Ask, outcome: BulkOutcome, answer: Rendered) -> Rendered:
    """The answer to an act on many incidents, with *Undo* where anything was done."""
    return with_undo(answer, ask.request) if outcome.done else answer


def _opened(ask: Ask) -> tuple[Selection, datetime]:
    """The incidents a form is about, and the SLA time at which it was opened.

    Raises: FromAnotherVersion.
    """
    selection, _, at = ask.value.partition(" ")
    return selection_named(selection), grammar.instant(at)
