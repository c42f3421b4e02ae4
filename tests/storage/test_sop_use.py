"""Procedures on incidents: offered by the card, linked, followed, and undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sla_engine.domain.agreements.errors import NotAllowed, NotNamed
from sla_engine.domain.incidents.errors import AlreadyDone
from sla_engine.domain.incidents.events import Event
from sla_engine.domain.incidents.note_events import SopLinked, SopUsed
from sla_engine.domain.sops.errors import UnknownSop
from sla_engine.services.incidents.sop_use import SopUse
from sla_engine.services.incidents.undo import Undo
from sla_engine.services.queries.board import Board
from sla_engine.services.sops.import_file import SopImport
from sla_engine.services.sops.offered import OfferedSop
from sla_engine.services.unit_of_work.idempotency import request
from tests.note_desk import DANA, TESS, TOM, Desk, at

NOW = at("mon 09:00")
SOPS = "title,link,owner\nE-mail queue down,https://w.example/1,tess\nVPN reset,https://w.example/2,tess\n"


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(database_url)
    file = tmp_path / "sops.csv"
    file.write_text(SOPS, encoding="utf-8")
    SopImport(made.unit_of_work).run(file, by="test", now=NOW)
    yield made
    made.close()


def on_card(desk: Desk, key: str) -> list[tuple[str, str | None, bool]]:
    sops: tuple[OfferedSop, ...] = Board(desk.unit_of_work).show(key, now=NOW).sops
    return [(sop.number, sop.used_by, sop.helped) for sop in sops]


def facts(desk: Desk, key: str) -> list[Event]:
    history = Board(desk.unit_of_work).show(key, now=NOW).history
    return [entry.event for entry in history if isinstance(entry.event, SopLinked | SopUsed)]


@pytest.mark.both_databases
def test_a_card_offers_what_fits_then_what_was_linked_and_says_who_used_it(desk: Desk) -> None:
    key, use = desk.open(NOW), SopUse(desk.unit_of_work)
    assert on_card(desk, key) == [("SOP-1", None, False)]
    use.link(key, "vpn", by=DANA, now=NOW)
    assert on_card(desk, key) == [("SOP-2", None, False), ("SOP-1", None, False)]
    use.used(key, "SOP-1", helped=False, by=TOM, now=NOW)
    use.used(key, "sop-1", helped=True, by=TESS, now=NOW)
    assert on_card(desk, key) == [("SOP-1", TESS, True), ("SOP-2", None, False)]
    desk.incidents.resolve(key, text="", by=TOM, now=NOW)
    assert on_card(desk, key) == [("SOP-1", TESS, True), ("SOP-2", None, False)]


def test_a_resolved_incident_offers_nothing_that_nobody_said(desk: Desk) -> None:
    key = desk.open(NOW)
    desk.incidents.resolve(key, text="", by=TOM, now=NOW)
    assert on_card(desk, key) == []


def test_the_same_is_not_said_twice_and_another_answer_counts(desk: Desk) -> None:
    key, use = desk.open(NOW), SopUse(desk.unit_of_work)
    use.used(key, "SOP-1", helped=True, by=TOM, now=NOW)
    with pytest.raises(AlreadyDone):
        use.used(key, "SOP-1", helped=True, by=TOM, now=NOW)
    use.used(key, "SOP-1", helped=False, by=TOM, now=NOW)
    use.link(key, "SOP-1", by=DANA, now=NOW)
    with pytest.raises(AlreadyDone):
        use.link(key, "SOP-1", by=DANA, now=NOW)
    assert facts(desk, key) == [
        SopUsed(sop="SOP-1", helped=True),
        SopUsed(sop="SOP-1", helped=False),
        SopLinked(sop="SOP-1"),
    ]


def test_a_technician_uses_and_a_dispatcher_links(desk: Desk) -> None:
    key, use = desk.open(NOW), SopUse(desk.unit_of_work)
    with pytest.raises(NotAllowed):
        use.link(key, "SOP-1", by=TOM, now=NOW)
    with pytest.raises(NotNamed):
        use.used(key, "SOP-1", helped=True, by="U0STRANGER", now=NOW)
    assert facts(desk, key) == []


def test_an_unknown_procedure_names_the_nearest(desk: Desk) -> None:
    with pytest.raises(UnknownSop) as unknown:
        SopUse(desk.unit_of_work).used(desk.open(NOW), "SOP-21", helped=True, by=TOM, now=NOW)
    assert unknown.value.near == ("SOP-2 VPN reset",)


def test_a_wrong_click_is_undone(desk: Desk) -> None:
    key, use = desk.open(NOW), SopUse(desk.unit_of_work)
    with request("click:1"):
        use.used(key, "SOP-1", helped=False, by=TOM, now=NOW)
    with request("click:2"):
        Undo(desk.unit_of_work, rows={}).undo("click:1", by=TOM, now=NOW)
    assert on_card(desk, key) == [("SOP-1", None, False)]
