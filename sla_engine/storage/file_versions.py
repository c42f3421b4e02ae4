"""Versions of the people file and of agreement files, as they were applied: stored once, and never changed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sla_engine.storage import version_chain
from sla_engine.storage.tables.agreements import AgreementVersion, FileVersion, MspVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedFile:
    """The text of an applied file, the holidays it meant on that day as dates, and who applied it when (UTC)."""

    source: str
    resolved: Mapping[str, Any]
    applied_at: datetime
    applied_by: str
    tzdata_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedAgreement(AppliedFile):
    """An applied agreement file: for whom and from when on, and the people version it took its defaults from."""

    customer: str
    effective: datetime
    source_sha256: str
    msp_version_id: int | None


Applied = TypeVar("Applied", bound=AppliedFile)


@dataclass(frozen=True, slots=True)
class FileVersions(Generic[Applied]):
    """The versions of one kind of file."""

    table: type[FileVersion]
    applied: type[Applied]

    def add(self, session: Session, version: Applied) -> int:
        """Store a version at the end of its chain and return its number."""
        return version_chain.append(session, self.table(**asdict(version)))

    def newest(self, session: Session) -> int | None:
        """The number of the version that was applied last; None before the first."""
        return session.scalar(select(func.max(self.table.id)))

    def load(self, session: Session, number: int) -> Applied:
        """One version.

        Raises: LookupError when there is none with this number.
        """
        row = session.get(self.table, number)
        if row is None:
            message = f"no {version_chain.CHAINS[self.table]} {number}"
            raise LookupError(message)
        return self.applied(**{field.name: getattr(row, field.name) for field in fields(self.applied)})


PEOPLE = FileVersions(MspVersion, AppliedFile)
AGREEMENTS = FileVersions(AgreementVersion, AppliedAgreement)
