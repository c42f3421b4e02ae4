"""Applied versions of agreements and of the people file, each parsed once, and looked up by customer and instant."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, TypeVar

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.errors import NotSetUp, NotYetInForce, UnknownCustomer
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.agreements.roster import roster_of
from sla_engine.domain.agreements.versions import AppliedVersion, Terms, governed, terms_of
from sla_engine.domain.clocks.ticket_states import measured_part
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.text.names import folded, same_name, similar_names
from sla_engine.files.agreement_file import AgreementDefaults, read_agreement
from sla_engine.files.holiday_dates import StoredHolidays
from sla_engine.files.msp_file import MspFile, read_msp
from sla_engine.storage import agreements, roster, version_chain
from sla_engine.storage.customer_names import customer_called
from sla_engine.storage.database import Session
from sla_engine.storage.file_versions import AGREEMENTS, PEOPLE
from sla_engine.storage.version_chain import NewestVersions

PEOPLE_FILE = "msp.yaml"
MOST_SUGGESTIONS = 3

Parsed = TypeVar("Parsed")


@dataclass(slots=True)
class _VersionBook(ABC, Generic[Parsed]):
    """What applied files of one kind say, each version parsed once in a process; versions never change."""

    _parsed: dict[int, Parsed] = field(default_factory=dict, init=False)

    def by_version(self, session: Session, number: int) -> Parsed:
        """One version, with the holidays and the defaults it was applied with.

        Raises: LookupError when there is none with this number.
        """
        if number not in self._parsed:
            self._parsed[number] = self._parse(session, number)
        return self._parsed[number]

    @abstractmethod
    def _parse(self, session: Session, number: int) -> Parsed: ...


@dataclass(slots=True)
class PeopleBook(_VersionBook[MspFile]):
    """The people files in force and before, and who is absent and dispatches by what was said in Slack."""

    _newest: tuple[NewestVersions, Msp] | None = field(default=None, init=False)

    def in_force(self, session: Session) -> Msp:
        """The people and the rota in force.

        Raises: NotSetUp before any people file was applied.
        """
        return self.newest_of(session, version_chain.newest(session))

    def newest_of(self, session: Session, newest: NewestVersions) -> Msp:
        """The people in force where the numbers of the newest versions are known already.

        Raises: NotSetUp before any people file was applied.
        """
        if newest.people is None:
            raise NotSetUp(PEOPLE_FILE)
        versions, known = replace(newest, agreement=None), self._newest
        if known is None or known[0] != versions:
            known = self._newest = versions, self._with_roster(session, newest)
        return known[1]

    def with_uncommitted(self, session: Session) -> Msp:
        """The people in force with what this transaction said about absences and turns.

        It is not kept: a transaction that fails gives its numbers back, and they would mean something else.
        Raises: NotSetUp before any people file was applied.
        """
        return self._with_roster(session, version_chain.newest(session))

    def _with_roster(self, session: Session, newest: NewestVersions) -> Msp:
        if newest.people is None:
            raise NotSetUp(PEOPLE_FILE)
        msp = self.by_version(session, newest.people).msp
        changes = () if newest.roster is None else roster.changes(session)
        return replace(msp, roster=roster_of(msp.roster.absences, changes))

    def newest(self, session: Session) -> tuple[int, MspFile]:
        """The version in force, with what agreements take from it.

        Raises: NotSetUp before any people file was applied.
        """
        number = PEOPLE.newest(session)
        if number is None:
            raise NotSetUp(PEOPLE_FILE)
        return number, self.by_version(session, number)

    def _parse(self, session: Session, number: int) -> MspFile:
        version = PEOPLE.load(session, number)
        return read_msp(
            version.source,
            f"people version {number}",
            holidays=StoredHolidays(version.resolved["holidays"]),
            year=version.applied_at.year,
            now=None,
        )


@dataclass(slots=True)
class AgreementBook(_VersionBook[Agreement]):
    """The agreements of all customers."""

    people: PeopleBook = field(default_factory=PeopleBook)
    _applied: dict[str, tuple[int, tuple[AppliedVersion, ...]]] = field(default_factory=dict, init=False)
    _terms: dict[tuple[int, bool, tuple[tuple[datetime, int], ...]], Terms] = field(default_factory=dict, init=False)

    def in_force(self, session: Session, customer: str, *, at: datetime) -> tuple[int, Agreement]:
        """The version in force for a customer at an instant, and what it says; names match in any spelling.

        Raises: UnknownCustomer, NotYetInForce when the customer's first agreement begins later.
        """
        number = agreements.in_force(session, customer, at=at)
        if number is None:
            name = known_name(session, customer)
            number = agreements.in_force(session, name, at=at)
            if number is None:
                raise NotYetInForce(name, at=at, effective=agreements.first_effective(session, name) or at)
        return number, self.by_version(session, number)

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
        """What was applied for a customer; with `newest` it is read anew only when something was applied since."""
        if newest is None:
            return agreements.applied_versions(session, customer)
        until, applied = self._applied.get(customer, (None, ()))
        if until != newest:
            applied = agreements.applied_versions(session, customer)
            self._applied[customer] = (newest, applied)
        return applied

    def _measured(self, session: Session, number: int, record: Incident) -> Agreement:
        agreement = self.by_version(session, number)
        return measured_part(agreement) if record.replayed else agreement

    def customers(self, session: Session) -> tuple[str, ...]:
        """Everybody who has an agreement, by name."""
        return agreements.customers(session)

    def _parse(self, session: Session, number: int) -> Agreement:
        version = AGREEMENTS.load(session, number)
        return read_agreement(
            version.source,
            f"agreement version {number}",
            holidays=StoredHolidays(version.resolved["holidays"]),
            defaults=self._defaults(session, version.msp_version_id),
            now=None,
        ).agreement

    def _defaults(self, session: Session, people_number: int | None) -> AgreementDefaults:
        if people_number is None:
            return AgreementDefaults()
        return self.people.by_version(session, people_number).defaults


def known_name(session: Session, wanted: str) -> str:
    """The customer's name as the agreements write it, whatever case, marks and spaces somebody typed.

    A name that was said to mean a customer for good means that one.

    Raises: UnknownCustomer, with names that contain it or look like it.
    """
    customers = agreements.customers(session)
    customer = same_name(wanted, customers) or customer_called(session, wanted)
    if customer is not None:
        return customer
    word = folded(wanted)
    containing = [name for name in customers if word and word in folded(name)]
    similar = similar_names(wanted, customers, most=MOST_SUGGESTIONS)
    near = tuple(dict.fromkeys((*containing, *similar)))
    raise UnknownCustomer(wanted, near[:MOST_SUGGESTIONS])
