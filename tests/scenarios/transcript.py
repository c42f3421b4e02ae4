"""Transcripts: a story of an incident, and below `----` what is shown in it, as a product owner would read both.

    # calendar: mon-fri 09:00-17:00; P2 first_response 30m
    fri 16:50  open INC-1 P2
    fri 16:55  clocks INC-1
    ----
    first_response  running  25m left  due mon 09:20

One line an act: a time of the week (a day that lies before the last one means the next week), what is done, to which
incident. `clocks` shows the clocks that were promised, `outbox` what was enqueued since it was shown last, `sweep`
looks at what is due. `watch until` sweeps whenever something is due, and shows each nudge with when it was posted and
whom it names. `reply` is the customer's; `waive` and `undo`, of whatever was done last, are acts of Mira, the service
manager; everything else is an act of Tom, the owner, or of Dana, the dispatcher. `late` is what a ticket system tells
of an earlier time of the day.
Lines that begin with `# also:` belong to the agreement. A file may hold several stories, each begun by its calendar
line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.clocks.reading import ClockState, Reading, current
from sla_engine.domain.incidents.events import CustomerReplied, Event, Paused, Resolved, Responded, Resumed
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.durations import exact
from sla_engine.notifications.kinds import Notification, from_payload, kind_of
from sla_engine.notifications.notices import LineMessage
from sla_engine.notifications.nudges import NudgeMessage
from sla_engine.services.agreements import agreement_files, people_files
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.incidents.open import OpenRequest
from sla_engine.services.incidents.undo import Undo
from sla_engine.services.incidents.waive_and_merge import Outcomes
from sla_engine.services.sweep.sweep import Sweep
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import incidents
from sla_engine.storage.database import Database
from sla_engine.storage.tables.delivery import Outbox

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TOM, DANA, MIRA = "U0TOM", "U0DANA", "U0MIRA"
NAMES = {TOM: "Tom", DANA: "Dana", "U0DEV": "Dev", MIRA: "Mira", "C0DISPATCH": "dispatcher channel"}
LINE = re.compile(r"(?P<day>mon|tue|wed|thu|fri|sat|sun) (?P<time>\d\d:\d\d)\s+(?P<act>\w+)\s*(?P<rest>.*)")
MINUTE = timedelta(minutes=1)
ALSO = "# also: "
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


TOLD_LATE: Mapping[str, Event] = {
    "paused": Paused(reason=PauseReason.CUSTOMER),
    "resumed": Resumed(),
    "responded": Responded(),
    "resolved": Resolved(),
}


def stories(text: str) -> Iterator[tuple[str, str]]:
    """The transcript's stories: what is done, and what must be shown."""
    for story in re.split(r"(?m)^(?=# calendar:)", text):
        if story.startswith("# calendar:"):
            done, _, shown = story.partition("----\n")
            yield done, shown.strip("\n")


def play(database_url: str, folder: Path, done: str) -> str:
    """Do what is written on a fresh database; answers what it showed."""
    first, *rest = done.strip().splitlines()
    also = [line.removeprefix(ALSO) for line in rest if line.startswith(ALSO)]
    stage = Stage(database_url, folder, first, also)
    try:
        return "\n".join(shown for line in rest for shown in stage.do(line))
    finally:
        stage.database.close()


