"""`docs/how-clocks-count.md` as its readers see it: agreements, and below each the tables that hold under it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.versions import AppliedVersion, Terms, governed, terms_of
from sla_engine.domain.incidents.events import (
    Absorbed,
    Acknowledged,
    Assigned,
    CustomerReplied,
    CustomerUpdated,
    Event,
    HelpAsked,
    Merged,
    Opened,
    Paused,
    PlanGiven,
    PrioritySet,
    PromiseLapsed,
    PromiseQuestioned,
    Reopened,
    Reprocessed,
    Resolved,
    Responded,
    Resumed,
    Waived,
)
from sla_engine.domain.incidents.history import SLACK, Entry
from sla_engine.domain.incidents.note_events import NoteWritten, ReasonGiven
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.calendar import Calendar
from sla_engine.files.agreement_file import AgreementDefaults, read_agreement
from sla_engine.files.holiday_dates import LibraryHolidays

PAGE = Path(__file__).parents[2] / "docs" / "how-clocks-count.md"
YEAR = 2026
APPLIED = datetime(YEAR, 1, 1, tzinfo=UTC)
HEAD = "customer: Acme Dental\neffective: 2026-01-01T00:00:00Z\n"
LATER_VERSION = re.compile(r"# applied (?P<applied>.+?)(?:, in effect from (?P<effective>.+))?")

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
    "reason given": ReasonGiven(reason="other", covers=("resolution:0",)),
    "acknowledged": Acknowledged(),
    "waived resolution": Waived(metric="resolution", cycle=0, reason="The customer agreed"),
}

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the agreement a table stands under, and when it was applied and takes effect."""

    applied: AppliedVersion
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, the versions that stand above it, and the row before it that told a story."""

    number: int
    cells: Cells
    versions: tuple[Version, ...]
    story: Cells

    @property
    def agreement(self) -> Agreement:
        return self.versions[0].agreement

    @property
    def calendar(self) -> Calendar:
        return self.agreement.calendar

    def terms(self, entries: list[Entry]) -> Terms:
        """Which versions count for a history; it was opened under the one in force then."""
        told = entries[0].at
        known = [version.applied for version in self.versions if version.applied.applied_at <= told]
        under = max((each for each in known if each.effective <= told), key=lambda each: each.number).number
        spans = governed(entries, opened_under=under, versions=[version.applied for version in self.versions])
        says = {version.applied.number: version.agreement for version in self.versions}
        return terms_of(spans, opened_under=under, read=says.__getitem__)


def rows() -> Iterator[tuple[str, Row]]:
    """Each row of each table, with the table's header."""
    versions: tuple[Version, ...] = ()
    header: tuple[str, ...] = ()
    fence: list[str] | None = None
    story: Cells = {}
    for number, line in enumerate(PAGE.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("```"):
            if fence:
                versions = versions_with(fence, versions)
            fence = [] if line == "```yaml" else None
        elif fence is not None:
            fence.append(line)
        elif not line.startswith("|"):
            header = ()
        elif not header:
            header = cells_of(line)
        elif not set(line) <= set("|-"):
            cells = dict(zip(header, cells_of(line), strict=True))
            yield " | ".join(header), Row(number, cells, versions, story)
            story = cells if "read at" in cells else story


def cells_of(line: str) -> tuple[str, ...]:
    return tuple(cell.strip().strip("`") for cell in line.strip("|").split("|"))


def versions_with(fence: list[str], before: tuple[Version, ...]) -> tuple[Version, ...]:
    """The versions after an excerpt: one that says when it was applied follows those before, another stands alone."""
    agreement = agreement_of("\n".join(fence))
    later = LATER_VERSION.fullmatch(fence[0])
    if later is None:
        return (Version(AppliedVersion(number=1, effective=APPLIED, applied_at=APPLIED), agreement),)
    applied = instant(later["applied"], agreement.calendar)
    effective = instant(later["effective"], agreement.calendar) if later["effective"] else APPLIED
    number = len(before) + 1
    return (*before, Version(AppliedVersion(number=number, effective=effective, applied_at=applied), agreement))


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
    """`Fri 6 Mar 16:50 opened P2; 16:55 responded (psa)`: facts in the order in which we heard of them.

    In brackets stands the source that told it; without them it is Slack.
    """
    entries: list[Entry] = []
    day = ""
    for number, fact in enumerate(text.split("; ")):
        found = re.match(MOMENT.pattern + r" (.+)", fact)
        assert found is not None, f"{fact!r} is not a moment and what happened then"
        at = instant(fact.removesuffix(f" {found[6]}"), calendar, day=day)
        day = calendar.local_date(at).isoformat()
        words, _, source = found[6].removesuffix(")").partition(" (")
        told = _event(words, partial(instant, calendar=calendar, day=day))
        entries.append(Entry(event=told, at=at, seq=number, recorded_at=at, by="U0TOM", source=source or SLACK))
    return entries


def _event(text: str, moment: Callable[[str], datetime]) -> Event:
    if text in PLAIN_EVENTS:
        return PLAIN_EVENTS[text]
    word, _, rest = text.partition(" ")
    made: Mapping[str, Callable[[str], Event]] = {
        "opened": _opened,
        "priority": lambda priority: PrioritySet(priority=Priority(priority)),
        "paused": lambda words: _paused(words, moment),
        "resumed": lambda reason: Resumed(reason=PauseReason(reason)),
        "acknowledged": lambda words: Acknowledged(promise=moment(words.removeprefix("until "))),
        "asked": lambda words: PromiseQuestioned(promised=moment(words.removeprefix("about "))),
        "lapsed": lambda words: PromiseLapsed(promised=moment(words)),
        "customer": lambda words: CustomerUpdated(next_at=moment(words.removeprefix("updated, next "))),
        "merged": lambda words: Merged(into=words.removeprefix("into ")),
        "absorbed": lambda words: _absorbed(words, moment),
        "reprocessed": lambda words: Reprocessed(
            since=moment(f"{words.removeprefix('since ')} 00:00"), reason="Forgotten"
        ),
    }
    return made[word](rest)


def _opened(words: str) -> Opened:
    priority, site, service = subject(words)
    return Opened(priority=priority, title="Nobody can print", site=site, service=service)


def subject(words: str) -> tuple[Priority, str, str]:
    """`P2 at Lisbon for erp`: priority, site and service."""
    found = re.fullmatch(r"(P\d)(?: at (\w+))?(?: for (\w+))?", words)
    assert found is not None, f"{words!r} is not an incident such as P2 at Lisbon for erp"
    return Priority(found[1]), found[2] or "", found[3] or ""


def _paused(words: str, moment: Callable[[str], datetime]) -> Paused:
    reason, _, until = words.partition(" until ")
    return Paused(reason=PauseReason(reason), until=moment(until) if until else None)


def _absorbed(words: str, moment: Callable[[str], datetime]) -> Absorbed:
    key, _, opened = words.partition(" of ")
    return Absorbed(key=key, opened_at=moment(opened))
