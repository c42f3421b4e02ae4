from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.clocks.ticket_states import Condition, LoggedIncident, TicketPhase
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.text.errors import UnknownChoice
from sla_engine.files.errors import FileInvalid
from sla_engine.intake.log_order import ordered_log
from sla_engine.intake.servicenow import RowCount, read_rows
from sla_engine.intake.servicenow_states import MEANINGS, StateTable, own_states

SAMPLE = Path(__file__).resolve().parents[3] / "data" / "intake" / "servicenow.csv"
UTC_ZONE = ZoneInfo("UTC")
HEADER = "number,incident_state,sys_mod_count,opened_at,sys_updated_at,priority\n"


def read(
    path: Path, *, zone: str = "UTC", portion_rows: int = 50_000, states: StateTable | None = None
) -> tuple[list[LoggedIncident], RowCount]:
    with ordered_log(path, zone=ZoneInfo(zone), states=states, portion_rows=portion_rows) as log:
        return list(log.incidents()), log.count


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(text)
    return path


def test_mixed_and_late_rows_come_out_by_incident_and_time() -> None:
    incidents, count = read(SAMPLE)
    assert [incident.number for incident in incidents] == ["0000001", "0000002"]
    phases = [state.condition.phase for state in incidents[0].states]
    assert phases == [
        TicketPhase.NEW,
        TicketPhase.RUNS,
        TicketPhase.WAITS,
        TicketPhase.RUNS,
        TicketPhase.DONE,
        TicketPhase.DONE,
    ]
    assert incidents[0].title == "Category 55, subcategory 170, symptom 72"
    assert (count.rows, count.used) == (8, 7)
    assert count.skipped == {"number is missing": 1}


@pytest.mark.parametrize("portion_rows", [1, 2, 3])
def test_portions_change_nothing(portion_rows: int) -> None:
    assert read(SAMPLE, portion_rows=portion_rows) == read(SAMPLE)


def test_bare_and_labelled_values_are_the_same(tmp_path: Path) -> None:
    text = SAMPLE.read_text()
    for label in ("INC", "Updated by ", "Resolver ", "Category ", "Subcategory ", "Symptom ", " - Moderate", " - High"):
        text = text.replace(label, "")
    assert read(written(tmp_path, text)) == read(SAMPLE)


def test_a_compressed_file_reads_the_same_whatever_its_name(tmp_path: Path) -> None:
    packed = tmp_path / "log.csv"
    packed.write_bytes(gzip.compress(SAMPLE.read_bytes()))
    assert read(packed) == read(SAMPLE)


def test_times_are_the_given_zones() -> None:
    incidents, _ = read(SAMPLE, zone="America/New_York")
    assert incidents[0].opened_at == datetime(2016, 2, 1, 13, 30, tzinfo=UTC)


def test_a_row_written_before_the_opening_counts_at_the_opening(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + "1,New,0,1/2/2016 09:00,1/2/2016 08:00,3\n")
    ((incident,), _) = read(path)
    assert incident.states[0].at == incident.opened_at


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,New,0", "the row has another number of columns than the header"),
        ("?,New,0,1/2/2016 09:00,1/2/2016 09:00,3", "number is missing"),
    ],
)
def test_a_row_of_no_incident_is_counted_with_its_reason(tmp_path: Path, row: str, reason: str) -> None:
    incidents, count = read(written(tmp_path, f"{HEADER}{row}\n"))
    assert incidents == []
    assert count.skipped == {reason: 1}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("?,0,1/2/2016 09:00,1/2/2016 09:00,3", "incident_state is missing"),
        ("Bored,0,1/2/2016 09:00,1/2/2016 09:00,3", "incident_state 'Bored' is no known state"),
        ("-100,0,1/2/2016 09:00,1/2/2016 09:00,3", "incident_state '-100' is no known state"),
        (f"{'x' * 90},0,1/2/2016 09:00,1/2/2016 09:00,3", f"incident_state '{'x' * 39}…' is no known state"),
        ("New,0,?,1/2/2016 09:00,3", "opened_at is missing or no time"),
        ("New,0,1/2/2016 09:00,31/2/2016 09:00,3", "sys_updated_at is missing or no time"),
        ("New,0,1/2/2016 09:00,1/2/2016 09:00,?", "priority is missing"),
        ("New,0,1/2/2016 09:00,1/2/2016 09:00,12", "priority '12' is none of 1 to 5"),
    ],
)
def test_an_incident_with_a_row_that_tells_nothing_for_certain_is_not_measured(
    tmp_path: Path, row: str, reason: str
) -> None:
    good = "1,New,0,1/2/2016 09:00,1/2/2016 09:00,3\n1,Resolved,2,1/2/2016 09:00,1/2/2016 12:00,3\n"
    incidents, count = read(written(tmp_path, f"{HEADER}{good}1,{row}\n2,New,0,1/2/2016 09:00,1/2/2016 09:00,3\n"))
    assert [(incident.number, incident.not_measured, incident.rows) for incident in incidents] == [
        ("1", (reason,), 3),
        ("2", (), 1),
    ]
    assert incidents[0].states == ()
    assert count.skipped == {}


