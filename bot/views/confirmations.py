"""Private answers to an act: what was understood, and how the incident stands after it.

They are written from the state after the act, never from the wish: what a ticket system reported of the same moment
may count after it.
"""

from collections.abc import Sequence
from datetime import datetime

from bot import text
from bot.views.clock_sentences import clock_of, how_long_it_took, what_is_due
from bot.views.fact_sentences import pause_label
from bot.views.parts import BLOCK_ID_MAX_CHARS, Block, actions, context, divider, quoted, section, title_line
from bot.views.reader import Reader
from bot.views.rendered import Rendered
from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.durations import short
from sla_engine.services.incidents.reopen import TooLate
from sla_engine.services.queries.board import IncidentSummary

NAME_MAX_CHARS = 60
ANSWER_ROWS = ("answer", "preview")
"""The first words of the block ids of the buttons of answers and of what is asked before an act."""

_WAITS = {
    PauseReason.CUSTOMER: "waits for the customer",
    PauseReason.VENDOR: "waits for the vendor",
    PauseReason.PARTS: "waits for parts",
    PauseReason.SCHEDULED: "waits for the time agreed with the customer",
    PauseReason.MAINTENANCE: "waits for its maintenance window",
    PauseReason.OTHER: "is paused",
}


def act_answer(answer: Rendered, incident: IncidentSummary, buttons: Sequence[Block], *, row: str) -> Rendered:
    """An answer to an act, with the incident it was about and the buttons that take it back or change it.

    `row` is the block id of the buttons.
    """
    about = f"{incident.priority} · {title_line(incident.customer)}: {title_line(incident.title)}"
    blocks = [section([answer.text]), context(about)]
    if buttons:
        blocks.append(actions(buttons, block_id=text.cut(row, BLOCK_ID_MAX_CHARS)))
    return Rendered(text=f"{answer.text}\n{about}", blocks=blocks)


def above(answer: Rendered, message: Rendered) -> Rendered:
    """An answer above the card or list that it was asked in."""
    upper, lower = (rendered.blocks or [section(rendered.text.split("\n"))] for rendered in (answer, message))
    return Rendered(text=f"{answer.text}\n\n{message.text}", blocks=[*upper, divider(), *lower])


def remarked(incident: IncidentSummary, _: Reader) -> Rendered:
    """Confirm a remark."""
    return _stands(incident.key, "has your remark in its history")


def taken(incident: IncidentSummary, reader: Reader, *, by: str) -> Rendered:
    """Name the owner after somebody took the incident."""
    if incident.assignee != by:
        return _otherwise(incident.key, _owned(incident.assignee))
    return _stands(incident.key, _with_due("is yours", incident, reader))


def assigned(incident: IncidentSummary, reader: Reader, *, to: str) -> Rendered:
    """Name the owner after the incident was assigned to somebody."""
    if incident.assignee != to:
        return _otherwise(incident.key, _owned(incident.assignee))
    return _stands(incident.key, _with_due(f"is assigned to {text.mention(to)}, who is told", incident, reader))


def handed_back(incident: IncidentSummary, reader: Reader) -> Rendered:
    """Name the owner after the incident was handed back."""
    if incident.assignee is not None:
        return _otherwise(incident.key, _owned(incident.assignee))
    return _stands(incident.key, _with_due("is back with the dispatcher", incident, reader))


def responded(incident: IncidentSummary, reader: Reader) -> Rendered:
    """Say how fast the first reply was, and what is due next."""
    took = how_long_it_took(clock_of(incident, MetricName.FIRST_RESPONSE))
    return _stands(incident.key, _with_due(f"has its first reply{f', {took}' if took else ''}", incident, reader))


def updated(incident: IncidentSummary, reader: Reader, *, words: str) -> Rendered:
    """Say what the customer was told, and when they hear from us next."""
    if incident.promise is None:
        return _stands(incident.key, _with_due(f"customer told {quoted(words)}", incident, reader), colon=True)
    next_at = reader.when(incident.promise)
    return _stands(incident.key, f"customer told {quoted(words)}, and told to hear from us by {next_at}", colon=True)


def planned(incident: IncidentSummary, reader: Reader, *, words: str) -> Rendered:
    """Say which plan the customer was given, and what is due next."""
    return _stands(incident.key, _with_due(f"the customer has the plan {quoted(words)}", incident, reader), colon=True)


def escalated(incident: IncidentSummary, reader: Reader, *, dispatcher: str | None) -> Rendered:
    """Name who was called to help, the dispatcher on duty, and say what is due next; nobody may be on duty."""
    called = f"{text.mention(dispatcher)}, who is on duty, is" if dispatcher else "The dispatcher channel is"
    due = what_is_due(incident, reader)
    return Rendered(f"{called} called to help with *{text.escape(incident.key)}*{f'; {due}' if due else ''}.")


def paused(incident: IncidentSummary, reader: Reader, *, reason: PauseReason) -> Rendered:
    """Say what it waits for and until when, and how much time its clocks have left."""
    held = incident.paused_for
    if reason not in held:
        return _otherwise(incident.key, f"is paused for {_reasons(held)}" if held else "is not paused")
    until = (
        "until somebody resumes it" if incident.pause_until is None else f"until {reader.when(incident.pause_until)}"
    )
    others = [other for other in held if other is not reason]
    beside = f", and is paused for {_reasons(others)}" if others else ""
    return _stands(incident.key, _with_due(f"{_WAITS[reason]}{beside} {until}", incident, reader))


