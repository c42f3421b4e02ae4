"""Reading asks permission as writing does: lists, notes and forms, and a refusal of it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sla_engine.domain.agreements.errors import NotAllowed, NotNamed
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.errors import SlaError
from sla_engine.domain.incidents.errors import UnknownIncident
from sla_engine.domain.incidents.suppositions import IfResolved
from sla_engine.intake.registry import PARSERS
from sla_engine.services.agreements import people_files
from sla_engine.services.intake.receive import Intake
from sla_engine.services.queries.board import Board
from sla_engine.services.simulation.simulation import Simulations
from sla_engine.services.versions.reprocess import Reprocessing
from sla_engine.storage.tables.upkeep import Refusal
from tests.note_desk import DANA, EXAMPLES, MIRA, TESS, TOM, Desk, at

NOW = at("mon 12:00")
STRANGER = "U0STRANGER"


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def refused(desk: Desk) -> list[tuple[str, str, str | None, str]]:
    """The refusals that were kept."""
    with desk.database.reading() as session:
        found = session.query(Refusal).order_by(Refusal.id)
        return [(each.by, each.action, each.incident_key, each.error) for each in found]


Read = Callable[[Desk, str, str], object]
READS: dict[str, tuple[str, str, Read]] = {
    "triage list": (
        STRANGER,
        TOM,
        lambda desk, _, by: Intake(desk.unit_of_work, parsers=PARSERS).triage.overview(by=by, now=NOW),
    ),
    "SOP list": (STRANGER, TOM, lambda desk, _, by: desk.registry.list(by=by, now=NOW)),
    "review queue": (DANA, MIRA, lambda desk, _, by: desk.notes.review_queue(by=by, now=NOW)),
    "digest": (DANA, MIRA, lambda desk, _, by: desk.digests.show(by=by, written="", now=NOW)),
    "simulation": (
        DANA,
        MIRA,
        lambda desk, key, by: Simulations(desk.unit_of_work).ask(IfResolved(key=key, at=NOW), by=by, now=NOW),
    ),
    "note form": (STRANGER, TOM, lambda desk, key, by: desk.notes.form(key, by=by, now=NOW)),
    "return form": (DANA, MIRA, lambda desk, key, by: desk.notes.may_return(key, by=by, now=NOW)),
    "decision form": (DANA, MIRA, lambda desk, key, by: desk.notes.suggestion(key, by=by, now=NOW)),
    "opening form": (STRANGER, TOM, lambda desk, _, by: Board(desk.unit_of_work).customers_to_open_for(by=by, now=NOW)),
}


@pytest.mark.sqlite_only
@pytest.mark.parametrize("what", READS)
def test_who_may_not_read_it_is_refused_and_that_is_kept(desk: Desk, what: str) -> None:
    other, may, read = READS[what]
    key = desk.missed(at("mon 10:00"))
    with pytest.raises(NotNamed if other == STRANGER else NotAllowed):
        read(desk, key, other)
    ((by, _, about, error),) = refused(desk)
    assert (by, error) == (other, "NotNamed" if other == STRANGER else "NotAllowed")
    assert about in (None, key)
    read(desk, key, may)
    assert len(refused(desk)) == 1


@pytest.mark.sqlite_only
@pytest.mark.parametrize("what", READS)
def test_asking_permission_to_read_waits_for_no_writer(desk: Desk, what: str) -> None:
    _, may, read = READS[what]
    key = desk.missed(at("mon 10:00"))
    with desk.database.transaction():  # the one writer that SQLite allows
        read(desk, key, may)


FORMS = {
    Action.RESPOND: TOM,
    Action.UPDATE: TOM,
    Action.PLAN: TOM,
    Action.PAUSE: TOM,
    Action.PRIORITY: TOM,
    Action.RESOLVE: TOM,
    Action.ESCALATE: TOM,
    Action.HAND_BACK: TOM,
    Action.ACKNOWLEDGE: TOM,
}


@pytest.mark.sqlite_only
@pytest.mark.parametrize("action", FORMS)
def test_a_form_opens_only_for_whom_may_send_it(desk: Desk, action: Action) -> None:
    key = desk.open(at("mon 09:00"), owner=TOM)
    board = Board(desk.unit_of_work)
    for_owners_only = action in (Action.HAND_BACK, Action.ACKNOWLEDGE)
    for by, may in ((TOM, True), (TESS, not for_owners_only), (DANA, True), (MIRA, True)):
        if may:
            assert board.for_form(key, action=action, by=by, now=NOW).key == key
        else:
            with pytest.raises(NotAllowed):
                board.for_form(key, action=action, by=by, now=NOW)
    with pytest.raises(NotNamed):
        board.for_form(key, action=action, by=STRANGER, now=NOW)
    assert refused(desk)[-1] == (STRANGER, action.value, key, "NotNamed")
    with pytest.raises(UnknownIncident):
        board.for_form("INC-999999", action=action, by=DANA, now=NOW)


def without(desk: Desk, folder: Path, person: str, *, access: str = "named") -> None:
    """Take somebody out of the people file."""
    lines = (EXAMPLES / "msp.yaml").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if f"slack: {person}" not in line and not line.startswith("access:")]
    file = folder / "msp.yaml"
    file.write_text("\n".join([*kept, f"access: {access}"]), encoding="utf-8")
    people_files.apply(desk.database, file, by="test", now=NOW)


@pytest.mark.parametrize("access", ["named", "workspace"])
def test_an_owner_who_left_says_no_more_that_an_sop_is_done(desk: Desk, tmp_path: Path, access: str) -> None:
    key = desk.written(at("mon 10:00"))
    sop = desk.sops.decide(
        key, by=MIRA, decision="create", title="Watch the queue", owner=TESS, due_on=at("fri 09:00").date(), now=NOW
    )
    with pytest.raises(NotAllowed, match="service manager"):
        desk.sops.done(sop.number, by=TOM, now=NOW)
    without(desk, tmp_path, TESS, access=access)
    with pytest.raises(NotNamed if access == "named" else NotAllowed):
        desk.sops.done(sop.number, by=TESS, now=NOW)
    assert refused(desk)[0][:2] == (TOM, "sop done")
    assert refused(desk)[-1][0] == TESS
    assert desk.sops.done(sop.number, by=MIRA, now=NOW).reviewed_on == NOW.date()


def test_an_owner_says_that_their_sop_is_done(desk: Desk) -> None:
    key = desk.written(at("mon 10:00"))
    sop = desk.sops.decide(
        key, by=MIRA, decision="create", title="Watch the queue", owner=TESS, due_on=at("fri 09:00").date(), now=NOW
    )
    assert desk.sops.done(sop.number, by=TESS, now=NOW).reviewed_on == NOW.date()


def test_an_approval_that_is_refused_is_kept(desk: Desk) -> None:
    reprocessing = Reprocessing(desk.unit_of_work)
    with pytest.raises(NotAllowed):
        reprocessing.approve("Acme Dental", since=at("mon 08:00"), reason="because", by="tom", now=NOW)
    assert refused(desk) == [(TOM, "reprocess", None, "NotAllowed")]


def test_a_request_that_is_asked_twice_may_read_twice(desk: Desk) -> None:
    board = Board(desk.unit_of_work)
    for _ in range(2):
        assert board.customers_to_open_for(by=TOM, now=NOW) == ("Acme Dental",)


@pytest.mark.parametrize("person", [STRANGER, "", "webhook:tom"])
def test_nobody_whom_the_file_does_not_name_opens_or_reads(desk: Desk, person: str) -> None:
    wanted: list[type[SlaError]] = []
    for read in (READS["opening form"][2], READS["triage list"][2]):
        with pytest.raises(NotNamed) as found:
            read(desk, "", person)
        wanted.append(found.type)
    assert wanted == [NotNamed, NotNamed]