class Stage:
    """The services on one database, with the agreement of the calendar line."""

    def __init__(self, database_url: str, folder: Path, calendar_line: str, also: list[str]) -> None:
        self.database = Database(database_url)
        agreement = folder / "agreement.yaml"
        agreement.write_text(_agreement(calendar_line) + "\n".join([*also, ""]), encoding="utf-8")
        people_files.apply(self.database, EXAMPLES / "msp.yaml", by="test", now=MONDAY)
        agreement_files.apply(self.database, [agreement], by="test", now=MONDAY)
        self.unit_of_work = UnitOfWork(self.database, real_clock=lambda: MONDAY)
        self.incidents, self.sweep = Incidents(self.unit_of_work), Sweep(self.unit_of_work)
        self.outcomes = Outcomes(self.unit_of_work)
        self.now = MONDAY
        self.promised = set(re.findall(r"[a-z_]{4,}", calendar_line))
        self.keys: dict[str, str] = {}
        self.shown = 0
        self.acts: Mapping[str, Callable[[str, list[str]], object]] = {
            "open": self._open,
            "respond": lambda key, _: self.incidents.respond(key, text="", by=TOM, now=self.now),
            "update": lambda key, _: self.incidents.update_customer(key, text="Going on", by=TOM, now=self.now),
            "plan": lambda key, _: self.incidents.plan(key, text="Restart it", by=TOM, now=self.now),
            "pause": self._pause,
            "resume": lambda key, _: self.incidents.resume(key, by=TOM, now=self.now),
            "priority": lambda key, words: self.incidents.set_priority(
                key, priority=Priority(words[0]), by=TOM, now=self.now
            ),
            "resolve": lambda key, _: self.incidents.resolve(key, text="", by=TOM, now=self.now),
            "reply": self._reply,
            "reopen": self._reopen,
            "merge": lambda key, words: self.outcomes.merge(key, into=self.keys[words[-1]], by=DANA, now=self.now),
            "waive": lambda key, words: self.outcomes.waive(
                key, metric=MetricName(words[0]), reason=" ".join(words[1:]), by=MIRA, now=self.now
            ),
            "late": self._late,
            "ack": lambda key, words: self.incidents.acknowledge(
                key, by=DANA, now=self.now, promise=self._at(*words) if words else None
            ),
            "undo": lambda key, _: Undo(self.unit_of_work).undo_last(by=MIRA, key=key, now=self.now),
            "snooze": lambda key, words: self.incidents.snooze(key, until=self._at(*words), by=DANA, now=self.now),
        }

    def do(self, line: str) -> list[str]:
        """Carry out one line; answers what it shows."""
        if not line.strip() or line.startswith("#"):
            return []
        found = LINE.fullmatch(line.strip())
        assert found, f"not a line of a transcript: {line!r}"
        self.now = self._at(found["day"], found["time"])
        words = found["rest"].split()
        name = words.pop(0) if words else ""
        match found["act"]:
            case "sweep":
                self._look()
            case "watch":
                return self._watch(until=self._at(*words))
            case "clocks":
                return self._clocks(self.keys[name])
            case "outbox":
                return self._outbox()
            case act:
                self.acts[act](self.keys.get(name, name), words)
        return []

    def _at(self, day: str, clock: str) -> datetime:
        """The next such instant; a day that lies before today means the next week."""
        hours, minutes = clock.split(":")
        week = (self.now - MONDAY) // timedelta(days=7)
        found = MONDAY + timedelta(days=7 * week + DAYS.index(day), hours=int(hours), minutes=int(minutes))
        return found if found >= self.now else found + timedelta(days=7)

    def _look(self) -> None:
        """Sweep until nothing is due: what one look arms for the same instant, the next one finds."""
        while self.sweep.run_once(now=self.now):
            pass

    def _watch(self, *, until: datetime) -> list[str]:
        """Sweep in every minute in which something is due; answers the nudges posted, each with when and for whom."""
        seen = []
        while self.now <= until:
            self._look()
            for op, to, shown in self._enqueued():
                if op == "post" and isinstance(shown, NudgeMessage):
                    named = ", ".join(NAMES.get(person, person) for person in shown.mention)
                    posted = f"{_moment(self.now)}  {NAMES.get(to, to)}"
                    seen.append("  ".join((posted, *_words(shown), f"for {named}")))
            due = self.sweep.next_due() or until
            self.now += max(1, -((self.now - due) // MINUTE)) * MINUTE
        self.now = until
        return seen or ["nothing"]

    def _reply(self, key: str, words: list[str]) -> None:
        with self.incidents.act(key, action=Action.UPDATE, by=TOM, now=self.now) as work:
            work.record(CustomerReplied(text=" ".join(words)), by="webhook")

    def _reopen(self, key: str, words: list[str]) -> None:
        """`reopen INC-1 as INC-2`: the second name is the incident to go on with."""
        taken = self.incidents.reopen(key, text="", by=TOM, now=self.now)
        if words:
            self.keys[words[-1]] = taken.incident.key

    def _late(self, key: str, words: list[str]) -> None:
        """`late INC-1 paused at 13:00`: it happened then, and is told now."""
        hours, minutes = words[-1].split(":")
        with self.incidents.act(key, action=Action.UPDATE, by=TOM, now=self.now) as work:
            work.record(TOLD_LATE[words[0]], by="webhook", at=self.now.replace(hour=int(hours), minute=int(minutes)))

    def _open(self, name: str, words: list[str]) -> None:
        request = OpenRequest(customer="Acme Dental", title="E-mail is down", priority=Priority(words[0]))
        self.keys[name] = self.incidents.open(request, by=TOM, now=self.now).key
        self.incidents.take(self.keys[name], by=TOM, now=self.now)

    def _pause(self, key: str, words: list[str]) -> None:
        reason, *until = words
        self.incidents.pause(
            key, reason=PauseReason(reason), by=TOM, now=self.now, until=self._at(*until) if until else None
        )

    def _clocks(self, key: str) -> list[str]:
        with self.database.reading() as session:
            work = self.unit_of_work.work_on(session, incidents.find(session, key), now=self.now)
        found = [reading for reading in current(work.readings()) if reading.metric in self.promised]
        return ["  ".join(_clock(reading)) for reading in found]

    def _outbox(self) -> list[str]:
        shown = ["  ".join((f"{op} {NAMES.get(to, to)}", *_words(shown))) for op, to, shown in self._enqueued()]
        return shown or ["nothing"]

    def _enqueued(self) -> list[tuple[str, str, Notification]]:
        """What was enqueued since this was asked last."""
        with self.database.reading() as session:
            rows = session.scalars(select(Outbox).where(Outbox.id > self.shown).order_by(Outbox.id)).all()
            found = [(row.op, row.destination, from_payload(row.kind, row.payload)) for row in rows]
            self.shown = max((row.id for row in rows), default=self.shown)
        return found


def _agreement(calendar_line: str) -> str:
    hours, *targets = [part.strip() for part in calendar_line.removeprefix("# calendar:").split(";")]
    days, spans = hours.split(maxsplit=1)
    return "\n".join(
        [
            "customer: Acme Dental",
            "effective: 2026-01-01T00:00:00Z",
            f'calendar: {{timezone: UTC, hours: {{{days}: "{spans}"}}}}',
            "targets:",
            *(f"  {_targets(*listed.split(maxsplit=1))}" for listed in targets),
            "",
        ]
    )


def _targets(priority: str, listed: str) -> str:
    pairs = dict(_pair(one) for one in listed.split(","))
    pairs.setdefault("resolution", "400h")  # an agreement always promises one; not shown unless the line names it
    return f"{priority}: {{{', '.join(f'{metric}: {promise}' for metric, promise in pairs.items())}}}"


def _pair(text: str) -> tuple[str, str]:
    """`first_response 30m`, or `customer_update 2h waiting 8h`."""
    metric, duration, *more = text.split()
    return metric, f"{{every: {duration}, waiting: {more[1]}}}" if more else duration


def _clock(reading: Reading) -> Iterator[str]:
    yield reading.metric.value
    resting = f" for {', '.join(reading.paused_for)}" if reading.paused_for else ""
    yield f"{reading.state.value}{resting}"
    over = reading.remaining < timedelta(0)
    yield f"{exact(abs(reading.remaining))} {'over' if over else 'left'}"
    if reading.first_elapsed is not None:
        yield f"resolved first after {exact(reading.first_elapsed)}, in all {exact(reading.elapsed)}"
    if reading.state is ClockState.CANCELLED:
        return
    if reading.breached_at is not None:
        yield f"breached {_moment(reading.breached_at)}{' on change' if reading.breached_on_change else ''}"
        yield from ["waived"] if reading.waived_at else []
    elif reading.state is ClockState.STOPPED:
        yield "met"
    elif reading.due_at is not None:
        yield f"due {_moment(reading.due_at)}"


def _moment(at: datetime) -> str:
    return f"{DAYS[at.weekday()]} {at:%H:%M}"


def _words(shown: Notification) -> Iterator[str]:
    match shown:
        case NudgeMessage():
            percent = f" {shown.percent}%" if shown.percent else ""
            rung = f" {shown.rung}" if shown.rung else ""
            yield f"nudge {shown.cause.value}{percent}{rung} ({shown.state.value})"
            yield shown.metric_label or "-"
            yield from (f"and {also.metric_label} {also.percent}%" for also in shown.also)
            if shown.noticed_at is not None:
                yield "noticed late"
            if shown.asked is not None:
                yield f"asks {NAMES.get(shown.asked, shown.asked)}"
        case LineMessage():
            yield f"line {shown.text_key} {shown.facts.get('what', '')}".strip()
        case _:
            yield kind_of(shown)
