"""Our own webhook: one JSON object for one thing that happened to one ticket.

Pure: a payload comes in, a report goes out, and whatever cannot be taken names its field.
Fields we do not know are ignored, because ticket systems send more than they are asked to.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from sla_engine.domain.incidents.events import (
    CustomerReplied,
    Deleted,
    Event,
    Reopened,
    Resolved,
    Responded,
    Retitled,
    Unassigned,
)
from sla_engine.domain.incidents.reports import Opening, Report
from sla_engine.domain.incidents.usual_words import USUAL_LEVELS
from sla_engine.domain.incidents.word_meanings import ReportedWord, WordKind, folded_word
from sla_engine.domain.text.addresses import web_address
from sla_engine.intake.fields import Fields, shown

ID_MAX_CHARS = 200
NAME_MAX_CHARS = 200
TITLE_MAX_CHARS = 4000
TEXT_MAX_CHARS = 3000  # as long as a technician's own words in Slack may be
WORD_MAX_CHARS = 200
LONGEST_READ = 100_000  # what is cut to its place may be as long as a body holds

EventReader = Callable[[Fields, Report], Report]
"""Adds one event to a report that names its ticket, its time and its author."""


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
        by=fields.lenient_text("by", longest=NAME_MAX_CHARS) or None,
    )
    return (EVENTS[what](fields, report),)


def delivery_id(payload: Mapping[str, Any]) -> str:
    """The sender's id of this delivery; a second delivery with the same id changes nothing.

    Raises: PayloadInvalid.
    """
    return Fields(payload).text("id", longest=ID_MAX_CHARS)


def unknown_fields(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """The payload's unknown fields, so that the answer can say they were ignored."""
    return tuple(sorted(name for name in Fields(payload).names() - FIELD_NAMES))


def _opened(fields: Fields, report: Report) -> Report:
    word = _priority_word(fields)
    opening = Opening(
        customer=_customer(fields),
        title=fields.lenient_text("title", longest=TITLE_MAX_CHARS) or _named_ticket(fields),
        impact=USUAL_LEVELS.get(_level(fields, "impact")),
        urgency=USUAL_LEVELS.get(_level(fields, "urgency")),
        priority_word=word,
        site=fields.optional_text("site", longest=NAME_MAX_CHARS),
        service=fields.lenient_text("service", longest=NAME_MAX_CHARS),
        link=web_address(fields.lenient_text("link", longest=LONGEST_READ)),
    )
    return replace(report, opening=opening, words=(ReportedWord(WordKind.PRIORITY, word),) if word else ())


def _priority_word(fields: Fields) -> str:
    """The ticket system's word for the priority; empty where a known impact and urgency make one.

    Where one of those two is not known, the word is both of them together.

    Raises: PayloadInvalid when nothing says how urgent it is.
    """
    priority = _optional_word(fields, "priority")
    if priority:
        return priority
    levels = {name: _optional_word(fields, name) for name in ("impact", "urgency")}
    if not any(levels.values()):
        raise fields.invalid("priority", "is missing or empty, and so are impact and urgency, which would make one")
    for name, level in levels.items():
        if not level:
            raise fields.invalid(name, "is missing or empty: without a priority both impact and urgency are needed")
    if all(_level(fields, name) in USUAL_LEVELS for name in levels):
        return ""
    return ", ".join(f"{name} {level}" for name, level in levels.items())


def _level(fields: Fields, name: str) -> str:
    return folded_word(WordKind.PRIORITY, _optional_word(fields, name))


def _customer(fields: Fields) -> str:
    """The customer's name; one that is too long is cut, and goes to triage as an unknown customer.

    Raises: PayloadInvalid when it is missing or empty.
    """
    return fields.lenient_text("customer", longest=NAME_MAX_CHARS) or fields.text("customer", longest=NAME_MAX_CHARS)


def _named_ticket(fields: Fields) -> str:
    return f"Ticket {fields.text('external_id', longest=ID_MAX_CHARS)}"


def _word(fields: Fields, name: str) -> str:
    """A word of the ticket system's own, known or not.

    Raises: PayloadInvalid when it is missing or empty.
    """
    fields.text(name, longest=LONGEST_READ)
    return _optional_word(fields, name)


def _optional_word(fields: Fields, name: str) -> str:
    return fields.optional_text(name, longest=LONGEST_READ)[:WORD_MAX_CHARS].rstrip()


def _own_word(kind: WordKind, name: str) -> EventReader:
    """An event that is named by a word of the ticket system's own in this field."""
    return lambda fields, report: replace(report, words=(ReportedWord(kind, _word(fields, name)),))


def _fact(event: Callable[[Fields], Event]) -> EventReader:
    """An event that is one fact."""
    return lambda fields, report: replace(report, events=(event(fields),))


def _text(fields: Fields) -> str:
    return fields.lenient_text("text", longest=TEXT_MAX_CHARS)


def _agent_replied(fields: Fields, report: Report) -> Report:
    """A reply that the customer can read; an internal note adds nothing, because it changes no clock."""
    if not fields.flag("public", default=True):
        return report
    return replace(report, events=(Responded(text=_text(fields)),))


def _assigned(fields: Fields, report: Report) -> Report:
    """An assignment to somebody; an empty name means that nobody has the ticket any more."""
    if "to" in fields.names() and not _optional_word(fields, "to"):
        return replace(report, events=(Unassigned(),))
    return _own_word(WordKind.PERSON, "to")(fields, report)


def _retitled(fields: Fields) -> Event:
    return Retitled(title=fields.text("title", longest=LONGEST_READ)[:TITLE_MAX_CHARS].rstrip())


def _customer_changed(fields: Fields, report: Report) -> Report:
    return replace(report, customer=_customer(fields))


def _merged(fields: Fields, report: Report) -> Report:
    into = fields.text("into", longest=ID_MAX_CHARS)
    if into == report.external_id:
        raise fields.invalid("into", f"must be another ticket than {shown(into)} itself")
    return replace(report, into=into)


def _one_of(fields: Fields, name: str, allowed: Mapping[str, object]) -> str:
    word = fields.text(name, longest=NAME_MAX_CHARS).lower()
    if word not in allowed:
        near = get_close_matches(word, allowed, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise fields.invalid(name, f"must be one of {', '.join(allowed)}, not {shown(word)}{hint}")
    return word


EVENTS: Mapping[str, EventReader] = {
    "opened": _opened,
    "customer_replied": _fact(lambda fields: CustomerReplied(text=_text(fields))),
    "agent_replied": _agent_replied,
    "status_changed": _own_word(WordKind.STATUS, "status"),
    "priority_changed": _own_word(WordKind.PRIORITY, "priority"),
    "assigned": _assigned,
    "unassigned": _fact(lambda _: Unassigned()),
    "title_changed": _fact(_retitled),
    "customer_changed": _customer_changed,
    "resolved": _fact(lambda fields: Resolved(text=_text(fields))),
    "reopened": _fact(lambda fields: Reopened(text=_text(fields))),
    "merged": _merged,
    "deleted": _fact(lambda _: Deleted()),
}

FIELD_NAMES = frozenset({
    "event", "id", "external_id", "at", "customer", "title", "priority", "impact", "urgency", "site", "service", "link",
    "by", "to", "status", "public", "text", "into",
})  # fmt: skip
