"""Explains one incident's readings: its clocks' ledgers, and the attribution."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.errors import NotSetUp
from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.clocks.attribution import AttributedTime, attributed_time
from sla_engine.domain.clocks.ledger import ledger
from sla_engine.domain.clocks.ledger_rows import Ledger
from sla_engine.domain.incidents.incident import IncidentState
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import events, incidents
from sla_engine.storage.database import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One incident explained at `read_at`, its clocks in the metrics' order.

    `attributed_time` is None without a promised resolution. `zone` is that of the calendar the customer's site has,
    else the agreement's; `names` are people's by Slack id.
    """

    key: str
    title: str
    customer: str
    priority: str
    site: str
    service: str
    opened_at: datetime
    resolved_at: datetime | None
    merged_into: str | None
    zone: str
    read_at: datetime
    ledgers: tuple[Ledger, ...]
    attributed_time: AttributedTime | None
    names: Mapping[str, str]

    def name(self, person: str) -> str:
        """The name of a person: their Slack id where no file names them, and sla-bot for nobody."""
        return self.names.get(person, person) or "sla-bot"


class Explanations:
    """Explains how readings came about; nothing here changes anything."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def why(self, key: str, *, now: datetime, cycle: int | None = None) -> Explanation:
        """Explain how each clock of an incident came to its reading, and who held the ball.

        Each clock's current period or cycle is explained, unless `cycle` gives another by its number from 0.
        Raises: UnknownIncident.
        """
        with self.unit_of_work.database.reading() as session:
            record = incidents.find(session, key)
            history = events.history(session, record.id)
            terms = self.unit_of_work.agreements.terms(session, record, history)
            names = self._names(session)
        ledgers = (ledger(history, metric, terms, now=now, cycle=cycle) for metric in METRICS)
        return Explanation(
            key=record.key,
            title=record.title,
            customer=record.customer,
            priority=record.priority.value,
            site=record.site or "",
            service=record.service or "",
            opened_at=record.opened_at,
            resolved_at=None
            if record.state in (IncidentState.MOVED, IncidentState.DELETED, IncidentState.TAKEN_BACK)
            else record.resolved_at,
            merged_into=record.merged_into,
            zone=_zone(terms.at(now).agreement, record.site or ""),
            read_at=now,
            ledgers=tuple(of_clock for of_clock in ledgers if of_clock is not None),
            attributed_time=attributed_time(history, terms, now=now),
            names=names,
        )

    def _names(self, session: Session) -> dict[str, str]:
        try:
            return {person.slack_id: person.name for person in self.unit_of_work.msp(session).people}
        except NotSetUp:
            return {}


def _zone(agreement: Agreement, site: str) -> str:
    return agreement.sites.get(site, agreement.calendar).zone
