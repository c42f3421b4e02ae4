from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from sla_engine.domain.agreements.errors import NotAllowed
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.errors import UnknownTriage
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.upkeep.inbox_state import InboxState
from sla_engine.domain.upkeep.retries import URGENT, Queue
from sla_engine.intake.authentication import SIGNATURE_HEADER, sign
from sla_engine.intake.reception import MAX_BODY_BYTES, Reception
from sla_engine.intake.registry import PARSERS
from sla_engine.notifications.kinds import from_payload
from sla_engine.notifications.notices import LineMessage
from sla_engine.services.agreements import agreement_files, people_files
from sla_engine.services.intake.errors import NotAuthenticated, PayloadInvalid, PayloadTooLarge, UnknownIntake
from sla_engine.services.intake.match import ReportOutcome
from sla_engine.services.intake.receive import Intake
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import external_ids, inbox, incidents, intake_words
from sla_engine.storage.database import Database
from sla_engine.storage.tables.delivery import Outbox
from tests.intake_desk import NOON, NUMBERS, ROOT, found, intake_for, resolution, tell, the_incident, ticket, told_facts
from tests.polling import until

SECRET, TOKEN = "a shared secret", "a bearer token"
TESS, DANA = "U0TESS", "U0DANA"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    found = Database(database_url, wait_seconds=20)
    yield found
    found.close()


@pytest.fixture
def intake(database: Database) -> Intake:
    return intake_for(database, "acme-dental")


def notices(intake: Intake) -> list[LineMessage]:
    with intake.unit_of_work.database.reading() as session:
        rows = session.query(Outbox).order_by(Outbox.id).all()
        shown = [from_payload(row.kind, row.payload) for row in rows if row.destination == "C0DISPATCH"]
    return [each for each in shown if isinstance(each, LineMessage)]


def test_a_ticket_moves_the_clocks_and_nobody_types_twice(intake: Intake) -> None:
    outcomes = tell(
        intake,
        ticket("opened", 0, by="nobody-we-know", link="https://tickets.example/T-1"),
        ticket("assigned", 5, to="tess", by="tess"),
        ticket("agent_replied", 10, by="tess", text="looking"),
        ticket("status_changed", 20, status="waiting customer"),
        ticket("customer_replied", 50),
        ticket("priority_changed", 55, priority="P1"),
        ticket("resolved", 60, by="tess"),
    )
    record = the_incident(intake)
    assert outcomes == [ReportOutcome.OPENED] + [ReportOutcome.RECORDED] * 6
    assert (record.opened_by, record.responsible, record.link) == (
        "webhook:nobody-we-know",
        TESS,
        "https://tickets.example/T-1",
    )
    assert (record.state, record.priority) == ("resolved", Priority.P1)
    assert resolution(intake, record).elapsed == timedelta(minutes=30)


@pytest.mark.both_databases
def test_a_delivery_that_comes_twice_changes_nothing(intake: Intake) -> None:
    opened, replied = ticket("opened"), ticket("agent_replied", 5)
    tell(intake, opened, replied)
    before = told_facts(intake, the_incident(intake))
    again = intake.receive("webhook", replied["id"], replied, now=NOON + timedelta(hours=1))
    assert again.seen_before
    assert told_facts(intake, the_incident(intake)) == before


@pytest.mark.both_databases
def test_a_ticket_told_as_opened_twice_is_one_incident(intake: Intake) -> None:
    assert tell(intake, ticket("opened"), ticket("opened")) == [ReportOutcome.OPENED, ReportOutcome.NOTHING_NEW]


STORY = (
    ticket("opened", 0),
    ticket("agent_replied", 10),
    ticket("status_changed", 20, status="waiting customer"),
    ticket("status_changed", 40, status="in progress"),
    ticket("priority_changed", 45, priority="P1"),
    ticket("resolved", 60),
    ticket("status_changed", 90, status="open"),
    ticket("status_changed", 100, status="closed"),
)


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "order", [range(8), range(7, -1, -1), (5, 7, 3, 0, 6, 2, 4, 1)], ids=["as told", "backwards", "mixed"]
)
def test_the_order_of_deliveries_does_not_matter(intake: Intake, order: Sequence[int]) -> None:
    tell(intake, *(STORY[number] for number in order))
    record = the_incident(intake)
    assert (record.state, record.priority, record.paused_for) == ("resolved", Priority.P1, ())
    assert record.resolved_at == NOON + timedelta(minutes=100)
    clock = resolution(intake, record)
    assert (clock.state, clock.elapsed) == (ClockState.STOPPED, timedelta(minutes=50))


