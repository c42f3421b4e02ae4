from datetime import datetime, timedelta

from bot.text import fitting, mention, moment, shown, unformatted
from bot.views.card_acts import card_acts, follower
from bot.views.card_sops import SOP_ROWS, sop_blocks, sop_texts
from bot.views.fact_sentences import history_lines
from bot.views.incident_state import incident_mark, pause_line
from bot.views.parts import (
    HEADER_MAX_CHARS,
    SECTION_MAX_CHARS,
    actions,
    context,
    fields,
    header,
    named_incident,
    section,
    title_line,
)
from bot.views.rendered import Rendered
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.endings import ending
from sla_engine.domain.incidents.events import (
    Complained,
    Deleted,
    Merged,
    Moved,
    Opened,
    PrioritySet,
    RungReached,
    Undone,
)
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.time.durations import in_business_days, short
from sla_engine.services.problems.problem_behind import ProblemBehind
from sla_engine.services.queries.board import ClockSummary, IncidentDetail, IncidentSummary
from sla_engine.text.why_words import attribution_words, breach_word, without_due

HISTORY_SHOWN = 5
NAME_MAX_CHARS = 60
WORKAROUND_MAX_CHARS = 600
CARD_ROWS = ("card", "card-more", "card-answer", *SOP_ROWS)
"""The first words of the block ids of a card's buttons, and of those of an answer above it."""


def incident_card(detail: IncidentDetail, *, now: datetime) -> Rendered:
    """Everything about one incident: who has it, its clocks, what happened last, and what can be done."""
    incident = detail.summary
    blocks = [
        header(f"{incident.key} · {unformatted(incident.title, HEADER_MAX_CHARS)}"),
        section(_summary_lines(detail, now=now)),
    ]
    if incident.clocks:
        has_ended = ending(detail.history) is not None
        blocks.append(fields([_clock(clock, has_ended=has_ended) for clock in incident.clocks]))
    lines = _latest_facts(detail.history)
    if lines:
        blocks.append(context(fitting(lines, SECTION_MAX_CHARS)))
    blocks.append(actions(card_acts(detail), block_id=f"card:{incident.key}"))
    blocks += sop_blocks(incident.key, detail.sops)
    return Rendered(text=_text(detail, now=now), blocks=blocks)


def _summary_lines(detail: IncidentDetail, *, now: datetime) -> list[str]:
    return [
        *_status_lines(detail, now=now),
        *_related_incidents(detail),
        *_problem(detail.problem),
        *_guessed_priority(detail),
        *_attribution_line(detail),
    ]


def _status_lines(detail: IncidentDetail, *, now: datetime) -> list[str]:
    incident = detail.summary
    owner = f"owner {mention(incident.assignee)}" if incident.assignee else "no owner yet"
    named = named_incident(incident.key, incident.link)
    if incident.ticket:
        named = f"{named}, {shown(incident.ticket, NAME_MAX_CHARS)}"
    lines = [f"{incident_mark(incident)} {named} · {incident.priority} · {title_line(incident.customer)} · {owner}"]
    lines += _places(incident)
    lines.append(f"Opened {moment(incident.opened_at)}")
    lines += _how_it_ended(detail)
    if incident.paused_for:
        lines.append(pause_line(incident, now=now))
    if incident.customer_waits_since is not None:
        lines.append(f"The customer has waited for an answer since {moment(incident.customer_waits_since)}")
    lines += [f"😠 The customer complained {moment(at)}" for at in _complaints(detail)[-1:]]
    lines += _promise_line(incident)
    return lines


def _complaints(detail: IncidentDetail) -> list[datetime]:
    return [entry.at for entry in detail.history if isinstance(entry.event, Complained)]


def _how_it_ended(detail: IncidentDetail) -> list[str]:
    """Say how a closed incident ended; empty while it is open."""
    resolved_at, last = detail.summary.resolved_at, ending(detail.history)
    match None if last is None else last.event:
        case Merged(into=into) if last is not None:
            return [f"Merged into *{shown(into, NAME_MAX_CHARS)}* {moment(last.at)}"]
        case Moved(key=key, customer=customer) if last is not None:
            return [f"Moved to {shown(customer, NAME_MAX_CHARS)} as *{shown(key, NAME_MAX_CHARS)}* {moment(last.at)}"]
        case Deleted() if last is not None:
            return [f"Its ticket was deleted {moment(last.at)}"]
        case Undone() if last is not None:
            return [f"{mention(last.by)} took its opening back {moment(last.at)}; it counts in no figure"]
        case _:
            return [] if resolved_at is None else [f"Resolved {moment(resolved_at)}"]


def _guessed_priority(detail: IncidentDetail) -> list[str]:
    """Name the ticket system's word behind the priority, while nobody has said what the word means."""
    if not detail.summary.is_open or any(isinstance(entry.event, PrioritySet) for entry in detail.in_effect):
        return []
    word = next((entry.event.priority_word for entry in detail.history if isinstance(entry.event, Opened)), "")
    named = f"“{shown(word, NAME_MAX_CHARS)}”"
    return [f"Opened as {named}: {detail.summary.priority} until somebody says what that means"] if word else []


def _places(incident: IncidentSummary) -> list[str]:
    named = (("Site", incident.site), ("Service", incident.service))
    parts = [f"{what} {shown(name, NAME_MAX_CHARS)}" for what, name in named if name]
    return [" · ".join(parts)] if parts else []


