"""The head of the history at an instant, to be compared later: no fact below it is still to come.

Events get their numbers before their transactions end, so that a lower one may appear after a higher one; `end` waits
for the transactions that are writing.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import func, select, text

from sla_engine.storage import settings, version_chain
from sla_engine.storage.database import Database, Session
from sla_engine.storage.incidents import FIRST_NUMBER
from sla_engine.storage.tables.agreements import FileVersion
from sla_engine.storage.tables.incidents import EventRow
from sla_engine.storage.version_chain import CHAINS, ChainHead


@dataclass(frozen=True, slots=True)
class HistoryEnd:
    """The highest event number, the heads of the applied files' chains, and the next incident number."""

    event: int
    chains: tuple[ChainHead, ...]
    next_key: int


def end(database: Database) -> HistoryEnd:
    """The end of the history now; facts that are being written are waited for, and lie before it or after it.

    Raises: StorageBusy.
    """
    with database.transaction() as session:
        if not database.is_sqlite:  # where a writing transaction is alone anyway
            session.execute(text("LOCK TABLE event IN SHARE MODE"))
        return HistoryEnd(
            event=session.scalar(select(func.max(EventRow.id))) or 0,
            chains=tuple(version_chain.head(session, table) for table in CHAINS),
            next_key=next_key(session),
        )


def next_key(session: Session) -> int:
    """The number that the next incident gets."""
    stored = settings.get(session, settings.series_name("incident")) or {}
    following: int = stored.get("next", FIRST_NUMBER)
    return following


def hashes(session: Session, *, after: int, to: int) -> Iterator[tuple[int, str]]:
    """The events above one number, up to another, with their hashes."""
    wanted = select(EventRow.id, EventRow.hash).where(EventRow.id > after, EventRow.id <= to).order_by(EventRow.id)
    with session.execute(wanted.execution_options(yield_per=1000)) as rows:
        yield from ((number, fact_hash) for number, fact_hash in rows)


def hash_of_row(session: Session, table: type[FileVersion], number: int) -> str | None:
    """The hash of a chain's row with this number, counted from 1; None for 0, or when there are fewer rows."""
    hashes_so_far = list(islice(version_chain.hashes(session, table), number))
    if number == 0 or len(hashes_so_far) < number:
        return None
    return hashes_so_far[-1]


def digest(session: Session, upto: HistoryEnd) -> str:
    """One fingerprint of every fact and applied file up to there."""
    whole = hashlib.sha256()
    for number, fact_hash in hashes(session, after=0, to=upto.event):
        whole.update(f"{number}:{fact_hash}\n".encode())
    for table, head in zip(CHAINS, upto.chains, strict=True):
        whole.update(f"{table.__tablename__}:{head.count}:{hash_of_row(session, table, head.count)}\n".encode())
    return whole.hexdigest()
