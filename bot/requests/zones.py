"""The zone in which somebody reads times: their Slack profile's, else the one in `msp.yaml`, else the MSP's.

Slack waits three seconds for the acknowledgement of a request, so nothing is asked of Slack before it: a form is read
with what is known, and what is not known is found out meanwhile.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from slack_sdk import WebClient

from bot.requests.request import Ask
from bot.slack_calls import CALL_FAILURES, reason_of
from sla_engine.domain.agreements.errors import NotSetUp
from sla_engine.domain.time.errors import UnknownZone
from sla_engine.domain.time.local_time import zone_named
from sla_engine.services.queries.board import Board
from sla_engine.time_source import RealClock

log = structlog.get_logger(__name__)

KEPT_FOR = timedelta(hours=1)
PATIENCE = timedelta(seconds=30)
"""After a failed look-up, Slack is not waited for again this long."""
FALLBACK = "UTC"


def _in_a_thread(look_up: Callable[[], None]) -> None:
    threading.Thread(target=look_up, name="zone", daemon=True).start()


class Zones:
    """Asks Slack at most once an hour for each person; a failed look-up is repeated."""

    def __init__(
        self,
        client: WebClient,
        board: Board,
        *,
        real_clock: RealClock,
        aside: Callable[[Callable[[], None]], None] = _in_a_thread,
    ) -> None:
        self.client = client
        self.board = board
        self.real_clock = real_clock
        self._aside = aside
        self._known: dict[str, tuple[datetime, str | None]] = {}
        self._failed_at: dict[str, datetime] = {}
        self._asking: set[str] = set()
        self._lock = threading.Lock()

    def of(self, ask: Ask) -> str:
        """An existing IANA zone name; an ask that is not acknowledged yet does not wait for Slack."""
        if not self._is_fresh(ask.user):
            if ask.is_acknowledged and not self._failed_lately(ask.user):
                self._look_up(ask.user)
            else:
                self.learn(ask.user)
        with self._lock:
            _, zone = self._known.get(ask.user, (None, None))
        return zone or self._ours(ask.user)

    def learn(self, person: str) -> None:
        """Look up a person's zone in a thread, for a form that is about to be filled in."""
        with self._lock:
            is_asked = person in self._asking
            self._asking.add(person)
        if not is_asked:
            self._aside(lambda: self._look_up_aside(person))

    def _look_up_aside(self, person: str) -> None:
        try:
            if not self._is_fresh(person):
                self._look_up(person)
        finally:
            with self._lock:
                self._asking.discard(person)

    def _is_fresh(self, person: str) -> bool:
        with self._lock:
            known = self._known.get(person)
        return known is not None and self.real_clock() - known[0] < KEPT_FOR

    def _failed_lately(self, person: str) -> bool:
        with self._lock:
            failed = self._failed_at.get(person)
        return failed is not None and self.real_clock() - failed < PATIENCE

    def _look_up(self, person: str) -> None:
        try:
            profile: dict[str, object] = self.client.users_info(user=person).get("user") or {}
            zone = str(profile.get("tz") or "")
        except CALL_FAILURES as error:
            log.info("profile not read", reason=reason_of(error))
            with self._lock:
                self._failed_at[person] = self.real_clock()
            return
        with self._lock:
            self._known[person] = (self.real_clock(), zone if zone and _exists(zone) else None)
            self._failed_at.pop(person, None)

    def _ours(self, person: str) -> str:
        try:
            msp = self.board.msp()
        except NotSetUp:
            return FALLBACK
        member = msp.person(person)
        return member.zone if member else msp.zone


def _exists(zone: str) -> bool:
    try:
        zone_named(zone)
    except UnknownZone:
        return False
    return True
