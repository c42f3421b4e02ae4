"""`sla-bot audit`: whether the history is as it was written. Heavy packages are imported inside."""

from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from sla_engine.versions_cli import counter

if TYPE_CHECKING:
    from sla_engine.storage.database import Database

OpenDatabase = Callable[[str | None], "Database"]

DatabaseUrl = Annotated[
    str | None, typer.Option("--database-url", help="Which database; else DATABASE_URL, else sla-bot.db here.")
]


def add_audit(app: typer.Typer, open_database: OpenDatabase) -> None:
    """Give a command line the `audit` commands; `open_database` opens the one that is named, or the usual one."""
    audit = typer.Typer(no_args_is_help=True, help="The history's integrity, and who was refused what.")
    app.add_typer(audit, name="audit")

    @audit.command("verify")
    def verify(*, database_url: DatabaseUrl = None) -> None:
        """Check every fact, incident, clock, note and applied file; name each that is not as it was written."""
        from sla_engine.audit_text import as_text
        from sla_engine.services.audit import Audit
        from sla_engine.services.present import time_source_for

        with closing(open_database(database_url)) as database, counter("incidents looked at") as on_progress:
            report = Audit(database).run(now=time_source_for(database).now(), on_progress=on_progress)
        for line in as_text(report):
            typer.echo(line, err=not report.is_whole)
        if not report.is_whole:
            raise typer.Exit(code=1)
