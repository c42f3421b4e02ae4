"""Whoever has no Slack id is nobody to write to: the dispatcher is called instead, and the name is shown."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sla_engine.domain.agreements.errors import AmbiguousPerson
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.incidents.events import Assigned
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.suppositions import IfPriority
from sla_engine.intake.registry import PARSERS
from sla_engine.notifications.nudges import NudgeMessage
from sla_engine.services.agreements import people_files
from sla_engine.services.intake.receive import Intake
from sla_engine.services.queries.board import Board
from sla_engine.services.simulation.simulation import Simulations
from sla_engine.services.versions.reprocess import Reprocessing
from sla_engine.storage import incidents
from tests.note_desk import DANA, EXAMPLES, GOOD, MANAGERS, MIRA, TESS, TOM, Desk, at

pytestmark = pytest.mark.sqlite_only

CHANNEL = "C0DISPATCH"
SLACK_ID = re.compile(r"[UC][A-Z0-9]+")
NINE = at("mon 09:00")
NUMBERS = itertools.count(1)
UNKNOWN = {
    "a login nobody has": "Anna",
    "an e-mail address": "anna@msp.example",
    "words that would call everybody": "<!here>",
    "something like a Slack id": "U0ANNA",
}


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def tell(desk: Desk, event: str, at: datetime, **more: Any) -> None:
    """What the ticket system says of ticket T-1."""
    told = {"event": event, "id": f"d{next(NUMBERS)}", "external_id": "T-1", "at": at.isoformat()}
    if event == "opened":
        told |= {"customer": "Acme Dental", "title": "Nobody can print", "priority": "P2"}
    Intake(desk.unit_of_work, parsers=PARSERS).receive("webhook", str(told["id"]), told | more, now=at)


def ticket(desk: Desk, owner: str) -> str:
    """A ticket opened at nine and given to somebody there; answers the incident's key."""
    tell(desk, "opened", NINE)
    tell(desk, "assigned", NINE + timedelta(minutes=1), to=owner)
    return "INC-1001"


def stored_owner(desk: Desk, key: str, owner: str) -> None:
    """An owner as an earlier version recorded them."""
    with desk.unit_of_work.act(key, action=Action.TAKE, by=TOM, now=NINE) as work:
        work.record(Assigned(to=owner), by=DANA)


def leaves(desk: Desk, tmp_path: Path, *gone: str) -> None:
    """The people file is applied again without these people."""
    lines = (EXAMPLES / "msp.yaml").read_text(encoding="utf-8").splitlines()
    left = [line for line in lines if not any(f"slack: {person}" in line for person in gone)]
    file = tmp_path / "msp.yaml"
    file.write_text("\n".join(left), encoding="utf-8")
    people_files.apply(desk.database, file, by="test", now=NINE)


def sweep(desk: Desk, start: datetime, end: datetime) -> None:
    while start <= end:
        desk.look(start)
        start += timedelta(minutes=5)


def nudges(desk: Desk) -> list[tuple[str, NudgeMessage]]:
    sent = [(one.to, one.shown) for one in desk.sent(about="nudge:") if one.op == "post"]
    return [(to, shown) for to, shown in sent if isinstance(shown, NudgeMessage)]


def owner_of(desk: Desk, key: str) -> str | None:
    with desk.database.reading() as session:
        return incidents.find(session, key).assignee


@pytest.mark.parametrize("owner", UNKNOWN.values(), ids=UNKNOWN)
def test_an_owner_we_do_not_know_is_never_written_to(desk: Desk, owner: str) -> None:
    key = ticket(desk, owner)
    sweep(desk, at("mon 09:05"), at("tue 12:00"))
    sent = desk.sent()
    called = [person for _, shown in nudges(desk) for person in shown.mention]
    assert owner_of(desk, key) == f"webhook:{owner}"
    assert [one.to for one in sent if not SLACK_ID.fullmatch(one.to)] == []
    assert [person for person in called if not SLACK_ID.fullmatch(person)] == []


@pytest.mark.parametrize("owner", UNKNOWN.values(), ids=UNKNOWN)
def test_the_dispatcher_is_called_where_the_owner_would_be_and_reads_the_name(desk: Desk, owner: str) -> None:
    ticket(desk, owner)
    desk.look(at("mon 09:15"))
    ((where, shown),) = nudges(desk)
    assert (where, shown.mention, shown.percent) == (CHANNEL, (DANA,), 50)
    assert shown.assignee == f"webhook:{owner}"


def test_the_dispatcher_is_asked_for_the_note_and_told_who_worked_on_it(desk: Desk) -> None:
    key = ticket(desk, "Anna")
    desk.ask_daily()
    for when in ("mon 09:31", "mon 17:15", "tue 17:15"):
        desk.look(at(when))
    ((line,),) = [section.lines for asked in desk.asked(DANA) for section in asked.sections]
    assert (line.subject, line.had_by) == (key, "webhook:Anna")
    desk.notes.write(key, by=DANA, now=at("tue 17:40"), reason="late-triage", since=None, **GOOD)


def test_a_note_asked_of_its_owner_does_not_speak_of_anybody_else(desk: Desk) -> None:
    key = desk.missed(at("mon 10:00"))
    desk.ask_daily()
    for when in ("mon 11:15", "tue 11:15"):
        desk.look(at(when))
    ((line,),) = [section.lines for asked in desk.asked(TOM) for section in asked.sections]
    assert (line.subject, line.had_by) == (key, None)


def test_an_owner_stored_by_an_earlier_version_is_nobody_to_write_to_either(desk: Desk) -> None:
    key = desk.open(NINE)
    stored_owner(desk, key, "webhook:Tom")
    sweep(desk, at("mon 09:05"), at("mon 10:00"))
    assert {one.to for one in desk.sent()} == {CHANNEL}


def test_what_is_foreseen_for_such_an_owner_is_what_will_be_said(desk: Desk) -> None:
    key = ticket(desk, "Anna")
    supposed = IfPriority(key=key, priority=Priority.P3, at=at("mon 09:02"))
    simulation = Simulations(desk.unit_of_work).simulate(supposed, now=at("mon 09:02"))
    (outlook,) = simulation.incidents
    assert {nudge.channel for nudge in outlook.nudges} == {CHANNEL}
    assert {person for nudge in outlook.nudges for person in nudge.to} <= {DANA, "U0DEV", MIRA}


def test_a_pause_that_outlives_its_end_calls_the_dispatcher_alone(desk: Desk) -> None:
    key = ticket(desk, "Anna")
    desk.incidents.pause(key, reason=PauseReason.VENDOR, until=at("mon 11:00"), by=TOM, now=at("mon 09:05"))
    desk.look(at("mon 11:00"))
    outlived = [(where, shown.mention) for where, shown in nudges(desk) if shown.cause is NudgeCause.PAUSE_OUTLIVED]
    assert outlived == [(CHANNEL, (DANA,))]


def test_somebody_who_left_is_not_asked_about_a_promise(desk: Desk, tmp_path: Path) -> None:
    key = desk.open(NINE, owner=TESS)
    desk.incidents.respond(key, text="Looking", by=TESS, now=at("mon 09:02"))
    desk.incidents.update_customer(key, text="soon", next_at=at("mon 09:30"), by=TESS, now=at("mon 09:05"))
    leaves(desk, tmp_path, TESS)
    desk.look(at("mon 09:45"))
    questioned = [(where, shown) for where, shown in nudges(desk) if shown.cause is NudgeCause.PROMISE_QUESTIONED]
    assert [(where, shown.mention, shown.asked) for where, shown in questioned] == [(CHANNEL, (DANA,), TESS)]
    assert TESS not in {one.to for one in desk.sent()}


def test_a_note_returned_to_an_author_who_left_is_asked_of_the_dispatcher(desk: Desk, tmp_path: Path) -> None:
    key = desk.written(at("mon 10:00"))
    leaves(desk, tmp_path, TOM)
    desk.notes.return_to_author(key, because="Which queue?", by=MIRA, now=at("mon 11:00"))
    desk.ask_daily()
    desk.look(at("mon 17:15"))
    assert [section.lines[0].quote for asked in desk.asked(DANA) for section in asked.sections] == ["Which queue?"]


def test_a_procedure_whose_owner_left_is_reminded_of_in_the_managers_channel(desk: Desk, tmp_path: Path) -> None:
    key = desk.written(at("mon 10:00"))
    due = at("mon 12:00", week=4).date()
    desk.sops.decide(key, by=MIRA, decision="create", title="Watch it", owner=TESS, due_on=due, now=at("mon 11:00"))
    leaves(desk, tmp_path, TESS)
    desk.look(at("mon 12:00", week=4))
    assert [one.to for one in desk.sent(about="sop:") if one.op == "post"] == [TESS, MANAGERS]


@pytest.mark.parametrize("login", ["tom", "Tom", "TOM", " tom "])
def test_a_login_in_any_case_is_our_technician(desk: Desk, login: str) -> None:
    assert owner_of(desk, ticket(desk, login)) == TOM


def test_a_login_that_two_may_have_is_nobody_s(desk: Desk, tmp_path: Path) -> None:
    text = (EXAMPLES / "msp.yaml").read_text(encoding="utf-8").replace("login: tess", "login: TOM")
    (tmp_path / "msp.yaml").write_text(text, encoding="utf-8")
    people_files.apply(desk.database, tmp_path / "msp.yaml", by="test", now=NINE)
    key = ticket(desk, "Tom")
    assert owner_of(desk, key) == "webhook:Tom"
    tell(desk, "assigned", NINE + timedelta(minutes=2), to="TOM")
    assert owner_of(desk, key) == TESS


def test_an_incident_that_nobody_of_ours_has_may_be_taken(desk: Desk) -> None:
    key = ticket(desk, "Anna")
    board = Board(desk.unit_of_work)
    assert board.show(key, now=NINE).summary.is_free
    desk.incidents.take(key, by=TESS, now=at("mon 09:05"))
    assert not board.show(key, now=NINE).summary.is_free


def test_who_approves_a_reprocessing_must_be_clear(desk: Desk, tmp_path: Path) -> None:
    text = (EXAMPLES / "msp.yaml").read_text(encoding="utf-8").replace("Dana Ortiz", "Mira Ortiz")
    (tmp_path / "msp.yaml").write_text(text.replace("login: mira", "login: mkaplan"), encoding="utf-8")
    people_files.apply(desk.database, tmp_path / "msp.yaml", by="test", now=NINE)
    with pytest.raises(AmbiguousPerson) as refusal:
        Reprocessing(desk.unit_of_work).approve("acme dental", since=NINE, reason="x", by="mira", now=at("mon 10:00"))
    assert refusal.value.fits == (("Mira Ortiz", "dana"), ("Mira Kaplan", "mkaplan"))
