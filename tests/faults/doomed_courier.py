"""A courier process that kills itself at a named point: `python doomed_courier.py DATABASE SLACK POINT SECONDS`.

The point is written `name:n`, the n-th time it is passed; without a point it works until the time is over.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.courier.courier import Courier
from bot.slack_calls import retry_free_client
from sla_engine.delivery.outgoing_messages import OutgoingMessages
from sla_engine.time_source import monotonic, real_now
from tests.faults.carrying import SHORT_LEASE, database, says

PAUSE_SECONDS = 0.01


def dies_at(point: str) -> Callable[[str], None]:
    """A hook that kills the process, as `kill -9` does."""
    name, _, times = point.partition(":")
    left = [int(times or 1)]

    def passed(where: str) -> None:
        if where == name:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return passed


def main(url: str, slack_url: str, point: str, seconds: str) -> None:
    """Carry until killed or until the time is over."""
    client = retry_free_client("xoxb-test", base_url=slack_url, timeout=SHORT_LEASE.timeout)
    opened = database(url)
    outgoing = OutgoingMessages(opened, rules=SHORT_LEASE, clock=real_now, after=dies_at(point))
    courier = Courier(messages=outgoing, client=client, render=says)
    ends = monotonic() + float(seconds)
    pause = threading.Event()
    while monotonic() < ends:
        if courier.run_once() == 0:
            pause.wait(PAUSE_SECONDS)


if __name__ == "__main__":
    main(*sys.argv[1:])
