from collections.abc import Mapping
from datetime import datetime, timedelta

from tabulate import tabulate

from bot.action_ids import ActionId
from bot.text import cut, local, mention, shown, unformatted
from bot.views.parts import (
    HEADER_MAX_CHARS,
    Block,
    actions,
    button,
    context,
    header,
    named_incident,
    preformatted,
    section,
    table_text,
    ticket_button,
    title_line,
)
from bot.views.rendered import Rendered
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.text.plain_text import one_line
from sla_engine.domain.time.durations import short
from sla_engine.services.queries.board import ClockSummary, IncidentSummary, StatusList

LINE_MAX_CHARS = 60  # wider tables wrap on a phone
WITH_BUTTONS = 3
NAME_MAX_CHARS = 8
SCOPE_MAX_CHARS = 60
NOTHING = "–"

_HEADLINES = {"mine": "Your open incidents", "all": "All open incidents"}
_EMPTY = {
    "mine": "Nothing is assigned to you right now. `/sla status all` shows what is open.",
    "all": "Nothing is open right now.",
}


def status_message(listed: StatusList, *, zone: str, now: datetime, names: Mapping[str, str]) -> Rendered:
    """Open incidents by time left, times in the reader's `zone`, with buttons for the most urgent ones.

    `names` says what Slack ids are called, because a table cannot mention anybody.
    """
    headline = _HEADLINES.get(listed.scope, f"Open incidents · {unformatted(listed.scope, HEADER_MAX_CHARS)}")
    if not listed.incidents:
        return _empty(listed.scope)
    table = _table(listed, zone=zone, now=now, names=names)
    below = f"Times are {zone}."
    if listed.more > 0:
        below += f" {listed.more} more {'is' if listed.more == 1 else 'are'} not shown."
    blocks = [header(headline), preformatted(table), context(below)]
    for incident in listed.incidents[:WITH_BUTTONS]:
        blocks += _row(incident)
    text = f"{shown(headline, SCOPE_MAX_CHARS)}\n{table_text(table)}\n{below}"
    return Rendered(text=text, blocks=blocks)


def _empty(scope: str) -> Rendered:
    line = _EMPTY.get(scope, f"Nothing is open for {shown(scope, SCOPE_MAX_CHARS)} right now.")
    return Rendered(text=line, blocks=[section([line])])


def _table(listed: StatusList, *, zone: str, now: datetime, names: Mapping[str, str]) -> str:
    heads = ["key", "pri", "next", "left", "due"]
    with_owner = listed.scope != "mine"
    rows = []
    for incident in listed.incidents:
        cells = [incident.key, incident.priority, *_next(incident.next_clock, zone=zone, now=now)]
        rows.append([*cells, _owner(incident, names)] if with_owner else cells)
    table = tabulate(rows, [*heads, "who"] if with_owner else heads, tablefmt="plain", disable_numparse=True)
    return "\n".join(cut(line.rstrip(), LINE_MAX_CHARS) for line in table.splitlines())


def _next(clock: ClockSummary | None, *, zone: str, now: datetime) -> tuple[str, str, str]:
    if clock is None:
        return NOTHING, NOTHING, NOTHING
    left = f"{short(clock.left)}" if clock.left >= timedelta(0) else f"{short(-clock.left)} over"
    if clock.state is ClockState.PAUSED:
        return clock.short, left, "paused"
    if clock.due_at is None:
        return clock.short, left, "never"
    return clock.short, left, local(clock.due_at, zone, now=now)


def _owner(incident: IncidentSummary, names: Mapping[str, str]) -> str:
    if incident.assignee is None:
        return "nobody"
    words = one_line(names.get(incident.assignee, incident.assignee)).split()
    return unformatted(words[0], NAME_MAX_CHARS) if words else NOTHING


def _row(incident: IncidentSummary) -> list[Block]:
    owner = f"owner {mention(incident.assignee)}" if incident.assignee else "no owner yet"
    named = f"{named_incident(incident.key, incident.link)} · {incident.priority}"
    about = f"{named} · {title_line(incident.customer)} · {owner}"
    elements = [
        button("Show", ActionId.SHOW, value=incident.key),
        *_most_useful(incident),
        *ticket_button(incident.link, key=incident.key),
    ]
    return [section([about, title_line(incident.title)]), actions(elements, block_id=f"status:{incident.key}")]


def _most_useful(incident: IncidentSummary) -> list[Block]:
    """The button for the likely next step: take, resume, respond, or update the customer."""
    key = incident.key
    if incident.is_free:
        return [button("Take", ActionId.TAKE, value=key, style="primary")]
    if incident.paused_for:
        return [button("Resume", ActionId.RESUME, value=key)]
    if _awaits_response(incident):
        return [button("Respond", ActionId.RESPOND, value=key, style="primary")]
    return [button("Update customer", ActionId.UPDATE_OPEN, value=key)]


def _awaits_response(incident: IncidentSummary) -> bool:
    return any(clock.metric is MetricName.FIRST_RESPONSE and clock.stopped_at is None for clock in incident.clocks)
