"""The facts of an incident's history, in the past tense.

Each fact is a small frozen value; an `Entry` adds when it happened, when it was recorded and who did it.
Stored names (`STORED_NAMES`) are never reused: old rows must mean for ever what they meant.
"""

from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.incidents.note_events import NoteEvent
from sla_engine.domain.incidents.priorities import Level, Priority
from sla_engine.domain.incidents.problem_events import LinkedToProblem
from sla_engine.domain.incidents.reasons import PauseReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The incident came to us; every clock of its agreement starts. Site and service decide which promises hold.

    `follows` is the incident that was resolved too long ago to be reopened, `moved_from` the one it was while it was
    thought to be another customer's. `priority_word` is what another system called a priority that nobody knew: this
    one is the agreement's own until somebody says what the word means.
    """

    priority: Priority
    title: str
    source: str = "slack"
    site: str = ""
    service: str = ""
    impact: Level | None = None
    urgency: Level | None = None
    follows: str = ""
    moved_from: str = ""
    priority_word: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrioritySet:
    """The priority changed; new targets are measured from the original start."""

    priority: Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """Somebody has it now: taken by themselves or given by the dispatcher."""

    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedBack:
    """The owner returned it to the dispatcher."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassigned:
    """Nobody has it any more, as another system reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retitled:
    """It has another title."""

    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Responded:
    """A human, customer-visible reply: the first one in time is the first response, later ones are updates."""

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerUpdated:
    """We updated the customer: how, what, and when they hear from us next."""

    how: str = ""
    text: str = ""
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerReplied:
    """The customer wrote; a pause for the customer ends and an answer is wanted."""

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanGiven:
    """The customer knows how it will be resolved."""

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """A reason to rest began; `until` is when it is expected to end."""

    reason: PauseReason
    until: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """One reason to rest ended, or every reason when none is named."""

    reason: PauseReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """It works again for the customer; every clock stops."""

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """It was not fixed after all; the time it counted as resolved does not count."""

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """It came back after the window for reopening it; a new incident goes on with it, and this one stays resolved."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpAsked:
    """A technician asked the dispatcher for help now."""

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complained:
    """The customer complained about it on the phone; their service manager was told at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remarked:
    """Somebody added words to it, perhaps with a link to where they were written; no clock reads them."""

    text: str
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RungReached:
    """A rung of a clock's ladder was reached and announced (repeat 0) or repeated."""

    metric: str
    cycle: int
    rung: int
    repeat: int = 0
    reached_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Breached:
    """A clock passed its target. `breached_at` is the true instant; the entry says when it was recorded."""

    metric: str
    cycle: int
    breached_at: datetime
    on_change: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """Somebody has the nudge, and promised the next update by `promise`."""

    promise: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseQuestioned:
    """The promised update did not come; whoever promised it was asked whether it still holds."""

    promised: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseLapsed:
    """The promised update did not come and nobody promised anew; the nudge counts as unacknowledged again."""

    promised: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Snoozed:
    """Repeats are silent until then; the clocks run on."""

    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """A service manager took one missed target out of the figures; the miss itself stays in the history."""

    metric: str
    cycle: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """It is the same as another incident: what is undecided ends without an outcome, a miss from before stays."""

    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """It is another customer's: its clocks end without an outcome, and incident `key` goes on with the same start."""

    key: str
    customer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """Its ticket was deleted: what is undecided ends without an outcome, a miss from before stays until waived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absorbed:
    """Another incident turned out to be this one; the earlier of the two openings counts."""

    key: str
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprocessed:
    """A service manager approved that, from `since` on, the agreements count as they read now, by their own dates."""

    since: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """Somebody undid what they had done: the facts with these numbers are read as if they were not there.

    `act` is the word of what was done (`pause`). With `is_opening` the incident counts as never opened: it ends here,
    and its clocks have no outcome; the opening itself stays readable. With `is_change` the act was recorded anew with
    other words or times; an undoing of that names this fact as well, and then the first ones count again.
    """

    facts: tuple[int, ...]
    act: str = ""
    is_opening: bool = False
    is_change: bool = False


CHANGED_RULES = "changed_rules"
"""The cause of a correction without a fact: the history is read by other rules than it was written under."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """The recorded outcome of a clock no longer follows from the facts: the breach as recorded, and as it is now.

    `cause` is the stored name of the fact that changed it, or `CHANGED_RULES`; `cause_at` is when that happened. None
    for the instant of a breach means no breach; where both are None the clock was met, and is now met at another
    instant or has no outcome.
    """

    metric: str
    cycle: int
    cause: str
    breached_before: datetime | None
    breached_after: datetime | None
    cause_at: datetime | None = None


Event = (
    Opened | PrioritySet | Assigned | HandedBack | Unassigned | Retitled | Responded | CustomerUpdated
    | CustomerReplied | PlanGiven | Paused | Resumed | Resolved | Reopened | Followed | HelpAsked | RungReached
    | Complained | Remarked | Breached | Acknowledged | PromiseQuestioned | PromiseLapsed | Snoozed | Waived | Merged
    | Moved | Deleted | Absorbed | Reprocessed | Undone | Corrected | LinkedToProblem | NoteEvent
)  # fmt: skip
