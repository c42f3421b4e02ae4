"""`sla-bot replay`: another desk's log through the same rules. Heavy packages are imported inside."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from sla_engine.json_output import printed_json

if TYPE_CHECKING:
    from sla_engine.storage.database import Database

OpenDatabase = Callable[[str | None], "Database"]


class LogSource(StrEnum):
    """Whose log it is."""

    SERVICENOW = "servicenow"


Source = Annotated[LogSource, typer.Argument(help="Whose log it is.")]
LogFile = Annotated[Path, typer.Argument(help="The event log: CSV, plain or compressed with gzip.")]
AgreementFile = Annotated[Path, typer.Option("--agreement", help="The agreement file it is measured under.")]
Zone = Annotated[
    str | None, typer.Option("--zone", help="The IANA zone of the file's times; else the agreement calendar's.")
]
State = Annotated[
    list[str] | None,
    typer.Option("--state", help="What a state means: NAME=MEANING, such as 'On Hold=vendor'; may be repeated."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]
DatabaseUrl = Annotated[
    str | None, typer.Option("--database-url", help="Which database; else DATABASE_URL, else sla-bot.db here.")
]


def add_replay(app: typer.Typer, open_database: OpenDatabase) -> None:
    """Give a command line the `replay` command; `open_database` opens the one that is named, or the usual one."""

    @app.command("replay")
    def replay(
        source: Source,  # noqa: ARG001
        file: LogFile,
        *,
        agreement: AgreementFile,
        zone: Zone = None,
        state: State = None,
        as_json: AsJson = False,
        database_url: DatabaseUrl = None,
    ) -> None:
        """Measure another desk's event log: no timers, no prompts, no messages; a second run adds nothing."""
        report(open_database(database_url), file, agreement, zone=zone, states=state or [], as_json=as_json)


def report(
    database: "Database", file: Path, agreement: Path, *, zone: str | None, states: Sequence[str], as_json: bool
) -> None:
    """Run the replay with a progress bar where somebody watches, and print what it found."""
    from sla_engine.domain.errors import FileInvalid, StorageBusy, UnknownChoice
    from sla_engine.domain.time.calendar import UnknownZone
    from sla_engine.intake import log_replay
    from sla_engine.intake.servicenow_states import own_states
    from sla_engine.time_source import real_now

    try:
        table = own_states(states)
        wanted = log_replay.prepare(database, file, agreement, zone=zone, now=real_now(), states=table)
        with _progress_bar() as on_progress:
            found = log_replay.run(database, wanted, on_progress=on_progress)
    except FileInvalid as invalid:
        _stop("\n".join(str(problem) for problem in invalid.problems))
    except UnknownChoice as unclear:
        _stop(f"--state {unclear.found!r}: write NAME=MEANING once a state; meanings are {', '.join(unclear.allowed)}.")
    except UnknownZone as unknown:
        _stop(f"No time zone is called {unknown.zone!r}.")
    except StorageBusy:
        _stop("The database is locked or cannot be reached. What was replayed stays; run it again to go on.")
    except KeyboardInterrupt:
        _stop("Interrupted. What was replayed stays; run it again to go on.")
    typer.echo(printed_json(found.as_document()) if as_json else found.as_text())


@contextmanager
def _progress_bar() -> Iterator[Callable[[int, int], None]]:
    """A bar on the terminal's error output; silent when nobody watches it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("reading the log", total=None)
        yield lambda done, rows: progress.update(task, description="rows replayed", completed=done, total=rows)


def _stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code=1)
