"""One bad item stops nothing: whatever one timer raises, everybody else is served on time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from sla_engine.domain.agreements.errors import NotAllowed
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reports import Report
from sla_engine.domain.time.errors import CalendarNeverOpens
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.domain.upkeep.errors import UnknownFailure
from sla_engine.domain.upkeep.retries import PATIENT, URGENT, Queue, RetryPace
from sla_engine.notifications.notices import LineMessage, SetAsideMessage
from sla_engine.notifications.nudges import NudgeMessage
from sla_engine.services.intake.match import Delivery, ReportOutcome, Taken
from sla_engine.services.intake.receive import Intake
from sla_engine.services.sweep import sweep as sweeping
from sla_engine.services.sweep.sweep import Sweep
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.services.upkeep.failures import Failures
from sla_engine.storage import failures, incidents, timers
from sla_engine.storage.database import Database, Session
from sla_engine.storage.tables.delivery import Outbox
from sla_engine.storage.timers import DueTimer
from tests.intake_desk import NOON, found, intake_for, tell, ticket
from tests.note_desk import DANA, MIRA, Desk, at

pytestmark = pytest.mark.both_databases

CHANNEL, ADA = "C0DISPATCH", "U0ADA"
ERRORS = {
    "refusal": CalendarNeverOpens("hours", "UTC", at("mon 09:00")),
    "KeyError": KeyError("until"),
    "IntegrityError": IntegrityError("INSERT", {}, Exception("unique")),
}


class Floor(Desk):
    """A desk whose time real and SLA is one, so that tries can be followed."""

    def __init__(self, database_url: str) -> None:
        super().__init__(database_url)
        self.real = at("mon 09:00")
        self.unit_of_work = UnitOfWork(self.database, real_clock=lambda: self.real)
        self.sweep = Sweep(self.unit_of_work)
        self.failures = Failures(self.unit_of_work)

    def look(self, now: datetime) -> None:
        self.real = now
        self.sweep.run_once(now=now)

    def arm(self, duty: Duty, subject: str, due: datetime, incident_id: int | None) -> None:
        with self.database.transaction() as session:
            timers.arm(session, duty, subject, due, incident_id=incident_id)

    def id_of(self, key: str) -> int:
        with self.database.reading() as session:
            return incidents.find(session, key).id

    def try_all(self, pace: RetryPace, start: datetime) -> datetime:
        """Sweep at each instant at which the item is tried; answers when it was set aside."""
        now = start
        self.look(now)
        for wait in pace.waits:
            now += wait
            self.look(now)
        return now

    def lines(self, to: str) -> list[LineMessage]:
        return [one.shown for one in self.sent(to=to, about="failure") if isinstance(one.shown, LineMessage)]


@pytest.fixture
def desk(database_url: str) -> Iterator[Floor]:
    made = Floor(database_url)
    yield made
    made.close()


def poisoned(served: list[str], error: Exception, *, bad: set[str]) -> Callable[..., Any]:
    """A duty's work that fails for some incidents, and remembers whom it served."""

    def work(incident_work: IncidentWork | UnitOfWork, *rest: object, **_: object) -> bool:
        key = (
            incident_work.key
            if isinstance(incident_work, IncidentWork)
            else next(x.subject for x in rest if isinstance(x, DueTimer))
        )
        if key in bad:
            raise error
        served.append(key)
        return True

    return work


