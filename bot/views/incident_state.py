"""How an incident stands, as cards and lists show it: its mark, and what it waits for."""

from datetime import datetime

from bot.text import moment
from sla_engine.domain.incidents.reasons import PAUSE_REASONS
from sla_engine.services.queries.board import IncidentSummary


def incident_mark(incident: IncidentSummary) -> str:
    """The sign of an incident: missed, closed, paused or running; a text always says the same."""
    if incident.breached:
        return ":red_circle:"
    if not incident.is_open:
        return ":white_check_mark:"
    return ":double_vertical_bar:" if incident.paused_for else ":large_green_circle:"


def pause_line(incident: IncidentSummary, *, now: datetime) -> str:
    """What it waits for, and until when."""
    reasons = ", ".join(PAUSE_REASONS[reason].label for reason in incident.paused_for)
    until = incident.pause_until
    if until is None:
        return f"Paused: {reasons}"
    return f"Paused: {reasons}, {'until' if until > now else 'expected to end'} {moment(until)}"
