"""Refusals about SLA notes and decisions about SOPs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.errors import SlaError


@dataclass(eq=False)
class NoNoteWanted(SlaError):
    """The incident missed no target, so it owes no SLA note."""

    key: str


@dataclass(eq=False)
class NoNoteYet(SlaError):
    """There is no written SLA note to review or decide on."""

    key: str


@dataclass(eq=False)
class NoteIncomplete(SlaError):
    """The SLA note's quality check failed; `problems` maps a field to one sentence."""

    problems: Mapping[str, str]


@dataclass(eq=False)
class NoteAlreadyAccepted(SlaError):
    """The SLA note was accepted before."""

    key: str
    by: str


@dataclass(eq=False)
class NoteWrittenSince(SlaError):
    """Somebody else wrote the SLA note while this one's form was open."""

    key: str
    by: str
    at: datetime


@dataclass(eq=False)
class NobodyOwesNote(SlaError):
    """The SLA note is not owed now: nobody has to be reminded of it or asked for it."""

    key: str


@dataclass(eq=False)
class NobodyToRemind(SlaError):
    """The SLA note is wanted, but nobody we can write to has to write it."""

    key: str


@dataclass(eq=False)
class RemindedLately(SlaError):
    """The writer of the SLA note was reminded less than an hour ago."""

    key: str
    by: str
    at: datetime


@dataclass(eq=False)
class WriterIsAbsent(SlaError):
    """Who is to write the SLA note is away; `until` is when they are back."""

    key: str
    person: str
    until: datetime


@dataclass(eq=False)
class AskedAlready(SlaError):
    """The SLA note is wanted from this person already."""

    key: str
    person: str


@dataclass(eq=False)
class AlreadyDecided(SlaError):
    """The SOP decision for this note was made before."""

    key: str
    decision: str
    by: str


@dataclass(eq=False)
class UnknownActionItem(SlaError):
    """No action item has this number; `near` is the open one that looks like it."""

    number: str
    near: tuple[str, ...] = ()


@dataclass(eq=False)
class SopIncomplete(SlaError):
    """A decision about an SOP lacks something; `problems` maps a field to one sentence."""

    problems: Mapping[str, str]
