"""The message of a storm: what is open and late, the acts for all of it, and the worst incidents a line each."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from bot.action_ids import ActionId
from bot.text import escape, fallback_moment, mention, moment, shown
from bot.views.act_menu import Act, act_menu
from bot.views.parts import Block, actions, button, context, named_incident, section, section_with
from bot.views.rendered import Rendered
from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.text.addresses import web_address
from sla_engine.notifications.storms import StormLine, StormMessage, StormQuestion

SIGN = "🌩"
LINES_MOST = 12
NAME_MAX_CHARS = 60
TITLE_MAX_CHARS = 80
TEXT_NAME_MAX_CHARS, TEXT_TITLE_MAX_CHARS = 30, 50  # keep twenty lines within the text of a message
_LATE, _IN_TIME, _PAUSED = ":red_circle:", ":large_orange_circle:", ":double_vertical_bar:"

Written = Callable[[datetime], str]
"""Writes a time: for a block, or for the text that phones and screen readers get."""


def storm_message(storm: StormMessage) -> Rendered:
    """The storm as it stands: the counts, whom it calls, the acts for all, and a line for each of the worst."""
    if storm.moved:
        return _one_line(_moved(storm.newer))
    if storm.ended_at is not None:
        return _over(storm, storm.ended_at)
    if storm.open == 0:
        return _one_line(f"{SIGN} All {storm.total} incidents of this storm are closed.")
    blocks: list[Block] = [section(_head(storm, written=moment)), _acts(storm)]
    blocks += incident_sections(storm.lines[:LINES_MOST], names_holder=storm.holder is None)
    if more := _more(storm):
        blocks += [*map(context, more), _show_all(storm)]
    return Rendered(text=_text(storm), blocks=blocks)


def incident_lines(line: StormLine) -> list[str]:
    """Two lines about one incident: whose it is and what is wrong; when what is due, and who has it."""
    return [f"{_mark(line)} {_named(line)}", _state(line)]


def incident_text(line: StormLine) -> str:
    """One incident for phones and screen readers."""
    customer, title = shown(line.customer, TEXT_NAME_MAX_CHARS), shown(line.title, TEXT_TITLE_MAX_CHARS)
    due = _due(line, written=fallback_moment)
    state = ", ".join(part for part in ("" if line.assignee else "nobody has it", due) if part)
    return f"{line.priority} {line.incident_key} {customer}: {title}{f' ({state})' if state else ''}"


def _over(storm: StormMessage, at: datetime) -> Rendered:
    """The last line of a storm: what was still open, who has to act on what was late, and the acts that are left."""
    line = f"{SIGN} *No new incident for 20 minutes.* Of {storm.total}, {_still_open(storm)}."
    if storm.open == 0:
        return _one_line(f"{line} Last counted {moment(at)}.")
    lines = [f"{line} Counted {moment(at)}.", *_next_hands(storm)]
    return Rendered(text="\n".join(lines), blocks=[section(lines), _acts_left(storm)])


def _next_hands(storm: StormMessage) -> list[str]:
    """Who has to act on what needs somebody: whoever has it or is on it, else the dispatcher."""
    keys: dict[str | None, list[str]] = {}
    for line in storm.lines:
        if line.needs_somebody:
            keys.setdefault(line.assignee or line.acknowledged_by, []).append(line.incident_key)
    unowned, dispatcher = keys.pop(None, []), storm.dispatcher
    hands = [f"{mention(person)} has {', '.join(theirs)}" for person, theirs in keys.items() if person is not None]
    if unowned:
        asked = (
            f": {mention(dispatcher)}, please give {'it' if len(unowned) == 1 else 'them'} out" if dispatcher else ""
        )
        hands.append(f"nobody has {', '.join(unowned)}{asked}")
    return [f"Next: {'; '.join(hands)}."] if hands else []


def _acts_left(storm: StormMessage) -> Block:
    value = str(storm.storm_id)
    shows = button("Show all", ActionId.STORM_SHOW_ALL, value=value)
    tells = button("Customers told…", ActionId.BULK_UPDATE_OPEN, value=value)
    gives = [button("Give out…", ActionId.STORM_GIVE_OUT_OPEN, value=value)] if storm.unowned else []
    return actions([*gives, tells, shows], block_id=f"storm:{value}:all")


def _moved(newer: str | None) -> str:
    """What stays under the words of a person when a newer message took the place of this one; it never changes."""
    address = web_address(newer)
    link = f"<{escape(address)}|newest message about it>" if address else "newest message about it is further down"
    return f"{SIGN} Storm · {link}"


def _acts(storm: StormMessage) -> Block:
    value = str(storm.storm_id)
    more = [
        Act("Pause all…", ActionId.BULK_PAUSE_OPEN, value),
        Act("Resume all", ActionId.BULK_RESUME, value),
        Act("Merge duplicates…", ActionId.STORM_MERGE_OPEN, value),
        Act("Put under one problem…", ActionId.STORM_PROBLEM_OPEN, value),
        Act("By customer", ActionId.STORM_BY_CUSTOMER, value),
    ]
    buttons = [
        button("Customers told…", ActionId.BULK_UPDATE_OPEN, value=value, style="primary"),
        button("I'm on all of these, 30 min", ActionId.STORM_ACKNOWLEDGE, value=value),
        button("Give out…", ActionId.STORM_GIVE_OUT_OPEN, value=value),
    ]
    return actions([*buttons, *act_menu(more)], block_id=f"storm:{value}")


def _show_all(storm: StormMessage) -> Block:
    shows = button("Show all", ActionId.STORM_SHOW_ALL, value=str(storm.storm_id))
    return actions([shows], block_id=f"storm:{storm.storm_id}:all")


def incident_sections(lines: Iterable[StormLine], *, names_holder: bool = True) -> list[Block]:
    """Incidents of a storm, each with the menu of what can be done about it.

    `names_holder` is False where it was said before who is on all of them.
    """
    return [_section(line if names_holder else replace(line, acknowledged_by=None)) for line in lines]


def _section(line: StormLine) -> Block:
    key = line.incident_key
    owner = [Act("Take", ActionId.TAKE, key)] if line.assignee is None else []
    clock = [Act("Reply sent", ActionId.RESPOND, key)] if line.metric is MetricName.FIRST_RESPONSE else []
    acts = [
        *clock,
        *owner,
        *([] if clock and owner else [Act("Customer told…", ActionId.UPDATE_OPEN, key)]),
        Act("Assign…", ActionId.ASSIGN_OPEN, key),
        Act("Resolved…", ActionId.RESOLVE_OPEN, key),
        Act("Show", ActionId.SHOW, key),
    ]
    return section_with(incident_lines(line), act_menu(acts)[0])


def _head(storm: StormMessage, *, written: Written) -> list[str]:
    called = " ".join(map(mention, storm.mention))
    head = " ".join(
        part
        for part in (f"{SIGN} *{_counts(storm, written=written)}*", *_details(storm, written=written), called)
        if part
    )
    questions = [_question(question, written=written) for question in storm.questions]
    return [head, *(questions or _held(storm, written=written))]


def _held(storm: StormMessage, *, written: Written) -> list[str]:
    """Who is on all of them, in place of saying it in every line."""
    holder = storm.holder
    if holder is None:
        return []
    return [f"{mention(holder.person)} is on all of these, with news by {written(holder.promise)}."]


def _counts(storm: StormMessage, *, written: Written) -> str:
    late = f"{storm.late} late" if storm.late else "none late"
    quiet = "" if storm.quiet_since is None else f", no new one since {written(storm.quiet_since)}"
    return f"{_customers(storm)}: {storm.open} open, {late}{quiet}."


def _customers(storm: StormMessage) -> str:
    named = shown(storm.customer or "", NAME_MAX_CHARS) or "Many at once"
    more = storm.more_customers
    return named if more == 0 else f"{named} and {more} {'other' if more == 1 else 'others'}"


def _details(storm: StormMessage, *, written: Written) -> list[str]:
    """How many nobody has, and the due time of the worst one."""
    unowned = [f"{storm.unowned} {'has' if storm.unowned == 1 else 'have'} nobody."] if storm.unowned else []
    due = _due(storm.lines[0], written=written) if storm.lines else ""
    return [*unowned, *([f"Worst: {due[0].lower()}{due[1:]}."] if due else [])]


def _question(question: StormQuestion, *, written: Written) -> str:
    those = "this one" if question.count == 1 else f"these {question.count}"
    return f"*{mention(question.person)} promised news of {those} by {written(question.promised)}. Still on it?*"


def _mark(line: StormLine) -> str:
    if line.late:
        return _LATE
    return _PAUSED if line.paused else _IN_TIME


def _named(line: StormLine) -> str:
    what = f"{shown(line.customer, NAME_MAX_CHARS)}: {shown(line.title, TITLE_MAX_CHARS) or '(no title)'}"
    return f"*{line.priority} {what}*"


def _state(line: StormLine) -> str:
    """When it is due, who has it, and its names."""
    late = "Late" if line.late and not line.was_due else ""
    waits = "Waits" if line.paused else ""
    answered = "customer answered" if line.customer_answered else ""
    ticket = f", {shown(line.ticket, NAME_MAX_CHARS)}" if line.ticket else ""
    named = f"{named_incident(line.incident_key, line.link)}{ticket}"
    parts = (waits, answered, late, _due(line, written=moment), _holder(line), named)
    return " · ".join(part for part in parts if part)


def _due(line: StormLine, *, written: Written) -> str:
    if line.metric is None or line.due_at is None:
        return ""
    metric = METRICS[line.metric]
    return f"{metric.was_due if line.was_due else metric.due} {written(line.due_at)}"


def _holder(line: StormLine) -> str:
    owner = f"{mention(line.assignee)} has it" if line.assignee else "nobody has it"
    if line.acknowledged_by is None or line.acknowledged_by == line.assignee:
        return owner
    by = f" by {moment(line.promise)}" if line.promise else ""
    return f"{owner}, news from {mention(line.acknowledged_by)}{by}"


def _more(storm: StormMessage) -> list[str]:
    more = storm.open - min(len(storm.lines), LINES_MOST)
    return [f"and {more} more"] if more > 0 else []


def _still_open(storm: StormMessage) -> str:
    if storm.open == 0:
        return "none still open"
    return f"{storm.open} still open, {f'{storm.late} of them late' if storm.late else 'none late'}"


def _text(storm: StormMessage) -> str:
    lines = map(incident_text, storm.lines[:LINES_MOST])
    head = [line.replace("*", "") for line in _head(storm, written=fallback_moment)]  # only our own marks are left
    return "\n".join([*head, *lines, *_more(storm)])


def _one_line(line: str) -> Rendered:
    return Rendered(text=line, blocks=[section([line])])
