"""A nudge as a phone shows it: how urgent, for whom, what is wrong; then what was promised by when, and who has it.

It names instants and never counts minutes, so that a line stays true however late somebody reads it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from bot.text import fitting, mention, moment, shown
from bot.views.act_menu import act_button, act_menu
from bot.views.fact_sentences import fact_sentence, pause_label
from bot.views.nudge_acts import nudge_acts
from bot.views.parts import SECTION_MAX_CHARS, actions, context, linked, quoted, section, title_line
from bot.views.rendered import Rendered
from sla_engine.domain.agreements.metrics import Metric, MetricName, metric_labelled
from sla_engine.domain.escalation.nudges import AlsoDue, NudgeCause
from sla_engine.notifications.nudges import Happened, NudgeMessage, NudgeState

NAME_MAX_CHARS = 60
TICKET_MAX_CHARS = 30

_LATE, _DUE, _SETTLED = ":red_circle:", ":large_orange_circle:", ":large_green_circle:"
_MARKS = {
    NudgeCause.PROMISE_LAPSED: ":alarm_clock:",
    NudgeCause.PROMISE_QUESTIONED: ":alarm_clock:",
    NudgeCause.PAUSE_OUTLIVED: ":alarm_clock:",
    NudgeCause.HELP: ":raised_hand:",
    NudgeCause.CUSTOMER_ANSWERED: ":speech_balloon:",
    NudgeCause.REOPENED: ":leftwards_arrow_with_hook:",
    NudgeCause.PRIORITY_RAISED: ":arrow_up:",
}
"""The marks of causes that say more than how urgent a clock is; the words beside them say the same."""
_HELD_MARKS = {NudgeState.ACKNOWLEDGED: ":eyes:", NudgeState.SNOOZED: ":zzz:"}
_ENDINGS = ("resolved", "merged", "moved", "deleted", "undone")
_PROMISED = "The customer was promised news, and none is recorded"
_QUESTIONS: Mapping[NudgeCause, Callable[[NudgeMessage, str, str], str]] = {
    NudgeCause.AT_RISK: lambda *_: "",
    NudgeCause.BREACH: lambda *_: "",
    NudgeCause.REPEAT: lambda nudge, *_: f"Reminder {nudge.repeat}; they stop with “I’m on it”",
    NudgeCause.HELP: lambda _, who, words: f"{who} asks for help{': ' + words if words else ''}",
    NudgeCause.UNASSIGNED: lambda _, who, words: f"{who} handed it back: {words}" if words else "",
    NudgeCause.CUSTOMER_ANSWERED: lambda _, _who, words: (
        f"The customer answered{' ' + words if words else ''}, and it still waits for them"
    ),
    NudgeCause.PAUSE_OUTLIVED: lambda nudge, *_: (
        "Is that over?" if nudge.paused_for else f"Still paused ({pause_label(nudge.text)}): is that over?"
    ),
    NudgeCause.PROMISE_LAPSED: lambda *_: _PROMISED,
    NudgeCause.PROMISE_QUESTIONED: lambda *_: _PROMISED,
    NudgeCause.REOPENED: lambda nudge, _, words: title_line(nudge.title) if words else "",
    NudgeCause.PRIORITY_RAISED: lambda nudge, *_: f"It is {nudge.priority} now",
}
"""What each cause asks for beside its clock: takes the nudge, who wrote its words, and the words in quotation marks."""


def nudge_message(nudge: NudgeMessage) -> Rendered:
    """A nudge: whom it calls, what is late or due, who has it, and what can be done about it."""
    match nudge.state:
        case NudgeState.LIVE | NudgeState.ACKNOWLEDGED | NudgeState.SNOOZED:
            return _waiting(nudge)
        case NudgeState.SUPERSEDED:
            return _one_line(_shrunk(nudge))
        case NudgeState.CLOSED:
            return _one_line(f":white_check_mark: {_headline(nudge)} · {_ending(nudge)} · {_keys(nudge)}")
        case _:
            assert_never(nudge.state)


def _waiting(nudge: NudgeMessage) -> Rendered:
    lines = [_facts(nudge), *_asks(nudge)]
    first = f"{_mark(nudge)} *{_headline(nudge)}* {_mentions(nudge)}".rstrip()
    blocks = [section([first, *lines])]
    happened = _last_act(nudge, above=lines)
    if happened:
        blocks.append(context(fitting([happened], SECTION_MAX_CHARS)))
    acts = nudge_acts(nudge)
    row = [*map(act_button, acts.buttons), *act_menu(acts.more)]
    blocks.append(actions(row, block_id=f"nudge:{nudge.incident_key}"))
    text = [f"{_headline(nudge)} {_mentions(nudge)}".rstrip(), *lines, happened]
    return Rendered(text="\n".join(line for line in text if line), blocks=blocks)


def _one_line(line: str) -> Rendered:
    return Rendered(text=line, blocks=[section([line])])


def _shrunk(nudge: NudgeMessage) -> str:
    """What stays where people wrote under a nudge: nothing that can change, so that it is true for ever."""
    link = linked("the newest message about it", nudge.newer) if nudge.newer else "there is a newer message about it"
    return f"{_keys(nudge)} · {link}"


def _headline(nudge: NudgeMessage) -> str:
    """The priority, the customer, and what is wrong."""
    is_open_again = nudge.cause is NudgeCause.REOPENED and nudge.state is not NudgeState.CLOSED
    wrong = "open again" if is_open_again else title_line(nudge.title)
    return f"{nudge.priority} {title_line(nudge.customer)}: {wrong}"


def _mark(nudge: NudgeMessage) -> str:
    if nudge.state in _HELD_MARKS:
        return _HELD_MARKS[nudge.state]
    if nudge.cause in _MARKS and not nudge.is_settled:
        return _MARKS[nudge.cause]
    if nudge.breached_at is not None or any(due.breached for due in nudge.also):
        return _LATE
    return _SETTLED if nudge.is_settled else _DUE


def _mentions(nudge: NudgeMessage) -> str:
    """Everybody it calls; nobody in a direct message, which calls whoever reads it."""
    return "" if nudge.direct else " ".join(mention(person) for person in nudge.mention)


def _facts(nudge: NudgeMessage) -> str:
    """What was promised by when, who has it, and the keys under which it is found."""
    promised = _promised(nudge)
    if nudge.cause is NudgeCause.REOPENED:
        words = quoted(nudge.text) or title_line(nudge.title)
        promised = " · ".join(part for part in (words, promised[:1].lower() + promised[1:]) if part)
    return " · ".join(part for part in (promised, _owner(nudge), _keys(nudge)) if part)


def _promised(nudge: NudgeMessage) -> str:
    metric = _metric(nudge)
    if metric is None:
        return ""
    due = "" if nudge.due_at is None else _due(metric, nudge)
    if not nudge.paused_for:
        return due
    reasons = " and ".join(pause_label(reason) for reason in nudge.paused_for)
    until = "" if nudge.pause_until is None else f", until {moment(nudge.pause_until)}"
    return f"{due + ', paused' if due else 'Paused'}: {reasons}{until}"


def _due(metric: Metric, nudge: NudgeMessage) -> str:
    if nudge.due_at is None:
        return ""
    told = nudge.last_told_at if metric.name is MetricName.CUSTOMER_UPDATE else None
    last_told = "" if told is None else f", last told {moment(told)}"
    missed_at = nudge.breached_at
    return _due_words(metric, nudge.due_at, missed_at=missed_at, is_missed=missed_at is not None) + last_told


def _metric(nudge: NudgeMessage) -> Metric | None:
    return metric_labelled(nudge.metric_label)


def _owner(nudge: NudgeMessage) -> str:
    if nudge.assignee is None:
        return "nobody has it"
    if nudge.direct and nudge.assignee in nudge.mention:
        return "you have it"
    name = _name(nudge, nudge.assignee)
    metric = _metric(nudge)
    is_long = nudge.cause is NudgeCause.REOPENED or (metric is not None and metric.name is MetricName.CUSTOMER_UPDATE)
    return name if is_long else f"{name} has it"


def _name(nudge: NudgeMessage, person: str | None) -> str:
    """A person by name; one we have no name for by a mention."""
    name = nudge.names.get(person or "")
    return shown(name, NAME_MAX_CHARS) if name else mention(person)


def _keys(nudge: NudgeMessage) -> str:
    """The incident's key and its ticket's own number, the last of them a link to the ticket."""
    ticket = shown(nudge.ticket or "", TICKET_MAX_CHARS)
    if ticket and nudge.ticket != nudge.incident_key:
        return f"{nudge.incident_key}, {linked(ticket, nudge.link)}"
    return linked(nudge.incident_key, nudge.link)


def _asks(nudge: NudgeMessage) -> list[str]:
    """The lines below the facts: who is on it or what is asked, and which other clocks are due."""
    asked = _status(nudge) or ("" if nudge.is_settled else _question(nudge))
    if nudge.noticed_at is not None:
        asked = " · ".join(part for part in (asked, f"noticed by the bot {moment(nudge.noticed_at)}") if part)
    return [line for line in (asked, _also_due(nudge.also)) if line]


def _status(nudge: NudgeMessage) -> str:
    """Who is on it and until when; empty while nobody said so."""
    who = _name(nudge, nudge.state_by)
    if nudge.state is NudgeState.ACKNOWLEDGED:
        promised = "" if nudge.promise is None else f"; the customer hears from us by {moment(nudge.promise)}"
        return f"{who} is on it{promised}"
    if nudge.state is NudgeState.SNOOZED:
        until = "" if nudge.snoozed_until is None else f" until {moment(nudge.snoozed_until)}"
        return f"{who} wants no reminder{until}; the clocks run on"
    if nudge.asked is not None:
        promised = "" if nudge.promise is None else f" by {moment(nudge.promise)}"
        return f"{_name(nudge, nudge.asked)} promised the customer news{promised}. Still on it?"
    return ""


def _question(nudge: NudgeMessage) -> str:
    """What it asks for beside its clock; empty where the clock says it all."""
    who = _name(nudge, nudge.text_by) if nudge.text_by else "Somebody"
    return _QUESTIONS[nudge.cause](nudge, who, quoted(nudge.text))


def _also_due(also: tuple[AlsoDue, ...]) -> str:
    sentences = [sentence for due in also if (sentence := _also(due))]
    return f"Also: {' · '.join(sentences)}" if sentences else ""


def _also(due: AlsoDue) -> str:
    metric = metric_labelled(due.metric_label)
    if metric is None:
        return shown(due.metric_label, NAME_MAX_CHARS)
    if due.due_at is None:
        words = metric.was_due if due.breached else ""
    else:
        words = _due_words(metric, due.due_at, missed_at=due.breached_at, is_missed=due.breached)
    return f"{words[:1].lower()}{words[1:]}"


def _due_words(metric: Metric, due_at: datetime, *, missed_at: datetime | None, is_missed: bool) -> str:
    """When it is or was due; where a pause or a lower priority gave it more time after the miss, both instants."""
    if missed_at is not None and due_at > missed_at:
        by = "by " if metric.was_due.endswith(" by") else ""
        return f"{metric.was_due} {moment(missed_at)}, now {by}{moment(due_at)}"
    return f"{metric.was_due if is_missed else metric.due} {moment(due_at)}"


def _last_act(nudge: NudgeMessage, *, above: Sequence[str]) -> str:
    """The last thing that happened; its words are left out where they stand above it already."""
    if not nudge.updates:
        return ""
    fact = nudge.updates[-1]
    words = quoted(fact.text)
    return _act(replace(fact, text="") if words and any(words in line for line in above) else fact)


def _act(fact: Happened) -> str:
    return f"{fact_sentence(fact.what, by=fact.by, text=fact.text, fields=fact.fields)} · {moment(fact.at)}"


def _ending(nudge: NudgeMessage) -> str:
    end = next((fact for fact in reversed(nudge.updates) if fact.what in _ENDINGS), None)
    if end is not None and end.what != "resolved":
        return _act(end)
    when = f", {moment(nudge.state_at)}" if nudge.state_at else ""
    return f"resolved by {_name(nudge, nudge.state_by)}{when}"
