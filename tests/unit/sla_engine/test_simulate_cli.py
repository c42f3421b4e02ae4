"""`sla-bot simulate`: the same sentences as in Slack, as text and as JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.parsing.suppositions import EXAMPLES
from sla_engine.time_source import SystemTime
from tests.note_desk import Desk

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Two incidents of today; the command finds their database."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    made = Desk(database_url)
    now = SystemTime().now()
    made.open(now - timedelta(minutes=20))
    made.open(now - timedelta(minutes=20), priority=Priority.P1)
    yield made
    made.close()


def said(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["simulate", *words])
    assert result.exit_code == code, result.output
    return result.output


def document(*words: str) -> Any:
    return json.loads(said(*words, "--json"))


@pytest.mark.usefixtures("desk")
def test_an_incident_that_opens_is_printed_with_its_clocks_and_nudges() -> None:
    text = said("P1 for acme opened 2030-01-04 16:45")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert lines[0] == "If P1 for Acme Dental opened Fri 2030-01-04 16:45"
    assert "America/New_York" in lines[1]
    assert "First reply – Fri 2030-01-04 17:00" in lines
    assert "Fri 2030-01-04 16:45 Needs somebody to take it Dana Ortiz dispatcher channel" in lines
    assert "Fri 2030-01-04 17:00 First reply breached Dana Ortiz, Mira Kaplan dispatcher channel" in lines
    again = "again Plan (then every 30 m of open time until acknowledged)"
    assert f"Fri 2030-01-04 18:15 {again} Dana Ortiz, Mira Kaplan dispatcher channel" in lines


@pytest.mark.usefixtures("desk")
def test_words_need_no_quotation_marks_and_times_may_be_in_another_zone() -> None:
    text = said("P1", "for", "Acme", "opened", "2030-01-04", "16:45", "--zone", "Europe/Berlin")
    assert "Fri 2030-01-04 17:00" in text
    assert "Times are Europe/Berlin" in text


@pytest.mark.usefixtures("desk")
def test_the_json_form_holds_instants_in_utc_and_seconds() -> None:
    found = document("raise INC-1001 to P1")
    assert found["supposed"]["kind"] == "priority_set"
    assert (found["more_incidents"], found["unchanged_incidents"]) == (0, 0)
    (incident,) = found["incidents"]
    first = incident["clocks"][0]
    assert (incident["key"], first["metric"], first["effect"]) == ("INC-1001", "first_response", "makes_breach")
    assert (first["before"]["target"], first["after"]["target"], first["after"]["rule"]) == (1800.0, 900.0, "P1")
    assert first["after"]["breached_at"].endswith("Z")
    assert datetime.fromisoformat(first["after"]["due_at"]) < datetime.fromisoformat(found["now"])
    told = next(nudge for nudge in incident["nudges"] if nudge["cause"] == "breach")
    assert {"id": "U0MIRA", "name": "Mira Kaplan"} in told["to"]
    assert told["rungs"][0]["goes_on"] == {
        "every": 1800.0,
        "wall": False,
        "backoff": 1.0,
        "longest": None,
        "up_after": None,
    }


@pytest.mark.parametrize("sentence", [EXAMPLES[1], EXAMPLES[3], EXAMPLES[4], EXAMPLES[5]])
@pytest.mark.usefixtures("desk")
def test_every_form_has_a_json_form_too(sentence: str) -> None:
    found = document(sentence.replace("INC-1042", "INC-1001").replace("at 15:00", ""))
    assert set(found) == {"supposed", "now", "incidents", "more_incidents", "unchanged_incidents"}
    if "pause" in sentence:
        assert found["incidents"][0]["otherwise"]["cause"] == "pause_outlived"


@pytest.mark.usefixtures("desk")
def test_a_pause_says_what_happens_when_nobody_ends_it() -> None:
    text = said("pause INC-1001 for vendor until 3h")
    assert "If it is not resumed then, its clocks rest on" in text
    assert "Still paused, longer than expected" in text


@pytest.mark.usefixtures("desk")
def test_what_is_resolved_is_met_and_nothing_is_said_of_it_any_more() -> None:
    text = said("resolve INC-1002")
    assert [line.split()[-1] for line in text.splitlines() if line.startswith("Fix  ")] == ["met"]
    assert "No nudge would be sent in the next 14 days." in text


@pytest.mark.usefixtures("desk")
def test_a_holiday_lists_what_changes_and_counts_the_rest() -> None:
    text = said("2031-03-03 becomes a holiday for Acme Dental")
    assert "No open incident would change." in text
    assert "2 open incidents would not change." in text


def test_the_database_file_stays_as_it_is(desk: Desk, database_url: str) -> None:
    desk.close()  # what was written lies in the file then
    file = Path(database_url.removeprefix("sqlite:///"))
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    for sentence in ("P1 for Acme", "raise INC-1001 to P1", "pause INC-1001 for vendor", "tomorrow becomes a holiday"):
        said(sentence)
        document(sentence)
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("puase INC-1001 for vendor", "I cannot suppose “puase”. Did you mean pause? Write it like P1 for Acme"),
        ("raise to P1", "Which incident? 2 incidents could be meant: write 'sla-bot simulate raise INC-1042 to P1'."),
        ("P1 for Nobody", "No agreement names a customer “Nobody”."),
        ("P1 for Acme opened 1999-01-01", "The agreement of Acme Dental begins"),
        ("P9 for Acme", "“P9” is not a priority; choose one of P1, P2"),
        ("P1 for", "This needs a customer: write 'sla-bot simulate P1 for"),
        ("pause INC-1001 for vednor", "“vednor” is not a pause reason; did you mean vendor?"),
        ("pause INC-1001 for vendor until 1d", "“1d” could mean 24 hours or a working day"),
        ("resume INC-1001", "INC-1001 is not paused, so there is nothing to resume."),
        ("INC-1001 to P2", "INC-1001 has priority P2 already."),
        ("INC-7 to P2", "There is no incident “INC-7”."),
        ("resolve INC-1001 at 1999-01-01", "Nothing can have happened to INC-1001 at"),
        ("1999-01-01 becomes a holiday", "has to lie ahead"),
        ("P1 for Acme opened frudai", "“frudai” is not a time"),
    ],
)
@pytest.mark.usefixtures("desk")
def test_what_cannot_be_supposed_is_one_sentence(sentence: str, answer: str) -> None:
    output = said(sentence, code=1)
    assert answer in output
    assert len(output.splitlines()) == 1


@pytest.mark.usefixtures("desk")
def test_an_unknown_zone_and_an_empty_database_are_said(empty_database_url: str, tmp_path: Path) -> None:
    assert "There is no time zone “Mars/Base”." in said("P1 for Acme", "--zone", "Mars/Base", code=1)
    assert "an admin has to apply “" in said("P1 for Acme", "--database-url", empty_database_url, code=1)
    nowhere = f"sqlite:///{tmp_path}/nowhere/x.db"
    assert "busy or away" in said("P1 for Acme", "--database-url", nowhere, code=1)
