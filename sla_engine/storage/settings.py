"""Small durable facts of this deployment, by name."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sla_engine.storage.tables import Setting


def get(session: Session, name: str) -> dict[str, Any] | None:
    """The stored document, if there is one."""
    row = session.get(Setting, name)
    return None if row is None else row.value


def put(session: Session, name: str, value: dict[str, Any]) -> None:
    """Store a document under a name."""
    row = session.get(Setting, name, with_for_update=True)
    if row is None:
        session.add(Setting(name=name, value=value))
    else:
        row.value = value
    session.flush()


def take_number(session: Session, series: str, *, first: int) -> int:
    """The next number of a series, never given twice: the row stays locked until the transaction ends."""
    name = f"number:{series}"
    row = session.scalar(select(Setting).where(Setting.name == name).with_for_update())
    if row is None:
        session.add(Setting(name=name, value={"next": first + 1}))
        session.flush()
        return first
    taken: int = row.value["next"]
    row.value = {"next": taken + 1}
    session.flush()
    return taken
