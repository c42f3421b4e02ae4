"""Messages about SLA notes and procedures as values."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """One missed target, as a note and its prompt show it.

    `still_open`: its clock has not stopped. `noted` is the time used when the note was written, where it grew since.
    """

    metric_label: str
    target: timedelta
    elapsed: timedelta
    breached_at: datetime
    still_open: bool = False
    noted: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWantedMessage:
    """The prompt for an SLA note, to the responsible technician or the service manager; reminders count from 1."""

    incident_key: str
    title: str
    customer: str
    priority: str
    misses: tuple[Miss, ...]
    writer: str | None
    for_manager: bool
    reminder: int = 0
    returned_because: str | None = None
    state: str = "wanted"
    """wanted | written | accepted | superseded | withdrawn: an edit takes the buttons away once it is written."""
    worked_on_by: str | None = None
    """The person who worked on it, where that is none of our people and another is asked instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteReviewMessage:
    """A written SLA note in full, for the service manager to accept or return, then to decide on an SOP."""

    incident_key: str
    title: str
    customer: str
    priority: str
    misses: tuple[Miss, ...]
    author: str
    reason_label: str
    attribution: str
    what_happened: str
    impact: str
    prevention: str
    customer_told_at: datetime | None
    suggestion: str
    state: str = "written"
    """written | returned | accepted | decided."""
    state_by: str | None = None
    decision: str | None = None
    prevention_kind: str = ""
    """What its author chose of prevention; empty in a note from before that was a choice."""
    action_number: str | None = None
    action_due: datetime | None = None
    one_offs: int = 0
    """How many notes like it called their miss a one-off within 30 days, this one included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SopReminderMessage:
    """An SOP somebody owns is due (or overdue)."""

    number: str
    decision: str
    title: str
    owner: str
    link: str | None
    due_on: datetime
    incident_key: str
    overdue: bool
    done: bool = False
