"""Deliveries that were refused or failed: told, never mixed up with others, and taken when they are sent again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sla_engine.domain.incidents.errors import UnknownTriage
from sla_engine.domain.upkeep.inbox_state import InboxState
from sla_engine.domain.upkeep.retries import URGENT
from sla_engine.intake.authentication import SIGNATURE_HEADER, sign
from sla_engine.intake.reception import Reception
from sla_engine.notifications.kinds import from_payload
from sla_engine.notifications.notices import LineMessage
from sla_engine.services.agreements import people_files
from sla_engine.services.intake.errors import NotAuthenticated, PayloadInvalid
from sla_engine.services.intake.match import ReportOutcome
from sla_engine.services.intake.receive import Intake
from sla_engine.storage import inbox, refused_deliveries
from sla_engine.storage.database import Database
from sla_engine.storage.tables.delivery import Outbox
from sla_engine.storage.tables.intake import Inbox
from tests.intake_desk import NOON, ROOT, found, intake_for, tell, the_incident, ticket, told_facts

SECRET = "webhook:hush"
BETA: dict[str, Any] = {"customer": "Beta Logistics"}


@pytest.fixture
def intake(database_url: str) -> Iterator[Intake]:
    database = Database(database_url, wait_seconds=20)
    yield intake_for(database, "acme-dental", "beta-logistics")
    database.close()


@pytest.fixture
def reception(intake: Intake) -> Reception:
    return Reception(intake, secrets=[SECRET], bearer_tokens=[])


def send(reception: Reception, payload: object, *, now: int = 240) -> str:
    """The answer's sentence, or the refusal's."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    headers = {SIGNATURE_HEADER: sign(body, secret="hush", at=NOON)}
    try:
        answer = reception.accept("webhook", headers, body, now=NOON + timedelta(minutes=now), real_now=NOON)
    except PayloadInvalid as refused:
        return refused.sentence
    return str(answer.document["sentence"])


def lines(intake: Intake, text_key: str = "refused_ticket") -> list[LineMessage]:
    with intake.unit_of_work.database.reading() as session:
        rows = session.query(Outbox).order_by(Outbox.id).all()
        shown = [from_payload(row.kind, row.payload) for row in rows]
    return [each for each in shown if isinstance(each, LineMessage) and each.text_key == text_key]


def states(intake: Intake) -> dict[str, str]:
    with intake.unit_of_work.database.reading() as session:
        rows = session.query(Inbox).filter(Inbox.state != InboxState.HELD.value)
        return {row.id: row.state for row in rows}


def counted(intake: Intake) -> tuple[int, int]:
    with intake.unit_of_work.database.reading() as session:
        counts = refused_deliveries.counts(session, besides=["slack"])
    return counts[InboxState.REFUSED], counts[InboxState.FAILED]


def test_an_opening_that_is_refused_is_told_to_the_dispatcher_once(intake: Intake, reception: Reception) -> None:
    wrong = ticket("opened", **BETA, site="Bremen", title="No scanner works")
    for at in range(3):
        assert "site must be one of" in send(reception, wrong | {"note": at})
    (line,) = lines(intake)
    assert line.facts["external_id"] == "T-1"
    assert (line.facts["title"], line.facts["customer"], line.facts["priority"]) == (
        "No scanner works", "Beta Logistics", "P2",
    )  # fmt: skip
    assert "not 'Bremen'" in (line.facts["reason"] or "")
    assert counted(intake) == (3, 0)


@pytest.mark.parametrize(
    "payload",
    [ticket("agent_replied", at="yesterday"), {"id": "d", "event": "opne"}, {}, b"{", b'"opened"', b"\xff"],
    ids=["a reply", "no event", "nothing", "no JSON", "a word", "no text"],
)
@pytest.mark.sqlite_only
def test_what_opens_nothing_is_kept_and_counted_and_nobody_is_called(
    intake: Intake, reception: Reception, payload: object
) -> None:
    send(reception, payload)
    assert lines(intake) == []
    assert counted(intake) == (1, 0)


