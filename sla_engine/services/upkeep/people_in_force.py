"""Reads the `msp.yaml` in force anew each time: a version counts as soon as it is applied."""

from datetime import datetime

from sla_engine.delivery import lost_channels
from sla_engine.domain.agreements.errors import NotSetUp
from sla_engine.domain.agreements.routes import NO_ROUTES, Routes
from sla_engine.services.queries.digest import arm_digest
from sla_engine.services.shifts.daily import arm_daily_messages
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage.file_versions import PEOPLE


class PeopleInForce:
    """Keeps the timers of digest and daily messages, and the lost channels, in line with the `msp.yaml` in force."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work
        self._taken_over: int | None = None

    def routes(self, *, now: datetime) -> Routes:
        """The routes at `now` (SLA time) of messages whose own channel is lost."""
        with self.unit_of_work.database.reading() as session:
            try:
                return self.unit_of_work.msp(session).routes(now)
            except NotSetUp:
                return NO_ROUTES

    def take_over(self, *, now: datetime) -> None:
        """Take over a version that any process applied: arm what it times, forget lost channels it does not name."""
        with self.unit_of_work.database.reading() as session:
            version = PEOPLE.newest(session)
        if version in (None, self._taken_over):
            return
        with self.unit_of_work.database.transaction() as session:
            in_force = self.unit_of_work.msp(session)
            arm_digest(session, in_force, now=now)
            arm_daily_messages(session, in_force, now=now)
            lost_channels.forget_others(session, in_force.destinations)
        self._taken_over = version
