"""The heartbeat: duties run, go on after an error, are woken early, and a dead ticker is noticed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.worker import COURIER_LANES, TICK_SECONDS, Duty, Worker
from sla_engine.storage.errors import StorageBusy
from sla_engine.time_source import monotonic, real_now
from tests.polling import PATIENCE_SECONDS, until

AN_HOUR = timedelta(hours=1)


@dataclass
class CountingCourier:
    """A courier that only counts how often it is asked."""

    runs: int = 0
    stopped: bool = False

    def run_once(self) -> int:
        self.runs += 1
        return 0

    def next_wake(self) -> datetime | None:
        return None

    def stop(self) -> None:
        self.stopped = True


@dataclass
class Scene:
    """A worker and what it has been doing."""

    worker: Worker
    courier: CountingCourier
    sweeps: list[float] = field(default_factory=list)
    exits: list[int] = field(default_factory=list)


def nothing_due() -> float | None:
    return None


def raises(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


@contextmanager
def working(
    *,
    sweep: Callable[[], object] | None = None,
    seconds_until_next: Callable[[], float | None] = nothing_due,
    duties: tuple[Duty, ...] = (),
    clock: Callable[[], float] = monotonic,
    tick: timedelta = timedelta(seconds=TICK_SECONDS),
) -> Iterator[Scene]:
    sweeps: list[float] = []
    exits: list[int] = []
    courier = CountingCourier()

    def counted() -> None:
        sweeps.append(monotonic())
        if sweep is not None:
            sweep()

    worker = Worker(
        sweep=counted,
        seconds_until_next=seconds_until_next,
        courier=courier,
        clock=real_now,
        duties=duties,
        end_process=exits.append,
        monotonic=clock,
        tick=tick,
    )
    worker.start()
    try:
        yield Scene(worker, courier, sweeps, exits)
    finally:
        worker.stop()
    assert courier.stopped


def test_the_sweep_and_the_courier_run_at_once_and_again_at_every_tick() -> None:
    with working() as scene:
        until(lambda: len(scene.sweeps) >= 2, what="the second sweep")
        assert scene.courier.runs >= 1
        assert scene.worker.health().is_well
    assert TICK_SECONDS == 1


def test_the_sweep_runs_again_when_the_next_timer_is_due_and_not_before() -> None:
    with working(seconds_until_next=lambda: 0.2, tick=AN_HOUR) as scene:
        until(lambda: len(scene.sweeps) >= 4, what="four sweeps")
        assert (scene.sweeps[3] - scene.sweeps[0]) / 3 > 0.15


def test_waking_runs_the_courier_before_its_tick() -> None:
    with working(tick=AN_HOUR) as scene:
        until(lambda: scene.courier.runs == COURIER_LANES, what="the first tick")
        scene.worker.wake()
        until(lambda: scene.courier.runs > COURIER_LANES, what="the courier was woken")


def test_a_wake_during_a_run_leads_to_another_run() -> None:
    entered, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        entered.set()
        go_on.wait(PATIENCE_SECONDS)

    with working(sweep=slow, tick=AN_HOUR) as scene:
        assert entered.wait(PATIENCE_SECONDS)
        scene.worker.wake()
        go_on.set()
        until(lambda: len(scene.sweeps) >= 2, what="the run that was asked for meanwhile")


def test_a_duty_that_raises_runs_again_and_the_others_go_on() -> None:
    runs = []

    def broken() -> float | None:
        runs.append(1)
        message = "broken"
        raise RuntimeError(message)

    with working(duties=(Duty(name="digest", run=broken, every=timedelta(seconds=0.1)),)) as scene:
        until(lambda: len(runs) >= 3 and scene.courier.runs >= 1, what="three tries, and a courier")
        assert scene.worker.health().failing == {"digest": "RuntimeError"}


@dataclass
class TurnedClock:
    """Monotonic seconds that go on only when a test says so."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def passes(self, seconds: float, worker: Worker) -> None:
        """Go on in steps, each of which the heartbeat notices."""
        while seconds > 0:
            step = min(seconds, 20.0)
            self.seconds += step
            seconds -= step
            until(lambda: worker.health().beat_age == 0, what="the heart beats")


def test_a_ticker_that_died_turns_health_red_and_ends_the_process() -> None:
    clock = TurnedClock()
    with working(clock=clock) as scene:
        until(lambda: len(scene.sweeps) >= 1, what="the first sweep")
        scene.worker._scheduler.pause()
        clock.seconds += 6
        assert scene.worker.health().red == "the heartbeat stopped 6 s ago"
        assert scene.exits == []
        clock.seconds += 25
        until(lambda: scene.exits == [70], what="the process was ended")


def test_a_sweep_that_keeps_raising_turns_health_red_and_ends_the_process() -> None:
    clock = TurnedClock()
    with working(sweep=raises(RuntimeError("broken")), clock=clock) as scene:
        until(lambda: "sweep" in scene.worker.health().failing, what="the first failure")
        assert scene.worker.health().is_well
        clock.passes(6, scene.worker)
        assert scene.worker.health().red == "sweep has been failing for 6 s: RuntimeError"
        assert scene.exits == []
        clock.passes(24, scene.worker)
        until(lambda: scene.exits == [70], what="the process was ended")


def test_a_database_that_is_down_turns_health_red_but_is_waited_for() -> None:
    clock = TurnedClock()
    with working(sweep=raises(StorageBusy()), clock=clock) as scene:
        until(lambda: "sweep" in scene.worker.health().failing, what="the first failure")
        clock.passes(40, scene.worker)
        assert scene.worker.health().red == "sweep has been failing for 40 s: StorageBusy"
        swept = len(scene.sweeps)
        until(lambda: len(scene.sweeps) >= swept + 2, what="a tick, at which the process would have been ended")
        assert scene.exits == []
