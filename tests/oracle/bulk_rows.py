"""Questions put to the bulk arithmetic as columns of numbers."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.bulk import BulkCalendar, micros
from tests.oracle.comparison import Difference
from tests.oracle.minute_count import MinuteCount
from tests.oracle.questions import Kind, Question


@dataclass(frozen=True, slots=True)
class BulkRow:
    """One row: the place of its calendar, that calendar's count, and what is asked."""

    which: int
    count: MinuteCount
    question: Question

    @property
    def start(self) -> int:
        """The instant asked about, since 1970."""
        return micros(self.count.instant(self.question.at))

    @property
    def other(self) -> int:
        """The other instant since 1970, or the amount of open time."""
        if self.question.kind is Kind.ELAPSED:
            return micros(self.count.instant(self.question.other))
        return self.question.other

    def counted(self) -> int:
        """What the count answers: open time, or an instant since 1970."""
        if self.question.kind is Kind.ELAPSED:
            return self.count.elapsed(self.question.at, self.question.other)
        return micros(self.count.instant(self.count.add(self.question.at, self.question.other)))


def differing_rows(bulk: BulkCalendar, kind: Kind, rows: Sequence[BulkRow]) -> Iterator[Difference]:
    """Ask for all rows at once, in no particular order; yield those that were answered otherwise than counted."""
    mixed = random.Random(len(rows)).sample(rows, len(rows))
    which = np.array([row.which for row in mixed])
    starts, others = np.array([row.start for row in mixed]), np.array([row.other for row in mixed])
    answers = (bulk.elapsed if kind is Kind.ELAPSED else bulk.add)(starts, others, which=which)
    for row, answer in zip(mixed, answers.tolist(), strict=True):
        if (counted := row.counted()) != answer:
            asked = f"{kind} in bulk {row.count.instant(row.question.at)}, {row.question.other}"
            yield Difference(bulk.calendars[row.which].name, asked, counted, answer)
