"""The `digest` command; heavy packages are imported inside it."""

from contextlib import closing
from typing import Annotated, NoReturn

import typer

from sla_engine.json_output import printed_json

Week = Annotated[str | None, typer.Option("--week", help="An ISO week such as 2016-W12; else the one that ended last.")]
Json = Annotated[bool, typer.Option("--json", help="Print every figure as JSON.")]
DatabaseUrl = Annotated[
    str | None, typer.Option("--database-url", help="Which database; else DATABASE_URL, else sla-bot.db here.")
]


def digest(week: Week = None, as_json: Json = False, database_url: DatabaseUrl = None) -> None:
    """Print a week: targets met, misses by customer and reason, notes and SOPs that wait, what is at risk."""
    from sla_engine.cli.digest_text import as_text
    from sla_engine.domain.errors import StorageBusy, UnknownWeek
    from sla_engine.services.queries.digest import Digests, as_document
    from sla_engine.services.unit_of_work.unit_of_work import Casework
    from sla_engine.settings import EngineSettings, SettingUnusable
    from sla_engine.storage.database import WORKER_WAIT_SECONDS, Database
    from sla_engine.storage.migrate import newest_revision, revision_of
    from sla_engine.time_source import SystemTime

    now = SystemTime().now()
    try:
        url = database_url or EngineSettings.read().database_url.get_secret_value()
        if revision_of(url) != newest_revision():
            _stop("The database has no tables of this version: run 'sla-bot migrate'.")
        with closing(Database(url, wait_seconds=WORKER_WAIT_SECONDS)) as database:
            digests = Digests(Casework(database))
            figures = digests.figures(week or digests.last_week(now=now), now=now)
    except SettingUnusable as unusable:
        _stop(str(unusable))
    except UnknownWeek as unknown:
        _stop(f"'{unknown.text}' is no week; write one like 2016-W12.")
    except StorageBusy:
        _stop("The database is locked or cannot be reached. Try again.")
    if as_json:
        typer.echo(printed_json(as_document(figures)))
    else:
        typer.echo(as_text(figures))


def _stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code=1)
