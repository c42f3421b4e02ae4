"""Private one-line answers that state the incident's state after an act.

It is written from the state after the act, never from the wish: what a ticket system reported of the same moment may
count after it.
"""

from collections.abc import Sequence
from datetime import datetime

from bot import text
from bot.views.fact_sentences import pause_label
from bot.views.rendered import Rendered
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.durations import short
from sla_engine.services.incidents.reopen import Reopening

NAME_MAX_CHARS = 60

_WORDS = {
    "respond": "has its first response on record",
    "update": "has a customer update on record",
    "plan": "has its resolution plan on record",
    "escalate": "was put in front of the dispatcher",
    "note": "has its SLA note; the service manager reviews it",
    "accept": "has an accepted SLA note; now decide whether a procedure must change",
    "return": "has its SLA note returned to the author",
    "decide": "has its SOP decision on record",
}


def confirmed(act: str, key: str) -> Rendered:
    """Confirm a recorded act that no other fact can override."""
    return _stands(key, _WORDS[act])


def taken(key: str, *, owner: str | None, by: str) -> Rendered:
    """Name the owner after somebody took the incident."""
    return _stands(key, "is yours") if owner == by else _otherwise(key, _owned(owner))


def assigned(key: str, *, owner: str | None, to: str) -> Rendered:
    """Name the owner after the incident was assigned to somebody."""
    return _stands(key, "is assigned") if owner == to else _otherwise(key, _owned(owner))


def handed_back(key: str, *, owner: str | None) -> Rendered:
    """Name the owner after the incident was handed back."""
    return _stands(key, "is back with the dispatcher") if owner is None else _otherwise(key, _owned(owner))


def paused(key: str, *, reason: PauseReason, held: Sequence[PauseReason]) -> Rendered:
    """Say whether it is paused after a pause for `reason`, and for which reasons otherwise."""
    if reason in held:
        return _stands(key, "is paused; clocks that may rest do")
    return _otherwise(key, f"is paused for {_reasons(held)}" if held else "is not paused")


def resumed(key: str, *, held: Sequence[PauseReason]) -> Rendered:
    """Say that the clocks run again, or which reasons still pause them."""
    return _otherwise(key, f"is still paused: {_reasons(held)}") if held else _stands(key, "runs again")


def reprioritised(key: str, *, priority: Priority, wanted: Priority) -> Rendered:
    """Name the priority after somebody changed it."""
    if priority is wanted:
        return _stands(key, f"is {priority.value} now; what that promises counts from the original start")
    return _otherwise(key, f"is {priority.value}")


def resolved(key: str, *, is_open: bool) -> Rendered:
    """Say whether the incident is resolved after somebody resolved it."""
    return _otherwise(key, "is still open") if is_open else _stands(key, "is resolved; every clock has stopped")


def acknowledged(key: str, *, holder: str | None, by: str) -> Rendered:
    """Name who holds the nudge after somebody acknowledged it."""
    if holder == by:
        return _stands(key, "is acknowledged")
    return _otherwise(key, f"is acknowledged by {text.mention(holder)}" if holder else "is not acknowledged")


def snoozed(key: str, *, until: datetime | None, wanted: datetime) -> Rendered:
    """Say whether the nudge's repeats are silent after somebody snoozed it."""
    is_silent = until is not None and until >= wanted
    return _stands(key, "is silent for a while; its clocks run on") if is_silent else _otherwise(key, "is not silent")


def _stands(key: str, what: str) -> Rendered:
    return Rendered(f"*{text.escape(key)}* {what}.")


def _otherwise(key: str, what: str) -> Rendered:
    """State a state that differs from what the actor asked for."""
    return Rendered(
        f"*{text.escape(key)}* {what}. Yours is on record, and what was told of the same moment counts after it: "
        f"`/sla show {text.escape(key)}`."
    )


def _owned(owner: str | None) -> str:
    return f"is with {text.mention(owner)}" if owner else "has no owner"


def _reasons(held: Sequence[PauseReason]) -> str:
    return " and ".join(pause_label(reason.value) for reason in held)


def opened(key: str, customer: str, priority: str, *, site: str | None = None, service: str | None = None) -> Rendered:
    """Confirm that an incident was opened from Slack."""
    where = "".join(
        f", {what} {text.shown(name, NAME_MAX_CHARS)}" for what, name in (("site", site), ("service", service)) if name
    )
    return Rendered(
        f"Opened *{text.escape(key)}* ({text.escape(priority)}) for {text.shown(customer, NAME_MAX_CHARS)}{where}. "
        f"Its clocks: `/sla show {key}`."
    )


def reopened(reopening: Reopening, *, now: datetime) -> Rendered:
    """Say that the incident is open again, or which new incident was opened instead."""
    key, predecessor = reopening.incident.key, reopening.instead_of
    if predecessor is None:
        if reopening.incident.is_open:
            return _stands(key, "is open again; the resolved time does not count")
        return _otherwise(key, "is still resolved")
    ago, window = short(now - predecessor.resolved_at), short(predecessor.window)
    return Rendered(
        f"*{text.escape(predecessor.key)}* was resolved {ago} ago, past the {window} of its agreement; "
        f"*{text.escape(key)}* was opened instead."
    )


def merged(key: str, into: str | None) -> Rendered:
    """Name the incident that a duplicate was merged into."""
    if into is None:
        return _otherwise(key, "is not merged")
    return Rendered(
        f"*{text.escape(key)}* is merged into *{text.escape(into)}*, which keeps the earlier start; "
        "what was undecided of the duplicate has ended without an outcome, what it missed stays."
    )


def waived(key: str, metric: str, *, count: int) -> Rendered:
    """Confirm that `count` misses no longer count in the figures."""
    if not count:
        return _otherwise(key, f"has no missed {text.escape(metric.lower())} to waive")
    periods = f" ({count} periods)" if count > 1 else ""
    return Rendered(
        f"*{text.escape(key)}*: the missed {text.escape(metric.lower())}{periods} is waived. "
        "It stays in the history and counts in no figure."
    )


def done_sop(number: str) -> Rendered:
    """Confirm that an SOP was written or changed."""
    return Rendered(f"*{text.escape(number)}* is done. Thank you.")
