"""`sla-bot agreements diff` and `sla-bot reprocess`. Heavy packages are imported inside."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sla_engine.cli import options
from sla_engine.cli.options import AgreementFiles, AsJson, DatabaseUrl
from sla_engine.json_output import printed_json

if TYPE_CHECKING:
    from datetime import datetime

    from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
    from sla_engine.services.versions.reprocess import Corrections
    from sla_engine.storage.database import Database

EveryIncident = Annotated[bool, typer.Option("--all", help="Also the open incidents that stay as they are.")]
WhoseIncidents = Annotated[str, typer.Option("--customer", help="Whose incidents.")]
Since = Annotated[str, typer.Option("--since", help="A date such as 2026-12-24, or a time: '2026-12-24 14:00'.")]
Approve = Annotated[bool, typer.Option("--approve", help="Record it, instead of only showing it.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Why, for the history: needed with --approve.")]
By = Annotated[str | None, typer.Option("--by", help="The service manager who approves: name, login or Slack id.")]


def add_versions(app: typer.Typer, agreements: typer.Typer) -> None:
    """Give the command lines `diff` and `reprocess`."""

    @agreements.command("diff")
    def diff(
        files: AgreementFiles,
        *,
        every: EveryIncident = False,
        as_json: AsJson = False,
        database_url: DatabaseUrl = None,
    ) -> None:
        """Show what applying files would do to the due times of open incidents; nothing is stored."""
        _diff(options.open_database(database_url), files, every=every, as_json=as_json)

    @app.command("reprocess")
    def reprocess(
        *,
        customer: WhoseIncidents,
        since: Since,
        approve: Approve = False,
        reason: Reason = None,
        by: By = None,
        as_json: AsJson = False,
        database_url: DatabaseUrl = None,
    ) -> None:
        """Count a customer's incidents by what the agreement says now, from an earlier instant: a forgotten holiday."""
        if approve and not (reason and reason.strip()):
            options.stop('--approve needs --reason "why", for the history. Nothing was changed.')
        corrections = _corrected(
            options.open_database(database_url),
            customer,
            since,
            reason=reason if approve else None,
            by=by if approve else None,
        )
        _print_corrections(corrections, as_json=as_json)


def _diff(database: "Database", files: list[Path], *, every: bool, as_json: bool) -> None:
    from sla_engine.cli.versions_text import diff_document, diff_text
    from sla_engine.services.versions.preview import diff

    preview = diff(database, files, now=options.now(database), every=every)
    options.show_problems(preview.warnings)
    if as_json:
        typer.echo(printed_json(diff_document(preview, every=every)))
    else:
        typer.echo(diff_text(preview, every=every))


def _corrected(database: "Database", customer: str, since: str, *, reason: str | None, by: str | None) -> "Corrections":
    """The corrections, recorded with a `reason` and else only previewed; a run that was broken off may be repeated."""
    from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
    from sla_engine.storage.errors import StorageBusy

    now = options.now(database)
    try:
        return _corrections(UnitOfWork(database), customer, since, reason=reason, by=by, now=now)
    except StorageBusy:
        options.stop("The database is busy or away right now. What was corrected stays; run it again to go on.")


def _corrections(
    unit_of_work: "UnitOfWork", customer: str, since: str, *, reason: str | None, by: str | None, now: "datetime"
) -> "Corrections":
    from sla_engine.parsing.since import since_instant
    from sla_engine.services.versions.reprocess import Reprocessing

    reprocessing = Reprocessing(unit_of_work)
    start = since_instant(since, zone=reprocessing.zone_of(customer, now=now), now=now)
    with options.counter("incidents looked at") as on_progress:
        if reason is None:
            return reprocessing.preview(customer, since=start, now=now, on_progress=on_progress)
        return reprocessing.approve(customer, since=start, reason=reason, by=by, now=now, on_progress=on_progress)


def _print_corrections(corrections: "Corrections", *, as_json: bool) -> None:
    from sla_engine.cli.versions_text import corrections_document, corrections_text

    if as_json:
        typer.echo(printed_json(corrections_document(corrections)))
        return
    typer.echo(corrections_text(corrections))
    if corrections.clocks and corrections.approved_by is None:
        typer.echo('\nNothing was changed. Approve it with --approve --reason "…".')
