"""The engine's own commands: agreements, people, conformance. Heavy packages are imported inside them."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sla_engine.cli import options
from sla_engine.cli.calendar import add_calendar
from sla_engine.cli.options import AgreementFiles, DatabaseUrl
from sla_engine.cli.versions import add_versions
from sla_engine.domain.text.plain_text import one_line, plain_text

if TYPE_CHECKING:
    from sla_engine.cli.agreement_sheet import AgreementSheet
    from sla_engine.files.agreement_file import AgreementDefaults
    from sla_engine.files.errors import FileProblem
    from sla_engine.storage.database import Database

APPLIED_BY = "command line"

app = typer.Typer(cls=options.CommandGroup, no_args_is_help=True)
agreements = typer.Typer(no_args_is_help=True, help="Check, compare, apply and show agreement files.")
people = typer.Typer(no_args_is_help=True, help="Check and apply the people file.")
app.add_typer(agreements, name="agreements")
app.add_typer(people, name="people")

PeopleFile = Annotated[Path, typer.Argument(help="The people file, usually msp.yaml.")]
Against = Annotated[
    Path | None, typer.Option("--people", help="A people file whose default calendar and ladders are to be used.")
]
Beside = Annotated[
    list[Path] | None,
    typer.Option("--agreements", help="Agreement files or folders whose customers `managers` is compared with."),
]
WhoseAgreement = Annotated[str | None, typer.Argument(help="Whose agreement; everybody's name when left out.")]


@agreements.command("check")
def check_agreements(files: AgreementFiles, people_file: Against = None) -> None:
    """Say what is wrong in agreement files, with file and line; nothing is stored."""
    from sla_engine.services.agreements.agreement_files import check

    now = options.now_here()
    defaults = None if people_file is None else _defaults(people_file, now)
    _finish_check(check(files, now=now, defaults=defaults))


@agreements.command("apply")
def apply_agreements(files: AgreementFiles, database_url: DatabaseUrl = None) -> None:
    """Put agreement files in force: all of them, or none when anything is wrong."""
    from sla_engine.services.agreements.agreement_files import apply

    database = options.open_database(database_url)
    now = options.now(database)
    applied = apply(database, files, by=APPLIED_BY, now=now)
    options.show_problems(applied.warnings)
    for version in applied.applied:
        what = "in force from" if version.is_new else "unchanged, in force from"
        since = f"{version.effective:%Y-%m-%d %H:%M} UTC"
        typer.echo(f"{version.customer}: version {version.version_id}, {what} {since} ({version.file})")
    _measure_open_incidents(database, now)


@agreements.command("show")
def show_agreement(customer: WhoseAgreement = None, database_url: DatabaseUrl = None) -> None:
    """Print the agreement in force for a customer; without a name, list the customers."""
    from sla_engine.cli.agreement_sheet import show

    database = options.open_database(database_url)
    if customer is None:
        _print_customers(database)
    else:
        _print_sheet(show(database, customer, at=options.now(database)))


@people.command("check")
def check_people(file: PeopleFile, agreement_files: Beside = None) -> None:
    """Say what is wrong in the people file, with file and line; nothing is stored."""
    from sla_engine.services.agreements.agreement_files import customers_in
    from sla_engine.services.agreements.people_files import check

    now = options.now_here()
    _finish_check(check(file, now=now, customers=customers_in(agreement_files or [], now=now)))


@people.command("apply")
def apply_people(file: PeopleFile, database_url: DatabaseUrl = None) -> None:
    """Put the people file in force from now on."""
    from sla_engine.services.agreements.people_files import apply

    database = options.open_database(database_url)
    applied = apply(database, file, by=APPLIED_BY, now=options.now(database))
    options.show_problems(applied.warnings)
    what = "in force now" if applied.is_new else "unchanged"
    typer.echo(f"{applied.msp.name}: version {applied.version_id}, {what}, {len(applied.msp.people)} people ({file})")


@app.command("conformance")
def conformance(file: Annotated[Path, typer.Argument(help="A file of published vectors.")]) -> None:
    """Compare this engine with published vectors; ends with 1 when one differs."""
    from sla_engine.cli.conformance import report

    if not report(file, typer.echo):
        raise typer.Exit(code=1)


def _measure_open_incidents(database: "Database", now: datetime) -> None:
    """Measure open incidents by the applied versions; a worker goes on with it where this ends early."""
    from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
    from sla_engine.services.versions.reproject import Reprojection
    from sla_engine.storage.errors import StorageBusy

    try:
        with options.counter("open incidents measured anew") as on_progress:
            measured = Reprojection(UnitOfWork(database)).run(now=now, on_progress=on_progress)
    except (StorageBusy, KeyboardInterrupt):
        options.stop("It is in force. Open incidents were not all measured anew; a worker goes on with that.")
    if measured.clocks:
        typer.echo(f"{measured.clocks} clock{'s' if measured.clocks > 1 else ''} of open incidents moved.")


def _defaults(file: Path, now: datetime) -> "AgreementDefaults":
    from sla_engine.services.agreements.people_files import defaults_in

    return defaults_in(file, now=now).defaults


def _finish_check(problems: "Iterable[FileProblem]") -> None:
    from sla_engine.files.errors import FileWarning

    remarks = list(problems)
    options.show_problems(remarks)
    wrong = sum(not isinstance(remark, FileWarning) for remark in remarks)
    if wrong:
        raise typer.Exit(code=1)
    typer.echo("Nothing is wrong." if not remarks else "Nothing is wrong; the warnings are worth a look.")


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


add_calendar(app)
add_versions(app, agreements)
