"""The board: somebody's list by time left, and one incident in full."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.domain.agreements.agreement import Subject, Target
from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.attribution import AttributedTime, attributed_time
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.clocks.replies import as_meant
from sla_engine.domain.incidents.events import Opened, Reprocessed
from sla_engine.domain.incidents.history import Entry, in_effect
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.incident_filter import IncidentFilter
from sla_engine.domain.incidents.incident_names import spoken_number
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.services.problems.problem_behind import ProblemBehind, problem_behind
from sla_engine.services.sops.offered import OfferedSop, offered_sops
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import clocks, events, incident_lists, incidents, nudges, sop_registry
from sla_engine.storage.clocks import ClockRecord
from sla_engine.storage.database import Session
from sla_engine.storage.incident_lists import KnownPeople

LIST_LIMIT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSummary:
    """One clock as a list shows it; `left` is open time, negative after the target is used up.

    `waived` is a miss that counts in no figure, `first_elapsed` the open time to the first of several resolutions,
    `business_day` the length of one where the target was written in them.
    """

    metric: MetricName
    label: str
    state: ClockState
    target: timedelta
    left: timedelta
    due_at: datetime | None
    breached: bool
    stopped_at: datetime | None
    waived: bool = False
    first_elapsed: timedelta | None = None
    business_day: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentSummary:
    """One incident as lists and cards show it; `clocks` in the metrics' order."""

    key: str
    title: str
    customer: str
    priority: str
    is_open: bool
    link: str | None
    opened_at: datetime
    resolved_at: datetime | None
    assignee: str | None
    paused_for: tuple[PauseReason, ...]
    pause_until: datetime | None
    customer_waits_since: datetime | None
    acknowledged_by: str | None
    promise: datetime | None
    clocks: tuple[ClockSummary, ...]
    ticket: str | None = None
    site: str | None = None
    service: str | None = None
    merged_into: str | None = None
    owner_is_ours: bool = True
    """False where its owner is known to another system only, or left: somebody else may take it."""

    @property
    def is_free(self) -> bool:
        """Whether none of our people owns it, so that somebody may take it."""
        return self.assignee is None or not self.owner_is_ours

    @property
    def next_clock(self) -> ClockSummary | None:
        """The clock that matters next: running before paused, then the one due first."""
        alive = [clock for clock in self.clocks if clock.state in (ClockState.RUNNING, ClockState.PAUSED)]
        far = datetime.max.replace(tzinfo=self.opened_at.tzinfo)
        return min(alive, key=lambda clock: (clock.due_at is None, clock.due_at or far), default=None)

    @property
    def breached(self) -> bool:
        """Whether any clock missed its target."""
        return any(clock.breached for clock in self.clocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentDetail:
    """One incident in full: summary, history, whether a nudge waits, who held the ball, procedures, its problem."""

    summary: IncidentSummary
    history: tuple[Entry, ...]
    nudge_waits: bool
    attributed_time: AttributedTime | None = None
    sops: tuple[OfferedSop, ...] = ()
    problem: ProblemBehind | None = None

    @property
    def in_effect(self) -> Sequence[Entry]:
        """Its history without what was undone."""
        return in_effect(self.history)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """A list of open incidents by time left; `more` counts those beyond the limit."""

    incidents: tuple[IncidentSummary, ...]
    more: int
    scope: str


class Board:
    """Lists of incidents, and one incident in full; nothing here changes anything."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def mine(self, person: str, *, now: datetime) -> StatusList:
        """The open incidents of one person, least time left first."""
        return self.listed(IncidentFilter(owner=person), now=now, scope="mine")

    def everything(self, *, now: datetime) -> StatusList:
        """All open incidents, least time left first."""
        return self.listed(IncidentFilter(), now=now, scope="all")

    def listed(self, wanted: IncidentFilter, *, now: datetime, scope: str) -> StatusList:
        """The open incidents that fit, least time left first; `scope` says in words what was asked for."""
        with self.unit_of_work.database.reading() as session:
            people = known_people(self.unit_of_work.msp(session), now=now)
            listed = incident_lists.by_due(session, wanted, people=people, now=now, limit=LIST_LIMIT)
            summaries = self.summaries(session, listed.ids, now=now)
        return StatusList(incidents=summaries, more=listed.count - len(listed.ids), scope=scope)

    def summaries(self, session: Session, ids: Sequence[int], *, now: datetime) -> tuple[IncidentSummary, ...]:
        """The incidents with these row ids, in their order."""
        records = incidents.by_ids(session, ids)
        histories = events.of_kind(session, ids, Opened, Reprocessed)
        return tuple(self._summaries(session, [records[number] for number in ids], histories=histories, now=now))

    def customer_named(self, name: str, *, now: datetime) -> str:
        """The customer somebody means, as the agreements write it.

        Raises: UnknownCustomer.
        """
        with self.unit_of_work.database.reading() as session:
            _, agreement = self.unit_of_work.agreements.in_force(session, name, at=now)
        return agreement.customer

    def show(self, key: str, *, now: datetime) -> IncidentDetail:
        """One incident in full.

        Raises: UnknownIncident.
        """
        with self.unit_of_work.database.reading() as session:
            return self._detail(session, key, now=now)

    def for_form(self, key: str, *, action: Action, by: str, now: datetime) -> IncidentSummary:
        """One incident, for a form about it, and only for those who may submit that form.

        Raises: NotAllowed (recorded), UnknownIncident.
        """
        with self.unit_of_work.permitted(action, by=by, now=now, key=key) as session:
            return self._detail(session, key, now=now).summary

    def listed_for_form(self, wanted: IncidentFilter, *, action: Action, by: str, now: datetime) -> StatusList:
        """The open incidents that fit, for a form and only for those who may submit it.

        Raises: NotAllowed (recorded).
        """
        self.unit_of_work.permit(action, by=by, now=now)
        return self.listed(wanted, now=now, scope="all")

    def customers_to_open_for(self, *, by: str, now: datetime) -> tuple[str, ...]:
        """The customers with an agreement, for somebody who may open an incident.

        Raises: NotNamed (recorded).
        """
        with self.unit_of_work.permitted(Action.OPEN, by=by, now=now) as session:
            return self.unit_of_work.agreements.customers(session)

    def customers(self) -> tuple[str, ...]:
        """The customers with an agreement, for lists to choose from."""
        with self.unit_of_work.database.reading() as session:
            return tuple(self.unit_of_work.agreements.customers(session))

    def msp(self) -> Msp:
        """The people and rota in force.

        Raises: NotSetUp.
        """
        with self.unit_of_work.database.reading() as session:
            return self.unit_of_work.msp(session)

    def _detail(self, session: Session, key: str, *, now: datetime) -> IncidentDetail:
        record = incidents.find(session, key)
        history = tuple(events.history(session, record.id))
        terms = self.unit_of_work.agreements.terms(session, record, history)
        return IncidentDetail(
            summary=self._summaries(session, [record], histories={record.id: history}, now=now)[0],
            history=tuple(as_meant(history, terms)),
            nudge_waits=record.is_open and bool(nudges.live(session, record.id)),
            attributed_time=attributed_time(history, terms, now=now),
            sops=offered_sops(record, history, sop_registry.registered(session)),
            problem=problem_behind(session, record),
        )

    def _summaries(
        self,
        session: Session,
        records: Sequence[Incident],
        *,
        histories: Mapping[int, Sequence[Entry]],
        now: datetime,
    ) -> list[IncidentSummary]:
        """`histories` holds at least the facts of each incident that say which versions count for it."""
        ids = [record.id for record in records]
        msp = self.unit_of_work.msp(session)
        current_clocks = clocks.current_of(session, ids)
        summaries = []
        for record in records:
            terms = self.unit_of_work.agreements.terms(session, record, histories[record.id])
            clock_summaries = [
                _clock_summary(record, clock, terms, now=now) for clock in current_clocks.get(record.id, [])
            ]
            summaries.append(
                _summary(record, clock_summaries, owner_is_ours=msp.reachable(record.assignee) is not None)
            )
        return summaries


def known_people(msp: Msp, *, now: datetime) -> KnownPeople:
    """Who may own an incident, and who of them is away."""
    ours = [person.slack_id for person in msp.people]
    return KnownPeople(ours=ours, absent=[absence.person for absence in msp.absent(now)])


def _summary(record: Incident, clock_summaries: Sequence[ClockSummary], *, owner_is_ours: bool) -> IncidentSummary:
    return IncidentSummary(
        key=record.key,
        title=record.title,
        customer=record.customer,
        priority=record.priority.value,
        is_open=record.is_open,
        link=record.link,
        ticket=spoken_number(record.external_id),
        opened_at=record.opened_at,
        resolved_at=record.resolved_at,
        assignee=record.assignee,
        paused_for=record.paused_for,
        pause_until=record.pause_until,
        customer_waits_since=record.customer_waits_since,
        acknowledged_by=record.acknowledged_by,
        promise=record.promise,
        clocks=tuple(clock_summaries),
        site=record.site,
        service=record.service,
        merged_into=record.merged_into,
        owner_is_ours=owner_is_ours,
    )


def _open_time_left(clock: ClockRecord, target: Target | None, *, now: datetime) -> timedelta:
    """Open time to the target; negative after it is used up. A running clock has run on since its row was written."""
    if clock.running_since is not None and target is not None:
        return clock.target - clock.elapsed_before_run - target.calendar.elapsed(clock.running_since, now)
    return clock.target - clock.elapsed


def _clock_summary(record: Incident, clock: ClockRecord, terms: Terms, *, now: datetime) -> ClockSummary:
    subject = Subject(priority=clock.priority, site=record.site or "", service=record.service or "")
    promised = terms.promised(clock.metric, subject, at=now)
    target = None if promised is None else promised.target
    left = _open_time_left(clock, target, now=now)
    is_late = clock.breached_at is not None or left < timedelta(0)
    metric = METRICS[clock.metric]
    return ClockSummary(
        metric=clock.metric,
        label=metric.label,
        state=clock.state,
        target=clock.target,
        left=left,
        due_at=clock.due_at,
        breached=is_late and clock.state is not ClockState.CANCELLED,
        stopped_at=clock.stopped_at,
        waived=clock.waived_at is not None,
        first_elapsed=clock.first_elapsed,
        business_day=None if target is None else target.lasting(clock.target).business_day,
    )
