"""Writes many rows in one statement, whether or not rows with their unique keys are there already."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from sla_engine.storage.tables.base import Base


def upsert(session: Session, entity: type[Base], rows: Sequence[Mapping[str, Any]], *, key: Sequence[str]) -> None:
    """Write rows over those with the same unique key, whose columns `key` names, or as new; all have equal columns."""
    if not rows:
        return
    statement = _insert(session, entity)
    values = {column: statement.excluded[column] for column in rows[0] if column not in key}
    statement = statement.on_conflict_do_update(index_elements=list(key), set_=values)
    session.execute(statement, [dict(row) for row in rows])


def insert_new(session: Session, entity: type[Base], rows: Sequence[Mapping[str, Any]], *, key: Sequence[str]) -> int:
    """Write the rows whose unique key is not there yet; answers how many those were."""
    if not rows:
        return 0
    statement = _insert(session, entity).on_conflict_do_nothing(index_elements=list(key))
    written = statement.returning(*(getattr(entity, column) for column in key))  # not every driver counts many rows
    return len(session.execute(written, [dict(row) for row in rows]).all())


def _insert(session: Session, entity: type[Base]) -> sqlite.Insert | postgresql.Insert:
    table = cast("Table", entity.__table__)
    return sqlite.insert(table) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(table)
