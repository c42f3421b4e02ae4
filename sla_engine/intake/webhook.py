"""Our own webhook: one JSON object for one thing that happened to one ticket.

Pure: a payload comes in, a report goes out, and whatever cannot be taken names its field.
Fields we do not know are ignored, because ticket systems send more than they are asked to.
"""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from sla_engine.domain.events import (
    Assigned,
    CustomerReplied,
    Event,
    Paused,
    PrioritySet,
    Reopened,
    Resolved,
    Responded,
    Resumed,
)
from sla_engine.domain.priorities import Level, Priority
from sla_engine.domain.reasons import PauseReason
from sla_engine.domain.reports import Opening, Report
from sla_engine.intake.fields import Fields, shown

ID_MAX_CHARS = 200
NAME_MAX_CHARS = 200
LINK_MAX_CHARS = 2000
TITLE_MAX_CHARS = 4000
TEXT_MAX_CHARS = 3000  # as long as a technician's own words in Slack may be

LEVELS: Mapping[str, Level] = {
    word: level for number, level in enumerate(Level, 1) for word in (level.value, str(number))
}
"""Impact and urgency in words, or numbered from 1 (high) to 3 (low)."""

GOES_ON = (Resumed(),)
DONE = (Resolved(),)


def _waits(reason: PauseReason) -> tuple[Event, ...]:
    """A ticket has one status: the reason it waited for until now ends where the new one begins."""
    return (Resumed(), Paused(reason=reason))


STATUSES: Mapping[str, tuple[Event, ...]] = {
    "new": GOES_ON,
    "open": GOES_ON,
    "active": GOES_ON,
    "assigned": GOES_ON,
    "in progress": GOES_ON,
    "customer replied": GOES_ON,
    "reopened": GOES_ON,
    "waiting customer": _waits(PauseReason.CUSTOMER),
    "waiting for customer": _waits(PauseReason.CUSTOMER),
    "awaiting user info": _waits(PauseReason.CUSTOMER),
    "pending": _waits(PauseReason.CUSTOMER),
    "waiting vendor": _waits(PauseReason.VENDOR),
    "waiting for vendor": _waits(PauseReason.VENDOR),
    "waiting third party": _waits(PauseReason.VENDOR),
    "waiting parts": _waits(PauseReason.PARTS),
    "waiting for parts": _waits(PauseReason.PARTS),
    "scheduled": _waits(PauseReason.SCHEDULED),
    "maintenance": _waits(PauseReason.MAINTENANCE),
    "on hold": _waits(PauseReason.OTHER),
    "resolved": DONE,
    "complete": DONE,
    "completed": DONE,
    "closed": DONE,
}
"""What a ticket's status does to the clocks; case, `_` and `-` do not matter."""


def parse(payload: Mapping[str, Any]) -> tuple[Report, ...]:
    """The one report of a webhook payload.

    Raises: PayloadInvalid.
    """
    fields = Fields(payload)
    fields.text("id", longest=ID_MAX_CHARS)
    what = _one_of(fields, "event", EVENTS)
    report = Report(
        external_id=fields.text("external_id", longest=ID_MAX_CHARS),
        what=what,
        at=fields.optional_instant("at"),
        by=fields.optional_text("by", longest=NAME_MAX_CHARS) or None,
        events=EVENTS[what](fields),
        opening=_opening(fields) if what == "opened" else None,
    )
    return (report,)


def delivery_id(payload: Mapping[str, Any]) -> str:
    """What the sender calls this delivery; a second one of the same name changes nothing.

    Raises: PayloadInvalid.
    """
    return Fields(payload).text("id", longest=ID_MAX_CHARS)


