"""The engine's words about a told incident: its readings and ledgers, in minutes, as the walk gives them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache

from sla_engine.domain.agreements.agreement import Agreement, ReopenMode, ReopenRule, Target
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.versions import START_OF_TIME, Governing, Terms
from sla_engine.domain.clocks.attribution import attributed_time
from sla_engine.domain.clocks.ledger import ledger
from sla_engine.domain.clocks.ledger_rows import Ledger, Stretch
from sla_engine.domain.clocks.reading import Reading, readings
from sla_engine.domain.incidents.events import (
    Absorbed,
    Assigned,
    Complained,
    CustomerReplied,
    CustomerUpdated,
    Deleted,
    Event,
    HelpAsked,
    Merged,
    Moved,
    Opened,
    Paused,
    PlanGiven,
    PrioritySet,
    Remarked,
    Reopened,
    Resolved,
    Responded,
    Resumed,
    Undone,
)
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.calendar import Calendar
from tests.oracle.minute_count import MINUTE
from tests.oracle.random_histories import HOURS
from tests.oracle.told_histories import METRICS, Told, ToldIncident, WrittenPromises
from tests.oracle.written_forms import engine_calendar

ORIGIN = datetime(2026, 3, 23, tzinfo=UTC)
SITE = "Depot"

Facts = dict[str, object]
Stretches = list[tuple[int, int, str]]


def answered(incident: ToldIncident) -> tuple[dict[str, list[Facts]], dict[str, Stretches]]:
    """What the engine says of every clock, and what its ledger says of each metric's latest."""
    history, terms, now = history_of(incident), terms_of(incident), _instant(incident.now)
    read = readings(history, terms, now=now)
    facts = {metric: [_of_reading(reading) for reading in read.get(MetricName(metric), ())] for metric in METRICS}
    ledgers = ((metric, ledger(history, MetricName(metric), terms, now=now)) for metric in METRICS)
    return facts, {metric: _stretches(found) for metric, found in ledgers if found is not None}


def _of_reading(reading: Reading) -> Facts:
    return {
        "started": _minute(reading.started_at),
        "stopped": _minute(reading.stopped_at),
        "state": reading.state.value,
        "target": reading.target.duration / MINUTE,
        "elapsed": reading.elapsed / MINUTE,
        "rested": reading.paused_open / MINUTE,
        "first": None if reading.first_elapsed is None else reading.first_elapsed / MINUTE,
        "breach": _minute(reading.breached_at),
        "by change": reading.breached_on_change,
        "due": _minute(reading.due_at),
    }


def _stretches(found: Ledger) -> Stretches:
    """The rows, those of one kind and one first reason that touch made one."""
    rows: Stretches = []
    for row in found.rows:
        start, end = _minutes(row.start), _minutes(row.end)
        what = f"rested for {row.reasons[0]}" if row.what is Stretch.PAUSED else row.what.value
        if rows and rows[-1][1:] == (start, what):
            start = rows.pop()[0]
        rows.append((start, end, what))
    return rows


def unsound_sums(incident: ToldIncident) -> Iterator[str]:
    """Ledgers whose rows do not add up to what was read or do not lead to the due time; a ball that nobody held."""
    history, terms, now = history_of(incident), terms_of(incident), _instant(incident.now)
    moves = any(version.since > incident.now for version in incident.versions)
    for metric in MetricName:
        found = ledger(history, metric, terms, now=now)
        if found is not None:
            yield from (f"{metric}: {problem}" for problem in _unsound_rows(found, moves=moves))
    measured = readings(history, terms, now=now).get(MetricName.RESOLUTION, ())
    held = attributed_time(history, terms, now=now)
    open_time = sum((reading.elapsed + reading.paused_open for reading in measured), timedelta())
    if held is not None and held.total != open_time:
        yield f"the ball was held for {held.total} of {open_time}"


