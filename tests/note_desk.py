"""A small MSP at work on a real database: incidents, notes, SOPs and digests, with what was put into the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from sla_engine.domain.incidents.priorities import Priority
from sla_engine.notifications.daily import DailyMessage
from sla_engine.notifications.kinds import Notification, from_payload
from sla_engine.services.agreements import agreement_files, people_files
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.incidents.open import OpenRequest
from sla_engine.services.notes.notes import Notes
from sla_engine.services.notes.reasons import Reasons
from sla_engine.services.notes.sops import Sops
from sla_engine.services.queries.digest import Digests
from sla_engine.services.shifts.daily import arm_daily_messages
from sla_engine.services.sops.registry import SopRegistry
from sla_engine.services.sweep.sweep import Sweep
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage.database import Database
from sla_engine.storage.tables.delivery import Outbox
from tests.furnished import furnish

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
ZONE = ZoneInfo("America/New_York")
MONDAY = datetime(2026, 2, 2, tzinfo=ZONE)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

DANA, TOM, TESS, MIRA = "U0DANA", "U0TOM", "U0TESS", "U0MIRA"
MANAGERS = "C0MANAGERS"

GOOD: dict[str, Any] = {
    "what_happened": "The mail queue filled up over night and nobody watched the alert until the office opened.",
    "impact": "12 users without e-mail for 2 hours",
    "prevention": "one-off",
}


def at(text: str, *, week: int = 0) -> datetime:
    """`mon 09:05` as an instant of the first week of February 2026 in New York, or of one so many weeks later."""
    day, clock = text.split()
    hours, minutes = clock.split(":")
    moved = MONDAY + timedelta(days=DAYS.index(day) + 7 * week)
    return moved.replace(hour=int(hours), minute=int(minutes)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Sent:
    """One row of the outbox."""

    key: str
    message: str
    op: str
    to: str
    shown: Notification
    thread_of: str | None


class Desk:
    """The services on one database, people and agreements applied from the examples."""

    def __init__(self, database_url: str, *, people_file: Path = EXAMPLES / "msp.yaml") -> None:
        self.database = Database(database_url)
        start = at("mon 00:00") - timedelta(days=1)

        def applied(database: Database) -> None:
            people_files.apply(database, people_file, by="test", now=start)
            agreement_files.apply(database, [EXAMPLES / "agreements" / "acme-dental.yaml"], by="test", now=start)

        furnish(self.database, f"acme under {people_file}", applied)
        self.unit_of_work = UnitOfWork(self.database, real_clock=lambda: start)
        self.incidents = Incidents(self.unit_of_work)
        self.notes = Notes(self.unit_of_work)
        self.reasons = Reasons(self.unit_of_work)
        self.sops = Sops(self.unit_of_work)
        self.registry = SopRegistry(self.unit_of_work)
        self.digests = Digests(self.unit_of_work)
        self.sweep = Sweep(self.unit_of_work)

    def ask_daily(self) -> None:
        """Have the people of the file in force asked once a day, from the Sunday before on."""
        with self.database.transaction() as session:
            msp = self.unit_of_work.msp(session)
            arm_daily_messages(session, msp, now=at("mon 00:00") - timedelta(days=1))

    def asked(self, person: str) -> list[DailyMessage]:
        """The daily messages to a person as they read now, oldest first; deleted ones are left out."""
        shown: dict[str, DailyMessage] = {}
        for one in self.sent(to=person, about="daily:"):
            if one.op == "delete":
                del shown[one.message]
            elif isinstance(one.shown, DailyMessage):
                shown[one.message] = one.shown
        return list(shown.values())

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()

    def look(self, now: datetime) -> None:
        """Sweep until nothing is due: what one look arms for the same instant, the next one finds."""
        while self.sweep.run_once(now=now):
            pass

    def open(
        self,
        now: datetime,
        *,
        priority: Priority = Priority.P2,
        customer: str = "Acme Dental",
        title: str = "E-mail is down",
        owner: str | None = TOM,
    ) -> str:
        """An incident somebody has taken; answers its key."""
        request = OpenRequest(customer=customer, title=title, priority=priority)
        key = self.incidents.open(request, by=TESS, now=now).key
        if owner is not None:
            self.incidents.take(key, by=owner, now=now)
        return key

    def missed(self, now: datetime, *, title: str = "E-mail is down") -> str:
        """An incident whose first response was missed by the time `now` comes, noticed by the sweep."""
        key = self.open(now - timedelta(minutes=40), title=title)
        self.look(now)
        return key

    def written(self, now: datetime, **words: Any) -> str:
        """A missed incident with its note written."""
        key = self.missed(now)
        self.notes.write(key, by=TOM, now=now, since=None, **({"reason": "late-triage"} | GOOD | words))
        return key

    def sent(self, *, to: str | None = None, about: str = "") -> list[Sent]:
        """The outbox, oldest first: to one destination, with message names that begin with `about`."""
        with self.database.reading() as session:
            rows = session.scalars(select(Outbox).order_by(Outbox.id)).all()
            found = [
                Sent(row.key, row.message, row.op, row.destination, from_payload(row.kind, row.payload), row.thread_of)
                for row in rows
            ]
        return [one for one in found if (to is None or one.to == to) and one.message.startswith(about)]
