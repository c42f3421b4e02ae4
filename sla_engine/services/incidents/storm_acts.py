"""Acts on all open incidents of a storm at once: one transaction, and one fact on each of them."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.escalation.storms import STORM_PROMISE
from sla_engine.domain.incidents.errors import StormIsOver
from sla_engine.domain.incidents.events import Acknowledged, Event
from sla_engine.services.incidents.incident_acts import IncidentActs, settled
from sla_engine.services.unit_of_work.idempotency import current_request
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import incidents, storms
from sla_engine.storage.database import Session
from sla_engine.storage.storms import StormRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkOutcome:
    """The keys of the incidents that an act was done on, and of those it left alone.

    `closed` counts those that were meant and had been resolved or merged meanwhile, `others` those that somebody else
    had done it for before.
    """

    done: tuple[str, ...]
    closed: int = 0
    others: int = 0


class StormActs(IncidentActs):
    """The acts on a storm. `by` is who acts (a Slack id), `now` is SLA time.

    Each raises: StormIsOver when none of its incidents is open any more, NotAllowed (recorded), StorageBusy.
    """

    def acknowledge(self, storm_id: int, *, by: str, now: datetime) -> BulkOutcome:
        """Acknowledge every open incident that nobody else has, and promise the next update on all of them at once."""
        with self._open_ones(storm_id, by=by, now=now) as (storm, works):
            promise = now + STORM_PROMISE
            free = [work for work in works if work.incident.acknowledged_by in (None, by)]
            self._record(free, Acknowledged(promise=promise), by=by)
            if free:
                storms.save(works[0].session, replace(storm, promise=promise))
        meant = storm.shown.get("open", len(works))
        return BulkOutcome(
            done=tuple(work.key for work in free),
            closed=max(meant - len(works), 0),
            others=len(works) - len(free),
        )

    @contextmanager
    def _open_ones(self, storm_id: int, *, by: str, now: datetime) -> Iterator[tuple[StormRecord, list[IncidentWork]]]:
        """The storm and its open incidents, locked, and settled when the block ends."""
        with self.unit_of_work.transaction(action=Action.STORM, by=by, now=now) as session, ExitStack() as settling:
            works = self._works(session, storms.incident_ids(session, storm_id), now=now)
            storm = storms.find(session, storm_id)
            if storm is None or not works:
                raise StormIsOver(storm_id)
            for work in works:
                settling.enter_context(settled(self.unit_of_work, work))
            yield storms.lock(session, storm_id), works

    def _works(self, session: Session, ids: Sequence[int], *, now: datetime) -> list[IncidentWork]:
        """Those of the incidents that are open, locked in the order of their ids as everywhere."""
        records = [incidents.lock_by_id(session, number) for number in sorted(ids)]
        return [self.unit_of_work.work_on(session, record, now=now) for record in records if record.is_open]

    def _record(self, works: Sequence[IncidentWork], event: Event, *, by: str) -> None:
        """Record the same fact on each; the first carries the request's name, by which a second run is known."""
        for number, work in enumerate(works):
            name = current_request() if number == 0 else f"{work.key}:{current_request()}"
            work.record(event, by=by, unique_key=name if current_request() else None)
