"""The words that ticket systems use out of the box, and their meanings; nobody has to be asked about them.

Zammad, Zendesk, Freshservice, Jira Service Management, HaloPSA, ConnectWise, Autotask and ServiceNow. A row is one
meaning; words stand as `folded_word` leaves them, without case and marks.
"""

from collections.abc import Iterator, Mapping

from sla_engine.domain.incidents.priorities import Level, Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.word_meanings import DONE, WORKING, WordKind

_STATUSES: Mapping[str, tuple[str, ...]] = {
    WORKING: (
        "new", "new email", "new portal", "new web", "new email connector",
        "open", "to do", "active", "assigned", "dispatched", "in progress", "work in progress", "under investigation",
        "waiting for support", "waiting for agent", "waiting on us", "action required", "escalated", "escalate",
        "customer replied", "customer responded", "customer updated", "client responded", "customer note added",
        "user responded", "updated", "reopened", "re opened", "reopened email", "re opened email",
    ),
    PauseReason.CUSTOMER.value: (
        "pending", "pending reminder", "pending close", "pending customer", "pending client", "pending user",
        "waiting customer", "waiting for customer", "waiting on customer", "waiting customer response",
        "waiting for customer response", "waiting on customer response",
        "waiting client", "waiting for client", "waiting on client", "waiting client response",
        "waiting for client response", "waiting on client response",
        "waiting user", "waiting for user", "waiting on user", "waiting for requester", "waiting on requester",
        "waiting on contact", "waiting for caller", "with user", "with customer", "with client",
        "awaiting customer", "awaiting client", "awaiting user", "awaiting user info", "awaiting user response",
        "awaiting customer response", "awaiting client response", "awaiting caller", "awaiting evidence",
        "awaiting requester", "awaiting reply", "awaiting your reply", "on hold awaiting caller",
    ),
    PauseReason.VENDOR.value: (
        "waiting vendor", "waiting for vendor", "waiting on vendor", "waiting supplier", "waiting for supplier",
        "waiting on supplier", "with supplier", "with vendor", "pending vendor", "pending supplier",
        "waiting third party", "waiting for third party", "waiting on third party", "waiting for 3rd party",
        "waiting on 3rd party", "waiting 3rd party", "with third party", "pending third party",
        "awaiting vendor", "awaiting supplier", "awaiting third party", "on hold awaiting vendor",
    ),
    PauseReason.PARTS.value: (
        "waiting parts", "waiting for parts", "waiting on parts", "waiting materials", "waiting for materials",
        "waiting on materials", "awaiting parts",
    ),
    PauseReason.SCHEDULED.value: ("scheduled",),
    PauseReason.MAINTENANCE.value: ("maintenance",),
    PauseReason.OTHER.value: ("hold", "on hold"),
    DONE: (
        "solved", "resolved", "fixed", "done", "complete", "completed", "closed", "closed resolved",
        "closed complete", "auto closed", "canceled", "cancelled",
    ),
}  # fmt: skip

_PRIORITY_NAMES: Mapping[Priority, tuple[str, ...]] = {
    Priority.P1: ("critical", "urgent", "emergency", "highest", "blocker", "very high", "emergency response"),
    Priority.P2: ("high", "major", "quick response"),
    Priority.P3: ("medium", "moderate", "normal", "average", "normal response"),
    Priority.P4: ("low", "minor", "scheduled maintenance"),
    Priority.P5: ("planning", "planned", "lowest", "trivial", "very low"),
}
_NUMBERED = ("{}", "p{}", "p {}", "prio {}", "priority {}", "sev {}", "sev{}", "severity {}")
_COUNTED_UPWARDS: Mapping[str, Priority] = {
    "1 low": Priority.P4,
    "2 normal": Priority.P3,
    "3 high": Priority.P2,
}
"""Zammad numbers its priorities from the least urgent to the most; the name says which is meant."""


def _statuses() -> Iterator[tuple[str, str]]:
    for meaning, words in _STATUSES.items():
        yield from ((word, meaning) for word in words)


def _priorities() -> Iterator[tuple[str, str]]:
    """`critical`, `1`, `p1`, `1 critical`, `priority 1 emergency response`: a number and a name must agree."""
    for priority, names in _PRIORITY_NAMES.items():
        numbered = [form.format(priority.rank) for form in _NUMBERED]
        yield from ((word, priority.value) for word in (*names, *numbered))
        yield from ((f"{number} {name}", priority.value) for number in numbered for name in names)
    yield from ((word, priority.value) for word, priority in _COUNTED_UPWARDS.items())


USUAL_WORDS: Mapping[WordKind, Mapping[str, str]] = {
    WordKind.STATUS: dict(_statuses()),
    WordKind.PRIORITY: dict(_priorities()),
    WordKind.PERSON: {},
}
"""By kind: folded word → meaning."""

_LEVEL_NAMES: Mapping[Level, tuple[str, ...]] = {
    Level.HIGH: ("high", "critical", "urgent"),
    Level.MEDIUM: ("medium", "moderate", "normal"),
    Level.LOW: ("low", "minor"),
}


def _levels() -> Iterator[tuple[str, Level]]:
    for number, (level, names) in enumerate(_LEVEL_NAMES.items(), start=1):
        yield str(number), level
        for name in names:
            yield from ((name, level), (f"{number} {name}", level))


USUAL_LEVELS: Mapping[str, Level] = dict(_levels())
"""Impact and urgency in words, numbered from 1 (high) to 3 (low), or both."""
