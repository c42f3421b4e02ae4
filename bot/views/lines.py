"""Lines the engine writes by name: a thread reply saying what happened, or a notice to one person or channel."""

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.action_ids import ActionId
from bot.text import escape, mention, moment, shown
from bot.views.act_menu import Act, act_button, act_menu, ticket_act
from bot.views.fact_sentences import fact_sentence
from bot.views.parts import SECTION_MAX_CHARS, Block, actions, named_incident, section, title_line
from bot.views.rendered import Rendered
from bot.views.undeliverable import place
from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.notifications.notices import LineMessage

WORD_MAX_CHARS = 200
REASON_MAX_CHARS = 500
INCIDENTS_MAX = 12

Words = Callable[[LineMessage], list[str]]
"""Takes a line's facts; returns the lines to write, the most important first."""


def line_message(line: LineMessage) -> Rendered:
    """A plain message of a line or two; one that gives somebody work has the buttons for it.

    Raises: KeyError for a sentence that does not exist.
    """
    words = [sentence for sentence in _SENTENCES[line.text_key](line) if sentence]
    buttons = [_owners_row(line)] if line.text_key == "assigned" and line.incident_key else []
    return Rendered(text="\n".join(words), blocks=[section(words), *buttons])


def _assigned(line: LineMessage) -> list[str]:
    priority, customer = _fact(line, "priority"), _fact(line, "customer")
    of_whom = f"*{priority} {customer}: {_title(line)}*" if customer else _title(line)
    ticket = _fact(line, "ticket")
    named = f"{_incident(line)}, {ticket}" if ticket else _incident(line)
    return [of_whom, _due(line), f"{named} is yours now: {mention(line.facts.get('by'))} assigned it to you."]


def _due(line: LineMessage) -> str:
    """When the first reply and the fix are due, or were when the line was written."""
    written_at = line.facts.get("at") or ""
    sentences = []
    for name in (MetricName.FIRST_RESPONSE, MetricName.RESOLUTION):
        due_at = line.facts.get(name.value)
        if due_at and written_at:
            is_late = datetime.fromisoformat(due_at) <= datetime.fromisoformat(written_at)
            words = METRICS[name].was_due if is_late else METRICS[name].due
            sentences.append(f"{words} {moment(datetime.fromisoformat(due_at))}")
    return " · ".join(sentences)


def _owners_row(line: LineMessage) -> Block:
    """What an owner does first: three buttons, the rest behind “⋯”; the reply is first while it is owed."""
    key = line.incident_key or ""
    reply = Act("Reply sent", ActionId.RESPOND, key)
    acts = [
        Act("Customer told…", ActionId.UPDATE_OPEN, key),
        Act("Resolved…", ActionId.RESOLVE_OPEN, key),
        Act("Pause…", ActionId.PAUSE_OPEN, key),
        Act("Hand back…", ActionId.HAND_BACK_OPEN, key),
    ]
    acts = acts if line.facts.get("replied") else [reply, *acts]
    more = [*acts[3:], *ticket_act(line.facts.get("link"), key=key), Act("Show all of it", ActionId.SHOW, key)]
    return actions([*map(act_button, acts[:3]), *act_menu(more)], block_id=f"assigned:{key}")


def _assigned_many(line: LineMessage) -> list[str]:
    count, listed = _listed(line, "incidents")
    by = mention(line.facts.get("by"))
    return [f"{count} incidents are yours now: {by} assigned them to you.", *listed]


def _listed(line: LineMessage, name: str) -> tuple[int, list[str]]:
    """How many incidents a fact names, and the first of them as a list."""
    incidents = [title_line(incident) for incident in (line.facts.get(name) or "").splitlines()]
    listed = [f"• {incident}" for incident in incidents[:INCIDENTS_MAX]]
    more = [f"and {len(incidents) - INCIDENTS_MAX} more: `/sla status mine`"] if len(incidents) > INCIDENTS_MAX else []
    return len(incidents), [*listed, *more]


def _taken_back(line: LineMessage) -> list[str]:
    return [
        f":leftwards_arrow_with_hook: {_incident(line)}: {_undoer(line)} took this back{_when(line)}.",
        _title(line),
    ]


def _taken_back_many(line: LineMessage) -> list[str]:
    count, listed = _listed(line, "incidents")
    kept_count, kept = _listed(line, "kept")
    are_not = "1 incident is not yours" if count == 1 else f"{count} incidents are not yours"
    still = [f"Still yours: {kept_count}.", *kept] if kept else []
    sign = ":leftwards_arrow_with_hook:"
    return [f"{sign} {are_not} after all: {_undoer(line)} took that back{_when(line)}.", *listed, *still]


def _undoer(line: LineMessage) -> str:
    return mention(line.facts.get("by"))


def _when(line: LineMessage) -> str:
    at = line.facts.get("at")
    return f", {moment(datetime.fromisoformat(at))}" if at else ""


def _history_head(line: LineMessage) -> list[str]:
    head = _fact(line, "head")
    return [f"Head of the history: `{head}`", "Whoever runs the bot checks it: `sla-bot audit verify --head …`"]


def _opened(line: LineMessage) -> list[str]:
    customer, priority = _fact(line, "customer"), _fact(line, "priority")
    by = line.facts.get("by")
    who = f" by {mention(by)}" if by else ""
    return [f"{_incident(line)} · {priority} · {customer}: opened{who}.", _title(line)]


def _happened(line: LineMessage) -> list[str]:
    facts = line.facts
    what = fact_sentence(facts["what"] or "", by=facts.get("by") or "", text=facts.get("text") or "", fields=facts)
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


