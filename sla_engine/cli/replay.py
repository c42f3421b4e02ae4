"""`sla-bot replay`: another desk's log through the same rules. Heavy packages are imported inside."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sla_engine.cli import options
from sla_engine.cli.options import AsJson, DatabaseUrl
from sla_engine.json_output import printed_json

if TYPE_CHECKING:
    from sla_engine.storage.database import Database


class LogSource(StrEnum):
    """The ticket system that a log comes from."""

    SERVICENOW = "servicenow"


WhoseLog = Annotated[LogSource, typer.Argument(help="Whose log it is.")]
LogFile = Annotated[Path, typer.Argument(help="The event log: CSV, plain or compressed with gzip.")]
AgreementPath = Annotated[Path, typer.Option("--agreement", help="The agreement file it is measured under.")]
FileZone = Annotated[
    str | None, typer.Option("--zone", help="The IANA zone of the file's times; else the agreement calendar's.")
]
State = Annotated[
    list[str] | None,
    typer.Option("--state", help="What a state means: NAME=MEANING, such as 'On Hold=vendor'; may be repeated."),
]


def add_replay(app: typer.Typer) -> None:
    """Give a command line the `replay` command."""

    @app.command("replay")
    def replay(
        source: WhoseLog,  # noqa: ARG001
        file: LogFile,
        *,
        agreement: AgreementPath,
        zone: FileZone = None,
        state: State = None,
        as_json: AsJson = False,
        database_url: DatabaseUrl = None,
    ) -> None:
        """Measure another desk's event log: no timers, no prompts, no messages; a second run adds nothing."""
        report(options.open_database(database_url), file, agreement, zone=zone, states=state or [], as_json=as_json)


def report(
    database: "Database", file: Path, agreement: Path, *, zone: str | None, states: Sequence[str], as_json: bool
) -> None:
    """Run the replay with a progress bar on a terminal, and print its report."""
    from sla_engine.intake import log_replay
    from sla_engine.intake.servicenow_states import own_states
    from sla_engine.storage.errors import StorageBusy
    from sla_engine.time_source import real_now

    table = own_states(states)
    wanted = log_replay.prepare(database, file, agreement, zone=zone, now=real_now(), states=table)
    try:
        with _progress_bar() as on_progress:
            figures = log_replay.run(database, wanted, on_progress=on_progress)
    except StorageBusy:
        options.stop("The database is busy or away right now. What was replayed stays; run it again to go on.")
    except KeyboardInterrupt:
        options.stop("Interrupted. What was replayed stays; run it again to go on.")
    typer.echo(printed_json(figures.as_document()) if as_json else figures.as_text())


@contextmanager
def _progress_bar() -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on the error output, if that is a terminal; yields the function that moves it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("reading the log", total=None)
        yield lambda done, rows: progress.update(task, description="rows replayed", completed=done, total=rows)
