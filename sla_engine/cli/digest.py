"""The `digest` command; heavy packages are imported inside it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sla_engine.cli import options
from sla_engine.cli.options import DatabaseUrl
from sla_engine.json_output import printed_json

if TYPE_CHECKING:
    from sla_engine.domain.reporting.digest import DigestFigures
    from sla_engine.services.queries.misses import PeriodMisses

DigestWeek = Annotated[
    str | None,
    typer.Option(
        "--week", help="A week or month: 2016-W12, w49, 'last week', november; else the week that ended last."
    ),
]
HtmlFile = Annotated[
    Path | None, typer.Option("--html", help="Also write it into this file, as one page to print or to send.")
]
CsvFolder = Annotated[
    Path | None, typer.Option("--csv", help="Also write what was missed as CSV into this folder, one row each.")
]
Json = Annotated[bool, typer.Option("--json", help="Print every figure as JSON.")]


def digest(
    week: DigestWeek = None,
    html: HtmlFile = None,
    csv: CsvFolder = None,
    as_json: Json = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Print a week or month: targets met, misses by customer and reason, notes and SOPs that wait, what is at risk."""
    from sla_engine.cli.digest_text import as_text
    from sla_engine.services.queries.digest import Digests, as_document
    from sla_engine.services.queries.misses import Misses
    from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork

    database = options.open_database(database_url)
    digests, now = Digests(UnitOfWork(database)), options.now(database)
    written = week or digests.last_week(now=now)
    figures = digests.figures(written, now=now)
    if html is not None or csv is not None:
        write_files(figures, Misses(digests.unit_of_work).of_period(written, now=now), html=html, csv=csv)
    if as_json:
        typer.echo(printed_json(as_document(figures)))
    else:
        typer.echo(as_text(figures))


def write_files(figures: "DigestFigures", missed: "PeriodMisses", *, html: Path | None, csv: Path | None) -> None:
    """Write the page into its file, and what was missed into the folder, which is made where there is none."""
    from sla_engine.text.digest_page import digest_page
    from sla_engine.text.miss_csv import misses_csv

    if html is not None:
        write_file(html, digest_page(figures, missed.targets, names=missed.names))
    if csv is not None:
        text = misses_csv(missed.targets, zone=missed.zone, names=missed.names)
        write_file(csv / f"misses-{missed.period}.csv", text)


def write_file(file: Path, text: str) -> None:
    """Write a file whole, in place of an older one, and say on the error output where it is."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        options.stop(f"{file} cannot be written: {error.strerror}.")
    typer.echo(f"Written: {file}", err=True)
