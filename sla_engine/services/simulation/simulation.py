"""Simulates a supposition: clocks that would change, nudges that would be sent. Reads only, writes nothing."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from sla_engine.domain.agreements.permissions import Action, authorise
from sla_engine.domain.errors import SlaError
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.suppositions import (
    IfHoliday,
    IfOpened,
    IfPaused,
    IfPriority,
    IfResolved,
    IfResumed,
    Supposition,
    has_no_near_end,
)
from sla_engine.services.simulation.outlook import IncidentOutlook, OutlookReader, Simulation
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork


class Simulations:
    """Answers suppositions; `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def zone(self) -> str:
        """The MSP's zone, in which times are read where nobody's own is known.

        Raises: NotSetUp.
        """
        with self.unit_of_work.database.reading() as session:
            return self.unit_of_work.msp(session).zone

    def ask(self, supposed: Supposition, *, by: str, now: datetime) -> Simulation:
        """Simulate a supposition for somebody who asks.

        Raises: NotAllowed (recorded), and what `simulate` raises.
        """
        self.unit_of_work.permit(Action.SIMULATE, by=by, now=now)
        return self.simulate(supposed, asked_by=by, now=now)

    def simulate(self, supposed: Supposition, *, now: datetime, asked_by: str | None = None) -> Simulation:
        """Simulate a supposition; an act without a key means the only incident of `asked_by`, or the only open one.

        Raises: UnknownIncident, UnknownCustomer, NotYetInForce, UnknownChoice for a site, WhichIncident, NotSetUp, and
        whatever would refuse the act itself.
        """
        with self.unit_of_work.database.reading() as session:
            reader = OutlookReader(self.unit_of_work, session, now=now)
            match supposed:
                case IfOpened():
                    return reader.simulate_opening(supposed)
                case IfHoliday():
                    return reader.simulate_holiday(supposed)
                case IfPaused() | IfResumed() | IfPriority() | IfResolved():
                    record = reader.find_incident(supposed.key, asked_by)
                    return reader.result(supposed, [reader.simulate_act(supposed, record)])
                case _:
                    assert_never(supposed)

    def before_pause(
        self, key: str, *, reason: PauseReason, until: datetime | None, by: str, now: datetime
    ) -> Simulation | None:
        """Simulate a pause, to ask before it makes or removes a breach or has no near end; else None."""
        return self._before(IfPaused(key=key, reason=reason, at=now, until=until), Action.PAUSE, by=by, now=now)

    def before_priority(self, key: str, *, priority: Priority, by: str, now: datetime) -> Simulation | None:
        """Simulate a change of priority, to ask before it makes or removes a breach or ends a clock; else None."""
        return self._before(IfPriority(key=key, priority=priority, at=now), Action.PRIORITY, by=by, now=now)

    def _before(self, act: IfPaused | IfPriority, action: Action, *, by: str, now: datetime) -> Simulation | None:
        try:
            with self.unit_of_work.database.reading() as session:
                authorise(self.unit_of_work.msp(session), by, action, now=now)
                reader = OutlookReader(self.unit_of_work, session, now=now)
                outlook = _outlook(reader, act, reader.find_incident(act.key, by))
                return None if outlook is None else reader.result(act, [outlook])
        except SlaError:  # the act itself will be refused, and say why
            return None


def _outlook(reader: OutlookReader, act: IfPaused | IfPriority, record: Incident) -> IncidentOutlook | None:
    """What would change where an act has to be asked about; a pause without a near end is foreseen without one."""
    if isinstance(act, IfPaused) and has_no_near_end(act, record.priority):
        return reader.simulate_act(replace(act, until=None), record)
    return reader.simulate_act_if_breach_changes(act, record)