WORK = {
    Duty.CLOCK: "escalate",
    Duty.PROMISE: "escalate",
    Duty.PAUSE: "escalate",
    Duty.NOTE: "show_withdrawn",
    Duty.SOP: "remind_sop",
}


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
@pytest.mark.parametrize("duty", WORK)
def test_one_failing_timer_holds_up_no_other(
    desk: Floor, monkeypatch: pytest.MonkeyPatch, duty: Duty, error: Exception
) -> None:
    due = at("mon 09:05")
    keys = [desk.open(at("mon 09:00"), owner=None) for _ in range(3)]
    desk.look(at("mon 09:00"))
    served: list[str] = []
    bad = {keys[0]}
    monkeypatch.setattr(sweeping, WORK[duty], poisoned(served, error, bad=bad))
    for key in keys:
        desk.arm(duty, f"{key}:resolution" if duty is Duty.CLOCK else key, due, desk.id_of(key))
    desk.look(due)
    assert served == keys[1:]
    with desk.database.reading() as session:
        (failure,) = failures.unresolved(session)
    assert (failure.queue, failure.item, failure.tries) == (Queue.TIMER, f"{duty}:{keys[0]}", 1)
    assert type(error).__name__ in failure.error

    bad.clear()
    desk.look(due + timedelta(seconds=4))
    assert served == keys[1:], "not its turn yet"
    desk.look(due + timedelta(seconds=5))
    assert served == [*keys[1:], keys[0]]
    assert desk.failures.list() == ()


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
def test_a_digest_that_fails_holds_up_nobody_and_is_posted_once_it_can_be(
    desk: Floor, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    key = desk.open(at("mon 09:00"))
    desk.arm(Duty.DIGEST, "weekly", at("mon 09:01"), None)

    def fails(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(sweeping, "count_due_digest", fails)
        desk.look(at("mon 09:15"))
    assert [one.shown.incident_key for one in desk.sent(about="nudge:") if isinstance(one.shown, NudgeMessage)] == [key]
    assert desk.sent(about="digest:") == []
    desk.look(at("mon 09:16"))
    assert len(desk.sent(about="digest:")) == 3


class BrokenFor(UnitOfWork):
    """Cannot open some incidents for work."""

    bad: frozenset[str] = frozenset()

    def work_on(self, session: Session, record: Incident, **about: Any) -> IncidentWork:
        if record.key in self.bad:
            raise KeyError(record.title)
        return super().work_on(session, record, **about)


def broken(desk: Floor, *keys: str) -> None:
    unit_of_work = BrokenFor(desk.database, real_clock=lambda: desk.real)
    unit_of_work.bad = frozenset(keys)
    desk.unit_of_work, desk.sweep = unit_of_work, Sweep(unit_of_work)
    desk.failures = Failures(unit_of_work)


def mended(desk: Floor) -> None:
    broken(desk)


def test_the_others_are_nudged_on_time_and_the_worker_hears_no_error(desk: Floor) -> None:
    bad, good = (desk.open(at("mon 09:00"), title=title) for title in ("bad", "good"))
    broken(desk, bad)
    for minute in (15, 23, 31):
        desk.look(at(f"mon 09:{minute}"))
    nudged = [one.shown for one in desk.sent(about="nudge:") if one.op == "post"]
    assert [(one.incident_key, one.percent) for one in nudged if isinstance(one, NudgeMessage)] == [
        (good, 50),
        (good, 75),
        (good, 100),
    ]


@pytest.mark.parametrize(("priority", "pace"), [(Priority.P1, URGENT), (Priority.P2, URGENT), (Priority.P3, PATIENT)])
def test_after_five_tries_it_is_set_aside_and_an_admin_and_the_dispatcher_are_told(
    desk: Floor, priority: Priority, pace: RetryPace
) -> None:
    key = desk.open(at("mon 09:00"), priority=priority, title="Nobody can log in", owner=None)
    desk.look(at("mon 09:00"))
    broken(desk, key)
    with desk.database.transaction() as session:
        timers.arm_again(session, Duty.CLOCK, "", incident_id=desk.id_of(key), due=at("mon 09:01"))
    aside = desk.try_all(pace, at("mon 11:00"))
    if pace is URGENT:
        assert aside - at("mon 11:00") <= timedelta(minutes=2)
    assert desk.failures.notify() == 1
    assert desk.failures.notify() == 0
    (line,) = desk.lines(CHANNEL)
    assert (line.text_key, line.incident_key, line.facts["duty"]) == ("not_watched", key, "clock")
    assert (line.facts["priority"], line.facts["customer"], line.facts["title"]) == (
        priority.value, "Acme Dental", "Nobody can log in"
    )  # fmt: skip
    (told,) = desk.sent(to=ADA)
    assert isinstance(told.shown, SetAsideMessage)
    assert told.shown.error == "KeyError: 'Nobody can log in'"
    desk.look(aside + timedelta(days=1))
    assert desk.failures.notify() == 0, "its other clocks fail as well, which is no news"
    assert [item.next_try_at for item in desk.failures.list()] == [None]


def test_what_was_set_aside_is_done_after_a_retry(desk: Floor) -> None:
    key = desk.open(at("mon 09:00"), priority=Priority.P2)
    broken(desk, key)
    aside = desk.try_all(URGENT, at("mon 09:31"))
    desk.failures.notify()
    mended(desk)
    (item,) = desk.failures.list()
    with pytest.raises(NotAllowed):
        desk.failures.retry(item.number, by=DANA, now=aside)
    desk.failures.retry(item.number, by=MIRA, now=aside)
    desk.look(aside)
    assert [one.shown.percent for one in desk.sent(about=f"nudge:{key}") if isinstance(one.shown, NudgeMessage)] == [
        100
    ]
    assert desk.failures.list() == ()
    again = [one.shown for one in desk.sent(to=ADA) if isinstance(one.shown, SetAsideMessage)][-1]
    assert again.tried_again_by == MIRA
    with pytest.raises(UnknownFailure):
        desk.failures.retry(item.number, by=MIRA, now=aside)


def test_what_is_dropped_is_forgotten(desk: Floor) -> None:
    key = desk.open(at("mon 09:00"))
    broken(desk, key)
    desk.look(at("mon 09:31"))
    (item,) = desk.failures.list()
    desk.failures.drop(item.number)
    mended(desk)
    desk.look(at("mon 12:00"))
    assert desk.failures.list() == ()
    assert desk.sent(about="nudge:") == []


def test_more_than_three_in_ten_minutes_are_one_line_that_grows(desk: Floor) -> None:
    keys = [desk.open(at("mon 09:00"), title=f"incident {number}") for number in range(7)]
    broken(desk, *keys)
    desk.try_all(URGENT, at("mon 09:31"))
    assert desk.failures.notify() == 7
    lines = desk.lines(CHANNEL)
    assert [line.text_key for line in lines[:3]] == ["not_watched"] * 3
    posts = [one for one in desk.sent(to=CHANNEL, about="failures:") if one.op == "post"]
    assert len(posts) == 1
    assert lines[-1].text_key == "many_not_watched"
    assert all(key in str(lines[-1].facts["incidents"]) for key in keys[3:])
    assert len([one for one in desk.sent(to=ADA) if one.op == "post"]) == 4


def test_a_timer_of_a_duty_this_version_does_not_know_holds_up_nobody(desk: Floor) -> None:
    key = desk.open(at("mon 09:00"))
    with desk.database.transaction() as session:
        values = f"('reconcile', 'x', {timers_due(at('mon 09:01'))})"
        session.connection().exec_driver_sql(f"INSERT INTO timer (duty, subject, due) VALUES {values}")
    desk.look(at("mon 09:15"))
    assert [one.to for one in desk.sent(about=f"nudge:{key}")] != []
    assert [item.what for item in desk.failures.list()] == ["The timer x"]


def timers_due(instant: datetime) -> int:
    return int(instant.timestamp() * 1_000_000)


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
def test_one_failing_delivery_holds_up_no_other(
    database_url: str, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    database = Database(database_url)
    intake = intake_for(database, "acme-dental")
    take = Intake._take

    def poisonous(self: Intake, session: Session, report: Report, delivery: Delivery, *, now: datetime) -> Taken:
        if report.external_id == "T-1":
            raise error
        return take(self, session, report, delivery, now=now)

    with monkeypatch.context() as patch:
        patch.setattr(Intake, "_take", poisonous)
        outcomes = tell(intake, ticket("opened", external_id="T-1"), ticket("opened", external_id="T-2"))
    assert outcomes[1:] == [ReportOutcome.OPENED]
    assert outcomes[0] in {ReportOutcome.LATER, ReportOutcome.TRIAGE}
    assert found(intake, "T-2") is not None
    database.close()


def test_a_delivery_that_fails_five_times_is_told_and_can_be_tried_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(database_url)
    intake = intake_for(database, "acme-dental")
    real = NOON
    intake.unit_of_work.real_clock = lambda: real
    with monkeypatch.context() as patch:

        def breaks(*_: object, **__: object) -> None:
            raise KeyError("customer")

        patch.setattr(Intake, "_work", breaks)
        assert tell(intake, ticket("opened")) == [ReportOutcome.LATER]
        for wait in URGENT.waits:
            real += wait
            intake.catch_up(now=real)
    desk = Failures(intake.unit_of_work)
    assert desk.notify() == 1
    with database.reading() as session:
        keys = session.execute(select(Outbox.destination, Outbox.payload).order_by(Outbox.id)).all()
    assert [to for to, _ in keys] == [ADA, CHANNEL]
    assert keys[1][1]["facts"]["about"] == "T-1"
    (item,) = desk.list()
    desk.retry(item.number, now=real)
    intake.catch_up(now=real)
    assert found(intake) is not None
    assert desk.list() == ()
    database.close()


def test_a_delivery_that_cannot_even_be_read_is_set_aside_told_and_can_be_tried_again(database_url: str) -> None:
    database = Database(database_url)
    intake = intake_for(database, "acme-dental")
    real = NOON
    intake.unit_of_work.real_clock = lambda: real
    kept = f"('webhook:x', 'webhook', {timers_due(NOON - timedelta(hours=1))}, 'garbage{{', 'received')"
    with database.transaction() as session:
        columns = "(id, source, received_at, payload, state)"
        session.connection().exec_driver_sql(f"INSERT INTO inbox {columns} VALUES {kept}")
    intake.catch_up(now=real)
    for wait in URGENT.waits:
        real += wait
        intake.catch_up(now=real)
    desk = Failures(intake.unit_of_work)
    assert desk.notify() == 1
    with database.reading() as session:
        assert list(session.scalars(select(Outbox.destination).order_by(Outbox.id))) == [ADA, CHANNEL]
    (item,) = desk.list()
    assert (item.tries, item.next_try_at) == (5, None)
    desk.retry(item.number, now=real)
    desk.drop(item.number)
    assert desk.list() == ()
    database.close()
