from datetime import datetime, timedelta

from bot.action_ids import ActionId
from bot.text import mention, moment, shown, unformatted
from bot.views.incident_state import incident_mark, pause_line
from bot.views.parts import (
    BLOCK_ID_MAX_CHARS,
    HEADER_MAX_CHARS,
    Block,
    actions,
    button,
    context,
    header,
    named_incident,
    section,
    ticket_button,
    title_line,
)
from bot.views.rendered import Rendered
from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.text.plain_text import utf16_units
from sla_engine.domain.time.durations import in_business_days
from sla_engine.services.queries.board import IncidentSummary, StatusList

WITH_BUTTONS = 3
LISTED_MOST = 20
LIST_ROW = "status"
"""The first word of the block ids of a list that can be made again from the words after it."""
SCOPE_MAX_CHARS = 60
NARROWER = "say whose, which customer, `P1` or `overdue` after `/sla status`."

_HEADLINES = {"mine": "Your open incidents", "all": "All open incidents"}
_EMPTY = {
    "mine": "Nothing is assigned to you right now. `/sla status all` shows what is open.",
    "all": "Nothing is open right now.",
}


def status_message(listed: StatusList, *, now: datetime, asked: str | None = None) -> Rendered:
    """Open incidents by time left, two lines each, with buttons for the most urgent ones.

    `asked` are the words of `/sla status` that list the same: rows of buttons carry them, so that the list follows its
    own buttons; None where no words do.
    Times are instants that every reader sees in their own zone: due times stay true while the list stands there.
    """
    headline = _HEADLINES.get(listed.scope, f"Open incidents · {unformatted(listed.scope, HEADER_MAX_CHARS)}")
    if not listed.incidents:
        return _empty(listed.scope)
    blocks: list[Block] = [header(headline)]
    lines = [shown(headline, SCOPE_MAX_CHARS)]
    for place, incident in enumerate(listed.incidents[:LISTED_MOST]):
        about = incident_lines(incident, now=now, is_mine=listed.scope == "mine")
        blocks.append(section(about))
        lines += about
        if place < WITH_BUTTONS:
            blocks.append(actions(incident_buttons(incident), block_id=_row(incident.key, asked)))
    more = listed.more + max(0, len(listed.incidents) - LISTED_MOST)
    if more > 0:
        below = f"{more} more {'is' if more == 1 else 'are'} not shown; {NARROWER}"
        blocks.append(context(below))
        lines.append(below)
    return Rendered(text="\n".join(lines), blocks=blocks)


def _row(key: str, asked: str | None) -> str:
    row = f"{LIST_ROW}:{key}:{asked}"
    return f"list:{key}" if asked is None or utf16_units(row) > BLOCK_ID_MAX_CHARS else row


def _empty(scope: str) -> Rendered:
    line = _EMPTY.get(scope, f"Nothing is open for {shown(scope, SCOPE_MAX_CHARS)} right now.")
    return Rendered(text=line, blocks=[section([line])])


def incident_lines(incident: IncidentSummary, *, now: datetime, is_mine: bool) -> list[str]:
    """Two lines about an incident: what it is, and what is due next; whose it is, unless it is the reader's."""
    ticket = f", {shown(incident.ticket, SCOPE_MAX_CHARS)}" if incident.ticket else ""
    named = f"{incident_mark(incident)} {named_incident(incident.key, incident.link)}{ticket}"
    what = f"*{incident.priority}* {title_line(incident.customer)}: {title_line(incident.title)}"
    owner = [] if is_mine else [f"{mention(incident.assignee)} has it"]
    return [f"{named} · {what}", " · ".join([*_next(incident, now=now), *owner])]


def _next(incident: IncidentSummary, *, now: datetime) -> list[str]:
    clock = incident.next_clock
    parts = [pause_line(incident, now=now)] if incident.paused_for else []
    if clock is None:
        return [*parts, "No clock runs"]
    metric = METRICS[clock.metric]
    if clock.due_at is not None:
        words = f"*{metric.was_due}*" if clock.due_at <= now else metric.due
        return [*parts, f"{words} {moment(clock.due_at)}"]
    if clock.state is ClockState.PAUSED:
        length = in_business_days(abs(clock.left), clock.business_day)
        left = f"{length} left" if clock.left >= timedelta(0) else f"{length} late"
        return [*parts, f"{metric.label} rests with {left}"]
    return [*parts, f"{metric.label} is never due"]


def incident_buttons(incident: IncidentSummary) -> list[Block]:
    """The buttons of an incident in a list: its card, the likely next step, its ticket."""
    return [
        button("Show", ActionId.SHOW, value=incident.key),
        *_most_useful(incident),
        *ticket_button(incident.link, key=incident.key),
    ]


def _most_useful(incident: IncidentSummary) -> list[Block]:
    """The button for the likely next step: take, resume, respond, or update the customer."""
    key = incident.key
    if incident.is_free:
        return [button("Take", ActionId.TAKE, value=key, style="primary")]
    if incident.paused_for:
        return [button("Resume", ActionId.RESUME, value=key)]
    if _awaits_response(incident):
        return [button("Reply sent", ActionId.RESPOND, value=key, style="primary")]
    return [button("Customer told…", ActionId.UPDATE_OPEN, value=key)]


def _awaits_response(incident: IncidentSummary) -> bool:
    return any(clock.metric is MetricName.FIRST_RESPONSE and clock.stopped_at is None for clock in incident.clocks)
