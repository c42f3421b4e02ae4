"""What figures are counted for: a week or a month."""

from sla_engine.domain.time.months import Month
from sla_engine.domain.time.weeks import Week

Period = Week | Month


def weeks_within(period: Period, *, zone: str) -> list[Week]:
    """The weeks of which a part lies in the period, in order."""
    start, end = period.span(zone=zone)
    week, weeks = Week.of(start, zone=zone), []
    while week.span(zone=zone)[0] < end:
        weeks.append(week)
        week = week.following()
    return weeks
