"""`docs/how-clocks-count.md` is run: every table of the page is put to the engine, row by row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sla_engine.domain.agreements import Agreement
from sla_engine.domain.calendars import Calendar
from sla_engine.domain.clocks import ClockState, Reading, readings
from sla_engine.domain.errors import DayIsAmbiguous
from sla_engine.domain.escalation import LadderPlace, climb, next_look, rung_instant
from sla_engine.domain.events import (
    Acknowledged,
    Assigned,
    CustomerReplied,
    CustomerUpdated,
    Entry,
    Event,
    HelpAsked,
    NoteWritten,
    Opened,
    Paused,
    PlanGiven,
    PrioritySet,
    Reopened,
    Resolved,
    Responded,
    Resumed,
)
from sla_engine.domain.ladders import Ladder, Recipient, Repeat, Rung
from sla_engine.domain.ledger import ledger
from sla_engine.domain.metrics import METRICS, MetricName
from sla_engine.domain.priorities import Priority
from sla_engine.domain.reasons import PauseReason
from sla_engine.domain.terms import Terms
from sla_engine.files.agreement_file import AgreementDefaults, read_agreement
from sla_engine.files.durations import read_duration, written
from sla_engine.files.holiday_dates import LibraryHolidays

PAGE = Path(__file__).parents[2] / "docs" / "how-clocks-count.md"
YEAR = 2026
APPLIED = datetime(YEAR, 1, 1, tzinfo=UTC)
HEAD = "customer: Acme Dental\neffective: 2026-01-01T00:00:00Z\n"

MOMENT = re.compile(r"(?:(\w{3}) (\d{1,2}) (\w{3}) )?(\d\d:\d\d(?::\d\d)?)( UTC)?")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PLAIN_EVENTS: Mapping[str, Event] = {
    "responded": Responded(),
    "customer updated": CustomerUpdated(),
    "customer replied": CustomerReplied(),
    "plan given": PlanGiven(),
    "resumed": Resumed(),
    "resolved": Resolved(),
    "reopened": Reopened(),
    "assigned": Assigned(to="U0TOM"),
    "help asked": HelpAsked(),
    "note written": NoteWritten(reason="other"),
    "acknowledged": Acknowledged(),
}

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, the agreement that stands above it, and the row before it that told a story."""

    number: int
    cells: Cells
    agreement: Agreement
    story: Cells

    @property
    def calendar(self) -> Calendar:
        return self.agreement.calendar


# ---------------------------------------------------------------------- reading the page


