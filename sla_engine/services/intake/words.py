"""Meanings of other systems' words: from `msp.yaml`, or the usual words, or somebody who is asked once.

A word without a meaning is kept and changes nothing. Once it has one, the deliveries that said it are worked on again,
each at its own time. A delivery that says it only after that needs nobody any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import structlog

from sla_engine.domain.agreements.errors import UnknownPerson
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.errors import WordAnswered
from sla_engine.domain.incidents.events import Assigned
from sla_engine.domain.incidents.reports import MeaningOf, Report, understood
from sla_engine.domain.incidents.usual_words import USUAL_WORDS
from sla_engine.domain.incidents.word_meanings import MEANINGS, OwnWords, ReportedWord, WordKind
from sla_engine.domain.text.errors import UnknownChoice
from sla_engine.notifications.notices import WordMessage
from sla_engine.services.agreements.book import PEOPLE_FILE
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import inbox, intake_words, outbox
from sla_engine.storage.database import Session, isolated
from sla_engine.storage.intake_words import IntakeWordRecord
from sla_engine.storage.outbox import NewMessage

LISTED = 20

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedWord:
    """A word that waits for its meaning, and how many deliveries said it."""

    word: IntakeWordRecord
    count: int


class IntakeWords:
    """Words of other systems: understood, asked about, answered. `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def understand(self, session: Session, report: Report, *, intake: str, inbox_id: str, now: datetime) -> Report:
        """A report with its words' meanings in their place; for a word without one somebody is asked, once."""
        if not report.words and report.by is None:
            return report
        msp = self.unit_of_work.msp(session)
        meant = understood(report, meanings_for(msp, intake, intake_words.meanings(session, intake)))
        unknown = sorted(meant.words, key=lambda word: (word.kind, word.folded))
        kept = [self._keep(session, intake, reported, inbox_id=inbox_id, now=now) for reported in unknown]
        if any(word.meaning is not None for word in kept):  # answered while this waited for its turn
            return self.understand(session, report, intake=intake, inbox_id=inbox_id, now=now)
        return _after_the_login(session, report, meant, intake=intake, inbox_id=inbox_id)

    def waiting(self, *, by: str, now: datetime) -> tuple[AskedWord, ...]:
        """The words that wait for a meaning, the longest asked about first.

        Raises: NotAllowed.
        """
        with self.unit_of_work.transaction(action=Action.WORDS, by=by, now=now) as session:
            return _counted(session, intake_words.unanswered(session, limit=LISTED))

    def unanswered(self) -> tuple[AskedWord, ...]:
        """All of them, for whoever runs the program."""
        with self.unit_of_work.database.reading() as session:
            return _counted(session, intake_words.unanswered(session))

    def answered(self) -> tuple[IntakeWordRecord, ...]:
        """The words that were given a meaning here, by intake and kind."""
        with self.unit_of_work.database.reading() as session:
            return tuple(intake_words.answered(session))

    def answer(self, number: int, *, meaning: str, by: str, now: datetime) -> IntakeWordRecord:
        """Say what a word means; it counts for what was kept as well, from each delivery's own time on.

        Raises: NotAllowed, UnknownWord, WordAnswered, UnknownChoice, UnknownPerson.
        """
        with self.unit_of_work.transaction(action=Action.WORDS, by=by, now=now) as session:
            word = intake_words.lock(session, number)
            if word.meaning is not None:
                raise WordAnswered(word.said_word.word, word.meaning, word.decided_by or "", word.decided_at or now)
            wanted = _meaning(self.unit_of_work.msp(session), word.said_word.kind, meaning)
            return self._decide(session, word, meaning=wanted, by=by, now=now)

    def keep_up(self, *, now: datetime) -> None:
        """Show how often each unanswered word was said by now, and answer what `msp.yaml` says meanwhile.

        Raises: StorageBusy.
        """
        with self.unit_of_work.database.reading() as session:
            behind = [word for word in intake_words.unanswered(session) if self._is_behind(session, word)]
        for word in behind:
            with self.unit_of_work.database.transaction() as session:
                left = partial(_left_for_the_next_run, word)
                isolated(session, partial(self._catch_up, session, word.number, now=now), on_failure=left)

    def _is_behind(self, session: Session, word: IntakeWordRecord) -> bool:
        count = intake_words.counts(session, [word.number]).get(word.number, 0)
        return (
            count != word.shown
            or meanings_for(self.unit_of_work.msp(session), word.intake, {})(word.said_word) is not None
        )

    def _catch_up(self, session: Session, number: int, *, now: datetime) -> None:
        word = intake_words.lock(session, number)
        if word.meaning is not None:
            return
        meaning = meanings_for(self.unit_of_work.msp(session), word.intake, {})(word.said_word)
        if meaning is not None:
            self._decide(session, word, meaning=meaning, by=PEOPLE_FILE, now=now)
            return
        count = intake_words.counts(session, [word.number]).get(word.number, 0)
        intake_words.mark_shown(session, word.number, count)
        self._edit(session, word, name=f"count:{count}", now=now)

    def _keep(
        self, session: Session, intake: str, reported: ReportedWord, *, inbox_id: str, now: datetime
    ) -> IntakeWordRecord:
        word, is_new = intake_words.keep(session, intake=intake, word=reported, inbox_id=inbox_id, at=now)
        if is_new:
            outbox.enqueue(session, self._message(session, word, now=now))
        return word

    def _decide(
        self, session: Session, word: IntakeWordRecord, *, meaning: str, by: str, now: datetime
    ) -> IntakeWordRecord:
        decided = intake_words.decide(session, word.number, meaning=meaning, by=by, at=now)
        self._edit(session, decided, name="decided", now=now)
        inbox.work_again(session, intake_words.sayings(session, word.number))
        return decided

    def _edit(self, session: Session, word: IntakeWordRecord, *, name: str, now: datetime) -> None:
        outbox.edit(session, self._message(session, word, now=now), edit_name=name)

    def _message(self, session: Session, word: IntakeWordRecord, *, now: datetime) -> NewMessage:
        """What asks the dispatcher on duty for a meaning, as it stands now."""
        msp = self.unit_of_work.msp(session)
        on_duty = msp.dispatcher(now)
        shown = WordMessage(
            number=word.number,
            intake=word.intake,
            kind=word.said_word.kind.value,
            word=word.said_word.word,
            count=intake_words.counts(session, [word.number]).get(word.number, 1),
            mention=() if on_duty is None else (on_duty,),
            meaning=word.meaning,
            by=word.decided_by,
            at=word.decided_at,
        )
        return NewMessage(
            key=f"word:{word.number}",
            destination=msp.dispatcher_channel,
            notification=shown,
            at=self.unit_of_work.real_clock(),
        )


def _left_for_the_next_run(word: IntakeWordRecord, error: Exception) -> None:
    log.error("a word was left as it is", word=word.number, exc_info=error)


def _counted(session: Session, words: Sequence[IntakeWordRecord]) -> tuple[AskedWord, ...]:
    counts = intake_words.counts(session, [word.number for word in words])
    return tuple(AskedWord(word=word, count=counts.get(word.number, 0)) for word in words)


def meanings_for(msp: Msp, intake: str, answers: OwnWords) -> MeaningOf:
    """What an intake's words mean: `msp.yaml` first, then its logins and the usual words, then what was answered."""
    own = msp.intakes.get(intake, {})

    def meaning_of(reported: ReportedWord) -> str | None:
        in_file, usual, answered = (
            words.get(reported.kind, {}).get(reported.folded) for words in (own, USUAL_WORDS, answers)
        )
        return in_file or _of_login(msp, reported) or usual or answered

    return meaning_of


def _of_login(msp: Msp, reported: ReportedWord) -> str | None:
    """Whose login a word is; a system that knows Slack ids may name one."""
    person = (msp.by_login(reported.word) or msp.person(reported.word)) if reported.kind is WordKind.PERSON else None
    return None if person is None else person.slack_id


def _after_the_login(session: Session, report: Report, meant: Report, *, intake: str, inbox_id: str) -> Report:
    """A ticket that was given to a login nobody knew has that on record: who it is comes after it, at the same time."""
    logins = tuple(
        Assigned(to=reported.word)
        for reported in report.words
        if reported.kind is WordKind.PERSON
        and reported not in meant.words
        and intake_words.was_kept(session, intake=intake, word=reported, inbox_id=inbox_id)
    )
    return replace(meant, events=(*logins, *meant.events)) if logins else meant


def _meaning(msp: Msp, kind: WordKind, word: str) -> str:
    """The meaning somebody named: one a word of this kind can have, or one of our people.

    Raises: UnknownChoice, UnknownPerson.
    """
    meaning = next((meaning for meaning in MEANINGS[kind] if meaning.casefold() == word.strip().casefold()), None)
    if meaning is not None:
        return meaning
    if kind is not WordKind.PERSON:
        raise UnknownChoice("meaning", word, MEANINGS[kind])
    person = msp.person(word)
    if person is None:
        raise UnknownPerson(word)
    return person.slack_id
