"""The database goes away in the middle of deliveries and comes back: nothing is lost, nothing is doubled."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator

import pytest

from bot.courier.courier import Courier
from sla_engine.storage.database import Database
from sla_engine.storage.errors import StorageBusy
from tests.databases import migrate
from tests.faults.carrying import SHORT_LEASE, courier, incidents, settle, states, tell
from tests.faults.hostile_slack import HostileSlack
from tests.polling import until
from tests.postgresql_server import NoPostgresql, PostgresqlServer, start_server

CRASHES = 4


@pytest.fixture
def server() -> Iterator[PostgresqlServer]:
    """A PostgreSQL of this test's own, because it is going to be crashed."""
    try:
        started = start_server()
    except NoPostgresql as reason:
        pytest.skip(str(reason))
    yield started
    started.stop()


def work(carrier: Courier, over: threading.Event) -> None:
    """What the worker does: a database that is gone is waited for."""
    while not over.is_set():
        try:
            carried = carrier.run_once()
        except StorageBusy:
            carried = 0
        if carried == 0:
            over.wait(0.02)


def test_immediate_stops_of_postgresql_lose_and_double_nothing(
    server: PostgresqlServer, slack: HostileSlack, seed: int
) -> None:
    chance = random.Random(seed)
    url = server.url("postgres")
    migrate(url)
    outbox = Database(url, wait_seconds=5)
    mine = incidents(outbox, 10)
    wanted = [f"{incident}/{number}" for number in range(12) for incident in mine]
    for words in wanted:
        incident = int(words.split("/")[0])
        tell(outbox, words, incident_id=incident, destination=f"C{incident % 4}")
    over = threading.Event()
    carriers = [courier(Database(url, wait_seconds=5), slack, rules=SHORT_LEASE) for _ in range(2)]
    workers = [threading.Thread(target=work, args=(carrier, over)) for carrier in carriers]
    for worker in workers:
        worker.start()
    for _ in range(CRASHES):
        over.wait(chance.uniform(0.05, 0.3))
        server.crash()
        seen = len(slack.calls)
        server.start()
        everything_sent = len(slack.visible()) == len(wanted)
        until(lambda: len(slack.calls) > seen or everything_sent, what="deliveries went on")  # noqa: B023
    over.set()
    for worker in workers:
        worker.join()
    settle(courier(outbox, slack))
    for carrier in carriers:
        carrier.messages.database.close()

    assert sorted(slack.texts()) == sorted(wanted), f"seed {seed}"
    assert states(outbox) == {"sent": len(wanted)}
    for incident in mine:
        there = [int(text.split("/")[1]) for text in slack.texts() if text.startswith(f"{incident}/")]
        assert there == sorted(there)
    outbox.close()
