"""Lines the engine writes by name: a thread reply saying what happened, or a notice to one person or channel."""

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.rendered import Rendered
from bot.text import escape, mention, moment, shown
from bot.views.happenings import happened
from bot.views.parts import SECTION_MAX_CHARS, named_incident, section, title_line
from sla_engine.notifications import LineMessage

WORD_MAX_CHARS = 200

Words = Callable[[LineMessage], list[str]]
"""From a line's facts to what is written; the first line matters most."""


def line_message(line: LineMessage) -> Rendered:
    """One plain message of a line or two, without buttons.

    Raises: KeyError for a sentence that does not exist.
    """
    words = [each for each in _SENTENCES[line.text_key](line) if each]
    return Rendered(text="\n".join(words), blocks=[section(words)])


def _assigned(line: LineMessage) -> list[str]:
    return [f"{_incident(line)} is yours now: {mention(line.facts.get('by'))} assigned it to you.", _title(line)]


def _opened(line: LineMessage) -> list[str]:
    customer, priority = _fact(line, "customer"), _fact(line, "priority")
    by = line.facts.get("by")
    who = f" by {mention(by)}" if by else ""
    return [f"{_incident(line)} · {priority} · {customer}: opened{who}.", _title(line)]


def _happened(line: LineMessage) -> list[str]:
    facts = line.facts
    what = happened(facts["what"] or "", by=facts.get("by") or "", text=facts.get("text") or "", fields=facts)
    at = facts.get("at")
    return [f"{what} · {moment(datetime.fromisoformat(at))}" if at else what]


def _customer_replied(line: LineMessage) -> list[str]:
    customer = _fact(line, "customer") or "The customer"
    return [f"{_incident(line)}: {customer} replied and waits for an answer.", _title(line)]


def _promise_due(line: LineMessage) -> list[str]:
    promised = line.facts.get("promised")
    by = f" by {moment(datetime.fromisoformat(promised))}" if promised else ""
    return [
        f"{_incident(line)}: the update you promised{by} is due. Still on it?",
        _title(line),
        f"Tell the customer, or promise anew: `/sla ack {escape(line.incident_key or '')} 30m`. Otherwise it lapses.",
    ]


def _triage(line: LineMessage) -> list[str]:
    customer, source = _fact(line, "customer") or "no customer at all", _fact(line, "source")
    number = _fact(line, "external_id")
    named = f"{number} from {source}" if number else f"Something from {source}"
    return [f"{named} names {customer}, which no agreement does. It waits for triage; no clock runs.", _title(line)]


def _answer(line: LineMessage) -> list[str]:
    return [(line.facts.get("text") or "")[:SECTION_MAX_CHARS]]


_SENTENCES: Mapping[str, Words] = {
    "assigned": _assigned,
    "opened": _opened,
    "happened": _happened,
    "customer_replied": _customer_replied,
    "promise_due": _promise_due,
    "triage": _triage,
    "answer": _answer,
}


def _incident(line: LineMessage) -> str:
    return named_incident(escape(line.incident_key or ""), line.facts.get("link"))


def _title(line: LineMessage) -> str:
    title = line.facts.get("title")
    return title_line(title) if title else ""


def _fact(line: LineMessage, name: str) -> str:
    return shown(line.facts.get(name) or "", WORD_MAX_CHARS)
