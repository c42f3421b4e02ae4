from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from sla_engine.cli.options import CommandGroup
from sla_engine.cli.replay import add_replay
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.events import Assigned, Paused
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.intake import log_replay
from sla_engine.intake.replay_report import ReplayReport
from sla_engine.services.agreements import people_files
from sla_engine.services.intake import replay
from sla_engine.storage import clocks, events, incidents
from sla_engine.storage.clocks import ClockRecord
from sla_engine.storage.database import Database
from sla_engine.storage.tables.delivery import Outbox
from sla_engine.storage.tables.incidents import EventRow, Timer
from sla_engine.storage.tables.notes import SlaNote

ROOT = Path(__file__).resolve().parents[2]
LOG = ROOT / "tests" / "data" / "intake" / "servicenow.csv"
AGREEMENT = ROOT / "examples" / "servicenow-log.yaml"
NOW = datetime(2026, 2, 2, 17, tzinfo=UTC)
FACTS = 10


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    found = Database(database_url)
    yield found
    found.close()


class PulledPlug(Exception):
    """Somebody stopped the replay."""


def run(database: Database, file: Path = LOG, agreement: Path = AGREEMENT, *, zone: str | None = None) -> ReplayReport:
    wanted = log_replay.prepare(database, file, agreement, zone=zone, now=NOW)
    return log_replay.run(database, wanted, on_progress=lambda _done, _rows: None)


def incident(database: Database, number: str) -> tuple[Incident, list[Entry], dict[MetricName, ClockRecord]]:
    with database.transaction() as session:
        record = incidents.find_external(session, source="servicenow", external_id=number)
        assert record is not None
        stored = clocks.of_incident(session, record.id)
        return record, events.history(session, record.id), {metric: clock for (metric, _), clock in stored.items()}


def count(database: Database, table: type[Any]) -> int:
    with database.reading() as session:
        found: int = session.query(table).count()
        return found


@pytest.mark.both_databases
def test_states_become_facts_and_clocks(database: Database) -> None:
    report = run(database)
    record, history, read = incident(database, "0000001")
    assert [type(entry.event).__name__ for entry in history] == [
        "Opened",
        "Responded",
        "Assigned",
        "Paused",
        "Resumed",
        "Resolved",
    ]
    assert (record.state, record.replayed, record.title) == (
        "resolved",
        True,
        "Category 55, subcategory 170, symptom 72",
    )
    assert read[MetricName.FIRST_RESPONSE].elapsed == timedelta(hours=1)
    assert read[MetricName.RESOLUTION].elapsed == timedelta(hours=2, minutes=30)
    assert set(read) == {MetricName.FIRST_RESPONSE, MetricName.RESOLUTION}
    assert report.result.facts_added == count(database, EventRow) == FACTS


def test_the_log_s_end_is_now_and_an_open_incident_is_breached_or_open_then(database: Database) -> None:
    run(database)
    record, history, read = incident(database, "0000002")
    assert record.is_open
    assert read[MetricName.RESOLUTION].breached_at == datetime(2016, 2, 1, 17, tzinfo=UTC)
    assert {entry.recorded_at for entry in history} == {datetime(2016, 2, 6, 9, tzinfo=UTC)}


def test_a_replay_arms_no_timer_wants_no_note_and_posts_nothing(database: Database) -> None:
    people_files.apply(database, ROOT / "examples" / "msp.yaml", by="test", now=NOW)
    run(database)
    assert [count(database, table) for table in (Timer, SlaNote, Outbox)] == [0, 0, 0]


def test_people_are_known_by_their_login(database: Database, tmp_path: Path) -> None:
    people_files.apply(database, ROOT / "examples" / "msp.yaml", by="test", now=NOW)
    file = tmp_path / "log.csv"
    file.write_text(LOG.read_text().replace("Resolver 89", "tess"))
    run(database, file)
    record, history, _ = incident(database, "0000001")
    assert record.responsible == "U0TESS"
    assert incident(database, "0000002")[0].responsible == "servicenow:31"
    assert [entry.event for entry in history if isinstance(entry.event, Assigned)] == [Assigned(to="U0TESS")]


def test_a_second_run_adds_nothing_and_says_so(database: Database) -> None:
    first, second = run(database), run(database)
    assert (first.as_document()["facts_added"], second.as_document()["facts_added"]) == (FACTS, 0)
    same = ("incidents", "rows", "rows_used", "skipped_because", "metrics", "compared_with_the_log", "now")
    assert {name: first.as_document()[name] for name in same} == {name: second.as_document()[name] for name in same}
    assert "0 facts added: everything in it was recorded before" in second.as_text()


def test_the_same_log_in_another_dress_adds_nothing(database: Database, tmp_path: Path) -> None:
    run(database)
    bare = tmp_path / "bare.csv"
    bare.write_text(LOG.read_text().replace("INC", "").replace("Resolver ", "").replace("Updated by ", ""))
    again = run(database, bare)
    assert (again.result.facts_added, again.result.figures.incidents) == (0, 2)


