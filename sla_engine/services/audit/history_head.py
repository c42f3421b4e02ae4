"""The head of all chains in one line, to be kept where whoever can change the database cannot change it."""

import re

from sla_engine.domain.upkeep.errors import UnreadableHead
from sla_engine.domain.upkeep.integrity import Fault, Finding
from sla_engine.storage import history_head
from sla_engine.storage.database import Database
from sla_engine.storage.history_head import HistoryEnd
from sla_engine.storage.version_chain import CHAINS, ChainHead

_WRITTEN = re.compile(r"([0-9]{1,15})-([0-9]{1,9})-([0-9]{1,9})-([0-9a-f]{64})")


def current_head(database: Database) -> str:
    """The head as it is now: `1240-3-2-<64 digits>`, the newest event, how many applied files, and the fingerprint.

    Raises: StorageBusy.
    """
    end = history_head.end(database)
    with database.reading() as session:
        fingerprint = history_head.digest(session, end)
    return "-".join([str(end.event), *(str(head.count) for head in end.chains), fingerprint])


def check_head(database: Database, written: str) -> list[Finding]:
    """Check the history against a head that was kept; no finding while every fact up to there is as it was.

    Raises: UnreadableHead.
    """
    head = _WRITTEN.fullmatch(written.strip().lower())
    if head is None:
        raise UnreadableHead(written)
    *numbers, fingerprint = head.groups()
    event, *counts = (int(number) for number in numbers)
    end = HistoryEnd(event=event, chains=tuple(ChainHead(count, None) for count in counts), next_key=0)
    with database.snapshot() as session:
        same = history_head.digest(session, end) == fingerprint
    files = " and ".join(f"{count} {name}s" for name, count in zip(CHAINS.values(), counts, strict=True))
    return [] if same else [Finding(Fault.HEAD_DIFFERS, f"event {event}", files)]
