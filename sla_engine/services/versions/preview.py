"""Previews applying agreement files to open incidents: every due time before and after, and nothing stored."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.version_impact import prospect
from sla_engine.domain.agreements.versions import AppliedVersion, Terms, governed, terms_of
from sla_engine.domain.clocks.reading import ClockState, Reading, current, readings
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.incident import Incident
from sla_engine.files.errors import FileProblem
from sla_engine.services.agreements.agreement_files import Draft, read_drafts, refuse_contradictions, same_text
from sla_engine.services.agreements.book import AgreementBook
from sla_engine.services.versions.reproject import Edit, touched
from sla_engine.storage import agreements as versions
from sla_engine.storage import events, incidents, projections
from sla_engine.storage.database import Database, Session
from sla_engine.storage.file_versions import AGREEMENTS

BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockFigures:
    """A clock as one version of the agreement has it; `due_at` is None while it rests, `left` is open time."""

    state: ClockState
    target: timedelta
    left: timedelta
    due_at: datetime | None
    breached_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockDiff:
    """One clock of an open incident before and after; None where nothing is promised.

    `breached_on_change` is when the files would make it overdue at once, if nothing happens until then.
    """

    key: str
    metric: MetricName
    before: ClockFigures | None
    after: ClockFigures | None
    breached_on_change: datetime | None

    @property
    def changes(self) -> bool:
        """Whether applying the files moves it."""
        return self.before != self.after or self.breached_on_change is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDiff:
    """The changes that the files make to one customer's open incidents; times are shown in `zone`, the calendar's.

    `clocks` are those of every incident that had to be looked at, by incident; the others stay as they are.
    """

    customer: str
    zone: str
    effective: tuple[datetime, ...]
    incidents: int
    clocks: tuple[ClockDiff, ...]

    @property
    def changes(self) -> tuple[ClockDiff, ...]:
        """The clocks that move."""
        return tuple(clock for clock in self.clocks if clock.changes)

    @property
    def changed_incidents(self) -> int:
        """How many incidents have a clock that moves."""
        return len({clock.key for clock in self.changes})


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementsDiff:
    """The changes that applying the files would make, by customer, and the files' lint."""

    customers: tuple[CustomerDiff, ...]
    warnings: tuple[FileProblem, ...]


def diff(database: Database, paths: Iterable[Path], *, now: datetime, every: bool = False) -> AgreementsDiff:
    """Read the files as `apply` would at `now`, and measure the open incidents with and without them.

    `every` looks at all incidents instead of those that the files can move.
    Raises: FileInvalid, StorageBusy.
    """
    drafts, warnings = read_drafts(database, paths, now=now)
    with database.reading() as session:
        refuse_contradictions(session, drafts)
        by_customer: dict[str, list[Draft]] = {}
        for draft in drafts:
            by_customer.setdefault(draft.agreement.customer, []).append(draft)
        customers = [
            _Comparison(session, customer, ours, now=now).result(every=every) for customer, ours in by_customer.items()
        ]
    return AgreementsDiff(customers=tuple(customers), warnings=warnings)