def test_what_comes_before_the_opening_waits_for_it(intake: Intake) -> None:
    early = tell(intake, ticket("status_changed", 20, status="on hold"), ticket("agent_replied", 10))
    assert early == [ReportOutcome.WAITS, ReportOutcome.WAITS]
    assert found(intake) is None
    assert intake.triage.waiting_for_triage() == ()
    tell(intake, ticket("opened"))
    record = the_incident(intake)
    assert record.paused_for == (PauseReason.OTHER,)
    assert set(told_facts(intake, record)) >= {"Opened", "Responded", "Paused"}


def test_closing_what_was_resolved_moves_nothing(intake: Intake) -> None:
    tell(intake, ticket("opened"), ticket("status_changed", 90, status="closed"), ticket("resolved", 10))
    assert the_incident(intake).resolved_at == NOON + timedelta(minutes=10)


def test_a_status_after_the_resolution_reopens(intake: Intake) -> None:
    tell(intake, ticket("opened"), ticket("resolved", 10), ticket("status_changed", 30, status="in progress"))
    assert the_incident(intake).is_open


def test_a_courtesy_reply_does_not_reopen(intake: Intake) -> None:
    tell(intake, ticket("opened"), ticket("resolved", 10), ticket("customer_replied", 30, text="thanks!"))
    assert the_incident(intake).state == "resolved"


def test_a_sender_whose_clock_is_a_little_off_is_taken(intake: Intake) -> None:
    tell(intake, ticket("opened", 0), ticket("agent_replied", -1), ticket("resolved", 6), now=5)
    assert the_incident(intake).resolved_at == NOON + timedelta(minutes=5)


def test_what_lies_in_the_future_is_refused_and_opens_nothing(intake: Intake) -> None:
    with pytest.raises(PayloadInvalid) as refused:
        tell(intake, ticket("opened", 60), now=0)
    assert refused.value.field == "at"
    assert found(intake) is None


@pytest.mark.both_databases
def test_an_unknown_customer_waits_for_a_person(intake: Intake) -> None:
    outcomes = tell(
        intake,
        ticket("opened", customer="Acme Detnal"),
        ticket("agent_replied", 5),
        ticket("opened", customer="Acme Detnal"),
    )
    assert outcomes == [ReportOutcome.TRIAGE, ReportOutcome.WAITS, ReportOutcome.TRIAGE]
    (waiting,) = intake.triage.waiting_for_triage()
    assert (waiting.customer, waiting.priority, waiting.came_at) == ("Acme Detnal", "P2", NOON + timedelta(minutes=240))
    with pytest.raises(NotAllowed):
        intake.triage.place(waiting.id, customer="Acme Dental", by=TESS, now=NOON + timedelta(minutes=20))
    record = intake.triage.place(waiting.id, customer="acme dental", by=DANA, now=NOON + timedelta(minutes=20))
    assert record.customer == "Acme Dental"
    assert record.opened_at == NOON
    assert "Responded" in told_facts(intake, record)
    assert intake.triage.waiting_for_triage() == ()
    assert tell(intake, ticket("resolved", 30)) == [ReportOutcome.RECORDED]


@pytest.mark.both_databases
def test_something_can_be_put_aside_and_asks_again_when_it_is_told_again(intake: Intake) -> None:
    tell(intake, ticket("opened", customer="Nobody"))
    (waiting,) = intake.triage.waiting_for_triage()
    intake.triage.put_aside(waiting.id, by=DANA, now=NOON)
    assert intake.triage.waiting_for_triage() == ()
    with pytest.raises(UnknownTriage):
        intake.triage.put_aside(waiting.id, by=DANA, now=NOON)
    tell(intake, ticket("opened", customer="Nobody"))
    assert len(intake.triage.waiting_for_triage()) == 1


