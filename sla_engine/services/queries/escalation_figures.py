"""How soon people act on nudges, and whether they keep their promises: each their own, or the team's."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.agreements.msp import Msp, Role
from sla_engine.domain.agreements.permissions import Action, authorise
from sla_engine.domain.incidents.events import (
    Acknowledged,
    CustomerUpdated,
    Deleted,
    Merged,
    Moved,
    Opened,
    PromiseLapsed,
    PromiseQuestioned,
    Resolved,
    Responded,
)
from sla_engine.domain.incidents.promises import Promise, promises
from sla_engine.domain.reporting.escalation_times import (
    FEWEST_BY_NAME,
    EscalationTimes,
    NudgeOutcome,
    SeldomActedOn,
    escalation_times,
    outcomes,
    seldom_acted_on,
)
from sla_engine.services.queries.board import Board, IncidentSummary
from sla_engine.storage import escalation_times as storage
from sla_engine.storage import events, incident_lists
from sla_engine.storage.database import Session

COUNTED = timedelta(days=28)
"""The figures are those of so long until now, by the instant of the nudge, or at which a promise was decided."""

_OF_PROMISES = (
    Opened, Acknowledged, CustomerUpdated, Responded, PromiseQuestioned, PromiseLapsed,
    Resolved, Merged, Moved, Deleted,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalFigures:
    """One person's figures, how much is open with them, what they promised; `sees_team`: they may see everybody's."""

    times: EscalationTimes
    open_count: int
    promised: tuple[IncidentSummary, ...]
    sees_team: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMember:
    """One of us by name, with their figures."""

    name: str
    times: EscalationTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFigures:
    """Everybody together, those with enough nudges by name, and how many others there are.

    `seldom` are rungs hardly anybody acts on; only service managers, who can change ladders, are told.
    """

    together: EscalationTimes
    members: tuple[TeamMember, ...]
    others: int
    seldom: tuple[SeldomActedOn, ...]


class EscalationFigures:
    """Counts from what was posted and recorded; `now` is SLA time, nothing here changes anything."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.unit_of_work = board.unit_of_work

    def own(self, person: str, *, now: datetime) -> PersonalFigures:
        """Somebody's own figures.

        Raises: NotNamed (recorded), NotSetUp.
        """
        mine = self.board.mine(person, now=now)
        with self.unit_of_work.permitted(Action.LOOK, by=person, now=now) as session:
            msp = self.unit_of_work.msp(session)
            is_lead = msp.role_of(person).may_act_as(Role.SERVICE_MANAGER) or msp.dispatcher(now) == person
            known = [one for one in _outcomes(session, person=person, now=now) if person in one.nudge.people]
            return PersonalFigures(
                times=escalation_times(known, _promises(session, [person], since=now - COUNTED, until=now)),
                open_count=len(mine.incidents) + mine.more,
                promised=self.board.summaries(session, incident_lists.promised_by(session, person), now=now),
                sees_team=is_lead,
            )

    def team(self, *, by: str, now: datetime) -> TeamFigures:
        """The team's figures, for service managers and whoever is on duty.

        Raises: NotAllowed (recorded), NotSetUp.
        """
        with (
            self.unit_of_work.recording(by=by, key=None, now=now),
            self.unit_of_work.database.reading() as session,
        ):
            msp = self.unit_of_work.msp(session)
            authorise(msp, by, Action.TEAM_FIGURES, now=now, owner=msp.dispatcher(now))
            known = list(_outcomes(session, now=now))
            made = _promises(session, [person.slack_id for person in msp.people], since=now - COUNTED, until=now)
            members = []
            for person in msp.people:
                own = [one for one in known if person.slack_id in one.nudge.people]
                promised = [promise for promise in made if promise.by == person.slack_id]
                members.append(TeamMember(name=person.name, times=escalation_times(own, promised)))
            named = [member for member in members if member.times.nudges >= FEWEST_BY_NAME]
            nudged = [member for member in members if member.times.nudges]
            manages = msp.role_of(by).may_act_as(Role.SERVICE_MANAGER)
            return TeamFigures(
                together=escalation_times(known, made),
                members=tuple(sorted(named, key=lambda member: member.name)),
                others=len(nudged) - len(named),
                seldom=tuple(seldom_acted_on(known)) if manages else (),
            )


def team_times(session: Session, msp: Msp, *, since: datetime, until: datetime, now: datetime) -> EscalationTimes:
    """The team's figures over the nudges, and the promises decided, in `[since, until)`."""
    nudged = storage.nudged_incidents(session, since=since)
    known = [
        outcome
        for incident in nudged
        for outcome in outcomes(incident.nudges, incident.acts, incident.rungs, is_open=incident.is_open, now=now)
        if since <= outcome.nudge.called_at < until
    ]
    made = _promises(session, [person.slack_id for person in msp.people], since=since, until=until)
    return escalation_times(known, made)


def _outcomes(session: Session, *, now: datetime, person: str | None = None) -> Iterable[NudgeOutcome]:
    for incident in storage.nudged_incidents(session, since=now - COUNTED, person=person):
        yield from outcomes(incident.nudges, incident.acts, incident.rungs, is_open=incident.is_open, now=now)


def _promises(session: Session, people: Collection[str], *, since: datetime, until: datetime) -> Sequence[Promise]:
    """The promises of these people that were decided in that time; renewed in time is not decided."""
    numbers = storage.incidents_promised_by(session, people, since=since - COUNTED)
    histories = events.of_kind(session, numbers, *_OF_PROMISES)
    made = (promise for history in histories.values() for promise in promises(history))
    return [one for one in made if one.by in people and one.at is not None and since <= one.at <= until]
