"""Whoever reads a private answer: their zone and their present, in which its times are written."""

from dataclasses import dataclass
from datetime import datetime

from bot.text import in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One person who reads an answer now (UTC); an answer to several people uses `bot.text.moment` instead."""

    zone: str
    now: datetime

    def when(self, at: datetime) -> str:
        """The time on this person's clock: `14:20`, `tomorrow 15:00`, `Fri 14:00`, `1 Jan 2027 14:00`."""
        return in_words(at, self.zone, now=self.now)
