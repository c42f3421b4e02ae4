"""A week of a person who owes notes: what they are asked, on which evening, and what becomes of the message."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from sla_engine.domain.incidents.events import Assigned
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.notes.errors import NoNoteWanted, NoteIncomplete
from sla_engine.domain.text.errors import UnknownChoice
from sla_engine.notifications.daily import DailyAct, DailyLine
from sla_engine.services.agreements import people_files
from sla_engine.services.audit.audit import Audit
from sla_engine.services.shifts.daily import arm_daily_messages
from sla_engine.storage import incidents
from sla_engine.storage.prompts import IncidentPrompts
from sla_engine.storage.tables.notes import ExplainedMiss
from tests.note_desk import DANA, EXAMPLES, GOOD, MIRA, TESS, TOM, Desk, at


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    made.ask_daily()
    yield made
    made.close()


def lines(desk: Desk, person: str) -> list[DailyLine]:
    """The lines of every message that a person still sees."""
    return [line for asked in desk.asked(person) for section in asked.sections for line in section.lines]


def passes(desk: Desk, *instants: str) -> None:
    for instant in instants:
        desk.look(at(instant))


def test_nobody_is_asked_at_the_miss(desk: Desk) -> None:
    desk.missed(at("mon 10:00"))
    assert (lines(desk, TOM), lines(desk, DANA), desk.sent(to=MIRA, about="note:")) == ([], [], [])


@pytest.mark.both_databases
def test_what_was_resolved_today_is_asked_about_45_minutes_before_the_writers_day_ends(desk: Desk) -> None:
    key = desk.missed(at("mon 10:00"))  # Tom's day ends at six in Berlin, at noon here
    desk.incidents.resolve(key, text="Queue emptied", by=TOM, now=at("mon 10:30"))
    desk.look(at("mon 11:14"))
    assert lines(desk, TOM) == []
    desk.look(at("mon 11:15"))
    (line,) = lines(desk, TOM)
    assert (line.subject, line.title) == (key, f"{key} · P2 Acme Dental · E-mail is down")
    assert line.detail == "first reply 40 m late"
    assert (line.at, line.acts) == (at("mon 09:50"), (DailyAct.WRITE_NOTE, DailyAct.SHOW))


def test_what_was_missed_today_and_still_burns_is_asked_about_tomorrow(desk: Desk) -> None:
    key = desk.missed(at("mon 10:00"))
    desk.look(at("mon 11:15"))
    assert lines(desk, TOM) == []
    desk.look(at("tue 11:15"))
    (line,) = lines(desk, TOM)
    assert line.subject == key
    assert line.detail.startswith("first reply still open")


def test_the_next_days_message_takes_the_place_of_the_last_one(desk: Desk) -> None:
    desk.missed(at("mon 10:00"))
    passes(desk, "tue 11:15", "wed 11:15", "thu 11:15")
    assert len(desk.asked(TOM)) == 1
    assert [one.op for one in desk.sent(to=TOM, about="daily:")] == ["post", "post", "delete", "post", "delete"]


def test_nothing_is_asked_while_a_p1_of_theirs_is_open(desk: Desk) -> None:
    desk.missed(at("mon 10:00"))
    urgent = desk.open(at("tue 11:00"), priority=Priority.P1)
    passes(desk, "tue 11:15")
    assert lines(desk, TOM) == []
    desk.incidents.resolve(urgent, text="Back again", by=TOM, now=at("tue 11:20"))
    passes(desk, "wed 11:15")
    assert [line.subject for line in lines(desk, TOM)] == ["INC-1001", urgent]


def test_whoever_takes_a_late_incident_is_never_asked_about_what_was_missed_before(desk: Desk) -> None:
    key = desk.missed(at("mon 10:00"))
    desk.incidents.take(key, by=TESS, now=at("mon 10:10"))
    desk.incidents.resolve(key, text="Queue emptied", by=TESS, now=at("mon 10:30"))
    passes(desk, "mon 11:15", "mon 20:15", "tue 11:15")
    assert lines(desk, TESS) == []
    assert [line.subject for line in lines(desk, TOM)] == [key]


def test_a_miss_while_nobody_had_it_is_asked_of_the_dispatcher_on_duty_then(desk: Desk) -> None:
    key = desk.open(at("mon 09:20"), owner=None)
    desk.look(at("mon 10:00"))
    desk.incidents.take(key, by=TOM, now=at("mon 10:05"))
    desk.incidents.resolve(key, text="Queue emptied", by=TOM, now=at("mon 10:30"))
    passes(desk, "mon 11:15", "mon 17:15")
    assert ([line.subject for line in lines(desk, DANA)], lines(desk, TOM)) == ([key], [])


def test_a_fact_that_is_told_late_changes_the_writer_while_nobody_was_asked(desk: Desk) -> None:
    key = desk.open(at("mon 09:20"), owner=None)
    desk.look(at("mon 10:00"))
    with desk.database.transaction() as session:
        work = desk.unit_of_work.work_on(session, incidents.lock(session, key), now=at("mon 10:05"))
        work.record(Assigned(to=TESS), by="", at=at("mon 09:30"))
        work.settle()
        note = IncidentPrompts(session, work.incident.id).note
    assert note is not None
    assert note.wanted_from == TESS


def test_a_note_that_is_written_ticks_off_its_line_and_the_accepted_one_thanks(desk: Desk) -> None:
    key = desk.missed(at("mon 10:00"))
    passes(desk, "tue 11:15")
    desk.notes.write(key, by=DANA, reason="late-triage", now=at("tue 11:20"), since=None, **GOOD)
    (line,) = lines(desk, TOM)
    assert (line.is_done, line.acts, line.detail) == (True, (), "the SLA note is written and waits for review")
    desk.notes.accept(key, by=MIRA, now=at("tue 11:30"))
    assert lines(desk, TOM)[0].detail == "the SLA note is accepted, thank you"
    passes(desk, "wed 11:15")
    assert len(desk.sent(to=TOM, about="daily:")) == 3, "nothing is left to ask for"


def test_a_returned_note_is_asked_for_the_same_day_with_the_managers_words(desk: Desk) -> None:
    key = desk.written(at("mon 10:00"))
    desk.notes.return_to_author(key, because="Which alert?", by=MIRA, now=at("mon 10:30"))
    passes(desk, "mon 11:15")
    assert [(line.subject, line.quote) for line in lines(desk, TOM)] == [(key, "Which alert?")]


def test_a_sweep_that_comes_after_hours_asks_nobody_until_the_next_day(desk: Desk) -> None:
    desk.missed(at("mon 10:00"))
    passes(desk, "tue 13:00")
    assert lines(desk, TOM) == []
    passes(desk, "wed 11:15")
    assert len(lines(desk, TOM)) == 1


def test_hours_of_a_persons_own_count_as_soon_as_their_file_is_applied(desk: Desk, tmp_path: Path) -> None:
    text = (EXAMPLES / "msp.yaml").read_text(encoding="utf-8")
    own = text.replace("login: tom, team: network", 'login: tom, hours: {mon-fri: "08:00-17:00"}')
    (tmp_path / "msp.yaml").write_text(own, encoding="utf-8")
    people_files.apply(desk.database, tmp_path / "msp.yaml", by="test", now=at("mon 06:00"))
    with desk.database.transaction() as session:
        arm_daily_messages(session, desk.unit_of_work.msp(session), now=at("mon 06:00"))
    key = desk.missed(at("mon 09:30"))
    desk.incidents.resolve(key, text="Queue emptied", by=TOM, now=at("mon 09:40"))
    passes(desk, "mon 10:14")
    assert lines(desk, TOM) == []
    passes(desk, "mon 10:15")
    assert len(lines(desk, TOM)) == 1


def test_somebody_who_left_is_not_written_to(desk: Desk, tmp_path: Path) -> None:
    desk.missed(at("mon 10:00"))
    text = (EXAMPLES / "msp.yaml").read_text(encoding="utf-8")
    kept = "\n".join(line for line in text.splitlines() if TOM not in line)
    (tmp_path / "msp.yaml").write_text(kept, encoding="utf-8")
    people_files.apply(desk.database, tmp_path / "msp.yaml", by="test", now=at("mon 11:00"))
    passes(desk, "tue 11:15", "tue 17:15")
    assert (lines(desk, TOM), len(lines(desk, DANA))) == ([], 1)


# ------------------------------------------------------------------------------------- one tap, and additions


def late_p3(desk: Desk) -> str:
    """A P3 that was answered too late, resolved, and asked about on Monday."""
    key = desk.open(at("mon 08:00"), priority=Priority.P3)
    desk.look(at("mon 10:30"))
    desk.incidents.resolve(key, text="Queue emptied", by=TOM, now=at("mon 10:40"))
    passes(desk, "mon 11:15")
    return key


def reasons_of(desk: Desk, key: str) -> dict[str, str]:
    """The reason of each missed target that is explained, by metric."""
    with desk.database.reading() as session:
        rows = session.scalars(
            select(ExplainedMiss).where(ExplainedMiss.incident_id == incidents.find(session, key).id)
        )
        return {row.metric: row.reason for row in rows}


@pytest.mark.both_databases
def test_below_p2_a_tapped_reason_is_the_whole_answer(desk: Desk) -> None:
    key = late_p3(desk)
    (line,) = lines(desk, TOM)
    assert (line.acts, len(line.likely)) == ((DailyAct.GIVE_REASON, DailyAct.SHOW), 5)
    desk.reasons.give(key, "vendor", by=TOM, now=at("mon 11:20"))
    (line,) = lines(desk, TOM)
    assert (line.is_done, line.detail, line.acts) == (True, "Vendor", (DailyAct.ADD_WORDS,))
    assert reasons_of(desk, key) == {"first_response": "vendor"}
    assert desk.notes.queue(now=at("mon 11:30")) == (), "nobody has to review a tapped reason"
    figures = desk.digests.figures("this week", now=at("mon 12:00"))
    assert [(row.reason, row.missed) for row in figures.reasons] == [("vendor", 1)]
    assert Audit(desk.database).run(now=at("mon 12:00")).findings == []


def test_another_reason_may_be_tapped_and_words_added(desk: Desk) -> None:
    key = late_p3(desk)
    desk.reasons.give(key, "vendor", by=TOM, now=at("mon 11:20"))
    desk.reasons.give(key, "capacity", by=TOM, now=at("mon 11:21"))
    assert reasons_of(desk, key) == {"first_response": "capacity"}
    desk.notes.write(key, by=TOM, reason="late-triage", now=at("mon 11:30"), since=None, **GOOD)
    assert reasons_of(desk, key) == {"first_response": "late-triage"}
    assert len(desk.notes.queue(now=at("mon 11:31"))) == 1


def test_a_p2_wants_the_four_questions_and_no_tapped_reason(desk: Desk) -> None:
    key = desk.missed(at("mon 10:00"))
    with pytest.raises(NoteIncomplete):
        desk.reasons.give(key, "vendor", by=TOM, now=at("mon 10:05"))
    with pytest.raises(UnknownChoice):
        desk.reasons.give(key, "bad-luck", by=TOM, now=at("mon 10:05"))


def late_again(desk: Desk) -> str:
    """An incident whose note was written and accepted before its fix was late as well, resolved on Tuesday."""
    key = desk.written(at("mon 10:00"))
    desk.notes.accept(key, by=MIRA, now=at("mon 10:10"))
    desk.look(at("tue 10:00"))
    desk.incidents.resolve(key, text="Queue emptied", by=TOM, now=at("tue 10:30"))
    passes(desk, "tue 11:15")
    return key


@pytest.mark.both_databases
def test_an_accepted_note_explains_no_later_miss_which_wants_an_addition_once_resolved(desk: Desk) -> None:
    key = desk.written(at("mon 10:00"))
    desk.notes.accept(key, by=MIRA, now=at("mon 10:10"))
    desk.look(at("tue 10:00"))
    assert reasons_of(desk, key) == {"first_response": "late-triage"}
    passes(desk, "tue 11:15")
    assert lines(desk, TOM) == [], "it still burns"
    desk.incidents.resolve(key, text="Queue emptied", by=TOM, now=at("tue 12:00"))
    passes(desk, "wed 11:15")
    (line,) = lines(desk, TOM)
    assert line.acts == (DailyAct.SAME_REASON, DailyAct.WRITE_MORE, DailyAct.SHOW)
    assert line.detail.startswith("since your note, late as well: ")
    assert line.detail.endswith("Same reason (Late triage)?")


def test_the_same_reason_explains_what_was_missed_since(desk: Desk) -> None:
    key = late_again(desk)
    desk.reasons.same(key, by=TOM, now=at("tue 11:20"))
    assert set(reasons_of(desk, key).values()) == {"late-triage"}
    assert {"first_response", "resolution"} <= set(reasons_of(desk, key))
    assert [line.is_done for line in lines(desk, TOM)] == [True]
    with pytest.raises(NoNoteWanted):
        desk.reasons.same(key, by=TOM, now=at("tue 11:21"))
    passes(desk, "wed 11:15")
    assert [line.is_done for line in lines(desk, TOM)] == [True], "it is asked for once"


def test_more_may_be_written_to_an_accepted_note_once_another_target_was_missed(desk: Desk) -> None:
    key = late_again(desk)
    words = GOOD | {"what_happened": "The new disk came a day late, and the old one had to be copied by hand."}
    desk.notes.write(key, by=TOM, reason="parts", now=at("tue 11:20"), since=None, **words)
    assert set(reasons_of(desk, key).values()) == {"parts"}
    assert [item.incident_key for item in desk.notes.queue(now=at("tue 11:21"))] == [key]
