"""Who opened their Home tab when, and what it shows."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sla_engine.storage.tables.upkeep import HomeVisit
from sla_engine.storage.upserts import upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeVisitRecord:
    """Somebody's Home tab: when they opened it or acted there last (real time), and a hash of what it shows."""

    person: str
    opened_at: datetime
    shown: str
    holds_answer: bool = False


def keep(session: Session, visit: HomeVisitRecord) -> None:
    """Store what somebody's Home tab shows now."""
    upsert(session, HomeVisit, [asdict(visit)], key=["person"])


def since(session: Session, at: datetime) -> list[HomeVisitRecord]:
    """The tabs that were opened since, and on which no answer stands that may still be read."""
    wanted = select(HomeVisit).where(HomeVisit.opened_at >= at, HomeVisit.holds_answer.is_(False))
    names = [field.name for field in fields(HomeVisitRecord)]
    rows = session.scalars(wanted.order_by(HomeVisit.person))
    return [HomeVisitRecord(**{name: getattr(row, name) for name in names}) for row in rows]
