"""The incidents that somebody may mean who named none: by the state that the act needs, least time left first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.incident_filter import IncidentCondition, IncidentFilter
from sla_engine.services.queries.board import Board, IncidentSummary, StatusList


class Listed(StrEnum):
    """The incidents offered to somebody who named none."""

    MINE = "These are yours"
    FREE = "Nobody has these"
    OPEN = "These are open"
    NONE = ""


_LISTED: Mapping[str, Listed] = {
    "take": Listed.FREE,
    "ack": Listed.OPEN,
    "assign": Listed.OPEN,
    "snooze": Listed.OPEN,
    "reopen": Listed.NONE,
    "merge": Listed.NONE,
    "waive": Listed.NONE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The incidents that may be meant and what they are; `only` is the one of mine that can be, where it is one."""

    incidents: tuple[IncidentSummary, ...]
    why: str
    only: IncidentSummary | None = None


def _awaits(metric: MetricName) -> Callable[[IncidentSummary], bool]:
    alive = (ClockState.RUNNING, ClockState.PAUSED)
    return lambda incident: any(clock.metric is metric and clock.state in alive for clock in incident.clocks)


_NEEDS: Mapping[str, tuple[Callable[[IncidentSummary], bool], str]] = {
    "resume": (lambda incident: bool(incident.paused_for), "that is paused"),
    "respond": (_awaits(MetricName.FIRST_RESPONSE), "that waits for its first reply"),
    "plan": (_awaits(MetricName.RESOLUTION_PLAN), "without a plan"),
}
"""The state that an act needs; an act that is not listed can be meant for any open incident."""


class UnnamedIncidents:
    """Finds the incidents that may be meant; nothing here changes anything."""

    def __init__(self, board: Board) -> None:
        self.board = board

    def candidates(self, name: str, person: str, *, now: datetime) -> Candidates:
        """Those that the act `name` may be meant for by this person."""
        listed = _LISTED.get(name, Listed.MINE)
        if listed is not Listed.MINE:
            return Candidates(incidents=self._others(listed, now=now).incidents, why=listed.value)
        mine = self.board.mine(person, now=now)
        needs, state = _NEEDS.get(name, (lambda _: True, "that is open"))
        fitting = tuple(incident for incident in mine.incidents if needs(incident))
        if len(fitting) == 1 and not mine.more:
            return Candidates(incidents=fitting, why=f"It is the only one of yours {state}", only=fitting[0])
        return Candidates(incidents=fitting or mine.incidents, why=listed.value)

    def _others(self, listed: Listed, *, now: datetime) -> StatusList:
        match listed:
            case Listed.FREE:
                free = IncidentFilter(conditions=[IncidentCondition.UNASSIGNED])
                return self.board.listed(free, now=now, scope="all")
            case Listed.OPEN:
                return self.board.everything(now=now)
            case _:
                return StatusList(incidents=(), more=0, scope="all")
