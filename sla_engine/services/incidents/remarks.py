"""Adds what somebody wrote elsewhere to an incident's history."""

from datetime import datetime

from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.events import Remarked
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.text.addresses import web_address
from sla_engine.domain.text.errors import UnreadableAddress
from sla_engine.domain.text.lengths import needed
from sla_engine.services.incidents.incident_acts import IncidentActs


class Remarks(IncidentActs):
    """Remarks on incidents, which no clock reads. `by` is who adds one (a Slack id), `now` is SLA time."""

    def add(self, key: str, *, text: str, by: str, now: datetime, link: str = "") -> Incident:
        """Add a remark to an incident, open or not, with a link to where it was written.

        Raises: MissingArgument, TooLong, UnreadableAddress, UnknownIncident, AlreadyMerged, AlreadyMoved.
        """
        if link and web_address(link) is None:
            raise UnreadableAddress("link", link)
        with self.act(key, action=Action.REMARK, by=by, now=now) as work:
            work.record(Remarked(text=needed("the remark", text), link=link), by=by)
        return work.incident