def resumed(incident: IncidentSummary, reader: Reader) -> Rendered:
    """Say that the clocks run again and what is due, or which reasons still pause them."""
    if incident.paused_for:
        return _otherwise(incident.key, f"is still paused: {_reasons(incident.paused_for)}")
    return _stands(incident.key, _with_due("runs again", incident, reader))


def reprioritised(incident: IncidentSummary, reader: Reader, *, wanted: Priority) -> Rendered:
    """Name the priority after somebody changed it, and what it makes due."""
    if incident.priority != wanted.value:
        return _otherwise(incident.key, f"is {incident.priority}")
    counted = f"is {incident.priority} now, counted from its start {reader.when(incident.opened_at)}"
    return _stands(incident.key, _with_due(counted, incident, reader))


def resolved(incident: IncidentSummary, reader: Reader) -> Rendered:
    """Say whether the incident is resolved, and whether it was in time."""
    if incident.is_open:
        return _otherwise(incident.key, "is still open")
    took = how_long_it_took(clock_of(incident, MetricName.RESOLUTION))
    at = "" if incident.resolved_at is None else f" since {reader.when(incident.resolved_at)}"
    return _stands(incident.key, f"is resolved{at}{f', {took}' if took else ''}; {_late_beside(incident)}")


def _late_beside(incident: IncidentSummary) -> str:
    """Name what was late beside the fix, so that a fix in time does not sound as if all had been."""
    beside = (metric for metric in METRICS.values() if metric.name is not MetricName.RESOLUTION)
    late = [metric.owed for metric in beside if _was_missed(incident, metric.name)]
    if not late:
        return "every clock has stopped"
    *others, last = late
    return f"{', '.join(others)} and {last} were late" if others else f"{last} was late"


def _was_missed(incident: IncidentSummary, metric: MetricName) -> bool:
    return any(clock.metric is metric and clock.breached for clock in incident.clocks)


def acknowledged(incident: IncidentSummary, reader: Reader, *, by: str) -> Rendered:
    """Say who is on it after somebody said that they are, and by when the customer hears from us."""
    holder = incident.acknowledged_by
    if holder != by:
        return _otherwise(incident.key, f"has {text.mention(holder)} on it" if holder else "has nobody on it")
    promise = "" if incident.promise is None else f"; the customer hears from us by {reader.when(incident.promise)}"
    return Rendered(f"You are on *{text.escape(incident.key)}*{promise}.")


def snoozed(incident: IncidentSummary, reader: Reader, *, until: datetime | None, wanted: datetime) -> Rendered:
    """Say until when the repeats are silent after somebody snoozed them, and what is due meanwhile."""
    if until is None or until < wanted:
        return _otherwise(incident.key, "is not silent")
    return _stands(
        incident.key, _with_due(f"is silent until {reader.when(until)}; its clocks run on", incident, reader)
    )


def opened(incident: IncidentSummary, reader: Reader) -> Rendered:
    """Say which incident was opened, for whom, and what is due."""
    where = "".join(
        f", {what} {text.shown(name, NAME_MAX_CHARS)}"
        for what, name in (("site", incident.site), ("service", incident.service))
        if name
    )
    due = what_is_due(incident, reader)
    return Rendered(
        f"Opened *{text.escape(incident.key)}* ({text.escape(incident.priority)}) "
        f"for {text.shown(incident.customer, NAME_MAX_CHARS)}{where}{f': {due}' if due else ''}."
    )


def reopened(incident: IncidentSummary, reader: Reader, *, instead_of: TooLate | None) -> Rendered:
    """Say that the incident is open again, or which new incident was opened instead."""
    if instead_of is None:
        if not incident.is_open:
            return _otherwise(incident.key, "is still resolved")
        return _stands(incident.key, _with_due("is open again; the resolved time does not count", incident, reader))
    ago, window = short(reader.now - instead_of.resolved_at), short(instead_of.window)
    return Rendered(
        f"*{text.escape(instead_of.key)}* was resolved {ago} ago, past the {window} of its agreement; "
        f"*{text.escape(incident.key)}* was opened instead."
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


def used_sop(incident: IncidentSummary, _: Reader, *, sop: str, title: str, helped: bool) -> Rendered:
    """Confirm that a procedure was followed for an incident, and whether it helped."""
    named = f"*{text.escape(sop)}* {title_line(title)}"
    return _stands(incident.key, f"{named} {'helped' if helped else 'did not help'}", colon=True)


def linked_sop(incident: IncidentSummary, _: Reader, *, sop: str, title: str) -> Rendered:
    """Confirm that a procedure was linked with an incident."""
    return _stands(incident.key, f"*{text.escape(sop)}* {title_line(title)} is on its card first", colon=True)


def _with_due(what: str, incident: IncidentSummary, reader: Reader) -> str:
    due = what_is_due(incident, reader)
    return f"{what}; {due}" if due else what


def _stands(key: str, what: str, *, colon: bool = False) -> Rendered:
    return Rendered(f"*{text.escape(key)}*{':' if colon else ''} {what}.")


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
