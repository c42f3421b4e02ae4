"""The effect of a supposition, incident by incident."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sla_engine.domain.agreements.errors import UnknownCustomer
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.escalation.forecast import ForeseenNudge, forecast, opening
from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.escalation.situation import Situation
from sla_engine.domain.escalation.supposed_facts import facts_of
from sla_engine.domain.escalation.what_if import ClockChange, Scene, changes, changes_an_outcome, with_holiday
from sla_engine.domain.incidents.errors import WhichIncident
from sla_engine.domain.incidents.events import Opened
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.incident import Incident, IncidentState
from sla_engine.domain.incidents.incident_filter import IncidentFilter
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.stored_names import STORED_NAMES
from sla_engine.domain.incidents.suppositions import IfActed, IfHoliday, IfOpened, Supposition
from sla_engine.domain.text.names import folded
from sla_engine.domain.time.errors import InThePast
from sla_engine.domain.time.local_time import local_day, local_hour
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.services.agreements.book import known_name
from sla_engine.services.agreements.coverage import known_service, known_site
from sla_engine.services.unit_of_work.incident_work import announced_reply, live_message
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import clocks, events, incident_lists, incidents, nudges, timers
from sla_engine.storage.database import Session

LISTED = 10
"""At most so many incidents that change are listed in full, those due first."""

CHUNK = 200
"""Incidents whose histories are read at a time."""

USAGE = "simulate raise INC-1042 to P1"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentOutlook:
    """One incident: the clocks that would change, and the nudges to come. `key` is empty for one that opens.

    `otherwise` is the first nudge to come where a supposed pause is not ended as promised.
    """

    key: str
    title: str
    customer: str
    priority: Priority
    changes: tuple[ClockChange, ...]
    nudges: tuple[ForeseenNudge, ...]
    otherwise: ForeseenNudge | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """The changes that a supposition would make, as of `now` (UTC), for the incidents due first.

    `more` counts incidents that would change as well and are not listed, `unchanged` those that would not.
    `names` are our people by Slack id, `zone` is the MSP's.
    """

    supposed: Supposition
    now: datetime
    zone: str
    names: Mapping[str, str]
    incidents: tuple[IncidentOutlook, ...]
    more: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class _Act:
    """An act on an incident, computed except for its nudges."""

    record: Incident
    would_be: Scene
    at_rest: Scene | None
    moved: tuple[ClockChange, ...]
    now: datetime


class OutlookReader:
    """One supposition looked at in one reading transaction."""

    def __init__(self, unit_of_work: UnitOfWork, session: Session, *, now: datetime) -> None:
        self.agreements = unit_of_work.agreements
        self.session = session
        self.msp: Msp = unit_of_work.msp(session)
        self.now = now
        self._closed: dict[int, tuple[Terms, Terms]] = {}

    def result(
        self, supposed: Supposition, outlooks: list[IncidentOutlook], *, more: int = 0, unchanged: int = 0
    ) -> Simulation:
        """The simulation of these incidents, with the names of the people in it."""
        return Simulation(
            supposed=supposed,
            now=self.now,
            zone=self.msp.zone,
            names={person.slack_id: person.name for person in self.msp.people},
            incidents=tuple(outlooks),
            more=more,
            unchanged=unchanged,
        )

    # ------------------------------------------------------------------ an incident opens

    def simulate_opening(self, supposed: IfOpened) -> Simulation:
        """Simulate an incident that opens: every clock it would have, and every nudge to come."""
        customer = self._customer(supposed.customer)
        version_id, agreement = self.agreements.in_force(self.session, customer, at=supposed.at)
        site, service = known_site(agreement, supposed.site), known_service(agreement, supposed.service)
        record = Incident(
            id=0,
            key="",
            customer=agreement.customer,
            agreement_version_id=version_id,
            source="",
            external_id=None,
            link=None,
            title="",
            priority=supposed.priority,
            state=IncidentState.OPEN,
            opened_at=supposed.at,
            opened_by="",
            site=site or None,
            service=service or None,
        )
        fact = Opened(priority=supposed.priority, title="", source="", site=site, service=service)
        history = (Entry(event=fact, at=supposed.at, seq=1, recorded_at=supposed.at),)
        scene = Scene(history, self.agreements.terms(self.session, record, history))
        nothing = Scene((), scene.terms)
        situation = Situation(incident=record, history=(), terms=scene.terms, msp=self.msp, clocks={})
        first, opened = opening(situation.after(history), now=supposed.at)
        situation = replace(situation, in_channel=opened.in_channel)
        outlook = IncidentOutlook(
            key="",
            title="",
            customer=record.customer,
            priority=record.priority,
            changes=changes(nothing, scene, now=supposed.at, until=supposed.at),
            nudges=(*first, *forecast(situation, history, start=supposed.at)),
        )
        named = replace(supposed, customer=record.customer, site=site, service=service)
        return self.result(named, [outlook])

    def _customer(self, name: str) -> str:
        """The customer of this name; a part of the name is enough where only one customer has it.

        Raises: UnknownCustomer.
        """
        try:
            return known_name(self.session, name)
        except UnknownCustomer as unknown:
            wanted = folded(name)
            within = [near for near in unknown.near if wanted and wanted in folded(near)]
            if len(within) != 1:
                raise
            return within[0]

    # ------------------------------------------------------------------ something is done to one

    def find_incident(self, key: str | None, asked_by: str | None) -> Incident:
        """The incident with this key; without a key the only open one of the person who asks, or the only one at all.

        Raises: UnknownIncident, WhichIncident.
        """
        if key is not None:
            return incidents.find(self.session, key)
        count = 0
        for person in dict.fromkeys((asked_by, None)):
            listed = incident_lists.by_due(self.session, IncidentFilter(owner=person), now=self.now, limit=2)
            if listed.count == 1:
                return incidents.by_ids(self.session, listed.ids)[listed.ids[0]]
            count = listed.count
        raise WhichIncident(USAGE, count)

    def simulate_act(self, supposed: IfActed, record: Incident) -> IncidentOutlook:
        """Simulate an act on an incident: the clocks it would change, and the nudges to come."""
        return self._outlook_after(self._act(supposed, record))

    def simulate_act_if_breach_changes(self, supposed: IfActed, record: Incident) -> IncidentOutlook | None:
        """Simulate an act that would make or remove a breach; None, without foreseeing nudges, where it would not."""
        act = self._act(supposed, record)
        return self._outlook_after(act) if changes_an_outcome(act.moved) else None

    def _act(self, supposed: IfActed, record: Incident) -> _Act:
        real = self._scene(record)
        facts = facts_of(supposed, record, real.history, reply_ends_pause=real.terms.reply_ends_pause)
        now = self._now(real)
        would_be = real.supposing(*facts)
        at_rest = real.supposing(facts[0]) if len(facts) > 1 else None
        until = max(now, *(at for at, _ in facts))
        moved = changes(real, would_be, now=now, until=until, at_rest=at_rest)
        return _Act(record, would_be, at_rest, moved, now)

    def _outlook_after(self, act: _Act) -> IncidentOutlook:
        outlook = self._outlook(act.record, act.would_be, act.moved, now=act.now)
        if act.at_rest is None:
            return outlook
        while_at_rest = self._outlook(act.record, act.at_rest, (), now=act.now).nudges
        first = next((nudge for nudge in while_at_rest if nudge.cause is NudgeCause.PAUSE_OUTLIVED), None)
        return replace(outlook, otherwise=first)

    # ------------------------------------------------------------------ a day is closed

    def simulate_holiday(self, supposed: IfHoliday) -> Simulation:
        """Simulate a day that becomes a holiday: the open incidents of a customer, or of all, that would change."""
        self._refuse_past(supposed.day)
        customer = None if supposed.customer is None else self._customer(supposed.customer)
        ids = incident_lists.by_due(self.session, IncidentFilter(customer=customer), now=self.now).ids
        listed: list[IncidentOutlook] = []
        more = 0
        for record, real in self._scenes(ids):
            now = self._now(real)
            would_be = real.under(self._with_holiday(real.terms, supposed.day))
            moved = changes(real, would_be, now=now, until=now)
            if moved and len(listed) < LISTED:
                listed.append(self._outlook(record, would_be, moved, now=now))
            elif moved:
                more += 1
        named = replace(supposed, customer=customer)
        return self.result(named, listed, more=more, unchanged=len(ids) - len(listed) - more)

    def _refuse_past(self, day: date) -> None:
        if day < local_day(self.now, zone=self.msp.zone):
            raise InThePast("holiday", local_hour(day, zone=self.msp.zone))

    def _scenes(self, ids: Sequence[int]) -> Iterator[tuple[Incident, Scene]]:
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            records = incidents.by_ids(self.session, chunk)
            histories = events.of_kind(self.session, chunk, *STORED_NAMES.values())
            for number in chunk:
                yield records[number], self._scene_of(records[number], histories[number])

    def _with_holiday(self, terms: Terms, day: date) -> Terms:
        """These terms with the holiday; computed once for all incidents that share them."""
        if id(terms) not in self._closed:
            self._closed[id(terms)] = (terms, with_holiday(terms, day, now=self.now))
        return self._closed[id(terms)][1]

    # ------------------------------------------------------------------ what is known of one

    def _scene(self, record: Incident) -> Scene:
        return self._scene_of(record, events.history(self.session, record.id))

    def _scene_of(self, record: Incident, history: Sequence[Entry]) -> Scene:
        return Scene(tuple(history), self.agreements.terms(self.session, record, history))

    def _now(self, scene: Scene) -> datetime:
        """The present, or the last recorded fact if that is later: another process may have read the time after us."""
        return max((self.now, *(entry.recorded_at for entry in scene.history)))

    def _outlook(
        self, record: Incident, would_be: Scene, moved: tuple[ClockChange, ...], *, now: datetime
    ) -> IncidentOutlook:
        nudges = () if record.replayed else forecast(self._situation(record, would_be), would_be.history, start=now)
        return IncidentOutlook(
            key=record.key,
            title=record.title,
            customer=record.customer,
            priority=record.priority,
            changes=moved,
            nudges=nudges,
        )

    def _situation(self, record: Incident, scene: Scene) -> Situation:
        """The incident as stored, before its facts; the nudges posted so far are those of its real facts."""
        real = events.history(self.session, record.id)
        stored = clocks.of_incident(self.session, record.id)
        live = {nudge.direct: nudge for nudge in nudges.live(self.session, record.id)}
        return Situation(
            incident=record,
            history=(),
            terms=scene.terms,
            msp=self.msp,
            clocks={key: clock.on_record for key, clock in stored.items()},
            announced_reply=announced_reply(self.session, tuple(live.values()), record.key, real, scene.terms),
            pause_timer=timers.due_for(self.session, Duty.PAUSE, record.key),
            in_channel=live_message(live.get(False)),
            to_owner=live_message(live.get(True)),
        )
