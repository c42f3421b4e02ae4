"""Procedures: the registry that everybody here reads, and the decisions after a miss that add to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from bot.action_ids import ActionId, ViewId
from bot.errors import FromAnotherVersion
from bot.listeners import grammar
from bot.listeners.review_answers import ReviewAnswers
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask, OpenForm, Refreshed
from bot.views.confirmations import above, done_sop, linked_sop, used_sop
from bot.views.help import SubcommandHelp
from bot.views.rendered import Rendered
from bot.views.review import sop_decided
from bot.views.sop_forms import (
    add_sop_form,
    edit_sop_form,
    retire_sop_form,
    sop_added,
    sop_edited,
    sop_handed_on,
    sop_restored,
    sop_retired,
    sop_still_right,
)
from bot.views.sops import SOP_CARD_ROW, decide_form, sop_card, sop_list
from bot.views.usage import USAGE
from sla_engine.domain.incidents.reasons import NextStep
from sla_engine.domain.text.errors import MissingArgument, SeveralNamed, UnknownChoice
from sla_engine.services.incidents.sop_use import SopUse
from sla_engine.services.notes.notes import Notes
from sla_engine.services.notes.sop_effects import SopEffects
from sla_engine.services.notes.sops import Sops
from sla_engine.services.queries.incident_names import IncidentNames
from sla_engine.services.sops.changes import SopChanges
from sla_engine.services.sops.registry import SopRegistry

_SOP = SubcommandHelp(
    name="sop",
    usage=USAGE["sop"],
    summary="The registry of procedures: all of them, one in full; say when one is written or changed",
    who="technician",
    examples=(
        "/sla sop",
        "/sla sop list vpn",
        "/sla sop show SOP-7",
        "/sla sop used SOP-7 INC-1042",
        "/sla sop done SOP-7",
    ),
)
_ACTS = ("list", "show", "used", "link", "done")


@dataclass(frozen=True, slots=True, kw_only=True)
class SopServices:
    """What is called about procedures: the registry and its changes, decisions, use on incidents, effects, names."""

    registry: SopRegistry
    changes: SopChanges
    decisions: Sops
    use: SopUse
    effects: SopEffects
    names: IncidentNames


class SopsTopic(Topic):
    """The registry of SOPs, and the decisions that add to it."""

    def __init__(self, services: SopServices, notes: Notes, answers: ReviewAnswers) -> None:
        self.registry = services.registry
        self.changes = services.changes
        self.sops = services.decisions
        self.use = services.use
        self.names = services.names
        self.effects = services.effects
        self.notes = notes
        self.answers = answers

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_SOP, self.sop),)

    def actions(self) -> Mapping[str, Listener]:
        """The buttons of reviews and reminders."""
        return {
            ActionId.SOP_DECIDE_OPEN: self.open,
            ActionId.SOP_DONE: lambda ask: self._done(ask, ask.value),
            ActionId.SOP_USED: lambda ask: self._clicked(ask, helped=True),
            ActionId.SOP_DID_NOT_HELP: lambda ask: self._clicked(ask, helped=False),
            ActionId.SOP_STILL_RIGHT: self.still_right,
            ActionId.SOP_NOT_MINE: self.not_mine,
            ActionId.SOP_EDIT_OPEN: self.open_edit,
            ActionId.SOP_ADD_OPEN: self.open_add,
            ActionId.SOP_RETIRE_OPEN: self.open_retire,
            ActionId.SOP_RESTORE: self.restore,
        }

    def forms(self) -> Mapping[str, Listener]:
        """The decision's form, and those that add, edit and retire."""
        return {
            ViewId.SOP_DECIDE: self.decided,
            ViewId.SOP_ADD: self.added,
            ViewId.SOP_EDIT: self.edited,
            ViewId.SOP_RETIRE: self.retired,
        }

    def sop(self, ask: Ask, words: list[str]) -> Answer:
        """List the SOPs, show one, or mark one as done."""
        act, rest = (words[0].lower(), words[1:]) if words else ("list", [])
        if act not in _ACTS:
            raise UnknownChoice("sop", words[0], _nearest(act))
        if act == "list":
            return sop_list(self.registry.list(" ".join(rest), by=ask.user, now=ask.now))
        if not rest:
            raise MissingArgument("a number such as SOP-7", _SOP.usage)
        if act in ("used", "link"):
            return self._on_incident(ask, act, rest)
        if act == "show":
            return self._card(ask, " ".join(rest))
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
        problem = self.sops.problem_behind(ask.value) if sop.decision is NextStep.PROBLEM else None
        sentence = sop_decided(ask.value, decision=sop.decision, number=problem or sop.number, owner=sop.owner)
        return self.answers.after(ask, ask.value, sentence)

    def still_right(self, ask: Ask) -> Answer:
        """Record a review."""
        return self._answer(ask, sop_still_right(self.changes.still_right(ask.value, by=ask.user, now=ask.now)))

    def not_mine(self, ask: Ask) -> Answer:
        """Hand a procedure on to its backup or a service manager."""
        sop = self.changes.not_mine(ask.value, by=ask.user, now=ask.now)
        return self._answer(ask, sop_handed_on(sop, by=ask.user))

    def open_edit(self, ask: Ask) -> Answer:
        """Open the form with what is registered."""
        return OpenForm(edit_sop_form(self.changes.to_edit(ask.value, by=ask.user, now=ask.now)))

    def open_add(self, ask: Ask) -> Answer:
        """Open an empty form."""
        self.changes.permit_adding(by=ask.user, now=ask.now)
        return OpenForm(add_sop_form())

    def open_retire(self, ask: Ask) -> Answer:
        """Ask whether a procedure is to be retired."""
        self.changes.permit_adding(by=ask.user, now=ask.now)
        return OpenForm(retire_sop_form(self.registry.show(ask.value, by=ask.user, now=ask.now).sop))

    def added(self, ask: Ask) -> Answer:
        """Register the form's procedure."""
        return sop_added(self.changes.add(ask.answers, by=ask.user, now=ask.now))

    def edited(self, ask: Ask) -> Answer:
        """Keep what the form says, unless somebody changed it meanwhile."""
        number, _, version = ask.value.partition(" ")
        shown = grammar.number(version)
        if shown is None:
            raise FromAnotherVersion("version")
        sop = self.changes.edit(number, ask.answers, version=shown, by=ask.user, now=ask.now)
        return self._answer(ask, sop_edited(sop))

    def retired(self, ask: Ask) -> Answer:
        """Retire a procedure."""
        return self._answer(ask, sop_retired(self.changes.retire(ask.value, by=ask.user, now=ask.now)))

    def restore(self, ask: Ask) -> Answer:
        """Put a retired procedure to use again."""
        return self._answer(ask, sop_restored(self.changes.restore(ask.value, by=ask.user, now=ask.now)))

    def _answer(self, ask: Ask, answer: Rendered) -> Answer:
        """The answer; above the procedure as it is now, where that was clicked in."""
        row, _, number = ask.place.private_row.partition(":")
        if row != SOP_CARD_ROW:
            return answer
        return Refreshed(above(answer, self._card(ask, number)))

    def _on_incident(self, ask: Ask, act: str, words: list[str]) -> Answer:
        """Say of a procedure, named first, that it was used for the incident that is named last, or is for it."""
        if len(words) == 1:
            raise MissingArgument(grammar.KEY_WANTED, _SOP.usage)
        key = self._incident(words[-1])
        if act == "used":
            return self._used(ask, key, " ".join(words[:-1]), helped=True)
        sop = self.use.link(key, " ".join(words[:-1]), by=ask.user, now=ask.now)
        return self.answers.answers.after(ask, key, partial(linked_sop, sop=sop.number, title=sop.title))

    def _incident(self, word: str) -> str:
        """The key of the incident that a word names.

        Raises: SeveralNamed, UnknownIncident.
        """
        meant = self.names.meant(word)
        if len(meant) > 1:
            raise SeveralNamed("incident", word, tuple((f"{one.key} {one.title}", one.key) for one in meant))
        return meant[0].key if meant else word

    def _clicked(self, ask: Ask, *, helped: bool) -> Answer:
        key, _, number = ask.value.partition(" ")
        return self._used(ask, key, number, helped=helped)

    def _used(self, ask: Ask, key: str, named: str, *, helped: bool) -> Answer:
        sop = self.use.used(key, named, helped=helped, by=ask.user, now=ask.now)
        sentence = partial(used_sop, sop=sop.number, title=sop.title, helped=helped)
        return self.answers.answers.after(ask, key, sentence)

    def _card(self, ask: Ask, named: str) -> Rendered:
        detail = self.registry.show(named, by=ask.user, now=ask.now)
        return sop_card(detail, self.effects.of(detail.sop.number, by=ask.user, now=ask.now))

    def _done(self, ask: Ask, number: str) -> Answer:
        return self._answer(ask, done_sop(self.sops.done(number, by=ask.user, now=ask.now).number))


def _nearest(word: str) -> tuple[str, ...]:
    near = grammar.nearest(word, _ACTS)
    return _ACTS if near is None else (near,)