def rows() -> Iterator[tuple[str, Row]]:
    """Each row of each table, with the table's header."""
    agreement = agreement_of(
        'calendar: {timezone: UTC, hours: {mon-fri: "09:00-17:00"}}\ntargets: {P2: {resolution: 8h}}'
    )
    header: tuple[str, ...] = ()
    fence: list[str] | None = None
    story: Cells = {}
    for number, line in enumerate(PAGE.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("```"):
            if fence:
                agreement = agreement_of("\n".join(fence))
            fence = [] if line == "```yaml" else None
        elif fence is not None:
            fence.append(line)
        elif not line.startswith("|"):
            header = ()
        elif not header:
            header = cells_of(line)
        elif not set(line) <= set("|-"):
            cells = dict(zip(header, cells_of(line), strict=True))
            yield " | ".join(header), Row(number, cells, agreement, story)
            story = cells if "read at" in cells else story


def cells_of(line: str) -> tuple[str, ...]:
    return tuple(cell.strip().strip("`") for cell in line.strip("|").split("|"))


def agreement_of(excerpt: str) -> Agreement:
    """The agreement of which the page shows the part that matters."""
    found = read_agreement(
        f"{HEAD}{excerpt}\n", PAGE.name, holidays=LibraryHolidays(APPLIED), defaults=AgreementDefaults(), now=None
    )
    return found.agreement


def instant(text: str, calendar: Calendar, *, day: str = "") -> datetime:
    """`Fri 6 Mar 16:50` on the calendar's wall clock, or on UTC's when it says so; `day` is the one spoken of last."""
    found = MOMENT.fullmatch(text)
    assert found is not None, f"{text!r} is not a moment such as Fri 6 Mar 16:50"
    date = f"{YEAR}-{MONTHS.index(found[3]) + 1:02}-{int(found[2]):02}" if found[1] else day
    zone = Calendar.always_open("UTC") if found[5] else calendar
    at = zone.resolve_local(f"{date} {found[4]}")
    if found[1]:
        assert datetime.fromisoformat(date).strftime("%a") == found[1], f"{text!r} is another weekday"
    return at


def duration(text: str) -> timedelta:
    parts = re.fullmatch(r"(?=.)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", text)
    assert parts is not None, f"{text!r} is not a duration such as 1h30m"
    hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def history(text: str, calendar: Calendar) -> list[Entry]:
    """`Fri 6 Mar 16:50 opened P2; 16:55 responded`: facts in the order in which we heard of them."""
    entries: list[Entry] = []
    day = ""
    for number, fact in enumerate(text.split("; ")):
        found = re.match(MOMENT.pattern + r" (.+)", fact)
        assert found is not None, f"{fact!r} is not a moment and what happened then"
        at = instant(fact.removesuffix(f" {found[6]}"), calendar, day=day)
        day = calendar.local_date(at).isoformat()
        entries.append(Entry(event=event(found[6]), at=at, seq=number, recorded_at=at))
    return entries


def event(text: str) -> Event:
    if text in PLAIN_EVENTS:
        return PLAIN_EVENTS[text]
    word, _, rest = text.partition(" ")
    made: Mapping[str, Callable[[str], Event]] = {
        "opened": lambda priority: Opened(priority=Priority(priority), title="Nobody can print"),
        "priority": lambda priority: PrioritySet(priority=Priority(priority)),
        "paused": lambda reason: Paused(reason=PauseReason(reason)),
        "resumed": lambda reason: Resumed(reason=PauseReason(reason)),
    }
    return made[word](rest)


# ---------------------------------------------------------------------- putting a row to the engine


def reading(row: Row, metric: str, *, at: datetime) -> Reading:
    story = history(row.cells["what happens"], row.calendar)
    return readings(story, Terms.of(row.agreement), now=at)[MetricName(metric)][-1]


def check_clock(row: Row) -> None:
    """Target, elapsed, due and breach of one clock, read at one instant."""
    cells, at = row.cells, instant(row.cells["read at"], row.calendar)
    found = reading(row, cells["clock"], at=at)
    assert written(found.target.duration) == cells["target"]
    assert found.elapsed == duration(cells["elapsed"])
    check_due(found, cells["due"], row.calendar)
    check_breach(found, cells["breached"], row.calendar)


def check_due(found: Reading, due: str, calendar: Calendar) -> None:
    if not due.startswith("rests, "):
        assert found.state is not ClockState.PAUSED
        assert found.due_at == instant(due, calendar)
        return
    assert (found.state, found.due_at) == (ClockState.PAUSED, None)
    length, _, side = due.removeprefix("rests, ").partition(" ")
    assert found.remaining == {"left": 1, "over": -1}[side] * duration(length)


def check_breach(found: Reading, breached: str, calendar: Calendar) -> None:
    if breached in ("no", "met"):
        assert found.breached_at is None
        assert found.met is (True if breached == "met" else None)
        return
    at, comma, _ = breached.partition(", by the change")
    assert found.breached_at == instant(at, calendar)
    assert found.breached_on_change is bool(comma)
    assert found.met is False


def check_ledger(row: Row) -> None:
    """One row of the ledger of the clock that was read last."""
    cells, calendar = row.cells, row.calendar
    metric, at = MetricName(row.story["clock"]), instant(row.story["read at"], calendar)
    found = ledger(history(row.story["what happens"], calendar), metric, Terms.of(row.agreement), now=at)
    assert found is not None
    line = next(line for line in found.rows if line.start == instant(cells["from"], calendar))
    assert line.end == instant(cells["to"], calendar)
    assert (line.what, line.why) == (cells["what"], cells["why"])
    assert (line.counted, line.running_sum) == (duration(cells["counted"]), duration(cells["sum"]))


def check_rung(row: Row) -> None:
    """When one rung of the resolution's ladder is reached; the breach itself is the instant after."""
    story = history(row.cells["what happens"], row.calendar)
    found = readings(story, Terms.of(row.agreement), now=story[-1].at)[MetricName.RESOLUTION][-1]
    percent = int(row.cells["rung"].removesuffix("%"))
    rung = next(rung for rung in row.agreement.ladder(MetricName.RESOLUTION).rungs if rung.percent == percent)
    reached = rung_instant(found, rung)
    assert reached is not None
    assert reached.replace(microsecond=0) == instant(row.cells["reached at"], row.calendar)


def check_fold(row: Row) -> None:
    """What is announced when nobody looked for a while: the highest rung, once."""
    at = instant(row.cells["nobody looked until"], row.calendar)
    found = reading(row, "resolution", at=at)
    ladder = row.agreement.ladder(MetricName.RESOLUTION)
    said = climb(found, ladder, LadderPlace(), acknowledged=False, snoozed_until=None, now=at)
    assert said is not None
    assert f"{said.rung.percent}%, once" == row.cells["announced"]
    place = LadderPlace(rungs_done=said.number + 1, last_nudged_at=at)
    assert climb(found, ladder, place, acknowledged=False, snoozed_until=None, now=at) is None
    check_breach(found, row.cells["breached"], row.calendar)


def check_repeat(row: Row) -> None:
    """When the last rung is said again, on the calendar of the page."""
    every, _, wall = row.cells["repeat"].partition(" ")
    rung = Rung(percent=100, tell=(Recipient.DISPATCHER,), repeat=Repeat(every=duration(every), wall=wall == "wall"))
    last = instant(row.cells["last said at"], row.calendar)
    story = history("Mon 5 Jan 09:00 opened P2", row.calendar)
    found = readings(story, Terms.of(row.agreement), now=last)[MetricName.RESOLUTION][-1]
    place = LadderPlace(rungs_done=1, last_nudged_at=last)
    again = next_look(found, Ladder((rung,)), place, acknowledged=False, snoozed_until=None)
    assert again == instant(row.cells["said again at"], row.calendar)


def check_label(row: Row) -> None:
    """Which instant a wall-clock time means on a day when the clocks change."""
    assert instant(row.cells["the wall clock says"], row.calendar) == instant(row.cells["it means"], row.calendar)


def check_duration(row: Row) -> None:
    """How long a written duration is where the calendar says how long a business day is."""
    text, means = row.cells["written"], row.cells["open time"]
    if means == "refused":
        with pytest.raises(DayIsAmbiguous):
            read_duration(text)
        return
    assert read_duration(text).on(row.calendar.business_day) == duration(means)


def check_metric(row: Row) -> None:
    """What stops a clock, what starts it over, and whether a pause rests it."""
    metric = METRICS[MetricName(row.cells["metric"])]
    names = {type(each): name for name, each in PLAIN_EVENTS.items()}
    assert ", ".join(names[kind] for kind in metric.stops_on) == row.cells["stops when"]
    assert (", ".join(names[kind] for kind in metric.restarts_on) or "never") == row.cells["starts over when"]
    assert ("yes" if metric.pausable else "no") == row.cells["a pause rests it"]
    assert ("yes" if metric.resumes_on_reopen else "no") == row.cells["goes on when reopened"]


CHECKS: Mapping[str, Callable[[Row], None]] = {
    "clock | what happens | read at | target | elapsed | due | breached": check_clock,
    "from | to | what | counted | sum | why": check_ledger,
    "rung | what happens | reached at": check_rung,
    "what happens | nobody looked until | announced | breached": check_fold,
    "repeat | last said at | said again at": check_repeat,
    "the wall clock says | it means": check_label,
    "written | open time": check_duration,
    "metric | stops when | starts over when | a pause rests it | goes on when reopened": check_metric,
}
ROWS = [pytest.param(header, row, id=f"line {row.number}") for header, row in rows()]


@pytest.mark.parametrize(("header", "row"), ROWS)
def test_the_page_says_what_the_engine_says(header: str, row: Row) -> None:
    CHECKS[header](row)


def test_every_kind_of_table_is_on_the_page() -> None:
    assert {header for header, _ in rows()} == set(CHECKS)


def test_the_page_names_every_metric() -> None:
    assert [row.cells["metric"] for header, row in rows() if header.startswith("metric")] == [*MetricName]


def test_the_page_shows_every_row_of_the_ledger_it_explains() -> None:
    shown = [row for header, row in rows() if header.startswith("from")]
    last = shown[-1]
    metric, at = MetricName(last.story["clock"]), instant(last.story["read at"], last.calendar)
    found = ledger(history(last.story["what happens"], last.calendar), metric, Terms.of(last.agreement), now=at)
    assert found is not None
    assert len(found.rows) == len(shown)
    assert found.rows[-1].running_sum == found.reading.elapsed
