"""Checks the history, and what is folded from it, against what was written; names everything that differs.

All questions see one instant of the database. Incidents are taken in batches, so that memory stays bounded.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sla_engine.domain.agreements.errors import NotSetUp
from sla_engine.domain.errors import SlaError
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.upkeep.integrity import Fault, Finding
from sla_engine.services.agreements.book import AgreementBook, PeopleBook
from sla_engine.services.audit.projections import Stored, differences, unsealed
from sla_engine.storage import events, incidents, projections, raw_rows, refusals, settings, version_chain
from sla_engine.storage.database import Database, Session
from sla_engine.storage.events import Fit
from sla_engine.storage.raw_rows import Raw, Unreadable
from sla_engine.storage.tables.agreements import FileVersion
from sla_engine.storage.tables.incidents import Clock, EventRow, IncidentRow
from sla_engine.storage.tables.notes import SlaNote, SopDecision
from sla_engine.storage.version_chain import CHAINS

BATCH = 200
_KEY = re.compile(r"INC-([0-9]{1,12})")
MOST_FINDINGS = 100
MOST_KEYS = 10_000_000  # beyond this the series itself was tampered with
UNFIT = (SlaError, LookupError, ValueError, TypeError, ArithmeticError)
"""What folding may raise over rows that nobody wrote."""

FOLDED: Sequence[type[Clock | SlaNote | SopDecision]] = (Clock, SlaNote, SopDecision)
"""What is kept of an incident beside its own row and its facts."""


@dataclass(slots=True)
class AuditReport:
    """The findings of an audit, the first hundred of them, and counts of what is older than its chain or seal."""

    findings: list[Finding] = field(default_factory=list)
    more: int = 0
    incidents: int = 0
    facts: int = 0
    unnamed_facts: int = 0
    """Facts whose hash does not cover their unique key."""
    unsealed: int = 0
    """Notes and decisions about procedures without a fingerprint."""
    unchained: dict[str, int] = field(default_factory=dict)
    """Versions that were applied before there was a chain, by kind."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def add(self, finding: Finding) -> None:
        """Keep a finding; beyond the first hundred, only count it."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(finding)
        else:
            self.more += 1


class Audit:
    """Goes through everything that is stored, once."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.agreements = AgreementBook()
        self.report = AuditReport()

    def run(self, *, now: datetime, on_progress: Callable[[int], object] = lambda _: None) -> AuditReport:
        """Look at every row; `now` is SLA time, `on_progress` is called with the number of incidents done.

        Raises: StorageBusy, SchemaMismatch.
        """
        with self.database.snapshot() as session:
            for finding in self._all(session, now, on_progress):
                self.report.add(finding)
        return self.report

    def _all(self, session: Session, now: datetime, on_progress: Callable[[int], object]) -> Iterator[Finding]:
        for table, name in CHAINS.items():
            yield from self._versions(session, table, name)
        yield from self._numbers(session)
        keys = _GivenKeys(session)
        last = 0
        while batch := raw_rows.after(session, IncidentRow, last, limit=BATCH):
            yield from self._batch(session, batch, after=last, keys=keys, now=now)
            last = batch[-1]["id"]
            self.report.incidents += len(batch)
            on_progress(self.report.incidents)
        for number, facts in raw_rows.of_incidents(session, EventRow, after=last, last=None).items():
            yield _of_nobody(number, facts)
        yield from keys.missing()

    # ------------------------------------------------------------------ applied files

    def _versions(self, session: Session, table: type[FileVersion], name: str) -> Iterator[Finding]:
        head = version_chain.head(session, table)
        previous: str | None = None
        count = 0
        for raw in raw_rows.read(session, table):
            where = f"{name} {raw['id']}"
            yield from _unreadable(table, raw, where)
            if "source_sha256" in raw and raw["source_sha256"] != _sha256(raw["source"]):
                yield Finding(Fault.VERSION_CHANGED, where, "its text is another one")
            if raw["hash"] is None:
                self.report.unchained[name] = self.report.unchained.get(name, 0) + 1
                if count:
                    yield Finding(Fault.VERSION_OUT_OF_PLACE, where, "it has no hash, and those before it have")
                continue
            count += 1
            if raw["previous_hash"] != previous:
                yield Finding(Fault.VERSION_OUT_OF_PLACE, where)
            if raw["hash"] != version_chain.row_hash(raw):
                yield Finding(Fault.VERSION_CHANGED, where)
            previous = raw["hash"]
        if (count, previous) != (head.count, head.hash):
            yield Finding(Fault.VERSIONS_CUT, f"{name}s", f"{head.count} were applied, {count} are there")

    # ------------------------------------------------------------------ numbers

    def _numbers(self, session: Session) -> Iterator[Finding]:
        """SQLite gives numbers without a gap; PostgreSQL leaves one where a transaction was undone."""
        given = raw_rows.last_number_given(session)
        if given is None:
            return
        first, last = raw_rows.first_and_last_event(session)
        if first is not None and first > 1:
            yield _gap(1, first - 1)
        for begin, end in raw_rows.gaps(session, limit=MOST_FINDINGS):
            yield _gap(begin, end)
        if given > (last or 0):
            yield _gap((last or 0) + 1, given)

    # ------------------------------------------------------------------ incidents

    def _batch(
        self, session: Session, batch: Sequence[Raw], *, after: int, keys: "_GivenKeys", now: datetime
    ) -> Iterator[Finding]:
        last = batch[-1]["id"]
        facts = raw_rows.of_incidents(session, EventRow, after=after, last=last)
        folded = {table: raw_rows.of_incidents(session, table, after=after, last=last) for table in FOLDED}
        for raw in batch:
            yield from keys.see(raw)
            own = facts.pop(raw["id"], [])
            self.report.facts += len(own)
            findings = list(self._chain(raw, own))
            rows = [(table, row) for table, by_incident in folded.items() for row in by_incident.get(raw["id"], [])]
            for table, row in [(IncidentRow, raw), *rows]:
                findings += _unreadable(table, row, f"the {table.__tablename__} row of {raw['key']}")
            if findings:
                yield from findings
            else:
                yield from self._projected(session, raw, own, rows, now=now)
        for number, orphans in facts.items():
            yield _of_nobody(number, orphans)

    def _chain(self, incident: Raw, facts: Sequence[Raw]) -> Iterator[Finding]:
        previous: str | None = None
        for raw in facts:
            where = f"event {raw['id']} ({incident['key']})"
            if raw["previous_hash"] != previous:
                yield Finding(Fault.FACT_OUT_OF_PLACE, where)
            previous = raw["hash"]
            try:
                fit = events.fit(raw_rows.typed(EventRow, raw))
            except Unreadable as unreadable:
                yield Finding(Fault.UNREADABLE, where, str(unreadable))
                continue
            self.report.unnamed_facts += fit is Fit.WITHOUT_KEY
            if fit is Fit.NOT:
                yield Finding(Fault.FACT_CHANGED, where)
        if previous != incident["last_hash"]:
            until = f"the last one there is event {facts[-1]['id']}" if facts else "none is there"
            yield Finding(Fault.FACTS_CUT, str(incident["key"]), until)

    def _projected(
        self, session: Session, raw: Raw, facts: Sequence[Raw], rows: Sequence[tuple[type, Raw]], *, now: datetime
    ) -> Iterator[Finding]:
        """Compare an incident's rows with what its facts say."""
        entries = [events.entry_of(raw_rows.typed(EventRow, fact)) for fact in facts]
        history = [entry for entry in entries if entry is not None]
        if len(history) < len(entries) or not history:
            return  # a newer version wrote them: what it folds from them, this one cannot know
        self.report.unsealed += unsealed(history)
        try:
            yield from list(self._differences(session, raw, history, rows, now=now))
        except UNFIT as error:
            yield Finding(Fault.CANNOT_BE_MEASURED, str(raw["key"]), type(error).__name__)

    def _differences(
        self, session: Session, raw: Raw, history: list[Entry], rows: Sequence[tuple[type, Raw]], *, now: datetime
    ) -> Iterator[Finding]:
        record = incidents.incident_of(raw_rows.typed(IncidentRow, raw))
        typed = [(table, raw_rows.typed(table, row)) for table, row in rows]
        if projections.is_pending(session, record.customer):
            return  # a new agreement is being counted: a worker goes on with that
        yield from differences(
            Stored(
                incident=record,
                history=history,
                terms=self.agreements.terms(session, record, history),
                clocks=[row for table, row in typed if table is Clock],
                note=next((row for table, row in typed if table is SlaNote), None),
                sop=next((row for table, row in typed if table is SopDecision), None),
                now=max(now, *(entry.recorded_at for entry in history)),
            )
        )


