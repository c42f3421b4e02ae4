"""`sla-bot agreements diff` and `sla-bot reprocess`, as they are typed and as they answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sla_engine.cli import main, options
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.services.versions import preview, reproject
from sla_engine.services.versions import reprocess as reprocessing
from sla_engine.storage.errors import StorageBusy
from tests.note_desk import TOM, at
from tests.version_desk import DEPOT, TARGETS, VersionDesk, depot

pytestmark = pytest.mark.sqlite_only


class Terminal:
    """A terminal beside a desk; what is typed happens at `now`."""

    def __init__(self, desk: VersionDesk, monkeypatch: pytest.MonkeyPatch) -> None:
        self.desk = desk
        self.now = at("mon 09:00")
        monkeypatch.setenv("DATABASE_URL", desk.database.url)
        monkeypatch.setattr(options, "now", lambda _: self.now)

    def said(self, *arguments: object, now: datetime | None = None, code: int = 0) -> str:
        self.now = now or self.now
        result = CliRunner().invoke(main.app, [str(argument) for argument in arguments])
        assert result.exit_code == code, result.output
        return result.output

    def reprocess(self, *more: object, now: datetime | None = None, code: int = 0) -> str:
        return self.said("reprocess", "--customer", DEPOT, "--since", "2026-02-09", *more, now=now, code=code)


@pytest.fixture
def terminal(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    desk = VersionDesk(database_url, tmp_path, depot())
    yield Terminal(desk, monkeypatch)
    desk.close()


def answered(desk: VersionDesk, now: datetime, priority: Priority = Priority.P4) -> str:
    key = desk.open_for_depot(now, priority)
    desk.incidents.respond(key, text="", by=TOM, now=now)
    return key


def test_a_diff_is_a_table_of_what_would_change(terminal: Terminal) -> None:
    desk = terminal.desk
    answered(desk, at("thu 10:00"))
    answered(desk, at("thu 10:00"), Priority.P1)
    paused = answered(desk, at("thu 10:00"), Priority.P3)
    desk.incidents.pause(paused, reason=PauseReason.VENDOR, by=TOM, now=at("thu 11:00"))
    file = desk.file(depot(closed="2026-02-09", targets={**TARGETS, "P3": "8h"}))
    shown = terminal.said("agreements", "diff", file, now=at("thu 12:00"))
    assert (
        shown
        == """\
Depot Ltd: 2 of 3 open incidents would change.
Times are America/New_York.

incident    clock    target    due before                due after
----------  -------  --------  ------------------------  ------------------------  --
INC-1001    Fix      24h       Tue 2026-02-10 10:00 EST  Wed 2026-02-11 10:00 EST
INC-1003    Fix      16h → 8h  paused, 15h left          paused, 7h left
"""
    )
    assert "INC-1002    Fix      4h        Thu 2026-02-05 14:00 EST  Thu 2026-02-05 14:00 EST  stays" in terminal.said(
        "agreements", "diff", file, "--all"
    )
    assert "24h  Tue" not in terminal.said("agreements", "show", DEPOT)


def test_a_diff_marks_what_it_would_breach(terminal: Terminal) -> None:
    answered(terminal.desk, at("mon 09:00"))
    file = terminal.desk.file(depot(targets={**TARGETS, "P4": "10h"}))
    shown = terminal.said("agreements", "diff", file, now=at("tue 12:00"))
    assert "breached by the change, Tue 2026-02-03 12:00 EST" in shown
    missed = terminal.desk.file(depot(targets={**TARGETS, "P4": "30h"}))
    terminal.desk.look(at("thu 12:00"))
    assert "breached Wed 2026-02-04 17:00 EST" not in terminal.said("agreements", "diff", missed, now=at("wed 12:00"))
    assert "breached Thu 2026-02-05 09:00 EST" in terminal.said("agreements", "diff", missed, now=at("thu 12:00"))


def test_a_diff_that_moves_nothing_says_so(terminal: Terminal) -> None:
    answered(terminal.desk, at("mon 09:00"))
    file = terminal.desk.file(depot(closed="2026-12-24"))
    assert terminal.said("agreements", "diff", file) == "Depot Ltd: no open incident changes (1 open).\n"


def test_a_diff_for_another_program_is_json(terminal: Terminal) -> None:
    key = answered(terminal.desk, at("thu 10:00"))
    file = terminal.desk.file(depot(closed="2026-02-09"))
    (found,) = json.loads(terminal.said("agreements", "diff", file, "--json", now=at("thu 12:00")))["customers"]
    assert (found["customer"], found["open_incidents"], found["changed_incidents"]) == (DEPOT, 1, 1)
    (clock,) = found["clocks"]
    assert (clock["incident"], clock["metric"], clock["breached_on_change"]) == (key, "resolution", None)
    assert clock["before"] == {
        "state": "running",
        "target_seconds": 86400,
        "left_seconds": 79200,
        "due": "2026-02-10T15:00:00+00:00",
        "breached": None,
    }
    assert clock["after"]["due"] == "2026-02-11T15:00:00+00:00"


def test_a_diff_of_a_wrong_file_ends_with_its_problems(terminal: Terminal) -> None:
    file = terminal.desk.file(depot(response="1d"))
    assert "'1d' could mean" in terminal.said("agreements", "diff", file, code=1)


def test_applying_says_how_many_clocks_moved(terminal: Terminal) -> None:
    answered(terminal.desk, at("thu 10:00"))
    file = terminal.desk.file(depot(closed="2026-02-09"))
    assert "1 clock of open incidents moved." in terminal.said("agreements", "apply", file, now=at("thu 12:00"))
    assert "moved" not in terminal.said("agreements", "apply", file)


@pytest.fixture
def forgotten(terminal: Terminal) -> str:
    desk = terminal.desk
    key = answered(desk, at("fri 13:00"), Priority.P2)
    desk.look(at("mon 14:00", week=1))
    desk.incidents.resolve(key, text="", by=TOM, now=at("tue 12:00", week=1))
    desk.apply(depot(effective="2026-01-02", closed="2026-02-09"), at("wed 08:00", week=1))
    terminal.now = at("wed 09:00", week=1)
    return key


def test_reprocessing_shows_the_difference_and_how_to_approve_it(terminal: Terminal, forgotten: str) -> None:
    facts = terminal.desk.events()
    assert (
        terminal.reprocess()
        == f"""\
