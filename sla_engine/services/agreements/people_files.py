"""Checking a people file and applying it as a new version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sla_engine.domain.agreements.msp import DEFAULT_MANAGER, Msp
from sla_engine.domain.text.names import folded, same_name, similar_names
from sla_engine.files.errors import FileInvalid, FileProblem, FileWarning
from sla_engine.files.holiday_dates import LibraryHolidays
from sla_engine.files.msp_file import MspFile, read_msp
from sla_engine.services.agreements.source_files import SourceFile, read_files, zone_data_version
from sla_engine.storage import agreements
from sla_engine.storage.database import Database
from sla_engine.storage.file_versions import PEOPLE, AppliedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleApplied:
    """What applying the people file did: the version in force now, and whether the file added it."""

    version_id: int
    is_new: bool
    msp: Msp
    warnings: tuple[FileProblem, ...]


def check(path: Path, *, now: datetime, customers: Sequence[str] = ()) -> list[FileProblem]:
    """Everything wrong or odd in a people file; nothing when it can be applied as it is.

    `customers` are those that have agreements, where they are known.
    """
    try:
        file = _only_file(path)
        return list(_warnings(file, _read(file, LibraryHolidays(now)), customers))
    except FileInvalid as invalid:
        return list(invalid.problems)


def _warnings(file: SourceFile, parsed: MspFile, customers: Sequence[str]) -> tuple[FileProblem, ...]:
    """Lint of a file, and its managers for customers that no agreement names, once there is any agreement."""
    warnings = list(parsed.warnings)
    for name, line in parsed.manager_lines.items():
        if customers and folded(name) != DEFAULT_MANAGER and same_name(name, customers) is None:
            sentence = f"managers: no agreement names {name!r}; {_remedy(name, customers)}"
            warnings.append(FileWarning(file.name, line, sentence))
    return tuple(sorted(warnings, key=lambda problem: problem.line))


def _remedy(name: str, customers: Sequence[str]) -> str:
    near = similar_names(name, customers)
    return f"did you mean {near[0]!r}?" if near else "apply one, or leave the line out"


def apply(database: Database, path: Path, *, by: str, now: datetime) -> PeopleApplied:
    """Put a people file in force from now on; the file in force already adds no version.

    Raises: FileInvalid (nothing is stored), StorageBusy.
    """
    file = _only_file(path)
    holidays = LibraryHolidays(now)
    parsed = _read(file, holidays)
    with database.transaction() as session:
        customers = agreements.customers(session)
        number = PEOPLE.newest(session)
        is_new = number is None or PEOPLE.load(session, number).source != file.text
        if number is None or is_new:
            version = AppliedFile(
                source=file.text,
                resolved={"holidays": holidays.as_document()},
                applied_at=now,
                applied_by=by,
                tzdata_version=zone_data_version(),
            )
            number = PEOPLE.add(session, version)
    return PeopleApplied(version_id=number, is_new=is_new, msp=parsed.msp, warnings=_warnings(file, parsed, customers))


def defaults_in(path: Path, *, now: datetime) -> MspFile:
    """What a people file says that is not applied: agreements are checked against it.

    Raises: FileInvalid.
    """
    return _read(_only_file(path), LibraryHolidays(now))


def _only_file(path: Path) -> SourceFile:
    if path.is_dir():
        raise FileInvalid([FileProblem(str(path), 1, "this is a folder; name the people file in it")])
    files, problems = read_files([path])
    if problems:
        raise FileInvalid(problems)
    return files[0]


def _read(file: SourceFile, holidays: LibraryHolidays) -> MspFile:
    return read_msp(file.text, file.name, holidays=holidays, year=holidays.now.year, now=holidays.now)
