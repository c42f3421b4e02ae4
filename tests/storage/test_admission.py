"""Who is let in: the workspace is remembered, a colleague's standing looked up, a refusal kept."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sla_engine.domain.agreements.access import Membership, Origin, Workspace
from sla_engine.domain.agreements.errors import NotNamed, NotSetUp, Outsider, StandingUnknown, WorkspaceUnknown
from sla_engine.domain.errors import SlaError
from sla_engine.services.agreements import people_files
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.services.upkeep.admission import FRESH_FOR, KEPT_FOR, Admission
from sla_engine.storage.database import Database
from sla_engine.storage.tables.upkeep import Refusal

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NOW = datetime(2026, 2, 2, 15, tzinfo=UTC)
OURS = Workspace(team="T1", name="Northwind")
FROM_OURS = Origin(team="T1", person_team="T1")
TOM, NEW = "U0TOM", "U0NEW"


class People:
    """Slack's directory: what it answers, and what it was asked."""

    def __init__(self, *, workspace: Workspace | None = OURS, standing: Membership | None = Membership.MEMBER) -> None:
        self.ours = workspace
        self.is_what = standing
        self.asked: list[str] = []

    def workspace(self) -> Workspace | None:
        self.asked.append("workspace")
        return self.ours

    def membership(self, person: str, workspace: Workspace) -> Membership | None:
        assert workspace == OURS
        self.asked.append(person)
        return self.is_what


class Hall:
    """Admission on a database, with a real clock that one turns."""

    def __init__(self, url: str, folder: Path) -> None:
        self.database = Database(url)
        self.real = NOW
        self.folder = folder
        self.admission = Admission(UnitOfWork(self.database, real_clock=lambda: self.real))

    def admits(self, access: str) -> None:
        """Put the sample people in force, with this `access`."""
        file = self.folder / "msp.yaml"
        text = (EXAMPLES / "msp.yaml").read_text(encoding="utf-8")
        kept = [line for line in text.splitlines() if not line.startswith("access:")]
        file.write_text("\n".join([*kept, f"access: {access}"]), encoding="utf-8")
        people_files.apply(self.database, file, by="test", now=NOW)

    def asks(self, person: str, directory: People | None, *, origin: Origin = FROM_OURS) -> type[SlaError] | None:
        """The refusal somebody gets, or None."""
        try:
            self.admission.admit(person, origin, now=NOW, directory=directory)
        except SlaError as refusal:
            return type(refusal)
        return None

    def refused(self) -> list[tuple[str, str, str]]:
        """Who was refused what, as it is kept."""
        with self.database.reading() as session:
            return [(each.by, each.action, each.error) for each in session.query(Refusal).order_by(Refusal.id)]


@pytest.fixture
def hall(database_url: str, tmp_path: Path) -> Iterator[Hall]:
    made = Hall(database_url, tmp_path)
    yield made
    made.database.close()


def test_before_msp_yaml_nobody_is_let_in(hall: Hall) -> None:
    assert hall.asks(TOM, People()) is NotSetUp


def test_the_workspace_is_asked_for_once_and_remembered(hall: Hall) -> None:
    hall.admits("named")
    away = People(workspace=None)
    assert [hall.asks(TOM, None), hall.asks(TOM, away), hall.asks(TOM, away)] == [WorkspaceUnknown] * 3
    assert hall.refused() == [], "who has to wait was not turned away"
    slack = People()
    assert [hall.asks(TOM, slack), hall.asks(TOM, slack), hall.asks(TOM, away), hall.asks(TOM, None)] == [None] * 4
    assert (slack.asked, away.asked) == (["workspace"], ["workspace"] * 2), "whom the file names is not looked up"
    assert hall.admission.workspace() == OURS


def test_what_slack_says_later_replaces_what_was_remembered_and_silence_does_not(hall: Hall) -> None:
    hall.admits("named")
    hall.admission.learn(People())
    assert hall.admission.learn(People(workspace=None)) is None
    assert hall.admission.workspace() == OURS
    moved = Workspace(team="T2")
    assert hall.admission.learn(People(workspace=moved)) == moved
    assert hall.asks(TOM, None) is Outsider
    assert hall.asks(TOM, None, origin=Origin(team="T2")) is None


def test_other_teams_and_apps_are_refused_even_by_name_and_that_is_kept(hall: Hall) -> None:
    hall.admits("workspace")
    hall.admission.learn(People(workspace=Workspace(team="T1", app="A1")))
    for origin in (Origin(team="T2"), Origin(team="T1", person_team="T2"), Origin(team="T1", app="A2")):
        assert hall.asks(TOM, None, origin=origin) is Outsider
    assert hall.refused() == [(TOM, "look", "Outsider: of another workspace")] * 3


@pytest.mark.parametrize(
    ("access", "standing", "refusal", "kept"),
    [
        ("named", Membership.MEMBER, NotNamed, "NotNamed"),
        ("named", Membership.GUEST, Outsider, "Outsider: guest"),
        ("workspace", Membership.MEMBER, None, None),
        ("workspace", Membership.GUEST, Outsider, "Outsider: guest"),
        ("workspace", Membership.BOT, Outsider, "Outsider: bot"),
        ("workspace", Membership.DEACTIVATED, Outsider, "Outsider: deactivated"),
        ("workspace", Membership.STRANGER, Outsider, "Outsider: of another workspace"),
    ],
)
def test_somebody_the_file_does_not_name_is_judged_by_their_standing(
    hall: Hall, access: str, standing: Membership, refusal: type[SlaError] | None, kept: str | None
) -> None:
    hall.admits(access)
    assert hall.asks(NEW, People(standing=standing)) is refusal
    assert hall.refused() == ([(NEW, "look", kept)] if kept else [])
    assert hall.asks(NEW, None) is refusal, "known by now, without asking anybody"


def test_a_standing_is_believed_for_an_hour_and_a_failed_look_up_is_not_kept(hall: Hall) -> None:
    hall.admits("workspace")
    hall.admission.learn(People())
    away = People(standing=None)
    assert [hall.asks(NEW, away), hall.asks(NEW, away), hall.asks(NEW, None)] == [StandingUnknown] * 3
    assert away.asked == [NEW, NEW]
    slack = People()
    assert [hall.asks(NEW, slack), hall.asks(NEW, slack)] == [None, None]
    assert slack.asked == [NEW]
    hall.real += FRESH_FOR
    slack.is_what = Membership.GUEST
    assert [hall.asks(NEW, None), hall.asks(NEW, away)] == [None, None], "while nobody can say otherwise"
    assert hall.asks(NEW, slack) is Outsider
    assert hall.asks(NEW, None) is Outsider
    hall.real += KEPT_FOR
    assert hall.asks(NEW, None) is StandingUnknown


def test_somebody_taken_out_of_the_file_is_not_let_in_any_more(hall: Hall) -> None:
    hall.admits("named")
    assert hall.asks(TOM, People()) is None
    file = hall.folder / "msp.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(line for line in lines if "slack: U0TOM" not in line), encoding="utf-8")
    people_files.apply(hall.database, file, by="test", now=NOW + timedelta(minutes=1))
    assert hall.asks(TOM, People()) is NotNamed


def test_several_processes_may_learn_the_same_at_the_same_moment(hall: Hall) -> None:
    hall.admits("workspace")
    hall.admission.learn(People())
    with ThreadPoolExecutor(8) as together:
        for number in range(5):
            people_at_once = [f"U0NEW{number}"] * 8
            assert list(together.map(lambda person: hall.asks(person, People()), people_at_once)) == [None] * 8
