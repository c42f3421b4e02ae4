"""What people say of a procedure for an incident: that it is for it, that they followed it, and whether it helped."""

from datetime import datetime

from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.errors import AlreadyDone
from sla_engine.domain.incidents.history import in_effect
from sla_engine.domain.incidents.note_events import SopLinked, SopUsed
from sla_engine.domain.sops.sop import Sop
from sla_engine.services.incidents.incident_acts import IncidentActs
from sla_engine.services.sops.registry import meant
from sla_engine.services.unit_of_work.incident_work import IncidentWork


class SopUse(IncidentActs):
    """Procedures on incidents, which no clock reads. `by` is who says it (a Slack id), `now` is SLA time.

    A procedure is named by its number, its title or a part of that.
    """

    def used(self, key: str, named: str, *, helped: bool, by: str, now: datetime) -> Sop:
        """Record that somebody followed a procedure, and whether it helped; another answer takes the place of theirs.

        Raises: UnknownSop, SeveralNamed, AlreadyDone for the same answer once more, what `act` raises.
        """
        with self.act(key, action=Action.USE_SOP, by=by, now=now) as work:
            sop = meant(work.session, named)
            _record_once(work, SopUsed(sop=sop.number, helped=helped), by=by)
        return sop

    def link(self, key: str, named: str, *, by: str, now: datetime) -> Sop:
        """Record that a procedure is for an incident; its card offers it first.

        Raises: UnknownSop, SeveralNamed, AlreadyDone, what `act` raises.
        """
        with self.act(key, action=Action.LINK_SOP, by=by, now=now) as work:
            sop = meant(work.session, named)
            _record_once(work, SopLinked(sop=sop.number), by=by)
        return sop


def _record_once(work: IncidentWork, fact: SopLinked | SopUsed, *, by: str) -> None:
    """Record a fact, unless the newest one of its kind about the same procedure says the same.

    A link is anybody's, a use the person's own.
    """
    alike = [
        entry
        for entry in in_effect(work.history)
        if isinstance(entry.event, type(fact)) and entry.event.sop == fact.sop
        if isinstance(fact, SopLinked) or entry.by == by
    ]
    if alike and alike[-1].event == fact:
        raise AlreadyDone(work.key, "sop", alike[-1].by, alike[-1].at)
    work.record(fact, by=by)
