"""Changes of the registry: added, edited, reviewed, handed on, retired and used again, each by who may."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from sla_engine.domain.agreements.errors import NotAllowed
from sla_engine.domain.incidents.reasons import BreachReason
from sla_engine.domain.sops.errors import SopChangedSince, SopIncorrect, SopNotRetired, SopRetired
from sla_engine.domain.sops.sop import Sop, SopChangeKind
from sla_engine.domain.upkeep.errors import AlreadyCarriedOut
from sla_engine.services.sops.changes import SopChanges
from sla_engine.services.unit_of_work.idempotency import request
from sla_engine.storage import sop_registry
from tests.note_desk import DANA, MIRA, TESS, TOM, Desk, at

NOW = at("mon 09:00")
FORM = {
    "title": "VPN reset",
    "link": "https://wiki.example.com/vpn",
    "owner": TESS,
    "backup": TOM,
    "review_every": "90",
    "services": "VPN",
    "customers": "acme dental",
    "reasons": "vendor; Late triage",
}


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def changes(desk: Desk) -> SopChanges:
    return SopChanges(desk.unit_of_work)


def added(desk: Desk, **fields: str) -> Sop:
    return changes(desk).add(FORM | fields, by=MIRA, now=NOW)


def kinds(desk: Desk, number: str = "SOP-1") -> list[tuple[SopChangeKind, str]]:
    with desk.database.reading() as session:
        return [(change.kind, change.by) for change in sop_registry.changes(session, number)]


@pytest.mark.both_databases
def test_a_procedure_is_added_edited_and_reviewed(desk: Desk) -> None:
    sop = added(desk)
    assert (sop.number, sop.owner, sop.backup, sop.customers) == ("SOP-1", TESS, TOM, ("Acme Dental",))
    assert sop.reasons == (BreachReason.VENDOR, BreachReason.LATE_TRIAGE)
    assert (sop.published_on, sop.reviewed_on, sop.review_on) == (date(2026, 2, 2), date(2026, 2, 2), date(2026, 5, 3))
    edited = changes(desk).edit(
        "SOP-1", FORM | {"review_every": "30", "backup": ""}, version=sop.version, by=TESS, now=at("tue 09:00")
    )
    assert (edited.backup, edited.review_on, edited.published_on) == (None, date(2026, 3, 4), date(2026, 2, 2))
    looked_at = changes(desk).still_right("sop-1", by=TESS, now=at("mon 09:00", week=4))
    assert (looked_at.reviewed_on, looked_at.review_on) == (date(2026, 3, 2), date(2026, 4, 1))
    assert kinds(desk) == [
        (SopChangeKind.ADDED, MIRA),
        (SopChangeKind.EDITED, TESS),
        (SopChangeKind.REVIEWED, TESS),
    ]


def test_everything_wrong_in_a_form_is_said_at_its_field(desk: Desk) -> None:
    added(desk)
    wrong = {"title": "VPN RESET", "link": "wiki", "owner": "U0NOBODY", "review_every": "never", "customers": "Akme"}
    with pytest.raises(SopIncorrect) as refusal:
        changes(desk).add(FORM | wrong, by=MIRA, now=NOW)
    problems = refusal.value.problems
    assert set(problems) == {"title", "link", "owner", "review_every", "customers"}
    assert problems["title"] == "SOP-1 VPN reset has it already."
    assert problems["link"].startswith("'wiki' is no web address; write it like https://")


def test_a_form_that_was_overtaken_says_by_whom_and_saves_nothing(desk: Desk) -> None:
    sop = added(desk)
    changes(desk).edit("SOP-1", FORM | {"title": "VPN"}, version=sop.version, by=MIRA, now=at("mon 10:00"))
    with pytest.raises(SopChangedSince) as refusal:
        changes(desk).edit("SOP-1", FORM, version=sop.version, by=TESS, now=at("mon 11:00"))
    assert (refusal.value.by, refusal.value.at) == (MIRA, at("mon 10:00"))
    assert len(kinds(desk)) == 2


def test_what_is_not_theirs_goes_to_the_backup_then_to_a_service_manager(desk: Desk) -> None:
    added(desk)
    handed_on = changes(desk).not_mine("SOP-1", by=TESS, now=NOW)
    assert (handed_on.owner, handed_on.backup) == (TOM, None)
    assert changes(desk).not_mine("SOP-1", by=TOM, now=NOW).owner == MIRA
    added(desk, title="Mail queue", link="https://wiki.example.com/mail")
    assert changes(desk).not_mine("SOP-2", by=TOM, now=NOW).backup is None


def test_a_retired_one_is_left_alone_until_it_is_used_again(desk: Desk) -> None:
    added(desk)
    changes(desk).retire("SOP-1", by=MIRA, now=NOW)
    with pytest.raises(SopRetired):
        changes(desk).still_right("SOP-1", by=TESS, now=NOW)
    assert desk.registry.list(by=TOM, now=NOW).sops == ()
    assert changes(desk).restore("SOP-1", by=MIRA, now=NOW).retired_at is None
    with pytest.raises(SopNotRetired):
        changes(desk).restore("SOP-1", by=MIRA, now=NOW)
    assert [sop.number for sop in desk.registry.list(by=TOM, now=NOW).sops] == ["SOP-1"]


@pytest.mark.parametrize("by", [DANA, "U0DEV"])
def test_only_who_looks_after_it_or_a_manager_changes_one(desk: Desk, by: str) -> None:
    sop = added(desk)
    acts = (
        lambda: changes(desk).still_right("SOP-1", by=by, now=NOW),
        lambda: changes(desk).not_mine("SOP-1", by=by, now=NOW),
        lambda: changes(desk).to_edit("SOP-1", by=by, now=NOW),
        lambda: changes(desk).edit("SOP-1", FORM, version=sop.version, by=by, now=NOW),
        lambda: changes(desk).retire("SOP-1", by=by, now=NOW),
        lambda: changes(desk).restore("SOP-1", by=by, now=NOW),
        lambda: changes(desk).add(FORM, by=by, now=NOW),
        lambda: changes(desk).permit_adding(by=by, now=NOW),
    )
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    assert kinds(desk) == [(SopChangeKind.ADDED, MIRA)]


def test_an_owner_does_not_retire(desk: Desk) -> None:
    added(desk)
    with pytest.raises(NotAllowed):
        changes(desk).retire("SOP-1", by=TESS, now=NOW)


def test_a_request_that_runs_twice_changes_once(desk: Desk) -> None:
    added(desk)
    with request("click:1"):
        changes(desk).still_right("SOP-1", by=TESS, now=NOW)
        with pytest.raises(AlreadyCarriedOut):
            changes(desk).still_right("SOP-1", by=TESS, now=NOW)
    assert len(kinds(desk)) == 2