def test_a_ticket_older_than_the_agreement_waits_for_a_person(intake: Intake) -> None:
    assert tell(intake, ticket("opened", at="2020-01-01T00:00:00Z")) == [ReportOutcome.TRIAGE]


@pytest.mark.both_databases
def test_deliveries_at_the_same_moment_open_one_incident(intake: Intake) -> None:
    payloads = [ticket("opened") for _ in range(6)] + [ticket("agent_replied", 5) for _ in range(4)]
    with ThreadPoolExecutor(max_workers=5) as pool:
        outcomes = list(pool.map(lambda payload: tell(intake, payload)[0], payloads))
    intake.catch_up(now=NOON + timedelta(hours=4), older_than=timedelta(seconds=-1))
    assert outcomes.count(ReportOutcome.OPENED) == 1
    facts = told_facts(intake, the_incident(intake))
    assert facts.count("Opened") == 1
    assert facts.count("Responded") + facts.count("CustomerUpdated") == 4


@pytest.mark.both_databases
def test_what_was_kept_but_not_worked_on_is_caught_up(intake: Intake) -> None:
    payload = ticket("opened")
    with intake.unit_of_work.database.transaction() as session:
        inbox.take(session, inbox_id=f"webhook:{payload['id']}", source="webhook", payload=payload, received_at=NOON)
    late = NOON + timedelta(hours=4)
    assert intake.catch_up(now=late, older_than=timedelta(seconds=-1)) == 1
    assert the_incident(intake).opened_at == NOON
    assert intake.catch_up(now=late, older_than=timedelta(seconds=-1)) == 0


def test_before_anything_is_set_up_deliveries_are_kept(database: Database) -> None:
    bare = Intake(UnitOfWork(database, real_clock=lambda: NOON), parsers=PARSERS)
    assert tell(bare, ticket("opened")) == [ReportOutcome.LATER]
    start = NOON - timedelta(days=1)
    people_files.apply(database, ROOT / "examples" / "msp.yaml", by="test", now=start)
    agreement_files.apply(database, [ROOT / "examples" / "agreements" / "acme-dental.yaml"], by="test", now=start)
    assert bare.catch_up(now=NOON + timedelta(hours=4), older_than=timedelta(seconds=-1)) == 1
    assert found(bare) is not None