WAITS = {reason: Condition(TicketPhase.WAITS, reason) for reason in PauseReason}


@pytest.mark.parametrize(
    ("label", "hold_reason", "condition"),
    [
        ("New", "?", Condition(TicketPhase.NEW)),
        ("IN PROGRESS", "?", Condition(TicketPhase.RUNS)),
        ("On Hold", "?", WAITS[PauseReason.OTHER]),
        ("On Hold", "Awaiting Caller", WAITS[PauseReason.CUSTOMER]),
        ("on hold", "awaiting vendor", WAITS[PauseReason.VENDOR]),
        ("On Hold", "Awaiting Problem", WAITS[PauseReason.OTHER]),
        ("On Hold", "Awaiting Change", WAITS[PauseReason.OTHER]),
        ("On Hold", "Awaiting Godot", WAITS[PauseReason.OTHER]),
        ("In Progress", "Awaiting Caller", Condition(TicketPhase.RUNS)),
        ("Awaiting User Info", "?", WAITS[PauseReason.CUSTOMER]),
        ("Awaiting Problem", "?", Condition(TicketPhase.RUNS)),
        ("Canceled", "?", Condition(TicketPhase.CANCELLED)),
        ("Cancelled", "?", Condition(TicketPhase.CANCELLED)),
        ("1", "?", Condition(TicketPhase.NEW)),
        ("2", "?", Condition(TicketPhase.RUNS)),
        ("3", "?", WAITS[PauseReason.OTHER]),
        ("3", "1", WAITS[PauseReason.CUSTOMER]),
        ("3", "4", WAITS[PauseReason.VENDOR]),
        ("3", "3", WAITS[PauseReason.OTHER]),
        ("3", "5", WAITS[PauseReason.OTHER]),
        ("6", "?", Condition(TicketPhase.DONE)),
        ("7", "?", Condition(TicketPhase.DONE)),
        ("8", "?", Condition(TicketPhase.CANCELLED)),
    ],
)
def test_states_and_hold_reasons_are_known_by_name_and_by_number(
    tmp_path: Path, label: str, hold_reason: str, condition: Condition
) -> None:
    header = "number,state,sys_mod_count,opened_at,sys_updated_at,priority,hold_reason\n"
    row = f"1,{label},0,1/2/2016 09:00,1/2/2016 09:00,3,{hold_reason}\n"
    ((incident,), _) = read(written(tmp_path, header + row))
    assert [state.condition for state in incident.states] == [condition]


@pytest.mark.parametrize("label", ["7", "Closed", "CLOSED"])
def test_when_it_was_closed_is_known_by_name_and_by_number(tmp_path: Path, label: str) -> None:
    ((incident,), _) = read(written(tmp_path, f"{HEADER}1,{label},0,1/2/2016 09:00,1/2/2016 09:30,3\n"))
    assert incident.closed_row_at == datetime(2016, 2, 1, 9, 30, tzinfo=UTC)


