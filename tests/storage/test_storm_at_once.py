"""A storm's acts while the sweep runs, its message is kept, and colleagues press the same buttons or resolve one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from threading import Event, Thread
from typing import TypeVar

import pytest
from psycopg.errors import DeadlockDetected

from sla_engine.domain.errors import SlaError
from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.services.incidents.bulk_acts import BulkOutcome
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.incidents.selections import OfStorm
from sla_engine.services.incidents.storm_acts import StormActs
from sla_engine.services.incidents.undo import Undo
from sla_engine.services.sweep.storms import Storms
from sla_engine.services.sweep.sweep import Sweep
from sla_engine.services.unit_of_work.idempotency import request
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import storm_members
from sla_engine.storage.database import WORKER_WAIT_SECONDS, Database
from sla_engine.storage.errors import StorageBusy
from tests.note_desk import DANA, MIRA, TESS, TOM, at
from tests.storage.test_storms import CHANNEL, StormDesk

T = TypeVar("T")

pytestmark = pytest.mark.both_databases

COUNT = 10
TRIES = 50
"""A kept request is carried out once the database is free."""


@pytest.fixture
def desk(database_url: str) -> Iterator[StormDesk]:
    made = StormDesk(database_url)
    yield made
    made.close()


class Crowd:
    """Workers that look all the time, and people who press at the same moment; each on connections of their own."""

    def __init__(self, url: str) -> None:
        self.now = at("mon 09:02")
        self.databases = [Database(url, wait_seconds=WORKER_WAIT_SECONDS) for _ in range(4)]
        works = [UnitOfWork(database, real_clock=lambda: self.now) for database in self.databases]
        self.sweep, self.storms = Sweep(works[0]), Storms(works[1])
        self.people = works[2:]
        self.errors: list[BaseException] = []
        self.over = Event()

    def __enter__(self) -> Crowd:
        looks = (self.sweep.run_once, self.storms.run_once)
        self.workers = [Thread(target=self._keep_looking, args=(look,)) for look in looks]
        for worker in self.workers:
            worker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for worker in self.workers:
            worker.join()
        for database in self.databases:
            database.close()

    def _keep_looking(self, look: Callable[..., object]) -> None:
        while not self.over.wait(0.01):
            try:
                look(now=self.now)
            except Exception as error:  # noqa: BLE001 - whatever went wrong is asserted about by the test
                self.errors.append(error)

    def at_once(self, *presses: Callable[[], T]) -> list[T]:
        """What each press came to; one that finds the database busy is carried out later."""
        with ThreadPoolExecutor(len(presses)) as people:
            return list(people.map(self._carried_out, presses))

    def _carried_out(self, press: Callable[[], T]) -> T:
        for _ in range(TRIES):
            try:
                return press()
            except StorageBusy as error:
                self.errors.append(error)
        message = "the database was busy all the time"
        raise AssertionError(message)

    def unexpected(self) -> list[BaseException]:
        """What went wrong beside a wait for a lock that was too long."""
        return [error for error in self.errors if not isinstance(error, StorageBusy) or is_deadlock(error)]


def is_deadlock(error: BaseException | None) -> bool:
    """Whether an error, or what caused it, is a deadlock."""
    if error is None or isinstance(error, DeadlockDetected):
        return error is not None
    return is_deadlock(getattr(error, "orig", None)) or is_deadlock(error.__cause__)


BulkAct = Callable[[StormActs, list[str], str, datetime], BulkOutcome]
UNTIL = at("mon 14:00")
BULK_ACTS: dict[str, BulkAct] = {
    "acknowledge": lambda acts, _, by, now: acts.acknowledge(1, by=by, now=now),
    "customers told": lambda acts, keys, by, now: acts.update_customers(
        OfStorm(1), customers_of=keys[:1], text="We are on it", by=by, now=now, since=now
    ),
    "give out": lambda acts, keys, by, now: acts.give_out(dict.fromkeys(keys, TESS), by=by, now=now, since=now),
    "pause": lambda acts, _, by, now: acts.pause(
        OfStorm(1), reason=PauseReason.VENDOR, until=UNTIL, by=by, now=now, since=now
    ),
    "merge": lambda acts, keys, by, now: acts.merge(keys[2:], by=by, now=now),
}


def unless_refused(press: Callable[[], T]) -> Callable[[], T | None]:
    """Press, and take a refusal for an answer: a colleague left nothing to do, or acted since."""

    def pressed() -> T | None:
        try:
            return press()
        except StorageBusy:
            raise
        except SlaError:
            return None

    return pressed


@pytest.mark.parametrize("name", BULK_ACTS)
def test_two_people_press_one_resolves_and_the_sweep_runs(desk: StormDesk, database_url: str, name: str) -> None:
    keys = desk.open_p1(COUNT, at("mon 09:00"))
    desk.look(at("mon 09:00"))
    with Crowd(database_url) as crowd:
        now, outcomes = crowd.now, list[BulkOutcome]()

        def press(number: int, by: str) -> None:
            with request(f"slack:{number}"):
                outcomes.append(BULK_ACTS[name](StormActs(crowd.people[number]), keys, by, now))

        def resolve() -> None:
            Incidents(crowd.people[0]).resolve(keys[0], text="", by=TOM, now=now)

        def open_another() -> None:
            desk.open(now, priority=Priority.P2, title="One more", owner=None)

        pressed = [unless_refused(partial(press, 0, DANA)), unless_refused(partial(press, 1, MIRA))]
        crowd.at_once(*pressed, resolve, open_another)
        for number, by in ((0, DANA), (1, MIRA)):
            undo = Undo(crowd.people[number]).undo
            crowd.at_once(unless_refused(partial(undo, f"slack:{number}", by=by, now=now)))
    assert crowd.unexpected() == []
    meant = set(keys[3:] if name == "merge" else keys[1:])
    assert meant <= {key for outcome in outcomes for key in outcome.done}
    desk.look(at("mon 09:04"))
    assert desk.storm().open in (COUNT, COUNT - 1)
    assert desk.nudges_in_channel() == {}


def test_a_message_is_not_given_up_while_a_nudge_comes_behind_it(desk: StormDesk, database_url: str) -> None:
    keys = desk.open_p1(5, at("mon 09:00"))
    desk.look(at("mon 09:00"))
    for key in keys[1:]:
        desk.incidents.resolve(key, text="", by=TOM, now=at("mon 09:01"))
    database = Database(database_url, wait_seconds=WORKER_WAIT_SECONDS)
    looks = Storms(UnitOfWork(database, real_clock=lambda: at("mon 09:20")))
    ending = Thread(target=looks.run_once, kwargs={"now": at("mon 09:20")})
    with desk.database.transaction() as session:
        joined = storm_members.join(
            session, channel=CHANNEL, incident_id=1, cause=NudgeCause.REPEAT, at=at("mon 09:20")
        )
        ending.start()
        ending.join(0.3)
        assert ending.is_alive(), "it waits until the nudge is there"
    ending.join()
    database.close()
    assert joined is not None
    assert desk.storm().ended_at == at("mon 09:20")