def alert(status: str, started: int, ended: int | None = None, **labels: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((ROOT / "tests" / "data" / "intake" / "alertmanager.json").read_text())
    told["alerts"][0] |= {"status": status, "startsAt": (NOON + timedelta(minutes=started)).isoformat()}
    if ended is not None:
        told["alerts"][0]["endsAt"] = (NOON + timedelta(minutes=ended)).isoformat()
    told["alerts"][0]["labels"] |= labels
    return told | {"noise": next(NUMBERS)}


def ring(intake: Intake, *groups: dict[str, Any]) -> list[tuple[ReportOutcome, str | None]]:
    later = NOON + timedelta(hours=5)
    receipts = [intake.receive("alertmanager", str(group["noise"]), group, now=later) for group in groups]
    return [(taken.outcome, taken.incident_key) for receipt in receipts for taken in receipt.taken]


def test_an_alert_opens_once_and_resolves_at_its_end(intake: Intake) -> None:
    first, again, moved, end = ring(
        intake, alert("firing", 0), alert("firing", 0), alert("firing", 3), alert("resolved", 0, 20)
    )
    assert first[0] is ReportOutcome.OPENED
    assert [again, moved] == [(ReportOutcome.NOTHING_NEW, first[1])] * 2
    assert end == (ReportOutcome.RECORDED, first[1])
    with intake.unit_of_work.database.reading() as session:
        record = incidents.find(session, first[1] or "")
    assert (record.resolved_at, record.priority) == (NOON + timedelta(minutes=20), Priority.P1)


def test_an_alert_that_fires_again_at_once_is_reopened_and_later_is_new(intake: Intake) -> None:
    first, _, soon, _, later = ring(
        intake,
        alert("firing", 0),
        alert("resolved", 0, 20),
        alert("firing", 30),
        alert("resolved", 30, 40),
        alert("firing", 90),
    )
    assert soon == (ReportOutcome.RECORDED, first[1])
    assert later[0] is ReportOutcome.OPENED
    assert later[1] != first[1]


def test_a_resolution_that_comes_first_opens_and_resolves(intake: Intake) -> None:
    end, start = ring(intake, alert("resolved", 0, 20), alert("firing", 0))
    assert end[0] is ReportOutcome.OPENED
    assert start == (ReportOutcome.NOTHING_NEW, end[1])
    with intake.unit_of_work.database.reading() as session:
        record = incidents.find(session, end[1] or "")
        assert external_ids.newest_of_series(session, source="alertmanager", series="c1a2f0d97b3e4a55") is not None
    assert (record.opened_at, record.resolved_at) == (NOON, NOON + timedelta(minutes=20))


def test_an_alert_without_a_known_customer_goes_to_triage(intake: Intake) -> None:
    assert ring(intake, alert("firing", 0, customer="")) == [(ReportOutcome.TRIAGE, None)]
    assert [each.title for each in intake.triage.waiting_for_triage()] == ["The backup of dc01 failed"]


@pytest.fixture
def reception(intake: Intake) -> Reception:
    return Reception(intake, secrets=[SECRET], bearer_tokens=[TOKEN])


def knock(reception: Reception, body: bytes, *, source: str = "webhook", **headers: str) -> dict[str, Any]:
    sent = headers or {SIGNATURE_HEADER: sign(body, secret=SECRET, at=NOON)}
    answer = reception.accept(source, sent, body, now=NOON + timedelta(hours=4), real_now=NOON)
    assert answer.status == 202
    return dict(answer.document)


def test_a_signed_delivery_is_answered_with_the_incident(reception: Reception) -> None:
    body = json.dumps(ticket("opened", board="Service")).encode()
    first = knock(reception, body)
    key = the_incident(reception.intake).key
    assert first["taken"] == [{"external_id": "T-1", "outcome": "opened", "incident": key}]
    assert first["ignored_fields"] == ["board"]
    assert knock(reception, body)["sentence"] == "This delivery was taken before; nothing was done again."


def test_alertmanager_comes_in_with_a_bearer_token(reception: Reception) -> None:
    body = json.dumps(alert("firing", 0)).encode()
    told = knock(reception, body, source="alertmanager", Authorization=f"Bearer {TOKEN}")
    assert told["taken"][0]["outcome"] == "opened"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "the body is not JSON"),
        (b"\xff\xfe", "the body is not JSON"),
        (b"[]", "must be a JSON object"),
        (b'{"id": NaN}', "NaN is no JSON number"),
        (b'{"id": "\\ud800"}', "id is missing"),
        (b'{"a":' * 20_000, "nested too deep"),
        (b'{"event": "opened", "id": "1", "external_id": "T-9", "customer": "Acme Dental", "title": "x"}', "priority"),
    ],
)
def test_what_cannot_be_taken_is_refused_kept_and_opens_nothing(reception: Reception, body: bytes, words: str) -> None:
    for _ in range(2):
        with pytest.raises(PayloadInvalid) as refused:
            knock(reception, body)
        assert words in refused.value.sentence
    with reception.intake.unit_of_work.database.reading() as session:
        waiting = inbox.waiting(session, sources=["webhook"], before=NOON + timedelta(days=1), now=NOON, limit=9)
    assert waiting == []
    assert found(reception.intake, "T-9") is None


def test_a_refused_payload_can_be_looked_at(reception: Reception, database: Database) -> None:
    body = json.dumps(ticket("opened", priority=["urgent"])).encode()
    with pytest.raises(PayloadInvalid):
        knock(reception, body)
    with database.reading() as session:
        row = inbox.find(session, f"refused/webhook:opened%3AT-1/{hashlib.sha256(body).hexdigest()}")
    assert row is not None
    assert row.state is InboxState.REFUSED
    assert row.payload["priority"] == ["urgent"]
    assert row.error is not None
    assert "priority" in row.error


