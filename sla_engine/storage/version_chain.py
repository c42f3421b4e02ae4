"""The chains of applied files: each row's hash covers the whole row and the hash of the one applied before it.

Rows from before there was a chain have no hash. The number of a chain's rows and its head are kept beside it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from sla_engine.storage import raw_rows, settings
from sla_engine.storage.tables.agreements import AgreementVersion, FileVersion, MspVersion
from sla_engine.storage.tables.shifts import RosterChangeRow

CHAINS: Mapping[type[FileVersion], str] = {AgreementVersion: "agreement version", MspVersion: "people version"}
"""The tables that are chained, and what one row of each is called."""


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The number of rows that are chained, and the hash of the last of them."""

    count: int
    hash: str | None


@dataclass(frozen=True, slots=True)
class NewestVersions:
    """The numbers of the people file, the agreement and the change of the roster that came last; None before the first.

    They are written one after the other, so that no lower number comes once a number was read.
    """

    people: int | None
    agreement: int | None
    roster: int | None = None


def newest_numbers() -> tuple[ScalarSelect[int], ScalarSelect[int], ScalarSelect[int]]:
    """Columns with the numbers of `NewestVersions`, for a query that reads other columns too."""
    newest = (func.max(MspVersion.id), func.max(AgreementVersion.id), func.max(RosterChangeRow.id))
    people, agreement, roster = (select(number).scalar_subquery() for number in newest)
    return people, agreement, roster


def newest(session: Session) -> NewestVersions:
    """The versions that were written last."""
    people, agreement, roster = session.execute(select(*newest_numbers())).one()
    return NewestVersions(people, agreement, roster)


NO_HEAD = ChainHead(0, None)


def append(session: Session, row: FileVersion) -> int:
    """Store a row at the end of its chain and return its number; transactions that apply files take turns here."""
    table = type(row)
    head = _head(settings.locked_from(session, _name(table), {"count": 0, "hash": None}))
    row.previous_hash = head.hash
    session.add(row)
    session.flush()
    (raw,) = raw_rows.read(session, table, table.id == row.id)
    row.hash = row_hash(raw)
    settings.put(session, _name(table), {"count": head.count + 1, "hash": row.hash})
    return row.id


def row_hash(raw: Mapping[str, Any]) -> str:
    """The hash of a row as it lies in the database."""
    content = {name: value for name, value in raw.items() if name != "hash"}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=repr)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def head(session: Session, table: type[FileVersion]) -> ChainHead:
    """The end of the chain of these files, as it was when the last one was applied."""
    stored = settings.get(session, _name(table))
    return NO_HEAD if stored is None else _head(stored)


def hashes(session: Session, table: type[FileVersion]) -> Iterator[str]:
    """The hashes of the chain's rows, in the order they were applied."""
    for row_hash in session.scalars(select(table.hash).where(table.hash.is_not(None)).order_by(table.id)):
        yield str(row_hash)


def _name(table: type[FileVersion]) -> str:
    return f"chain:{table.__tablename__}"


def _head(stored: Mapping[str, Any]) -> ChainHead:
    return ChainHead(stored["count"], stored["hash"])
