"""The weekly digest: counted on demand, and posted once for every ISO week to the managers' channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.reporting.customers_to_call import CustomerWeek
from sla_engine.domain.reporting.digest import DigestFigures
from sla_engine.domain.time.local_time import local_hour
from sla_engine.domain.time.months import Month
from sla_engine.domain.time.periods import Period, weeks_within
from sla_engine.domain.time.weeks import Week
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.notifications.kinds import Notification
from sla_engine.notifications.notices import DigestMessage, LineMessage, OwnCustomersMessage
from sla_engine.parsing.periods import period
from sla_engine.services.audit.history_head import current_head
from sla_engine.services.queries.digest_context import customer_weeks
from sla_engine.services.queries.digest_figures import PERIODS_BEFORE, count_period
from sla_engine.services.queries.posted_weeks import changed_weeks, keep_posted, unannounced_changes
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import outbox, timers
from sla_engine.storage.database import Session

SUBJECT = "weekly"
THIS_WEEK = "this week"
LATE_AFTER = timedelta(hours=1)

CHANNEL_PART, DETAILS_PART = "channel", "details"
"""Which part of the digest a message shows: the short form in the channel, or everything in its thread."""


class Digests:
    """The digest of any week; `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def figures(self, written: str, *, now: datetime) -> DigestFigures:
        """The figures of a week or month, written like `2016-W12`, `w49`, `last week` or `november`.

        Raises: UnknownPeriod, UnknownWeek, PeriodNotBegun.
        """
        with self.unit_of_work.database.reading() as session:
            msp = self.unit_of_work.msp_or_nobody(session)
            wanted = period(written, zone=msp.zone, now=now)
            counted = count_period(session, msp, wanted, agreements=self.unit_of_work.agreements, now=now)
            return replace(counted, changed=changed_weeks(session, _compared(wanted, zone=msp.zone)))

    def show(self, *, by: str, written: str, now: datetime) -> DigestFigures:
        """The figures of a week or month for somebody who asks; without words, of the current week.

        Raises: UnknownPeriod, UnknownWeek, PeriodNotBegun, NotAllowed, NotSetUp.
        """
        self.unit_of_work.permit(Action.DIGEST, by=by, now=now)
        return self.figures(written or THIS_WEEK, now=now)

    def last_week(self, *, now: datetime) -> str:
        """The last ISO week that is over, like `2016-W12`."""
        with self.unit_of_work.database.reading() as session:
            return str(Week.of(now, zone=self.unit_of_work.msp_or_nobody(session).zone).before())


def _compared(wanted: Period, *, zone: str) -> list[Week]:
    """The weeks that a digest of this period shows figures of."""
    if isinstance(wanted, Month):
        return weeks_within(wanted, zone=zone)
    return [wanted.before(back) for back in range(PERIODS_BEFORE + 1)]


def as_document(figures: DigestFigures) -> dict[str, Any]:
    """The figures as a JSON-ready document."""
    document: dict[str, Any] = TypeAdapter(DigestFigures).dump_python(figures, mode="json")
    return document


def from_document(document: Mapping[str, Any]) -> DigestFigures:
    """The figures that a document holds."""
    return TypeAdapter(DigestFigures).validate_python(document)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDigest:
    """The digest that is due, counted and ready to be posted; `next_at` is when the next one is."""

    msp: Msp
    week: str
    figures: DigestFigures
    late: bool
    next_at: datetime
    customers: Sequence[CustomerWeek]
    head: str
    """The head of the history as it was when the week was counted."""


def count_due_digest(unit_of_work: UnitOfWork, *, now: datetime) -> DueDigest:
    """Count the newest week that is over, in a reading transaction: it takes long and must hold up nobody.

    Weeks missed before that one are not posted: they can be asked for.
    """
    head = current_head(unit_of_work.database)
    with unit_of_work.database.reading() as session:
        msp = unit_of_work.msp(session)
        posting_week = _posting_week(msp, now)
        week = posting_week.before()
        counted = count_period(session, msp, week, agreements=unit_of_work.agreements, now=now)
        return DueDigest(
            msp=msp,
            week=str(week),
            figures=replace(counted, changed=unannounced_changes(session)),
            late=now - _posting_instant(msp, posting_week) > LATE_AFTER,
            next_at=_posting_instant(msp, posting_week.following()),
            customers=customer_weeks(session, msp, week, agreements=unit_of_work.agreements, now=now)
            if msp.digest_to_managers
            else (),
            head=head,
        )


def post_digest(session: Session, due: DueDigest, *, at: datetime) -> None:
    """Post the digest to the managers' channel, once for its week, and arm the timer for the next."""
    document = as_document(due.figures)
    _post(session, due, document, at=at)
    _post_to_managers(session, due, at=at)
    keep_posted(session, due.figures, document=document)
    timers.arm(session, Duty.DIGEST, SUBJECT, due.next_at)


def arm_digest(session: Session, msp: Msp, *, now: datetime) -> None:
    """Arm the digest's timer for the posting day and hour that the people file in force names.

    The first one comes at the next posting instant. Later, when the day or hour was changed, the week that was to be
    posted next keeps its turn, at once where its new instant has passed; so no week is lost and none comes twice.
    """
    armed = timers.due_for(session, Duty.DIGEST, SUBJECT)
    if armed is not None and armed <= now:
        return
    next_week = _posting_week(msp, now).following() if armed is None else Week.of(armed, zone=msp.zone)
    planned = _posting_instant(msp, next_week)
    if armed != planned:
        timers.arm(session, Duty.DIGEST, SUBJECT, planned)


def _post(session: Session, due: DueDigest, document: Mapping[str, Any], *, at: datetime) -> None:
    message = f"digest:{due.week}"
    parts: tuple[tuple[str, Notification], ...] = (
        (message, DigestMessage(week=due.week, figures={**document, "part": CHANNEL_PART}, late=due.late)),
        (
            f"{message}:details",
            DigestMessage(week=due.week, figures={**document, "part": DETAILS_PART}, late=due.late),
        ),
        (f"{message}:head", LineMessage(incident_key=None, text_key="history_head", facts={"head": due.head})),
    )
    for key, notification in parts:
        outbox.enqueue(
            session,
            outbox.NewMessage(
                key=key,
                destination=due.msp.managers_channel,
                notification=notification,
                thread_of=None if key == message else message,
                at=at,
            ),
        )


def _post_to_managers(session: Session, due: DueDigest, *, at: datetime) -> None:
    """Send each service manager who is not absent the week of the customers they answer for."""
    of_managers: dict[str, list[CustomerWeek]] = {}
    for row in due.customers:
        manager = due.msp.present(due.msp.manager_of(row.customer), due.figures.as_of)
        if manager is not None:
            of_managers.setdefault(manager, []).append(row)
    monday = Week.parse(due.week).monday
    for manager, rows in of_managers.items():
        message = OwnCustomersMessage(first=monday, last=monday + timedelta(days=6), customers=tuple(rows))
        key = f"digest:{due.week}:to:{manager}"
        outbox.enqueue(
            session, outbox.NewMessage(key=key, destination=manager, notification=message, thread_of=None, at=at)
        )


def _posting_week(msp: Msp, now: datetime) -> Week:
    """The week of the latest posting instant that has come."""
    week = Week.of(now, zone=msp.zone)
    return week if _posting_instant(msp, week) <= now else week.before()


def _posting_instant(msp: Msp, week: Week) -> datetime:
    return local_hour(week.monday + timedelta(days=msp.digest_weekday), msp.digest_hour, zone=msp.zone)
