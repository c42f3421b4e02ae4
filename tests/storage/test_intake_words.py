"""Words of ticket systems that nobody knows: kept, asked about once, answered once, counted at their own time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sla_engine.domain.agreements.errors import NotAllowed, UnknownPerson
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.errors import UnknownWord, WordAnswered
from sla_engine.domain.incidents.events import Assigned, Opened, Paused, PrioritySet
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.text.errors import UnknownChoice
from sla_engine.intake.reception import Reception
from sla_engine.notifications.kinds import from_payload
from sla_engine.notifications.notices import WordMessage
from sla_engine.services.agreements import people_files
from sla_engine.services.intake.match import ReportOutcome
from sla_engine.services.intake.receive import Intake
from sla_engine.storage import events
from sla_engine.storage.tables.delivery import Outbox
from tests.intake_desk import NOON, ROOT, copied, found, prepared, resolution, tell, the_incident, ticket

DANA, TESS, TOM = "U0DANA", "U0TESS", "U0TOM"
LATER = NOON + timedelta(minutes=300)
UNKNOWN: dict[str, Any] = {"status": "Awaiting approval"}
OWN_WORDS = """
intakes:
  psa:
    words:
      status: {Awaiting Approval: customer, parked: nothing}
      priority: {Sev A: P1}
      people: {Tom B.: U0TOM, Service Desk: nobody}
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("msp") / "msp.db", "acme-dental", "beta-logistics")


@pytest.fixture
def intake(file: Path, tmp_path: Path) -> Iterator[Intake]:
    with copied(file, tmp_path) as made:
        yield made


@pytest.fixture
def apply_words(intake: Intake, tmp_path: Path) -> Callable[[str], None]:
    def applied(words: str) -> None:
        file = tmp_path / "msp.yaml"
        file.write_text((ROOT / "examples" / "msp.yaml").read_text() + words)
        people_files.apply(intake.unit_of_work.database, file, by="test", now=NOON)

    return applied


def told(intake: Intake, source: str, *payloads: dict[str, Any]) -> list[ReportOutcome]:
    receipts = [intake.receive(source, payload["id"], payload, now=LATER) for payload in payloads]
    return [taken.outcome for receipt in receipts for taken in receipt.taken]


def questions(intake: Intake) -> list[tuple[str, WordMessage]]:
    """Every message about a word, whether posted or edited, oldest first."""
    with intake.unit_of_work.database.reading() as session:
        rows = session.query(Outbox).filter(Outbox.kind == "word").order_by(Outbox.id).all()
        shown = [(row.op, from_payload(row.kind, row.payload)) for row in rows]
    return [(op, each) for op, each in shown if isinstance(each, WordMessage)]


def answer(intake: Intake, meaning: str, *, number: int = 1, by: str = DANA) -> None:
    """Answer a question, and work on what was kept as a worker does."""
    intake.words.answer(number, meaning=meaning, by=by, now=LATER)
    intake.catch_up(now=LATER, older_than=timedelta(0) - timedelta(seconds=1))


def history(intake: Intake, record: Incident) -> list[Entry]:
    with intake.unit_of_work.database.reading() as session:
        return events.history(session, record.id)


def test_an_unknown_status_is_kept_changes_nothing_and_is_asked_about_once(intake: Intake) -> None:
    outcomes = tell(
        intake,
        ticket("opened"),
        ticket("status_changed", 10, **UNKNOWN),
        ticket("status_changed", 20, status="awaiting_approval"),
        ticket("status_changed", 20, external_id="T-2", **UNKNOWN),
    )
    assert outcomes == [ReportOutcome.OPENED, ReportOutcome.ASKED, ReportOutcome.ASKED, ReportOutcome.WAITS]
    assert the_incident(intake).paused_for == ()
    ((op, asked),) = questions(intake)
    assert (op, asked.intake, asked.kind, asked.word) == ("post", "webhook", "status", "Awaiting approval")
    assert asked.mention == (DANA,)
    assert [(each.word.number, each.count) for each in intake.words.waiting(by=DANA, now=LATER)] == [(1, 3)]


def test_the_count_is_edited_into_the_question_now_and_then(intake: Intake) -> None:
    tell(intake, ticket("opened"), *(ticket("status_changed", minute, **UNKNOWN) for minute in range(1, 42)))
    assert len(questions(intake)) == 1
    intake.words.keep_up(now=LATER)
    intake.words.keep_up(now=LATER)
    assert [(op, each.count) for op, each in questions(intake)] == [("post", 1), ("update", 41)]


def test_a_delivery_that_comes_twice_is_counted_once(intake: Intake) -> None:
    said = ticket("status_changed", 10, **UNKNOWN)
    tell(intake, ticket("opened"), said, said)
    assert [each.count for each in intake.words.waiting(by=DANA, now=LATER)] == [1]


