"""Deliveries that need somebody: refused, failed, not worked on yet, or held until their ticket is opened."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sla_engine.domain.incidents.triage import TriageRecord
from sla_engine.domain.upkeep.inbox_state import InboxState
from sla_engine.domain.upkeep.retries import Queue
from sla_engine.intake.fields import Fields
from sla_engine.intake.reception import Reception
from sla_engine.services.intake.errors import DeliveryUnreadable, NothingToReplay, PayloadInvalid, UnknownDelivery
from sla_engine.services.intake.match import ReportOutcome, Taken
from sla_engine.services.upkeep import kept_requests
from sla_engine.storage import failures, inbox, refused_deliveries, triage
from sla_engine.storage.database import Session
from sla_engine.storage.inbox import InboxRecord
from sla_engine.storage.refused_deliveries import DeliveryToReview

OTHERS = (kept_requests.SOURCE,)
"""Sources of what the inbox holds besides deliveries: clicks and commands, which `sla-bot stuck` shows."""
DROPPED = "dropped"
WORDS_MAX_CHARS = 200
HANDLE_CHARS = 8


class Review(StrEnum):
    """The reason why a delivery needs somebody."""

    REFUSED = "refused"
    FAILED = "failed"
    WAITING = "waiting"
    HELD = "held until opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedItem:
    """One delivery, or one ticket with held deliveries. A person types its `handle`; `since` is real time."""

    handle: str
    id: str
    review: Review
    source: str
    about: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """The outcomes of a delivery that was taken in once more, one for each of its reports."""

    item: ReviewedItem
    taken: tuple[Taken, ...]
    seen_before: bool = False

    @property
    def is_done(self) -> bool:
        """Whether every report in it was worked on."""
        return all(item.outcome is not ReportOutcome.LATER for item in self.taken)


class InboxReview:
    """Shows deliveries that need somebody, takes them in once more or drops them."""

    def __init__(self, reception: Reception) -> None:
        self.reception = reception
        self.intake = reception.intake
        self.unit_of_work = reception.intake.unit_of_work

    def list(self) -> tuple[ReviewedItem, ...]:
        """Every delivery that needs somebody, oldest first, then the tickets with held deliveries."""
        with self.unit_of_work.database.reading() as session:
            return tuple(self._items(session))

    def show(self, name: str) -> tuple[ReviewedItem, tuple[Mapping[str, Any], ...]]:
        """One item and its payloads, oldest first. `name` is its handle, the beginning of that, or its id.

        Raises: UnknownDelivery, DeliveryUnreadable.
        """
        with self.unit_of_work.database.reading() as session:
            item = self._find(session, name)
            ids: Sequence[str] = (item.id,)
            if item.review is Review.HELD:
                ids = next(row.deliveries for row in triage.held(session) if _held_id(row) == item.id)
            rows = [_kept(session, delivery, item) for delivery in ids]
            return item, tuple(row.payload for row in rows if row is not None)

    def replay(self, name: str, *, now: datetime) -> Replayed:
        """Take a delivery in once more; `now` is SLA time.

        Raises: UnknownDelivery, DeliveryUnreadable, NothingToReplay, UnknownIntake, PayloadInvalid when it is still
        refused.
        """
        with self.unit_of_work.database.reading() as session:
            item = self._find(session, name)
            kept = None if item.review is Review.HELD else _kept(session, item.id, item)
        if kept is None:
            raise NothingToReplay(item.handle)
        if item.review is Review.REFUSED:
            return self._taken_in_again(item, kept.payload, now=now)
        if item.review is Review.FAILED:
            with self.unit_of_work.database.transaction() as session:
                inbox.start_again(session, item.id)
                failures.clear(session, Queue.DELIVERY, item.id)
        taken = self.intake.finish(item.id, now=now)
        later = Taken(external_id=item.about, outcome=ReportOutcome.LATER)
        return Replayed(item=item, taken=(later,) if taken is None else taken)

    def drop(self, name: str, *, now: datetime) -> ReviewedItem:
        """Decide that an item is not to be worked on; its payload stays stored. `now` is SLA time.

        Raises: UnknownDelivery.
        """
        with self.unit_of_work.database.transaction() as session:
            item = self._find(session, name)
            if item.review is Review.HELD:
                number = next(row.id for row in triage.held(session) if _held_id(row) == item.id)
                triage.settle(session, number, settled_as=DROPPED, at=now)
            else:
                inbox.drop(session, item.id, item.reason, at=self._now())
                failures.clear(session, Queue.DELIVERY, item.id)
            return item

    def _taken_in_again(self, item: ReviewedItem, kept: Mapping[str, Any], *, now: datetime) -> Replayed:
        receipt = self.reception.replay(item.source, kept, now=now, real_now=self._now())
        with self.unit_of_work.database.transaction() as session:
            inbox.done(session, item.id, at=self._now())
        return Replayed(item=item, taken=receipt.taken, seen_before=receipt.seen_before)

    def _find(self, session: Session, name: str) -> ReviewedItem:
        items = list(self._items(session))
        candidates = [item for item in items if name in (item.id, item.handle)]
        if not candidates and name:
            candidates = [item for item in items if item.handle.startswith(name)]
        if len(candidates) != 1:
            raise UnknownDelivery(name, tuple(item.handle for item in candidates))
        return candidates[0]

    def _items(self, session: Session) -> Iterator[ReviewedItem]:
        errors = {
            failure.item: failure.error for failure in failures.unresolved(session) if failure.queue is Queue.DELIVERY
        }
        for row in refused_deliveries.to_review(session, besides=OTHERS):
            yield ReviewedItem(
                handle=_handle(row.id),
                id=row.id,
                review=_REVIEWS[row.state],
                source=row.source,
                about=_about(session, row),
                reason=row.error or errors.get(row.id, ""),
                since=row.received_at,
            )
        for held in triage.held(session):
            count = len(held.deliveries)
            yield ReviewedItem(
                handle=_handle(_held_id(held)),
                id=_held_id(held),
                review=Review.HELD,
                source=held.source,
                about=held.external_id,
                reason=f"{count} {'delivery' if count == 1 else 'deliveries'} came for it, and it was not opened",
                since=held.received_at,
            )

    def _now(self) -> datetime:
        return self.unit_of_work.real_clock()


_REVIEWS = {
    InboxState.REFUSED: Review.REFUSED,
    InboxState.FAILED: Review.FAILED,
    InboxState.RECEIVED: Review.WAITING,
}


def _kept(session: Session, inbox_id: str, item: ReviewedItem) -> InboxRecord | None:
    """The stored delivery; None when it is gone.

    Raises: DeliveryUnreadable.
    """
    try:
        return inbox.find(session, inbox_id)
    except ValueError as error:
        raise DeliveryUnreadable(item.handle) from error


def _held_id(row: TriageRecord) -> str:
    return f"held/{row.source}:{row.external_id}"


def _handle(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:HANDLE_CHARS]


def _about(session: Session, row: DeliveryToReview) -> str:
    """The ticket or the group of alerts that a delivery is about; empty when that cannot be read."""
    try:
        kept = inbox.find(session, row.id)
        fields = Fields({} if kept is None else kept.payload)
    except (ValueError, PayloadInvalid):
        return ""
    words = (fields.lenient_text(name, longest=WORDS_MAX_CHARS) for name in ("external_id", "groupKey"))
    return next((word for word in words if word), "")
