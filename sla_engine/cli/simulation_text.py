"""A simulation as plain text for a terminal."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from tabulate import tabulate

from sla_engine.domain.escalation.forecast import ForeseenNudge
from sla_engine.domain.text.plain_text import one_line, plain_text
from sla_engine.domain.time.durations import short
from sla_engine.domain.time.local_time import local_time
from sla_engine.services.simulation.outlook import IncidentOutlook, Simulation
from sla_engine.text.simulation_words import (
    clock_name,
    due_words,
    effect_words,
    nudge_words,
    place_words,
    rest_words,
    supposition_words,
)

_CLOCKS = ("clock", "due now", "would be due", "so")
_NUDGES = ("when", "what", "to", "where")


def as_text(simulation: Simulation, *, zone: str) -> str:
    """The simulation as headings, tables and lines; times are those of `zone`."""
    writer = _Writer(zone)
    return plain_text("\n\n".join(writer.parts(simulation)))


class _Writer:
    """Writes the parts of a simulation with the times of one zone."""

    def __init__(self, zone: str) -> None:
        self.zone = zone

    def parts(self, simulation: Simulation) -> Iterator[str]:
        times = f"Times are {self.zone}; now is {self.when(simulation.now)}. Nothing is stored."
        yield f"If {supposition_words(simulation, when=self.when)}\n{times}"
        for incident in simulation.incidents:
            yield from self._incident(incident, simulation)
        if not simulation.incidents:
            yield "No open incident would change."
        if rest_words(simulation):
            yield rest_words(simulation)

    def when(self, at: datetime) -> str:
        return local_time(at, zone=self.zone).strftime("%a %Y-%m-%d %H:%M")

    def _incident(self, incident: IncidentOutlook, simulation: Simulation) -> Iterator[str]:
        about = (incident.key or "the new incident", incident.priority.value, incident.customer, incident.title)
        head = " · ".join(one_line(words) for words in about if words)
        yield f"{head}\n{self._clocks(incident)}"
        if not incident.nudges:
            yield "No nudge would be sent in the next 14 days."
            return
        yield f"Nudges if nobody acts\n{self._nudges(incident.nudges, simulation)}"
        if incident.otherwise is not None:
            yield f"If it is not resumed then, its clocks rest on\n{self._nudges([incident.otherwise], simulation)}"

    def _clocks(self, incident: IncidentOutlook) -> str:
        if not incident.changes:
            return "No clock would change."
        rows = [
            (
                clock_name(change),
                due_words(change.before, when=self.when, length=short),
                due_words(change.after, when=self.when, length=short),
                effect_words(change, length=short),
            )
            for change in incident.changes
        ]
        return tabulate(rows, headers=_CLOCKS, tablefmt="simple", disable_numparse=True)

    def _nudges(self, nudges: Sequence[ForeseenNudge], simulation: Simulation) -> str:
        rows = [
            (self.when(nudge.at), nudge_words(nudge, length=short), *place_words(nudge, simulation.names))
            for nudge in nudges
        ]
        return tabulate(rows, headers=_NUDGES, tablefmt="simple", disable_numparse=True)
