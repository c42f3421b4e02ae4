"""The incidents that somebody may mean who named none: by the verb, and the state it needs, least time left first.

`docs/commands.md` has the same rules in a table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.incident_filter import IncidentCondition, IncidentFilter
from sla_engine.services.queries.board import Board, IncidentSummary, StatusList
from sla_engine.services.queries.calling_incidents import CallingIncidents


class Among(Enum):
    """The incidents among which somebody may mean one without naming it."""

    MINE = auto()
    FREE = auto()
    CALLING_ME = auto()
    MINE_RESOLVED = auto()
    NOTE_OWED = auto()
    OPEN = auto()
    NONE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The incidents that may be meant and what they are; `only` is the one that can be, where it is one."""

    incidents: tuple[IncidentSummary, ...]
    why: str
    only: IncidentSummary | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerbRule:
    """Among which incidents a verb looks, the state it needs, and how the only one and several are called."""

    among: Among = Among.MINE
    needs: Callable[[IncidentSummary], bool] = lambda _: True
    only: str = "It is the only one of yours that is open"
    several: str = "These are yours"
    acts: bool = True
    """Whether it acts on the only one; what reaches far is offered even then."""
    otherwise: Among = Among.NONE
    """What is offered where none fits."""

    @property
    def others(self) -> str:
        """What those are called."""
        return "These are open" if self.otherwise is Among.OPEN else "These are yours"


def _awaits(metric: MetricName) -> Callable[[IncidentSummary], bool]:
    alive = (ClockState.RUNNING, ClockState.PAUSED)
    return lambda incident: any(clock.metric is metric and clock.state in alive for clock in incident.clocks)


_USUAL = VerbRule()
_NOBODY_HAS = "It is the only one that nobody has"
_RULES: Mapping[str, VerbRule] = {
    "resume": VerbRule(
        needs=lambda incident: bool(incident.paused_for),
        only="It is the only one of yours that is paused",
        otherwise=Among.MINE,
    ),
    "respond": VerbRule(
        needs=_awaits(MetricName.FIRST_RESPONSE),
        only="It is the only one of yours that waits for its first reply",
        otherwise=Among.MINE,
    ),
    "plan": VerbRule(
        needs=_awaits(MetricName.RESOLUTION_PLAN),
        only="It is the only one of yours without a plan",
        otherwise=Among.MINE,
    ),
    "take": VerbRule(among=Among.FREE, only=_NOBODY_HAS, several="Nobody has these"),
    "assign": VerbRule(among=Among.FREE, only=_NOBODY_HAS, several="Nobody has these", otherwise=Among.OPEN),
    "ack": VerbRule(
        among=Among.CALLING_ME,
        needs=lambda incident: incident.acknowledged_by is None,
        only="It is the only one that calls you and that nobody is on",
        several="These call you",
        otherwise=Among.OPEN,
    ),
    "snooze": VerbRule(
        among=Among.CALLING_ME,
        only="It is the only one that calls you",
        several="These call you",
        otherwise=Among.OPEN,
    ),
    "reopen": VerbRule(
        among=Among.MINE_RESOLVED,
        only="It is the only one of yours that was resolved in the last day",
        several="These of yours were resolved in the last day",
    ),
    "note": VerbRule(
        among=Among.NOTE_OWED,
        only="It is the only one that waits for a note of yours",
        several="These wait for a note of yours",
        otherwise=Among.MINE,
    ),
    "waive": VerbRule(
        among=Among.OPEN, needs=lambda incident: incident.breached, several="These missed something", acts=False
    ),
    "merge": VerbRule(among=Among.NONE),
}
"""The rule of each verb; one that is not listed can be meant for any open incident of somebody's own."""


class UnnamedIncidents:
    """Finds the incidents that may be meant; nothing here changes anything."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.calling = CallingIncidents(board)

    def candidates(self, name: str, person: str, *, now: datetime) -> Candidates:
        """Those that the act `name` may be meant for by this person."""
        rule = _RULES.get(name, _USUAL)
        among = self._listed(rule.among, person, now=now)
        fitting = tuple(incident for incident in among.incidents if rule.needs(incident))
        if rule.acts and len(fitting) == 1 and not among.more:
            return Candidates(incidents=fitting, why=rule.only, only=fitting[0])
        if fitting:
            return Candidates(incidents=fitting, why=rule.several)
        others = self._listed(rule.otherwise, person, now=now)
        return Candidates(incidents=others.incidents, why=rule.others)

    def _listed(self, among: Among, person: str, *, now: datetime) -> StatusList:
        free = IncidentFilter(conditions=[IncidentCondition.UNASSIGNED])
        lists: Mapping[Among, Callable[[], StatusList]] = {
            Among.MINE: lambda: self.board.mine(person, now=now),
            Among.FREE: lambda: self.board.listed(free, now=now, scope="all"),
            Among.CALLING_ME: lambda: self.calling.calling(person, now=now),
            Among.MINE_RESOLVED: lambda: self.calling.resolved_lately(person, now=now),
            Among.NOTE_OWED: lambda: self.calling.notes_owed(person, now=now),
            Among.OPEN: lambda: self.board.everything(now=now),
            Among.NONE: lambda: StatusList(incidents=(), more=0, scope="all"),
        }
        return lists[among]()
