"""Agreements: checked as files, applied as versions, and looked up by customer and instant."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.errors import NotYetInForce, UnknownCustomer
from sla_engine.domain.agreements.versions import AppliedVersion, Terms, governed, terms_of
from sla_engine.domain.clocks.ticket_states import measured_part
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.text.names import folded, same_name
from sla_engine.files.agreement_file import AgreementDefaults, read_agreement
from sla_engine.files.holiday_dates import StoredHolidays
from sla_engine.services.agreements.msp_book import PeopleBook
from sla_engine.storage import agreements as versions
from sla_engine.storage.database import Session

MOST_SUGGESTIONS = 3


@dataclass(slots=True)
class AgreementBook:
    """The agreements of all customers, each version read once in a process; versions never change."""

    people: PeopleBook = field(default_factory=PeopleBook)
    _read: dict[int, Agreement] = field(default_factory=dict)
    _applied: dict[str, tuple[int, tuple[AppliedVersion, ...]]] = field(default_factory=dict)
    _terms: dict[tuple[int, bool, tuple[tuple[datetime, int], ...]], Terms] = field(default_factory=dict)

    def in_force(self, session: Session, customer: str, *, at: datetime) -> tuple[int, Agreement]:
        """The version in force for a customer at an instant, and what it says; names match in any spelling.

        Raises: UnknownCustomer, NotYetInForce when the customer's first agreement begins later.
        """
        version_id = versions.in_force(session, customer, at=at)
        if version_id is None:
            name = known_name(session, customer)
            version_id = versions.in_force(session, name, at=at)
            first = versions.first_effective(session, name)
            if version_id is None:
                raise NotYetInForce(name, at=at, effective=first or at)
        return version_id, self.by_version(session, version_id)

    def by_version(self, session: Session, version_id: int) -> Agreement:
        """One version, with the holidays and the MSP's defaults it was applied with.

        Raises: LookupError when there is none with this number.
        """
        known = self._read.get(version_id)
        if known is None:
            record = versions.load(session, version_id)
            known = self._read[version_id] = read_agreement(
                record.source,
                f"agreement version {version_id}",
                holidays=StoredHolidays(record.resolved["holidays"]),
                defaults=self._defaults(session, record.msp_version_id),
                now=None,
            ).agreement
        return known

    def terms(
        self, session: Session, record: Incident, history: Sequence[Entry], *, newest: int | None = None
    ) -> Terms:
        """Which versions count for an incident, and from when; `newest` is the newest of all, where it is known.

        A replayed incident is measured by the one version it was replayed under, where its log holds evidence.
        """
        opened_under = record.agreement_version_id
        known = () if record.replayed else self._applied_versions(session, record.customer, newest=newest)
        spans = governed(history, opened_under=opened_under, versions=known)
        wanted = (opened_under, record.replayed, spans)
        if wanted not in self._terms:
            self._terms[wanted] = terms_of(
                spans, opened_under=opened_under, read=lambda number: self._measured(session, number, record)
            )
        return self._terms[wanted]

    def _applied_versions(self, session: Session, customer: str, *, newest: int | None) -> tuple[AppliedVersion, ...]:
        """What was applied for a customer, read anew only when something was applied since."""
        if newest is None:
            return versions.applied_versions(session, customer)
        until, applied = self._applied.get(customer, (None, ()))
        if until != newest:
            applied = versions.applied_versions(session, customer)
            self._applied[customer] = (newest, applied)
        return applied

    def _measured(self, session: Session, number: int, record: Incident) -> Agreement:
        agreement = self.by_version(session, number)
        return measured_part(agreement) if record.replayed else agreement

    def customers(self, session: Session) -> tuple[str, ...]:
        """Everybody who has an agreement, by name."""
        return versions.customers(session)

    def _defaults(self, session: Session, msp_version_id: int | None) -> AgreementDefaults:
        if msp_version_id is None:
            return AgreementDefaults()
        return self.people.by_version(session, msp_version_id).defaults


def known_name(session: Session, wanted: str) -> str:
    """The customer's name as the agreements write it, whatever case, marks and spaces somebody typed.

    Raises: UnknownCustomer, with names that look like it.
    """
    customers = versions.customers(session)
    found = same_name(wanted, customers)
    if found is not None:
        return found
    names, word = {folded(name): name for name in customers}, folded(wanted)
    close = get_close_matches(word, names, n=MOST_SUGGESTIONS, cutoff=0.6)
    within = [name for name in names if word and word in name]
    near = dict.fromkeys((*within, *close))
    raise UnknownCustomer(wanted, tuple(names[name] for name in list(near)[:MOST_SUGGESTIONS]))