class _GivenKeys:
    """The keys that were given, and which of them have an incident."""

    def __init__(self, session: Session) -> None:
        stored = settings.get(session, settings.series_name("incident")) or {}
        following = stored.get("next")
        given = following - incidents.FIRST_NUMBER if isinstance(following, int) else 0
        self._seen = bytearray(max(0, min(given, MOST_KEYS)))

    def see(self, raw: Raw) -> Iterator[Finding]:
        """Note that a key has an incident; yields a finding when the key was never given."""
        written = _KEY.fullmatch(str(raw["key"]))
        place = int(written[1]) - incidents.FIRST_NUMBER if written else -1
        if 0 <= place < len(self._seen):
            self._seen[place] = 1
        else:
            yield Finding(Fault.KEY_NOT_GIVEN, str(raw["key"]))

    def missing(self) -> Iterator[Finding]:
        """The keys without an incident."""
        place = self._seen.find(0)
        while place >= 0:
            yield Finding(Fault.INCIDENT_MISSING, f"{incidents.KEY_PREFIX}{incidents.FIRST_NUMBER + place}")
            place = self._seen.find(0, place + 1)


def _unreadable(table: type, raw: Raw, where: str) -> list[Finding]:
    try:
        raw_rows.typed(table, raw)
    except Unreadable as unreadable:
        return [Finding(Fault.UNREADABLE, where, str(unreadable))]
    return []


def _gap(first: int, last: int) -> Finding:
    return Finding(Fault.FACTS_MISSING, _event_range(first, last))


def _event_range(first: int, last: int) -> str:
    return f"event {first}" if first == last else f"events {first} to {last}"


def _of_nobody(number: object, facts: Sequence[Raw]) -> Finding:
    first, last = facts[0]["id"], facts[-1]["id"]
    return Finding(Fault.FACTS_OF_NOBODY, _event_range(first, last), f"row {number}")


def _sha256(text: object) -> str:
    return sha256(str(text).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class RefusedAct:
    """An act that was refused; `who` is the Slack id, after the name where the people in force have one."""

    who: str
    action: str
    incident_key: str | None
    error: str
    at: datetime


def refused(database: Database, *, by: str | None, limit: int) -> list[RefusedAct]:
    """The newest refusals first, at most `limit`; of one person if `by` is given."""
    with database.reading() as session:
        try:
            names = {person.slack_id: person.name for person in PeopleBook().in_force(session).people}
        except NotSetUp:
            names = {}
        return [
            RefusedAct(
                " ".join(filter(None, (names.get(refusal.by), refusal.by))),
                refusal.action,
                refusal.incident_key,
                refusal.error,
                refusal.at,
            )
            for refusal in refusals.newest(session, by=by, limit=limit)
        ]