def test_a_longer_log_adds_only_what_is_new(database: Database, tmp_path: Path) -> None:
    first, longer = tmp_path / "first.csv", tmp_path / "longer.csv"
    rows = LOG.read_text().splitlines()
    first.write_text(
        "\n".join(row for row in rows if "Resolved" not in row and "Closed" not in row and "14:00" not in row)
    )
    longer.write_text("\n".join([rows[0], *(row for row in rows if "Resolved" in row or "14:00" in row)]))
    run(database, first)
    assert incident(database, "0000001")[0].paused_for == (PauseReason.CUSTOMER,)
    run(database, longer)
    record, history, read = incident(database, "0000001")
    assert record.state == "resolved"
    assert read[MetricName.RESOLUTION].elapsed == timedelta(hours=2, minutes=30)
    assert [type(entry.event).__name__ for entry in history].count("Responded") == 1


@pytest.mark.both_databases
def test_an_interrupted_replay_goes_on_where_it_stopped(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "BATCH_INCIDENTS", 1)
    wanted = log_replay.prepare(database, LOG, AGREEMENT, zone=None, now=NOW)

    def pull_the_plug(done: int, _rows: int) -> None:
        if done:
            raise PulledPlug

    with pytest.raises(PulledPlug):
        log_replay.run(database, wanted, on_progress=pull_the_plug)
    kept = count(database, EventRow)
    assert 0 < kept < FACTS
    report = run(database)
    assert report.result.facts_added == FACTS - kept
    assert (report.result.figures.incidents, report.as_document()["rows_replayed_in_this_run"]) == (2, 1)
    assert run(database).result.facts_added == 0


def test_the_report_counts_and_compares(database: Database) -> None:
    told = run(database).as_document()
    assert (told["rows"], told["rows_used"], told["rows_skipped"]) == (8, 7, 1)
    assert told["not_measured"] == {
        "customer_update": "not measured: the log holds no evidence of it",
        "resolution_plan": "not measured: the log holds no evidence of it",
    }
    by_cell = {(each["priority"], each["metric"]): each for each in told["metrics"]}
    assert by_cell["P3", "resolution"] == {
        "priority": "P3",
        "metric": "resolution",
        "incidents": 1,
        "met": 1,
        "breached": 0,
        "open": 0,
        "cancelled": 0,
        "paused_open_seconds": 4 * 3600,
    }
    assert by_cell["P2", "resolution"]["breached"] == 1
    assert told["compared_with_the_log"]["made_sla"] == {"log met, measured met": 1, "log missed, measured missed": 1}
    assert told["compared_with_the_log"]["resolved_at"] == {"same": 1, "missing": 1}
    assert told["peak_memory_mib"] > 0


def test_what_the_log_cannot_show_is_not_measured_even_when_promised(database: Database, tmp_path: Path) -> None:
    agreement = tmp_path / "more.yaml"
    text = AGREEMENT.read_text().replace("resolution: 8h}", "resolution: 8h, customer_update: {every: 1h}}")
    agreement.write_text(text)
    report = run(database, agreement=agreement)
    assert MetricName.CUSTOMER_UPDATE not in incident(database, "0000002")[2]
    assert "customer_update" in report.as_document()["not_measured"]


def command(database: Database, *words: str) -> tuple[int, str]:
    app = typer.Typer(cls=CommandGroup)
    app.callback()(lambda: None)
    add_replay(app)
    done = CliRunner().invoke(app, ["replay", *words, "--database-url", database.url])
    return done.exit_code, done.output


def test_the_command_prints_a_table_or_json(database: Database) -> None:
    code, text = command(database, "servicenow", str(LOG), "--agreement", str(AGREEMENT))
    assert code == 0
    assert "2 incidents from 7 of 8 rows, 10 facts added." in text
    assert "1 row skipped: number is missing." in text
    code, document = command(database, "servicenow", str(LOG), "--agreement", str(AGREEMENT), "--json")
    assert (code, json.loads(document)["facts_added"]) == (0, 0)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nowhere.csv", "--agreement", str(AGREEMENT)], "the file cannot be read"),
        ([str(AGREEMENT), "--agreement", str(AGREEMENT)], "the column number is missing"),
        ([str(LOG), "--agreement", str(LOG)], "servicenow.csv:"),
        ([str(LOG), "--agreement", str(AGREEMENT), "--zone", "Mars/Olympus"], "There is no time zone “Mars/Olympus”."),
        (
            [str(LOG), "--agreement", str(AGREEMENT), "--state", "On Hold=later"],
            "“On Hold=later” is not a meaning for --state, written NAME=MEANING; choose one of new, working",
        ),
    ],
)
def test_the_command_refuses_in_a_sentence(database: Database, words: list[str], sentence: str) -> None:
    code, text = command(database, "servicenow", *words)
    assert code == 1
    assert sentence in text
    assert count(database, EventRow) == 0


