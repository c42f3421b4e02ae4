"""Reports of another system about one of its tickets or alerts, as finished values."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sla_engine.domain.incidents.events import Assigned, Event, PrioritySet, Unassigned
from sla_engine.domain.incidents.priorities import Level, Priority
from sla_engine.domain.incidents.word_meanings import NOBODY, NOTHING, STATUS_FACTS, ReportedWord, WordKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The data to open an incident with: a priority, or the impact and urgency that make one.

    `customer` and `priority_word` are as the other system writes them, empty when it names none. While nobody has
    given the meaning of `priority_word`, the agreement's matrix makes the priority, and an unknown level counts as
    medium.
    """

    customer: str
    title: str
    priority: Priority | None = None
    impact: Level | None = None
    urgency: Level | None = None
    priority_word: str = ""
    site: str = ""
    service: str = ""
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One thing that happened to one ticket or alert.

    `at` is when it happened (None: when it arrived), `started_at` when the ticket or alert began, for a report that
    has both. `by`, and the `to` of an assignment, are logins of the other system. `events` are recorded as they
    stand, and after them the facts that its `words` mean. `opening` opens the incident when we do not have it yet.
    `customer` owns the ticket now, `into` is the ticket that it turned out to be, by the other system's id.
    `series` joins firings of one alert: an incident of the same series that is still open takes the report, and one
    that was resolved a moment ago is reopened.
    `doubt` says why a person must read it before it opens anything: it could not be read in full.
    """

    external_id: str
    what: str
    at: datetime | None = None
    by: str | None = None
    events: tuple[Event, ...] = ()
    opening: Opening | None = None
    series: str | None = None
    started_at: datetime | None = None
    words: tuple[ReportedWord, ...] = ()
    customer: str = ""
    into: str = ""
    doubt: str = ""


MeaningOf = Callable[[ReportedWord], str | None]
"""The meaning of a word, as `word_meanings` names it; None while it is unknown."""


def understood(report: Report, meaning_of: MeaningOf) -> Report:
    """The report with the meanings of its words put in their place.

    The words whose meaning is unknown are left in `words`: an assignee stays a login, an opening has no priority yet.
    """
    unknown: list[ReportedWord] = []
    understood_so_far = replace(report, by=_known_person(report.by, meaning_of), words=())
    for word in report.words:
        meaning = meaning_of(word)
        understood_so_far = _with_meaning(understood_so_far, word, meaning)
        if meaning is None:
            unknown.append(word)
    return replace(understood_so_far, words=tuple(unknown))


def _known_person(login: str | None, meaning_of: MeaningOf) -> str | None:
    meaning = None if login is None else meaning_of(ReportedWord(WordKind.PERSON, login))
    return login if meaning in (None, NOBODY) else meaning


def _with_meaning(report: Report, word: ReportedWord, meaning: str | None) -> Report:
    match word.kind:
        case WordKind.STATUS:
            return _adding(report, STATUS_FACTS[meaning or NOTHING])
        case WordKind.PERSON:
            return _adding(report, (Unassigned() if meaning == NOBODY else Assigned(to=meaning or word.word),))
        case WordKind.PRIORITY:
            return report if meaning in (None, NOTHING) else _with_priority(report, Priority(meaning))


def _with_priority(report: Report, priority: Priority) -> Report:
    if report.opening is None:
        return _adding(report, (PrioritySet(priority=priority),))
    return replace(report, opening=replace(report.opening, priority=priority))


def _adding(report: Report, events: tuple[Event, ...]) -> Report:
    return replace(report, events=(*report.events, *events))
