"""Counts posted weeks again, and lists those that have other figures now."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sla_engine.domain.reporting.attainment import Attainment
from sla_engine.domain.reporting.digest import DigestFigures
from sla_engine.domain.reporting.posted_figures import ChangedWeek, WeekCounts
from sla_engine.domain.time.weeks import Week
from sla_engine.storage import figures, posted_weeks
from sla_engine.storage.counted_clocks import PeriodEdges
from sla_engine.storage.database import Session
from sla_engine.storage.posted_weeks import PostedWeekRecord
from sla_engine.storage.restated import recorded_since


def changed_weeks(session: Session, weeks: Iterable[Week]) -> tuple[ChangedWeek, ...]:
    """The weeks among these that were posted with other figures than the facts give now, oldest first."""
    recounted = _recounted(session, posted_weeks.kept(session, [str(week) for week in weeks]))
    return tuple(_with_causes(session, week, change) for week, change in recounted if change.now != week.posted)


def unannounced_changes(session: Session) -> tuple[ChangedWeek, ...]:
    """The posted weeks whose figures differ from those last posted to the managers' channel, oldest first."""
    recounted = _recounted(session, posted_weeks.kept(session))
    return tuple(_with_causes(session, week, change) for week, change in recounted if change.now != week.announced)


def keep_posted(session: Session, posted: DigestFigures, *, document: Mapping[str, Any]) -> None:
    """Store the figures that a digest posts: of its own week, and of the weeks it corrects."""
    counts = WeekCounts(
        targets_met=posted.clocks.this_week.met,
        targets_of=posted.clocks.this_week.of,
        incidents_met=posted.incidents.this_week.met,
        incidents_of=posted.incidents.this_week.of,
    )
    week = PostedWeekRecord(
        week=posted.week,
        starts=posted.starts,
        ends=posted.ends,
        posted_at=posted.as_of,
        posted=counts,
        announced=counts,
    )
    posted_weeks.keep(session, week, figures=dict(document))
    for change in posted.changed:
        posted_weeks.announce(session, change.week, change.now)


def _with_causes(session: Session, week: PostedWeekRecord, change: ChangedWeek) -> ChangedWeek:
    """The change with what was recorded about the week's incidents since it was posted."""
    return replace(change, since=recorded_since(session, (week.starts, week.ends), since=week.posted_at))


def _recounted(session: Session, posted: Iterable[PostedWeekRecord]) -> Iterable[tuple[PostedWeekRecord, ChangedWeek]]:
    for week in posted:
        now = _counts(session, (week.starts, week.ends))
        yield week, ChangedWeek(week=week.week, posted_at=week.posted_at, was=week.posted, now=now)


def _counts(session: Session, span: PeriodEdges) -> WeekCounts:
    targets = sum(figures.by_metric(session, span).values(), Attainment(0, 0))
    incidents = figures.by_incident(session, span)
    return WeekCounts(
        targets_met=targets.met, targets_of=targets.of, incidents_met=incidents.met, incidents_of=incidents.of
    )