def unknown_fields(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """The payload's fields that mean nothing here, so that the answer can say they were ignored."""
    return tuple(sorted(name for name in Fields(payload).names() - FIELD_NAMES))


def _opening(fields: Fields) -> Opening:
    impact, urgency = _level(fields, "impact"), _level(fields, "urgency")
    return Opening(
        customer=fields.text("customer", longest=NAME_MAX_CHARS),
        title=fields.text("title", longest=TITLE_MAX_CHARS),
        priority=_priority_unless(fields, impact, urgency),
        impact=impact,
        urgency=urgency,
        site=fields.optional_text("site", longest=NAME_MAX_CHARS),
        service=fields.optional_text("service", longest=NAME_MAX_CHARS),
        link=_link(fields),
    )


def _level(fields: Fields, name: str) -> Level | None:
    word = fields.optional_text(name, longest=NAME_MAX_CHARS).lower()
    if word and word not in LEVELS:
        raise fields.invalid(name, f"must be one of {', '.join(Level)}, not {shown(word)}")
    return LEVELS[word] if word else None


def _priority_unless(fields: Fields, impact: Level | None, urgency: Level | None) -> Priority | None:
    """The priority, which may be left out where impact and urgency make one."""
    if fields.optional_text("priority", longest=NAME_MAX_CHARS):
        return _priority(fields)
    if impact is None and urgency is None:
        raise fields.invalid("priority", "is missing or empty, and so are impact and urgency, which would make one")
    for name, level in (("impact", impact), ("urgency", urgency)):
        if level is None:
            raise fields.invalid(name, "is missing or empty: without a priority both impact and urgency are needed")
    return None


def _link(fields: Fields) -> str | None:
    link = fields.optional_text("link", longest=LINK_MAX_CHARS)
    if link and not link.startswith(("https://", "http://")):
        raise fields.invalid("link", f"must begin with https:// or http://, not {shown(link)}")
    return link or None


def _priority(fields: Fields) -> Priority:
    word = fields.text("priority", longest=NAME_MAX_CHARS).upper()
    found = next((each for each in Priority if word in {each.value, each.value[1:]}), None)
    if found is None:
        raise fields.invalid("priority", f"must be one of {', '.join(Priority)}, not {shown(word)}")
    return found


def _status(fields: Fields) -> tuple[Event, ...]:
    word = fields.text("status", longest=NAME_MAX_CHARS)
    events = STATUSES.get(" ".join(word.lower().replace("_", " ").replace("-", " ").split()))
    if events is None:
        raise fields.invalid("status", f"must be one of {', '.join(STATUSES)}, not {shown(word)}")
    return events


def _text(fields: Fields) -> str:
    return fields.optional_text("text", longest=TEXT_MAX_CHARS)


def _agent_replied(fields: Fields) -> tuple[Event, ...]:
    """Only what the customer could read counts: an internal note changes no clock."""
    return (Responded(text=_text(fields)),) if fields.flag("public", default=True) else ()


def _one_of(fields: Fields, name: str, allowed: Mapping[str, object]) -> str:
    word = fields.text(name, longest=NAME_MAX_CHARS).lower()
    if word not in allowed:
        near = get_close_matches(word, allowed, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise fields.invalid(name, f"must be one of {', '.join(allowed)}, not {shown(word)}{hint}")
    return word


EVENTS: Mapping[str, Callable[[Fields], tuple[Event, ...]]] = {
    "opened": lambda _: (),
    "customer_replied": lambda fields: (CustomerReplied(text=_text(fields)),),
    "agent_replied": _agent_replied,
    "status_changed": _status,
    "priority_changed": lambda fields: (PrioritySet(priority=_priority(fields)),),
    "assigned": lambda fields: (Assigned(to=fields.text("to", longest=NAME_MAX_CHARS)),),
    "resolved": lambda fields: (Resolved(text=_text(fields)),),
    "reopened": lambda fields: (Reopened(text=_text(fields)),),
}

FIELD_NAMES = frozenset({
    "event", "id", "external_id", "at", "customer", "title", "priority", "impact", "urgency", "site", "service", "link",
    "by", "to", "status", "public", "text",
})  # fmt: skip