def _related_incidents(detail: IncidentDetail) -> list[str]:
    """Name the incident that this one continues, and the one that continues it."""
    opened = next((entry.event for entry in detail.history if isinstance(entry.event, Opened)), None)
    successor, lines = follower(detail), []
    if opened is not None and opened.follows:
        lines.append(f"Follows *{shown(opened.follows, NAME_MAX_CHARS)}*, which could not be reopened any more")
    if opened is not None and opened.moved_from:
        lines.append(f"Was *{shown(opened.moved_from, NAME_MAX_CHARS)}* until its customer changed")
    return [*lines, f"Came back as *{shown(successor, NAME_MAX_CHARS)}*"] if successor else lines


def _problem(problem: ProblemBehind | None) -> list[str]:
    """Name the problem behind it, or the one it looks like, and how to live with that."""
    if problem is None:
        return []
    named = f"*{shown(problem.key, NAME_MAX_CHARS)}*: {title_line(problem.title)}"
    lines = [f"{'Belongs to' if problem.is_linked else 'Looks like'} {named}"]
    return [*lines, f"*Workaround:* {shown(problem.workaround, WORKAROUND_MAX_CHARS)}"] if problem.workaround else lines


def _promise_line(incident: IncidentSummary) -> list[str]:
    if incident.acknowledged_by is None and incident.promise is None:
        return []
    parts = []
    if incident.acknowledged_by is not None:
        parts.append(f"{mention(incident.acknowledged_by)} is on it")
    if incident.promise is not None:
        parts.append(f"{'the' if parts else 'The'} customer hears from us by {moment(incident.promise)}")
    return [" · ".join(parts)]


def _attribution_line(detail: IncidentDetail) -> list[str]:
    """Say who held the ball, once any clock has rested."""
    attribution = detail.attributed_time
    if attribution is None or not attribution.rested:
        return []
    return [f"Who held the ball: {attribution_words(attribution, short)}"]


def _clock(clock: ClockSummary, *, has_ended: bool) -> str:
    """`has_ended`: the incident was merged, moved or deleted, and its clocks with it."""
    if clock.state is ClockState.CANCELLED and not has_ended:
        return f"*{clock.label}*\nNothing is promised any more"
    return "\n".join([f"*{clock.label}*{_miss_mark(clock)}", *_state(clock, has_ended=has_ended), *_first_stop(clock)])


def _miss_mark(clock: ClockSummary) -> str:
    if not clock.breached:
        return ""
    return f" · {breach_word(clock.state)}{' · waived' if clock.waived else ''}"


def _first_stop(clock: ClockSummary) -> list[str]:
    if clock.first_elapsed is None:
        return []
    ended = "Resolved" if clock.metric is MetricName.RESOLUTION else "Stopped"
    first, in_all = (_length(clock, spent) for spent in (clock.first_elapsed, clock.target - clock.left))
    return [f"{ended} first after {first}, in all {in_all}"]


def _state(clock: ClockSummary, *, has_ended: bool) -> list[str]:
    if clock.state is ClockState.STOPPED:
        used = f"{_length(clock, clock.target - clock.left)} of {_length(clock, clock.target)}"
        how = _how_stopped(clock, has_ended=has_ended)
        return [f"{how} {used}", *([moment(clock.stopped_at)] if clock.stopped_at else [])]
    if clock.state is ClockState.PAUSED:
        return [f"Paused: {_left(clock)}"]
    if clock.state is ClockState.RUNNING:
        return [_left(clock), _due(clock)]
    return [clock.state.value.capitalize()]


def _how_stopped(clock: ClockSummary, *, has_ended: bool) -> str:
    """A first reply after its time is late; a clock that ended with its incident was not stopped by a reply."""
    if not clock.breached:
        return "Done in"
    was_replied = clock.metric is MetricName.FIRST_RESPONSE and not has_ended
    return "Late, after" if was_replied else "Ended after"


def _due(clock: ClockSummary) -> str:
    if clock.due_at is None:
        return without_due(clock.state)
    return f"{'was due' if clock.left < timedelta(0) else 'due'} {moment(clock.due_at)}"


def _left(clock: ClockSummary) -> str:
    target = _length(clock, clock.target)
    over = clock.left < timedelta(0)
    left = _length(clock, abs(clock.left))
    return f"{left} over the {target}" if over else f"{left} left of {target}"


def _length(clock: ClockSummary, length: timedelta) -> str:
    return in_business_days(length, clock.business_day)


def _latest_facts(history: tuple[Entry, ...]) -> list[str]:
    return history_lines([entry for entry in history if not isinstance(entry.event, RungReached)])[-HISTORY_SHOWN:]


def _text(detail: IncidentDetail, *, now: datetime) -> str:
    """The whole card for phones and screen readers."""
    incident = detail.summary
    lines = [f"{incident.key} · {title_line(incident.title)}", *_summary_lines(detail, now=now)]
    clocks = (_clock_text(clock, has_ended=ending(detail.history) is not None) for clock in incident.clocks)
    return "\n".join([*lines, *clocks, *sop_texts(detail.sops)])


def _clock_text(clock: ClockSummary, *, has_ended: bool) -> str:
    label = clock.label
    if clock.state is ClockState.CANCELLED and not has_ended:
        return f"{label}: nothing is promised any more"
    if clock.state in (ClockState.RUNNING, ClockState.PAUSED):
        return f"{label}: {_left(clock)}, {_due(clock)}"
    return f"{label}: {clock.state.value}{f', {breach_word(clock.state)}' if clock.breached else ''}"
