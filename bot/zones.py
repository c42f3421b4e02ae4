"""Which zone somebody reads times in: their Slack profile's, else the one in `msp.yaml`, else the MSP's."""

import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from sla_engine.domain.errors import NotSetUp
from sla_engine.services.board import Board
from sla_engine.time_source import RealClock

KEPT_FOR = timedelta(hours=1)
FALLBACK = "UTC"


class Zones:
    """Asks Slack at most once an hour for each person."""

    def __init__(self, client: WebClient, board: Board, *, real_clock: RealClock) -> None:
        self.client = client
        self.board = board
        self.real_clock = real_clock
        self._known: dict[str, tuple[datetime, str]] = {}
        self._lock = threading.Lock()

    def of(self, person: str) -> str:
        """An IANA zone name that can be used as it is."""
        now = self.real_clock()
        with self._lock:
            known = self._known.get(person)
        if known is not None and now - known[0] < KEPT_FOR:
            return known[1]
        zone = self._profile(person) or self._ours(person)
        with self._lock:
            self._known[person] = (now, zone)
        return zone

    def _profile(self, person: str) -> str | None:
        try:
            profile: dict[str, object] = self.client.users_info(user=person).get("user") or {}
        except (SlackClientError, OSError):
            return None
        zone = str(profile.get("tz") or "")
        return zone if zone and _exists(zone) else None

    def _ours(self, person: str) -> str:
        try:
            msp = self.board.msp()
        except NotSetUp:
            return FALLBACK
        found = msp.person(person)
        return found.zone if found else msp.zone


def _exists(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True
