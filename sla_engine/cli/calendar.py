"""`sla-bot calendar show`: an open week as a table. Heavy packages are imported inside."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sla_engine.cli import options
from sla_engine.cli.options import DatabaseUrl
from sla_engine.domain.text.plain_text import one_line, plain_text

if TYPE_CHECKING:
    from sla_engine.cli.calendar_sheet import CalendarSheet
    from sla_engine.files.agreement_file import AgreementDefaults

WhoseCalendar = Annotated[str | None, typer.Argument(help="Whose calendar; with --file it need not be said.")]
WrittenWeek = Annotated[str | None, typer.Option("--week", help="An ISO week such as 2026-W52; else this week.")]
Site = Annotated[str | None, typer.Option("--site", help="The calendar of one of the customer's sites.")]
Named = Annotated[str | None, typer.Option("--calendar", help="A calendar that the agreement names.")]
File = Annotated[
    Path | None, typer.Option("--file", dir_okay=False, help="An agreement file, whether or not it was applied.")
]
DefaultsFrom = Annotated[
    Path | None, typer.Option("--people", help="With --file: where its default calendar comes from.")
]


def add_calendar(app: typer.Typer) -> None:
    """Give a command line the `calendar` commands."""
    calendar = typer.Typer(no_args_is_help=True, help="Show when time counts.")
    app.add_typer(calendar, name="calendar")

    @calendar.command("show")
    def show(
        customer: WhoseCalendar = None,
        *,
        week: WrittenWeek = None,
        site: Site = None,
        calendar: Named = None,
        file: File = None,
        people_file: DefaultsFrom = None,
        database_url: DatabaseUrl = None,
    ) -> None:
        """Draw an open week of a customer's calendar, with holidays named."""
        arguments = _Arguments(
            customer=customer, week=week, site=site, calendar=calendar, file=file, people_file=people_file
        )
        _print(_sheet(arguments, database_url))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arguments:
    """The arguments of `calendar show`."""

    customer: str | None
    week: str | None
    site: str | None
    calendar: str | None
    file: Path | None
    people_file: Path | None


def _sheet(arguments: _Arguments, database_url: str | None) -> "CalendarSheet":
    from sla_engine.cli import calendar_sheet
    from sla_engine.domain.time.weeks import Week

    wanted = calendar_sheet.CalendarChoice(site=arguments.site, name=arguments.calendar)
    week = Week.parse(arguments.week) if arguments.week else None
    if arguments.site is not None and arguments.calendar is not None:
        options.stop("--site and --calendar ask for two calendars; give one of them.")
    if arguments.file is not None and arguments.customer is not None:
        options.stop("Name a customer, or give an agreement file with --file; not both.")
    if arguments.file is not None:
        now = options.now_here()
        defaults = _defaults(arguments.people_file, now=now)
        return calendar_sheet.of_file(arguments.file, week, wanted=wanted, defaults=defaults, now=now)
    if arguments.customer is None:
        options.stop("Name a customer, or give an agreement file with --file.")
    database = options.open_database(database_url)
    return calendar_sheet.of_customer(database, arguments.customer, week, wanted=wanted, now=options.now(database))


def _defaults(people_file: Path | None, *, now: datetime) -> "AgreementDefaults":
    from sla_engine.files.agreement_file import AgreementDefaults
    from sla_engine.services.agreements.people_files import defaults_in

    return AgreementDefaults() if people_file is None else defaults_in(people_file, now=now).defaults


def _print(sheet: "CalendarSheet") -> None:
    from tabulate import tabulate

    heading, *days = sheet.days
    facts = tabulate(sheet.facts, tablefmt="plain", disable_numparse=True)
    week = tabulate(days, headers=heading, tablefmt="simple", disable_numparse=True)
    typer.echo(plain_text(f"{one_line(sheet.title)}\n{facts}\n\n{week}"))
