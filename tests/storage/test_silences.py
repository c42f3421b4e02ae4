"""People who do not react: noticed once, shown as it goes on, and settled by an act, an absence or a word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from sla_engine.domain.agreements.errors import NotAllowed
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.notifications.shifts import SilenceMessage, SilenceState
from sla_engine.services.agreements import people_files
from sla_engine.services.incidents.undo import Undo
from sla_engine.services.shifts.absences import UNDO_KIND, Absences, undo_change
from sla_engine.services.shifts.silences import Silences
from sla_engine.services.unit_of_work import idempotency
from sla_engine.storage.tables.shifts import NudgeRecipient
from tests.note_desk import DANA, EXAMPLES, TESS, TOM, Desk, at

CHANNEL = "C0DISPATCH"
NINE = at("mon 09:00")
STEP = timedelta(minutes=5)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    opened = Desk(database_url)
    yield opened
    opened.close()


def goes_on(desk: Desk, since: datetime, until: datetime) -> None:
    """Sweep, and look who is silent, every five minutes."""
    now = since
    while now <= until:
        desk.look(now)
        Silences(desk.unit_of_work).look(now=now)
        now += STEP


def given_to_tom(desk: Desk, now: datetime) -> None:
    """Somebody else gives Tom another incident, which is no act of his."""
    key = desk.open(now, owner=None, title="Printer smears")
    desk.incidents.assign(key, to=TOM, by=DANA, now=now)


def said(desk: Desk) -> list[tuple[str, SilenceMessage]]:
    return [(sent.op, sent.shown) for sent in desk.sent(to=CHANNEL) if isinstance(sent.shown, SilenceMessage)]


def states(desk: Desk) -> list[tuple[str, SilenceState]]:
    return [(op, shown.state) for op, shown in said(desk)]


@pytest.mark.both_databases
def test_somebody_who_does_not_react_is_named_once(desk: Desk) -> None:
    key = desk.open(NINE)  # Tom is nudged at 09:15 (first reply) and at 10:00 (plan)
    goes_on(desk, NINE, at("mon 10:10"))
    assert said(desk) == []
    goes_on(desk, at("mon 10:15"), at("mon 10:30"))
    ((op, shown),) = said(desk)
    assert op == "post"
    assert (shown.name, shown.since, shown.open_count, shown.mention) == (
        "Tom Becker",
        at("mon 09:15"),
        1,
        (DANA,),
    )
    assert (shown.first_metric, shown.is_late, shown.first_due_at) == (MetricName.FIRST_RESPONSE, True, at("mon 09:30"))
    desk.incidents.respond(key, text="", by=TOM, now=at("mon 10:31"))
    goes_on(desk, at("mon 10:35"), at("mon 10:45"))
    assert states(desk) == [("post", SilenceState.LASTING), ("update", SilenceState.ACTED)]


def test_a_second_process_says_nothing_twice(desk: Desk) -> None:
    desk.open(NINE)
    goes_on(desk, NINE, at("mon 10:10"))
    desk.look(at("mon 10:15"))
    for _ in range(2):
        Silences(desk.unit_of_work).look(now=at("mon 10:15"))
    assert states(desk) == [("post", SilenceState.LASTING)]


def test_outside_the_working_hours_nobody_is_silent(desk: Desk) -> None:
    desk.open(at("mon 12:00"))  # 18:00 in Berlin
    goes_on(desk, at("mon 12:00"), at("mon 17:00"))
    assert said(desk) == []


def test_whoever_acts_in_between_is_not_silent(desk: Desk) -> None:
    key = desk.open(NINE)
    goes_on(desk, NINE, at("mon 09:30"))
    desk.incidents.update_customer(key, text="on our way", by=TOM, now=at("mon 09:31"))
    goes_on(desk, at("mon 09:35"), at("mon 10:30"))
    assert said(desk) == []


def test_the_message_follows_what_is_open(desk: Desk) -> None:
    key = desk.open(NINE)
    goes_on(desk, NINE, at("mon 10:20"))
    other = desk.open(at("mon 10:21"), owner=None, title="Printer smears")
    desk.incidents.assign(other, to=TOM, by=DANA, now=at("mon 10:21"))
    Silences(desk.unit_of_work).look(now=at("mon 10:21"))
    assert [shown.open_count for _, shown in said(desk)] == [1, 2]
    for one in (key, other):
        desk.incidents.assign(one, to=TESS, by=DANA, now=at("mon 10:22"))
    Silences(desk.unit_of_work).look(now=at("mon 10:22"))
    assert states(desk)[-1] == ("update", SilenceState.NOTHING_OPEN)


def test_an_absence_settles_it_and_nobody_is_silent_on_coming_back(desk: Desk) -> None:
    desk.open(NINE)
    goes_on(desk, NINE, at("mon 10:20"))
    Absences(desk.unit_of_work).away(TOM, until=at("tue 04:00"), by=DANA, now=at("mon 10:21"))
    goes_on(desk, at("mon 10:25"), at("mon 10:30"))
    assert states(desk)[-1] == ("update", SilenceState.AWAY)
    Silences(desk.unit_of_work).look(now=at("tue 05:00"))
    assert len(said(desk)) == 2


def test_whoever_goes_on_being_silent_about_what_they_are_given_next_is_named_again(desk: Desk) -> None:
    first = desk.open(NINE)
    goes_on(desk, NINE, at("mon 10:20"))
    desk.incidents.assign(first, to=TESS, by=DANA, now=at("mon 10:21"))
    Silences(desk.unit_of_work).look(now=at("mon 10:21"))
    given_to_tom(desk, at("mon 10:25"))
    goes_on(desk, at("mon 10:25"), at("mon 11:50"))
    assert states(desk) == [
        ("post", SilenceState.LASTING),
        ("update", SilenceState.NOTHING_OPEN),
        ("post", SilenceState.LASTING),
    ]


def test_an_absence_that_is_taken_back_lets_somebody_be_noticed_anew(desk: Desk) -> None:
    desk.open(NINE)
    goes_on(desk, NINE, at("mon 10:20"))
    undo = Undo(desk.unit_of_work, rows={UNDO_KIND: undo_change})
    with idempotency.request("away"):
        Absences(desk.unit_of_work).away(TOM, until=at("tue 04:00"), by=DANA, now=at("mon 10:21"))
    Silences(desk.unit_of_work).look(now=at("mon 10:22"))
    undo.undo("away", by=DANA, now=at("mon 10:23"))
    given_to_tom(desk, at("mon 10:25"))
    goes_on(desk, at("mon 10:25"), at("mon 11:50"))
    assert states(desk)[1:] == [("update", SilenceState.AWAY), ("post", SilenceState.LASTING)]


def test_somebody_who_has_left_us_keeps_their_name(desk: Desk, tmp_path: Path) -> None:
    desk.open(NINE)
    goes_on(desk, NINE, at("mon 10:20"))
    without = tmp_path / "msp.yaml"
    people = (EXAMPLES / "msp.yaml").read_text().splitlines(keepends=True)
    without.write_text("".join(line for line in people if TOM not in line))
    people_files.apply(desk.database, without, by="test", now=at("mon 10:21"))
    desk.open(at("mon 10:22"), owner=None)
    Silences(desk.unit_of_work).look(now=at("mon 10:25"))
    assert {shown.name for _, shown in said(desk)} == {"Tom Becker"}


def test_a_word_that_they_are_on_it_gives_them_another_hour(desk: Desk) -> None:
    desk.open(NINE)
    goes_on(desk, NINE, at("mon 10:20"))
    with pytest.raises(NotAllowed):
        Silences(desk.unit_of_work).on_it(TOM, by=TESS, now=at("mon 10:21"))
    answered = Silences(desk.unit_of_work).on_it(TOM, by=DANA, now=at("mon 10:21"))
    assert answered is not None
    assert Silences(desk.unit_of_work).on_it(TOM, by=DANA, now=at("mon 10:22")) is None
    goes_on(desk, at("mon 10:25"), at("mon 11:20"))
    assert states(desk) == [("post", SilenceState.LASTING), ("update", SilenceState.ON_IT)]


def test_every_nudge_keeps_whom_it_called_by_which_rung(desk: Desk) -> None:
    desk.open(NINE)
    goes_on(desk, NINE, at("mon 09:25"))
    with desk.database.reading() as session:
        rows = session.scalars(select(NudgeRecipient).order_by(NudgeRecipient.called_at)).all()
        kept = [(row.person, row.called_at, row.priority, row.metric, row.rung) for row in rows]
    assert kept == [
        (TOM, at("mon 09:15"), "P2", "first_response", "50 %"),
        (DANA, at("mon 09:25"), "P2", "first_response", "75 %"),
    ]
