"""SOP decisions after a miss: the service manager decides, the owner gets it done."""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.action_ids import ActionId, ViewId
from bot.errors import FromAnotherVersion
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
from bot.views.sops import decide_form, sop_list
from bot.views.usage import USAGE
from sla_engine.domain.text.errors import MissingArgument, UnknownChoice
from sla_engine.services.notes.notes import Notes
from sla_engine.services.notes.sops import Sops

_SOP = SubcommandHelp(
    name="sop",
    usage=USAGE["sop"],
    summary="Procedures to be written or changed; say when one is done",
    who="service manager",
    examples=("/sla sop", "/sla sop done SOP-7"),
)


class SopsTopic(Topic):
    """SOP decisions, and the SOPs that follow from them."""

    def __init__(self, sops: Sops, notes: Notes, answers: ReviewAnswers) -> None:
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
        """List the open SOPs, or mark one as done."""
        if not words:
            return sop_list(self.sops.open_list(by=ask.user, now=ask.now))
        if words[0].lower() != "done":
            raise UnknownChoice("sop", words[0], ("done",))
        if len(words) == 1:
            raise MissingArgument("a number such as SOP-7", _SOP.usage)
        grammar.no_more(words[2:])
        return self._done(ask, words[1].upper())

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
            due_on=_day(due) if due else None,
            reason=fields.get("reason", ""),
            now=ask.now,
        )
        sentence = sop_decided(ask.value, decision=sop.decision, number=sop.number, owner=sop.owner)
        return self.answers.after(ask, ask.value, sentence)

    def _done(self, ask: Ask, number: str) -> Rendered:
        return done_sop(self.sops.done(number, by=ask.user, now=ask.now).number)


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise FromAnotherVersion("due_on") from error
