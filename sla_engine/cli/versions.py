"""`sla-bot agreements diff` and `sla-bot reprocess`. Heavy packages are imported inside."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from sla_engine.json_output import printed_json

if TYPE_CHECKING:
    from datetime import datetime

    from sla_engine.services.unit_of_work.unit_of_work import Casework
    from sla_engine.services.versions.reprocess import Corrections
    from sla_engine.storage.database import Database

OpenDatabase = Callable[[str | None], "Database"]

Files = Annotated[list[Path], typer.Argument(help="Agreement files, or folders of them.")]
Every = Annotated[bool, typer.Option("--all", help="Also the open incidents that stay as they are.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]
Customer = Annotated[str, typer.Option("--customer", help="Whose incidents.")]
Since = Annotated[str, typer.Option("--since", help="A date such as 2026-12-24, or a time: '2026-12-24 14:00'.")]
Approve = Annotated[bool, typer.Option("--approve", help="Record it, instead of only showing it.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Why, for the history: needed with --approve.")]
By = Annotated[str | None, typer.Option("--by", help="The service manager who approves: name, login or Slack id.")]
DatabaseUrl = Annotated[
    str | None, typer.Option("--database-url", help="Which database; else DATABASE_URL, else sla-bot.db here.")
]
BUSY = "The database is locked or cannot be reached. Try again."


def add_versions(app: typer.Typer, agreements: typer.Typer, open_database: OpenDatabase) -> None:
    """Give the command lines `diff` and `reprocess`; `open_database` opens the one that is named, or the usual one."""

    @agreements.command("diff")
    def diff(files: Files, *, every: Every = False, as_json: AsJson = False, database_url: DatabaseUrl = None) -> None:
        """Show what applying files would do to the due times of open incidents; nothing is stored."""
        _diff(open_database(database_url), files, every=every, as_json=as_json)

    @app.command("reprocess")
    def reprocess(
        *,
        customer: Customer,
        since: Since,
        approve: Approve = False,
        reason: Reason = None,
        by: By = None,
        as_json: AsJson = False,
        database_url: DatabaseUrl = None,
    ) -> None:
        """Count a customer's incidents by what the agreement says now, from an earlier instant: a forgotten holiday."""
        if approve and not (reason and reason.strip()):
            _stop('--approve needs --reason "why", for the history. Nothing was changed.')
        found = _corrected(
            open_database(database_url), customer, since, reason=reason if approve else None, by=by if approve else None
        )
        _print_corrections(found, as_json=as_json)


def _diff(database: "Database", files: list[Path], *, every: bool, as_json: bool) -> None:
    from sla_engine.cli.versions_text import diff_document, diff_text
    from sla_engine.domain.errors import FileInvalid, StorageBusy
    from sla_engine.services.versions.preview import diff

    try:
        found = diff(database, files, now=_now(), every=every)
    except FileInvalid as invalid:
        _stop("\n".join(str(problem) for problem in invalid.problems))
    except StorageBusy:
        _stop(BUSY)
    for warning in found.warnings:
        typer.echo(str(warning), err=True)
    if as_json:
        typer.echo(printed_json(diff_document(found, every=every)))
    else:
        typer.echo(diff_text(found, every=every))


def _corrected(database: "Database", customer: str, since: str, *, reason: str | None, by: str | None) -> "Corrections":
    """Ends with one sentence when it cannot be done."""
    from sla_engine.domain import errors
    from sla_engine.services.unit_of_work.unit_of_work import Casework

    now = _now()
    try:
        return _corrections(Casework(database), customer, since, reason=reason, by=by, now=now)
    except errors.UnknownCustomer as unknown:
        near = f" Did you mean {' or '.join(unknown.near)}?" if unknown.near else ""
        _stop(f"No agreement names {unknown.name!r}.{near}")
    except errors.NotYetInForce as early:
        _stop(f"The first agreement of {early.customer} begins {early.effective:%Y-%m-%d %H:%M} UTC.")
    except (errors.UnreadableMoment, errors.DayIsAmbiguous):
        _stop(f"'{since}' is no point in time; write a date like 2026-12-24, or '2026-12-24 14:00'.")
    except errors.InTheFuture as future:
        _stop(f"--since lies in the future ({future.at:%Y-%m-%d %H:%M} UTC); only what has passed can be corrected.")
    except errors.UnknownPerson as unknown:
        _stop(f"{unknown.who!r} is not in the people file. Nothing was changed.")
    except errors.AmbiguousPerson as several:
        named = " or ".join(f"{name} ({write})" for name, write in several.fits)
        _stop(f"{several.who!r} may be {named}; write which one. Nothing was changed.")
    except errors.NotAllowed as refused:
        _stop(f"Only a {refused.who_may} or somebody above may approve a reprocessing. Nothing was changed.")
    except errors.NotSetUp as missing:
        _stop(f"Nothing is set up yet: apply {missing.missing} first.")
    except errors.StorageBusy:
        _stop(f"{BUSY} What was corrected stays; run it again to go on.")


def _corrections(
    casework: "Casework", customer: str, since: str, *, reason: str | None, by: str | None, now: "datetime"
) -> "Corrections":
    from sla_engine.parsing.beginnings import beginning
    from sla_engine.services.versions.reprocess import Reprocessing

    reprocessing = Reprocessing(casework)
    begins = beginning(since, zone=reprocessing.zone_of(customer, now=now), now=now)
    with counter("incidents looked at") as on_progress:
        if reason is None:
            return reprocessing.preview(customer, since=begins, now=now, on_progress=on_progress)
        return reprocessing.approve(customer, since=begins, reason=reason, by=by, now=now, on_progress=on_progress)


def _print_corrections(found: "Corrections", *, as_json: bool) -> None:
    from sla_engine.cli.versions_text import corrections_document, corrections_text

    if as_json:
        typer.echo(printed_json(corrections_document(found)))
        return
    typer.echo(corrections_text(found))
    if found.clocks and found.approved_by is None:
        typer.echo('\nNothing was changed. Approve it with --approve --reason "…".')


@contextmanager
def counter(what: str) -> Iterator[Callable[..., object]]:
    """Counts on the terminal's error output while something long goes on; silent when nobody watches it."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total=None: progress.update(task, completed=done, total=total)


def _now() -> "datetime":
    from sla_engine.time_source import SystemTime

    return SystemTime().now()


def _stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code=1)