@pytest.mark.parametrize("event", [7, None, ["opened"], {"is": "opened"}, "OPENED "], ids=str)
@pytest.mark.sqlite_only
def test_an_opening_that_can_hardly_be_read_is_spoken_of_as_far_as_it_can(
    intake: Intake, reception: Reception, event: object
) -> None:
    send(reception, {"event": event, "external_id": {"a": 1}, "title": ["x"], "customer": 7, "priority": None})
    assert [line.facts["title"] for line in lines(intake)] == ([""] if event == "OPENED " else [])


def test_what_was_refused_is_taken_when_it_is_sent_again_and_is_no_longer_counted(
    intake: Intake, reception: Reception
) -> None:
    wrong = ticket("opened", **BETA, site="Bremen")
    send(reception, wrong)
    assert counted(intake) == (1, 0)
    assert "opened" in send(reception, wrong | {"site": "Hamburg depot"})
    assert counted(intake) == (0, 0)
    assert found(intake) is not None
    reply = ticket("agent_replied", 5, at="yesterday")
    send(reception, reply)
    assert "recorded" in send(reception, ticket("agent_replied", 6))
    assert counted(intake) == (1, 0)
    assert "recorded" in send(reception, reply | {"at": (NOON + timedelta(minutes=5)).isoformat()})
    assert counted(intake) == (0, 0)


@pytest.mark.sqlite_only
def test_the_very_same_body_is_taken_once_it_is_no_longer_wrong(intake: Intake, reception: Reception) -> None:
    early = ticket("opened", 60)
    assert "must not lie in the future" in send(reception, early, now=0)
    assert "opened" in send(reception, early, now=70)
    assert counted(intake) == (0, 0)
    assert "taken before" in send(reception, early, now=80)


