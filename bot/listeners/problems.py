"""`/sla problem`, the card of a problem, and the forms behind it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from bot.action_ids import ActionId, ViewId
from bot.errors import FromAnotherVersion
from bot.listeners import grammar
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask, OpenForm, in_place
from bot.views import problem_forms
from bot.views.help import SubcommandHelp
from bot.views.problems import (
    PROBLEM_ROWS,
    problem_answer,
    problem_card,
    problem_fixed,
    problem_linked,
    problem_list,
    problem_opened,
)
from bot.views.rendered import Rendered
from bot.views.usage import USAGE
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.errors import UnknownIncident
from sla_engine.domain.text.errors import MissingArgument, SeveralNamed, UnknownChoice
from sla_engine.services.problems.problems import ProblemDetail, Problems
from sla_engine.services.queries.incident_names import IncidentNames

_KEY_WANTED = "a problem such as PRB-3"
_PROBLEM = SubcommandHelp(
    name="problem",
    usage=USAGE["problem"],
    summary="The causes behind incidents that keep coming: open, link, live with, fixed",
    who="technician",
    examples=(
        "/sla problem",
        "/sla problem open Mail gateway drops mails",
        "/sla problem link PRB-3 1042 1050",
        "/sla problem workaround PRB-3 restart the queue",
        "/sla problem fixed PRB-3",
    ),
)


class ProblemsTopic(Topic):
    """Problems, answered privately: what was done stands above the card of the problem."""

    def __init__(self, problems: Problems, names: IncidentNames) -> None:
        self.problems = problems
        self.names = names
        self._words: Mapping[str, Callable[[Ask, list[str]], Answer]] = {
            "list": self.listed,
            "show": self.show,
            "open": self.open,
            "link": self.link,
            "workaround": self.workaround,
            "fixed": self.fixed,
        }

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_PROBLEM, self.problem),)

    def actions(self) -> Mapping[str, Listener]:
        """The buttons of cards, lists and messages about problems."""
        return {
            ActionId.PROBLEM_SHOW: lambda ask: self.show(ask, [ask.value]),
            ActionId.PROBLEM_TAKE: self.take,
            ActionId.PROBLEM_FIXED: lambda ask: self.fixed(ask, [ask.value]),
            ActionId.PROBLEM_LINK: lambda ask: self.link(ask, ask.value.split()),
            ActionId.PROBLEM_LINK_OPEN: lambda ask: self.link(ask, [ask.value]),
            ActionId.PROBLEM_WORKAROUND_OPEN: lambda ask: self.workaround(ask, [ask.value]),
            ActionId.PROBLEM_PLAN_OPEN: self.open_plan,
        }

    def forms(self) -> Mapping[str, Listener]:
        """The forms behind the buttons."""
        return {
            ViewId.PROBLEM_OPEN: self.opened,
            ViewId.PROBLEM_LINK: lambda ask: self._link(ask, ask.value, grammar.words_of(ask.answers["incidents"])),
            ViewId.PROBLEM_WORKAROUND: lambda ask: self._workaround(ask, ask.value, ask.answers["workaround"]),
            ViewId.PROBLEM_PLAN: self.planned,
        }

    def problem(self, ask: Ask, words: list[str]) -> Answer:
        """List what is open; with a problem alone, show it; else do what the first word says."""
        if not words:
            return self.listed(ask, [])
        if words[0].lower().startswith("prb"):
            return self.show(ask, words)
        answer = self._words.get(words[0].lower())
        if answer is None:
            near = grammar.nearest(words[0], list(self._words))
            raise UnknownChoice("problem", words[0], (near,) if near else tuple(self._words))
        return answer(ask, words[1:])

    def listed(self, ask: Ask, words: list[str]) -> Answer:
        """List the problems that are open or watched."""
        grammar.no_more(words)
        return problem_list(self.problems.listed(by=ask.user, now=ask.now))

    def show(self, ask: Ask, words: list[str]) -> Answer:
        """Show one problem."""
        key = _take_key(words)
        grammar.no_more(words)
        card = problem_card(self.problems.show(key, by=ask.user, now=ask.now))
        return in_place(ask, card, rows=PROBLEM_ROWS)

    def open(self, ask: Ask, words: list[str]) -> Answer:
        """Open a problem with the words as its title; without any, a form asks."""
        keys: list[str] = []
        while words and grammar.looks_like_key(words[0]):
            keys += self._incidents([words.pop(0)])
        if not words:
            self.problems.permit_opening(by=ask.user, now=ask.now)
            return OpenForm(problem_forms.open_problem_form(incidents=" ".join(keys)))
        detail = self.problems.open(" ".join(words), incident_keys=keys, by=ask.user, now=ask.now)
        return _done(ask, problem_opened(detail), detail)

    def opened(self, ask: Ask) -> Answer:
        """Open a problem from its form."""
        fields = ask.answers
        keys = self._incidents(grammar.words_of(fields["incidents"]))
        owner = fields["owner"] or None
        detail = self.problems.open(fields["title"], incident_keys=keys, owner=owner, by=ask.user, now=ask.now)
        return _done(ask, problem_opened(detail), detail)

    def take(self, ask: Ask) -> Answer:
        """Make a problem theirs."""
        detail = self.problems.take(ask.value, by=ask.user, now=ask.now)
        return _done(ask, Rendered(f"You look into *{detail.problem.key}* now."), detail)

    def link(self, ask: Ask, words: list[str]) -> Answer:
        """Link incidents to a problem; a form asks which."""
        key = _take_key(words)
        if words:
            return self._link(ask, key, words)
        return OpenForm(problem_forms.link_form(self._for_form(ask, key, Action.LINK_PROBLEM).problem.key))

    def workaround(self, ask: Ask, words: list[str]) -> Answer:
        """Write how to live with a problem; a form asks for it, filled in with what is there."""
        key = _take_key(words)
        if words:
            return self._workaround(ask, key, " ".join(words))
        problem = self._for_form(ask, key, Action.WORKAROUND).problem
        return OpenForm(problem_forms.workaround_form(problem.key, text=problem.workaround))

    def fixed(self, ask: Ask, words: list[str]) -> Answer:
        """Say that a problem is fixed."""
        key = _take_key(words)
        grammar.no_more(words)
        detail = self.problems.fixed(key, by=ask.user, now=ask.now)
        return _done(ask, problem_fixed(detail), detail)

    def open_plan(self, ask: Ask) -> Answer:
        """Ask what the fix is, and by when."""
        return OpenForm(problem_forms.plan_fix_form(self._for_form(ask, ask.value, Action.PLAN_FIX).problem.key))

    def planned(self, ask: Ask) -> Answer:
        """Plan the fix."""
        fields = ask.answers
        detail = self.problems.plan_fix(
            ask.value, fields["fix"], due_on=_day(fields["due_on"]), by=ask.user, now=ask.now
        )
        return _done(ask, Rendered(f"The fix of *{detail.problem.key}* is planned."), detail)

    def _link(self, ask: Ask, key: str, words: Sequence[str]) -> Answer:
        if not words:
            raise MissingArgument("incidents")
        linked = self.problems.link(key, self._incidents(words), by=ask.user, now=ask.now)
        return _done(ask, problem_linked(linked), linked.detail)

    def _workaround(self, ask: Ask, key: str, text: str) -> Answer:
        detail = self.problems.workaround(key, text, by=ask.user, now=ask.now)
        return _done(ask, Rendered(f"*{detail.problem.key}* has your workaround."), detail)

    def _for_form(self, ask: Ask, key: str, action: Action) -> ProblemDetail:
        return self.problems.for_form(key, action=action, by=ask.user, now=ask.now)

    def _incidents(self, words: Sequence[str]) -> list[str]:
        """The keys of the incidents that the words name, each by its key, its ticket's number or its link.

        Raises: UnknownIncident, SeveralNamed, also for a word that can name none.
        """
        keys = []
        for word in (word.strip(",;") for word in words):
            named = self.names.meant(word)
            if not named:
                raise UnknownIncident(word, ())
            if len(named) > 1:
                raise SeveralNamed("incident", word, tuple((one.key, one.key) for one in named))
            keys.append(named[0].key)
        return keys


def _done(ask: Ask, sentence: Rendered, detail: ProblemDetail) -> Answer:
    answer = problem_answer(sentence, detail, request=ask.request)
    return in_place(ask, answer, rows=(*PROBLEM_ROWS, "answer"))


def _take_key(words: list[str]) -> str:
    """Remove and return the problem that a command begins with.

    Raises: MissingArgument.
    """
    if not words:
        raise MissingArgument(_KEY_WANTED, _PROBLEM.usage)
    return words.pop(0)


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise FromAnotherVersion("due_on") from error
