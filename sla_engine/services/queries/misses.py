"""The missed targets behind a figure of a week or a month, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sla_engine.domain.agreements.agreement import Subject
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.agreements.permissions import NEEDED, Action, authorise
from sla_engine.domain.reporting.missed_targets import MissedIncident, MissedTarget, MissFilter, by_incident
from sla_engine.domain.time.date_ranges import DateRange
from sla_engine.domain.time.periods import Period
from sla_engine.domain.time.weeks import Week
from sla_engine.parsing.miss_words import miss_words
from sla_engine.parsing.periods import period
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import misses
from sla_engine.storage.database import Session

PAGE_INCIDENTS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class MissList:
    """One page of the incidents that missed a target in a week, a month or some days.

    `target_count` and `incident_count` are those of the whole list, `unexplained_count` the missed targets of it that
    no note explains. `start` is the place of the page's first incident, from 0. `wanted` is what was asked for; its
    `person` is somebody who may see their own misses only.
    """

    period: Period | DateRange
    wanted: MissFilter
    target_count: int
    incident_count: int
    unexplained_count: int
    start: int
    incidents: tuple[MissedIncident, ...]

    @property
    def end(self) -> int:
        """The place after the page's last incident."""
        return self.start + len(self.incidents)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodMisses:
    """Everything that was missed in a period, the earliest first; `names` are those of our people by their id."""

    period: Period
    zone: str
    targets: tuple[MissedTarget, ...]
    names: Mapping[str, str]


class Misses:
    """Lists what was missed; nothing here changes anything."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def listed(self, words: Sequence[str], *, by: str, now: datetime, start: int = 0) -> MissList:
        """The missed targets that the words after `/sla misses` ask for; without a period, of this week so far.

        Whoever may see only their own gets those of the incidents that they have, or whose note is theirs to write.
        Raises: NotAllowed (recorded), NotSetUp, and what `miss_words` raises.
        """
        with (
            self.unit_of_work.recording(by=by, key=None, now=now),
            self.unit_of_work.database.reading() as session,
        ):
            msp = self.unit_of_work.msp(session)
            authorise(msp, by, Action.LIST_MISSES, owner=by, now=now)
            customers = self.unit_of_work.agreements.customers(session)
            asked = miss_words(words, customers=customers, zone=msp.zone, now=now)
            wanted = replace(asked.wanted, person=None if _sees_all(msp, by) else by)
            of_period = asked.period or Week.of(now, zone=msp.zone)
            targets = misses.listed(session, of_period.span(zone=msp.zone), wanted)
            incidents = by_incident(targets)
            first = start if 0 <= start < len(incidents) else 0
            return MissList(
                period=of_period,
                wanted=wanted,
                target_count=len(targets),
                incident_count=len(incidents),
                unexplained_count=sum(target.reason is None for target in targets),
                start=first,
                incidents=self._in_business_days(session, incidents[first : first + PAGE_INCIDENTS]),
            )

    def of_period(self, written: str, *, now: datetime) -> PeriodMisses:
        """Everything that was missed in a week or month, written like `2016-W12`, `last week` or `november`.

        Raises: UnknownPeriod, UnknownWeek, PeriodNotBegun.
        """
        with self.unit_of_work.database.reading() as session:
            msp = self.unit_of_work.msp_or_nobody(session)
            wanted = period(written, zone=msp.zone, now=now)
            return PeriodMisses(
                period=wanted,
                zone=msp.zone,
                targets=tuple(misses.listed(session, wanted.span(zone=msp.zone), MissFilter())),
                names={person.slack_id: person.name for person in msp.people},
            )

    def _in_business_days(self, session: Session, incidents: Sequence[MissedIncident]) -> tuple[MissedIncident, ...]:
        """The same, with the length of a business day where a target was written in them."""
        return tuple(
            MissedIncident(targets=tuple(self._with_business_day(session, target) for target in incident.targets))
            for incident in incidents
        )

    def _with_business_day(self, session: Session, missed: MissedTarget) -> MissedTarget:
        agreement = self.unit_of_work.agreements.by_version(session, missed.agreement_version)
        subject = Subject(priority=missed.priority, site=missed.site or "", service=missed.service or "")
        chosen = agreement.choose(missed.metric, subject)
        day = None if chosen is None else chosen.target.lasting(missed.target).business_day
        return replace(missed, business_day=day)


def _sees_all(msp: Msp, person: str) -> bool:
    return msp.role_of(person).may_act_as(NEEDED[Action.LIST_MISSES])
