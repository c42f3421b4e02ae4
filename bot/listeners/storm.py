"""The buttons under a storm: acts on all of its open incidents at once, and lists of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.action_ids import ActionId, ViewId
from bot.errors import FromAnotherVersion, NothingChosen
from bot.listeners import grammar
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import AfterClosing, Answer, Ask, OpenForm, in_place
from bot.requests.zones import Zones
from bot.views import storm_answers, storm_forms
from bot.views.rendered import Rendered
from bot.views.undo import with_undo
from sla_engine.domain.escalation.storms import STORM_PROMISE
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.text.errors import MissingArgument
from sla_engine.domain.time.errors import InThePast
from sla_engine.services.incidents.storm_acts import BulkOutcome, StormActs
from sla_engine.services.queries.give_out import PROPOSALS_MAX, GiveOut, Proposal
from sla_engine.services.queries.storms import StormLists


class StormTopic(Topic):
    """Acts on a storm; the channel's message is edited by itself, and whoever acts is told what was done.

    A form is closed before its work begins: a hundred incidents take longer than Slack lets a form stay open.
    """

    def __init__(self, acts: StormActs, lists: StormLists, give_out: GiveOut, zones: Zones) -> None:
        self.acts = acts
        self.lists = lists
        self.give_out = give_out
        self.zones = zones

    def actions(self) -> Mapping[str, Listener]:
        """The buttons of the storm's message and of its lists."""
        return {
            ActionId.STORM_ACKNOWLEDGE: self.acknowledge,
            ActionId.STORM_CUSTOMERS_TOLD_OPEN: self.open_customers_told,
            ActionId.STORM_GIVE_OUT_OPEN: self.open_give_out,
            ActionId.GIVE_OUT_OPEN: self.open_give_out_of,
            ActionId.STORM_PAUSE_OPEN: self.open_pause,
            ActionId.STORM_RESUME: self.resume,
            ActionId.STORM_MERGE_OPEN: self.open_merge,
            ActionId.STORM_BY_CUSTOMER: self.by_customer,
            ActionId.STORM_SHOW_ALL: self.show_all,
            ActionId.STORM_SHOW_BEFORE: self.show_all,
        }

    def forms(self) -> Mapping[str, Listener]:
        """The forms behind the buttons."""
        return {
            ViewId.STORM_CUSTOMERS_TOLD: self.customers_told,
            ViewId.STORM_GIVE_OUT: self.given_out,
            ViewId.STORM_PAUSE: self.paused,
            ViewId.STORM_MERGE: self.merged,
        }

    def acknowledge(self, ask: Ask) -> Answer:
        """Acknowledge all that is open, with one promise."""
        outcome = self.acts.acknowledge(_number(ask.value), by=ask.user, now=ask.now)
        return _done(ask, outcome, storm_answers.acknowledged(outcome, promise=ask.now + STORM_PROMISE))

    def resume(self, ask: Ask) -> Answer:
        """Let the clocks of all that are paused run again."""
        outcome = self.acts.resume(_number(ask.value), by=ask.user, now=ask.now)
        return _done(ask, outcome, storm_answers.resumed(outcome))

    def open_customers_told(self, ask: Ask) -> Answer:
        """Ask what the customers were told, and which."""
        number = _number(ask.value)
        lines = self.lists.for_act(number, by=ask.user, now=ask.now)
        return OpenForm(storm_forms.customers_told_form(number, lines, now=ask.now))

    def open_give_out(self, ask: Ask) -> Answer:
        """Propose somebody for each incident of the storm that nobody has."""
        number = _number(ask.value)
        self.lists.for_act(number, by=ask.user, now=ask.now)
        return _give_out_form(self.give_out.of_storm(number, by=ask.user, now=ask.now), now=ask.now)

    def open_give_out_of(self, ask: Ask) -> Answer:
        """Propose somebody else for each incident that one person has open."""
        return _give_out_form(self.give_out.of_person(ask.value, by=ask.user, now=ask.now), now=ask.now)

    def open_pause(self, ask: Ask) -> Answer:
        """Ask why and until when everything waits."""
        number = _number(ask.value)
        count = len(self.lists.for_act(number, by=ask.user, now=ask.now))
        return OpenForm(storm_forms.pause_all_form(number, count, now=ask.now))

    def open_merge(self, ask: Ask) -> Answer:
        """Ask which incidents of a customer are the same."""
        lines = self.lists.for_act(_number(ask.value), by=ask.user, now=ask.now)
        if len({line.customer for line in lines}) == len(lines):
            return storm_answers.nothing("No customer has more than one open incident here; there is nothing to merge.")
        return OpenForm(storm_forms.merge_form(lines))

    def customers_told(self, ask: Ask) -> Answer:
        """Record what the ticked customers were told."""
        number, since = _opened(ask)
        keys, text = _chosen(ask.answers["customers"], "customer"), ask.answers["text"]
        if not text.strip():
            raise MissingArgument("text")

        def work(later: Ask) -> Answer:
            outcome = self.acts.update_customers(
                number, customers_of=keys, text=text, by=later.user, now=later.now, since=since
            )
            return _done(later, outcome, storm_answers.customers_told(outcome, text=text))

        return AfterClosing(work)

    def given_out(self, ask: Ask) -> Answer:
        """Assign each incident to whom its menu names."""
        since = grammar.instant(ask.value)
        owners = {key: person for keys, person in ask.answers.items() if person for key in keys.split(",")}
        if not owners:
            raise NothingChosen("person")

        def work(later: Ask) -> Answer:
            outcome = self.acts.give_out(owners, by=later.user, now=later.now, since=since)
            return _done(later, outcome, storm_answers.given_out(outcome, owners))

        return AfterClosing(work)

    def paused(self, ask: Ask) -> Answer:
        """Pause everything for one reason until one instant."""
        number, since = _opened(ask)
        until = grammar.moment(ask.answers["until"], zone=self.zones.of(ask), now=ask.now)
        if until <= ask.now:  # said while the form is still open, with its words
            raise InThePast("until", until)
        reason = grammar.choice(PauseReason, ask.answers["reason"], what="reason")
        text = ask.answers["text"]

        def work(later: Ask) -> Answer:
            outcome = self.acts.pause(
                number, reason=reason, until=until, text=text, by=later.user, now=later.now, since=since
            )
            return _done(later, outcome, storm_answers.paused(outcome, reason=reason, until=until))

        return AfterClosing(work)

    def merged(self, ask: Ask) -> Answer:
        """Merge the ticked incidents within each customer."""
        keys = _chosen(ask.answers["incidents"], "incident")

        def work(later: Ask) -> Answer:
            outcome = self.acts.merge(keys, by=later.user, now=later.now)
            return _done(later, outcome, storm_answers.merged(outcome))

        return AfterClosing(work)

    def by_customer(self, ask: Ask) -> Answer:
        """List the customers with what each has open."""
        number = _number(ask.value)
        listed = storm_answers.by_customer(number, self.lists.open_lines(number, by=ask.user, now=ask.now))
        return in_place(ask, listed, rows=(storm_answers.LIST_ROW,))

    def show_all(self, ask: Ask) -> Answer:
        """List what is open, worst first: a page of everything, or of one customer."""
        number, _, rest = ask.value.partition(" ")
        start, _, key = rest.partition(" ")
        lines = self.lists.open_lines(_number(number), by=ask.user, now=ask.now, customer_of=key or None)
        page = storm_answers.StormPage(storm_id=_number(number), start=grammar.number(start) or 0, key=key)
        return in_place(ask, storm_answers.page(lines, page), rows=(storm_answers.LIST_ROW,))


def _give_out_form(proposals: Sequence[Proposal], *, now: datetime) -> Answer:
    if not proposals:
        return storm_answers.nothing("There is nothing to give out: whatever is open has somebody.")
    more = sum(len(proposal.keys) for proposal in proposals[PROPOSALS_MAX:])
    return OpenForm(storm_forms.give_out_form(proposals[:PROPOSALS_MAX], more=more, now=now))


def _done(ask: Ask, outcome: BulkOutcome, answer: Rendered) -> Rendered:
    return with_undo(answer, ask.request) if outcome.done else answer


def _number(value: str) -> int:
    """The number of the storm in a button.

    Raises: FromAnotherVersion.
    """
    number = grammar.number(value)
    if number is None:
        raise FromAnotherVersion("storm")
    return number


def _opened(ask: Ask) -> tuple[int, datetime]:
    """The storm a form is about, and the SLA time at which it was opened.

    Raises: FromAnotherVersion.
    """
    number, _, at = ask.value.partition(" ")
    return _number(number), grammar.instant(at)


def _chosen(words: str, what: str) -> list[str]:
    """The keys chosen in a menu of many.

    Raises: NothingChosen.
    """
    keys = words.split()
    if not keys:
        raise NothingChosen(what)
    return keys
