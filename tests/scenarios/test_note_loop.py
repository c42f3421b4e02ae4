"""From a miss to a decision: who is asked for the SLA note, until when, and what the service manager decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from sla_engine.domain.agreements.errors import NotAllowed, NotNamed
from sla_engine.domain.clocks.time_by_stage import Stage
from sla_engine.domain.incidents.errors import AlreadyDone
from sla_engine.domain.incidents.note_events import NoteAccepted, NoteReturned, NoteWritten, SopDecided
from sla_engine.domain.incidents.reasons import BreachReason
from sla_engine.domain.notes.errors import (
    AlreadyDecided,
    NoNoteWanted,
    NoNoteYet,
    NoteAlreadyAccepted,
    NoteIncomplete,
    NoteWrittenSince,
    SopIncomplete,
)
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.domain.sops.errors import UnknownSop
from sla_engine.domain.text.errors import MissingArgument, UnknownChoice
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.notifications.notes import SopReminderMessage
from sla_engine.services.audit.audit import Audit
from sla_engine.services.sweep.note_duties import remind_sop, show_withdrawn
from sla_engine.services.unit_of_work.incident_work import IncidentWork
from sla_engine.storage import events, incidents, sops, timers
from sla_engine.storage.notes import NoteRecord
from sla_engine.storage.prompts import IncidentPrompts
from tests.note_desk import DANA, EXAMPLES, GOOD, MIRA, TESS, TOM, Desk, Sent, at


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def waiting(desk: Desk, now: datetime) -> list[tuple[str, bool]]:
    """What waits for the service manager: the incident, and whether its note is accepted already."""
    return [(item.incident_key, item.accepted) for item in desk.notes.queue(now=now)]


def reminders(desk: Desk, owner: str) -> list[tuple[Sent, SopReminderMessage]]:
    return [(one, one.shown) for one in desk.sent(to=owner) if isinstance(one.shown, SopReminderMessage)]


def note_of(desk: Desk, key: str) -> NoteRecord:
    with desk.database.reading() as session:
        found = IncidentPrompts(session, incidents.find(session, key).id).note
    assert found is not None
    return found


# ------------------------------------------------------------------------------------- asking for it


def test_one_note_covers_every_miss_of_the_incident(desk: Desk) -> None:
    key = desk.missed(at("mon 10:00"))
    desk.look(at("mon 17:30"))
    prefill = desk.notes.prefill(key, now=at("mon 17:30"))
    labels = [miss.metric_label for miss in prefill.misses]
    assert labels.count("First reply") == 1
    assert {"Customer update", "Plan"} <= set(labels)


def test_a_miss_below_the_priority_floor_asks_nobody_but_may_have_a_note(database_url: str, tmp_path: Path) -> None:
    strict = tmp_path / "msp.yaml"
    strict.write_text(
        (EXAMPLES / "msp.yaml").read_text(encoding="utf-8").replace("full: P2, reason: P4", "full: P1, reason: P1")
    )
    desk = Desk(database_url, people_file=strict)
    key = desk.missed(at("mon 10:00"))
    desk.look(at("tue 18:00"))
    assert desk.sent(to=TOM, about="daily:") == []
    desk.notes.write(key, by=TOM, reason="late-triage", now=at("mon 10:01"), since=None, **GOOD)
    assert waiting(desk, at("mon 10:02")) == [(key, False)]
    desk.close()


def test_no_note_is_taken_for_an_incident_that_missed_nothing(desk: Desk) -> None:
    key = desk.open(at("mon 10:02"))
    with pytest.raises(NoNoteWanted):
        desk.notes.write(key, by=TOM, reason="late-triage", now=at("mon 10:03"), since=None, **GOOD)


def test_nobody_replaces_a_note_that_was_written_while_their_form_was_open(desk: Desk) -> None:
    key = desk.missed(at("mon 10:00"))
    desk.notes.write(key, by=TESS, reason="late-triage", now=at("mon 10:10"), since=None, **GOOD)
    words = GOOD | OTHER_WORDS
    with pytest.raises(NoteWrittenSince):
        desk.notes.write(key, by=TOM, reason="capacity", now=at("mon 10:12"), since=at("mon 10:05"), **words)
    for author, since, now in ((TESS, "mon 10:05", "mon 10:14"), (TOM, "mon 10:15", "mon 10:16")):
        desk.notes.write(key, by=author, reason="capacity", now=at(now), since=at(since), **words)


OTHER_WORDS = {"what_happened": "A different story altogether: the printer ran out of toner before anybody looked."}


# ------------------------------------------------------------------------------------- prefilled


def test_all_that_can_be_computed_is_filled_in(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"), owner=None)
    desk.incidents.take(key, by=TOM, now=at("mon 09:50"))
    desk.incidents.respond(key, text="On it", by=TOM, now=at("mon 10:00"))
    desk.look(at("mon 10:00"))
    prefill = desk.notes.prefill(key, now=at("mon 10:05"))
    assert [(miss.target, miss.elapsed) for miss in prefill.misses] == [(timedelta(minutes=30), timedelta(hours=1))]
    assert [(time.stage, time.spent) for time in prefill.stages] == [
        (Stage.UNASSIGNED, timedelta(minutes=50)),
        (Stage.UNANSWERED, timedelta(minutes=10)),
    ]
    assert prefill.customer_told_at == at("mon 10:00")
    assert prefill.suggested_reason is BreachReason.LATE_ASSIGNMENT


def test_nothing_is_prefilled_while_every_target_is_met(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    with pytest.raises(NoNoteWanted):
        desk.notes.prefill(key, now=at("mon 09:05"))


# ------------------------------------------------------------------------------------- writing it


def test_a_thin_note_is_refused_with_a_sentence_for_each_field_and_nothing_is_written(desk: Desk) -> None:
    key = desk.missed(at("mon 10:00"))
    with pytest.raises(NoteIncomplete) as refusal:
        desk.notes.write(
            key, by=TOM, reason=None, what_happened="E-mail is down", impact="bad", prevention=None, now=at("mon 10:05")
        )
    assert list(refusal.value.problems) == ["reason", "what_happened", "impact", "prevention"]
    assert note_of(desk, key).state is NoteState.WANTED


def test_a_written_note_goes_to_the_service_manager(desk: Desk) -> None:
    key = desk.written(at("mon 10:00"))
    review = desk.notes.read(key, by=MIRA, now=at("mon 10:05"))
    assert (review.state, review.author, review.reason_label, review.attribution) == (
        "written", TOM, "Late triage", "us",
    )  # fmt: skip
    assert review.suggestion == "Late triage, Acme Dental: once in 90 days. Suggests: no SOP."
    assert note_of(desk, key).written_at == at("mon 10:00")


def test_what_was_computed_stays_with_the_note(desk: Desk) -> None:
    prefill = note_of(desk, desk.written(at("mon 10:00"))).prefill
    assert prefill is not None
    assert [miss["metric"] for miss in prefill["misses"]] == ["first_response"]
    assert prefill["stages"] == {"unanswered": 2400.0}


def test_writing_the_same_words_about_the_next_miss_is_refused(desk: Desk) -> None:
    desk.written(at("mon 10:00"))
    key = desk.missed(at("mon 14:00"))
    with pytest.raises(NoteIncomplete) as refusal:
        desk.notes.write(key, by=TOM, reason="late-triage", now=at("mon 14:05"), since=None, **GOOD)
    assert list(refusal.value.problems) == ["what_happened"]


def test_a_note_can_be_written_anew_until_it_is_accepted(desk: Desk) -> None:
    key = desk.written(at("mon 10:00"))
    desk.notes.write(key, by=TOM, reason="capacity", now=at("mon 10:30"), since=None, **GOOD)
    assert desk.notes.read(key, by=MIRA, now=at("mon 10:31")).reason_label == "Not enough people"
    desk.notes.accept(key, by=MIRA, now=at("mon 11:00"))
    with pytest.raises(NoteAlreadyAccepted):
        desk.notes.write(key, by=TOM, reason="capacity", now=at("mon 11:30"), since=None, **GOOD)


def test_a_reason_nobody_knows_is_refused(desk: Desk) -> None:
    key = desk.missed(at("mon 10:00"))
    with pytest.raises(UnknownChoice):
        desk.notes.write(key, by=TOM, reason="bad-luck", now=at("mon 10:05"), since=None, **GOOD)


def test_somebody_unknown_writes_no_note_and_the_refusal_is_kept(desk: Desk) -> None:
    key = desk.missed(at("mon 10:00"))
    with pytest.raises(NotNamed):
        desk.notes.write(key, by="U0STRANGER", reason="late-triage", now=at("mon 10:05"), since=None, **GOOD)
    assert note_of(desk, key).state is NoteState.WANTED


# ------------------------------------------------------------------------------------- the review


def test_an_accepted_note_waits_for_the_decision(desk: Desk) -> None:
    key = desk.written(at("mon 09:00"))
    desk.notes.accept(key, by=MIRA, now=at("mon 10:00"))
    assert waiting(desk, at("mon 14:00")) == [(key, True)]
    assert desk.notes.read(key, by=MIRA, now=at("mon 14:00")).state == "accepted"


def test_only_a_manager_reads_a_note_for_review_and_only_one_that_was_written(desk: Desk) -> None:
    key = desk.missed(at("mon 09:00"))
    with pytest.raises(NoNoteYet):
        desk.notes.read(key, by=MIRA, now=at("mon 10:00"))
    with pytest.raises(NotAllowed):
        desk.notes.read(key, by=TOM, now=at("mon 10:00"))


def test_a_returned_note_written_anew_goes_to_review_again(desk: Desk) -> None:
    key = desk.written(at("mon 09:00"))
    desk.notes.return_to_author(key, because="Which alert?", by=MIRA, now=at("mon 10:00"))
    desk.notes.write(key, by=TOM, reason="late-triage", now=at("mon 11:00"), since=None, **GOOD)
    assert waiting(desk, at("mon 11:01")) == [(key, False)]


def test_returning_needs_a_reason(desk: Desk) -> None:
    key = desk.written(at("mon 09:00"))
    with pytest.raises(MissingArgument):
        desk.notes.return_to_author(key, because="  ", by=MIRA, now=at("mon 10:00"))


def test_only_a_service_manager_accepts_returns_and_decides(desk: Desk) -> None:
    key = desk.written(at("mon 09:00"))
    with pytest.raises(NotAllowed):
        desk.notes.accept(key, by=TOM, now=at("mon 10:00"))
    with pytest.raises(NotAllowed):
        desk.notes.return_to_author(key, because="No", by=DANA, now=at("mon 10:00"))
    with pytest.raises(NotAllowed):
        desk.sops.decide(key, by=DANA, decision="none", reason="Because", now=at("mon 10:00"))


def test_a_missing_note_cannot_be_reviewed_and_an_accepted_one_not_again(desk: Desk) -> None:
    key = desk.missed(at("mon 09:00"))
    with pytest.raises(NoNoteYet):
        desk.notes.accept(key, by=MIRA, now=at("mon 10:00"))
    desk.notes.write(key, by=TOM, reason="late-triage", now=at("mon 10:00"), since=None, **GOOD)
    desk.notes.accept(key, by=MIRA, now=at("mon 10:10"))
    with pytest.raises(NoteAlreadyAccepted):
        desk.notes.accept(key, by=MIRA, now=at("mon 10:20"))


def test_the_queue_holds_what_waits_for_the_manager_oldest_first(desk: Desk) -> None:
    first = desk.written(at("mon 09:00"))
    second = desk.written(at("mon 11:00"), **OTHER_WORDS)
    desk.notes.accept(first, by=MIRA, now=at("mon 11:30"))
    queue = desk.notes.queue(now=at("mon 12:00"))
    assert [(item.incident_key, item.accepted) for item in queue] == [(first, True), (second, False)]
    assert queue[0].waiting == timedelta(hours=3)
    desk.sops.decide(first, by=MIRA, decision="none", reason="Once", now=at("mon 12:30"))
    assert [item.incident_key for item in desk.notes.queue(now=at("mon 13:00"))] == [second]


def test_third_note_of_one_kind_suggests_an_sop(desk: Desk) -> None:
    for day, story in (("mon", "The queue was full of newsletters"), ("tue", "The disk of the mail server was full")):
        desk.written(at(f"{day} 09:00"), reason="capacity", what_happened=f"{story} and two of us were ill that day.")
    story = "Everybody was at the other customer's move all day"
    key = desk.written(at("wed 09:00"), reason="capacity", what_happened=story)
    assert desk.notes.read(key, by=MIRA, now=at("wed 10:00")).suggestion == (
        "Not enough people, Acme Dental: 3 times in 30 days, no SOP for it. Suggests: create an SOP."
    )


# ------------------------------------------------------------------------------------- the decision


def decided(desk: Desk, *, due_on: date = date(2026, 3, 2)) -> str:
    key = desk.written(at("mon 09:00"))
    sop = desk.sops.decide(
        key, by=MIRA, decision="create", title="Mail queue", owner=TESS, due_on=due_on, now=at("mon 10:30")
    )
    return sop.number


def test_a_decision_ends_the_review_accepts_the_note_and_is_told_to_its_owner(desk: Desk) -> None:
    number = decided(desk)
    (sop,) = desk.registry.list(by=TOM, now=at("mon 11:00")).sops
    assert sop.incident_key is not None
    review = desk.notes.read(sop.incident_key, by=MIRA, now=at("mon 11:00"))
    assert (review.state, review.decision) == ("decided", f"create an SOP: Mail queue ({number})")
    assert note_of(desk, sop.incident_key).state is NoteState.ACCEPTED
    assert waiting(desk, at("mon 11:00")) == []
    ((_, told),) = reminders(desk, TESS)
    assert (told.number, told.title, told.overdue, told.done) == (number, "Mail queue", False, False)


def test_the_owner_is_reminded_before_on_and_after_the_due_day_until_it_is_done(desk: Desk) -> None:
    number = decided(desk)
    seen = []
    for week, day in enumerate(("mon", "mon", "mon", "mon", "mon", "mon")):
        desk.look(at(f"{day} 08:00", week=week + 1))
        seen.append((len(reminders(desk, TESS)), reminders(desk, TESS)[-1][1].overdue))
    assert seen == [(1, False), (2, False), (3, False), (4, False), (5, True), (6, True)]
    desk.sops.done(number, by=TESS, now=at("mon 09:00", week=6))
    assert [shown.done for one, shown in reminders(desk, TESS) if one.op == "update"] == [True] * 6
    desk.look(at("mon 09:00", week=9))
    assert len(reminders(desk, TESS)) == 12


def test_open_sops_are_listed_until_they_are_done(desk: Desk) -> None:
    number = decided(desk)
    (listed,) = desk.registry.list(by=TOM, now=at("tue 09:00", week=4)).sops
    assert (listed.number, listed.owner, listed.incident_key, listed.late) == (number, TESS, "INC-1001", True)
    desk.sops.done("1", by=MIRA, now=at("tue 10:00"))
    (listed,) = desk.registry.list(by=TOM, now=at("tue 11:00")).sops
    assert (listed.step, listed.review_on, listed.late) == (None, date(2026, 8, 2), False)
    with pytest.raises(AlreadyDone):
        desk.sops.done(number, by=TESS, now=at("tue 12:00"))


def test_only_the_owner_or_a_service_manager_says_that_it_is_done(desk: Desk) -> None:
    number = decided(desk)
    with pytest.raises(NotAllowed):
        desk.sops.done(number, by=TOM, now=at("tue 10:00"))


@pytest.mark.parametrize("number", ["SOP-99", "SOP-x", "", "99999999999999999999"])
def test_an_unknown_sop_is_refused(desk: Desk, number: str) -> None:
    with pytest.raises(UnknownSop):
        desk.sops.done(number, by=MIRA, now=at("tue 10:00"))


@pytest.mark.parametrize(
    ("answers", "fields"),
    [
        ({"decision": "create"}, ["title", "owner", "due_on"]),
        ({"decision": "update", "title": "Mail", "owner": TESS}, ["due_on"]),
        ({"decision": "create", "title": "Mail", "owner": "U0STRANGER", "due_on": date(2026, 3, 2)}, ["owner"]),
        ({"decision": "create", "title": "Mail", "owner": TESS, "due_on": date(2026, 2, 2)}, ["due_on"]),
        ({"decision": "none"}, ["reason"]),
        ({"decision": "problem"}, ["reason"]),
    ],
    ids=["nothing", "no day", "stranger", "today", "none without why", "problem without why"],
)
def test_an_incomplete_decision_names_each_field(desk: Desk, answers: dict[str, str], fields: list[str]) -> None:
    key = desk.written(at("mon 09:00"))
    with pytest.raises(SopIncomplete) as refusal:
        desk.sops.decide(key, by=MIRA, now=at("mon 10:00"), **answers)  # type: ignore[arg-type]
    assert list(refusal.value.problems) == fields


def test_a_decision_accepts_a_note_that_waited_and_is_made_once(desk: Desk) -> None:
    key = desk.written(at("mon 09:00"))
    desk.sops.decide(key, by=MIRA, decision="none", reason="Once in a blue moon", now=at("mon 10:00"))
    assert note_of(desk, key).state is NoteState.ACCEPTED
    with pytest.raises(AlreadyDecided):
        desk.sops.decide(key, by=MIRA, decision="none", reason="Again", now=at("mon 11:00"))
    with pytest.raises(UnknownChoice):
        desk.sops.decide(key, by=MIRA, decision="perhaps", now=at("mon 11:00"))


def test_nothing_is_decided_about_a_note_that_does_not_exist(desk: Desk) -> None:
    key = desk.missed(at("mon 09:00"))
    with pytest.raises(NoNoteYet):
        desk.sops.decide(key, by=MIRA, decision="none", reason="Once", now=at("mon 10:00"))


def test_the_history_says_who_wrote_returned_accepted_and_decided(desk: Desk) -> None:
    key = desk.written(at("mon 09:00"))
    desk.notes.return_to_author(key, because="Which alert?", by=MIRA, now=at("mon 10:00"))
    desk.notes.write(key, by=TOM, reason="late-triage", now=at("mon 11:00"), since=None, **GOOD)
    desk.notes.accept(key, by=MIRA, now=at("mon 12:00"))
    desk.sops.decide(key, by=MIRA, decision="none", reason="Once", now=at("mon 13:00"))
    with desk.database.reading() as session:
        history = events.history(session, incidents.find(session, key).id)
    assert Audit(desk.database).run(now=at("mon 13:00")).findings == []
    kinds = NoteWritten | NoteReturned | NoteAccepted | SopDecided
    assert [(type(entry.event), entry.by) for entry in history if isinstance(entry.event, kinds)] == [
        (NoteWritten, TOM),
        (NoteReturned, MIRA),
        (NoteWritten, TOM),
        (NoteAccepted, MIRA),
        (SopDecided, MIRA),
    ]


# ------------------------------------------------------------------------------------- late looks and odd roles


def look_late(desk: Desk, duty: Duty, subject: str, now: datetime) -> None:
    """A duty fires that was claimed just before somebody settled it."""
    remind: dict[Duty, Callable[[IncidentWork], None]] = {
        Duty.NOTE: lambda work: show_withdrawn(work, real_now=now),
        Duty.SOP: lambda work: remind_sop(work, subject, real_now=now),
    }
    with desk.database.transaction() as session:
        number = sops.incident_of(session, subject) if duty is Duty.SOP else incidents.find(session, subject).id
        work = desk.unit_of_work.work_on(session, incidents.lock_by_id(session, number), now=now)
        remind[duty](work)
        work.timers.write()
        assert timers.due_for(session, duty, subject) is None


def test_a_look_that_comes_too_late_asks_nobody_again(desk: Desk) -> None:
    returned = desk.written(at("mon 09:00"))
    desk.notes.return_to_author(returned, because="Which alert?", by=MIRA, now=at("mon 10:00"))
    done = desk.written(at("mon 11:00"), **OTHER_WORDS)
    sop = desk.sops.decide(
        done, by=MIRA, decision="create", title="Mail", owner=TESS, due_on=date(2026, 3, 2), now=at("mon 12:00")
    )
    desk.sops.done(sop.number, by=TESS, now=at("mon 12:30"))
    quiet = desk.open(at("mon 12:45"))
    before = len(desk.sent())
    for duty, subject in (
        (Duty.NOTE, quiet),
        (Duty.NOTE, done),
        (Duty.SOP, sop.number),
    ):
        look_late(desk, duty, subject, at("mon 13:00"))
    assert len(desk.sent()) == before


def test_a_review_shows_what_its_note_saw_beside_a_figure_that_grew(desk: Desk) -> None:
    key = desk.written(at("mon 10:00"))
    (miss,) = desk.notes.read(key, by=MIRA, now=at("mon 10:00")).misses
    assert (miss.elapsed, miss.still_open, miss.noted) == (timedelta(minutes=40), True, None)
    later = desk.notes.read(key, by=MIRA, now=at("mon 16:00")).misses
    first = next(miss for miss in later if miss.metric_label == "First reply")
    assert first.elapsed > timedelta(hours=2)
    assert (first.still_open, first.noted) == (True, timedelta(minutes=40))
