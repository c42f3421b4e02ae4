"""One message to each service manager, at most once a working day: late notes, what waits, what is overdue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.views.messages import render
from sla_engine.domain.agreements.errors import NotAllowed, UnknownPerson
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.errors import NothingMissed
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.notes.errors import AskedAlready, NobodyOwesNote, RemindedLately, WriterIsAbsent
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.notifications.late_notes import ManagerPromptMessage
from sla_engine.services.agreements import people_files
from sla_engine.services.incidents.waive_and_merge import Outcomes
from sla_engine.services.notes.note_requests import NoteRequests
from sla_engine.services.shifts.absences import Absences
from sla_engine.services.sweep.late_note_prompts import ManagerPrompts
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import incidents
from sla_engine.storage.notes import NoteRecord
from sla_engine.storage.prompts import IncidentPrompts
from tests.note_desk import DANA, EXAMPLES, GOOD, MANAGERS, MIRA, TESS, TOM, Desk, Sent, at

GAP = timedelta(seconds=10)


class Week:
    """A desk with a worker that writes to the service managers, ten real seconds a look."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.ask_daily()
        self.real = datetime(2026, 3, 1, 12, tzinfo=UTC)
        unit_of_work = UnitOfWork(desk.database, real_clock=lambda: self.real)
        self.worker, self.requests = ManagerPrompts(unit_of_work), NoteRequests(unit_of_work)

    def look(self, now: str, *, week: int = 0) -> None:
        """Sweep, and write to the managers."""
        self.desk.look(at(now, week=week))
        self.real += GAP
        self.worker.keep_true(now=at(now, week=week))

    def sent(self, to: str = MIRA) -> list[Sent]:
        """What was put into the outbox for a manager."""
        return self.desk.sent(to=to, about="manager prompt ")

    def ops(self, to: str = MIRA) -> list[str]:
        """The operations on a manager's messages, in their order."""
        return [sent.op for sent in self.sent(to)]

    def shown(self, to: str = MIRA) -> ManagerPromptMessage:
        """The manager's message as it reads now."""
        shown = [sent.shown for sent in self.sent(to) if sent.op != "delete"][-1]
        assert isinstance(shown, ManagerPromptMessage)
        return shown

    def note(self, key: str) -> NoteRecord:
        """The note of an incident."""
        with self.desk.database.reading() as session:
            note = IncidentPrompts(session, incidents.find(session, key).id).note
        assert note is not None
        return note


@pytest.fixture
def week(database_url: str) -> Iterator[Week]:
    desk = Desk(database_url)
    yield Week(desk)
    desk.close()


def owed(week: Week, *, titles: Sequence[str] = ("E-mail is down",)) -> list[str]:
    """Incidents Tom had when they were missed; asked on Monday at 11:15, he is late with them from Tuesday on."""
    keys = [week.desk.missed(at("mon 09:00"), title=title) for title in titles]
    for key in keys:
        week.desk.incidents.resolve(key, text="new disk", by=TOM, now=at("mon 09:05"))
    week.desk.look(at("mon 11:15"))
    assert {week.note(key).asked_at for key in keys} == {at("mon 11:15")}
    return keys


@pytest.mark.both_databases
def test_a_late_note_is_said_once_the_next_working_morning_and_edited_as_people_act(week: Week) -> None:
    (key,) = owed(week)
    for now in ("mon 12:00", "tue 09:30", "tue 11:15", "tue 18:00", "wed 09:29"):
        week.look(now)
    assert week.ops() == [], "what became late after the time of the day is left to the next day"
    week.look("wed 09:30")
    (late,) = week.shown().late
    assert (late.incident_key, late.writer, late.priority) == (key, TOM, "P2")
    assert late.misses[0].metric_label == "First reply"
    week.look("wed 15:00")
    assert week.ops().count("post") == 1
    week.desk.notes.write(key, by=TOM, reason="late-triage", now=at("wed 15:01"), since=None, **GOOD)
    week.look("wed 15:02")
    assert (week.shown().late, week.shown().notes_waiting) == ((), 1)
    week.look("thu 09:30")
    assert week.ops().count("post") == 1, "a note that has waited for less than a business day is no reason to write"


def test_the_next_mornings_message_takes_the_place_of_the_one_before(week: Week) -> None:
    owed(week)
    for day in ("tue", "wed", "thu", "fri", "sat", "sun"):
        week.look(f"{day} 09:30")
        week.look(f"{day} 17:00")
    week.look("mon 12:00", week=1)
    assert week.ops().count("post") == 3, "not on a weekend, nor on the digest's day"
    assert [sent.message for sent in week.sent() if sent.op == "delete"] == [
        f"manager prompt {MIRA}:{number}" for number in (1, 2)
    ]


