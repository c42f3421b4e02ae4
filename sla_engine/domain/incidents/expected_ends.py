"""When the pauses that hold are expected to end: each reason has an end of its own, or none."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sla_engine.domain.incidents.events import Entry, Paused, in_order
from sla_engine.domain.incidents.reasons import PauseReason


def expected_ends(history: Sequence[Entry], held: Collection[PauseReason]) -> Mapping[PauseReason, datetime]:
    """The expected end of each reason in `held`, those that hold now; one without an end is left out.

    The last thing that was said of a reason counts.
    """
    if not held:
        return {}
    said = [entry.event for entry in in_order(history) if isinstance(entry.event, Paused)]
    last = {event.reason: event.until for event in said if event.reason in held}
    return {reason: until for reason, until in last.items() if until is not None}