HOLD = """\
number,incident_state,sys_mod_count,opened_at,sys_updated_at,priority,hold_reason
INC0000001,New,0,2/3/2026 09:00,2/3/2026 09:00,3 - Moderate,
INC0000001,In Progress,1,2/3/2026 09:00,2/3/2026 10:00,3 - Moderate,
INC0000001,On Hold,2,2/3/2026 09:00,2/3/2026 11:00,3 - Moderate,Awaiting Vendor
INC0000001,In Progress,3,2/3/2026 09:00,4/3/2026 11:00,3 - Moderate,
INC0000001,Resolved,4,2/3/2026 09:00,4/3/2026 12:00,3 - Moderate,
INC0000002,Awaiting Approval,0,2/3/2026 09:00,2/3/2026 09:30,2 - High,
INC0000002,Resolved,1,2/3/2026 09:00,2/3/2026 12:00,2 - High,
INC0000003,In Progress,0,2/3/2026 09:00,2/3/2026 09:10,2 - High,
INC0000003,Canceled,1,2/3/2026 09:00,2/3/2026 10:00,2 - High,
INC0000003,Closed,2,2/3/2026 09:00,9/3/2026 10:00,2 - High,
INC0000004,In Progress,0,2/3/2026 09:00,2/3/2026 09:10,2 - High,
INC0000004,Canceled,1,2/3/2026 09:00,3/3/2026 10:00,2 - High,
"""


@pytest.fixture
def hold(tmp_path: Path) -> Path:
    """A log of today: one ticket on hold, one in a state of its own, two cancelled, the second after its miss."""
    file = tmp_path / "hold.csv"
    file.write_text(HOLD, encoding="utf-8")
    return file


def cells(report: ReplayReport) -> dict[tuple[str, str], dict[str, int]]:
    return {(each["priority"], each["metric"]): each for each in report.as_document()["metrics"]}


@pytest.mark.sqlite_only
def test_time_on_hold_is_no_work(database: Database, hold: Path) -> None:
    found = cells(run(database, hold))["P3", "resolution"]
    assert (found["met"], found["breached"]) == (1, 0)
    assert found["paused_open_seconds"] == (7 + 10 + 3) * 3600, "Monday from 11, Tuesday, Wednesday to 11"
    _, history, read = incident(database, "0000001")
    assert read[MetricName.RESOLUTION].elapsed == timedelta(hours=3)
    assert Paused(reason=PauseReason.VENDOR) in [entry.event for entry in history]


@pytest.mark.sqlite_only
def test_an_incident_of_an_unknown_state_is_left_out_and_named(database: Database, hold: Path) -> None:
    report = run(database, hold)
    told, text = report.as_document(), report.as_text()
    reason = "incident_state 'Awaiting Approval' is no known state"
    assert told["incidents_not_measured"] == {reason: {"incidents": 1, "first": ["0000002"]}}
    assert (told["incidents"], told["rows"], told["rows_used"], told["rows_skipped"]) == (3, 12, 10, 0)
    assert f"1 incident is not measured: {reason} (0000002)." in text
    assert "What a state means is said with --state NAME=MEANING" in text
    with database.transaction() as session:
        assert incidents.find_external(session, source="servicenow", external_id="0000002") is None


@pytest.mark.sqlite_only
def test_it_is_measured_once_its_state_has_a_meaning(database: Database, hold: Path) -> None:
    run(database, hold)
    words = ("servicenow", str(hold), "--agreement", str(AGREEMENT), "--state", "Awaiting Approval=customer", "--json")
    code, output = command(database, *words)
    told = json.loads(output)
    assert (code, told["incidents_not_measured"], told["incidents"]) == (0, {}, 4)
    _, history, _ = incident(database, "0000002")
    assert [type(entry.event).__name__ for entry in history] == ["Opened", "Responded", "Paused", "Resolved"]


@pytest.mark.sqlite_only
def test_a_cancelled_incident_has_no_outcome_but_the_miss_from_before(database: Database, hold: Path) -> None:
    report = run(database, hold)
    found = cells(report)["P2", "resolution"]
    assert {name: found[name] for name in ("incidents", "met", "breached", "open", "cancelled")} == {
        "incidents": 2,
        "met": 0,
        "breached": 1,
        "open": 0,
        "cancelled": 1,
    }
    assert "1 clock of cancelled incidents has no outcome." in report.as_text()
    assert [incident(database, number)[0].state for number in ("0000003", "0000004")] == ["deleted", "deleted"]


@pytest.mark.sqlite_only
def test_many_reasons_and_many_numbers_are_cut(database: Database, tmp_path: Path) -> None:
    head, row = HOLD.splitlines()[0], "INC{number:07},{state},0,2/3/2026 09:00,2/3/2026 09:00,3 - Moderate,"
    rows = [row.format(number=number, state="Odd") for number in range(30)]
    rows += [row.format(number=100 + number, state=f"Word {number}") for number in range(60)]
    file = tmp_path / "odd.csv"
    file.write_text("\n".join([head, *rows]), encoding="utf-8")
    report = run(database, file)
    reasons = report.as_document()["incidents_not_measured"]
    assert (len(reasons), sum(found["incidents"] for found in reasons.values())) == (51, 90)
    assert reasons["other reasons"]["incidents"] == 11
    assert (
        "30 incidents are not measured: incident_state 'Odd' is no known state (0000000, 0000001, " in report.as_text()
    )
    assert " and 25 more)." in report.as_text()
