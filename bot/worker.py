"""The heartbeat: APScheduler wakes the sweep, the courier and the other duties, and remembers nothing.

What is due lives in rows, so a tick that is missed or comes twice changes nothing. Each duty is one interval job on a
memory store. A duty that raises is logged and runs again at the next tick; a heartbeat that stops ends the process,
because whoever supervises it can start it again and nobody else can.
"""

import logging
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from sla_engine.services.upkeep.databases import StorageBusy
from sla_engine.time_source import RealClock, monotonic

log = structlog.get_logger(__name__)

TICK_SECONDS = 1.0
COURIER_LANES = 4  # a call that hangs holds one of them; the others go on
SOONEST_SECONDS = 0.02  # APScheduler skips a job that is not quite over yet
EXIT_CODE = 70  # sysexits: internal software error


class Carrier(Protocol):
    """The courier as the worker needs it."""

    def run_once(self) -> int:
        """Carry due messages; returns how many."""

    def next_wake(self) -> datetime | None:
        """The instant at which more may be carried."""

    def stop(self) -> None:
        """Carry no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Limits within which a stopped heartbeat, or a sweep that raises, is tolerated."""

    red_after: timedelta = timedelta(seconds=5)
    end_after: timedelta = timedelta(seconds=28)  # checked once a tick: over within 30 s


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Work at intervals; `run` may return the seconds until it wants to run again, at the latest."""

    name: str
    run: Callable[[], float | None]
    every: timedelta = timedelta(seconds=TICK_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The worker's state: `red` is a sentence about what is wrong, None when all is well."""

    red: str | None
    beat_age: float
    failing: dict[str, str]
    """The error of each duty whose last run raised."""

    @property
    def is_well(self) -> bool:
        """Whether /healthz may report that all is well."""
        return self.red is None


@dataclass(slots=True)
class _Record:
    """The record of a duty's runs; times are monotonic seconds."""

    error: str | None = None
    is_fatal: bool = False
    failing_since: float | None = None
    wanted: threading.Event = field(default_factory=threading.Event)


