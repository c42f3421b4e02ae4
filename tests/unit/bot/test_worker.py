"""The heartbeat: duties run, go on after an error, are woken early, and a dead ticker is noticed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.worker import Duty, Patience, Worker
from sla_engine.domain.errors import StorageBusy
from sla_engine.time_source import monotonic, real_now
from tests.polling import until


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
    patience: Patience = Patience(),  # noqa: B008 - frozen
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
        patience=patience,
    )
    worker.start()
    try:
        yield Scene(worker, courier, sweeps, exits)
    finally:
        worker.stop()
    assert courier.stopped


def test_the_sweep_and_the_courier_run_at_once_and_again_within_a_second() -> None:
    with working() as scene:
        until(lambda: len(scene.sweeps) >= 2, seconds=3, what="the second sweep")
        assert scene.sweeps[1] - scene.sweeps[0] < 1.3
        assert scene.courier.runs >= 1
        assert scene.worker.health().is_well


def test_the_sweep_runs_again_exactly_when_the_next_timer_is_due() -> None:
    with working(seconds_until_next=lambda: 0.2) as scene:
        until(lambda: len(scene.sweeps) >= 4, seconds=3, what="four sweeps")
        assert 0.15 < (scene.sweeps[3] - scene.sweeps[0]) / 3 < 0.6


def test_waking_runs_the_courier_before_its_tick() -> None:
    with working() as scene:
        until(lambda: scene.courier.runs >= 4, seconds=2, what="the first tick")
        began = monotonic()
        seen = scene.courier.runs
        scene.worker.wake()
        until(lambda: scene.courier.runs > seen, seconds=2, what="the courier was woken")
        assert monotonic() - began < 0.5


def test_a_wake_during_a_run_leads_to_another_run() -> None:
    entered, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        entered.set()
        go_on.wait(5)

    with working(sweep=slow) as scene:
        assert entered.wait(3)
        scene.worker.wake()
        go_on.set()
        until(lambda: len(scene.sweeps) >= 2, seconds=2, what="the run that was asked for meanwhile")
        assert scene.sweeps[1] - scene.sweeps[0] < 0.9


def test_a_duty_that_raises_runs_again_and_the_others_go_on() -> None:
    runs = []

    def broken() -> float | None:
        runs.append(1)
        message = "broken"
        raise RuntimeError(message)

    with working(duties=(Duty(name="digest", run=broken, every=timedelta(seconds=0.1)),)) as scene:
        until(lambda: len(runs) >= 3, seconds=3, what="three tries")
        assert scene.worker.health().failing == {"digest": "RuntimeError"}
        assert scene.courier.runs >= 1


def test_a_ticker_that_died_turns_health_red_and_ends_the_process() -> None:
    skipped = [0.0]
    with working(clock=lambda: monotonic() + skipped[0]) as scene:
        until(lambda: len(scene.sweeps) >= 1, seconds=2, what="the first sweep")
        scene.worker._scheduler.pause()
        skipped[0] = 6.0
        red = scene.worker.health().red
        assert red is not None
        assert "heartbeat stopped" in red
        assert scene.exits == []
        skipped[0] = 31.0
        until(lambda: scene.exits == [70], seconds=3, what="the process was ended")


SHORT = Patience(red_after=timedelta(seconds=1.2), end_after=timedelta(seconds=2.5))


def test_a_sweep_that_keeps_raising_turns_health_red_and_ends_the_process() -> None:
    with working(sweep=raises(RuntimeError("broken")), patience=SHORT) as scene:
        until(lambda: "sweep has been failing" in (scene.worker.health().red or ""), seconds=3, what="red health")
        assert scene.exits == []
        until(lambda: scene.exits == [70], seconds=5, what="the process was ended")


def test_a_database_that_is_down_turns_health_red_but_is_waited_for() -> None:
    with working(sweep=raises(StorageBusy()), patience=SHORT) as scene:
        until(lambda: "sweep has been failing" in (scene.worker.health().red or ""), seconds=3, what="red health")
        until(lambda: len(scene.sweeps) >= 5, seconds=6, what="four seconds of failures")
        assert scene.exits == []
