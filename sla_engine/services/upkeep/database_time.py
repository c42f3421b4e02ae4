"""SLA time where it is not simply the machine's clock: the database's, or one that a demo can speed up and jump."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.storage import events, server_time, settings
from sla_engine.storage.database import Database
from sla_engine.time_source import RealClock, SystemTime, TimeSource, real_now

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


def terminal_time_for(database: Database, *, real_clock: RealClock = real_now) -> TimeSource:
    """The demo's own time where this is a demo's database, else as `time_source_for`."""
    kept = KeptTime(database, real_clock=real_clock)
    return kept if kept.pace() is not None else time_source_for(database)


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


class KeptTime:
    """The time of a demo as other processes read it: it runs while the demo does, and stands still after."""

    def __init__(self, database: Database, *, real_clock: RealClock) -> None:
        self.database = database
        self.real_clock = real_clock

    def now(self) -> datetime:
        """The present, in UTC; never before the newest fact.

        Raises: LookupError where the database has no time of its own.
        """
        pace = self.pace()
        if pace is None:
            raise LookupError(_NAME)
        with self.database.reading() as session:
            newest = events.newest_recorded(session)
        present = pace.now(self.real_clock())
        return present if newest is None else max(present, newest)

    def pace(self) -> Pace | None:
        """The pace as it was stored last; None for a database that is no demo's."""
        with self.database.reading() as session:
            kept = settings.get(session, _NAME)
        if not kept:
            return None
        at = datetime.fromisoformat(kept["at"])
        if "real" not in kept:  # stored by an earlier version, which kept nothing but the instant
            return Pace(at=at, real=at, speed=1.0, paused=True)
        real, speed = datetime.fromisoformat(kept["real"]), float(kept["speed"])
        return Pace(at=at, real=real, speed=speed, paused=bool(kept["paused"]))


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
        self._keep(self._pace)

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
        """Run at `speed` SLA seconds a real second (0 < speed ≤ 86,400), or later where it stands still."""
        self._turn(speed=min(max(speed, 0.001), MAX_SPEED))

    def set_paused(self, paused: bool) -> None:  # noqa: FBT001 - the workspace's clock protocol
        """Stand still, or go on."""
        self._turn(paused=paused)

    def jump(self, seconds: float) -> None:
        """Jump forward; backward is refused silently, since facts already lie there."""
        self._turn(by=timedelta(seconds=max(0.0, seconds)))

    def stand_still(self) -> None:
        """Store the present at the end of a run: it stands still until the next one goes on from it."""
        self._keep(Pace(at=self.now(), real=self.real_clock(), speed=self.pace.speed, paused=True))

    def _keep(self, pace: Pace) -> None:
        stored = {
            "at": pace.at.isoformat(),
            "real": pace.real.isoformat(),
            "speed": pace.speed,
            "paused": pace.paused,
        }
        with self.database.transaction() as session:
            settings.put(session, _NAME, stored)

    def _turn(self, *, speed: float | None = None, paused: bool | None = None, by: timedelta = timedelta(0)) -> None:
        with self._lock:
            real, pace = self.real_clock(), self._pace
            turned = Pace(
                at=pace.now(real) + by,
                real=real,
                speed=pace.speed if speed is None else speed,
                paused=pace.paused if paused is None else paused,
            )
            self._pace = turned
        self._keep(turned)
