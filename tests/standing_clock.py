"""A workspace's clock that moves only when it is told to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.sandbox.workspace.seed import ClockReading


@dataclass
class StandingClock:
    """It stands at ten on a Monday in Berlin; tests read `shown`."""

    zone: str = "Europe/Berlin"
    shown: ClockReading = field(
        default_factory=lambda: ClockReading(datetime(2026, 3, 2, 9, tzinfo=UTC), speed=1.0, paused=False)
    )

    def reading(self) -> ClockReading:
        return self.shown

    def set_speed(self, speed: float) -> None:
        self.shown = ClockReading(self.shown.now, speed, self.shown.paused)

    def set_paused(self, paused: bool) -> None:
        self.shown = ClockReading(self.shown.now, self.shown.speed, paused)

    def jump(self, seconds: float) -> None:
        self.shown = ClockReading(self.shown.now + timedelta(seconds=seconds), self.shown.speed, self.shown.paused)
