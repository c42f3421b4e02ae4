"""Remembers whose Home tab was opened lately, so that any process can draw it anew."""

from datetime import timedelta

from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import home_visits
from sla_engine.storage.home_visits import HomeVisitRecord

LOOKED_AT_FOR = timedelta(minutes=15)
"""How long after it was opened somebody may still look at their Home tab."""


class HomeVisits:
    """The Home tabs that people may be looking at; instants are real time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def opened(self, person: str, *, shown: str, holds_answer: bool) -> None:
        """Remember that somebody opened their tab, or acted there, and a hash of what it shows.

        Raises: StorageBusy.
        """
        at = self.unit_of_work.real_clock()
        self.drawn(HomeVisitRecord(person=person, opened_at=at, shown=shown, holds_answer=holds_answer))

    def drawn(self, visit: HomeVisitRecord) -> None:
        """Remember what a tab shows since it was drawn anew.

        Raises: StorageBusy.
        """
        with self.unit_of_work.database.transaction() as session:
            home_visits.keep(session, visit)

    def recent(self) -> list[HomeVisitRecord]:
        """The tabs somebody may be looking at now.

        Raises: StorageBusy.
        """
        with self.unit_of_work.database.reading() as session:
            return home_visits.since(session, self.unit_of_work.real_clock() - LOOKED_AT_FOR)
