from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.courier.redelivery import Redelivery
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace.seed import SandboxChannel, SandboxUser
from sla_engine.notifications.notices import LineMessage
from sla_engine.services.upkeep.dead_letters import DeadLetters
from sla_engine.storage import outbox
from sla_engine.storage.database import Database
from sla_engine.storage.migrate import upgrade
from sla_engine.storage.tables.delivery import Outbox

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def slack() -> Iterator[Sandbox]:
    people = [SandboxUser("U0TOM", "tom", "Tom")]
    with Sandbox(people, [SandboxChannel("C0DISPATCH", "dispatch")]) as sandbox:
        yield sandbox


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'redelivery.db'}"
    upgrade(url)
    database = Database(url)
    yield database
    database.close()


def dead_letter(database: Database, error: str) -> None:
    line = LineMessage(incident_key=None, text_key="answer", facts={"text": "hello"})
    with database.transaction() as session:
        outbox.enqueue(session, outbox.NewMessage(key="one", destination="C0DISPATCH", notification=line, at=AT))
        row = session.query(Outbox).one()
        row.state, row.error = "dead", error


def redelivery(database: Database, slack: Sandbox) -> Redelivery:
    client = WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    return Redelivery(DeadLetters(database), client, clock=lambda: AT)


def test_a_message_goes_out_again_once_the_bot_was_invited(database: Database, slack: Sandbox) -> None:
    slack.remove_bot("C0DISPATCH")
    dead_letter(database, "not_in_channel")
    redelivery(database, slack).resend_unblocked()
    assert DeadLetters(database).counts()["dead"] == 1
    slack.invite_bot("C0DISPATCH")
    redelivery(database, slack).resend_unblocked()
    assert DeadLetters(database).counts() == {"pending": 1, "sending": 0, "unknown": 0, "dead": 0}


def test_a_message_goes_out_again_once_the_token_works(database: Database, slack: Sandbox) -> None:
    slack.revoke_tokens()
    dead_letter(database, "token_revoked")
    redelivery(database, slack).resend_unblocked()
    assert DeadLetters(database).counts()["dead"] == 1
    slack.restore_tokens()
    redelivery(database, slack).resend_unblocked()
    assert DeadLetters(database).counts()["pending"] == 1


def test_a_message_that_can_never_be_delivered_asks_slack_nothing(database: Database, slack: Sandbox) -> None:
    dead_letter(database, "invalid_blocks")
    redelivery(database, slack).resend_unblocked()
    assert DeadLetters(database).counts()["dead"] == 1
    assert slack.calls() == []