def _never_due(line: LineMessage) -> list[str]:
    about = f"{_incident(line)} ({_fact(line, 'priority')} {_fact(line, 'customer')})"
    never = f"{_fact(line, 'metrics')} will never be due, because the agreement's calendar ends before."
    return [f":warning: {about}: {never} Please watch it by hand.", _title(line)]


def _refused_ticket(line: LineMessage) -> list[str]:
    customer, priority = _fact(line, "customer"), _fact(line, "priority")
    about = " ".join(part for part in (priority, customer) if part)
    named = f"{_fact(line, 'external_id') or 'without an id'}{f' ({about})' if about else ''}"
    return [
        f":warning: A new ticket from {_fact(line, 'source')} was refused, so no clock runs for it: {named}.",
        _title(line),
        f"Why: {_reason(line)}. Let it be corrected and sent again, or open it with `/sla open`.",
    ]


def _refused_alerts(line: LineMessage) -> list[str]:
    return [
        f":warning: Alerts from {_fact(line, 'source')} were refused, and are not sent again: {_reason(line)}.",
        "Look there for what fires now; `sla-bot inbox list` shows what came.",
    ]


def _too_large(line: LineMessage) -> list[str]:
    source, limit = _fact(line, "source"), _fact(line, "kilobytes")
    return [
        f":warning: {source} sent more than {limit} kB at once. All of it was refused, and no clock runs for what was "
        "new in it.",
        "Look there for what fires now, and let it send smaller groups.",
    ]


def _left_out(line: LineMessage) -> list[str]:
    source, alerts, group = _fact(line, "source"), _fact(line, "alerts"), _fact(line, "group")
    of_group = f" {group}" if group else ""
    return [
        f":warning: {source} left {alerts} alerts out of the group{of_group}, so no clock runs for them.",
        "Look there for what fires now, and raise its `max_alerts` or make its groups smaller.",
    ]


def _not_watched(line: LineMessage) -> list[str]:
    what, do = _NOT_DONE.get(line.facts.get("duty") or "", _NOT_KNOWN)
    return [f":warning: {_in_words(line)} {what}: its reminder failed five times. {do}"]


_NOT_DONE = {
    "clock": ("is not being watched", "Please watch it by hand."),
    "promise": ("has a promise that is not being watched", "Please ask for the update by hand."),
    "pause": ("has a pause that is not being watched", "Please look whether it goes on."),
    "note": ("still wants its SLA note and nobody is asked", "Please ask for it by hand."),
    "review": ("has an SLA note that nobody is asked to review", "Please tell the service manager."),
    "sop": ("has an SOP that nobody is reminded of", "Please remind its owner by hand."),
}
"""For each duty that failed: what is no longer watched, and what to do instead."""
_NOT_KNOWN = ("has something due that this version does not know", "Please watch it by hand.")


def _many_not_watched(line: LineMessage) -> list[str]:
    count, named = line.facts.get("count") or "0", line.facts.get("incidents") or ""
    more = f" Please watch these by hand: {shown(named, SECTION_MAX_CHARS // 2)}." if named else ""
    return [f":warning: {count} more items failed five times in ten minutes and are set aside.{more}"]


def _delivery_set_aside(line: LineMessage) -> list[str]:
    source, about = _fact(line, "source"), _fact(line, "about")
    what = f"What {source} told of {about}" if about else f"Something {source} told"
    return [
        f":warning: {what} could not be worked on: it failed five times, and no clock knows of it.",
        "Please look at it there and do by hand what is needed here.",
        _title(line),
    ]


def _in_words(line: LineMessage) -> str:
    customer, priority, title = (_fact(line, name) for name in ("customer", "priority", "title"))
    return f"{_incident(line)} ({priority} {customer}, {title})"


def _not_merged(line: LineMessage) -> list[str]:
    source, into = _fact(line, "source"), _fact(line, "into")
    customer, other = _fact(line, "customer"), _fact(line, "other")
    why = f"that one is {other}’s and this one {customer}’s" if customer != other else "that one is over"
    return [
        f"{_incident(line)}: {source} merged its ticket into that of *{into}*, but {why}. Both go on as they were.",
        _title(line),
        "Please resolve the one that is not needed.",
    ]


def _answer(line: LineMessage) -> list[str]:
    return (line.facts.get("text") or "").split("\n")


def _channel_back(line: LineMessage) -> list[str]:
    places = " and ".join(place(channel) for channel in (line.facts.get("where") or "").split())
    count = line.facts.get("count") or "0"
    messages = "One message for it was" if count == "1" else f"{count} messages for it were"
    return [f"This channel can be reached again. {messages} said in {places} meanwhile, and stay there."]


_SENTENCES: Mapping[str, Words] = {
    "assigned": _assigned,
    "assigned_many": _assigned_many,
    "history_head": _history_head,
    "opened": _opened,
    "taken_back": _taken_back,
    "taken_back_many": _taken_back_many,
    "happened": _happened,
    "customer_replied": _customer_replied,
    "promise_due": _promise_due,
    "not_merged": _not_merged,
    "never_due": _never_due,
    "refused_ticket": _refused_ticket,
    "refused_alerts": _refused_alerts,
    "too_large": _too_large,
    "left_out": _left_out,
    "answer": _answer,
    "not_watched": _not_watched,
    "many_not_watched": _many_not_watched,
    "delivery_set_aside": _delivery_set_aside,
    "channel_back": _channel_back,
}


def _incident(line: LineMessage) -> str:
    return named_incident(escape(line.incident_key or ""), line.facts.get("link"))


def _title(line: LineMessage) -> str:
    title = line.facts.get("title")
    return title_line(title) if title else ""


def _reason(line: LineMessage) -> str:
    return shown(line.facts.get("reason") or "", REASON_MAX_CHARS).rstrip(".")


def _fact(line: LineMessage, name: str) -> str:
    return shown(line.facts.get(name) or "", WORD_MAX_CHARS)
