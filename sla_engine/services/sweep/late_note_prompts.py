"""Writes to each service manager at most once a working day about late notes and what has waited a business day.

The message is posted from `notes.manager_at` on, never on the day of the weekly digest. It is edited while what it says
changes, and the next one takes its place. What became late after the time of the day is left to the next day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.notes.late_notes import prompt_begins_at
from sla_engine.domain.time.local_time import local_day
from sla_engine.notifications.late_notes import ManagerPromptMessage
from sla_engine.services.queries.late_notes import ManagerPrompt, manager_prompts
from sla_engine.services.sweep.live_message import DrawingPace, Wanted, change
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import live_messages
from sla_engine.storage.database import Session
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
        self._pace = DrawingPace(unit_of_work)

    def keep_true(self, *, now: datetime) -> None:
        """Post what is due today, and edit what was posted where it is not true any more.

        Raises: StorageBusy.
        """
        due = self._pace.read_if_due(lambda session, msp: _read(session, msp, now=now), now=now)
        if due is None:
            return
        today, before, prompts = due
        destinations = {*(name.removeprefix(PREFIX) for name in before), *prompts}
        settled = [
            self._settle(destination, before.get(f"{PREFIX}{destination}"), prompts.get(destination, NOTHING), today)
            for destination in sorted(destinations)
        ]
        if all(settled):
            self._pace.drawn(now=now)

    def _settle(self, destination: str, before: LiveRecord | None, prompt: ManagerPrompt, today: _Day) -> bool:
        wanted = _wanted(prompt, before, destination=destination, today=today)
        return wanted is None or change(self.unit_of_work, f"{PREFIX}{destination}", before, wanted, ended=REPLACED)


def _read(
    session: Session, msp: Msp, *, now: datetime
) -> tuple[_Day, Mapping[str, LiveRecord], Mapping[str, ManagerPrompt]]:
    """Today, the messages that are there by name, and what each manager is to read."""
    today = _Day(date=str(local_day(now, zone=msp.zone)), begins_at=prompt_begins_at(msp, now=now), now=now)
    return today, live_messages.with_prefix(session, PREFIX), manager_prompts(session, msp, now=now)


def _wanted(prompt: ManagerPrompt, before: LiveRecord | None, *, destination: str, today: _Day) -> Wanted | None:
    """A new message where today's is due, the one before as it reads now otherwise; None where there is neither."""
    is_posted_today = before is not None and before.period == today.date
    if not is_posted_today and today.has_begun(prompt.pressing_since):
        return Wanted(shown=prompt.shown, destination=destination, period=today.date)
    if before is None or not before.is_there:
        return None
    return Wanted(shown=prompt.shown, destination=destination, period=before.period)
