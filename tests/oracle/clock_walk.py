"""The clocks of one incident walked through minute by minute, from what the rules say and nothing else.

At each minute the facts of that minute are taken in, in the order the rules give; then the minute is counted for every
clock that runs, if it is open. There are no spans, no folds and no calendars here: only a minute after another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tests.oracle.told_histories import (
    CUSTOMER_UPDATE,
    FIRST_RESPONSE,
    METRICS,
    RESOLUTION,
    RESOLUTION_PLAN,
    Told,
    ToldIncident,
    WrittenPromises,
)

IN_ONE_MINUTE = ("opened", "priority_set", "resumed", "paused")  # then everything else, and reopened at the very end
USUAL_ACTS: Mapping[str, tuple[str, ...]] = {
    FIRST_RESPONSE: ("responded", "customer_updated"),
    CUSTOMER_UPDATE: ("responded", "customer_updated"),
    RESOLUTION_PLAN: ("plan_given",),
    RESOLUTION: (),
}
RESTED_BY_A_PAUSE = (RESOLUTION_PLAN, RESOLUTION)
GOES_ON_WHEN_REOPENED = (CUSTOMER_UPDATE, RESOLUTION_PLAN, RESOLUTION)


class OpenMinutes(Protocol):
    """1 for a minute that is open, else 0."""

    def __getitem__(self, minute: int) -> int:
        """Whether this minute is open."""


class MarksOf(Protocol):
    """Which minutes are open for a metric at a priority, by what the version with that number promises for them."""

    def __call__(self, metric: str, priority: str, *, version: int, known: int) -> OpenMinutes:
        """The marks by the versions that count at the minute `known` or before."""
        ...


@dataclass(slots=True)
class WalkedClock:
    """One measurement: what each minute since its start was, and what follows."""

    metric: str
    start: int
    priority: str = ""
    version: int = 0
    target: int | None = None
    minutes: list[tuple[int, str]] = field(default_factory=list)
    marks: OpenMinutes | None = None
    elapsed: int = 0  # open minutes it ran, on the calendar of the target in force
    unpromised: int | None = None  # since when nothing is promised any more
    stopped: int | None = None
    stopped_by: str = ""
    first_stop: int | None = None
    breach: int | None = None
    by_change: bool = False
    cancelled: bool = False
    waits: bool = False
    waited: "EndedWait | None" = None
    prolonged: "EndedWait | None" = None  # by a wait before the one that holds
    before_wait: tuple[int, int | None, "EndedWait | None"] | None = None  # when the wait began, and the target then

    def held_against(self, marks: OpenMinutes) -> None:
        """Count all that it ran anew, on these marks."""
        self.marks = marks
        self.elapsed = sum(marks[minute] for minute, was in self.minutes if was == "ran")


@dataclass(frozen=True, slots=True)
class EndedWait:
    """How much it had used when the wait was over, and how much of the short period was used before it."""

    so_far: int
    every: int
    waiting: int
    used_before: int | None  # None where the customer had replied meanwhile: a whole short period counts
    before: "EndedWait | None"  # the wait that had prolonged it

    def target(self, *, earlier: int = 0) -> int:
        """What is promised then, of a clock that turned out to have run some minutes more before."""
        if self.used_before is None:
            return min(self.waiting, self.so_far + earlier + self.every)
        lasted = self.every if self.before is None else self.before.target(earlier=earlier)
        return min(self.waiting, self.so_far + lasted - self.used_before)


class Walk:
    """One incident from its opening to the minute at which it is read."""

    def __init__(self, incident: ToldIncident, marks: MarksOf) -> None:
        self.incident = incident
        self.marks = marks
        self.clocks: dict[str, list[WalkedClock]] = {metric: [] for metric in METRICS}
        self.priority = ""
        self.pauses: list[str] = []
        self.wait_began = -1
        self.replied = False
        self.resolved = self.over = self.answered = False
        undone: set[int] = set()
        for fact in sorted(incident.facts, key=lambda fact: -fact.heard):
            if fact.heard not in undone:  # what took something back may have been taken back itself
                undone.update(fact.takes_back)
        heard = [fact for fact in incident.facts if fact.what == "opened" or fact.heard not in undone]
        openings = [fact for fact in heard if fact.what == "opened"]
        counts = min(
            openings, key=lambda fact: (fact.minute, -fact.heard)
        )  # of one minute the last corrects the others
        self.facts = [
            fact for fact in heard if fact.minute <= incident.now and (fact.what != "opened" or fact is counts)
        ]

    def run(self) -> "Walk":
        """Walk to the minute at which it is read, which is not counted any more."""
        by_minute: dict[int, list[Told]] = {}
        for fact in self.facts:
            by_minute.setdefault(fact.minute, []).append(fact)
        for minute in range(min(by_minute), self.incident.now + 1):
            self._change_version(minute)
            waiting = by_minute.get(minute, [])
            while waiting:
                fact = _next_to_read(waiting)
                waiting.remove(fact)
                self._take_in(fact, minute)
            if minute < self.incident.now:
                self._count(minute)
        return self

    def version(self, minute: int) -> WrittenPromises:
        """The version that counts at a minute; the first one counts from ever."""
        return self.incident.versions[self.number(minute)]

    def number(self, minute: int) -> int:
        """Which of the versions that is."""
        return max(sum(version.since <= minute for version in self.incident.versions), 1) - 1

    def all_marks(self, clock: WalkedClock, *, version: int) -> OpenMinutes:
        """The open minutes of a clock by all versions, by what one of them promises for the priority now."""
        latest = self.incident.versions[-1].since
        return self.marks(clock.metric, self.priority, version=version, known=latest)

    def latest(self, metric: str) -> WalkedClock | None:
        """The measurement that has not stopped."""
        clocks = self.clocks[metric]
        return clocks[-1] if clocks and clocks[-1].stopped is None else None

    # ------------------------------------------------------------------ one minute

    def _count(self, minute: int) -> None:
        for metric in METRICS:
            clock = self.latest(metric)
            if clock is None:
                if self.clocks[metric]:
                    self.clocks[metric][-1].minutes.append((minute, "over"))
                continue
            if self.rests(metric):
                clock.minutes.append((minute, f"rested for {self.pauses[0]}"))
                continue
            clock.minutes.append((minute, "ran"))
            self._use(clock, minute)

    def _use(self, clock: WalkedClock, minute: int) -> None:
        """A minute that ran: used up where it is open, and the first open one beyond the target is the breach."""
        if clock.marks is None or clock.target is None or not clock.marks[minute]:
            return
        if clock.elapsed >= clock.target and clock.breach is None and clock.unpromised is None:
            clock.breach = minute
        clock.elapsed += 1

    def rests(self, metric: str) -> bool:
        """Whether clocks of this metric rest now."""
        return bool(self.pauses) and metric in RESTED_BY_A_PAUSE

    # ------------------------------------------------------------------ what happens

    def _take_in(self, fact: Told, minute: int) -> None:  # noqa: C901 - a row for each kind of fact
        if self.over:
            return
        self.replied = self.replied or fact.what == "customer_replied"
        match fact.what:
            case "opened":
                self._open(fact, minute)
            case "priority_set":
                self._set_priority(fact.value, minute)
            case "paused":
                self._pause(fact.value, minute)
            case "resumed":
                self._resume([fact.value] if fact.value else list(self.pauses), minute)
            case "customer_replied" if self.version(minute).reply_ends_pause:
                self._resume(["customer"], minute)
            case "reopened":
                self._reopen(minute)
            case "moved":
                self._move(minute)
            case "undone" if fact.value == "opening":  # it was never opened: no clock has an outcome
                self._move(minute)
            case "merged" | "deleted":
                self._close(fact.what, minute)
            case "absorbed":
                self._absorb(fact.earlier, minute)
            case _:
                pass  # it matters only to the clocks it stops
        self._act(self._meant(fact.what, minute), minute)

    def _meant(self, what: str, minute: int) -> str:
        """A reply to a customer who was answered before is an update; an update that may answer first does so."""
        was_answered = self.answered
        if what == "responded" or (what == "customer_updated" and what in self._acts(FIRST_RESPONSE, minute)):
            self.answered = True
        return "customer_updated" if what == "responded" and was_answered else what

    def _acts(self, metric: str, minute: int) -> tuple[str, ...]:
        return self.version(minute).counts_as.get(metric, USUAL_ACTS[metric])

    def _open(self, fact: Told, minute: int) -> None:
        if self.priority:
            return
        self.priority = fact.value
        for metric in METRICS:
            self._begin(metric, minute)

    def _begin(self, metric: str, minute: int) -> None:
        clock = WalkedClock(metric=metric, start=minute)
        self.clocks[metric].append(clock)
        self._promise(clock, minute)
        promised = self.version(minute).promise(metric, self.priority)
        if clock.waits and self.wait_began == minute and promised is not None:
            clock.before_wait = minute, promised[0], None

    def _promise(self, clock: WalkedClock, minute: int) -> None:
        """What is promised now holds from the clock's start; what is overdue by that is breached here and now.

        Where nothing is promised any more it ends, until something is again.
        """
        promised = self.version(minute).promise(clock.metric, self.priority)
        if promised is None:
            clock.unpromised = minute if clock.unpromised is None and clock.target is not None else clock.unpromised
            return
        clock.target, waiting = promised
        clock.unpromised = clock.prolonged = None
        if clock.before_wait is not None and clock.before_wait[0] == minute:
            clock.before_wait = minute, clock.target, None
        self._hold(clock, minute)
        clock.waits, clock.waited = bool(self.pauses) and waiting is not None, None
        if self.pauses and waiting is not None:
            clock.target = waiting
        self._judge_change(clock, minute)

    def _hold(self, clock: WalkedClock, minute: int) -> None:
        clock.priority, clock.version = self.priority, self.number(minute)
        clock.held_against(self.all_marks(clock, version=clock.version))

    def _judge_change(self, clock: WalkedClock, minute: int) -> None:
        late = clock.target is not None and clock.unpromised is None and clock.elapsed > clock.target
        if late and clock.breach is None and minute > clock.start:
            clock.breach, clock.by_change = minute, True

    def _change_version(self, minute: int) -> None:
        if not self.priority or not any(version.since == minute for version in self.incident.versions[1:]):
            return
        for metric in METRICS:
            clock = self.latest(metric)
            before = self.version(minute - 1).promise(metric, self.priority)
            if clock is not None and self.version(minute).promise(metric, self.priority) != before:
                self._promise(clock, minute)

    def _set_priority(self, priority: str, minute: int) -> None:
        if not self.priority or priority == self.priority:
            return
        self.priority = priority
        for metric in METRICS:
            clock = self.latest(metric)
            if clock is not None:
                self._promise(clock, minute)

    def _pause(self, reason: str, minute: int) -> None:
        if reason in self.pauses or not self.priority:
            return
        self.pauses.append(reason)
        clock = self.latest(CUSTOMER_UPDATE)
        if len(self.pauses) > 1:
            return
        self.wait_began, self.replied = minute, False
        if clock is not None:
            promised = self.version(minute).promise(CUSTOMER_UPDATE, self.priority)
            if promised is not None and promised[1] is not None:
                before = minute, clock.target, clock.waited
                self._promise(clock, minute)
                clock.before_wait, clock.prolonged = before, before[2]

    def _resume(self, reasons: list[str], minute: int) -> None:
        held = bool(self.pauses)
        self.pauses = [reason for reason in self.pauses if reason not in reasons]
        clock = self.latest(CUSTOMER_UPDATE)
        if held and not self.pauses and clock is not None and clock.waits:
            self._stop_waiting(clock, minute)

    def _stop_waiting(self, clock: WalkedClock, minute: int) -> None:
        """A whole short period after a reply, else the rest of the one before the wait; no longer than the long one."""
        promised = self.version(minute).promise(clock.metric, self.priority)
        clock.waits = False
        every, waiting = promised or (0, None)
        if waiting is not None:
            self._hold(clock, minute)
            clock.waited = EndedWait(
                clock.elapsed, every, waiting, None if self.replied else self._before(clock), clock.prolonged
            )
            clock.target = clock.waited.target()
            self._judge_change(clock, minute)

    def _before(self, clock: WalkedClock) -> int:
        """The open minutes a clock had run when the wait began."""
        marks = clock.marks
        assert marks is not None, "it waits, so something is promised"
        return sum(marks[minute] for minute, was in clock.minutes if was == "ran" and minute < self.wait_began)

    def _stop(self, clock: WalkedClock, what: str, minute: int) -> None:
        """A period that ends at a minute is not touched by a wait that begins at it."""
        if clock.before_wait is not None and clock.before_wait[0] == minute and clock.unpromised is None:
            _, clock.target, clock.waited = clock.before_wait
            self._judge_change(clock, minute)
        clock.stopped, clock.stopped_by = minute, what

    def _act(self, what: str, minute: int) -> None:
        acts = {metric: self._acts(metric, minute) for metric in METRICS}
        for metric in METRICS:
            clock = self.latest(metric)
            if clock is None or (what != "resolved" and what not in acts[metric]):
                continue
            self._stop(clock, what, minute)
            if metric == CUSTOMER_UPDATE and what != "resolved":
                self._begin(metric, minute)
        if what == "resolved" and self.priority:
            self.resolved = True
            self.pauses = []

    def _reopen(self, minute: int) -> None:
        if not self.resolved:
            return
        self.resolved = False
        mode = self.version(minute).reopen
        for metric in GOES_ON_WHEN_REOPENED:
            clock = self.clocks[metric][-1]
            if clock.stopped is None or clock.stopped_by != "resolved":
                continue
            if metric == CUSTOMER_UPDATE or mode == "new_cycle":
                self._begin(metric, minute)
            elif mode == "resume":
                clock.first_stop = clock.stopped if clock.first_stop is None else clock.first_stop
                clock.stopped, clock.stopped_by = None, ""
                self._promise(clock, minute)

    def _move(self, minute: int) -> None:
        """Another customer's has no outcome; nothing that is told of it later moves it."""
        self._end("moved", minute)
        for clocks in self.clocks.values():
            for clock in clocks:
                clock.cancelled = True

    def _close(self, what: str, minute: int) -> None:
        """Of a duplicate, and of a deleted ticket, what was decided or missed stays so, what was not has no outcome."""
        for clock in self._end(what, minute):
            clock.cancelled = clock.breach is None

    def _end(self, what: str, minute: int) -> list[WalkedClock]:
        self.over = True
        undecided = [clock for clocks in self.clocks.values() for clock in clocks if clock.stopped is None]
        for clock in undecided:
            self._stop(clock, what, minute)
        return undecided

    def _absorb(self, earlier: int, minute: int) -> None:
        """The earlier opening counts; what is overdue by that is breached by what was learned here and now."""
        for metric in METRICS:
            clock = self.clocks[metric][0]
            if earlier >= clock.start:
                continue
            early = list(range(earlier, clock.start))
            clock.minutes = [(each, "ran") for each in early] + clock.minutes
            clock.start = earlier
            if clock.marks is None:
                continue
            clock.held_against(clock.marks)
            if clock.waited is not None:
                clock.target = clock.waited.target(earlier=sum(clock.marks[each] for each in early))
            self._judge_change(clock, minute)


def _next_to_read(waiting: list[Told]) -> Told:
    """Of one minute: nothing is read before what its own source told earlier; of the others the one that ranks first.

    What nobody in particular told waits for nobody, and the opening for nothing at all.
    """
    free = [
        fact
        for fact in waiting
        if not fact.source
        or fact.what == "opened"
        or not any(
            other.source == fact.source and other.heard < fact.heard and other.what != "opened" for other in waiting
        )
    ]
    return min(free, key=lambda fact: (_place(fact.what), fact.heard))


def _place(what: str) -> int:
    if what == "reopened":
        return len(IN_ONE_MINUTE) + 1
    return IN_ONE_MINUTE.index(what) if what in IN_ONE_MINUTE else len(IN_ONE_MINUTE)