Depot Ltd, counted anew since Mon 2026-02-09 00:00 EST: 1 of 1 incident would change.
Times are America/New_York.

incident    clock    open time    due before                due after                 outcome
----------  -------  -----------  ------------------------  ------------------------  ------------
{forgotten}    Fix      15h → 7h     Mon 2026-02-09 13:00 EST  Tue 2026-02-10 13:00 EST  missed → met

Digests with other figures: 2026-W07

Nothing was changed. Approve it with --approve --reason "…".
"""
    )
    assert terminal.desk.events() == facts


def test_reprocessing_is_approved_once(terminal: Terminal, forgotten: str) -> None:
    shown = terminal.reprocess("--approve", "--reason", "Founders' Day", "--by", "mira")
    assert "1 of 1 incident corrected." in shown
    assert "Nothing was changed" not in shown
    assert [row["by"] for row in terminal.desk.facts(forgotten, "reprocessed")] == ["U0MIRA"]
    again = terminal.reprocess("--approve", "--reason", "Founders' Day")
    assert again == "Depot Ltd: nothing to correct since Mon 2026-02-09 00:00 EST (1 incident looked at).\n"


def test_reprocessing_for_another_program_is_json(terminal: Terminal, forgotten: str) -> None:
    found = json.loads(terminal.reprocess("--json"))
    assert (found["since"], found["approved_by"], found["digest_weeks"]) == (
        "2026-02-09T05:00:00+00:00",
        None,
        ["2026-W07"],
    )
    (clock,) = found["clocks"]
    assert (clock["incident"], clock["before"]["met"], clock["after"]["met"]) == (forgotten, False, True)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--approve",), '--approve needs --reason "why", for the history. Nothing was changed.'),
        (("--approve", "--reason", " "), '--approve needs --reason "why", for the history. Nothing was changed.'),
        (
            ("--since", "soon"),
            "“soon” is not a time I can read; write it like 30m, 15:00, tomorrow 9am, monday or 2026-12-01 14:00.",
        ),
        (("--since", "1d"), "“1d” could mean 24 hours or a working day; write 24h, or say when, like tomorrow 9am."),
        (
            ("--since", "2026-03-01"),
            "2026-03-01 05:00 UTC is still to come, so nothing can have happened then; check the time.",
        ),
        (("--customer", "Depo"), "No agreement names a customer “Depo”. Did you mean Depot Ltd?"),
        (("--customer", "Nobody"), "No agreement names a customer “Nobody”."),
        (
            ("--approve", "--reason", "x", "--by", "tom"),
            "Only a service manager or somebody above may approve a reprocessing. Please ask Mira Kaplan.",
        ),
        (
            ("--approve", "--reason", "x", "--by", "Nobody"),
            "“Nobody” is not among our people; an admin can add them to the people file.",
        ),
    ],
)
def test_what_cannot_be_reprocessed_is_said_in_one_sentence(
    terminal: Terminal, arguments: tuple[str, ...], sentence: str
) -> None:
    facts = terminal.desk.events()
    assert terminal.reprocess(*arguments, now=at("wed 09:00", week=1), code=1) == f"{sentence}\n"
    assert terminal.desk.events() == facts


def test_reprocessing_needs_an_agreement_that_has_begun(terminal: Terminal) -> None:
    terminal.desk.store(depot(effective="2027-01-01").replace(DEPOT, "Later Ltd"), at("mon 09:00"))
    shown = terminal.reprocess("--customer", "Later Ltd", now=at("wed 09:00", week=1), code=1)
    assert shown == (
        "The agreement of Later Ltd begins 2027-01-01 05:00 UTC, so nothing was promised at 2026-02-11 14:00 UTC.\n"
    )


def test_reprocessing_needs_people(terminal: Terminal, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/empty.db"
    terminal.said("agreements", "apply", terminal.desk.file(depot()), "--database-url", url)
    shown = terminal.reprocess("--database-url", url, now=at("wed 09:00", week=1), code=1)
    assert shown == "Nothing is set up yet: an admin has to apply “msp.yaml” first.\n"


def test_what_a_busy_database_leaves_is_said(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    answered(terminal.desk, at("thu 10:00"))

    def busy(*_: object, **__: object) -> None:
        raise StorageBusy

    monkeypatch.setattr(reproject.Reprojection, "run", busy)
    file = terminal.desk.file(depot(closed="2026-02-09"))
    shown = terminal.said("agreements", "apply", file, now=at("thu 12:00"), code=1)
    assert shown.endswith("It is in force. Open incidents were not all measured anew; a worker goes on with that.\n")
    assert terminal.desk.reprojection.go_on(now=at("thu 12:01"))


def test_a_clock_that_is_only_promised_now_has_nothing_before(terminal: Terminal) -> None:
    desk = terminal.desk
    key = answered(desk, at("mon 09:00"))
    with_plan = depot(effective="2026-01-02").replace("P4: {first", "P4: {resolution_plan: 10h, first")
    shown = terminal.said("agreements", "diff", desk.file(with_plan), now=at("mon 10:00"))
    assert f"{key}    Plan     – → 10h   –             Tue 2026-02-03 11:00 EST" in shown
    told = json.loads(terminal.said("agreements", "diff", desk.file(with_plan), "--json"))["customers"][0]["clocks"]
    assert [clock["before"] for clock in told] == [None]


def test_corrections_of_what_is_open_or_was_not_promised_are_told_too(terminal: Terminal) -> None:
    desk = terminal.desk
    key = answered(desk, at("mon 09:00"))
    desk.incidents.resolve(key, text="", by=TOM, now=at("mon 12:00"))
    waits = answered(desk, at("fri 16:00"))
    with_plan = depot(effective="2026-01-02", closed="2026-02-09").replace(
        "P4: {first", "P4: {resolution_plan: 2h, first"
    )
    desk.apply(with_plan, at("tue 09:00", week=1))
    since = ("--since", "2026-02-02")
    shown = terminal.reprocess(*since, now=at("tue 09:30", week=1))
    rows = [line.split("  ") for line in shown.splitlines() if line.startswith("INC-")]
    assert [[cell.strip() for cell in row if cell.strip()] for row in rows] == [
        [key, "Plan", "– → 3h", "–", "Mon 2026-02-02 11:00 EST", "– → missed"],
        [waits, "First reply", "0s", "Mon 2026-02-09 10:00 EST", "Tue 2026-02-10 10:00 EST", "met"],
        [waits, "Fix", "9h30m → 1h30m", "Wed 2026-02-11 16:00 EST", "Thu 2026-02-12 16:00 EST", "open"],
    ]
    told = json.loads(terminal.reprocess(*since, "--json"))["clocks"]
    assert [clock["before"] is None for clock in told if clock["incident"] == key] == [True]


def test_a_busy_database_is_said_in_one_sentence(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> None:
        raise StorageBusy

    monkeypatch.setattr(preview, "diff", busy)
    monkeypatch.setattr(reprocessing.Reprocessing, "preview", busy)
    shown = terminal.said("agreements", "diff", terminal.desk.file(depot()), code=1)
    assert shown == ("The database is busy or away right now; nothing was changed, please try again in a moment.\n")
    assert terminal.reprocess(now=at("wed 09:00", week=1), code=1) == (
        "The database is busy or away right now. What was corrected stays; run it again to go on.\n"
    )


def test_without_being_told_the_present_is_the_machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/empty.db")
    file = tmp_path / "depot.yaml"
    file.write_text(depot(), encoding="utf-8")
    result = CliRunner().invoke(main.app, ["agreements", "diff", str(file)])
    assert result.output == "Depot Ltd: no open incident changes (0 open).\n"


def test_a_database_that_is_gone_is_said_in_one_sentence(terminal: Terminal, tmp_path: Path) -> None:
    gone = f"sqlite:///{tmp_path}/nowhere/x.db"
    assert terminal.reprocess("--database-url", gone, code=1).count("\n") == 1
    file = terminal.desk.file(depot())
    assert terminal.said("agreements", "diff", file, "--database-url", gone, code=1).count("\n") == 1