class _Comparison:
    """One customer's versions as they are, and with the files applied now."""

    def __init__(self, session: Session, customer: str, drafts: Sequence[Draft], *, now: datetime) -> None:
        self.session = session
        self.customer = customer
        self.now = now
        self.drafts = drafts
        self.book = AgreementBook()
        self.known = versions.applied_versions(session, customer)
        # Numbered as they would be: beyond every number there is, in the order of the files.
        first = (AGREEMENTS.newest(session) or 0) + 1
        new = [draft.agreement for draft in drafts if same_text(session, draft) is None]
        self.added: Mapping[int, Agreement] = dict(enumerate(new, first))
        self.with_files = (
            *self.known,
            *(
                AppliedVersion(number=number, effective=agreement.effective, applied_at=now)
                for number, agreement in self.added.items()
            ),
        )
        self._terms: dict[tuple[int, tuple[tuple[datetime, int], ...]], Terms] = {}

    def result(self, *, every: bool) -> CustomerDiff:
        ids = projections.open_ids(self.session, self.customer) if every else self._touched()
        clocks = [clock for record, history in self._histories(ids) for clock in self._compare(record, history)]
        return CustomerDiff(
            customer=self.customer,
            zone=self.drafts[-1].agreement.calendar.zone,
            effective=tuple(draft.agreement.effective for draft in self.drafts),
            incidents=projections.count_open(self.session, self.customer),
            clocks=tuple(clocks),
        )

    def _touched(self) -> list[int]:
        if not self.added:
            return []
        if projections.is_pending(self.session, self.customer):  # the rows do not say yet what is due when
            return projections.open_ids(self.session, self.customer)
        edit = Edit(
            customer=self.customer,
            before=prospect(self.known, since=self.now, read=self._read),
            after=prospect(self.with_files, since=self.now, read=self._read),
        )
        return touched(self.session, edit)

    def _histories(self, ids: Sequence[int]) -> Iterator[tuple[Incident, list[Entry]]]:
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            records = incidents.by_ids(self.session, batch)
            histories = events.histories(self.session, batch)
            for number in batch:
                yield records[number], histories[number]

    def _compare(self, record: Incident, history: list[Entry]) -> Iterator[ClockDiff]:
        before = self._figures(record, history, self.known)
        after = self._figures(record, history, self.with_files)
        overdue = self._overdue(record, history)
        for metric in MetricName:
            if metric in before or metric in after:
                yield ClockDiff(
                    key=record.key,
                    metric=metric,
                    before=before.get(metric),
                    after=after.get(metric),
                    breached_on_change=overdue.get(metric),
                )

    def _figures(
        self, record: Incident, history: list[Entry], applied: Sequence[AppliedVersion]
    ) -> dict[MetricName, ClockFigures]:
        """The clocks that are not over, each with its target once every known version is in effect.

        Clocks for which nothing will be promised by then are left out.
        """
        last_effective = max((self.now, *(version.effective for version in self.with_files)))
        at_present = self._measure(record, history, applied, at=self.now)
        at_last = self._measure(record, history, applied, at=last_effective)
        return {
            metric: _clock_figures(reading, at_last[metric].target.duration)
            for metric, reading in at_present.items()
            if not reading.is_over and at_last[metric].promised
        }

    def _overdue(self, record: Incident, history: list[Entry]) -> dict[MetricName, datetime]:
        """The clocks that a new version makes overdue at the instant at which it comes to count."""
        overdue: dict[MetricName, datetime] = {}
        for at in sorted({max(agreement.effective, self.now) for agreement in self.added.values()}):
            for metric, reading in self._measure(record, history, self.with_files, at=at).items():
                if reading.breached_on_change and reading.breached_at == at:
                    overdue.setdefault(metric, at)
        return overdue

    def _measure(
        self, record: Incident, history: list[Entry], applied: Sequence[AppliedVersion], *, at: datetime
    ) -> dict[MetricName, Reading]:
        terms = self._terms_of(record, history, applied)
        return {reading.metric: reading for reading in current(readings(history, terms, now=at))}

    def _terms_of(self, record: Incident, history: list[Entry], applied: Sequence[AppliedVersion]) -> Terms:
        opened_under = record.agreement_version_id
        spans = governed(history, opened_under=opened_under, versions=applied)
        if (opened_under, spans) not in self._terms:
            self._terms[opened_under, spans] = terms_of(spans, opened_under=opened_under, read=self._read)
        return self._terms[opened_under, spans]

    @property
    def _read(self) -> Callable[[int], Agreement]:
        return lambda number: self.added.get(number) or self.book.by_version(self.session, number)


def _clock_figures(reading: Reading, target: timedelta) -> ClockFigures:
    return ClockFigures(
        state=reading.state,
        target=target,
        left=target - reading.elapsed,
        due_at=reading.due_at,
        breached_at=reading.breached_at,
    )
