"""One alert through all its firings: what it says now, whether that is news, and which incident it is about."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sla_engine.domain.incidents.events import Reopened
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.reports import Report
from sla_engine.domain.incidents.series import AlertWord, again_at, news, with_word
from sla_engine.services.intake.match import Delivery, ReportOutcome, Taken, ToldIncidents
from sla_engine.storage import events, external_ids, inbox, incidents
from sla_engine.storage.database import Session

REOPEN_WINDOW = timedelta(minutes=30)
"""An alert that fires again so soon after it was resolved is the same incident, not a new one."""

FIRING = "firing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A word of an alert in its place. `fresh` are the words it makes news: itself, or a firing heard before its end.

    `repeats` when it says what was said before it. `record` is the alert's newest incident, None when it never was one.
    """

    record: Incident | None
    word: AlertWord
    fresh: frozenset[AlertWord]
    repeats: bool


class AlertSeries:
    """Alerts and their incidents, inside the transaction of a delivery that holds the alert's name."""

    def __init__(self, told: ToldIncidents) -> None:
        self.told = told
        self.unit_of_work = told.unit_of_work

    def newest(self, session: Session, report: Report, source: str) -> Incident | None:
        """The newest incident of the alert, locked; None when it never was one."""
        return self._incident(session, report, source, opened_by=None)

    def hear(self, session: Session, report: Report, delivery: Delivery) -> Heard:
        """Remember a word of the alert and put it in its place among the others."""
        name = series_of(report)
        kept = inbox.hold(session, delivery.source, name, at=delivery.received_at)
        record = self.newest(session, report, delivery.source)
        words = _words(kept) or _from_incident(record)
        word = word_of(report, delivery)
        after = with_word(words, word)
        inbox.remember(session, delivery.source, name, {"words": [_document(each) for each in after]})
        place = after.index(word) if word in after else 0
        repeats = word not in after or (place > 0 and after[place - 1].fires == word.fires)
        return Heard(record=record, word=word, fresh=news(after) - news(words), repeats=repeats)

    def record(
        self,
        session: Session,
        record: Incident,
        report: Report,
        heard: Heard,
        delivery: Delivery,
        *,
        now: datetime,
    ) -> Taken:
        """Record what an alert says that has been an incident before; `record` is its newest.

        Raises: UnknownCustomer, NotYetInForce where it is a new one.
        """
        word, taken = heard.word, _nothing_new(report, record)
        if not word.fires:
            ended = self._incident(session, report, delivery.source, opened_by=word.at) or record
            taken = self._end(session, ended, report, delivery, now=now)
        fresh = heard.fresh | ({word} if _began_since(word, record) else frozenset())
        for again in sorted(fresh, key=lambda each: each.received_at):
            told = self._fires_again(session, report, again, delivery, now=now)
            taken = told if word.fires else taken
        return taken

    def follow(self, session: Session, report: Report, delivery: Delivery, *, now: datetime) -> None:
        """Record a word that was kept while the alert waited for a person, now that it is an incident."""
        if report.doubt:
            return
        word = word_of(report, delivery)
        record = self.newest(session, report, delivery.source)
        if not word.fires and record is not None:
            self._end(session, record, report, delivery, now=now)
        kept = inbox.hold(session, delivery.source, series_of(report), at=delivery.received_at)
        if word in news(_words(kept)):
            self._fires_again(session, report, word, delivery, now=now)

    def open(self, session: Session, report: Report, delivery: Delivery, *, now: datetime) -> Incident:
        """Open an incident for an alert; of two firings with one start the later gets another name.

        Raises: UnknownCustomer, NotYetInForce.
        """
        if incidents.find_external(session, source=delivery.source, external_id=report.external_id) is not None:
            at = report.started_at or delivery.arrived_at
            name = f"{series_of(report)}{external_ids.SERIES_MARK}{at.isoformat()}"
            report = replace(report, external_id=name)
        return self.told.open(session, report, delivery, now=now)

    def _end(self, session: Session, record: Incident, report: Report, delivery: Delivery, *, now: datetime) -> Taken:
        """Resolve at its end; on arrival where that lies before the incident was last reopened."""
        reopened = events.of_kind(session, [record.id], Reopened)[record.id]
        if reopened and report.at is not None and report.at <= reopened[-1].at <= delivery.arrived_at:
            report = replace(report, at=delivery.arrived_at)
        return self.told.record(session, record, report, delivery, now=now)

    def _fires_again(
        self, session: Session, report: Report, word: AlertWord, delivery: Delivery, *, now: datetime
    ) -> Taken:
        """Take its incident up again when that was resolved a moment ago, else open a new one."""
        record = self.newest(session, report, delivery.source)
        if record is not None and record.resolved_at is None:
            return _nothing_new(report, record)
        at = word.at if record is None or record.resolved_at is None else again_at(word, resolved_at=record.resolved_at)
        again = replace(report, what=FIRING, at=at, started_at=at, events=(Reopened(text="the alert fires again"),))
        if record is not None and self._is_soon(session, record, at=at):
            return self.told.record(session, record, again, delivery, now=now)
        opened = self.open(session, replace(again, events=()), delivery, now=now)
        return Taken(external_id=report.external_id, outcome=ReportOutcome.OPENED, incident_key=opened.key)

    def _is_soon(self, session: Session, record: Incident, *, at: datetime) -> bool:
        """Whether it fires again within the window, which is never beyond its agreement's."""
        if record.resolved_at is None:
            return True
        terms = self.unit_of_work.agreements.terms(session, record, events.history(session, record.id))
        agreed = terms.at(at).agreement.reopen.window
        return at - record.resolved_at <= (REOPEN_WINDOW if agreed is None else min(REOPEN_WINDOW, agreed))

    def _incident(
        self, session: Session, report: Report, source: str, *, opened_by: datetime | None
    ) -> Incident | None:
        name = external_ids.newest_of_series(session, source=source, series=series_of(report), opened_by=opened_by)
        record = None if name is None else incidents.find_external(session, source=source, external_id=name)
        return None if record is None else self.told.gone_on(session, record, at=opened_by)


