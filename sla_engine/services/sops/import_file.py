"""Checks and imports a list of procedures: all of it, or nothing when anything is wrong."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sla_engine.domain.sops.sop import Sop, SopChangeKind
from sla_engine.domain.time.local_time import local_day
from sla_engine.files.errors import FileInvalid
from sla_engine.files.sop_file import read_sop_file
from sla_engine.services.agreements.source_files import SourceFile, read_files
from sla_engine.services.sops.import_plan import ImportPlan, PlannedSop, plan_import
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import sop_registry
from sla_engine.storage.database import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class SopImported:
    """What an import did: the plan, and the procedures as they are registered since, in the order of its rows."""

    plan: ImportPlan
    sops: tuple[Sop, ...]


class SopImport:
    """Imports of procedures; `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def check(self, path: Path, *, now: datetime) -> ImportPlan:
        """What an import would do; nothing is stored.

        Raises: FileInvalid with everything that is wrong, NotSetUp before there are people.
        """
        file = _only_file(path)
        with self.unit_of_work.database.reading() as session:
            return self._plan(session, file, sop_registry.registered(session), now=now)

    def run(self, path: Path, *, by: str, now: datetime) -> SopImported:
        """Register what is new in a file and change what it says otherwise; found again by its link or title.

        Raises: FileInvalid (nothing is stored), NotSetUp, StorageBusy.
        """
        file = _only_file(path)
        with self.unit_of_work.database.transaction() as session:
            plan = self._plan(session, file, sop_registry.lock_all(session), now=now)
            return SopImported(plan=plan, sops=tuple(_store(session, sop, by=by, now=now) for sop in plan.sops))

    def _plan(self, session: Session, file: SourceFile, registered: tuple[Sop, ...], *, now: datetime) -> ImportPlan:
        msp = self.unit_of_work.msp(session)
        today = local_day(now, zone=msp.zone)
        customers = self.unit_of_work.agreements.customers(session)
        rows = read_sop_file(file.text, file.name, people=msp.people, customers=customers, today=today)
        return plan_import(rows, registered, file=file.name, today=today)


def _store(session: Session, sop: PlannedSop, *, by: str, now: datetime) -> Sop:
    if sop.before is None:
        return sop_registry.add(session, sop.terms, SopChangeKind.IMPORTED, by=by, at=now)
    if not sop.changed:
        return sop.before
    return sop_registry.change(session, sop.before, sop.terms, SopChangeKind.IMPORTED, by=by, at=now)


def _only_file(path: Path) -> SourceFile:
    files, problems = read_files([path])
    if problems:
        raise FileInvalid(problems)
    return files[0]
