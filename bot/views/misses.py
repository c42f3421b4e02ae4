"""The missed targets behind a figure, for one reader: which incidents, late by how much, and why."""

from datetime import timedelta

from bot.action_ids import ActionId
from bot.text import fallback_moment, mention, moment, shown, unformatted
from bot.views.parts import (
    HEADER_MAX_CHARS,
    Block,
    actions,
    button,
    context,
    header,
    named_incident,
    section_with,
    title_line,
)
from bot.views.rendered import Rendered
from bot.views.storm import Written
from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.incidents.reasons import BREACH_REASONS, Attribution
from sla_engine.domain.reporting.missed_targets import MissedIncident, MissedTarget, MissFilter
from sla_engine.domain.text.plain_text import one_line, utf16_units
from sla_engine.domain.time.durations import in_business_days
from sla_engine.services.queries.misses import PAGE_INCIDENTS, MissList

LIST_ROW = "misses"
"""The first word of block ids in a list of misses: a click on one replaces the list."""
NAME_MAX_CHARS = 60
WORDS_MAX_CHARS = 1900  # Slack takes 2,000 as a button's value, and the place on the page comes before them
PERIODS_SHOWN = 3
"""Of several missed customer updates, so many due instants are named."""
SIDE_WORDS = {Attribution.US: "ours", Attribution.CUSTOMER: "customer", Attribution.THIRD_PARTY: "third-party"}


def button_value(words: str, *, start: int = 0) -> str:
    """The value of a button that opens a list; `words` are those of `/sla misses`, with the period by its name."""
    return f"{start} {words}"


def misses_message(listed: MissList) -> Rendered:
    """One page of the list, two lines an incident, with the act for what nobody has explained."""
    headline, count = ", ".join([f"Missed in {listed.period}", *_filter_words(listed.wanted)]), _count(listed)
    lines = [shown(headline, HEADER_MAX_CHARS), count]
    blocks: list[Block] = [header(unformatted(headline, HEADER_MAX_CHARS)), context(count)]
    for incident in listed.incidents:
        blocks.append(_section(incident))
        lines += _lines(incident, written=fallback_moment)
    row = _page_buttons(listed)
    if row:
        blocks.append(actions(row, block_id=f"{LIST_ROW}:{listed.start}"))
    return Rendered(text="\n".join(lines), blocks=blocks)


def _canonical_words(listed: MissList) -> str:
    """The words of `/sla misses` that list the same at any later time."""
    return " ".join([str(listed.period), *_filter_words(listed.wanted)])


def _filter_words(wanted: MissFilter) -> list[str]:
    return [
        *([wanted.customer] if wanted.customer else []),
        *(METRICS[metric].label.lower() for metric in wanted.metrics),
        *(reason.value for reason in wanted.reasons),
        *(SIDE_WORDS[side] for side in wanted.sides),
        *(priority.value for priority in wanted.priorities),
        *(["unexplained"] if wanted.is_unexplained else []),
    ]


def _count(listed: MissList) -> str:
    own = " Your own, and those whose note you are asked for." if listed.wanted.person is not None else ""
    if not listed.target_count:
        return f"Nothing was missed.{own}"
    targets = "1 target" if listed.target_count == 1 else f"{listed.target_count} targets"
    incidents = "1 incident" if listed.incident_count == 1 else f"{listed.incident_count} incidents"
    explained = f"{listed.unexplained_count} not explained" if listed.unexplained_count else "all explained"
    is_whole = len(listed.incidents) == listed.incident_count
    place = "" if is_whole else f" {listed.start + 1} to {listed.end} of {listed.incident_count} are shown."
    return f"{targets} missed at {incidents}, {explained}.{place}{own}"


def _section(incident: MissedIncident) -> Block:
    first, lines = incident.first, _lines(incident, written=moment)
    if incident.is_explained:
        return section_with(lines, button("Show", ActionId.SHOW, value=first.incident_key))
    return section_with(lines, button("Write the note…", ActionId.NOTE_OPEN, value=first.incident_key))


def _lines(incident: MissedIncident, *, written: Written) -> list[str]:
    first = incident.first
    ticket = f", {shown(first.ticket, NAME_MAX_CHARS)}" if first.ticket else ""
    what = f"*{first.priority}* {title_line(first.customer)}: {title_line(first.title)}"
    late = " · ".join(_late_words(incident, written=written))
    return [
        f"{named_incident(first.incident_key, first.link)}{ticket} · {what}",
        f"{late} · with {mention(first.owner)} · {_why(incident)}",
    ]


def _late_words(incident: MissedIncident, *, written: Written) -> list[str]:
    """What was late and by how much; several periods of one metric are told together."""
    of_metric: dict[str, list[MissedTarget]] = {}
    for target in incident.targets:
        of_metric.setdefault(METRICS[target.metric].label, []).append(target)
    return [_late(label, targets, written=written) for label, targets in of_metric.items()]


def _late(label: str, targets: list[MissedTarget], *, written: Written) -> str:
    if len(targets) == 1:
        return f"{label} {_by(targets[0])}, was due {written(targets[0].missed_at)}"
    due = ", ".join(written(target.missed_at) for target in targets[:PERIODS_SHOWN])
    more = f" and {len(targets) - PERIODS_SHOWN} more" if len(targets) > PERIODS_SHOWN else ""
    return f"{label} late {len(targets)} times, was due {due}{more}"


def _by(target: MissedTarget) -> str:
    late_by = target.late_by
    if late_by is None:
        return "still owed"
    return f"{in_business_days(late_by, target.business_day)} late" if late_by > timedelta(0) else "late"


def _why(incident: MissedIncident) -> str:
    reasons = dict.fromkeys(target.reason for target in incident.targets if target.reason is not None)
    words = [BREACH_REASONS[reason].label for reason in reasons]
    return ", ".join([*words, *([] if incident.is_explained else ["*not explained*"])])


def _page_buttons(listed: MissList) -> list[Block]:
    """The buttons that turn the page; none where Slack would not carry the words of the list."""
    buttons, words = [], _canonical_words(listed)
    if words != one_line(words) or utf16_units(words) > WORDS_MAX_CHARS:
        return []
    if listed.start > 0:
        before = max(listed.start - PAGE_INCIDENTS, 0)
        buttons.append(button("Back", ActionId.MISSES_BEFORE, value=button_value(words, start=before)))
    if listed.end < listed.incident_count:
        buttons.append(button("Next", ActionId.MISSES_SHOW, value=button_value(words, start=listed.end)))
    return buttons
