"""Leaving out the incidents that an edit cannot move leaves the same rows and looks as folding every one of them."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sla_engine.domain.errors import SlaError
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.services.versions.preview import diff
from sla_engine.services.versions.reproject import Projected, project
from sla_engine.storage import incidents, projections
from tests.note_desk import DANA, TOM, at
from tests.version_desk import DEPOT, HOURS, TARGETS, VersionDesk, depot

pytestmark = pytest.mark.both_databases

STEPS = 8
LADDERS = (
    "",
    "ladders: {default: [{at: 60%, tell: assignee}, {at: 1h before due, tell: dispatcher}, "
    "{at: 100%, tell: dispatcher, repeat: 45m until acknowledged}]}",
    'ladders: {default: [{at: 30%, tell: assignee, quiet: "18:00-08:00"}, {at: 2h after due, tell: dispatcher}]}',
)


class RandomWeek:
    """Incidents opened, worked on and edited under, at random instants that only go forward."""

    def __init__(self, desk: VersionDesk, seed: int) -> None:
        self.desk = desk
        self.random = random.Random(seed)
        self.now = at("mon 08:00")
        self.keys: list[str] = []

    def pass_time(self) -> datetime:
        self.now += timedelta(minutes=self.random.choice((5, 20, 60, 150, 400)), seconds=self.random.randint(0, 59))
        self.desk.look(self.now)
        return self.now

    def open(self) -> None:
        self.keys.append(self.desk.open_for_depot(self.pass_time(), self.random.choice(list(Priority)[:4])))

    def act(self) -> None:
        key, now, incidents_ = self.random.choice(self.keys), self.pass_time(), self.desk.incidents
        acts = (
            lambda: incidents_.respond(key, text="", by=TOM, now=now),
            lambda: incidents_.update_customer(key, text="Still on it.", by=TOM, now=now),
            lambda: incidents_.pause(key, reason=PauseReason.VENDOR, by=TOM, now=now),
            lambda: incidents_.resume(key, by=TOM, now=now),
            lambda: incidents_.resolve(key, text="", by=TOM, now=now),
            lambda: incidents_.reopen(key, text="", by=TOM, now=now),
            lambda: incidents_.set_priority(key, priority=self.random.choice(list(Priority)[:4]), by=TOM, now=now),
            lambda: incidents_.acknowledge(key, by=DANA, now=now),
        )
        try:
            self.random.choice(acts)()
        except SlaError:
            return  # what makes no sense for this incident is refused, and changes nothing

    def edit(self) -> Projected:
        choose = self.random.choice
        effective = choose(("2026-01-02", "2026-01-03", (self.now + timedelta(days=choose((1, 2, 5)))).isoformat()))
        closed = [
            (self.now + timedelta(days=ahead)).date().isoformat() for ahead in range(9) if self.random.random() < 0.2
        ]
        text = depot(
            effective=effective,
            hours=choose((HOURS, HOURS, "09:00-12:00, 13:00-18:00", "07:00-15:00")),
            closed=", ".join(closed),
            targets=choose((TARGETS, TARGETS, TARGETS | {"P2": "6h"}, TARGETS | {"P4": "12h"})),
            response=choose(("2h", "2h", "2h", "1h")),
            more=f"{choose(LADDERS)}\n# {self.now.isoformat()}",
        )
        now = self.pass_time()
        (told,) = diff(self.desk.database, [self.desk.file(text)], now=now).customers
        done = self.desk.apply(text, now)
        for clock in told.changes:
            if clock.after is not None:  # what is told before comes true
                assert self.desk.row(clock.key, clock.metric)["due_at"] == clock.after.due_at
        return done


def projected(desk: VersionDesk) -> tuple[object, ...]:
    """All that does not follow from the passing of time: what was counted so far is written when something happens."""
    passing = ("elapsed_us", "elapsed_before_run_us", "paused_open_us", "version_id")
    rows = [{name: value for name, value in row.items() if name not in passing} for row in desk.rows()]
    return rows, desk.timers(), desk.events()


def fold_everything(desk: VersionDesk, now: datetime) -> int:
    """Measure every open incident anew; answers how many rows that wrote."""
    with desk.database.transaction() as session:
        return sum(
            project(desk.unit_of_work.work_on(session, incidents.lock_by_id(session, number), now=now))
            for number in projections.open_ids(session, DEPOT)
        )


def count_open(desk: VersionDesk) -> int:
    with desk.database.reading() as session:
        return projections.count_open(session, DEPOT)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [6, 9, 11])
def test_nothing_is_left_to_be_done_for_the_incidents_that_were_not_looked_at(
    database_url: str, tmp_path: Path, seed: int
) -> None:
    desk = VersionDesk(database_url, tmp_path, depot())
    week = RandomWeek(desk, seed)
    left_out = 0
    for step in range(STEPS):
        week.open()
        for _ in range(2):
            week.act()
        if step % 2:
            looked_at = week.edit().incidents
            left_out += count_open(desk) - looked_at
            before = projected(desk)
            assert fold_everything(desk, week.now) == 0
            assert projected(desk) == before
    assert left_out > 0
    desk.close()