class Worker:
    """Runs the sweep, the courier and further duties until it is stopped."""

    def __init__(
        self,
        *,
        sweep: Callable[[], object],
        seconds_until_next: Callable[[], float | None],
        courier: Carrier,
        clock: RealClock,
        duties: Sequence[Duty] = (),
        end_process: Callable[[int], object] = os._exit,
        monotonic: Callable[[], float] = monotonic,
        patience: Patience = Patience(),
        tick: timedelta = timedelta(seconds=TICK_SECONDS),
    ) -> None:
        self._patience = patience
        self._sweep = sweep
        self._seconds_until_next = seconds_until_next
        self._courier = courier
        self._clock = clock
        self._end_process = end_process
        self._monotonic = monotonic
        lanes = [Duty(name=f"courier {lane}", run=self._carry, every=tick) for lane in range(1, COURIER_LANES + 1)]
        sweeping = Duty(name="sweep", run=self._sweep_once, every=tick)
        self._duties = {duty.name: duty for duty in (sweeping, *lanes, *duties)}
        self._records = {name: _Record() for name in self._duties}
        self._beat_at = monotonic()
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._watch_beat, name="heartbeat watch", daemon=True)
        self._scheduler = _scheduler(threads=len(self._duties) + 1)

    def start(self) -> None:
        """Start ticking; returns at once."""
        self._beat_at = self._monotonic()
        self._add("beat", self._beat, every=TICK_SECONDS)
        for duty in self._duties.values():
            self._add(duty.name, self._run, every=duty.every.total_seconds(), arguments=[duty])
        self._scheduler.start()
        self._watch.start()

    def stop(self) -> None:
        """Finish the work in hand, then stop."""
        self._stopping.set()
        self._courier.stop()
        self._scheduler.shutdown(wait=True)
        self._watch.join()

    def wake(self) -> None:
        """Run now instead of at the next tick: a message was stored, or a timer became due."""
        for name in self._duties:
            if name == "sweep" or name.startswith("courier"):
                self._wake(name, seconds=0)

    def health(self) -> Health:
        """The worker's present state."""
        age = self._monotonic() - self._beat_at
        failing = {name: record.error for name, record in self._records.items() if record.error is not None}
        return Health(red=self._red(age), beat_age=age, failing=failing)

    def _red(self, age: float) -> str | None:
        bearable = self._patience.red_after.total_seconds()
        if age > bearable:
            return f"the heartbeat stopped {age:.0f} s ago"
        for name, seconds in self._failing_seconds().items():
            if seconds > bearable:
                return f"{name} has been failing for {seconds:.0f} s: {self._records[name].error}"
        return None

    def _failing_seconds(self, *, fatal_only: bool = False) -> dict[str, float]:
        now = self._monotonic()
        return {
            name: now - record.failing_since
            for name, record in self._records.items()
            if record.failing_since is not None and (record.is_fatal or not fatal_only)
        }

    def _add(self, name: str, run: Callable[..., None], *, every: float, arguments: Sequence[object] = ()) -> None:
        self._scheduler.add_job(
            run,
            "interval",
            seconds=every,
            args=arguments,
            id=name,
            next_run_time=self._clock(),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )

    def _beat(self) -> None:
        self._beat_at = self._monotonic()

    def _run(self, duty: Duty) -> None:
        """Run a duty, and run it again when it was woken meanwhile."""
        record = self._records[duty.name]
        while True:
            record.wanted.clear()
            seconds = self._run_once(duty, record)
            if not record.wanted.is_set() or self._stopping.is_set():
                break
        if seconds is not None and seconds < duty.every.total_seconds():
            self._wake(duty.name, seconds=max(SOONEST_SECONDS, seconds), only_when_idle=True)

    def _run_once(self, duty: Duty, record: _Record) -> float | None:
        try:
            seconds = duty.run()
        except Exception as error:
            if isinstance(error, StorageBusy):
                log.warning("the database is busy; the duty is tried again", duty=duty.name)
            else:
                log.exception("a duty failed", duty=duty.name)
            record.error = type(error).__name__
            record.is_fatal = not isinstance(error, StorageBusy)
            record.failing_since = self._monotonic() if record.failing_since is None else record.failing_since
            return None
        record.error = record.failing_since = None
        return seconds

    def _sweep_once(self) -> float | None:
        self._sweep()
        return self._seconds_until_next()

    def _carry(self) -> float | None:
        """Carry messages; after a success go on as soon as the next channel is free."""
        if self._courier.run_once() == 0:
            return None
        wake = self._courier.next_wake()
        return None if wake is None else (wake - self._clock()).total_seconds()

    def _wake(self, name: str, *, seconds: float, only_when_idle: bool = False) -> None:
        if not only_when_idle:
            self._records[name].wanted.set()
        if self._scheduler.running and not self._stopping.is_set():
            self._scheduler.modify_job(name, next_run_time=self._clock() + timedelta(seconds=seconds))

    def _watch_beat(self) -> None:
        """End the process when the heartbeat stops, or the sweep fails for reasons that waiting does not cure."""
        while not self._stopping.wait(TICK_SECONDS):
            age = self._monotonic() - self._beat_at
            failing = self._failing_seconds(fatal_only=True).get("sweep", 0.0)
            if max(age, failing) > self._patience.end_after.total_seconds():
                log.critical("the worker ends itself", beat_age=round(age, 1), sweep_failing=round(failing, 1))
                self._end_process(EXIT_CODE)
                return


def _scheduler(*, threads: int) -> BackgroundScheduler:
    # "Maximum number of running instances reached" is what a lane that waits for Slack looks like: no news.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    return BackgroundScheduler(
        jobstores={"default": MemoryJobStore()},
        executors={"default": ThreadPoolExecutor(threads)},
        timezone=UTC,
    )
