"""SLA notes: the form with its four questions, the review queue, accepting and returning."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

from bot.action_ids import ActionId, ViewId
from bot.listeners import grammar
from bot.listeners.review_answers import ReviewAnswers
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask, ChangedForm, Fields, OpenForm, in_place
from bot.views.help import SubcommandHelp
from bot.views.note_form import note_form
from bot.views.notes import return_form
from bot.views.review import REVIEW_ROW, note_accepted, note_returned, note_review, note_saved
from bot.views.usage import USAGE
from bot.views.waiting_notes import notes_message
from sla_engine.domain.incidents.reasons import BreachReason
from sla_engine.domain.notes.prevention import PlannedAction, Prevention
from sla_engine.domain.text.errors import UnknownChoice
from sla_engine.parsing.choices import choice
from sla_engine.services.notes.action_items import ActionItems
from sla_engine.services.notes.notes import Notes
from sla_engine.services.notes.reasons import Reasons
from sla_engine.services.notes.waiting_notes import NoteFilter, NoteLists

_FILTERS = tuple(kind.value for kind in NoteFilter)
_Choice = TypeVar("_Choice", bound=StrEnum)

_NOTE = SubcommandHelp(
    name="note",
    usage=USAGE["note"],
    summary="Write the SLA note of a missed target: four questions",
    who="technician",
    examples=("/sla note INC-1042",),
)
_NOTES = SubcommandHelp(
    name="notes",
    usage=USAGE["notes"],
    summary="SLA notes that wait to be written or reviewed, the longest wait first",
    who="technician",
    examples=("/sla notes", "/sla notes mine", "/sla notes Acme Dental unexplained"),
)
_REVIEW = SubcommandHelp(
    name="review",
    usage=USAGE["review"],
    summary="SLA notes that wait for you, the oldest first",
    who="service manager",
    examples=("/sla review",),
)


class NotesTopic(Topic):
    """SLA notes, from the prompt to the accepted note."""

    def __init__(self, notes: Notes, lists: NoteLists, action_items: ActionItems, answers: ReviewAnswers) -> None:
        self.notes = notes
        self.lists = lists
        self.action_items = action_items
        self.reasons = Reasons(notes.unit_of_work)
        self.answers = answers

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (
            Subcommand(_NOTE, lambda ask, words: self.open(ask, grammar.take_only_key(words, usage=_NOTE.usage))),
            Subcommand(_NOTES, self.waiting),
            Subcommand(_REVIEW, self.review),
        )

    def actions(self) -> Mapping[str, Listener]:
        """The buttons of prompts and reviews, and the choice that changes the note's form."""
        return {
            ActionId.NOTE_OPEN: lambda ask: self.open(ask, ask.value),
            ActionId.NOTE_PREVENTION: self.choose_prevention,
            ActionId.NOTE_REASON: self.give_reason,
            ActionId.NOTE_SAME_REASON: self.same_reason,
            ActionId.NOTE_ACCEPT: self.accept,
            ActionId.NOTE_READ: self.read,
            ActionId.NOTE_RETURN_OPEN: self.open_return,
        }

    def forms(self) -> Mapping[str, Listener]:
        """The note's form, and the form that returns a note."""
        return {ViewId.NOTE: self.written, ViewId.NOTE_RETURN: self.returned}

    def open(self, ask: Ask, key: str) -> Answer:
        """Open the note's form, filled with everything that could be computed."""
        return OpenForm(note_form(self.notes.form(key, by=ask.user, now=ask.now), now=ask.now))

    def choose_prevention(self, ask: Ask) -> Answer:
        """Draw the note's form anew: with what and by when where its author will do something, else without.

        A form that has the right fields stays: drawn anew, it would lose the errors of somebody who sent it meanwhile.
        """
        fields, (key, _, opened) = ask.answers, ask.about.partition(" ")
        prevention = _chosen(Prevention, ask.value)
        if ("action" in fields) is (prevention is Prevention.ACTION):
            return None
        typed = replace(
            self.notes.form(key, by=ask.user, now=ask.now),
            reason=_chosen(BreachReason, fields.get("reason")),
            what_happened=fields.get("what_happened", ""),
            impact=fields.get("impact", ""),
            prevention=prevention,
            action=_planned(fields) or PlannedAction("", None),
        )
        return ChangedForm(note_form(typed, now=grammar.instant(opened)))

    def written(self, ask: Ask) -> Answer:
        """Save the note; a note that lacks something gets an error beside each field."""
        fields, (key, _, opened) = ask.answers, ask.value.partition(" ")
        self.notes.write(
            key,
            by=ask.user,
            reason=fields.get("reason") or None,
            what_happened=fields.get("what_happened", ""),
            impact=fields.get("impact", ""),
            prevention=fields.get("prevention") or None,
            action=_planned(fields),
            now=ask.now,
            since=grammar.instant(opened) if opened else None,
        )
        item = self.action_items.of_note(key, now=ask.now)
        return self.answers.after(ask, key, note_saved(key, item if fields.get("action") else None))

    def give_reason(self, ask: Ask) -> Answer:
        """Take the reason that was chosen for a miss; the message that asked for it shows it."""
        key, _, reason = ask.value.partition(" ")
        self.reasons.give(key, reason, by=ask.user, now=ask.now)
        return None

    def same_reason(self, ask: Ask) -> Answer:
        """Give what was missed since a note the note's own reason."""
        self.reasons.same(ask.value, by=ask.user, now=ask.now)
        return None

    def accept(self, ask: Ask) -> Answer:
        """Accept the note; whether it needs an SOP is to be decided then."""
        self.notes.accept(ask.value, by=ask.user, now=ask.now)
        return self.answers.after(ask, ask.value, note_accepted(ask.value))

    def read(self, ask: Ask) -> Answer:
        """Show a written note in full."""
        return in_place(ask, note_review(self.notes.read(ask.value, by=ask.user, now=ask.now)), rows=(REVIEW_ROW,))

    def open_return(self, ask: Ask) -> Answer:
        """Open the form that asks what the note lacks."""
        self.notes.may_return(ask.value, by=ask.user, now=ask.now)
        return OpenForm(return_form(ask.value))

    def returned(self, ask: Ask) -> Answer:
        """Return the note to its author."""
        self.notes.return_to_author(ask.value, because=ask.answers["because"], by=ask.user, now=ask.now)
        return self.answers.after(ask, ask.value, note_returned(ask.value))

    def waiting(self, ask: Ask, words: list[str]) -> Answer:
        """List the notes that wait; a customer and a kind may be said in either order."""
        kinds = [word for word in words if word.lower() in _FILTERS]
        grammar.no_more(kinds[1:])
        wanted = NoteFilter(kinds[0].lower()) if kinds else None
        named = " ".join(word for word in words if word.lower() not in _FILTERS)
        customer = _customer(named, self.lists.customers()) if named else None
        return notes_message(self.lists.waiting(by=ask.user, now=ask.now, customer=customer, wanted=wanted))

    def review(self, ask: Ask, words: list[str]) -> Answer:
        """Answer with the review queue."""
        queue = self.answers.queue(ask)
        grammar.no_more(words)
        return queue


def _customer(named: str, customers: Sequence[str]) -> str:
    """The customer of whose name this is any part.

    Raises: UnknownChoice, SeveralNamed.
    """
    customer = grammar.the_one_named(named, customers, what="customer")
    if customer not in customers:
        near = grammar.nearest(named, customers)
        raise UnknownChoice("customer or kind of notes", named, (near,) if near else (*_FILTERS, *customers[:3]))
    return customer


def _planned(fields: Fields) -> PlannedAction | None:
    """What the author will do; None where the form did not ask for it."""
    what, due = fields.get("action"), fields.get("action_due")
    return None if what is None else PlannedAction(what, grammar.day(due) if due else None)


def _chosen(kind: type[_Choice], word: str | None) -> _Choice | None:
    return choice(kind, word, what="choice") if word else None
