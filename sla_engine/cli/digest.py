"""The `digest` command; heavy packages are imported inside it."""

from typing import Annotated

import typer

from sla_engine.cli import options
from sla_engine.cli.options import DatabaseUrl
from sla_engine.json_output import printed_json

DigestWeek = Annotated[
    str | None,
    typer.Option(
        "--week", help="A week or month: 2016-W12, w49, 'last week', november; else the week that ended last."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print every figure as JSON.")]


def digest(week: DigestWeek = None, as_json: Json = False, database_url: DatabaseUrl = None) -> None:
    """Print a week or month: targets met, misses by customer and reason, notes and SOPs that wait, what is at risk."""
    from sla_engine.cli.digest_text import as_text
    from sla_engine.services.queries.digest import Digests, as_document
    from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork

    database = options.open_database(database_url)
    digests, now = Digests(UnitOfWork(database)), options.now(database)
    figures = digests.figures(week or digests.last_week(now=now), now=now)
    if as_json:
        typer.echo(printed_json(as_document(figures)))
    else:
        typer.echo(as_text(figures))