def test_a_state_may_be_given_a_meaning(tmp_path: Path) -> None:
    rows = "".join(
        f"1,{label},{number},1/2/2016 09:00,1/2/2016 1{number}:00,3\n"
        for number, label in enumerate(["New", "Awaiting Approval", "On Hold", "-100", "In Progress"])
    )
    table = own_states(["awaiting  approval=working", "On Hold=vendor", "-100=Customer", "In Progress=resolved"])
    ((incident,), _) = read(written(tmp_path, HEADER + rows), states=table)
    assert [state.condition for state in incident.states] == [
        Condition(TicketPhase.NEW),
        Condition(TicketPhase.RUNS),
        WAITS[PauseReason.VENDOR],
        WAITS[PauseReason.CUSTOMER],
        Condition(TicketPhase.DONE),
    ]


def test_a_name_may_hold_the_sign_that_ends_it() -> None:
    assert own_states(["a=b=new"]).condition("A=B") == Condition(TicketPhase.NEW)


@pytest.mark.parametrize("pairs", [["On Hold"], ["=new"], ["On Hold="], ["On Hold=later"], ["x=new", "X=working"]])
def test_what_says_no_meaning_or_two_is_refused(pairs: list[str]) -> None:
    with pytest.raises(UnknownChoice) as refusal:
        own_states(pairs)
    assert (refusal.value.word, refusal.value.allowed) == (pairs[-1], tuple(MEANINGS))


def test_tables_are_told_apart_by_what_they_say() -> None:
    same = own_states(["a=new", "B=vendor"]), own_states(["b=vendor", "A=new"])
    names = {table.name for table in (*same, StateTable(), own_states(["a=new"]), own_states(["a=working"]))}
    assert (StateTable().name, len(names)) == ("", 4)


@pytest.mark.parametrize(
    "time", ["1/2/2016 09:00", "01/02/2016 09:00:00", "2016-02-01 09:00:00", "2016-02-01T10:00+01:00"]
)
def test_times_are_read_in_both_orders(tmp_path: Path, time: str) -> None:
    ((incident,), _) = read(written(tmp_path, f"{HEADER}1,New,x,{time},{time},4 - Low\n"))
    assert incident.opened_at == datetime(2016, 2, 1, 9, tzinfo=UTC)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileInvalid) as refused:
        read(written(tmp_path, "number,incident_state,opened_at,priority\n"))
    assert [str(p.sentence) for p in refused.value.problems] == ["the column sys_updated_at is missing"]


def test_a_file_that_was_cut_off_or_is_not_there_is_refused(tmp_path: Path) -> None:
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress(SAMPLE.read_bytes())[:-20])
    for path in (cut, tmp_path / "nowhere.csv", tmp_path):
        with pytest.raises(FileInvalid):
            read(path)


@given(cells=st.lists(st.text(max_size=12), min_size=6, max_size=6))
def test_no_cell_gets_more_than_a_reason(tmp_path_factory: pytest.TempPathFactory, cells: list[str]) -> None:
    path = tmp_path_factory.mktemp("cells") / "log.csv"
    row = ",".join('"' + cell.replace('"', "'") + '"' for cell in cells)
    path.write_text(f"{HEADER}{row}\n", encoding="utf-8", errors="replace")
    count = RowCount()
    used = list(read_rows(path, zone=UTC_ZONE, count=count, states=StateTable()))
    assert len(used) == count.used


@pytest.mark.parametrize(
    "rest",
    ["x" * 3_000_000, '"' + "x\n" * 1_500_000, ('"\n",' * 500_000)],
    ids=["one line", "a quote that is never closed", "fields with line breaks"],
)
def test_a_row_without_an_end_is_not_read_to_the_end(tmp_path: Path, rest: str) -> None:
    with pytest.raises(FileInvalid) as refused:
        read(written(tmp_path, HEADER + rest))
    (problem,) = refused.value.problems
    assert problem.sentence == "the file cannot be read: a row has more than 1,048,576 characters"
