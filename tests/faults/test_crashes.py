"""`kill -9` and SIGSTOP: whatever dies wherever, every message is there once and in its order."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from sla_engine.storage.database import Database
from sla_engine.time_source import monotonic
from tests.databases import Databases
from tests.faults.carrying import CHANNEL, courier, database, incidents, settle, states, tell
from tests.faults.hostile_slack import Fault, HostileSlack, Trouble, hostile_slack
from tests.polling import PATIENCE_SECONDS, until

pytestmark = pytest.mark.both_databases

SCRIPT = Path(__file__).with_name("doomed_courier.py")
ROOT = SCRIPT.parents[2]
Process = subprocess.Popen[bytes]


def start(url: str, slack: HostileSlack, *, point: str = "", seconds: float = PATIENCE_SECONDS) -> Process:
    command = [sys.executable, str(SCRIPT), url, slack.url, point, str(seconds)]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"PYTHONPATH": str(ROOT)}
    )


@pytest.fixture
def processes() -> Iterator[list[Process]]:
    """Processes of a test; those still there at its end are ended."""
    started: list[Process] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def in_order(slack: HostileSlack, incident: str) -> list[str]:
    return [text for text in slack.texts(CHANNEL) if text.startswith(incident)]


POINTS = [
    "claim",
    "claim committed",
    "before post",
    "post",
    "finish",
    "finish committed",
    "before update",
    "update",
    "before look-up",
    "look-up",
    "before duplicate look-up",
    "duplicate look-up",
    "before delete",
    "delete",
    "duplicate check finished",
]
OF_DELETIONS = [
    "claim", "claim committed", "before replies", "replies", "before delete", "delete", "before shrink", "shrink",
    "finish", "finish committed",
]  # fmt: skip
"""Points that a deletion passes; each is passed once more, by another deletion, after the kill."""


def make_work(outbox: Database) -> None:
    """Three posts of one incident, one without, a reply and an edit."""
    mine = incidents(outbox, 1)[0]
    for number in range(3):
        tell(outbox, f"a{number}", incident_id=mine)
    tell(outbox, "b0")
    tell(outbox, "reply", thread_of="a0", incident_id=mine)
    tell(outbox, "a0 closed", op="update", message="a0", incident_id=mine)


@pytest.mark.timeout(300)
def test_a_worker_killed_at_any_point_loses_and_doubles_nothing(
    databases: Databases, seed: int, is_whole: bool
) -> None:
    """Each point has its own database, Slack and worker; four of them at a time, because most of it is waiting."""
    points = POINTS if is_whole else random.Random(seed).sample(POINTS, 4)
    urls = [databases.migrated() for _ in points]
    try:
        with ThreadPoolExecutor(4) as pool:
            outcomes = dict(zip(points, pool.map(outcome_of_a_kill, points, urls), strict=True))
    finally:
        for url in urls:
            databases.remove(url)
    assert outcomes == dict.fromkeys(points, EVERYTHING_ONCE), f"seed {seed}"


EVERYTHING_ONCE = ({"sent": 6}, ["a0 closed", "a1", "a2"], ["a0 closed", "a1", "a2", "b0", "reply"])


def shows_nothing_until_posted_twice(slack: HostileSlack) -> Callable[[str, str], Fault | None]:
    """A history that lags however often it is asked, until the first message has been posted a second time."""

    def draw(method: str, _channel: str) -> Fault | None:
        posts = [call.arguments.get("text") for call in slack.calls if call.method == "chat.postMessage"]
        is_posted_twice = bool(posts) and posts.count(posts[0]) > 1
        return (
            Fault(Trouble.EMPTY, method=method) if method == "conversations.history" and not is_posted_twice else None
        )

    return draw


def outcome_of_a_kill(point: str, url: str) -> tuple[dict[str, int], list[str], list[str]]:
    """The states, the incident's messages in order, and all messages, after a kill at `point` and a new start."""
    with hostile_slack() as slack, closing(database(url)) as outbox:
        # The first post is accepted late, after history was asked in vain: a look-up, a duplicate and its check follow.
        slack.suffers(Trouble.LATE, seconds=0.7)
        slack.draw = shows_nothing_until_posted_twice(slack)
        make_work(outbox)
        doomed = start(url, slack, point=point)
        assert doomed.wait(timeout=PATIENCE_SECONDS) == -signal.SIGKILL, point
        settle(courier(outbox, slack))
        return states(outbox), in_order(slack, "a"), sorted(slack.texts(CHANNEL))


