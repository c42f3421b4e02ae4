"""The clocks of an incident in a sentence: due times while they run, the time left while they rest."""

from datetime import datetime, timedelta

from bot.views.reader import Reader
from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.time.durations import in_business_days
from sla_engine.services.queries.board import ClockSummary, IncidentSummary


def what_is_due(incident: IncidentSummary, reader: Reader) -> str:
    """The clock that is due next, and the fix; empty where no clock is alive.

    `first reply due 10:15; fix due Fri 14:00`, or for a clock at rest `the fix has 3 h 40 m left`.
    """
    alive = [clock for clock in incident.clocks if clock.state in (ClockState.RUNNING, ClockState.PAUSED)]
    running = sorted((due, clock.metric) for clock in alive if (due := clock.due_at) is not None)
    wanted = {MetricName.RESOLUTION, *(metric for _, metric in running[:1])}
    named = [clock for clock in alive if clock.metric in wanted]
    named.sort(key=lambda clock: clock.metric is MetricName.RESOLUTION)
    return "; ".join(clause for clause in (_clause(clock, reader) for clock in named) if clause)


def how_long_it_took(clock: ClockSummary | None) -> str:
    """How a clock ended: `in time after 12 m of 15 m`; empty where it has not stopped."""
    if clock is None or clock.state is not ClockState.STOPPED:
        return ""
    judged = "late" if clock.breached else "in time"
    spent, target = (
        in_business_days(length, clock.business_day) for length in (clock.target - clock.left, clock.target)
    )
    return f"{judged} after {spent} of {target}"


def clock_of(incident: IncidentSummary, metric: MetricName) -> ClockSummary | None:
    """The incident's clock of one metric; None where nothing was promised."""
    return next((clock for clock in incident.clocks if clock.metric is metric), None)


def _clause(clock: ClockSummary, reader: Reader) -> str:
    if clock.state is ClockState.PAUSED:
        length = in_business_days(abs(clock.left), clock.business_day)
        stands = f"is {length} late" if clock.left < timedelta(0) else f"has {length} left"
        return f"{METRICS[clock.metric].owed} {stands}"
    return "" if clock.due_at is None else _due(clock.metric, clock.due_at, reader)


def _due(metric: MetricName, due_at: datetime, reader: Reader) -> str:
    row = METRICS[metric]
    words = row.was_due if due_at <= reader.now else row.due
    return f"{words[0].lower()}{words[1:]} {reader.when(due_at)}"
