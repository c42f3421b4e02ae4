"""Sentences for refused undoing."""

from datetime import timedelta

from sla_engine.domain.incidents.errors import (
    ActedSince,
    NothingChanged,
    NothingToChange,
    NothingToUndo,
    OpeningTakenBack,
    TooLateToUndo,
    TriagedSince,
)
from sla_engine.text.refusals.medium import Medium
from sla_engine.text.refusals.sentence import sentence
from sla_engine.text.undo_words import acted_since

_MINUTE = timedelta(minutes=1)


@sentence.register
def _(refusal: OpeningTakenBack, medium: Medium) -> str:
    return (
        f"{refusal.key} counts as never opened: {medium.person(refusal.by)} took its opening back "
        f"{medium.at(refusal.at)}. Please open it anew."
    )


@sentence.register
def _(refusal: TriagedSince, medium: Medium) -> str:
    how = f", as {medium.short(refusal.settled_as)}" if refusal.settled_as else ""
    return f"Somebody decided about number {refusal.number} of the triage list again since{how}; nothing was undone."


@sentence.register
def _(_: NothingToUndo, _medium: Medium) -> str:
    return "There is nothing of yours to undo; nothing was changed."


@sentence.register
def _(_: NothingToChange, _medium: Medium) -> str:
    return "That was taken back or changed since, so there is nothing to change; nothing was done."


@sentence.register
def _(refusal: NothingChanged, _medium: Medium) -> str:
    return f"{refusal.key} has exactly that on record; nothing was changed."


@sentence.register
def _(refusal: TooLateToUndo, medium: Medium) -> str:
    return (
        f"It is too late to undo that: it was done {medium.at(refusal.at)} and could be undone or changed for "
        f"{refusal.window // _MINUTE} minutes; nothing was changed. Please correct it with another act."
    )


@sentence.register
def _(refusal: ActedSince, medium: Medium) -> str:
    return (
        f"{refusal.key} stays as it is: {medium.person(refusal.by)} {acted_since(refusal.what)} "
        f"{medium.at(refusal.at)}, after that act."
    )
