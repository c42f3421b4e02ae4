"""The facts about an incident's SLA note and the procedures for it, in the past tense."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWritten:
    """The SLA note was written (or written anew); `seal` is the fingerprint of its text, which lies elsewhere.

    `covers` names the missed clocks it explains, as `metric:cycle`; None in facts of earlier versions.
    """

    reason: str
    seal: str = ""
    prevention: str = ""
    """What is to prevent the next miss; empty in a note from before it was a choice."""
    covers: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonGiven:
    """Somebody gave the reason of missed targets, without more words; `covers` names their clocks (`metric:cycle`)."""

    reason: str
    covers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAccepted:
    """The service manager accepted the SLA note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteReturned:
    """The service manager returned the SLA note to its author."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItemDone:
    """What the author of the SLA note said they would do was done."""

    number: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAskedOf:
    """Somebody asked another person (a Slack id) for the SLA note than the one who was asked before."""

    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteReminded:
    """Somebody put the SLA note before its writer (a Slack id) again."""

    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SopDecided:
    """The service manager decided whether the miss needs a procedure."""

    decision: str
    text: str = ""
    seal: str = ""
    """The fingerprint of the whole decision, which lies elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SopLinked:
    """Somebody said that this procedure, by its number, is for the incident."""

    sop: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SopUsed:
    """Somebody followed this procedure, by its number, and said whether it helped."""

    sop: str
    helped: bool


NoteEvent = (
    NoteWritten | ReasonGiven | NoteAccepted | NoteReturned | NoteAskedOf | NoteReminded | SopDecided | SopLinked
    | SopUsed | ActionItemDone
)  # fmt: skip
