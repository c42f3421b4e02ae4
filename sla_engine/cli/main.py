"""The engine's own commands: agreements, people, conformance. Heavy packages are imported inside them."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from sla_engine.cli.calendar import add_calendar
from sla_engine.cli.versions import add_versions, counter
from sla_engine.domain.text.plain_text import one_line, plain_text

if TYPE_CHECKING:
    from sla_engine.cli.agreement_sheet import AgreementSheet
    from sla_engine.domain.errors import FileProblem
    from sla_engine.files.agreement_file import AgreementDefaults
    from sla_engine.storage.database import Database

APPLIED_BY = "command line"
OUT_OF_REACH = "The database is locked or cannot be reached; nothing was changed. Try again."

app = typer.Typer(no_args_is_help=True)
agreements = typer.Typer(no_args_is_help=True, help="What was promised to each customer, as files.")
people = typer.Typer(no_args_is_help=True, help="Who works here and who dispatches, as a file.")
app.add_typer(agreements, name="agreements")
app.add_typer(people, name="people")

Files = Annotated[list[Path], typer.Argument(help="Agreement files, or folders of them.")]
PeopleFile = Annotated[Path, typer.Argument(help="The people file, usually msp.yaml.")]
DatabaseUrl = Annotated[
    str | None, typer.Option("--database-url", help="Which database; else DATABASE_URL, else sla-bot.db here.")
]
Against = Annotated[
    Path | None, typer.Option("--people", help="A people file whose default calendar and ladders are to be used.")
]
Beside = Annotated[
    list[Path] | None,
    typer.Option("--agreements", help="Agreement files or folders whose customers `managers` is compared with."),
]
Customer = Annotated[str | None, typer.Argument(help="Whose agreement; everybody's name when left out.")]


@agreements.command("check")
def check_agreements(files: Files, people_file: Against = None) -> None:
    """Say what is wrong in agreement files, with file and line; nothing is stored."""
    from sla_engine.services.agreements.book import check

    now = _now()
    defaults = None if people_file is None else _defaults(people_file, now)
    _finish_check(check(files, now=now, defaults=defaults))


@agreements.command("apply")
def apply_agreements(files: Files, database_url: DatabaseUrl = None) -> None:
    """Put agreement files in force: all of them, or none when anything is wrong."""
    from sla_engine.domain.errors import FileInvalid, StorageBusy
    from sla_engine.services.agreements.book import apply

    database, now = database_named(database_url), _now()
    try:
        done = apply(database, files, by=APPLIED_BY, now=now)
    except FileInvalid as invalid:
        _fail(invalid.problems)
    except StorageBusy:
        _stop(OUT_OF_REACH)
    _tell(done.warnings)
    for one in done.applied:
        what = "in force from" if one.is_new else "unchanged, in force from"
        typer.echo(f"{one.customer}: version {one.version_id}, {what} {one.effective:%Y-%m-%d %H:%M} UTC ({one.file})")
    _measure_open_incidents(database, now)


@agreements.command("show")
def show_agreement(customer: Customer = None, database_url: DatabaseUrl = None) -> None:
    """Print what is in force for a customer; without a name, who has an agreement."""
    from sla_engine.cli.agreement_sheet import show
    from sla_engine.domain.errors import NotYetInForce, StorageBusy, UnknownCustomer

    database = database_named(database_url)
    try:
        if customer is None:
            _print_customers(database)
        else:
            _print_sheet(show(database, customer, at=_now()))
    except UnknownCustomer as unknown:
        near = f" Did you mean {' or '.join(unknown.near)}?" if unknown.near else ""
        _stop(f"No agreement names {unknown.name!r}.{near}")
    except NotYetInForce as early:
        _stop(f"The first agreement of {early.customer} begins {early.effective:%Y-%m-%d %H:%M} UTC.")
    except StorageBusy:
        _stop(OUT_OF_REACH)


@people.command("check")
def check_people(file: PeopleFile, agreement_files: Beside = None) -> None:
    """Say what is wrong in the people file, with file and line; nothing is stored."""
    from sla_engine.services.agreements.book import customers_in
    from sla_engine.services.agreements.msp_book import check

    now = _now()
    _finish_check(check(file, now=now, customers=customers_in(agreement_files or [], now=now)))


@people.command("apply")
def apply_people(file: PeopleFile, database_url: DatabaseUrl = None) -> None:
    """Put the people file in force from now on."""
    from sla_engine.domain.errors import FileInvalid, StorageBusy
    from sla_engine.services.agreements.msp_book import apply

    try:
        done = apply(database_named(database_url), file, by=APPLIED_BY, now=_now())
    except FileInvalid as invalid:
        _fail(invalid.problems)
    except StorageBusy:
        _stop(OUT_OF_REACH)
    _tell(done.warnings)
    what = "in force now" if done.is_new else "unchanged"
    typer.echo(f"{done.msp.name}: version {done.version_id}, {what}, {len(done.msp.people)} people ({file})")


@app.command("conformance")
def conformance(file: Annotated[Path, typer.Argument(help="A file of published vectors.")]) -> None:
    """Compare this engine with published vectors; ends with 1 when one differs."""
    from sla_engine.cli.conformance import report

    if not report(file, typer.echo):
        raise typer.Exit(code=1)


def _measure_open_incidents(database: "Database", now: datetime) -> None:
    """What was applied is in force; where this ends early, a worker goes on with what it does to open incidents."""
    from sla_engine.domain.errors import StorageBusy
    from sla_engine.services.unit_of_work.unit_of_work import Casework
    from sla_engine.services.versions.reproject import Reprojection

    try:
        with counter("open incidents measured anew") as on_progress:
            done = Reprojection(Casework(database)).run(now=now, on_progress=on_progress)
    except (StorageBusy, KeyboardInterrupt):
        _stop("It is in force. Open incidents were not all measured anew; a worker goes on with that.")
    if done.clocks:
        typer.echo(f"{done.clocks} clock{'s' if done.clocks > 1 else ''} of open incidents moved.")


def _now() -> datetime:
    from sla_engine.time_source import SystemTime

    return SystemTime().now()


def database_named(url: str | None) -> "Database":
    """The database named; an empty one gets its tables, so that the first command on a fresh machine just works."""
    from sla_engine.domain.errors import StorageBusy
    from sla_engine.settings import EngineSettings, SettingUnusable
    from sla_engine.storage.database import WORKER_WAIT_SECONDS, Database
    from sla_engine.storage.migrate import newest_revision, revision_of, upgrade

    try:
        wanted = url or EngineSettings.read().database_url.get_secret_value()
        found = revision_of(wanted)
    except SettingUnusable as unusable:
        _stop(str(unusable))
    except StorageBusy:
        _stop(OUT_OF_REACH)
    if found is None:
        upgrade(wanted)
    elif found != newest_revision():
        _stop(f"The database has schema {found}, this version works with {newest_revision()}: run 'sla-bot migrate'.")
    return Database(wanted, wait_seconds=WORKER_WAIT_SECONDS)


def _defaults(file: Path, now: datetime) -> "AgreementDefaults":
    from sla_engine.domain.errors import FileInvalid
    from sla_engine.services.agreements.msp_book import defaults_in

    try:
        return defaults_in(file, now=now).defaults
    except FileInvalid as invalid:
        _fail(invalid.problems)


def _finish_check(problems: "Iterable[FileProblem]") -> None:
    from sla_engine.domain.errors import FileWarning

    found = list(problems)
    _tell(found)
    wrong = sum(not isinstance(problem, FileWarning) for problem in found)
    if wrong:
        raise typer.Exit(code=1)
    typer.echo("Nothing is wrong." if not found else "Nothing is wrong; the warnings are worth a look.")


def _tell(problems: "Iterable[FileProblem]") -> None:
    for problem in problems:
        typer.echo(str(problem), err=True)


def _fail(problems: "Iterable[FileProblem]") -> NoReturn:
    _tell(problems)
    _stop("Nothing was changed.")


def _stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code=1)


def _print_customers(database: "Database") -> None:
    from sla_engine.services.agreements.book import AgreementBook

    with database.reading() as session:
        names = AgreementBook().customers(session)
    typer.echo("\n".join(map(one_line, names)) if names else "No agreement has been applied yet.")


def _print_sheet(sheet: "AgreementSheet") -> None:
    from tabulate import tabulate

    typer.echo(one_line(sheet.customer))
    typer.echo(plain_text(tabulate(sheet.facts, tablefmt="plain")))
    for heading, *rows in (sheet.targets, sheet.ladders, sheet.versions):
        typer.echo("")
        typer.echo(plain_text(tabulate(rows, headers=heading, tablefmt="simple", disable_numparse=True)))


add_calendar(app, database_named)
add_versions(app, agreements, database_named)