def test_an_answer_counts_for_what_was_kept_from_its_own_time_on(intake: Intake) -> None:
    tell(
        intake,
        ticket("opened", 70),
        ticket("status_changed", 80, **UNKNOWN),
        ticket("status_changed", 110, status="in progress"),
        ticket("status_changed", 130, **UNKNOWN),
    )
    answer(intake, "customer")
    record = the_incident(intake)
    assert record.paused_for == (PauseReason.CUSTOMER,)
    clock = resolution(intake, record)
    assert (clock.state, clock.elapsed) == (ClockState.PAUSED, timedelta(minutes=30))
    asked = questions(intake)[-1][1]
    assert (asked.meaning, asked.by, asked.at) == ("customer", DANA, LATER)
    assert intake.words.waiting(by=DANA, now=LATER) == ()


def test_what_is_said_after_the_answer_asks_nobody(intake: Intake) -> None:
    tell(intake, ticket("opened"), ticket("status_changed", 10, **UNKNOWN))
    answer(intake, "vendor")
    before = questions(intake)
    assert tell(intake, ticket("status_changed", 50, status="AWAITING-APPROVAL")) == [ReportOutcome.RECORDED]
    assert questions(intake) == before


def test_what_is_worked_on_again_is_recorded_once(intake: Intake) -> None:
    tell(intake, ticket("opened"), ticket("status_changed", 10, **UNKNOWN))
    answer(intake, "done")
    before = history(intake, the_incident(intake))
    intake.catch_up(now=LATER, older_than=timedelta(0))
    assert history(intake, the_incident(intake)) == before
    assert the_incident(intake).resolved_at == NOON + timedelta(minutes=10)


def test_an_answer_that_it_means_nothing_changes_nothing_and_is_final(intake: Intake) -> None:
    tell(intake, ticket("opened"), ticket("status_changed", 10, **UNKNOWN))
    before = history(intake, the_incident(intake))
    answer(intake, "nothing")
    tell(intake, ticket("status_changed", 20, **UNKNOWN))
    assert history(intake, the_incident(intake)) == before
    assert [op for op, _ in questions(intake)] == ["post", "update"]


def test_an_unknown_priority_opens_with_the_agreements_middle_and_is_set_from_the_opening_on(intake: Intake) -> None:
    assert tell(intake, ticket("opened", priority="Sev A")) == [ReportOutcome.OPENED]
    record = the_incident(intake)
    assert record.priority is Priority.P3
    opened = history(intake, record)[0].event
    assert isinstance(opened, Opened)
    assert opened.priority_word == "Sev A"
    answer(intake, "P1")
    assert the_incident(intake).priority is Priority.P1
    (changed,) = (entry for entry in history(intake, record) if isinstance(entry.event, PrioritySet))
    assert changed.at == NOON


def test_levels_nobody_knows_are_asked_about_as_a_pair_and_count_as_medium(intake: Intake) -> None:
    told_so = ticket("opened", impact="Whole company", urgency="high")
    del told_so["priority"]
    tell(intake, told_so)
    assert the_incident(intake).priority is Priority.P2
    assert questions(intake)[0][1].word == "impact Whole company, urgency high"


def test_an_assignee_nobody_knows_is_shown_and_becomes_one_of_us_at_the_same_time(intake: Intake) -> None:
    tell(intake, ticket("opened"), ticket("assigned", 5, to="Tom B."), ticket("assigned", 50, to="tess"))
    assert questions(intake)[0][1].kind == "person"
    answer(intake, TOM)
    given = [entry for entry in history(intake, the_incident(intake)) if isinstance(entry.event, Assigned)]
    assert {(entry.event.to, entry.at - NOON) for entry in given if isinstance(entry.event, Assigned)} == {
        ("webhook:Tom B.", timedelta(minutes=5)),
        (TOM, timedelta(minutes=5)),
        (TESS, timedelta(minutes=50)),
    }
    assert the_incident(intake).assignee == TESS


@pytest.mark.parametrize(("meaning", "assignee"), [("nobody", None), (TOM, TOM)])
def test_who_a_login_is_counts_for_a_ticket_that_it_still_has(
    intake: Intake, meaning: str, assignee: str | None
) -> None:
    tell(intake, ticket("opened"), ticket("assigned", 5, to="Service Desk"))
    assert the_incident(intake).assignee == "webhook:Service Desk"
    answer(intake, meaning)
    assert the_incident(intake).assignee == assignee


def test_a_word_said_of_a_ticket_that_waits_counts_once_it_is_placed(intake: Intake) -> None:
    tell(intake, ticket("opened", customer="Akme"), ticket("status_changed", 10, **UNKNOWN))
    answer(intake, "customer")
    record = intake.triage.place(1, customer="Acme Dental", by=DANA, now=LATER)
    assert record.paused_for == (PauseReason.CUSTOMER,)


