"""The transaction of every change to an incident: authorised, settled, and only then committed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sla_engine.domain.agreements.errors import NotAllowed, NotNamed, NotSetUp, Outsider
from sla_engine.domain.agreements.msp import NOBODY, Msp
from sla_engine.domain.agreements.permissions import NEEDED_OF_OWNER, UNDOABLE, Action, authorise
from sla_engine.domain.incidents.history import SLACK
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.upkeep.errors import AlreadyCarriedOut
from sla_engine.services.agreements.book import AgreementBook, PeopleBook
from sla_engine.services.unit_of_work.idempotency import current_request
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import acts, events, handovers, inbox, incidents, refusals
from sla_engine.storage.database import Database, Session
from sla_engine.storage.prompts import IncidentPrompts
from sla_engine.storage.timers import IncidentTimers
from sla_engine.time_source import real_now


class UnitOfWork:
    """Shared by all services: the database, the agreements, the people, and real time for the outbox."""

    def __init__(
        self,
        database: Database,
        *,
        agreements: AgreementBook | None = None,
        people: PeopleBook | None = None,
        real_clock: Callable[[], datetime] = real_now,
    ) -> None:
        self.database = database
        self.agreements = agreements or AgreementBook()
        self.people = people or PeopleBook()
        self.real_clock = real_clock

    @contextmanager
    def act(self, key: str, *, action: Action, by: str, now: datetime) -> Iterator[IncidentWork]:
        """Open an incident to record facts in; settled and committed when the block ends, untouched when it raises.

        Raises: UnknownIncident, NotAllowed (recorded), StorageBusy.
        """
        with self.transaction(action=action, by=by, now=now, key=key) as session:
            work = self.work_on(session, incidents.lock(session, key), now=now)
            yield work
            work.settle()

    @contextmanager
    def transaction(
        self, *, action: Action | None, by: str, now: datetime, key: str | None = None, owner: str | None = None
    ) -> Iterator[Session]:
        """Begin an authorised writing transaction; `action=None` is for another system that proved who it is.

        `owner` is the person whom it concerns, where that is not the owner of an incident.

        Raises: AlreadyCarriedOut, NotAllowed and NotNamed (recorded), NotSetUp, StorageBusy.
        """
        with self.recording(by=by, key=key, now=now), self.database.transaction() as session:
            owner = owner if action is None or owner is not None else _owner(session, action, key)
            _refuse_second_time(session)  # before it is asked who may: the first run may have ended the ownership
            if action is not None:
                authorise(self.msp(session), by, action, owner=owner, now=now)
            yield session
            if action in UNDOABLE:
                real_now, request = self.real_clock(), current_request()
                acts.store(session, request=request, action=action.value, by=by, at=now, done_at=real_now)

    def permit(self, action: Action, *, by: str, now: datetime, key: str | None = None) -> None:
        """Check that somebody may do this, before they are shown a list or a form to fill in.

        Raises: NotAllowed and NotNamed (recorded), UnknownIncident, NotSetUp, StorageBusy.
        """
        with self.permitted(action, by=by, now=now, key=key):
            pass

    @contextmanager
    def permitted(self, action: Action, *, by: str, now: datetime, key: str | None = None) -> Iterator[Session]:
        """Check the same as `permit`, and yield the reading transaction of the check to read what is shown in.

        Raises: NotAllowed and NotNamed (recorded), UnknownIncident, NotSetUp, StorageBusy.
        """
        with self.recording(by=by, key=key, now=now), self.database.reading() as session:
            asks_owner = key is not None and action in NEEDED_OF_OWNER
            owner = incidents.find(session, key).assignee if asks_owner and key is not None else None
            authorise(self.msp(session), by, action, owner=owner, now=now)
            yield session

    @contextmanager
    def recording(self, *, by: str, key: str | None, now: datetime) -> Iterator[None]:
        """Record a refusal that is raised in this block, as acts are recorded."""
        try:
            yield
        except (NotAllowed, NotNamed, Outsider) as refusal:
            error = type(refusal).__name__
            if isinstance(refusal, Outsider):
                error = f"{error}: {refusal.standing}"
            with self.database.transaction() as session:
                refusals.add(session, by=by, action=refusal.action, incident_key=key, error=error, at=now)
                if isinstance(refusal, NotAllowed) and refusal.is_on_duty:
                    refusal.has_taken_over = handovers.waiting(session) is None
            raise

    def work_on(
        self,
        session: Session,
        record: Incident,
        *,
        now: datetime,
        source: str = SLACK,
        received_at: datetime | None = None,
        timers: IncidentTimers | None = None,
    ) -> IncidentWork:
        """Open the incident for work inside a transaction that is under way; call `settle()` last."""
        prompts = IncidentPrompts(session, record.id)
        work = IncidentWork(
            session,
            record,
            agreements=self.agreements,
            msp=self.people.newest_of(session, prompts.newest),
            prompts=prompts,
            now=now,
            source=source,
            received_at=received_at,
        )
        if timers is not None:
            work.timers = timers
        return work

    def asked_in_real_time(self, session: Session) -> datetime:
        """When the request that is carried out came in, in real time: it may have waited for a busy database."""
        name = current_request()
        request = None if name is None else inbox.find(session, name)
        return self.real_clock() if request is None else request.received_at

    def msp(self, session: Session) -> Msp:
        """The people and rota in force.

        Raises: NotSetUp before any `msp.yaml` was applied.
        """
        return self.people.in_force(session)

    def msp_or_nobody(self, session: Session) -> Msp:
        """The people and rota in force; before there are any (only a log was replayed), nobody in UTC."""
        try:
            return self.msp(session)
        except NotSetUp:
            return NOBODY


def _owner(session: Session, action: Action, key: str | None) -> str | None:
    """The incident's owner, locked so that it stays theirs; None where ownership does not decide who may act."""
    return incidents.lock(session, key).assignee if key is not None and action in NEEDED_OF_OWNER else None


def _refuse_second_time(session: Session) -> None:
    name = current_request()
    if name is not None and events.known(session, name):
        raise AlreadyCarriedOut(name)
