"""One private line that says what was recorded."""

from datetime import datetime

from bot import text
from bot.views.rendered import Rendered
from sla_engine.services.incidents.reopen import TakenUp

NAME_MAX_CHARS = 60

_WORDS = {
    "take": "is yours",
    "handback": "is back with the dispatcher",
    "assign": "is assigned",
    "respond": "has its first response on record",
    "update": "has a customer update on record",
    "plan": "has its resolution plan on record",
    "pause": "is paused; clocks that may rest do",
    "resume": "runs again",
    "priority": "has its new priority; targets count from the original start",
    "resolve": "is resolved; every clock has stopped",
    "reopen": "is open again; the resolved time does not count",
    "escalate": "was put in front of the dispatcher",
    "ack": "is acknowledged",
    "snooze": "is silent for a while; its clocks run on",
    "note": "has its SLA note; the service manager reviews it",
    "accept": "has an accepted SLA note; now decide whether a procedure must change",
    "return": "has its SLA note returned to the author",
    "decide": "has its SOP decision on record",
}


def confirmed(act: str, key: str, *, more: str = "") -> Rendered:
    """`INC-1042 is paused; …` with more words where they help."""
    sentence = f"*{text.escape(key)}* {_WORDS[act]}."
    return Rendered(f"{sentence} {more}".rstrip())


def opened(key: str, customer: str, priority: str, *, site: str | None = None, service: str | None = None) -> Rendered:
    """An incident was opened from Slack."""
    where = "".join(
        f", {what} {text.shown(name, NAME_MAX_CHARS)}" for what, name in (("site", site), ("service", service)) if name
    )
    return Rendered(
        f"Opened *{text.escape(key)}* ({text.escape(priority)}) for {text.shown(customer, NAME_MAX_CHARS)}{where}. "
        f"Its clocks run: `/sla show {key}`."
    )


def taken_up(taken: TakenUp, *, now: datetime) -> Rendered:
    """It is open again, or a new one goes on with it."""
    late, key = taken.instead_of, taken.incident.key
    if late is None:
        return confirmed("reopen", key)
    ago, window = text.duration(now - late.resolved_at), text.duration(late.window)
    return Rendered(
        f"*{text.escape(late.key)}* was resolved {ago} ago, past the {window} of its agreement; "
        f"*{text.escape(key)}* was opened instead."
    )


def merged(key: str, into: str) -> Rendered:
    """A duplicate was merged."""
    return Rendered(
        f"*{text.escape(key)}* is merged into *{text.escape(into)}*, which keeps the earlier start; "
        "the duplicate’s clocks have ended without an outcome."
    )


def waived(key: str, metric: str, *, count: int) -> Rendered:
    """A miss is out of the figures."""
    periods = f" ({count} periods)" if count > 1 else ""
    return Rendered(
        f"*{text.escape(key)}*: the missed {text.escape(metric.lower())}{periods} is waived. "
        "It stays in the history and counts in no figure."
    )


def done_sop(number: str) -> Rendered:
    """An SOP was written or changed."""
    return Rendered(f"*{text.escape(number)}* is done. Thank you.")
