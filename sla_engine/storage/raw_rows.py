"""Rows as they lie in the database, read for an audit: a column that cannot be converted is named."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Integer, Text, func, select, text, type_coerce
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType, TypeDecorator

from sla_engine.storage.tables.base import Base
from sla_engine.storage.tables.incidents import Clock, EventRow, IncidentRow
from sla_engine.storage.tables.notes import SlaNote, SopDecision

Raw = Mapping[str, Any]

_DIALECT = DefaultDialect()  # instants and documents mean the same on every database
_EXPECTED: Mapping[type, tuple[type, ...]] = {Text: (str,), Integer: (int,), Boolean: (int, bool)}


class Unreadable(Exception):
    """A column holds a value that no version of the program writes there."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(f"{column} {why}")


def read(session: Session, table: type[Base], *where: ColumnElement[bool]) -> Iterator[Raw]:
    """Rows of a table by their primary key, each column as the driver gives it."""
    columns = table.__table__.columns
    wanted = select(*(type_coerce(column, NullType()).label(column.name) for column in columns)).where(*where)
    rows = session.execute(wanted.order_by(*table.__table__.primary_key).execution_options(yield_per=1000))
    with rows:
        for row in rows.mappings():
            yield dict(row)


def typed(table: type[Base], raw: Raw) -> dict[str, Any]:
    """The row's columns, each converted to the type it has in the program.

    Raises: Unreadable with the first column that cannot be converted.
    """
    return {name: _converted(column, name, raw[name]) for name, column in table.__table__.columns.items()}


def after(session: Session, table: type[IncidentRow], number: int, *, limit: int) -> list[Raw]:
    """The next incidents by row number."""
    numbers = session.scalars(select(table.id).where(table.id > number).order_by(table.id).limit(limit)).all()
    if not numbers:
        return []
    return list(read(session, table, table.id.between(numbers[0], numbers[-1])))


def of_incidents(
    session: Session, table: type[EventRow | Clock | SlaNote | SopDecision], *, after: int, last: int | None
) -> dict[int, list[Raw]]:
    """The rows that belong to incidents with a row number above `after`, up to `last`, by that number."""
    number = table.incident_id
    where = [number > after] if last is None else [number > after, number <= last]
    by_incident: dict[int, list[Raw]] = {}
    for raw in read(session, table, *where):
        by_incident.setdefault(raw["incident_id"], []).append(raw)
    return by_incident


def gaps(session: Session, *, limit: int) -> list[tuple[int, int]]:
    """The first runs of missing event numbers, each as its first and last one."""
    following = select(EventRow.id, func.lead(EventRow.id).over(order_by=EventRow.id).label("next")).subquery()
    wanted = select(following.c.id + 1, following.c.next - 1).where(following.c.next > following.c.id + 1)
    return [(first, last) for first, last in session.execute(wanted.order_by(following.c.id).limit(limit))]


def first_and_last_event(session: Session) -> tuple[int | None, int | None]:
    """The lowest and the highest event number; None, None without events."""
    first, last = session.execute(select(func.min(EventRow.id), func.max(EventRow.id))).one()
    return first, last


def last_number_given(session: Session) -> int | None:
    """The highest event number ever given; None where the database does not remember it, as PostgreSQL."""
    if session.get_bind().dialect.name != "sqlite":
        return None
    given: int | None = session.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = 'event'"))
    return given


def _converted(column: Any, name: str, value: Any) -> Any:
    if value is None:
        if not column.nullable:
            raise Unreadable(name, "is empty")
        return None
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    wanted = next((types for base, types in _EXPECTED.items() if isinstance(kind, base)), (object,))
    if not isinstance(value, wanted):
        raise Unreadable(name, f"holds {type(value).__name__} where {wanted[0].__name__} belongs")
    if isinstance(kind, Boolean):
        return bool(value)
    if not isinstance(column.type, TypeDecorator):
        return value
    try:
        return column.type.process_result_value(value, _DIALECT)
    except (ValueError, OverflowError, RecursionError) as error:
        raise Unreadable(name, "is no JSON" if isinstance(value, str) else "is no instant") from error