def _unsound_rows(found: Ledger, *, moves: bool) -> Iterator[str]:
    """What is wrong with one ledger; what is ahead is not the time left where a version to come moves the target."""
    counted = sum((row.counted for row in found.rows), timedelta())
    if counted != found.reading.elapsed or (found.rows and found.rows[-1].running_sum != counted):
        yield f"the rows count {counted}, the clock {found.reading.elapsed}"
    ahead = sum((row.counted for row in found.ahead), timedelta())
    if found.ahead and not moves and ahead != found.reading.remaining:
        yield f"{ahead} ahead, {found.reading.remaining} left"
    if found.ahead and found.ahead[-1].end != found.reading.due_at:
        yield f"the rows end at {found.ahead[-1].end}, the clock is due at {found.reading.due_at}"


def terms_of(incident: ToldIncident) -> Terms:
    """The versions as the engine wants them."""
    versions = tuple(
        Governing(_instant(version.since) if number else START_OF_TIME, number + 1, _agreement(version))
        for number, version in enumerate(incident.versions)
    )
    return Terms(versions, versions[0].agreement)


def _agreement(version: WrittenPromises) -> Agreement:
    sites = {SITE: _calendar(version.site_hours)} if version.site_hours else {}
    return Agreement(
        customer="Acme Dental",
        effective=_instant(version.since),
        calendar=_calendar(version.hours),
        targets=tuple(_target(version, metric, priority) for metric, priority in version.targets),
        sites=sites,
        acts={MetricName(metric): acts for metric, acts in version.counts_as.items()},
        reopen=ReopenRule(mode=ReopenMode(version.reopen)),
        reply_ends_pause=version.reply_ends_pause,
    )


def _target(version: WrittenPromises, metric: str, priority: str) -> Target:
    promised = version.promise(metric, priority)
    duration, waiting = promised or (0, None)
    return Target(
        metric=MetricName(metric),
        priority=Priority(priority),
        duration=duration * MINUTE,
        calendar=_calendar("always" if priority in version.always else version.hours),
        waiting=None if waiting is None else waiting * MINUTE,
        own_calendar=priority in version.always,
    )


@cache
def _calendar(hours: str) -> Calendar:
    return engine_calendar(HOURS[hours])


def history_of(incident: ToldIncident) -> list[Entry]:
    """The facts as the engine wants them, in the order in which they were told."""
    site = SITE if incident.at_site else ""
    events = ((fact, _event(fact, site=site)) for fact in incident.facts)
    return [
        Entry(
            event=event,
            at=_instant(fact.minute),
            seq=fact.heard,
            recorded_at=_instant(fact.minute),
            source=fact.source,
        )
        for fact, event in events
    ]


def _event(fact: Told, *, site: str) -> Event:
    if fact.what == "opened":
        return Opened(priority=Priority(fact.value), title="Printer on fire", site=site)
    if fact.what == "absorbed":
        return Absorbed(key="INC-7", opened_at=_instant(fact.earlier))
    if fact.what == "undone":
        return Undone(facts=fact.takes_back, is_opening=fact.value == "opening")
    return EVENTS[fact.what](fact.value)


EVENTS: Mapping[str, Callable[[str], Event]] = {
    "priority_set": lambda priority: PrioritySet(priority=Priority(priority)),
    "paused": lambda reason: Paused(reason=PauseReason(reason)),
    "resumed": lambda reason: Resumed(reason=PauseReason(reason) if reason else None),
    "merged": lambda _: Merged(into="INC-1"),
    "moved": lambda _: Moved(key="INC-2", customer="Beta Logistics"),
    "deleted": lambda _: Deleted(),
    "assigned": lambda _: Assigned(to="U1"),
    "help_asked": lambda _: HelpAsked(),
    "complained": lambda _: Complained(),
    "remarked": lambda _: Remarked(text="Behind the door"),
    "customer_replied": lambda _: CustomerReplied(),
    "customer_updated": lambda _: CustomerUpdated(),
    "responded": lambda _: Responded(),
    "plan_given": lambda _: PlanGiven(),
    "resolved": lambda _: Resolved(),
    "reopened": lambda _: Reopened(),
}


def _instant(minute: int) -> datetime:
    return ORIGIN + minute * MINUTE


def _minutes(at: datetime) -> int:
    return (at - ORIGIN) // MINUTE


def _minute(at: datetime | None) -> float | None:
    return None if at is None else (at - ORIGIN) / MINUTE
