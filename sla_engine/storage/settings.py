"""Small durable facts of this deployment, by name."""

from contextlib import suppress
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sla_engine.storage.tables.upkeep import Setting


def get(session: Session, name: str) -> dict[str, Any] | None:
    """The stored document, if there is one."""
    row = session.get(Setting, name)
    return None if row is None else row.value


def locked(session: Session, name: str) -> dict[str, Any] | None:
    """The stored document, if there is one; its row is locked until the transaction ends."""
    row = session.get(Setting, name, with_for_update=True)
    return None if row is None else row.value


def put(session: Session, name: str, value: dict[str, Any]) -> None:
    """Store a document under a name."""
    row = session.get(Setting, name, with_for_update=True)
    if row is None:
        # Somebody else may store the first one at this very moment: then theirs is replaced.
        with suppress(IntegrityError), session.begin_nested():
            session.add(Setting(name=name, value=value))
        row = session.scalars(select(Setting).where(Setting.name == name).with_for_update()).one()
    row.value = value
    session.flush()


def locked_from(session: Session, name: str, first: dict[str, Any]) -> dict[str, Any]:
    """The stored document, `first` where there was none; its row is locked until the transaction ends."""
    return dict(_locked_row(session, name, first=first).value)


def take_numbers(session: Session, series: str, *, first: int, count: int) -> range:
    """The next numbers of a series, never given twice: the row stays locked until the transaction ends."""
    row = _locked_row(session, series_name(series), first={"next": first})
    taken: int = row.value["next"]
    row.value = {"next": taken + count}
    session.flush()
    return range(taken, taken + count)


def series_name(series: str) -> str:
    """The name under which the next number of a series is stored."""
    return f"number:{series}"


def _locked_row(session: Session, name: str, *, first: dict[str, Any]) -> Setting:
    wanted = select(Setting).where(Setting.name == name).with_for_update()
    row = session.scalar(wanted)
    if row is not None:
        return row
    # Somebody else may begin the series at this very moment: then theirs is taken.
    with suppress(IntegrityError), session.begin_nested():
        session.add(Setting(name=name, value=first))
    return session.scalars(wanted).one()
