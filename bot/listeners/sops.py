"""Procedures: the registry that everybody here reads, and the decisions after a miss that add to it."""

from collections.abc import Mapping, Sequence

from bot.action_ids import ActionId, ViewId
from bot.listeners import grammar
from bot.listeners.review_answers import ReviewAnswers
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask, OpenForm
from bot.views.confirmations import done_sop
from bot.views.help import SubcommandHelp
from bot.views.rendered import Rendered
from bot.views.review import sop_decided
from bot.views.sops import decide_form, sop_card, sop_list
from bot.views.usage import USAGE
from sla_engine.domain.text.errors import MissingArgument, UnknownChoice
from sla_engine.services.notes.notes import Notes
from sla_engine.services.notes.sops import Sops
from sla_engine.services.sops.registry import SopRegistry

_SOP = SubcommandHelp(
    name="sop",
    usage=USAGE["sop"],
    summary="The registry of procedures: all of them, one in full; say when one is written or changed",
    who="technician",
    examples=("/sla sop", "/sla sop list vpn", "/sla sop show SOP-7", "/sla sop done SOP-7"),
)
_ACTS = ("list", "show", "done")


class SopsTopic(Topic):
    """The registry of SOPs, and the decisions that add to it."""

    def __init__(self, registry: SopRegistry, sops: Sops, notes: Notes, answers: ReviewAnswers) -> None:
        self.registry = registry
        self.sops = sops
        self.notes = notes
        self.answers = answers

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_SOP, self.sop),)

    def actions(self) -> Mapping[str, Listener]:
        """The buttons of reviews and reminders."""
        return {ActionId.SOP_DECIDE_OPEN: self.open, ActionId.SOP_DONE: lambda ask: self._done(ask, ask.value)}

    def forms(self) -> Mapping[str, Listener]:
        """The decision's form."""
        return {ViewId.SOP_DECIDE: self.decided}

    def sop(self, ask: Ask, words: list[str]) -> Answer:
        """List the SOPs, show one, or mark one as done."""
        act, rest = (words[0].lower(), words[1:]) if words else ("list", [])
        if act not in _ACTS:
            raise UnknownChoice("sop", words[0], _nearest(act))
        if act == "list":
            return sop_list(self.registry.list(" ".join(rest), by=ask.user, now=ask.now))
        if not rest:
            raise MissingArgument("a number such as SOP-7", _SOP.usage)
        if act == "show":
            return sop_card(self.registry.show(" ".join(rest), by=ask.user, now=ask.now))
        grammar.no_more(rest[1:])
        return self._done(ask, rest[0])

    def open(self, ask: Ask) -> Answer:
        """Open the decision's form with the evidence; nothing is chosen beforehand."""
        suggestion = self.notes.suggestion(ask.value, by=ask.user, now=ask.now)
        return OpenForm(decide_form(ask.value, suggestion=suggestion))

    def decided(self, ask: Ask) -> Answer:
        """Record the decision."""
        fields = ask.answers
        due = fields.get("due_on")
        sop = self.sops.decide(
            ask.value,
            by=ask.user,
            decision=fields.get("decision", ""),
            title=fields.get("title", ""),
            owner=fields.get("owner") or None,
            link=fields.get("link", ""),
            due_on=grammar.day(due) if due else None,
            reason=fields.get("reason", ""),
            now=ask.now,
        )
        sentence = sop_decided(ask.value, decision=sop.decision, number=sop.number, owner=sop.owner)
        return self.answers.after(ask, ask.value, sentence)

    def _done(self, ask: Ask, number: str) -> Rendered:
        return done_sop(self.sops.done(number, by=ask.user, now=ask.now).number)


def _nearest(word: str) -> tuple[str, ...]:
    near = grammar.nearest(word, _ACTS)
    return _ACTS if near is None else (near,)
