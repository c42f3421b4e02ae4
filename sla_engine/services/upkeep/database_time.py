"""SLA time where it is not simply the machine's clock: the database's, or one that a demo can speed up and jump."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.storage import events, server_time, settings
from sla_engine.storage.database import Database
from sla_engine.time_source import RealClock, SystemTime, TimeSource

_NAME = "adjustable_time"
MAX_SPEED = 86_400.0


class DatabaseTime:
    """The database server's clock, so that the machines that share it need not agree."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def now(self) -> datetime:
        """The server's present, in UTC."""
        with self.database.reading() as session:
            return server_time.server_now(session)


def time_source_for(database: Database) -> TimeSource:
    """The machine's clock for a file on this machine, the server's for a server."""
    return SystemTime() if database.is_sqlite else DatabaseTime(database)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Adjustable time from a real instant on: where it stood then, and how fast it runs."""

    at: datetime
    real: datetime
    speed: float
    paused: bool

    def now(self, real: datetime) -> datetime:
        """SLA time at a real instant; never before `at`."""
        passed = timedelta(0) if self.paused else max(timedelta(0), real - self.real) * self.speed
        return self.at + passed


class AdjustableTime:
    """SLA time that can be sped up, paused and jumped forward; kept, and never running backwards.

    While nothing runs it stands still: a demo opened again goes on where it was left.
    """

    def __init__(
        self, database: Database, *, real_clock: RealClock, speed: float = 1.0, start: datetime | None = None
    ) -> None:
        self.database = database
        self.real_clock = real_clock
        self._lock = threading.Lock()
        real = real_clock()
        with database.reading() as session:
            kept = settings.get(session, _NAME)
            newest = events.newest_recorded(session)
        begin = datetime.fromisoformat(kept["at"]) if kept else start or real
        at = begin if newest is None else max(begin, newest)
        self._pace = Pace(at=at, real=real, speed=speed, paused=False)
        self.keep()

    def now(self) -> datetime:
        """The present, in UTC."""
        with self._lock:
            return self._pace.now(self.real_clock())

    @property
    def pace(self) -> Pace:
        """The pace at which it runs now."""
        with self._lock:
            return self._pace

    def set_speed(self, speed: float) -> None:
        """Run at `speed` SLA seconds a real second (0 < speed ≤ 86,400)."""
        self._turn(speed=min(max(speed, 0.001), MAX_SPEED), paused=False)

    def set_paused(self, paused: bool) -> None:  # noqa: FBT001 - the workspace's clock protocol
        """Stand still, or go on."""
        self._turn(paused=paused)

    def jump(self, seconds: float) -> None:
        """Jump forward; backward is refused silently, since facts already lie there."""
        self._turn(by=timedelta(seconds=max(0.0, seconds)))

    def keep(self) -> None:
        """Store the present, to go on from it after a restart."""
        at = self.now()
        with self.database.transaction() as session:
            settings.put(session, _NAME, {"at": at.isoformat()})

    def _turn(self, *, speed: float | None = None, paused: bool | None = None, by: timedelta = timedelta(0)) -> None:
        with self._lock:
            real, pace = self.real_clock(), self._pace
            self._pace = Pace(
                at=pace.now(real) + by,
                real=real,
                speed=pace.speed if speed is None else speed,
                paused=pace.paused if paused is None else paused,
            )
        self.keep()
