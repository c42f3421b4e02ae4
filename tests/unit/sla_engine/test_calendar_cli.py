"""`sla-bot calendar show`: a week as a table, from a file or from what was applied."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sla_engine.cli.main import app

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
ACME = EXAMPLES / "agreements" / "acme-dental.yaml"
SITES = """\
customer: Depot Ltd
effective: 2026-01-01
calendar: {timezone: Europe/Berlin, hours: {mon-fri: "09:00-17:00"}, closed: [2026-10-19]}
calendars: {night desk: {hours: {mon-sun: "22:00-06:00:30"}}}
sites:
  Lord Howe: {calendar: {timezone: Australia/Lord_Howe, hours: always}}
  Yard: {calendar: night desk}
special: [{site: Annex, P1: {resolution: 2h}}]
targets: {P1: {resolution: 4h}, P2: {resolution: 8h}, P3: {resolution: 8h}, P4: {resolution: 8h}}
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An agreement with sites; the database is a new SQLite file beside it."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/sla.db")
    found = tmp_path / "depot.yaml"
    found.write_text(SITES, encoding="utf-8")
    return found


def said(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return result.output


def shown(*arguments: object, code: int = 0) -> str:
    return said("calendar", "show", *arguments, code=code)


def test_a_week_is_drawn_with_its_holidays_named() -> None:
    assert (
        shown("--file", ACME, "--week", "2026-W52")
        == f"""\
Acme Dental, week 2026-W52
calendar  of the agreement
file      {ACME}
zone      America/New_York (EST, UTC-05:00)
also      --calendar always

day    date        open                      total    closed for
-----  ----------  ------------------------  -------  -------------------------------------
Mon    2026-12-21  08:00-12:00, 13:00-17:30  8h30m
Tue    2026-12-22  08:00-12:00, 13:00-17:30  8h30m
Wed    2026-12-23  08:00-12:00, 13:00-17:30  8h30m
Thu    2026-12-24  08:00-12:00               4h       Office closes at noon, 12:00 to 24:00
Fri    2026-12-25  –                         –        Christmas Day
Sat    2026-12-26  –                         –
Sun    2026-12-27  –                         –
week                                         29h30m
"""
    )


def test_a_clock_change_is_named_and_real_lengths_are_shown(file: Path) -> None:
    spring = shown("--file", file, "--week", "2026-W13", "--calendar", "Night Desk")
    assert "clocks    go forward on Sun 2026-03-29 from 02:00 to 03:00\n" in spring
    assert "zone      Europe/Berlin (CET, UTC+01:00, then CEST, UTC+02:00)\n" in spring
    assert "Sun    2026-03-29  00:00-06:00:30 (5h30s), 22:00-24:00  7h30s\n" in spring
    autumn = shown("--file", file, "--week", "2026-W14", "--site", "lord howe")
    assert "clocks    go back on Sun 2026-04-05 from 02:00 to 01:30\n" in autumn
    assert "calendar  of site Lord Howe\n" in autumn
    assert "zone      Australia/Lord_Howe (UTC+11:00, then UTC+10:30)\n" in autumn
    assert "Sun    2026-04-05  00:00-24:00 (24h30m)  24h30m\n" in autumn


def test_what_is_closed_anyway_and_what_another_date_closes_is_said(tmp_path: Path) -> None:
    text = SITES.replace(
        "closed: [2026-10-19]",
        "overrides: {2026-10-17: '10:00-12:00', 2026-10-21: closed}, "
        "closed: [2026-10-18, {date: 2026-10-20, name: Strike, scope: shift}]",
    ).replace('mon-fri: "09:00-17:00"', 'mon-fri: "20:00-04:00"')
    file = tmp_path / "a.yaml"
    file.write_text(text, encoding="utf-8")
    week = shown("--file", file, "--week", "2026-W42") + shown("--file", file, "--week", "2026-W43")
    assert "Sat    2026-10-17  00:00-04:00, 10:00-12:00  6h       hours of this date only, instead of none\n" in week
    assert "Sun    2026-10-18  –                         –        closed (nothing was open)\n" in week
    assert "Tue    2026-10-20  00:00-04:00               4h       Strike\n" in week
    wednesday = "Wed    2026-10-21  –                         –        "
    assert f"{wednesday}Strike of 2026-10-20; hours of this date only, instead of 20:00-04:00\n" in week


def test_a_week_beyond_the_known_holidays_says_so() -> None:
    last = [line for line in shown("--file", ACME, "--week", "2060-W02").splitlines() if line.startswith("holidays")]
    assert len(last) == 1
    assert last[0].startswith("holidays  none are known after 20")


def test_a_date_that_never_was_is_said_to_be_skipped(tmp_path: Path) -> None:
    file = tmp_path / "apia.yaml"
    file.write_text(SITES.replace("Europe/Berlin", "Pacific/Apia"), encoding="utf-8")
    week = shown("--file", file, "--week", "2011-W52")
    assert "Fri    2011-12-30  –            –        the zone skipped this date\n" in week


def test_this_week_is_shown_when_none_is_named(file: Path) -> None:
    assert shown("--file", file).startswith("Depot Ltd, week 20")


def test_what_was_applied_is_shown_by_customer(file: Path) -> None:
    assert "version 1" in said("agreements", "apply", file)
    table = shown("depot ltd", "--week", "2026-W43")
    assert table.startswith("Depot Ltd, week 2026-W43\ncalendar  of the agreement\nversion   1\nzone ")
    assert "also      --calendar 'night desk', --site 'Lord Howe', --site Yard\n" in table
    assert "Mon    2026-10-19  –            –        closed\n" in table
    assert "calendar  of site Annex\n" in shown("Depot Ltd", "--week", "2026-W43", "--site", "annex")


def test_a_file_may_take_its_calendar_from_the_people_file(tmp_path: Path) -> None:
    file = tmp_path / "plain.yaml"
    file.write_text("customer: B\neffective: 2026-01-01\ntargets: {P1: {resolution: 4h}}\n", encoding="utf-8")
    table = shown("--file", file, "--people", EXAMPLES / "msp.yaml", "--week", "2026-W12")
    assert "Mon    2026-03-16  08:00-18:00  10h\n" in table
    assert f"{file}:1: 'calendar' is missing" in shown("--file", file, "--week", "2026-W12", code=1)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--file", "FILE", "--week", "2026-W60"], "“2026-W60” is not a week; write it like 2016-W12.\n"),
        (["--file", "FILE", "--week", "christmas"], "“christmas” is not a week; write it like 2016-W12.\n"),
        (
            ["--file", "FILE", "--site", "Brooklyn"],
            "“Brooklyn” is not a site; choose one of Annex, Lord Howe, Yard.\n",
        ),
        (["--file", "ACME", "--site", "Brooklyn"], "“Brooklyn” is not a site; there is none.\n"),
        (
            ["--file", "ACME", "--calendar", "nights"],
            "“nights” is not a calendar; did you mean always?\n",
        ),
        (
            ["--file", "FILE", "--calendar", "x", "--site", "Yard"],
            "--site and --calendar ask for two calendars; give one of them.\n",
        ),
        ([], "Name a customer, or give an agreement file with --file.\n"),
        (
            ["Depot Ltd", "--file", "FILE"],
            "Name a customer, or give an agreement file with --file; not both.\n",
        ),
        (
            ["--file", "nowhere.yaml"],
            "nowhere.yaml:1: cannot be read: No such file or directory\nNothing was changed.\n",
        ),
        (["Nobody"], "No agreement names a customer “Nobody”.\n"),
        (["Depot"], "No agreement names a customer “Depot”. Did you mean Depot Ltd?\n"),
        (
            ["Depot Ltd", "--week", "2025-W50"],
            "The agreement of Depot Ltd begins 2025-12-31 23:00 UTC, "
            "so nothing was promised at 2025-12-07 23:00 UTC.\n",
        ),
        (
            ["Depot Ltd", "--database-url", "sqlite:///nowhere-at-all/x.db"],
            "The database is busy or away right now; nothing was changed, please try again in a moment.\n",
        ),
    ],
)
def test_what_cannot_be_shown_is_one_sentence(arguments: list[str], sentence: str, file: Path) -> None:
    if arguments and "--file" not in arguments:
        said("agreements", "apply", file)
    words = [{"FILE": str(file), "ACME": str(ACME)}.get(word, word) for word in arguments]
    assert shown(*words, code=1) == sentence