def test_strangers_and_giants_are_turned_away_at_the_door(reception: Reception) -> None:
    body = json.dumps(ticket("opened")).encode()
    with pytest.raises(NotAuthenticated):
        knock(reception, body, Authorization="Bearer no")
    with pytest.raises(PayloadTooLarge):
        knock(reception, b" " * (MAX_BODY_BYTES + 1))
    with pytest.raises(UnknownIntake) as refused:
        knock(reception, body, source="telegram")
    assert refused.value.known == ("webhook", "alertmanager")
    assert found(reception.intake) is None


@pytest.mark.both_databases
def test_the_inbox_serves_clicks_too(database: Database) -> None:
    second = timedelta(seconds=1)

    def left(now: datetime) -> list[str]:
        with database.reading() as session:
            return inbox.waiting(session, sources=["slack"], before=NOON + second, now=now, limit=9)

    with database.transaction() as session:
        assert inbox.take(session, inbox_id="click-1", source="slack", payload={"a": 1}, received_at=NOON)
        assert not inbox.take(session, inbox_id="click-1", source="slack", payload={}, received_at=NOON)
        inbox.take(session, inbox_id="click-2", source="slack", payload={}, received_at=NOON)
        inbox.failed(session, "click-2", "no such incident", at=NOON)
    assert left(NOON) == ["click-1"]
    with database.transaction() as session:
        inbox.put_off(session, "click-1", queue=Queue.REQUEST, error=KeyError("until"), pace=URGENT, at=NOON)
    assert (left(NOON), left(NOON + 5 * second)) == ([], ["click-1"])
    with database.transaction() as session:
        inbox.done(session, "click-1", at=NOON)
    assert left(NOON + 5 * second) == []


@pytest.mark.both_databases
def test_a_story_of_words_and_endings_is_the_same_on_every_database(database: Database) -> None:
    intake = intake_for(database, "acme-dental", "beta-logistics")
    tell(
        intake,
        ticket("opened", priority="Sev A"),
        ticket("merged", 30, external_id="T-2", into="T-1"),
        ticket("opened", 10, external_id="T-2"),
        ticket("status_changed", 40, status="Parked"),
        ticket("customer_changed", 50, customer="Beta Logistics"),
        ticket("opened", 20, external_id="T-3"),
        ticket("deleted", 60, external_id="T-3"),
    )
    for number, meaning in ((1, "P1"), (2, "vendor")):
        intake.words.answer(number, meaning=meaning, by=DANA, now=NOON + timedelta(hours=4))
    intake.words.keep_up(now=NOON + timedelta(hours=4))
    assert intake.catch_up(now=NOON + timedelta(hours=4), older_than=-timedelta(seconds=1)) == 2
    with database.reading() as session:
        told = [incidents.find(session, f"INC-{number}") for number in (1001, 1002, 1003, 1004)]
    assert [(each.state, each.customer) for each in told] == [
        ("moved", "Acme Dental"),
        ("merged", "Acme Dental"),
        ("open", "Beta Logistics"),
        ("deleted", "Acme Dental"),
    ]
    assert (told[2].priority, told[2].paused_for) == (Priority.P1, (PauseReason.VENDOR,))


@pytest.mark.postgresql_only
def test_a_word_that_is_answered_at_the_moment_it_is_said_is_understood(database: Database) -> None:
    intake = intake_for(database, "acme-dental")
    tell(intake, ticket("opened"), ticket("status_changed", 10, external_id="T-2", status="Parked"))
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            intake_words.decide(session, 1, meaning="vendor", by=DANA, at=NOON)
            taken = pool.submit(tell, intake, ticket("status_changed", 20, status="Parked"))
            until(lambda: _somebody_waits_for_a_lock(database), what="the delivery waits for the answer")
        assert taken.result(timeout=10) == [ReportOutcome.RECORDED]
    assert the_incident(intake).paused_for == (PauseReason.VENDOR,)


def _somebody_waits_for_a_lock(database: Database) -> bool:
    with database.reading() as session:
        waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return bool(session.scalar(waiting))
