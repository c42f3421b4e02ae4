"""Every nudge an incident will cause if nobody acts, found by doing in memory what the sweep will do.

The course is walked through from look to look on a copy of the history; standing, ladder places and readings follow
from it by the functions that the sweep itself asks. So what is foreseen is what will be said: one message for all that
is reached in one look, to the people who are on duty then.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sla_engine.domain.agreements.ladders import Recipient
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.clocks.reading import ClockState, Reading, current, readings
from sla_engine.domain.escalation.ladder_position import Climb, LadderPlace, climb, next_look, place_of
from sla_engine.domain.escalation.what_if import Scene
from sla_engine.domain.incidents.events import Entry, Event, PromiseLapsed, PromiseQuestioned
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.incident_state import incident_after
from sla_engine.domain.incidents.promises import PromiseOutcome, promise_in_force, promise_look
from sla_engine.notifications import NudgeCause
from sla_engine.services.messages.nudges import lacks_owner
from sla_engine.services.simulation.forecast import ForeseenNudge, Said, addressed, told_by

FORESEEN_FOR = timedelta(days=14)
"""How far ahead nudges are foreseen."""

MOST_LOOKS = 2000
"""Where foreseeing ends at the latest: two weeks of repeats every ten minutes."""

Clock = tuple[MetricName, int]
Heard = Mapping[Clock, datetime | None]
"""When each clock was spoken of last."""


@dataclass(frozen=True, slots=True)
class _Present:
    """The incident at one look."""

    at: datetime
    standing: Incident
    found: tuple[Reading, ...]

    @property
    def running(self) -> tuple[Reading, ...]:
        """The clocks that may have something to say."""
        is_open = self.standing.is_open
        return tuple(reading for reading in self.found if is_open and reading.state is ClockState.RUNNING)


def foreseen(record: Incident, scene: Scene, *, msp: Msp, heard: Heard, start: datetime) -> tuple[ForeseenNudge, ...]:
    """What will be posted within two weeks of `start` if nobody acts, oldest first.

    Of repeats only the first is foreseen, and each that tells other people than the one before it.
    """
    return tuple(_Rehearsal(record, scene, msp, heard).nudges(start))


def announced(record: Incident, *, msp: Msp, at: datetime) -> tuple[ForeseenNudge, ...]:
    """What is posted as soon as an incident opens: the most urgent need somebody to take them."""
    if not lacks_owner(record):
        return ()
    return (addressed(record, msp, at=at, cause=NudgeCause.UNASSIGNED, tell=(Recipient.DISPATCHER,)),)


class _Rehearsal:
    """One incident's way through time: its facts, and how far up its ladder each clock was announced."""

    def __init__(self, record: Incident, scene: Scene, msp: Msp, heard: Heard) -> None:
        self.record = record
        self.terms = scene.terms
        self.facts = list(scene.history)
        self.msp = msp
        self.heard = heard
        self.places: dict[Clock, LadderPlace] = {}
        self.told: dict[tuple[MetricName, int, int], tuple[Recipient, ...]] = {}
        self.outlived: set[datetime] = set()
        self._looked: _Present | None = None

    def nudges(self, start: datetime) -> Iterator[ForeseenNudge]:
        """Look, and look again when there is something to look at, until nothing new can come."""
        at: datetime | None = start
        for _ in range(MOST_LOOKS):
            if at is None or at > start + FORESEEN_FOR:
                return
            while (said := self._look(at)) is not None:
                nudge, is_news = said
                if is_news:
                    yield nudge
            at = self._next_look(at)

    # ------------------------------------------------------------------ one look

    def _present(self, at: datetime) -> _Present:
        """The incident at `at`; what was said of it changes neither its standing nor its readings."""
        if self._looked is None or self._looked.at != at:
            known = [entry for entry in self.facts if entry.at <= at]
            standing = incident_after(self.record, known, reply_ends_pause=self.terms.reply_ends_pause)
            self._looked = _Present(at, standing, current(readings(known, self.terms, now=at)))
        return self._looked

    def _look(self, at: datetime) -> tuple[ForeseenNudge, bool] | None:
        """What is said at `at`, one message at a time, and whether it is more than a repeat of the one before."""
        if not self._present(at).standing.is_open:
            return None
        nudge = self._of_promise(at) or self._of_pause(at)
        return self._of_clocks(at) if nudge is None else (nudge, True)

    def _of_promise(self, at: datetime) -> ForeseenNudge | None:
        """The question about a promise that was not kept, or its lapse; a miss in the same look is said as one."""
        standing = self._present(at).standing
        promised, asked_at = standing.promise, standing.promise_asked_at
        look = promise_look(promised, asked_at)
        if promised is None or look is None or look > at:
            return None
        holder = self._promised_by(at)
        self._add(PromiseQuestioned(promised=promised) if asked_at is None else PromiseLapsed(promised=promised), at)
        new = [said for said in self._steps(at) if not said[1].repeat]
        if any(reading.breached for reading, _ in new):
            return None
        self._record(new)
        self._spoken(at)
        cause = NudgeCause.PROMISE_QUESTIONED if asked_at is None else NudgeCause.PROMISE_LAPSED
        return self._nudge(at, cause, (Recipient.DISPATCHER, *told_by(new)), steps=new, too=holder)

    def _of_pause(self, at: datetime) -> ForeseenNudge | None:
        """A pause that outlives its end: it is spoken of every day, and foreseen once."""
        standing = self._present(at).standing
        until = standing.pause_until
        if until is None or until > at or not standing.paused_for or until in self.outlived:
            return None
        self.outlived.add(until)
        too = (standing.assignee,) if standing.assignee else ()
        return self._nudge(at, NudgeCause.PAUSE_OUTLIVED, (Recipient.DISPATCHER,), too=too)

    def _of_clocks(self, at: datetime) -> tuple[ForeseenNudge, bool] | None:
        steps = self._steps(at)
        if not steps:
            return None
        news = {self._is_news(reading, step) for reading, step in steps}  # all of them: each remembers whom it told
        self._record(steps)
        tell = told_by(steps)
        nudge = self._nudge(at, _cause(steps), tell, steps=steps)
        if nudge.channel is not None:
            self._spoken(at)
        return nudge, True in news

    def _steps(self, at: datetime) -> list[Said]:
        present = self._present(at)
        found = []
        for reading in present.running:
            step = climb(
                reading,
                self.terms.ladder(reading.metric),
                self._place(reading),
                acknowledged=present.standing.acknowledged_by is not None,
                snoozed_until=present.standing.snoozed_until,
                zone=self.msp.calendar.tz,
                now=at,
            )
            found += [(reading, step)] if step is not None else []
        return found

    def _is_news(self, reading: Reading, step: Climb) -> bool:
        """Whether a step is worth foreseeing: a rung, its first repeat, or a repeat that tells others."""
        clock = (reading.metric, reading.cycle, step.number)
        before, self.told[clock] = self.told.get(clock), step.tell
        return step.repeat <= 1 or before != step.tell

    # ------------------------------------------------------------------ what the sweep would keep

    def _add(self, event: Event, at: datetime) -> None:
        seq = max(entry.seq for entry in self.facts) + 1
        self.facts.append(Entry(event=event, at=at, seq=seq, recorded_at=at))
        self._looked = None

    def _record(self, steps: Sequence[Said]) -> None:
        for reading, step in steps:
            self.places[(reading.metric, reading.cycle)] = self._place(reading).after(
                step, self.terms.ladder(reading.metric)
            )

    def _spoken(self, at: datetime) -> None:
        """What was said is the last word on every clock that had been announced: their repeats count from it."""
        for reading in self._present(at).found:
            place = self._place(reading)
            if place.said and not reading.is_over:
                self.places[(reading.metric, reading.cycle)] = replace(place, last_nudged_at=at)

    def _place(self, reading: Reading) -> LadderPlace:
        clock = (reading.metric, reading.cycle)
        if clock not in self.places:
            ladder, heard = self.terms.ladder(reading.metric), self.heard.get(clock)
            self.places[clock] = place_of(self.facts, reading, ladder, last_nudged_at=heard)
        return self.places[clock]

    # ------------------------------------------------------------------ when to look again

    def _next_look(self, at: datetime) -> datetime | None:
        """The next instant that can bring something new; None when only repeats like those before are left."""
        present = self._present(at)
        news = [*self._seams(present), *self._looks(present, silent=True)]
        if not news and all(self._said_enough(reading) for reading in present.running):
            return None
        return min([*news, *self._looks(present)], default=None)

    def _seams(self, present: _Present) -> Iterator[datetime]:
        """Facts that are supposed for later, a promise to be kept, a pause to end."""
        standing = present.standing
        promise = promise_look(standing.promise, standing.promise_asked_at)
        ends = standing.pause_until if standing.paused_for else None
        yield from (entry.at for entry in self.facts if entry.at > present.at)
        yield from (look for look in (promise, ends) if look is not None and look > present.at)

    def _looks(self, present: _Present, *, silent: bool = False) -> list[datetime]:
        """When each clock is looked at next; `silent` leaves repeats out."""
        looks = [
            next_look(
                reading,
                self.terms.ladder(reading.metric),
                self._place(reading),
                acknowledged=silent or present.standing.acknowledged_by is not None,
                snoozed_until=present.standing.snoozed_until,
                zone=self.msp.calendar.tz,
                now=present.at,
            )
            for reading in present.running
        ]
        return [look for look in looks if look is not None and look > present.at]

    def _said_enough(self, reading: Reading) -> bool:
        """Whether each further repeat of this clock would be like the one before it."""
        ladder, place = self.terms.ladder(reading.metric), self._place(reading)
        repeat = None if place.repeating is None else ladder.rungs[place.repeating].repeat
        return repeat is None or place.repeats_done > (repeat.up_after or 0) * len(ladder.rungs)

    # ------------------------------------------------------------------ who hears it

    def _nudge(
        self,
        at: datetime,
        cause: NudgeCause,
        tell: Sequence[Recipient],
        *,
        steps: Sequence[Said] = (),
        too: Sequence[str] = (),
    ) -> ForeseenNudge:
        asked = self._promised_by(at, only=PromiseOutcome.QUESTIONED)
        standing = self._present(at).standing
        return addressed(standing, self.msp, at=at, cause=cause, tell=tell, steps=steps, too=(*too, *asked))

    def _promised_by(self, at: datetime, *, only: PromiseOutcome | None = None) -> tuple[str, ...]:
        promise = promise_in_force([entry for entry in self.facts if entry.at <= at])
        return (promise.by,) if promise is not None and only in (None, promise.outcome) else ()


def _cause(steps: Sequence[Said]) -> NudgeCause:
    """What the message is headed by: a breach before a warning, and what is new before what is repeated."""
    if all(step.repeat for _, step in steps):
        return NudgeCause.REPEAT
    is_breach = any(reading.breached and not step.repeat for reading, step in steps)
    return NudgeCause.BREACH if is_breach else NudgeCause.AT_RISK
