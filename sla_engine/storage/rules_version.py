"""The version of the rules that stored outcomes follow, and the progress of reading histories by today's rules."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from sla_engine.domain.clocks.rules import FIRST_RULES, RULES_VERSION
from sla_engine.storage import settings
from sla_engine.storage.tables.incidents import IncidentRow

_NAME = "rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesProgress:
    """Everything stored follows the rules `version`; histories are being read again by the rules `to`.

    Incidents up to the row id `done` have been read: `incidents` is their number, `corrected` of them have differing
    outcomes, `outcomes` in all; `unread` of them could not be read.
    """

    version: int = FIRST_RULES
    to: int = FIRST_RULES
    done: int = 0
    incidents: int = 0
    corrected: int = 0
    outcomes: int = 0
    unread: int = 0

    @property
    def is_behind(self) -> bool:
        """Whether something stored follows earlier rules than today's."""
        return self.version < RULES_VERSION

    @property
    def begun(self) -> "RulesProgress":
        """The progress towards today's rules: this one, or from the beginning where this was towards earlier ones."""
        return self if self.to == RULES_VERSION else RulesProgress(version=self.version, to=RULES_VERSION)


def progress(session: Session) -> RulesProgress:
    """The progress so far."""
    return _read(settings.get(session, _NAME))


def locked_progress(session: Session) -> RulesProgress:
    """The progress so far, locked until the transaction ends, so that of several processes one reads at a time."""
    return _read(settings.locked_from(session, _NAME, asdict(RulesProgress())))


def advance(session: Session, reached: RulesProgress) -> None:
    """Store the progress."""
    settings.put(session, _NAME, asdict(reached))


def finish(session: Session, reached: RulesProgress) -> None:
    """Store that everything follows today's rules."""
    settings.put(session, _NAME, asdict(replace(reached, version=RULES_VERSION)))


def follow_today(session: Session) -> None:
    """Let a database without incidents follow today's rules from its beginning."""
    if progress(session).is_behind and not session.scalar(select(exists().where(IncidentRow.id.is_not(None)))):
        finish(session, RulesProgress(to=RULES_VERSION))


def incidents_after(session: Session, last: int, *, limit: int) -> list[int]:
    """Row ids of incidents of every state beyond `last`, in their order."""
    return list(
        session.scalars(select(IncidentRow.id).where(IncidentRow.id > last).order_by(IncidentRow.id).limit(limit))
    )


def count_incidents(session: Session) -> int:
    """Count all incidents."""
    return session.scalar(select(func.count()).select_from(IncidentRow)) or 0


def _read(document: dict[str, Any] | None) -> RulesProgress:
    return RulesProgress(**(document or {}))
