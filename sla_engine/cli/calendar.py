"""`sla-bot calendar show`: an open week as a table. Heavy packages are imported inside."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from sla_engine.domain.text.plain_text import one_line, plain_text

if TYPE_CHECKING:
    from sla_engine.cli.calendar_sheet import CalendarSheet
    from sla_engine.domain.time.weeks import Week
    from sla_engine.files.agreement_file import AgreementDefaults
    from sla_engine.storage.database import Database

OpenDatabase = Callable[[str | None], "Database"]

Customer = Annotated[str | None, typer.Argument(help="Whose calendar; with --file it need not be said.")]
WrittenWeek = Annotated[str | None, typer.Option("--week", help="An ISO week such as 2026-W52; else this week.")]
Site = Annotated[str | None, typer.Option("--site", help="The calendar of one of the customer's sites.")]
Named = Annotated[str | None, typer.Option("--calendar", help="A calendar that the agreement names.")]
File = Annotated[
    Path | None, typer.Option("--file", dir_okay=False, help="An agreement file, whether or not it was applied.")
]
PeopleFile = Annotated[
    Path | None, typer.Option("--people", help="With --file: where its default calendar comes from.")
]
DatabaseUrl = Annotated[
    str | None, typer.Option("--database-url", help="Which database; else DATABASE_URL, else sla-bot.db here.")
]


def add_calendar(app: typer.Typer, open_database: OpenDatabase) -> None:
    """Give a command line the `calendar` commands; `open_database` opens the one that is named, or the usual one."""
    calendar = typer.Typer(no_args_is_help=True, help="When time counts.")
    app.add_typer(calendar, name="calendar")

    @calendar.command("show")
    def show(
        customer: Customer = None,
        *,
        week: WrittenWeek = None,
        site: Site = None,
        calendar: Named = None,
        file: File = None,
        people_file: PeopleFile = None,
        database_url: DatabaseUrl = None,
    ) -> None:
        """Draw an open week of a customer's calendar, with holidays named."""
        asked = _Asked(customer=customer, week=week, site=site, calendar=calendar, file=file, people_file=people_file)
        _print(_answered(asked, lambda: open_database(database_url)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The words of the command."""

    customer: str | None
    week: str | None
    site: str | None
    calendar: str | None
    file: Path | None
    people_file: Path | None


def _answered(asked: _Asked, database: "Callable[[], Database]") -> "CalendarSheet":
    """The week that was asked for; ends with one sentence when there is no such thing."""
    from sla_engine.domain import errors
    from sla_engine.domain.time.weeks import Week
    from sla_engine.time_source import SystemTime

    now = SystemTime().now()
    try:
        return _sheet(asked, database, Week.parse(asked.week) if asked.week else None, now=now)
    except errors.UnknownWeek as unknown:
        _stop(f"'{unknown.text}' is no week; write one like 2026-W52.")
    except errors.UnknownCustomer as unknown:
        near = f" Did you mean {' or '.join(unknown.near)}?" if unknown.near else ""
        _stop(f"No agreement names {unknown.name!r}.{near}")
    except errors.NotYetInForce as early:
        _stop(f"The first agreement of {early.customer} begins {early.effective:%Y-%m-%d %H:%M} UTC, after that week.")
    except errors.UnknownChoice as unknown:
        there = f"there are {', '.join(unknown.allowed)}" if unknown.allowed else "it has none"
        _stop(f"The agreement has no {unknown.what} called {unknown.found!r}; {there}.")
    except errors.FileInvalid as invalid:
        _stop("\n".join(str(problem) for problem in invalid.problems))
    except errors.StorageBusy:
        _stop("The database is locked or cannot be reached. Try again.")


def _sheet(asked: _Asked, database: "Callable[[], Database]", week: "Week | None", *, now: datetime) -> "CalendarSheet":
    from sla_engine.cli import calendar_sheet

    wanted = calendar_sheet.CalendarChoice(site=asked.site, name=asked.calendar)
    if asked.site is not None and asked.calendar is not None:
        _stop("--site and --calendar ask for two calendars; give one of them.")
    if asked.file is not None and asked.customer is not None:
        _stop("Name a customer, or give an agreement file with --file; not both.")
    if asked.file is not None:
        defaults = _defaults(asked.people_file, now=now)
        return calendar_sheet.of_file(asked.file, week, wanted=wanted, defaults=defaults, now=now)
    if asked.customer is None:
        _stop("Name a customer, or give an agreement file with --file.")
    return calendar_sheet.of_customer(database(), asked.customer, week, wanted=wanted, now=now)


def _defaults(people_file: Path | None, *, now: datetime) -> "AgreementDefaults":
    from sla_engine.files.agreement_file import AgreementDefaults
    from sla_engine.services.agreements.msp_book import defaults_in

    return AgreementDefaults() if people_file is None else defaults_in(people_file, now=now).defaults


def _print(sheet: "CalendarSheet") -> None:
    from tabulate import tabulate

    heading, *days = sheet.days
    facts = tabulate(sheet.facts, tablefmt="plain", disable_numparse=True)
    week = tabulate(days, headers=heading, tablefmt="simple", disable_numparse=True)
    typer.echo(plain_text(f"{one_line(sheet.title)}\n{facts}\n\n{week}"))


def _stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code=1)
