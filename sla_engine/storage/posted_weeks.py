"""The figures of the weeks whose digest was posted, as they were posted and as they were last announced."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sla_engine.domain.reporting.posted_figures import WeekCounts
from sla_engine.storage.tables.notes import PostedWeek


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedWeekRecord:
    """One posted week, `[starts, ends)` in the zone of that time; `posted_at` is SLA time.

    `announced` are the counts that the managers' channel heard last: those posted, or those of a later digest.
    """

    week: str
    starts: datetime
    ends: datetime
    posted_at: datetime
    posted: WeekCounts
    announced: WeekCounts


def keep(session: Session, week: PostedWeekRecord, *, figures: dict[str, Any]) -> None:
    """Store a week with all figures of its digest; one that was posted before stays as it was."""
    if session.get(PostedWeek, week.week) is not None:
        return
    session.add(
        PostedWeek(
            week=week.week,
            starts=week.starts,
            ends=week.ends,
            posted_at=week.posted_at,
            figures=figures,
            posted=asdict(week.posted),
            announced=asdict(week.announced),
        )
    )
    session.flush()


def kept(session: Session, weeks: Collection[str] | None = None) -> list[PostedWeekRecord]:
    """The posted weeks, or those among `weeks`, oldest first."""
    wanted = select(PostedWeek).order_by(PostedWeek.starts)
    rows = session.scalars(wanted if weeks is None else wanted.where(PostedWeek.week.in_(weeks)))
    return [
        PostedWeekRecord(
            week=row.week,
            starts=row.starts,
            ends=row.ends,
            posted_at=row.posted_at,
            posted=WeekCounts(**row.posted),
            announced=WeekCounts(**row.announced),
        )
        for row in rows
    ]


def announce(session: Session, week: str, counts: WeekCounts) -> None:
    """Store the counts of a posted week that the managers' channel hears now."""
    session.get_one(PostedWeek, week).announced = asdict(counts)
    session.flush()
