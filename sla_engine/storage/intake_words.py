"""Words of other systems without a meaning: each is asked about once, and given its meaning once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sla_engine.domain.incidents.errors import UnknownWord
from sla_engine.domain.incidents.word_meanings import OwnWords, ReportedWord, WordKind
from sla_engine.storage.tables.intake import IntakeWord, IntakeWordSaying


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeWordRecord:
    """A word of one intake; `shown` is the count of deliveries that the message about it shows."""

    number: int
    intake: str
    said_word: ReportedWord
    shown: int
    meaning: str | None
    decided_by: str | None
    decided_at: datetime | None


def meanings(session: Session, intake: str) -> OwnWords:
    """The meanings that an intake's words were given, by kind."""
    rows = session.scalars(select(IntakeWord).where(IntakeWord.intake == intake, IntakeWord.meaning.is_not(None)))
    by_kind: dict[WordKind, dict[str, str]] = {}
    for row in rows:
        by_kind.setdefault(WordKind(row.kind), {})[row.folded] = row.meaning or ""
    return by_kind


def keep(
    session: Session, *, intake: str, word: ReportedWord, inbox_id: str, at: datetime
) -> tuple[IntakeWordRecord, bool]:
    """Keep that a delivery holds a word; answers the word, and whether no delivery held it before.

    The word is locked until the transaction ends: whoever gives it a meaning waits, and then finds this delivery. It
    may have been given one a moment ago. A delivery that is worked on again counts once.
    """
    row, is_new = _row(session, intake, word, at=at)
    if session.get(IntakeWordSaying, (row.id, inbox_id)) is None:
        session.add(IntakeWordSaying(word_id=row.id, inbox_id=inbox_id))
        session.flush()
    return _record(row), is_new


def was_kept(session: Session, *, intake: str, word: ReportedWord, inbox_id: str) -> bool:
    """Whether it was kept that a delivery holds this word, which had no meaning then."""
    row = session.scalar(_wanted(intake, word))
    return row is not None and session.get(IntakeWordSaying, (row.id, inbox_id)) is not None


def lock(session: Session, number: int) -> IntakeWordRecord:
    """One word, locked until the transaction ends.

    Raises: UnknownWord.
    """
    row = session.scalar(select(IntakeWord).where(IntakeWord.id == number).with_for_update())
    if row is None:
        raise UnknownWord(number)
    return _record(row)


def decide(session: Session, number: int, *, meaning: str, by: str, at: datetime) -> IntakeWordRecord:
    """Give a word its meaning."""
    row = session.get_one(IntakeWord, number)
    row.meaning, row.decided_by, row.decided_at = meaning, by, at
    session.flush()
    return _record(row)


def mark_shown(session: Session, number: int, count: int) -> None:
    """Remember which count the message about a word shows."""
    session.get_one(IntakeWord, number).shown = count
    session.flush()


def unanswered(session: Session, *, limit: int | None = None) -> list[IntakeWordRecord]:
    """Words without a meaning, the one asked about first in front."""
    wanted = select(IntakeWord).where(IntakeWord.meaning.is_(None)).order_by(IntakeWord.id).limit(limit)
    return [_record(row) for row in session.scalars(wanted)]


def answered(session: Session) -> list[IntakeWordRecord]:
    """Words with a meaning, by intake and kind, in the order in which they first came."""
    wanted = select(IntakeWord).where(IntakeWord.meaning.is_not(None))
    return [_record(row) for row in session.scalars(wanted.order_by(IntakeWord.intake, IntakeWord.kind, IntakeWord.id))]


def counts(session: Session, numbers: Sequence[int]) -> Mapping[int, int]:
    """Count, by word number, the deliveries that held the word before it had a meaning."""
    wanted = select(IntakeWordSaying.word_id, func.count()).where(IntakeWordSaying.word_id.in_(numbers))
    return {number: count for number, count in session.execute(wanted.group_by(IntakeWordSaying.word_id))}  # noqa: C416


def sayings(session: Session, number: int) -> list[str]:
    """The inbox ids of the deliveries that held a word before it had a meaning."""
    wanted = select(IntakeWordSaying.inbox_id).where(IntakeWordSaying.word_id == number)
    return list(session.scalars(wanted.order_by(IntakeWordSaying.inbox_id)))


def _row(session: Session, intake: str, word: ReportedWord, *, at: datetime) -> tuple[IntakeWord, bool]:
    wanted = _wanted(intake, word).with_for_update()
    row = session.scalar(wanted)
    if row is not None:
        return row, False
    row = IntakeWord(intake=intake, kind=word.kind.value, word=word.word, folded=word.folded, asked_at=at, shown=1)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # another delivery brought it at this very moment
        return session.scalars(wanted).one(), False
    return row, True


def _wanted(intake: str, word: ReportedWord) -> Select[IntakeWord]:
    return select(IntakeWord).where(
        IntakeWord.intake == intake, IntakeWord.kind == word.kind.value, IntakeWord.folded == word.folded
    )


def _record(row: IntakeWord) -> IntakeWordRecord:
    return IntakeWordRecord(
        number=row.id,
        intake=row.intake,
        said_word=ReportedWord(WordKind(row.kind), row.word),
        shown=row.shown,
        meaning=row.meaning,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )
