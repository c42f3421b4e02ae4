"""What a person is asked for once a day as a value: one direct message for everything that waits for them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DailyAct(StrEnum):
    """What can be done about a line; a front end knows the button for it."""

    WRITE_NOTE = "write_note"
    SHOW = "show"
    SOP_STILL_RIGHT = "sop_still_right"
    SOP_EDIT = "sop_edit"
    SOP_NOT_MINE = "sop_not_mine"
    ACTION_DONE = "action_done"
    GIVE_REASON = "give_reason"
    """A menu of reasons, the likely ones first."""
    ADD_WORDS = "add_words"
    SAME_REASON = "same_reason"
    WRITE_MORE = "write_more"


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyLine:
    """One thing that waits for a person; its acts take `subject` (an incident's key, a number).

    `key` is unique in the message. `title` and `detail` say what it is, `at` since or until when, and `quote` what
    somebody wrote about it. A line that is done keeps its place and has no acts.
    """

    key: str
    subject: str
    title: str
    detail: str = ""
    at: datetime | None = None
    quote: str = ""
    had_by: str | None = None
    """Who worked on it, where that is none of our people and another is asked instead."""
    link: str | None = None
    """Where it is, if somewhere else."""
    acts: tuple[DailyAct, ...] = ()
    likely: tuple[str, ...] = ()
    """The reason codes that are offered first."""
    is_done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DailySection:
    """What waits for a person of one kind; `title` reads well for any number of lines."""

    title: str
    lines: tuple[DailyLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyMessage:
    """Everything that waits for a person, asked for once a day."""

    sections: tuple[DailySection, ...]
