"""A replayed log stays out of what is live: it counts in its own report, and where the database holds nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.reporting.digest import DigestFigures
from sla_engine.intake import log_replay
from sla_engine.services.incidents.waive_and_merge import Outcomes
from sla_engine.services.queries.board import Board
from sla_engine.services.queries.digest import as_document
from sla_engine.services.upkeep.health import HealthCheck
from tests.note_desk import DANA, EXAMPLES, MIRA, TOM, Desk, at

LOG = """\
number,incident_state,sys_mod_count,opened_at,sys_updated_at,priority
INC0000001,New,0,2/2/2026 09:00,2/2/2026 09:00,2 - High
INC0000001,In Progress,1,2/2/2026 09:00,2/2/2026 11:00,2 - High
INC0000002,New,0,2/2/2026 09:30,2/2/2026 09:30,3 - Moderate
INC0000002,Awaiting Vendor,1,2/2/2026 09:30,2/2/2026 10:00,3 - Moderate
INC0000002,In Progress,2,2/2/2026 09:30,2/2/2026 13:00,3 - Moderate
INC0000002,Resolved,3,2/2/2026 09:30,6/2/2026 16:00,3 - Moderate
INC0000003,New,0,6/2/2026 15:30,6/2/2026 15:30,3 - Moderate
"""
WEEK = "2026-W06"
FRIDAY = at("fri 18:00")


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def replay(desk: Desk, folder: Path) -> None:
    """Three incidents of another desk: one breached and open, one that rested, one due soon."""
    file = folder / "log.csv"
    file.write_text(LOG, encoding="utf-8")
    agreement = EXAMPLES / "agreements" / "acme-dental.yaml"
    wanted = log_replay.prepare(desk.database, file, agreement, zone=None, now=at("mon 08:00"))
    log_replay.run(desk.database, wanted, on_progress=lambda _done, _rows: None)


def worked_week(desk: Desk) -> None:
    """A live week in which everything the digest counts happened."""
    desk.written(at("mon 10:00"))
    waived = desk.missed(at("tue 10:00"))
    Outcomes(desk.unit_of_work).waive(
        waived, metric=MetricName.FIRST_RESPONSE, reason="a drill", by=MIRA, now=at("tue 10:10")
    )
    rested = desk.open(at("wed 09:00"))
    desk.incidents.respond(rested, text="Hello", by=TOM, now=at("wed 09:05"))
    desk.incidents.pause(rested, reason=PauseReason.CUSTOMER, by=TOM, now=at("wed 09:10"))
    desk.incidents.resolve(rested, text="Done", by=TOM, now=at("wed 11:00"))
    duplicate, kept = desk.open(at("thu 09:00")), desk.open(at("thu 09:01"))
    Outcomes(desk.unit_of_work).merge(duplicate, into=kept, by=DANA, now=at("thu 09:02"))
    desk.open(at("fri 17:00"))


def live(desk: Desk) -> tuple[dict[str, Any], list[str], int]:
    """The digest of the week, the list of everything, and what health and metrics count as open."""
    listed = [incident.key for incident in Board(desk.unit_of_work).everything(now=FRIDAY).incidents]
    health = HealthCheck(desk.database).facts(now=FRIDAY)
    return as_document(figures(desk)), listed, health.open_incidents


def figures(desk: Desk) -> DigestFigures:
    return desk.digests.figures(WEEK, now=FRIDAY)


def test_a_replayed_log_moves_no_live_figure(desk: Desk, tmp_path: Path) -> None:
    worked_week(desk)
    before = live(desk)
    replay(desk, tmp_path)
    assert live(desk) == before
    assert not figures(desk).only_replayed


def test_where_nothing_else_is_there_the_digest_counts_the_log_and_says_so(desk: Desk, tmp_path: Path) -> None:
    assert not figures(desk).only_replayed, "an empty database was not replayed into"
    replay(desk, tmp_path)
    counted = figures(desk)
    assert counted.only_replayed
    assert (counted.incidents.this_week.of, counted.open_incidents, counted.breached_open.count) == (2, 2, 1)
    assert counted.held is not None
    assert counted.held.third_party_seconds == 2 * 3600, "noon to one is closed"


def test_the_first_live_incident_ends_that(desk: Desk, tmp_path: Path) -> None:
    replay(desk, tmp_path)
    desk.open(at("fri 17:00"))
    counted = figures(desk)
    assert not counted.only_replayed
    assert (counted.clocks.this_week.of, counted.open_incidents, counted.held) == (0, 1, None)
