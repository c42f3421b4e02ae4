"""Sentences for refused notes and SOP decisions."""

from sla_engine.domain.notes.errors import (
    AlreadyDecided,
    NoNoteWanted,
    NoNoteYet,
    NoteAlreadyAccepted,
    NoteIncomplete,
    NoteWrittenSince,
    SopIncomplete,
    UnknownActionItem,
)
from sla_engine.domain.sops.errors import NotToBeWritten, UnknownSop
from sla_engine.text.refusals.medium import Medium
from sla_engine.text.refusals.sentence import sentence


@sentence.register
def _(refusal: NoNoteWanted, _medium: Medium) -> str:
    return f"{refusal.key} missed no target, so it needs no SLA note."


@sentence.register
def _(refusal: NoNoteYet, _medium: Medium) -> str:
    return f"{refusal.key} has no SLA note yet; it has to be written first."


@sentence.register
def _(refusal: NoteIncomplete, medium: Medium) -> str:
    return f"The SLA note is not complete: {medium.joined(refusal.problems)}"


@sentence.register
def _(refusal: NoteAlreadyAccepted, medium: Medium) -> str:
    return f"The SLA note of {refusal.key} was accepted by {medium.person(refusal.by)} and stays as it is."


@sentence.register
def _(refusal: NoteWrittenSince, medium: Medium) -> str:
    return (
        f"{medium.person(refusal.by)} wrote the SLA note of {refusal.key} {medium.at(refusal.at)}, while this form was "
        "open; nothing was saved. Open the note again to change that one."
    )


@sentence.register
def _(refusal: AlreadyDecided, medium: Medium) -> str:
    decision = medium.short(refusal.decision)
    return f"{medium.person(refusal.by)} decided about an SOP for {refusal.key} already ({decision})."


@sentence.register
def _(refusal: UnknownSop, medium: Medium) -> str:
    return f"There is no SOP {medium.word(refusal.number)}.{medium.near(refusal.near)}"


@sentence.register
def _(refusal: NotToBeWritten, medium: Medium) -> str:
    return f"{medium.short(refusal.number)} is not to be written or changed; nothing was done."


@sentence.register
def _(refusal: UnknownActionItem, medium: Medium) -> str:
    return f"There is no action item {medium.word(refusal.number)}.{medium.near(refusal.near)}"


@sentence.register
def _(refusal: SopIncomplete, medium: Medium) -> str:
    return f"The decision is not complete: {medium.joined(refusal.problems)}"