@pytest.mark.timeout(300)
def test_a_worker_killed_while_it_deletes_leaves_the_newest_message_alone(
    databases: Databases, seed: int, is_whole: bool
) -> None:
    points = OF_DELETIONS if is_whole else random.Random(seed).sample(OF_DELETIONS, 4)
    urls = [databases.migrated() for _ in points]
    try:
        with ThreadPoolExecutor(4) as pool:
            outcomes = dict(zip(points, pool.map(texts_after_a_kill, points, urls), strict=True))
    finally:
        for url in urls:
            databases.remove(url)
    left = ["b2", "now b2", "somebody wrote here"]
    assert outcomes == dict.fromkeys(points, ({"sent": 5}, left)), f"seed {seed}"


def texts_after_a_kill(point: str, url: str) -> tuple[dict[str, int], list[str]]:
    """The states and what is left of two messages that a third one replaced, one of which somebody answered."""
    with hostile_slack() as slack, closing(database(url)) as outbox:
        tell(outbox, "b0")
        tell(outbox, "b1")
        settle(courier(outbox, slack))
        slack.write_under(slack.visible()[1], "somebody wrote here")
        tell(outbox, "b2")
        tell(outbox, "now b2", key="b0:gone", op="delete", message="b0", successor="b2")
        tell(outbox, "now b2", key="b1:gone", op="delete", message="b1", successor="b2")
        doomed = start(url, slack, point=point)
        assert doomed.wait(timeout=PATIENCE_SECONDS) == -signal.SIGKILL, point
        settle(courier(outbox, slack))
        return states(outbox), sorted(slack.texts(CHANNEL))


def test_a_worker_stopped_beyond_its_lease_changes_nothing_when_it_wakes(
    outbox: Database, database_url: str, slack: HostileSlack, processes: list[Process]
) -> None:
    make_work(outbox)
    slack.suffers(Trouble.HANG_AFTER, seconds=0.25)
    sleeper = start(database_url, slack)
    processes.append(sleeper)
    until(lambda: slack.calls_of("chat.postMessage"), what="its first post")
    sleeper.send_signal(signal.SIGSTOP)
    settle(courier(outbox, slack))
    sleeper.send_signal(signal.SIGCONT)
    threading.Event().wait(0.5)

    assert states(outbox) == {"sent": 6}
    assert sorted(slack.texts(CHANNEL)) == ["a0 closed", "a1", "a2", "b0", "reply"]


def draws(chance: random.Random) -> object:
    """One call in three goes wrong, in any way."""
    lock = threading.Lock()
    posts = [
        Fault(Trouble.RATE_LIMITED, retry_after="0.2"),
        Fault(Trouble.ERROR_BEFORE),
        Fault(Trouble.ERROR_AFTER),
        Fault(Trouble.DROP_BEFORE),
        Fault(Trouble.DROP_AFTER),
        Fault(Trouble.HANG_AFTER, seconds=0.5),
        Fault(Trouble.LATE, seconds=0.5),
        Fault(Trouble.REFUSE, error="internal_error"),
    ]
    look_ups = [Fault(Trouble.RATE_LIMITED, retry_after="0.1"), Fault(Trouble.ERROR_BEFORE), Fault(Trouble.EMPTY)]

    def draw(method: str, _channel: str) -> Fault | None:
        with lock:
            if chance.random() > 1 / 3:
                return None
            return chance.choice(look_ups if method.startswith("conversations") else posts)

    return draw


@pytest.mark.timeout(300)
def test_workers_killed_at_random_on_a_bad_day_lose_and_double_nothing(
    outbox: Database, slack: HostileSlack, processes: list[Process], seed: int, is_whole: bool
) -> None:
    chance = random.Random(seed)
    mine = incidents(outbox, 8)
    wanted = [f"{incident}/{number}" for number in range(5) for incident in mine]
    for words in wanted:
        tell(outbox, words, incident_id=int(words.split("/")[0]), destination=f"C{int(words.split('/')[0]) % 3}")
    slack.draw = draws(chance)  # type: ignore[assignment]
    ends = monotonic() + (10 if is_whole else 3)
    workers = [start(outbox.url, slack) for _ in range(2)]
    processes.extend(workers)
    while monotonic() < ends:
        threading.Event().wait(chance.uniform(0.5, 1.2))
        slot = chance.randrange(len(workers))
        workers[slot].kill()
        workers[slot].wait()
        workers[slot] = start(outbox.url, slack)
        processes.append(workers[slot])
    for worker in workers:
        worker.kill()
        worker.wait()
    slack.draw = None
    settle(courier(outbox, slack))

    assert sorted(slack.texts()) == sorted(wanted), f"seed {seed}"
    assert states(outbox) == {"sent": len(wanted)}, f"seed {seed}"
    for incident in mine:
        there = [text for text in slack.texts() if text.startswith(f"{incident}/")]
        assert there == sorted(there), f"seed {seed}"
