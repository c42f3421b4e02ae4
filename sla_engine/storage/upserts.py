"""Writes many rows in one statement, whether or not rows with their unique keys are there already."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from sla_engine.storage.tables.base import Base


def upsert(session: Session, entity: type[Base], rows: Sequence[Mapping[str, Any]], *, key: Sequence[str]) -> None:
    """Write rows over those with the same unique key, whose columns `key` names, or as new; all have equal columns."""
    if not rows:
        return
    statement = insert_into(session, entity)
    values = {column: statement.excluded[column] for column in rows[0] if column not in key}
    statement = statement.on_conflict_do_update(index_elements=list(key), set_=values)
    session.execute(statement, [dict(row) for row in rows])


def insert_new(
    session: Session,
    entity: type[Base],
    rows: Sequence[Mapping[str, Any]],
    *,
    key: Sequence[str],
    unique_where: ColumnElement[bool] | None = None,
) -> int:
    """Write the rows whose unique key is not there yet; answers how many those were.

    `unique_where` is the condition of the unique index, where it does not cover every row.
    """
    if not rows:
        return 0
    statement = insert_into(session, entity).on_conflict_do_nothing(index_elements=list(key), index_where=unique_where)
    written = statement.returning(*(getattr(entity, column) for column in key))  # not every driver counts many rows
    return len(session.execute(written, [dict(row) for row in rows]).all())


def insert_into(session: Session, entity: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """The beginning of a statement that inserts rows, and may say what to do where they are there already."""
    table = cast("Table", entity.__table__)
    return sqlite.insert(table) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(table)
