"""The registry of procedures as stored, and its changes."""

from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sla_engine.domain.incidents.reasons import BreachReason
from sla_engine.domain.sops.errors import UnknownSop
from sla_engine.domain.sops.sop import NUMBER_PREFIX, Sop, SopChange, SopChangeKind, SopTerms
from sla_engine.domain.text.names import folded, similar_names
from sla_engine.storage import settings
from sla_engine.storage.tables.sops import SopChangeRow, SopRow

SERIES = "sop"
_TERMS = [field.name for field in fields(SopTerms)]
_DAYS = ("published_on", "reviewed_on", "review_on")
_LISTS = ("services", "customers", "reasons")
MOST_DIGITS = 18  # more is no BIGINT


def number_of(sop_id: int) -> str:
    """The number of a procedure as people write it, such as SOP-7."""
    return f"{NUMBER_PREFIX}{sop_id}"


def id_of(number: str) -> int | None:
    """The id that a number means (`SOP-7`, `sop-7`, `sop7` or `7`); None for anything else."""
    digits = folded(number).removeprefix("sop").removeprefix("-")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS else None


def registered(session: Session) -> tuple[Sop, ...]:
    """Every procedure, also the retired ones, by number."""
    return tuple(_sop(row) for row in session.scalars(select(SopRow).order_by(SopRow.id)))


def lock_all(session: Session) -> tuple[Sop, ...]:
    """Every procedure by number; until the transaction ends nobody else adds or changes one."""
    settings.take_numbers(session, SERIES, first=1, count=0)
    return tuple(_sop(row) for row in session.scalars(select(SopRow).order_by(SopRow.id).with_for_update()))


def find(session: Session, number: str) -> Sop:
    """The procedure with this number.

    Raises: UnknownSop, with those that may be meant.
    """
    return _sop(_row(session, number))


def lock(session: Session, number: str) -> Sop:
    """The procedure with this number, locked until the transaction ends.

    Raises: UnknownSop, with those that may be meant.
    """
    return _sop(_row(session, number, locked=True))


def _row(session: Session, number: str, *, locked: bool = False) -> SopRow:
    sop_id = id_of(number)
    row = None if sop_id is None else session.get(SopRow, sop_id, with_for_update=locked or None)
    if row is None:
        raise UnknownSop(number, near(session, number))
    return row


def near(session: Session, number: str) -> tuple[str, ...]:
    """The procedure in use whose number or title looks most like what was written: its number and title."""
    sops = {sop.number: sop for sop in registered(session) if sop.retired_at is None}
    names = {number: number for number in sops} | {sop.title: sop.number for sop in sops.values()}
    return tuple(f"{names[name]} {sops[names[name]].title}" for name in similar_names(number, names, cutoff=0.5))


def add(
    session: Session, terms: SopTerms, kind: SopChangeKind, *, by: str, at: datetime, request: str | None = None
) -> Sop:
    """Register a procedure under the next number."""
    sop_id = settings.take_numbers(session, SERIES, first=1, count=1)[0]
    session.add(SopRow(id=sop_id, version=1, **_columns(terms)))
    session.flush()
    _add_change(session, sop_id, 1, terms, kind, by=by, at=at, request=request)
    return find(session, number_of(sop_id))


def change(
    session: Session,
    sop: Sop,
    terms: SopTerms,
    kind: SopChangeKind,
    *,
    by: str,
    at: datetime,
    request: str | None = None,
) -> Sop:
    """Give a locked procedure other terms, and keep who did it."""
    row = _row(session, sop.number)
    row.version = sop.version + 1
    for name, value in _columns(terms).items():
        setattr(row, name, value)
    session.flush()
    _add_change(session, row.id, row.version, terms, kind, by=by, at=at, request=request)
    return _sop(row)


def changes(session: Session, number: str) -> tuple[SopChange, ...]:
    """What was done with a procedure, oldest first."""
    wanted = select(SopChangeRow).where(SopChangeRow.sop_id == id_of(number)).order_by(SopChangeRow.version)
    return tuple(
        SopChange(
            kind=SopChangeKind(row.kind), by=row.by, at=row.at, version=row.version, terms=_from_document(row.terms)
        )
        for row in session.scalars(wanted)
    )


def known(session: Session, request: str) -> bool:
    """Whether a request with this name changed the registry before."""
    return session.scalar(select(SopChangeRow.sop_id).where(SopChangeRow.request == request)) is not None


def _add_change(
    session: Session,
    sop_id: int,
    version: int,
    terms: SopTerms,
    kind: SopChangeKind,
    *,
    by: str,
    at: datetime,
    request: str | None,
) -> None:
    row = SopChangeRow(
        sop_id=sop_id, version=version, kind=kind.value, by=by, at=at, request=request, terms=_document(terms)
    )
    session.add(row)
    session.flush()


def _columns(terms: SopTerms) -> dict[str, Any]:
    values = {name: getattr(terms, name) for name in _TERMS}
    return values | {name: [str(member) for member in values[name]] for name in _LISTS}


def _document(terms: SopTerms) -> dict[str, Any]:
    """The terms as a JSON document: days and the instant of retirement as text."""
    columns = _columns(terms)
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in columns.items()}


def _from_document(document: dict[str, Any]) -> SopTerms:
    days = {name: date.fromisoformat(document[name]) for name in _DAYS if document[name] is not None}
    retired = document["retired_at"]
    instant = {} if retired is None else {"retired_at": datetime.fromisoformat(retired)}
    return SopTerms(**_with_lists({name: document[name] for name in _TERMS} | days | instant))


def _sop(row: SopRow) -> Sop:
    terms = _with_lists({name: getattr(row, name) for name in _TERMS})
    return Sop(number=number_of(row.id), version=row.version, **terms)


def _with_lists(values: dict[str, Any]) -> dict[str, Any]:
    """The lists of names as tuples, reasons as such."""
    reasons = tuple(BreachReason(reason) for reason in values["reasons"])
    return values | {"services": tuple(values["services"]), "customers": tuple(values["customers"]), "reasons": reasons}
