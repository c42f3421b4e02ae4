"""Keeps the words of an alert, each in its place among the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.reports import Report
from sla_engine.domain.incidents.series import AlertWord, Firing, firings, with_word
from sla_engine.services.intake.match import Delivery
from sla_engine.storage import inbox
from sla_engine.storage.database import Session

FIRING = "firing"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedWord:
    """A word of an alert in its place: when the alert fired as far as was known before it, and as is known now.

    `repeats` when it says what the word before it says. `newest` is the alert's newest incident, None when it never
    was one.
    """

    word: AlertWord
    newest: Incident | None
    before: tuple[Firing, ...]
    firings: tuple[Firing, ...]
    repeats: bool


def place(session: Session, report: Report, delivery: Delivery, *, newest: Incident | None) -> PlacedWord:
    """Keep a word of an alert, whose newest incident is given, and read all its words anew."""
    words = _kept_words(session, report, delivery) or _words_of_incident(newest)
    word = word_of(report, delivery)
    after = with_word(words, word)
    document = {"words": [_document(kept) for kept in after]}
    inbox.remember(session, delivery.source, series_of(report), document)
    number = after.index(word) if word in after else 0
    repeats = word not in after or (number > 0 and after[number - 1].fires == word.fires)
    return PlacedWord(word=word, newest=newest, before=firings(words), firings=firings(after), repeats=repeats)


def known_firings(session: Session, report: Report, delivery: Delivery) -> tuple[Firing, ...]:
    """The times at which the alert fired, by the words that were kept."""
    return firings(_kept_words(session, report, delivery))


def series_of(report: Report) -> str:
    """The name that all firings of the alert have in common.

    Raises: LookupError for a report on a ticket.
    """
    if report.series is None:
        message = f"the report on {report.external_id} is of no alert"
        raise LookupError(message)
    return report.series


def word_of(report: Report, delivery: Delivery) -> AlertWord:
    """The word that a report is, received when its delivery arrived; nothing it tells of lies after that."""
    arrived = delivery.arrived_at
    return AlertWord(
        delivery=delivery.inbox_id,
        received_at=arrived,
        fires=report.what == FIRING,
        at=min(report.at or arrived, arrived),
        started_at=min(report.started_at or arrived, arrived),
    )


def _kept_words(session: Session, report: Report, delivery: Delivery) -> tuple[AlertWord, ...]:
    kept = inbox.hold(session, delivery.source, series_of(report), at=delivery.received_at)
    return tuple(_word(document) for document in kept.get("words", []))


def _words_of_incident(record: Incident | None) -> tuple[AlertWord, ...]:
    """The words that an incident from before words were kept stands for."""
    if record is None:
        return ()
    opened, ended = record.opened_at, record.resolved_at
    first = AlertWord(delivery="", received_at=opened, fires=True, at=opened, started_at=opened)
    if ended is None:
        return (first,)
    return (first, AlertWord(delivery="", received_at=ended, fires=False, at=ended, started_at=opened))


def _word(document: Mapping[str, Any]) -> AlertWord:
    return AlertWord(
        delivery=document["delivery"],
        received_at=datetime.fromisoformat(document["heard"]),
        fires=document["fires"],
        at=datetime.fromisoformat(document["at"]),
        started_at=datetime.fromisoformat(document["started"]),
    )


def _document(word: AlertWord) -> dict[str, Any]:
    return {
        "delivery": word.delivery,
        "heard": word.received_at.isoformat(),
        "fires": word.fires,
        "at": word.at.isoformat(),
        "started": word.started_at.isoformat(),
    }
