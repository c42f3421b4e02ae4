"""Why an incident reads as it does, from the database: in the bot, as text, as JSON, and for the customer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer import Typer
from typer.testing import CliRunner

from sla_engine.cli.options import CommandGroup
from sla_engine.cli.why import add_why
from sla_engine.cli.why_document import as_document
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.errors import UnknownIncident
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.intake import log_replay
from sla_engine.services.incidents.waive_and_merge import Outcomes
from sla_engine.services.queries.board import Board
from sla_engine.services.queries.explain import Explanation, Explanations
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import incidents
from sla_engine.storage.database import Database
from sla_engine.storage.migrate import upgrade
from sla_engine.text.why_text import as_text, for_the_customer
from tests.note_desk import DANA, MIRA, TESS, TOM, Desk, at

ROOT = Path(__file__).resolve().parents[2]
OURS = ("Tom", "Tess", "Dana", "U0", "their router is older than I am", "dispatcher", "nudge", "vendor")
"""What a customer must not read of us."""


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def worked_on(desk: Desk) -> str:
    """An incident that was nudged about, paused twice, raised, and breached before anybody looked."""
    key = desk.open(at("mon 09:00"))
    desk.look(at("mon 09:30"))
    desk.incidents.respond(key, text="their router is older than I am", by=TOM, now=at("mon 09:10"))
    desk.incidents.pause(key, reason=PauseReason.VENDOR, by=TESS, now=at("mon 10:00"), text="call their vendor")
    desk.incidents.resume(key, by=TOM, now=at("mon 11:00"))
    desk.incidents.pause(
        key, reason=PauseReason.CUSTOMER, until=at("mon 11:30"), by=TOM, now=at("mon 11:10"), text="old router"
    )
    desk.incidents.resume(key, by=TESS, now=at("mon 12:10"))
    desk.incidents.set_priority(key, priority=Priority.P1, by=DANA, now=at("mon 14:00"))
    desk.look(at("mon 18:00"))
    return key


def explained(desk: Desk, key: str, now: datetime) -> Explanation:
    return Explanations(desk.unit_of_work).why(key, now=now)


def test_every_clock_is_explained_to_the_microsecond(desk: Desk) -> None:
    key = worked_on(desk)
    found = explained(desk, key.lower(), at("mon 19:00"))
    assert found.key == key
    assert [each.reading.metric for each in found.ledgers] == list(MetricName)
    assert all(sum((row.counted for row in each.rows), timedelta(0)) == each.reading.elapsed for each in found.ledgers)
    resolution = found.ledgers[-1]
    assert [row.because for row in resolution.targets] == ["opened", "another priority"]
    assert resolution.versions[0].number == 1
    assert resolution.reading.breached
    assert resolution.noticed_at is not None
    assert found.attributed_time is not None
    assert found.attributed_time.outlived > timedelta(0)


def test_nobody_is_looked_for_in_vain(desk: Desk) -> None:
    with pytest.raises(UnknownIncident):
        explained(desk, "INC-9", at("mon 09:00"))


def test_the_card_knows_who_held_the_ball(desk: Desk) -> None:
    key = worked_on(desk)
    assert (
        Board(desk.unit_of_work).show(key, now=at("mon 19:00")).attributed_time
        == explained(desk, key, at("mon 19:00")).attributed_time
    )


def test_why_of_a_replayed_incident_explains_only_what_its_log_tells(desk: Desk) -> None:
    now = datetime(2026, 2, 2, 17, tzinfo=UTC)
    wanted = log_replay.prepare(
        desk.database,
        ROOT / "tests" / "data" / "intake" / "servicenow.csv",
        ROOT / "examples" / "servicenow-log.yaml",
        zone=None,
        now=now,
    )
    log_replay.run(desk.database, wanted, on_progress=lambda _done, _rows: None)
    with desk.database.transaction() as session:
        record = incidents.find_external(session, source="servicenow", external_id="0000001")
    assert record is not None
    shown = {clock.metric for clock in Board(desk.unit_of_work).show(record.key, now=now).summary.clocks}
    assert {each.reading.metric for each in explained(desk, record.key, now).ledgers} == shown
    assert shown == {MetricName.FIRST_RESPONSE, MetricName.RESOLUTION}


def test_the_text_names_who_paused_the_target_that_won_and_the_version(desk: Desk) -> None:
    text = as_text(explained(desk, worked_on(desk), at("mon 19:00")))
    assert "Times are America/New_York" in text
    assert "waiting for a vendor (Tess Nguyen)" in text
    assert "by P1, version 1 (another priority)" in text
    assert "from here the target of P1" in text
    assert "Who held the ball: us " in text


def test_the_customers_text_names_nobody_of_ours_and_nothing_we_wrote(desk: Desk) -> None:
    text = for_the_customer(explained(desk, worked_on(desk), at("mon 19:00")))
    assert [word for word in OURS if word in text] == []
    assert "waiting for a third party" in text
    assert "waiting for you" in text
    assert "Who held the ball: we " in text
    tables = [line for line in text.splitlines() if line.startswith("  ")]
    assert max(len(line) for line in tables) <= 60


def test_the_document_adds_up_and_leads_to_the_due_time(desk: Desk) -> None:
    key = desk.open(at("mon 09:00"))
    desk.incidents.pause(key, reason=PauseReason.CUSTOMER, by=TOM, now=at("mon 10:00") + timedelta(microseconds=7))
    desk.incidents.resume(key, by=TOM, now=at("mon 11:00"))
    document = written(as_document(explained(desk, key, at("mon 11:30") + timedelta(microseconds=11))))
    resolution = next(clock for clock in document["clocks"] if clock["metric"] == "resolution")
    assert sum(row["counted_seconds"] for row in resolution["rows"]) == resolution["elapsed_seconds"]
    assert resolution["counted_seconds"] == resolution["elapsed_seconds"] == Decimal("5400.000018")
    ahead = resolution["ahead"]
    assert sum(row["counted_seconds"] for row in ahead) == resolution["remaining_seconds"]
    assert ahead[-1]["to"] == resolution["due_at"]
    assert ahead[-1]["sum_seconds"] == resolution["target_seconds"]
    held = document["held_the_ball"]
    assert held["us_seconds"] + held["customer_seconds"] + held["third_party_seconds"] == held["total_seconds"]


def written(document: dict[str, Any]) -> dict[str, Any]:
    """The document as a reader of the printed JSON gets it, decimals kept."""
    read: dict[str, Any] = json.loads(json.dumps(document), parse_float=Decimal)
    return read


def test_the_customers_document_leaves_out_who_and_what_lost(desk: Desk) -> None:
    found = explained(desk, worked_on(desk), at("mon 19:00"))
    printed = json.dumps(as_document(found, redacted=True))
    assert [word for word in OURS if word in printed] == []
    assert not {"losers", "by", "version", "noticed_at", "number"} & keys(json.loads(printed))
    assert {"losers", "by", "version", "noticed_at", "number"} <= keys(json.loads(json.dumps(as_document(found))))


def test_what_changed_an_outcome_is_in_both_documents(desk: Desk) -> None:
    key = worked_on(desk)
    Outcomes(desk.unit_of_work).waive(
        key, metric=MetricName.RESOLUTION, reason="Power cut", by=MIRA, now=at("mon 18:30")
    )
    found = explained(desk, key, at("mon 19:00"))
    ours, theirs = (as_document(found, redacted=redacted)["clocks"][-1] for redacted in (False, True))
    (remark,) = ours["remarks"]
    assert (remark["by"], remark["at"]) == ("Mira Kaplan", "2026-02-02T23:30:00Z")
    assert remark["words"].endswith("the miss of the fix was waived by Mira Kaplan: Power cut")
    assert theirs["remarks"] == [
        {"at": "2026-02-02T23:30:00Z", "words": "2026-02-02T23:30:00Z: the miss of the fix was waived"}
    ]
    assert ours["waived_at"] == theirs["waived_at"] == "2026-02-02T23:30:00Z"


def test_before_anybody_is_named_people_are_called_by_their_ids(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    now = datetime(2026, 2, 2, 17, tzinfo=UTC)
    with closing(Database(empty_database_url)) as database:
        file = ROOT / "tests" / "data" / "intake" / "servicenow.csv"
        wanted = log_replay.prepare(database, file, ROOT / "examples" / "servicenow-log.yaml", zone=None, now=now)
        log_replay.run(database, wanted, on_progress=lambda _done, _rows: None)
        found = Explanations(UnitOfWork(database)).why("INC-1001", now=now)
    assert (dict(found.names), found.name("U0TOM"), found.name("")) == ({}, "U0TOM", "sla-bot")


def keys(document: object) -> set[str]:
    if isinstance(document, dict):
        return set(document) | {key for value in document.values() for key in keys(value)}
    return {key for value in document for key in keys(value)} if isinstance(document, list) else set()


def said(database_url: str, *words: str, code: int = 0) -> str:
    app = Typer(cls=CommandGroup)
    app.callback()(lambda: None)
    add_why(app)
    result = CliRunner().invoke(app, ["why", *words, "--database-url", database_url])
    assert result.exit_code == code, result.output
    return result.output


def test_the_command_prints_text_json_one_metric_and_the_customers_form(desk: Desk, database_url: str) -> None:
    key = worked_on(desk)
    assert "waiting for a vendor (Tess Nguyen)" in said(database_url, key)
    assert json.loads(said(database_url, key[4:], "--json"))["incident"] == key
    one = json.loads(said(database_url, key, "--json", "--metric", "resolution_plan"))
    assert [clock["metric"] for clock in one["clocks"]] == ["resolution_plan"]
    first = json.loads(said(database_url, key, "--json", "--metric", "customer_update", "--period", "1"))
    assert [(clock["cycle"], clock["earlier"]) for clock in first["clocks"]] == [(0, [])]
    second = json.loads(said(database_url, key, "--json", "--metric", "customer_update"))
    assert [each["cycle"] for each in second["clocks"][0]["earlier"]] == [0]
    assert "Tess Nguyen" not in said(database_url, key, "--redacted")
    assert "losers" not in said(database_url, key, "--redacted", "--json")


def test_the_command_says_in_one_sentence_what_it_does_not_find(desk: Desk, database_url: str) -> None:
    key = desk.open(at("mon 09:00"))
    near = f"INC-{int(key[4:]) + 1}"
    assert said(database_url, near, code=1) == f"There is no incident “{near}”. Did you mean {key}?\n"
    assert said(database_url, "INC-9", code=1) == "There is no incident “INC-9”.\n"
    assert said(database_url, key, "--period", "9", code=1) == (
        f"No clock of {key} that was asked about has had a period 9.\n"
    )
    assert said(database_url, key, "--metric", "speed", code=1) == (
        "'speed' is no metric; there are first_response, customer_update, resolution_plan, resolution.\n"
    )
