"""The buttons under a storm: acts on all of its open incidents at once, and lists of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.action_ids import ActionId, ViewId
from bot.errors import NothingChosen
from bot.listeners import grammar
from bot.listeners.bulk_acts import chosen_keys, done_on_many, storm_numbered
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import AfterClosing, Answer, Ask, OpenForm, in_place
from bot.views import storm_answers, storm_forms
from bot.views.problems import problem_answer, problem_linked, problem_opened
from sla_engine.domain.escalation.storms import STORM_PROMISE
from sla_engine.domain.text.errors import MissingArgument
from sla_engine.services.incidents.selections import OfStorm
from sla_engine.services.incidents.storm_acts import StormActs
from sla_engine.services.problems.problems import Problems
from sla_engine.services.queries.give_out import PROPOSALS_MAX, GiveOut, Proposal
from sla_engine.services.queries.storms import OpenLists


class StormTopic(Topic):
    """Acts on a storm; the channel's message is edited by itself, and whoever acts is told what was done.

    A form is closed before its work begins: a hundred incidents take longer than Slack lets a form stay open.
    """

    def __init__(self, acts: StormActs, lists: OpenLists, give_out: GiveOut, problems: Problems) -> None:
        self.acts = acts
        self.lists = lists
        self.give_out = give_out
        self.problems = problems

    def actions(self) -> Mapping[str, Listener]:
        """The buttons of the storm's message and of its lists."""
        return {
            ActionId.STORM_ACKNOWLEDGE: self.acknowledge,
            ActionId.STORM_GIVE_OUT_OPEN: self.open_give_out,
            ActionId.GIVE_OUT_OPEN: self.open_give_out_of,
            ActionId.STORM_MERGE_OPEN: self.open_merge,
            ActionId.STORM_BY_CUSTOMER: self.by_customer,
            ActionId.STORM_PROBLEM_OPEN: self.open_problem,
            ActionId.STORM_SHOW_ALL: self.show_all,
            ActionId.STORM_SHOW_BEFORE: self.show_all,
        }

    def forms(self) -> Mapping[str, Listener]:
        """The forms behind the buttons."""
        return {
            ViewId.STORM_GIVE_OUT: self.given_out,
            ViewId.STORM_MERGE: self.merged,
            ViewId.STORM_PROBLEM: self.put_under_problem,
        }

    def acknowledge(self, ask: Ask) -> Answer:
        """Acknowledge all that is open, with one promise."""
        outcome = self.acts.acknowledge(storm_numbered(ask.value), by=ask.user, now=ask.now)
        return done_on_many(ask, outcome, storm_answers.acknowledged(outcome, promise=ask.now + STORM_PROMISE))

    def open_give_out(self, ask: Ask) -> Answer:
        """Propose somebody for each incident of the storm that nobody has."""
        number = storm_numbered(ask.value)
        self.lists.for_act(OfStorm(number), by=ask.user, now=ask.now)
        return _give_out_form(self.give_out.of_storm(number, by=ask.user, now=ask.now), now=ask.now)

    def open_give_out_of(self, ask: Ask) -> Answer:
        """Propose somebody else for each incident that one person has open."""
        return _give_out_form(self.give_out.of_person(ask.value, by=ask.user, now=ask.now), now=ask.now)

    def open_merge(self, ask: Ask) -> Answer:
        """Ask which incidents of a customer are the same."""
        lines = self.lists.for_act(OfStorm(storm_numbered(ask.value)), by=ask.user, now=ask.now)
        if len({line.customer for line in lines}) == len(lines):
            return storm_answers.nothing("No customer has more than one open incident here; there is nothing to merge.")
        return OpenForm(storm_forms.merge_form(lines))

    def given_out(self, ask: Ask) -> Answer:
        """Assign each incident to whom its menu names."""
        since = grammar.instant(ask.value)
        owners = {key: person for keys, person in ask.answers.items() if person for key in keys.split(",")}
        if not owners:
            raise NothingChosen("person")

        def work(later: Ask) -> Answer:
            outcome = self.acts.give_out(owners, by=later.user, now=later.now, since=since)
            return done_on_many(later, outcome, storm_answers.given_out(outcome, owners))

        return AfterClosing(work)

    def merged(self, ask: Ask) -> Answer:
        """Merge the ticked incidents within each customer."""
        keys = chosen_keys(ask.answers["incidents"], "incident")

        def work(later: Ask) -> Answer:
            outcome = self.acts.merge(keys, by=later.user, now=later.now)
            return done_on_many(later, outcome, storm_answers.merged(outcome))

        return AfterClosing(work)

    def open_problem(self, ask: Ask) -> Answer:
        """Ask which problem is behind the storm, or what a new one is called."""
        number = storm_numbered(ask.value)
        lines = self.lists.for_act(OfStorm(number), by=ask.user, now=ask.now)
        known = [detail.problem for detail in self.problems.listed(by=ask.user, now=ask.now)]
        return OpenForm(storm_forms.problem_form(number, lines, known))

    def put_under_problem(self, ask: Ask) -> Answer:
        """Link everything that is open to a problem, or to a new one."""
        number, key, title = storm_numbered(ask.value), ask.answers["problem"], ask.answers["title"]
        if key == storm_forms.NEW_PROBLEM and not title.strip():
            raise MissingArgument("title")

        def work(later: Ask) -> Answer:
            lines = self.lists.for_act(OfStorm(number), by=later.user, now=later.now)
            keys = [line.incident_key for line in lines]
            if key == storm_forms.NEW_PROBLEM:
                detail = self.problems.open(title, incident_keys=keys, by=later.user, now=later.now)
                return problem_answer(problem_opened(detail), detail, request=later.request)
            linked = self.problems.link(key, keys, by=later.user, now=later.now)
            return problem_answer(problem_linked(linked), linked.detail, request=later.request)

        return AfterClosing(work)

    def by_customer(self, ask: Ask) -> Answer:
        """List the customers with what each has open."""
        number = storm_numbered(ask.value)
        listed = storm_answers.by_customer(number, self.lists.open_lines(OfStorm(number), by=ask.user, now=ask.now))
        return in_place(ask, listed, rows=(storm_answers.LIST_ROW,))

    def show_all(self, ask: Ask) -> Answer:
        """List what is open, worst first: a page of everything, or of one customer."""
        number, _, rest = ask.value.partition(" ")
        start, _, key = rest.partition(" ")
        lines = self.lists.open_lines(
            OfStorm(storm_numbered(number)), by=ask.user, now=ask.now, customer_of=key or None
        )
        page = storm_answers.StormPage(storm_id=storm_numbered(number), start=grammar.number(start) or 0, key=key)
        return in_place(ask, storm_answers.page(lines, page), rows=(storm_answers.LIST_ROW,))


def _give_out_form(proposals: Sequence[Proposal], *, now: datetime) -> Answer:
    if not proposals:
        return storm_answers.nothing("There is nothing to give out: whatever is open has somebody.")
    more = sum(len(proposal.keys) for proposal in proposals[PROPOSALS_MAX:])
    return OpenForm(storm_forms.give_out_form(proposals[:PROPOSALS_MAX], more=more, now=now))
