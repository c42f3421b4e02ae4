"""Writes to each service manager at most once a working day about late notes and what has waited a business day.

The message is posted from `notes.manager_at` on, never on the day of the weekly digest. It is edited while what it says
changes, and the next one takes its place. What became late after the time of the day is left to the next day.
"""

from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.agreements.errors import NotSetUp
from sla_engine.domain.notes.late_notes import prompt_begins_at
from sla_engine.domain.time.local_time import local_day
from sla_engine.notifications.late_notes import ManagerPromptMessage
from sla_engine.services.queries.late_notes import ManagerPrompt, manager_prompts
from sla_engine.services.sweep.live_message import DrawingPace, Wanted, change
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import live_messages
from sla_engine.storage.live_messages import LiveRecord

PREFIX = "manager prompt "
"""The first words of the name of each manager's message; the person or channel follows."""
NOTHING = ManagerPrompt(shown=ManagerPromptMessage(), pressing_since=None)
REPLACED = ManagerPromptMessage(replaced=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """Today's date, and the instant from which managers are written to; None on a day without a message."""

    date: str
    begins_at: datetime | None
    now: datetime

    def has_begun(self, since: datetime | None) -> bool:
        """Whether something that presses `since` then is to be written about today."""
        return (
            self.begins_at is not None and self.begins_at <= self.now and since is not None and since <= self.begins_at
        )


class ManagerPrompts:
    """Keeps the service managers' messages of one process true; `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work
        self._pace = DrawingPace()

    def keep_true(self, *, now: datetime) -> None:
        """Post what is due today, and edit what was posted where it is not true any more.

        Raises: StorageBusy.
        """
        at = self.unit_of_work.real_clock()
        if self._pace.is_too_soon(at=at):
            return
        with self.unit_of_work.database.reading() as session:
            newest_change = live_messages.newest_change(session)
            if not self._pace.is_due(newest_change, now=now):
                return
            try:
                msp = self.unit_of_work.msp(session)
            except NotSetUp:
                return
            self._pace.looked(at=at)
            before = live_messages.with_prefix(session, PREFIX)
            prompts = manager_prompts(session, msp, now=now)
        today = _Day(date=str(local_day(now, zone=msp.zone)), begins_at=prompt_begins_at(msp, now=now), now=now)
        destinations = {*(name.removeprefix(PREFIX) for name in before), *prompts}
        settled = [
            self._settle(destination, before.get(f"{PREFIX}{destination}"), prompts.get(destination, NOTHING), today)
            for destination in sorted(destinations)
        ]
        if all(settled):
            self._pace.drawn(newest_change, now=now)

    def _settle(self, destination: str, before: LiveRecord | None, prompt: ManagerPrompt, today: _Day) -> bool:
        wanted = _wanted(prompt, before, destination=destination, today=today)
        return wanted is None or change(self.unit_of_work, f"{PREFIX}{destination}", before, wanted, ended=REPLACED)


def _wanted(prompt: ManagerPrompt, before: LiveRecord | None, *, destination: str, today: _Day) -> Wanted | None:
    """A new message where today's is due, the one before as it reads now otherwise; None where there is neither."""
    is_posted_today = before is not None and before.period == today.date
    if not is_posted_today and today.has_begun(prompt.pressing_since):
        return Wanted(shown=prompt.shown, destination=destination, period=today.date)
    if before is None or not before.is_there:
        return None
    return Wanted(shown=prompt.shown, destination=destination, period=before.period)
