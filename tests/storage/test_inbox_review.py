"""`sla-bot inbox` and the counts: what was refused, failed, waits or is held, and what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot.figures import exposition
from bot.views.health import delivery_sentences
from sla_engine.cli.inbox import add_inbox, printable
from sla_engine.cli.options import CommandGroup
from sla_engine.domain.upkeep.retries import URGENT
from sla_engine.intake.authentication import SIGNATURE_HEADER, sign
from sla_engine.intake.inbox_review import InboxReview, Review
from sla_engine.intake.reception import Reception
from sla_engine.services.agreements import agreement_files
from sla_engine.services.intake.errors import NothingToReplay, PayloadInvalid, UnknownDelivery
from sla_engine.services.intake.match import ReportOutcome
from sla_engine.services.intake.receive import Intake
from sla_engine.services.upkeep.health import HealthCheck, HealthFacts
from sla_engine.storage import inbox
from sla_engine.storage.database import Database
from tests.intake_desk import NOON, ROOT, found, intake_for, tell, the_incident, ticket, told_facts

LATER = NOON + timedelta(hours=4)
HOSTILE = "No \x1b]0;owned\x07\x1b[2J print \u202egnihton\r\u009b"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    found = Database(database_url, wait_seconds=20)
    yield found
    found.close()


@pytest.fixture
def intake(database: Database) -> Intake:
    return intake_for(database, "acme-dental")


@pytest.fixture
def review(intake: Intake) -> InboxReview:
    return InboxReview(Reception(intake, secrets=["hush"], bearer_tokens=[]))


def refuse(review: InboxReview, payload: object) -> None:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    headers = {SIGNATURE_HEADER: sign(body, secret="hush", at=NOON)}
    with pytest.raises(PayloadInvalid):
        review.reception.accept("webhook", headers, body, now=LATER, real_now=NOON)


def fail(intake: Intake, monkeypatch: pytest.MonkeyPatch, *, tries: int) -> None:
    """A delivery that fails so often."""

    def breaks(*_: object, **__: object) -> None:
        raise KeyError("customer")

    real = NOON
    with monkeypatch.context() as patch:
        patch.setattr(intake, "_take", breaks)
        patch.setattr(intake.unit_of_work, "real_clock", lambda: real)
        tell(intake, ticket("opened", external_id="T-9"))
        for wait in URGENT.waits[: tries - 1]:
            real += wait
            intake.catch_up(now=real)


def facts_of(intake: Intake, *, after: timedelta = timedelta(0)) -> HealthFacts:
    return HealthCheck(intake.unit_of_work.database).facts(now=NOON + after)


def test_each_kind_is_listed_with_its_reason_and_counted(
    intake: Intake, review: InboxReview, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(review, ticket("opened", at="yesterday"))
    fail(intake, monkeypatch, tries=5)
    fail(intake, monkeypatch, tries=2)
    tell(intake, ticket("agent_replied", external_id="T-2"), ticket("customer_replied", external_id="T-2"))
    with intake.unit_of_work.database.transaction() as session:
        inbox.take(session, inbox_id="slack:click", source="slack", payload={}, received_at=NOON)
    listed = {item.review: (item.about, item.reason) for item in review.list()}
    assert len(review.list()) == len(listed) == len(Review)
    assert listed[Review.REFUSED][0] == "T-1"
    assert listed[Review.REFUSED][1].startswith("at must be an ISO 8601 time")
    assert listed[Review.FAILED] == listed[Review.WAITING] == ("T-9", "KeyError: 'customer'")
    held = review.list()[-1]
    assert (held.review, held.about) == (Review.HELD, "T-2")
    assert held.reason == "2 deliveries came for it, and it was not opened"
    facts = facts_of(intake, after=timedelta(hours=2))
    assert delivery_sentences(facts) == [
        "1 delivery refused: see sla-bot inbox list.",
        "1 delivery failed: see sla-bot inbox list.",
        "1 ticket told of and never opened: see sla-bot inbox list.",
    ]
    assert facts_of(intake).held_tickets == 0
    shown = exposition(facts).decode()
    for state, number in (("refused", 1), ("failed", 1), ("waiting", 2), ("held", 1)):
        assert f'sla_inbox{{state="{state}"}} {number}.0' in shown


def test_nothing_needs_anybody_after_a_quiet_day(intake: Intake, review: InboxReview) -> None:
    tell(intake, ticket("opened"), ticket("agent_replied", 5))
    assert review.list() == ()
    assert delivery_sentences(facts_of(intake, after=timedelta(hours=2))) == []


def test_what_was_refused_is_taken_in_again_once_we_mended_it(
    intake: Intake, review: InboxReview, tmp_path: Path
) -> None:
    """The site was missing from the agreement; now it is there."""
    agreement = ROOT / "examples" / "agreements" / "beta-logistics.yaml"
    agreement_files.apply(intake.unit_of_work.database, [agreement], by="test", now=NOON - timedelta(days=1))
    refuse(review, ticket("opened", customer="Beta Logistics", site="Bremen"))
    (item,) = review.list()
    with pytest.raises(PayloadInvalid, match="site must be one of"):
        review.replay(item.handle, now=LATER)
    assert len(review.list()) == 1
    corrected = agreement.read_text().replace("Hamburg depot", "Bremen").replace("2026-01-01", "2026-01-02")
    changed = tmp_path / "beta.yaml"
    changed.write_text(corrected)
    agreement_files.apply(intake.unit_of_work.database, [changed], by="test", now=NOON - timedelta(hours=20))
    done = review.replay(item.handle[:4], now=LATER)
    assert [each.outcome for each in done.taken] == [ReportOutcome.OPENED]
    assert the_incident(intake).site == "Bremen"
    assert the_incident(intake).opened_at == NOON
    assert review.list() == ()
    with pytest.raises(UnknownDelivery):
        review.replay(item.handle, now=LATER)


def test_what_failed_and_what_waits_is_worked_on_now_with_its_own_time(
    intake: Intake, review: InboxReview, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tries in (5, 2):
        fail(intake, monkeypatch, tries=tries)
        (item,) = review.list()
        wanted = ReportOutcome.OPENED if tries == len(URGENT.waits) + 1 else ReportOutcome.NOTHING_NEW
        assert [each.outcome for each in review.replay(item.id, now=LATER).taken] == [wanted]
        assert review.list() == ()
    record = found(intake, "T-9")
    assert record is not None
    assert record.opened_at == NOON


def test_what_still_fails_is_said_to_and_a_worker_goes_on(
    intake: Intake, review: InboxReview, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(intake, monkeypatch, tries=5)

    def breaks(*_: object, **__: object) -> None:
        raise KeyError("again")

    monkeypatch.setattr(intake, "_take", breaks)
    (item,) = review.list()
    assert not review.replay(item.handle, now=LATER).is_done
    (item,) = review.list()
    assert (item.review, item.reason) == (Review.WAITING, "KeyError: 'again'")


@pytest.mark.both_databases
def test_what_is_held_cannot_be_taken_in_again_but_dropped(intake: Intake, review: InboxReview) -> None:
    tell(intake, ticket("agent_replied"))
    (item,) = review.list()
    with pytest.raises(NothingToReplay):
        review.replay(item.handle, now=LATER)
    _, payloads = review.show(item.handle)
    assert [payload["event"] for payload in payloads] == ["agent_replied"]
    review.drop(item.handle, now=LATER)
    assert review.list() == ()
    tell(intake, ticket("opened"))
    assert "Responded" in told_facts(intake, the_incident(intake))


def test_what_was_dropped_is_neither_counted_nor_worked_on(
    intake: Intake, review: InboxReview, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(review, b"{")
    fail(intake, monkeypatch, tries=2)
    for item in review.list():
        review.drop(item.handle, now=LATER)
    assert review.list() == ()
    assert delivery_sentences(facts_of(intake, after=timedelta(hours=2))) == []
    monkeypatch.setattr(intake.unit_of_work, "real_clock", lambda: LATER)
    assert intake.catch_up(now=LATER) == 0
    assert found(intake, "T-9") is None


def test_a_name_that_may_mean_several_names_them(review: InboxReview) -> None:
    for number in range(20):
        refuse(review, f"{{{number}".encode())
    first = sorted(item.handle[0] for item in review.list())
    shared = next(letter for letter in first if first.count(letter) > 1)
    with pytest.raises(UnknownDelivery) as unknown:
        review.show(shared)
    assert len(unknown.value.several) == first.count(shared)


# ---------------------------------------------------------------------- the commands


@pytest.fixture
def terminal(database: Database, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    monkeypatch.setenv("DATABASE_URL", database.url)
    app = typer.Typer(cls=CommandGroup)
    add_inbox(app)

    @app.callback()
    def several() -> None:
        """So that `inbox` is a command of several."""

    return app


def run(terminal: typer.Typer, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(terminal, ["inbox", *words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


@pytest.mark.sqlite_only
def test_the_commands_list_show_replay_and_drop(terminal: typer.Typer, review: InboxReview) -> None:
    assert run(terminal, "list") == (0, "No delivery needs anybody.\n")
    refuse(review, ticket("opened", at="yesterday", title=HOSTILE))
    (item,) = review.list()
    code, listed = run(terminal, "list")
    assert code == 0
    assert item.handle in listed
    assert "refused" in listed
    code, shown = run(terminal, "show", item.handle)
    assert code == 0
    assert '"event": "opened"' in shown
    assert "\\u202e" in shown
    assert all(mark.isprintable() or mark == "\n" for mark in listed + shown)
    assert run(terminal, "replay", item.handle)[0] == 1
    code, said = run(terminal, "drop", item.handle)
    assert (code, "is dropped" in said) == (0, True)
    assert run(terminal, "list") == (0, "No delivery needs anybody.\n")


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "nothing"), "No delivery that needs somebody is called “nothing”; see sla-bot inbox list."),
        (("replay", "x\x1b[2J"), "No delivery that needs somebody is called “x[2J”; see sla-bot inbox list."),
        (("drop",), "Say which: their names, or --every refused. Nothing was changed."),
        (("drop", "--every", "bad"), "--every is one of refused, failed, waiting, held, not bad."),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_1(
    terminal: typer.Typer, intake: Intake, words: tuple[str, ...], said: str
) -> None:
    assert run(terminal, *words) == (1, said + "\n")
    assert found(intake) is None


@pytest.mark.sqlite_only
@pytest.mark.parametrize("word", ["show", "replay"])
def test_what_cannot_be_read_is_said_to_and_can_be_dropped(
    terminal: typer.Typer, intake: Intake, review: InboxReview, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    fail(intake, monkeypatch, tries=5)
    with intake.unit_of_work.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE inbox SET payload = 'garbage{' WHERE state = 'failed'")
    (item,) = review.list()
    code, said = run(terminal, word, item.handle)
    assert (code, "cannot be read" in said, said.count("\n")) == (1, True, 1)
    assert run(terminal, "drop", item.handle)[0] == 0
    assert review.list() == ()


@pytest.mark.sqlite_only
def test_all_of_one_kind_can_be_dropped_at_once(terminal: typer.Typer, intake: Intake, review: InboxReview) -> None:
    for number in range(3):
        refuse(review, f"{{{number}".encode())
    tell(intake, ticket("agent_replied"))
    assert run(terminal, "drop", "--every", "refused")[1].count("is dropped") == 3
    assert [item.review for item in review.list()] == [Review.HELD]
    assert run(terminal, "drop", "--every", "refused") == (0, "There is none; nothing was changed.\n")


@pytest.mark.parametrize("text", [HOSTILE, "\x00\x7f\x85", "a\u2028b\u200bc", "tab\tend"])
def test_no_text_moves_the_cursor_or_turns_the_writing_round(text: str) -> None:
    assert all(mark.isprintable() for mark in printable(text))


def test_plain_text_is_printed_as_it_is() -> None:
    assert printable("Größe 91 % – 東京 😀\nnext") == "Größe 91 % – 東京 😀\nnext"
