from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sla_engine.cli.main import app

GOOD = """\
customer: Acme Dental
effective: 2026-01-01
calendar: {timezone: America/New_York, hours: {mon-fri: "09:00-17:00"}}
targets: {P1: {resolution: 4h}, P2: {resolution: 8h}, P3: {resolution: 8h}, P4: {resolution: 8h}}
"""
EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A good agreement; the database is a new SQLite file beside it."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/sla.db")
    found = tmp_path / "acme.yaml"
    found.write_text(GOOD, encoding="utf-8")
    return found


def said(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return result.output


def test_a_good_file_is_said_to_be_good(file: Path) -> None:
    assert said("agreements", "check", file) == "Nothing is wrong.\n"
    assert said("agreements", "check", file, "--people", EXAMPLES / "msp.yaml") == "Nothing is wrong.\n"
    assert said("people", "check", EXAMPLES / "msp.yaml") == "Nothing is wrong.\n"


def test_warnings_are_printed_and_do_not_fail(file: Path) -> None:
    file.write_text(GOOD.replace("17:00", "23:59"), encoding="utf-8")
    output = said("agreements", "check", file)
    assert f"{file}:3: warning: calendar.hours.mon-fri: hours end at 23:59" in output
    assert output.endswith("Nothing is wrong; the warnings are worth a look.\n")


def test_a_mistake_is_printed_with_its_line_and_fails(file: Path) -> None:
    file.write_text(GOOD.replace("4h", "1d"), encoding="utf-8")
    assert f"{file}:4: targets.P1.resolution: '1d' could mean" in said("agreements", "check", file, code=1)
    assert said("agreements", "apply", file, code=1).endswith("Nothing was changed.\n")
    assert f"{file}:1: unknown key 'customer'" in said("people", "check", file, code=1)
    assert said("people", "apply", file, code=1).endswith("Nothing was changed.\n")
    assert said("agreements", "check", file, "--people", file, code=1).endswith("Nothing was changed.\n")


def test_two_files_that_contradict_each_other_are_told_before_they_are_applied(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "again.yaml"
    other.write_text(GOOD.replace("Acme Dental", "ACME dental"), encoding="utf-8")
    output = said("agreements", "check", file, other, code=1)
    assert f"{other}:1: customer: 'ACME dental' is known as 'Acme Dental'; write it the same way" in output
    assert f"{other}:1: effective: {file} begins at the same instant for the same customer; leave out one" in output


def test_an_agreement_goes_into_an_empty_database_and_is_shown_again(file: Path) -> None:
    assert said("agreements", "show") == "No agreement has been applied yet.\n"
    assert "Acme Dental: version 1, in force from 2026-01-01 05:00 UTC" in said("agreements", "apply", file)
    assert "Acme Dental: version 1, unchanged, in force from" in said("agreements", "apply", file)
    assert said("agreements", "show") == "Acme Dental\n"
    assert "mon-fri 09:00-17:00" in said("agreements", "show", "acme dental")


def test_people_go_into_the_database_once(file: Path) -> None:
    msp = EXAMPLES / "msp.yaml"
    assert "Northwind MSP: version 1, in force now, 6 people" in said("people", "apply", msp)
    assert "Northwind MSP: version 1, unchanged, 6 people" in said("people", "apply", msp)
    assert said("agreements", "apply", file).startswith("Acme Dental")


def test_a_customer_nobody_knows_gets_the_nearest_name(file: Path) -> None:
    said("agreements", "apply", file)
    assert said("agreements", "show", "Acme", code=1) == (
        "No agreement names a customer “Acme”. Did you mean Acme Dental?\n"
    )


def test_an_agreement_of_the_future_is_not_in_force(file: Path) -> None:
    file.write_text(GOOD.replace("2026-01-01", "2099-01-01"), encoding="utf-8")
    said("agreements", "apply", file)
    assert said("agreements", "show", "Acme Dental", code=1).startswith("The agreement of Acme Dental begins 2099")


@pytest.mark.parametrize(
    "command", [["agreements", "show"], ["agreements", "apply", "FILE"], ["people", "apply", "FILE"]]
)
def test_a_database_out_of_reach_is_one_sentence(command: list[str], file: Path, tmp_path: Path) -> None:
    arguments = [str(file) if word == "FILE" else word for word in command]
    output = said(*arguments, "--database-url", f"sqlite:///{tmp_path}/nowhere/x.db", code=1)
    assert output == ("The database is busy or away right now; nothing was changed, please try again in a moment.\n")


def test_vectors_are_compared_and_one_that_fails_fails_the_command(tmp_path: Path) -> None:
    vectors = tmp_path / "vectors.json"
    vectors.write_text("[]", encoding="utf-8")
    assert said("conformance", vectors) == "0 passed, 0 failed\n"
    vectors.write_text("[{}]", encoding="utf-8")
    assert said("conformance", vectors, code=1).endswith("0 passed, 1 failed\n")


MANAGED = (
    (EXAMPLES / "msp.yaml")
    .read_text(encoding="utf-8")
    .replace("  default: U0MIRA\n", "  default: U0MIRA\n  ACME dental: U0MIRA\n  Acme Detnal: U0ADA\n  Globex: U0ADA\n")
)


@pytest.fixture
def people_file(tmp_path: Path) -> Path:
    """The people of the examples, with three customers under `managers`; one has an agreement."""
    found = tmp_path / "msp.yaml"
    found.write_text(MANAGED, encoding="utf-8")
    return found


def manager_warnings(people_file: Path) -> list[str]:
    lines = MANAGED.splitlines()
    typo, nobody = (next(n for n, line in enumerate(lines, 1) if name in line) for name in ("Detnal", "Globex"))
    return [
        f"{people_file}:{typo}: warning: managers: no agreement names 'Acme Detnal'; did you mean 'Acme Dental'?",
        f"{people_file}:{nobody}: warning: managers: no agreement names 'Globex'; apply one, or leave the line out",
    ]


def test_a_manager_for_a_customer_without_an_agreement_is_a_warning(file: Path, people_file: Path) -> None:
    assert said("people", "check", people_file) == "Nothing is wrong.\n", "no agreements are known"
    output = said("people", "check", people_file, "--agreements", file)
    assert output.splitlines()[:-1] == manager_warnings(people_file)
    assert output.endswith("Nothing is wrong; the warnings are worth a look.\n")


def test_applying_warns_of_managers_once_there_are_agreements(file: Path, people_file: Path) -> None:
    assert "warning" not in said("people", "apply", people_file)
    said("agreements", "apply", file)
    output = said("people", "apply", people_file)
    assert output.splitlines()[:-1] == manager_warnings(people_file)
    assert "unchanged" in output
