"""What waits for triage, as a message: all of it in one."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageLine:
    """One ticket or alert that waits; `suggestion` is the customer whose name is likest, `came_at` SLA time.

    `reason` is empty where no agreement names its customer; `about` is the incident it has already.
    """

    number: int
    customer: str
    title: str
    source: str
    came_at: datetime
    priority: str | None = None
    reason: str = ""
    about: str | None = None
    suggestion: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageMessage:
    """Everything that waits for triage, oldest first; `more` counts what the message does not hold.

    `mention` is the dispatcher on duty. `customers` are those to choose from, none where there are more than a menu
    holds. `gone` says that nothing waits any more, `newer` links to the message that took this one's place.
    """

    lines: tuple[TriageLine, ...]
    more: int
    mention: str | None
    customers: tuple[str, ...] = ()
    gone: bool = False
    newer: str | None = None
