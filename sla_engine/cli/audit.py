"""`sla-bot audit`: checks the history's integrity and lists refusals. Heavy packages are imported inside."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sla_engine.cli.options import DatabaseUrl, counter, now, open_database

if TYPE_CHECKING:
    from sla_engine.services.audit.audit import AuditReport
    from sla_engine.storage.database import Database

AnchorsFile = Annotated[
    Path | None, typer.Option("--anchors", help="Also compare with the file that SLA_BOT_AUDIT_ANCHORS names.")
]
Head = Annotated[str | None, typer.Option("--head", help="Also compare with a head from a digest's thread.")]
RefusedPerson = Annotated[str | None, typer.Option("--by", help="Only this person: a Slack id.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many.")]


def add_audit(app: typer.Typer) -> None:
    """Give a command line the `audit` commands."""
    audit = typer.Typer(no_args_is_help=True, help="Check the history's integrity, and list who was refused what.")
    app.add_typer(audit, name="audit")

    @audit.command("verify")
    def verify(*, anchors: AnchorsFile = None, head: Head = None, database_url: DatabaseUrl = None) -> None:
        """Check every fact, incident, clock, note and applied file; name each that is not as it was written."""
        from sla_engine.cli.audit_text import as_text

        report = _report(open_database(database_url), anchors=anchors, head=head)
        for line in as_text(report):
            typer.echo(line, err=not report.is_whole)
        if not report.is_whole:
            raise typer.Exit(code=1)

    @audit.command("refusals")
    def refusals(*, by: RefusedPerson = None, limit: Limit = 50, database_url: DatabaseUrl = None) -> None:
        """List who was refused what, the newest first; they are kept for a year."""
        typer.echo(_refusals(open_database(database_url), by=by, limit=limit))


def _report(database: "Database", *, anchors: Path | None, head: str | None) -> "AuditReport":
    """The report of an audit; findings against what was kept outside the database come first."""
    from sla_engine.services.audit.anchors import check_anchors
    from sla_engine.services.audit.audit import Audit
    from sla_engine.services.audit.history_head import check_head

    audit = Audit(database)
    findings = [] if anchors is None else check_anchors(database, anchors)
    findings += [] if head is None else check_head(database, head)
    for finding in findings:
        audit.report.add(finding)
    with counter("incidents looked at") as on_progress:
        return audit.run(now=now(database), on_progress=on_progress)


def _refusals(database: "Database", *, by: str | None, limit: int) -> str:
    from tabulate import tabulate

    from sla_engine.domain.text.plain_text import one_line
    from sla_engine.services.audit.audit import refused

    rows = [
        (
            f"{refusal.at:%Y-%m-%d %H:%M}",
            one_line(refusal.who),
            refusal.action,
            one_line(refusal.incident_key or ""),
            refusal.error,
        )
        for refusal in refused(database, by=by, limit=limit)
    ]
    headers = ("at (UTC)", "who", "what", "about", "why")
    return tabulate(rows, headers=headers, disable_numparse=True) if rows else "Nobody was refused anything."
