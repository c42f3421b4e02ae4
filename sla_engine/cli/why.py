"""`sla-bot why`: how an incident came to read as it does. Heavy packages are imported inside."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from sla_engine.json_output import printed_json

if TYPE_CHECKING:
    from sla_engine.services.queries.explain import Explanation
    from sla_engine.storage.database import Database

OpenDatabase = Callable[[str | None], "Database"]

Key = Annotated[str, typer.Argument(metavar="INC-…", help="The incident.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print every row and figure as JSON.")]
Redacted = Annotated[
    bool, typer.Option("--redacted", help="The form for the customer: nobody's name, no notes, no rules that lost.")
]
Metric = Annotated[
    str | None, typer.Option("--metric", help="Only this clock: first_response, customer_update, …")
]  # fmt: skip
Period = Annotated[
    int | None,
    typer.Option("--period", min=1, help="An earlier period or cycle of the clocks, by its number; else the present."),
]
DatabaseUrl = Annotated[
    str | None, typer.Option("--database-url", help="Which database; else DATABASE_URL, else sla-bot.db here.")
]


def add_why(app: typer.Typer, open_database: OpenDatabase) -> None:
    """Give a command line the `why` command; `open_database` opens the one that is named, or the usual one."""

    @app.command("why")
    def why(
        key: Key,
        *,
        as_json: AsJson = False,
        redacted: Redacted = False,
        metric: Metric = None,
        period: Period = None,
        database_url: DatabaseUrl = None,
    ) -> None:
        """Print how each clock of an incident came to what it says, row by row, and who held the ball."""
        found = explained(open_database(database_url), key, metric=metric, period=period)
        typer.echo(document_of(found, redacted=redacted) if as_json else text_of(found, redacted=redacted))


def explained(database: "Database", key: str, *, metric: str | None, period: int | None) -> "Explanation":
    """The explanation of one incident, of one clock only where a metric is named; periods are numbered from 1."""
    from contextlib import closing
    from dataclasses import replace

    from sla_engine.domain.agreements.metrics import MetricName
    from sla_engine.domain.errors import StorageBusy, UnknownIncident
    from sla_engine.services.queries.explain import Explaining
    from sla_engine.services.unit_of_work.unit_of_work import Casework
    from sla_engine.time_source import SystemTime

    if metric is not None and metric not in list(MetricName):
        _stop(f"{metric!r} is no metric; there are {', '.join(MetricName)}.")
    try:
        with closing(database):
            found = Explaining(Casework(database)).why(
                key, now=SystemTime().now(), cycle=None if period is None else period - 1
            )
    except UnknownIncident as unknown:
        near = f" Did you mean {' or '.join(unknown.near)}?" if unknown.near else ""
        _stop(f"There is no incident {unknown.key}.{near}")
    except StorageBusy:
        _stop("The database is locked or cannot be reached. Try again.")
    wanted = tuple(each for each in found.ledgers if metric in (None, each.reading.metric.value))
    if period is not None and not wanted:
        _stop(f"No clock of {found.key} that was asked about has had a period {period}.")
    return replace(found, ledgers=wanted)


def document_of(found: "Explanation", *, redacted: bool) -> str:
    """The explanation as JSON."""
    from sla_engine.cli.why_document import as_document

    return printed_json(as_document(found, redacted=redacted))


def text_of(found: "Explanation", *, redacted: bool) -> str:
    """The explanation as text."""
    from sla_engine.text.why_text import as_text, for_the_customer

    return for_the_customer(found) if redacted else as_text(found)


def _stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code=1)
