"""What the correctness bar counts: so many questions, so many differences, one row for each way of asking."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice

from benchmarks.bulk import BulkCalendar
from sla_engine.cli import conformance
from sla_engine.domain.time.versioned_calendar import spliced
from tests.oracle.bulk_rows import BulkRow, differing_rows
from tests.oracle.clock_readings import differing_clocks
from tests.oracle.comparison import Difference, differences, differing_labels, differing_spans
from tests.oracle.minute_count import MICROSECOND, MINUTE_MICROSECONDS, MinuteCount
from tests.oracle.questions import Draw, Kind
from tests.oracle.random_calendars import ZONES, random_calendar
from tests.oracle.random_histories import random_incident
from tests.oracle.told_histories import METRICS
from tests.oracle.written_calendars import WrittenCalendar
from tests.oracle.written_forms import engine_calendar, peer_schedule

NOTHING = timedelta()
FORWARD = tuple(kind for kind in Kind if kind is not Kind.PREV_CLOSE)
AMOUNTS = (Kind.ELAPSED, Kind.ADD, Kind.SUBTRACT)


@dataclass(slots=True)
class Tally:
    """One row: how many questions were put about how many calendars, and the answers that differed."""

    name: str
    calendars: int = 0
    asked: int = 0
    differences: list[Difference] = field(default_factory=list)

    def add(self, asked: int, *found: Iterable[Difference]) -> None:
        """Count the questions about one more calendar."""
        self.calendars += 1
        self.asked += asked
        for some in found:
            self.differences.extend(some)


def published_vectors(vectors: Sequence[object]) -> Tally:
    """Conformance vectors, as `sla-bot conformance` runs them."""
    tally = Tally("published vectors")
    failed = (result for result in conformance.run(vectors) if not result.passed)
    tally.add(len(vectors), (Difference("vectors", r.id, r.expected, r.problem or r.got) for r in failed))
    return tally


def minute_by_minute(name: str, calendars: Iterable[WrittenCalendar], *, each: int, seed: int | str) -> Tally:
    """Calendars against a count of their minutes: every open span of their years, and `each` random questions."""
    tally = Tally(name)
    for written in calendars:
        count, calendar = MinuteCount.of(written), engine_calendar(written)
        questions = Draw(count, seed=f"{seed} {written.name}").questions(each)
        tally.add(each, differing_spans(count, calendar), differences(count, calendar, questions))
    return tally


def in_bulk(calendars: Iterable[WrittenCalendar], *, each: int, seed: int | str) -> Tally:
    """Calendars of the same years asked at once, for columns of mixed rows, against the same counts."""
    tally = Tally("all at once in bulk, counted")
    by_years: dict[tuple[int, int], list[WrittenCalendar]] = {}
    for written in calendars:
        by_years.setdefault(written.years, []).append(written)
    for alike in by_years.values():
        bulk = BulkCalendar([engine_calendar(written) for written in alike])
        for kind, rows in _bulk_rows(alike, each=each, seed=seed).items():
            tally.differences.extend(differing_rows(bulk, kind, rows))
        tally.calendars += len(alike)
        tally.asked += each * len(alike)
    return tally


def _bulk_rows(calendars: Iterable[WrittenCalendar], *, each: int, seed: int | str) -> dict[Kind, list[BulkRow]]:
    rows: dict[Kind, list[BulkRow]] = {Kind.ADD: [], Kind.ELAPSED: []}
    for which, written in enumerate(calendars):
        count = MinuteCount.of(written)
        for question in Draw(count, seed=f"{seed} {written.name}").questions(each, kinds=tuple(rows)):
            rows[question.kind].append(BulkRow(which, count, question))
    return rows


def labels(calendars: Iterable[WrittenCalendar], *, each: int, seed: int | str) -> Tally:
    """What wall-clock labels mean."""
    tally = Tally("wall-clock labels, watched")
    for written in calendars:
        found = differing_labels(MinuteCount.of(written), engine_calendar(written), number=each, seed=seed)
        tally.add(each, found)
    return tally


def edited(calendars: Iterable[WrittenCalendar], *, number: int, each: int, seed: int | str) -> Tally:
    """Calendars that are edited twice on the way, at any minute, against the minutes of each up to its edit."""
    tally = Tally("edited calendars, counted")
    draw = random.Random(seed)
    same_years = [written for written in calendars if written.years == (2024, 2027)]
    counts = {written.name: MinuteCount.of(written) for written in same_years}
    for _ in range(number):
        first, second, third = draw.sample(same_years, 3)
        count = counts[first.name]
        edits = sorted(Draw(count, seed=draw.getrandbits(32)).moment() // MINUTE_MICROSECONDS for _ in range(2))
        at = [minute * MINUTE_MICROSECONDS for minute in edits]
        later = counts[second.name].until(at[1], counts[third.name])
        whole = count.until(at[0], later)
        starts = (count.begin, *map(count.instant, at))
        calendar = spliced(list(zip(starts, map(engine_calendar, (first, second, third)), strict=True)))
        questions = Draw(whole, seed=draw.getrandbits(32)).questions(each, kinds=FORWARD)
        tally.add(each, differing_spans(whole, calendar), differences(whole, calendar, questions))
    return tally


def peer(calendars: Iterable[WrittenCalendar], *, each: int, seed: int | str) -> Tally:
    """Calendars against `workclock`, where its policy is ours: elapsed, add and subtract in equal parts."""
    tally = Tally("workclock")
    for written in calendars:
        tally.add(each, _differing_from_peer(written, each=each, seed=seed))
    return tally


def _differing_from_peer(written: WrittenCalendar, *, each: int, seed: int | str) -> Iterator[Difference]:
    count, ours, theirs = MinuteCount.of(written), engine_calendar(written), peer_schedule(written)
    for question in Draw(count, seed=f"{seed} {written.name}").questions(each, kinds=AMOUNTS):
        at, amount = count.instant(question.at), question.other * MICROSECOND
        if question.kind is Kind.ELAPSED:
            end = count.instant(question.other)
            answers: tuple[object, object] = max(theirs.between(at, end), NOTHING), ours.elapsed(at, end)
        elif question.kind is Kind.ADD:
            answers = theirs.add(at, amount), ours.add(at, amount)
        else:
            answers = theirs.sub(at, amount), ours.subtract(at, amount)
        if answers[0] != answers[1]:
            yield Difference(written.name, f"{question.kind} {at}, {amount}", *answers)


def clocks(number: int, *, seed: int | str) -> Tally:
    """Incidents walked through minute by minute, against every clock's reading and ledger."""
    tally = Tally("clocks and ledgers, walked")
    for index in range(number):
        incident = random_incident(random.Random(f"{seed} {index}"))
        found = differing_clocks(incident)
        tally.add(len(METRICS), (replace(each, question=f"{each.question} of incident {index}") for each in found))
    return tally


def random_calendars(number: int, *, seed: int | str, plain: bool = False) -> Iterator[WrittenCalendar]:
    """So many calendars that nobody would write, in each zone in turn."""
    draw = random.Random(seed)
    zones = [zone for _ in range(number) for zone in ZONES]
    yield from (random_calendar(draw, zone=zone, plain=plain) for zone in islice(zones, number))
