"""One private line that says what was recorded."""

from bot import text
from bot.rendered import Rendered

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


def opened(key: str, customer: str, priority: str) -> Rendered:
    """An incident was opened from Slack."""
    return Rendered(
        f"Opened *{text.escape(key)}* ({text.escape(priority)}) for {text.escape(customer)}. "
        f"Its clocks run: `/sla show {key}`."
    )


def done_sop(number: str) -> Rendered:
    """An SOP was written or changed."""
    return Rendered(f"*{text.escape(number)}* is done. Thank you.")
