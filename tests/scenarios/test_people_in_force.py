"""A change of `msp.yaml` counts as soon as it is applied: the digest's day, who is on duty, where messages go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sla_engine.delivery import lost_channels
from sla_engine.delivery.records import DeliveryRules
from sla_engine.domain.agreements.routes import NO_ROUTES
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.notifications.notices import DigestMessage
from sla_engine.services.agreements import people_files
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.services.upkeep.people_in_force import PeopleInForce
from sla_engine.storage import timers
from sla_engine.storage.database import Database
from tests.note_desk import EXAMPLES, MANAGERS, Desk, at

pytestmark = pytest.mark.sqlite_only

AN_HOUR = timedelta(hours=1)
DIGEST_LINE = 'digest: {day: monday, at: "08:00"}'


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def apply(desk: Desk, folder: Path, now: datetime, **changed: str) -> None:
    """Put the sample people in force with some of its words changed."""
    text = (EXAMPLES / "msp.yaml").read_text()
    for old, new in changed.items():
        assert WORDS[old] in text
        text = text.replace(WORDS[old], new)
    file = folder / "msp.yaml"
    file.write_text(text)
    people_files.apply(desk.database, file, by="test", now=now)


WORDS = {"digest": DIGEST_LINE, "dispatcher_channel": "dispatcher: C0DISPATCH", "rota": "members: [U0DANA, U0DEV]"}


def posted(desk: Desk) -> list[str]:
    """The weeks whose digest was posted, in the order in which that was done."""
    shown = [(one.shown, one.thread_of) for one in desk.sent(to=MANAGERS)]
    return [message.week for message, thread in shown if isinstance(message, DigestMessage) and thread is None]


def armed(desk: Desk) -> datetime | None:
    with desk.database.reading() as session:
        return timers.due_for(session, Duty.DIGEST, "weekly")


# When each change is applied (day and week), and the digest's day and hour from then on.
CHANGES = {
    "no change": (),
    "to a later day": (("tue 12:00", 1, "friday", "08:00"),),
    "to an earlier day": (("mon 12:00", 0, "friday", "08:00"), ("wed 12:00", 2, "monday", "08:00")),
    "to an earlier day after it came": (("mon 12:00", 0, "friday", "08:00"), ("sat 12:00", 2, "monday", "08:00")),
    "to a later hour of the day it came": (("mon 09:00", 1, "monday", "10:00"),),
    "to an earlier hour on the day it comes": (("mon 07:30", 1, "monday", "06:00"),),
    "to and fro": (
        ("tue 12:00", 1, "friday", "08:00"),
        ("wed 12:00", 1, "tuesday", "17:00"),
        ("fri 12:00", 1, "sunday", "23:00"),
        ("wed 12:00", 2, "monday", "00:00"),
    ),
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_digest_day_loses_no_week_and_doubles_none(
    desk: Desk, tmp_path: Path, changes: tuple[tuple[str, int, str, str], ...]
) -> None:
    in_force = PeopleInForce(desk.unit_of_work)
    waiting = [(at(when, week=week), day, hour) for when, week, day, hour in changes]
    now, end = at("mon 08:30"), at("sun 23:30", week=3)
    while now < end:
        while waiting and waiting[0][0] <= now:
            _, day, hour = waiting.pop(0)
            apply(desk, tmp_path, now, digest=f'digest: {{day: {day}, at: "{hour}"}}')
        in_force.take_over(now=now)
        desk.look(now)
        now += 3 * AN_HOUR
    assert posted(desk) == ["2026-W06", "2026-W07", "2026-W08"]


def test_the_first_people_arm_the_digest_of_a_worker_that_runs_already(database_url: str) -> None:
    database = Database(database_url)
    unit_of_work = UnitOfWork(database, real_clock=lambda: at("tue 12:00"))
    in_force = PeopleInForce(unit_of_work)
    in_force.take_over(now=at("tue 12:00"))
    assert in_force.routes(now=at("tue 12:00")) == NO_ROUTES

    people_files.apply(database, EXAMPLES / "msp.yaml", by="test", now=at("tue 12:05"))
    in_force.take_over(now=at("tue 12:06"))
    with database.reading() as session:
        assert timers.due_for(session, Duty.DIGEST, "weekly") == at("mon 08:00", week=1)
    assert in_force.routes(now=at("tue 12:06")).dispatcher_channel == "C0DISPATCH"
    database.close()


def test_starting_again_changes_nothing_and_posts_no_week_from_before_the_first_start(desk: Desk) -> None:
    for hour in ("09:00", "10:00", "11:00"):
        PeopleInForce(desk.unit_of_work).take_over(now=at(f"tue {hour}"))
        desk.look(at(f"tue {hour}"))
    assert posted(desk) == []
    assert armed(desk) == at("mon 08:00", week=1)


def test_channel_and_rota_of_a_version_count_at_once(desk: Desk, tmp_path: Path) -> None:
    in_force = PeopleInForce(desk.unit_of_work)
    assert in_force.routes(now=at("mon 10:00")).on_duty == "U0DANA"
    apply(desk, tmp_path, at("mon 10:00"), dispatcher_channel="dispatcher: C0NEW", rota="members: [U0DEV, U0DANA]")
    routes = in_force.routes(now=at("mon 10:01"))
    assert (routes.dispatcher_channel, routes.on_duty) == ("C0NEW", "U0DEV")
    desk.open(at("mon 10:01"), priority=Priority.P1, owner=None)
    assert [one.to for one in desk.sent()] == ["C0NEW"]


def test_a_lost_channel_that_msp_yaml_names_no_more_is_forgotten(desk: Desk, tmp_path: Path) -> None:
    in_force = PeopleInForce(desk.unit_of_work)
    in_force.take_over(now=at("mon 10:00"))
    with desk.database.transaction() as session:
        lost_channels.mark_lost(session, "C0DISPATCH", "is_archived", rules=DeliveryRules(), now=at("mon 10:00"))
    apply(desk, tmp_path, at("mon 11:00"), dispatcher_channel="dispatcher: C0NEW")
    in_force.take_over(now=at("mon 11:00"))
    with desk.database.reading() as session:
        assert lost_channels.lost_destinations(session) == ()
