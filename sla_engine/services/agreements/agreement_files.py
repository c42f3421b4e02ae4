"""Checking agreement files and applying them as new versions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sla_engine.domain.agreements.agreement import SLACK_CHANNELS, Agreement
from sla_engine.domain.agreements.errors import NotSetUp
from sla_engine.domain.text.names import same_name
from sla_engine.domain.time.local_time import LATEST
from sla_engine.files.agreement_file import AgreementDefaults, AgreementFile, read_agreement
from sla_engine.files.errors import FileInvalid, FileProblem, FileWarning
from sla_engine.files.holiday_dates import LibraryHolidays
from sla_engine.services.agreements.book import AgreementBook, PeopleBook
from sla_engine.services.agreements.source_files import SourceFile, read_files, zone_data_version
from sla_engine.storage import agreements, projections
from sla_engine.storage.database import Database, Session
from sla_engine.storage.file_versions import AGREEMENTS, AppliedAgreement


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementApplied:
    """What applying one file did: its version, and whether the file added it."""

    file: str
    customer: str
    effective: datetime
    version_id: int
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementsApplied:
    """What applying several files did, in their order, and their lint."""

    applied: tuple[AgreementApplied, ...]
    warnings: tuple[FileProblem, ...]


def check(paths: Iterable[Path], *, now: datetime, defaults: AgreementDefaults | None = None) -> list[FileProblem]:
    """Everything wrong or odd in agreement files, in their order, and where two of them contradict each other.

    `defaults` are the MSP's where they are known.
    """
    given = AgreementDefaults() if defaults is None else defaults
    drafts, problems = _drafts(paths, given, now=now, needs_calendar=defaults is not None)
    return [*problems, *_contradictions(drafts, known=()), *shared_channels(drafts, known={})]


def customers_in(paths: Iterable[Path], *, now: datetime) -> tuple[str, ...]:
    """The customers that agreement files name; a file that cannot be read names nobody."""
    drafts, _ = _drafts(paths, AgreementDefaults(), now=now, needs_calendar=False)
    return tuple(dict.fromkeys(draft.agreement.customer for draft in drafts))


def apply(database: Database, paths: Iterable[Path], *, by: str, now: datetime) -> AgreementsApplied:
    """Put agreement files in force, each from its `effective` instant on: all of them, or none.

    A file that was applied before adds no version. Holidays become dates here and stay as they are. Where a version
    was added, the customer's open incidents are due to be measured again, which `Reprojection` does.
    Raises: FileInvalid with the problems of all files (nothing is stored), StorageBusy.
    """
    drafts, warnings = read_drafts(database, paths, now=now)
    with database.transaction() as session:
        refuse_contradictions(session, drafts)
        applied = tuple(_store(session, draft, by=by, now=now) for draft in drafts)
        _owe_projections(session, applied, now=now)
    return AgreementsApplied(applied=applied, warnings=warnings)


def _owe_projections(session: Session, applied: Sequence[AgreementApplied], *, now: datetime) -> None:
    added: dict[str, list[int]] = {}
    for version in applied:
        if version.is_new:
            added.setdefault(version.customer, []).append(version.version_id)
    for customer, numbers in added.items():
        if projections.count_open(session, customer):
            projections.add_pending(session, customer, numbers, since=now)


@dataclass(frozen=True, slots=True)
class Draft:
    """A file that was read, not yet stored."""

    file: SourceFile
    parsed: AgreementFile
    holidays: LibraryHolidays
    msp_version_id: int | None

    @property
    def agreement(self) -> Agreement:
        """What the file says."""
        return self.parsed.agreement

    def problem(self, sentence: str) -> FileProblem:
        """A mistake of the file as a whole, shown at the line that names the customer."""
        return FileProblem(self.file.name, self.parsed.customer_line, sentence)


def read_drafts(
    database: Database, paths: Iterable[Path], *, now: datetime
) -> tuple[list[Draft], tuple[FileProblem, ...]]:
    """Every file read against the MSP's defaults in force.

    Raises: FileInvalid with the problems of all files.
    """
    msp_version_id, defaults = _defaults_in_force(database)
    drafts, problems = _drafts(paths, defaults, now=now, needs_calendar=True, msp_version_id=msp_version_id)
    if any(not isinstance(problem, FileWarning) for problem in problems):
        raise FileInvalid(problems)
    return drafts, tuple(problems)


def _defaults_in_force(database: Database) -> tuple[int | None, AgreementDefaults]:
    with database.reading() as session:
        try:
            version_id, msp = PeopleBook().newest(session)
        except NotSetUp:
            return None, AgreementDefaults()
        return version_id, msp.defaults


def _drafts(
    paths: Iterable[Path],
    defaults: AgreementDefaults,
    *,
    now: datetime,
    needs_calendar: bool,
    msp_version_id: int | None = None,
) -> tuple[list[Draft], list[FileProblem]]:
    """The files that can be read, and everything wrong or odd in any of them, both in the order of the files."""
    files, problems = read_files(paths)
    drafts: list[Draft] = []
    for file in files:
        holidays = LibraryHolidays(now)
        try:
            parsed = read_agreement(
                file.text, file.name, holidays=holidays, defaults=defaults, now=now, needs_calendar=needs_calendar
            )
        except FileInvalid as invalid:
            problems.extend(invalid.problems)
        else:
            problems.extend(parsed.warnings)
            drafts.append(Draft(file, parsed, holidays, msp_version_id))
    return drafts, problems


def refuse_contradictions(session: Session, drafts: Sequence[Draft]) -> None:
    """Refuse two files for one customer and instant, a second spelling of a name, and a text that was replaced since.

    Raises: FileInvalid.
    """
    known = agreements.customers(session)
    problems = [*_contradictions(drafts, known=known), *shared_channels(drafts, known=_known_channels(session, drafts))]
    for draft in drafts:
        replaced_by = _replaced_by(session, draft)
        if replaced_by is not None:
            problems.append(
                draft.problem(
                    f"this very text was applied before and version {replaced_by} has replaced it; "
                    "give it a new 'effective' to bring it back"
                )
            )
    if problems:
        raise FileInvalid(problems)


def _contradictions(drafts: Iterable[Draft], *, known: Iterable[str]) -> Iterator[FileProblem]:
    """Files for one customer and instant, and second spellings of a name; `known` are the names there were before."""
    begins: dict[tuple[str, datetime], str] = {}
    spelled = list(known)
    for draft in drafts:
        name, effective, file = draft.agreement.customer, draft.agreement.effective, draft.file.name
        before = same_name(name, spelled)
        if before is None:
            spelled.append(name)
        elif before != name:
            yield draft.problem(f"customer: {name!r} is known as {before!r}; write it the same way")
        other = begins.setdefault((before or name, effective), file)
        if other != file:
            yield draft.problem(
                f"effective: {other} begins at the same instant for the same customer; leave out one of the two"
            )


def shared_channels(drafts: Iterable[Draft], *, known: Mapping[str, str]) -> Iterator[FileProblem]:
    """Channels that two customers name; `known` are the customers of channels by the agreements applied before."""
    customer_of: dict[str, str] = {}
    for draft in drafts:
        customer = draft.agreement.customer
        for channel in draft.agreement.extras.get(SLACK_CHANNELS, ()):
            other = customer_of.setdefault(channel, customer)
            before = known.get(channel, customer)
            theirs = other if other != customer else before
            if theirs != customer:
                yield draft.problem(f"slack_channels: {channel} is {theirs}'s; a channel belongs to one customer")


def _known_channels(session: Session, drafts: Iterable[Draft]) -> dict[str, str]:
    """The customer of each channel, by the newest version of every agreement; nothing is read for files without any."""
    if not any(draft.agreement.extras.get(SLACK_CHANNELS) for draft in drafts):
        return {}
    book = AgreementBook()
    numbers = agreements.all_in_force(session, at=LATEST)
    return {
        channel: customer
        for customer, number in numbers.items()
        for channel in book.by_version(session, number).extras.get(SLACK_CHANNELS, ())
    }


def _replaced_by(session: Session, draft: Draft) -> int | None:
    """The version that replaced this very text, if one did."""
    same = same_text(session, draft)
    newest = agreements.in_force(session, draft.agreement.customer, at=draft.agreement.effective)
    return None if same is None or same == newest else newest


def same_text(session: Session, draft: Draft) -> int | None:
    """The version that was applied from this very file before."""
    agreement = draft.agreement
    return agreements.same_text(
        session, agreement.customer, effective=agreement.effective, source_sha256=draft.file.sha256
    )


def _store(session: Session, draft: Draft, *, by: str, now: datetime) -> AgreementApplied:
    agreement = draft.agreement
    same = same_text(session, draft)
    version_id = same or AGREEMENTS.add(
        session,
        AppliedAgreement(
            customer=agreement.customer,
            effective=agreement.effective,
            source=draft.file.text,
            source_sha256=draft.file.sha256,
            resolved={"holidays": draft.holidays.as_document()},
            applied_at=now,
            applied_by=by,
            tzdata_version=zone_data_version(),
            msp_version_id=draft.msp_version_id,
        ),
    )
    return AgreementApplied(
        file=draft.file.name,
        customer=agreement.customer,
        effective=agreement.effective,
        version_id=version_id,
        is_new=same is None,
    )
