"""`sla-bot words`: what was answered in Slack, as a part of the file that goes before it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from sla_engine.domain.agreements.msp import Person, Role
from sla_engine.domain.incidents.word_meanings import WordKind
from sla_engine.files.intakes_section import intakes
from sla_engine.files.yaml_document import read_document
from sla_engine.services.intake.receive import Intake
from sla_engine.storage.database import Database
from tests.intake_desk import NOON, intake_for, tell, ticket

pytestmark = pytest.mark.sqlite_only
TOM = Person(slack_id="U0TOM", name="Tom", zone="UTC", role=Role.TECHNICIAN)
ODD = 'Waiting: "for" #7 – büro'


@pytest.fixture
def intake(database_url: str) -> Iterator[Intake]:
    database = Database(database_url, wait_seconds=20)
    yield intake_for(database, "acme-dental")
    database.close()


def typed(intake: Intake, *words: str) -> str:
    result = CliRunner().invoke(app, ["words", *words, "--database-url", intake.unit_of_work.database.url])
    assert result.exit_code == 0, result.output
    return result.output


def test_what_was_answered_is_printed_as_the_file_reads_it(intake: Intake) -> None:
    tell(
        intake,
        ticket("opened", priority="Sev A"),
        ticket("status_changed", 5, status=ODD),
        ticket("status_changed", 6, status="Never answered"),
        ticket("assigned", 7, to="Tom B."),
    )
    for number, meaning in ((1, "P1"), (2, "vendor"), (4, "U0TOM")):
        intake.words.answer(number, meaning=meaning, by="U0DANA", now=NOON + timedelta(hours=5))
    printed = typed(intake, "export")
    root = read_document(printed, "msp.yaml")
    found = intakes(root.keys(("intakes",))["intakes"], (TOM,))
    assert root.findings.sorted == []
    assert found == {
        "webhook": {
            WordKind.PERSON: {"tom b.": "U0TOM"},
            WordKind.PRIORITY: {"sev a": "P1"},
            WordKind.STATUS: {"waiting for 7 büro": "vendor"},
        }
    }
    assert "# U0DANA, 2026-02-02" in printed


def test_the_words_that_wait_are_listed_with_how_often_they_were_said(intake: Intake) -> None:
    assert typed(intake, "list") == "Every word has a meaning.\n"
    assert typed(intake, "export").startswith("# No word")
    tell(intake, ticket("opened"), *(ticket("status_changed", minute, status="Parked") for minute in (1, 2)))
    assert typed(intake, "list").split()[-5:] == ["1", "webhook", "status", "Parked", "2"]
