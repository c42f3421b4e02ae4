"""How soon people act on nudges, in words."""

from datetime import timedelta

from sla_engine.domain.reporting.escalation_times import EscalationTimes
from sla_engine.domain.time.durations import short

LEAST_SHOWN = timedelta(minutes=1)


def times_in_words(times: EscalationTimes) -> str:
    """The figures in a sentence or two."""
    if not times.nudges:
        nudged = "no nudge that is decided yet."
    else:
        parts = [f"{times.nudges} {'nudge' if times.nudges == 1 else 'nudges'}", f"{times.acted_on} acted on"]
        if times.half_within is not None:
            parts.append(f"half within {_minutes(times.half_within)}")
        if times.slowest_tenth is not None:
            parts.append(f"the slowest tenth {_minutes(times.slowest_tenth)} or more")
        nudged = f"{', '.join(parts)}."
    kept = f" Promises kept: {times.promises_kept} of {times.promises}." if times.promises else ""
    return nudged + kept


def _minutes(duration: timedelta) -> str:
    return "a minute" if duration <= LEAST_SHOWN else short(duration)