def series_of(report: Report) -> str:
    """What all firings of the alert have in common.

    Raises: LookupError for a report on a ticket.
    """
    if report.series is None:
        message = f"the report on {report.external_id} is of no alert"
        raise LookupError(message)
    return report.series


def word_of(report: Report, delivery: Delivery) -> AlertWord:
    """What an alert says, heard when the delivery arrived; nothing it tells of lies after that."""
    arrived = delivery.arrived_at
    return AlertWord(
        delivery=delivery.inbox_id,
        received_at=arrived,
        fires=report.what == FIRING,
        at=min(report.at or arrived, arrived),
        started_at=min(report.started_at or arrived, arrived),
    )


def _began_since(word: AlertWord, record: Incident) -> bool:
    """Whether an alert began to fire after its incident was resolved, by itself or by a person."""
    return word.fires and record.resolved_at is not None and word.at > record.resolved_at


def _nothing_new(report: Report, record: Incident) -> Taken:
    return Taken(external_id=report.external_id, outcome=ReportOutcome.NOTHING_NEW, incident_key=record.key)


def _from_incident(record: Incident | None) -> tuple[AlertWord, ...]:
    """What an incident from before words were remembered tells of them."""
    if record is None:
        return ()
    opened, ended = record.opened_at, record.resolved_at
    first = AlertWord(delivery="", received_at=opened, fires=True, at=opened, started_at=opened)
    if ended is None:
        return (first,)
    return (first, AlertWord(delivery="", received_at=ended, fires=False, at=ended, started_at=opened))


def _words(kept: Mapping[str, Any]) -> tuple[AlertWord, ...]:
    return tuple(
        AlertWord(
            delivery=each["delivery"],
            received_at=datetime.fromisoformat(each["heard"]),
            fires=each["fires"],
            at=datetime.fromisoformat(each["at"]),
            started_at=datetime.fromisoformat(each["started"]),
        )
        for each in kept.get("words", [])
    )


def _document(word: AlertWord) -> dict[str, Any]:
    return {
        "delivery": word.delivery,
        "heard": word.received_at.isoformat(),
        "fires": word.fires,
        "at": word.at.isoformat(),
        "started": word.started_at.isoformat(),
    }