def test_a_note_that_waited_a_business_day_for_its_review_is_a_reason_to_write(week: Week) -> None:
    key = week.desk.written(at("mon 10:00"))
    week.look("tue 09:30")
    assert week.ops() == []
    week.look("wed 09:30")
    assert (week.shown().late, week.shown().notes_waiting, week.shown().decisions_waiting) == ((), 1, 0)
    week.desk.notes.accept(key, by=MIRA, now=at("wed 09:40"))
    week.look("wed 09:41")
    assert (week.shown().notes_waiting, week.shown().decisions_waiting) == (0, 1)
    week.desk.sops.decide(key, by=MIRA, decision="none", reason="Once", now=at("wed 09:42"))
    week.look("wed 09:43")
    assert render(week.shown()).text == ":white_check_mark: No note is late any more, and nothing waits for you."


def test_an_absent_managers_part_goes_to_the_managers_channel(week: Week) -> None:
    owed(week)
    absences = Absences(week.desk.unit_of_work)
    absences.away(MIRA, until=at("thu 08:00"), by=MIRA, now=at("tue 07:00"))
    week.look("wed 09:30")
    assert (week.ops(MIRA), week.ops(MANAGERS)) == ([], ["post"])
    week.look("thu 09:30")
    assert week.ops(MIRA) == ["post"]
    assert week.shown(MANAGERS).late_count == 0


def test_nobody_is_late_while_away(week: Week) -> None:
    owed(week)
    Absences(week.desk.unit_of_work).away(TOM, until=at("thu 08:00"), by=TOM, now=at("mon 12:00"))
    for day in ("wed", "thu"):
        week.look(f"{day} 09:30")
    assert week.ops() == []
    week.look("fri 09:30")
    assert week.shown().late_count == 1


# ------------------------------------------------------------------------------------- what a manager does about it


def lines(week: Week, person: str) -> list[tuple[str, bool]]:
    """The incidents of a person's daily messages as they read now, and whether nothing is to be done any more."""
    shown = [line for asked in week.desk.asked(person) for section in asked.sections for line in section.lines]
    return [(line.subject, line.is_done) for line in shown]


def test_a_reminder_puts_the_note_first_before_its_writer_once_an_hour_at_most(week: Week) -> None:
    first, second = owed(week, titles=("E-mail is down", "Phones are mute"))
    with pytest.raises(NotAllowed):
        week.requests.remind(second, by=TESS, now=at("wed 09:31"))
    posts = [sent.op for sent in week.desk.sent(to=TOM, about="daily:")].count("post")
    assert week.requests.remind(second, by=MIRA, now=at("wed 09:31")) == TOM
    sent = week.desk.sent(to=TOM, about="daily:")
    assert [one.op for one in sent].count("post") == posts + 1
    assert lines(week, TOM)[0] == (second, False)
    assert (first, False) in lines(week, TOM), "what else waits stays in the message"
    with pytest.raises(RemindedLately) as refusal:
        week.requests.remind(second, by=DANA, now=at("wed 10:30"))
    assert (refusal.value.by, refusal.value.at) == (MIRA, at("wed 09:31"))
    week.requests.remind(second, by=DANA, now=at("wed 10:31"))
    week.look("wed 10:32")
    assert {late.incident_key: late.reminded_at for late in week.shown().late} == {
        first: None,
        second: at("wed 10:31"),
    }


def test_nobody_is_reminded_of_a_note_that_is_written(week: Week) -> None:
    key = week.desk.written(at("mon 09:00"))
    with pytest.raises(NobodyOwesNote):
        week.requests.remind(key, by=MIRA, now=at("tue 09:31"))


def test_somebody_else_is_asked_and_has_a_business_day_of_their_own(week: Week) -> None:
    (key,) = owed(week)
    possible = week.requests.possible_writers(key, by=MIRA, now=at("wed 09:31"))
    assert [writer.slack_id for writer in possible.writers][:2] == [TOM, TESS], "who acted on it comes first"
    with pytest.raises(AskedAlready):
        week.requests.ask(key, person=TOM, by=MIRA, now=at("wed 09:32"))
    with pytest.raises(UnknownPerson):
        week.requests.ask(key, person="U0STRANGER", by=MIRA, now=at("wed 09:32"))
    week.requests.ask(key, person=TESS, by=MIRA, now=at("wed 09:32"))
    note = week.note(key)
    assert (note.wanted_from, note.asked_at) == (TESS, at("wed 09:32"))
    assert (lines(week, TESS), lines(week, TOM)) == ([(key, False)], [(key, True)])
    week.look("wed 09:33")
    assert week.ops() == [], "it is late no more"
    week.look("fri 09:30")
    assert week.shown().late[0].writer == TESS


