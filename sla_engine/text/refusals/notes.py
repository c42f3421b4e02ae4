"""Sentences for refused notes and SOP decisions."""

from sla_engine.domain.notes.errors import (
    AlreadyDecided,
    AskedAlready,
    NobodyOwesNote,
    NobodyToRemind,
    NoNoteWanted,
    NoNoteYet,
    NoteAlreadyAccepted,
    NoteIncomplete,
    NoteWrittenSince,
    RemindedLately,
    SopIncomplete,
    UnknownActionItem,
    WriterIsAbsent,
)
from sla_engine.domain.sops.errors import (
    NotToBeWritten,
    SopChangedSince,
    SopIncorrect,
    SopNotRetired,
    SopRetired,
    UnknownSop,
)
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
def _(refusal: NobodyOwesNote, _medium: Medium) -> str:
    return f"No SLA note of {refusal.key} is wanted now: it is written, or no missed target is left."


@sentence.register
def _(refusal: NobodyToRemind, _medium: Medium) -> str:
    return f"Nobody is there who could be reminded of the SLA note of {refusal.key}; ask somebody by name instead."


@sentence.register
def _(refusal: RemindedLately, medium: Medium) -> str:
    return (
        f"{medium.person(refusal.by)} reminded of the SLA note of {refusal.key} {medium.at(refusal.at)}; "
        "once an hour is enough."
    )


@sentence.register
def _(refusal: WriterIsAbsent, medium: Medium) -> str:
    return (
        f"{medium.person(refusal.person)} is away until {medium.at(refusal.until)}, so nobody was asked for the SLA "
        f"note of {refusal.key}. Somebody else can be asked."
    )


@sentence.register
def _(refusal: AskedAlready, medium: Medium) -> str:
    return f"{medium.person(refusal.person)} is asked for the SLA note of {refusal.key} already."


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


@sentence.register
def _(refusal: SopRetired, medium: Medium) -> str:
    return f"{medium.short(refusal.number)} was retired {medium.at(refusal.at)}; nothing was changed."


@sentence.register
def _(refusal: SopNotRetired, medium: Medium) -> str:
    return f"{medium.short(refusal.number)} is in use; nothing was changed."


@sentence.register
def _(refusal: SopChangedSince, medium: Medium) -> str:
    return (
        f"{medium.person(refusal.by)} changed {medium.short(refusal.number)} {medium.at(refusal.at)}, while this form "
        "was open; nothing was saved. Open it again to change what it says now."
    )


@sentence.register
def _(refusal: SopIncorrect, medium: Medium) -> str:
    return f"The SOP was not saved: {medium.joined(refusal.problems)}"
