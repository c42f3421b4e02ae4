"""Options that commands share; opens the database, reads its clock, and ends a command that cannot go on."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from sla_engine.domain.errors import SlaError
from sla_engine.files.errors import FileInvalid, FileProblem

if TYPE_CHECKING:
    from sla_engine.services.upkeep.databases import Database

DatabaseUrl = Annotated[
    str | None, typer.Option("--database-url", help="Which database; else DATABASE_URL, else sla-bot.db here.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON: instants in UTC, lengths of time in seconds.")]
BEHIND = "What is recorded follows earlier rules of counting than this version's: run"
"""Beginning of the refusal of commands that need `sla-bot migrate` to be run before; the remedy follows."""

AgreementFiles = Annotated[list[Path], typer.Argument(help="Agreement files, or folders of them.")]


_OPENED: ContextVar[ExitStack] = ContextVar("opened")
"""Resources of the running command, closed when it ends."""


class CommandGroup(TyperGroup):
    """A group of commands that print a refusal as one sentence and end with status 1, without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was named."""
        try:
            with _closed_afterwards():
                return super().invoke(ctx)
        except FileInvalid as invalid:
            show_problems(invalid.problems)
            stop("Nothing was changed.")
        except SlaError as refusal:
            stop(sentence_of(refusal))


@contextmanager
def _closed_afterwards() -> Iterator[None]:
    with ExitStack() as opened:
        token = _OPENED.set(opened)
        try:
            yield
        finally:
            _OPENED.reset(token)


def sentence_of(refusal: SlaError) -> str:
    """The sentence for a refusal as the terminal shows it."""
    from sla_engine.text.refusals import PLAIN, sentence

    return sentence(refusal, PLAIN)


def stop(sentence: str) -> NoReturn:
    """End the command with status 1 and a sentence on the error output."""
    typer.echo(sentence, err=True)
    raise typer.Exit(code=1)


def show_problems(problems: Iterable[FileProblem]) -> None:
    """Print what is wrong or odd in files, a line each, on the error output."""
    for problem in problems:
        typer.echo(str(problem), err=True)


def open_database(url: str | None) -> "Database":
    """Open the database, to be closed when the command ends; an empty one gets its tables for a first command.

    Raises: StorageBusy, AddressUnusable, DatabaseUnusable.
    """
    from sla_engine.services.upkeep.databases import for_work, is_behind, newest_revision, revision_of, upgrade
    from sla_engine.settings import EngineSettings, SettingUnusable

    try:
        address = url or EngineSettings.read().database_url.get_secret_value()
    except SettingUnusable as unusable:
        stop(str(unusable))
    revision = revision_of(address)
    if revision is None:
        upgrade(address)
    elif revision != newest_revision():
        stop(f"The database has schema {revision}, this version works with {newest_revision()}: run 'sla-bot migrate'.")
    database = for_work(address)
    opened = _OPENED.get(None)
    if opened is not None:
        opened.callback(database.close)
    if is_behind(database):
        stop(f"{BEHIND} 'sla-bot migrate'.")
    return database


def now(database: "Database") -> datetime:
    """The present by the database's clock, which the machines that share a server agree on; a demo's by its own."""
    from sla_engine.services.upkeep.database_time import terminal_time_for

    return terminal_time_for(database).now()


def now_here() -> datetime:
    """The present by this machine's clock, for commands that use no database."""
    from sla_engine.time_source import SystemTime

    return SystemTime().now()


@contextmanager
def counter(what: str) -> Iterator[Callable[..., object]]:
    """Show a count on the error output during long work, if that is a terminal; yields the function that sets it."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total=None: progress.update(task, completed=done, total=total)
