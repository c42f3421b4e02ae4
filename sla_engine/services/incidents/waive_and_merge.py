"""Waives a missed target, and merges a duplicate into the incident it is."""

from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.clocks.reading import Reading, waivers
from sla_engine.domain.incidents.errors import (
    AlreadyResolved,
    AlreadyWaived,
    MergedIntoItself,
    NothingMissed,
    OtherCustomer,
)
from sla_engine.domain.incidents.events import Waived
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.text.lengths import needed
from sla_engine.services.incidents.incident_acts import IncidentActs, refuse_deleted, refuse_merged, refuse_taken_back
from sla_engine.services.incidents.merge import merge_into
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import incidents
from sla_engine.storage.database import Session


@dataclass(frozen=True, slots=True)
class Merging:
    """Two incidents that turned out to be one: the duplicate, and the one that goes on."""

    duplicate: Incident
    survivor: Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class WaivableMisses:
    """An incident and the metrics whose misses still count."""

    key: str
    title: str
    customer: str
    metrics: tuple[MetricName, ...]


class Outcomes(IncidentActs):
    """The acts of service managers and dispatchers that change the figures: waiving and merging."""

    def waive(self, key: str, *, metric: MetricName, reason: str, by: str, now: datetime) -> int:
        """Take every miss of one metric out of the figures, for a reason; returns how many were waived.

        The misses stay in the history, and are shown as waived; those of a duplicate can be waived as well.
        Raises: MissingArgument, NothingMissed, AlreadyWaived, AlreadyMoved, NotAllowed.
        """
        with self.act(key, action=Action.WAIVE, by=by, now=now, also_merged=True) as work:
            words = needed("reason", reason)
            unwaived = _unwaived(work, metric)
            for reading in unwaived:
                work.record(Waived(metric=metric.value, cycle=reading.cycle, reason=words), by=by)
            cycles = {reading.cycle for reading in unwaived}
            after = work.readings().get(metric, ())
        return sum(reading.cycle in cycles and reading.waived_at is not None for reading in after)

    def waivable(self, key: str, *, by: str, now: datetime) -> WaivableMisses:
        """The misses that somebody may waive.

        Raises: NothingMissed, NotAllowed (recorded), UnknownIncident.
        """
        with self.unit_of_work.permitted(Action.WAIVE, by=by, now=now, key=key) as session:
            incident = incidents.find(session, key)
            measured = self.unit_of_work.work_on(session, incident, now=now).readings()
        metrics = tuple(
            metric
            for metric, readings in measured.items()
            if any(reading.breached and reading.waived_at is None for reading in readings)
        )
        if not metrics:
            raise NothingMissed(incident.key, "target")
        return WaivableMisses(key=incident.key, title=incident.title, customer=incident.customer, metrics=metrics)

    def merge(self, key: str, *, into: str, by: str, now: datetime) -> Merging:
        """Merge an incident into another of the same customer, which keeps the earlier start.

        The duplicate's undecided clocks end without an outcome; what it met or missed before stays.
        Raises: MergedIntoItself, OtherCustomer, AlreadyMerged, AlreadyMoved, TicketDeleted, AlreadyResolved,
            UnknownIncident, NotAllowed.
        """
        with self.unit_of_work.transaction(action=Action.MERGE, by=by, now=now, key=key) as session:
            duplicate, survivor = self._open_both(session, key, into, now=now)
            _refuse_merging(duplicate, survivor)
            merge_into(self.unit_of_work, duplicate, survivor, by=by)
        return Merging(duplicate.incident, survivor.incident)

    def _open_both(self, session: Session, key: str, into: str, *, now: datetime) -> tuple[IncidentWork, IncidentWork]:
        """Lock and open both incidents, in the same order for either direction, so that two merges never deadlock."""
        locked = incidents.lock_all(session, [key, into])
        duplicate = self.unit_of_work.work_on(session, locked[incidents.normal_key(key)], now=now)
        survivor = self.unit_of_work.work_on(session, locked[incidents.normal_key(into)], now=now)
        return duplicate, survivor


def _unwaived(work: IncidentWork, metric: MetricName) -> list[Reading]:
    missed = [reading for reading in work.readings().get(metric, ()) if reading.breached]
    label = METRICS[metric].label
    if not missed:
        raise NothingMissed(work.key, label)
    unwaived = [reading for reading in missed if reading.waived_at is None]
    if not unwaived:
        waiver = waivers(work.history, until=work.now)[metric.value, missed[-1].cycle]
        raise AlreadyWaived(work.key, label, waiver.by, waiver.at)
    return unwaived


def _refuse_merging(duplicate: IncidentWork, survivor: IncidentWork) -> None:
    if duplicate.key == survivor.key:
        raise MergedIntoItself(duplicate.key)
    for work in (duplicate, survivor):
        refuse_merged(work)
        refuse_deleted(work)
        refuse_taken_back(work)
    if duplicate.incident.customer != survivor.incident.customer:
        raise OtherCustomer(duplicate.key, duplicate.incident.customer, survivor.key, survivor.incident.customer)
    if survivor.incident.resolved_at is not None:
        raise AlreadyResolved(survivor.key, survivor.incident.resolved_at)