def test_a_delivery_that_failed_may_be_sent_again_and_is_then_taken(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise KeyError("customer")

    payload, real = ticket("opened"), NOON
    intake.unit_of_work.real_clock = lambda: real
    with monkeypatch.context() as patch:
        patch.setattr(intake, "_take", breaks)
        assert tell(intake, payload) == [ReportOutcome.LATER]
        for wait in URGENT.waits:
            real += wait
            intake.catch_up(now=real)
    assert counted(intake) == (0, 1)
    assert tell(intake, payload | {"title": "Nobody can print at all"}) == [ReportOutcome.OPENED]
    assert counted(intake) == (0, 0)
    assert the_incident(intake).title == "Nobody can print at all"
    assert states(intake) == {f"webhook:{payload['id']}": "done"}


@pytest.mark.sqlite_only
def test_alerts_that_are_refused_as_a_whole_are_told_once_an_hour(intake: Intake) -> None:
    reception = Reception(intake, secrets=[], bearer_tokens=["alertmanager:own"])
    for minute in (0, 5, 61):
        body = json.dumps({"version": "9", "alerts": [], "at": minute}).encode()
        at = NOON + timedelta(minutes=minute)
        with pytest.raises(PayloadInvalid):
            reception.accept("alertmanager", {"Authorization": "Bearer own"}, body, now=at, real_now=at)
    told = lines(intake, "refused_alerts")
    assert [line.facts["source"] for line in told] == ["alertmanager"] * 2
    assert "version must be 4" in (told[0].facts["reason"] or "")
    assert counted(intake) == (3, 0)


@pytest.mark.sqlite_only
def test_a_named_intake_has_secrets_and_refusals_of_its_own(intake: Intake, tmp_path: Path) -> None:
    file = tmp_path / "msp.yaml"
    file.write_text((ROOT / "examples" / "msp.yaml").read_text() + "\nintakes: {psa: {}}\n")
    people_files.apply(intake.unit_of_work.database, file, by="test", now=NOON - timedelta(hours=1))
    reception = Reception(intake, secrets=["psa:own", SECRET], bearer_tokens=[])
    body = json.dumps(ticket("opened", **BETA, site="Bremen")).encode()
    signed = {secret: {SIGNATURE_HEADER: sign(body, secret=secret, at=NOON)} for secret in ("own", "hush")}
    for source, secret in (("psa", "hush"), ("webhook", "own")):
        with pytest.raises(NotAuthenticated):
            reception.accept(source, signed[secret], body, now=NOON, real_now=NOON)
    for source, secret in (("psa", "own"), ("webhook", "hush")):
        with pytest.raises(PayloadInvalid):
            reception.accept(source, signed[secret], body, now=NOON, real_now=NOON)
    assert sorted(line.facts["source"] or "" for line in lines(intake)) == ["psa", "webhook"]
    assert counted(intake) == (2, 0)


# ---------------------------------------------------------------------- names


@pytest.mark.parametrize(
    "name", ["hold:T-1", "refused:aa", "hold/webhook:T-1", "refused/webhook:opened%3AT-1/aa", "a@b"]
)
@pytest.mark.sqlite_only
def test_no_name_of_a_delivery_is_mistaken_for_one_of_ours(intake: Intake, name: str) -> None:
    tell(intake, ticket("opened"))
    assert tell(intake, ticket("agent_replied", 5, id=name)) == [ReportOutcome.RECORDED]
    assert "Responded" in told_facts(intake, the_incident(intake))


@pytest.mark.sqlite_only
def test_two_deliveries_whose_names_run_together_are_two(intake: Intake) -> None:
    """`a:b` about `c` and `a` about `b:c` are told apart, as are all names with the marks that stand between them."""
    told = [("a:b", "c"), ("a", "b:c"), ("a%3Ab", "c"), ("a%3Ab%3Ac", "c"), ("a/b", "c")]
    for ticket_id in dict.fromkeys(external for _, external in told):
        tell(intake, ticket("opened", external_id=ticket_id))
    for name, external in told:
        assert tell(intake, ticket("customer_replied", 5, id=name, external_id=external)) == [ReportOutcome.RECORDED]


@pytest.mark.sqlite_only
def test_a_ticket_named_like_the_facts_of_another_opens_all_the_same(intake: Intake) -> None:
    tell(intake, ticket("opened", external_id="T-1"), ticket("resolved", 10))
    assert tell(intake, ticket("opened", external_id="d:T-1")) == [ReportOutcome.OPENED]
    assert tell(intake, ticket("opened", external_id="T-1:0")) == [ReportOutcome.OPENED]


# ---------------------------------------------------------------------- time


@pytest.mark.sqlite_only
def test_what_says_no_time_happened_when_it_came_however_late_it_is_worked_on(intake: Intake) -> None:
    payload = {name: value for name, value in ticket("opened").items() if name != "at"}
    with intake.unit_of_work.database.transaction() as session:
        name = inbox.delivery_name("webhook", payload["id"])
        inbox.take(session, inbox_id=name, source="webhook", payload=payload, received_at=NOON, arrived_at=NOON)
    intake.finish(name, now=NOON + timedelta(hours=3))
    assert the_incident(intake).opened_at == NOON


@pytest.mark.sqlite_only
def test_what_says_no_time_and_waits_for_triage_is_opened_with_the_time_it_came(intake: Intake) -> None:
    payload = {name: value for name, value in ticket("opened", customer="Akme").items() if name != "at"}
    tell(intake, payload, now=5)
    record = intake.triage.place(1, customer="Acme Dental", by="U0DANA", now=NOON + timedelta(hours=2))
    assert record.opened_at == NOON + timedelta(minutes=5)


@pytest.mark.sqlite_only
def test_what_was_emptied_after_its_time_can_no_longer_be_placed(intake: Intake) -> None:
    tell(intake, ticket("opened", customer="Akme"))
    with intake.unit_of_work.database.transaction() as session:
        session.query(Inbox).filter(Inbox.state == InboxState.DONE.value).update({"payload": {}})
    with pytest.raises(UnknownTriage):
        intake.triage.place(1, customer="Acme Dental", by="U0DANA", now=NOON + timedelta(days=100))