@pytest.mark.parametrize(
    ("by", "number", "meaning", "refusal"),
    [
        pytest.param(TESS, 1, "customer", NotAllowed, id="a technician"),
        pytest.param(DANA, 9, "customer", UnknownWord, id="a number that is not listed"),
        pytest.param(DANA, 1, "custmer", UnknownChoice, id="no meaning"),
        pytest.param(DANA, 1, "P1", UnknownChoice, id="the meaning of another kind"),
        pytest.param(DANA, 2, "U0WHO", UnknownPerson, id="somebody who is not one of us"),
    ],
)
def test_an_answer_that_cannot_be_taken_changes_nothing(
    intake: Intake, by: str, number: int, meaning: str, refusal: type[Exception]
) -> None:
    tell(intake, ticket("opened"), ticket("status_changed", 10, **UNKNOWN), ticket("assigned", 20, to="Tom B."))
    with pytest.raises(refusal):
        intake.words.answer(number, meaning=meaning, by=by, now=LATER)
    assert len(intake.words.waiting(by=DANA, now=LATER)) == 2
    assert [op for op, _ in questions(intake)] == ["post", "post"]


def test_a_second_answer_says_who_gave_the_first(intake: Intake) -> None:
    tell(intake, ticket("opened"), ticket("status_changed", 10, **UNKNOWN))
    answer(intake, "Customer")
    with pytest.raises(WordAnswered) as refused:
        answer(intake, "vendor", by="U0ADA")
    assert (refused.value.meaning, refused.value.by, refused.value.at) == ("customer", DANA, LATER)


def test_a_system_has_a_name_and_words_of_its_own(intake: Intake, apply_words: Callable[[str], None]) -> None:
    apply_words(OWN_WORDS)
    outcomes = told(
        intake,
        "psa",
        ticket("opened", priority="sev a"),
        ticket("assigned", 5, to="tom b."),
        ticket("status_changed", 10, **UNKNOWN),
        ticket("status_changed", 15, status="Parked"),
    )
    assert outcomes == [ReportOutcome.OPENED, ReportOutcome.RECORDED, ReportOutcome.RECORDED, ReportOutcome.NOTHING_NEW]
    record = found(intake, source="psa")
    assert record is not None
    assert (record.priority, record.assignee, record.paused_for) == (Priority.P1, TOM, (PauseReason.CUSTOMER,))
    assert questions(intake) == []
    assert found(intake, source="webhook") is None


def test_the_same_word_of_two_systems_is_two_questions(intake: Intake, apply_words: Callable[[str], None]) -> None:
    apply_words("\nintakes: {psa: {}}\n")
    for source in ("psa", "webhook"):
        told(intake, source, ticket("opened"), ticket("status_changed", 10, status="Parked"))
    assert [asked.intake for _, asked in questions(intake)] == ["psa", "webhook"]


def test_what_the_file_says_meanwhile_is_the_answer(intake: Intake, apply_words: Callable[[str], None]) -> None:
    tell(intake, ticket("opened"), ticket("status_changed", 10, **UNKNOWN))
    apply_words("\nintakes: {webhook: {words: {status: {Awaiting approval: vendor}}}}\n")
    intake.words.keep_up(now=LATER)
    intake.catch_up(now=LATER, older_than=timedelta(0) - timedelta(seconds=1))
    assert the_incident(intake).paused_for == (PauseReason.VENDOR,)
    assert (questions(intake)[-1][1].meaning, questions(intake)[-1][1].by) == ("vendor", "msp.yaml")


def test_the_file_goes_before_an_answer(intake: Intake, apply_words: Callable[[str], None]) -> None:
    tell(intake, ticket("opened"), ticket("status_changed", 10, **UNKNOWN))
    answer(intake, "vendor")
    apply_words("\nintakes: {webhook: {words: {status: {Awaiting approval: customer}}}}\n")
    tell(intake, ticket("status_changed", 30, **UNKNOWN))
    assert the_incident(intake).paused_for == (PauseReason.CUSTOMER,)


def test_what_names_no_time_counts_from_when_it_came_however_late_it_is_worked_on(intake: Intake) -> None:
    reception = Reception(intake, secrets=(), bearer_tokens=("token",))

    def knock(minute: int, payload: dict[str, Any]) -> None:
        body = json.dumps({name: value for name, value in payload.items() if name != "at"}).encode()
        at = NOON + timedelta(minutes=minute)
        reception.accept("webhook", {"Authorization": "Bearer token"}, body, now=at, real_now=at)

    knock(70, ticket("opened", customer="Akme"))
    knock(80, ticket("status_changed", **UNKNOWN))
    knock(90, ticket("status_changed", status="open"))
    knock(100, ticket("status_changed", **UNKNOWN) | {"at": None})
    answer(intake, "customer")
    record = intake.triage.place(1, customer="Acme Dental", by=DANA, now=LATER)
    assert record.opened_at == NOON + timedelta(minutes=70)
    paused = [entry.at - NOON for entry in history(intake, record) if isinstance(entry.event, Paused)]
    assert paused == [timedelta(minutes=80), timedelta(minutes=100)]