def test_nobody_absent_is_asked_or_reminded(week: Week) -> None:
    (key,), absences = owed(week), Absences(week.desk.unit_of_work)
    for person in (TESS, TOM):
        absences.away(person, until=at("thu 08:00"), by=person, now=at("mon 12:00"))
    with pytest.raises(WriterIsAbsent):
        week.requests.ask(key, person=TESS, by=MIRA, now=at("wed 09:32"))
    with pytest.raises(WriterIsAbsent):
        week.requests.remind(key, by=MIRA, now=at("wed 09:32"))
    assert week.note(key).wanted_from == TOM


def test_an_incident_whose_misses_are_all_waived_needs_no_note(week: Week) -> None:
    (key,), outcomes = owed(week), Outcomes(week.desk.unit_of_work)
    week.look("wed 09:30")
    for metric in outcomes.waivable(key, by=MIRA, now=at("wed 09:31")).metrics:
        outcomes.waive(key, metric=metric, reason="Agreed with the customer", by=MIRA, now=at("wed 09:32"))
    with pytest.raises(NothingMissed):
        outcomes.waivable(key, by=MIRA, now=at("wed 09:33"))
    week.look("wed 09:34")
    assert week.note(key).state is NoteState.WITHDRAWN
    assert week.shown().late == ()


def test_a_waiver_of_one_of_two_misses_leaves_the_note_wanted(week: Week) -> None:
    key, outcomes = week.desk.missed(at("mon 09:00")), Outcomes(week.desk.unit_of_work)
    week.desk.look(at("tue 09:00"))
    assert len(outcomes.waivable(key, by=MIRA, now=at("tue 09:31")).metrics) > 1
    outcomes.waive(key, metric=MetricName.FIRST_RESPONSE, reason="Agreed", by=MIRA, now=at("tue 09:32"))
    assert week.note(key).state is NoteState.WANTED


def test_the_time_of_day_is_that_of_the_people_file(week: Week, tmp_path: Path) -> None:
    later = (EXAMPLES / "msp.yaml").read_text(encoding="utf-8").replace('manager_at: "09:30"', 'manager_at: "11:15"')
    (tmp_path / "msp.yaml").write_text(later)
    people_files.apply(week.desk.database, tmp_path / "msp.yaml", by="test", now=at("mon 08:00"))
    owed(week)
    week.look("wed 11:14")
    assert week.ops() == []
    week.look("wed 11:15")
    assert week.ops() == ["post"]


def test_the_message_reads_as_a_list_of_what_to_do(week: Week) -> None:
    (key,) = owed(week)
    week.look("wed 09:30")
    shown_lines = render(week.shown()).text.split("\n")
    assert shown_lines[0] == "*1 note is late.*"
    assert shown_lines[1].startswith(f"*{key}* · P2 Acme Dental · E-mail is down · first reply ")
    assert f"<@{TOM}>, asked 2026-02-02 16:15 UTC" in shown_lines[1]


# ------------------------------------------------------------------------------------- a bad Monday


def test_a_bad_monday_writes_to_the_manager_and_the_dispatcher_a_few_times_a_week(week: Week) -> None:
    """Fourteen P1 of one customer within an hour, nothing done until the dispatcher writes at the second asking."""
    opened = at("mon 09:00")
    keys = [
        week.desk.open(opened + number * timedelta(minutes=4), priority=Priority.P1, title=f"Site {number}", owner=None)
        for number in range(14)
    ]
    for day in ("mon", "tue", "wed"):
        for hour in range(8, 18):
            week.look(f"{day} {hour:02}:45")
        week.look(f"{day} 17:15")
    asked = [sent for sent in week.desk.sent(to=DANA, about="daily:") if sent.op == "post"]
    assert len(asked) == 2
    for number, key in enumerate(keys):
        words = {"what_happened": f"The line {number} of provider{number} was cut at street{number} by works{number}."}
        week.desk.notes.write(key, by=DANA, reason="vendor", now=at("wed 17:20"), since=None, **(GOOD | words))
    for day in ("thu", "fri", "sat"):
        for hour in range(8, 18):
            week.look(f"{day} {hour:02}:45")
        week.look(f"{day} 17:15")
    posts = [sent for sent in week.desk.sent() if sent.op == "post"]
    assert sum(sent.to == DANA and sent.message.startswith("daily:") for sent in posts) <= 3
    assert sum(sent.to == MIRA for sent in posts) <= 6
    assert [sent.message for sent in posts if sent.to == MIRA], "the notes that wait for their review are said"
