"""`sla-bot why`: explains the readings of an incident. Heavy packages are imported inside."""

from typing import TYPE_CHECKING, Annotated

import typer

from sla_engine.cli import options
from sla_engine.cli.options import DatabaseUrl
from sla_engine.json_output import printed_json

if TYPE_CHECKING:
    from sla_engine.services.queries.explain import Explanation
    from sla_engine.storage.database import Database

Key = Annotated[str, typer.Argument(metavar="INC-…", help="The incident.")]
RowsAsJson = Annotated[bool, typer.Option("--json", help="Print every row and figure as JSON.")]
Redacted = Annotated[
    bool, typer.Option("--redacted", help="The form for the customer: nobody's name, no notes, no rules that lost.")
]
OneMetric = Annotated[
    str | None, typer.Option("--metric", help="Only this clock: first_response, customer_update, …")
]  # fmt: skip
CyclePeriod = Annotated[
    int | None,
    typer.Option("--period", min=1, help="An earlier period or cycle of the clocks, by its number; else the present."),
]


def add_why(app: typer.Typer) -> None:
    """Give a command line the `why` command."""

    @app.command("why")
    def why(
        key: Key,
        *,
        as_json: RowsAsJson = False,
        redacted: Redacted = False,
        metric: OneMetric = None,
        period: CyclePeriod = None,
        database_url: DatabaseUrl = None,
    ) -> None:
        """Print how each clock of an incident came to what it says, row by row, and who held the ball."""
        explanation = explained(options.open_database(database_url), key, metric=metric, period=period)
        typer.echo(document_of(explanation, redacted=redacted) if as_json else text_of(explanation, redacted=redacted))


def explained(database: "Database", key: str, *, metric: str | None, period: int | None) -> "Explanation":
    """The explanation of one incident, reduced to one clock where a metric is named; periods are numbered from 1."""
    from dataclasses import replace

    from sla_engine.domain.agreements.metrics import MetricName
    from sla_engine.services.queries.explain import Explanations
    from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork

    if metric is not None and metric not in list(MetricName):
        options.stop(f"{metric!r} is no metric; there are {', '.join(MetricName)}.")
    now, cycle = options.now(database), None if period is None else period - 1
    explanation = Explanations(UnitOfWork(database)).why(key, now=now, cycle=cycle)
    wanted = tuple(ledger for ledger in explanation.ledgers if metric in (None, ledger.reading.metric.value))
    if period is not None and not wanted:
        options.stop(f"No clock of {explanation.key} that was asked about has had a period {period}.")
    return replace(explanation, ledgers=wanted)


def document_of(explanation: "Explanation", *, redacted: bool) -> str:
    """The explanation as JSON."""
    from sla_engine.cli.why_document import as_document

    return printed_json(as_document(explanation, redacted=redacted))


def text_of(explanation: "Explanation", *, redacted: bool) -> str:
    """The explanation as text."""
    from sla_engine.text.why_text import as_text, for_the_customer

    return for_the_customer(explanation) if redacted else as_text(explanation)
