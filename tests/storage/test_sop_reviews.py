"""Reviews in the daily message: once a week, to the owner, and after fourteen days to the backup as well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sla_engine.notifications.daily import DailyAct, DailyLine, DailySection
from sla_engine.services.shifts.daily import ask_person
from sla_engine.services.sops.changes import SopChanges
from sla_engine.services.sops.import_file import SopImport
from sla_engine.services.sops.review_section import reviews_section
from sla_engine.storage import daily_messages
from tests.note_desk import MIRA, TESS, TOM, Desk, at

NOW = at("tue 12:00")
LIST = """title,link,owner,backup,reviewed,review_every
VPN reset,https://w.example/1,tess,tom,2026-01-01,32
Mail queue,https://w.example/2,tess,,2026-01-01,38
Next week,https://w.example/3,tess,,2026-01-01,40
"""


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(database_url)
    file = tmp_path / "sops.csv"
    file.write_text(LIST, encoding="utf-8")
    SopImport(made.unit_of_work).run(file, by="test", now=at("mon 09:00"))
    yield made
    made.close()


def asked(desk: Desk, person: str, now: str, *, week: int = 0) -> DailySection | None:
    with desk.database.transaction() as session:
        msp = desk.unit_of_work.msp(session)
        return reviews_section(session, msp=msp, person=person, now=at(now, week=week))


def titles(section: DailySection | None) -> list[str]:
    return [] if section is None else [line.title for line in section.lines]


@pytest.mark.both_databases
def test_an_owner_is_asked_once_a_week_for_what_falls_due_in_it(desk: Desk) -> None:
    section = asked(desk, TESS, "mon 16:00")
    assert section is not None
    assert section.title == "2 procedures want a look"
    assert section.lines[0] == DailyLine(
        key="sop:SOP-1",
        subject="SOP-1",
        title="SOP-1 VPN reset",
        detail="review by 2 Feb 2026",
        link="https://w.example/1",
        acts=(DailyAct.SOP_STILL_RIGHT, DailyAct.SOP_EDIT, DailyAct.SOP_NOT_MINE),
    )
    assert asked(desk, TESS, "tue 16:00") is None
    assert titles(asked(desk, TESS, "mon 16:00", week=1)) == ["SOP-1 VPN reset", "SOP-2 Mail queue", "SOP-3 Next week"]
    assert asked(desk, MIRA, "mon 16:00") is None


def test_the_backup_is_asked_after_fourteen_days(desk: Desk) -> None:
    assert asked(desk, TOM, "sun 16:00", week=1) is None
    section = asked(desk, TOM, "mon 16:00", week=2)
    assert section is not None
    assert [line.detail for line in section.lines] == ["review by 2 Feb 2026, you are its backup"]
    assert section.title == "1 procedure wants a look"


def test_what_is_reviewed_or_retired_is_not_asked_for(desk: Desk) -> None:
    changes = SopChanges(desk.unit_of_work)
    changes.still_right("SOP-1", by=TESS, now=at("mon 10:00"))
    changes.retire("SOP-2", by=MIRA, now=at("mon 10:00"))
    assert asked(desk, TESS, "mon 16:00") is None


def test_the_message_shows_what_became_of_each(desk: Desk) -> None:
    with desk.database.transaction() as session:
        ask_person(session, TESS, msp=desk.unit_of_work.msp(session), now=NOW, real_now=NOW)
    changes = SopChanges(desk.unit_of_work)
    changes.still_right("SOP-1", by=TESS, now=NOW)
    changes.not_mine("SOP-2", by=TESS, now=NOW)
    with desk.database.transaction() as session:
        live = daily_messages.lock(session, TESS)
    assert live is not None
    assert [(line.key, line.detail, line.is_done) for line in live.shown.sections[-1].lines] == [
        ("sop:SOP-1", "still right", True),
        ("sop:SOP-2", "somebody else’s", True),
    ]
