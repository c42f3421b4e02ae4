"""One kept request that fails, whatever it raises, holds up no other; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from slack_sdk import WebClient
from sqlalchemy.exc import IntegrityError

from bot.requests.front_desk import UNFINISHED_AFTER, FrontDesk
from bot.requests.private_answers import PrivateAnswers
from bot.requests.request import Answer, Ask
from bot.requests.responder import Responder
from bot.views.rendered import Rendered
from sla_engine.domain.incidents.errors import NotPaused
from sla_engine.domain.upkeep.retries import URGENT, Queue
from sla_engine.services.upkeep.kept_requests import Requests
from sla_engine.storage import failures
from sla_engine.storage.database import Database
from tests.fixed_time import FixedTime

pytestmark = pytest.mark.both_databases

NOON = datetime(2026, 2, 2, 17, tzinfo=UTC)
ERRORS = {
    "refusal": NotPaused("INC-1"),
    "KeyError": KeyError("until"),
    "IntegrityError": IntegrityError("INSERT", {}, Exception("unique")),
}


class AnswerRecorder:
    """Remembers what people read."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def send(self, _body: object, answer: Rendered, *, replaces: bool = False) -> bool:  # noqa: ARG002 - as it is called
        self.texts.append(answer.text)
        return True


class Desk:
    """A front desk whose first listener fails for one text, and real time within reach."""

    def __init__(self, database: Database, error: Exception) -> None:
        self.real = NOON
        self.done: list[str] = []
        self.read = AnswerRecorder()
        self.error = error
        requests = Requests(database)
        responder = Responder(
            cast("PrivateAnswers", self.read), client=WebClient(), requests=requests, real_clock=lambda: self.real
        )
        self.desk = FrontDesk(requests, time=FixedTime(NOON), real_clock=lambda: self.real, responder=responder)
        self.desk.on_command(self.listen)
        for number, text in enumerate(("poison 1042", "take INC-1", "take INC-2")):
            trigger = f"1.1.{number}"
            kept = {"command": "/sla", "text": text, "user_id": "U0TOM", "trigger_id": trigger}
            self.desk.requests.take(f"slack:{trigger}", kept, at=NOON)

    def listen(self, ask: Ask) -> Answer:
        if ask.text.startswith("poison"):
            raise self.error
        self.done.append(ask.text)
        return None

    def look(self, after: timedelta) -> None:
        self.real += after
        self.desk.carry_out_unfinished()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.close()


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
def test_one_failing_request_holds_up_no_other_and_its_author_hears_of_it(database: Database, error: Exception) -> None:
    at = Desk(database, error)
    at.look(UNFINISHED_AFTER + timedelta(seconds=1))
    assert at.done == ["take INC-1", "take INC-2"]
    for wait in URGENT.waits:
        at.look(wait)
    with database.reading() as session:
        kept = [failure for failure in failures.unresolved(session) if failure.queue is Queue.REQUEST]
    if isinstance(error, NotPaused):
        assert (kept, at.read.texts) == ([], ["INC-1 is not paused, so there is nothing to resume."])
    else:
        assert [(failure.tries, failure.next_try_at) for failure in kept] == [(5, None)]
        assert "Your “poison 1042” was not done; nothing was changed." in at.read.texts[-1]
    assert at.done == ["take INC-1", "take INC-2"]
