"""`sla-bot words`: lists words of ticket systems without a meaning, and exports the meanings given in Slack."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import typer

from sla_engine.cli.options import DatabaseUrl, open_database
from sla_engine.domain.text.plain_text import one_line
from sla_engine.json_output import printed_json

if TYPE_CHECKING:
    from sla_engine.services.intake.words import AskedWord, IntakeWords
    from sla_engine.storage.database import Database
    from sla_engine.storage.intake_words import IntakeWordRecord


def add_words(app: typer.Typer) -> None:
    """Give a command line the `words` commands."""
    words = typer.Typer(no_args_is_help=True, help="List and export the words of your ticket systems.")
    app.add_typer(words, name="words")

    @words.command("list")
    def list_words(database_url: DatabaseUrl = None) -> None:
        """List the words that wait for a meaning, and how often each was used."""
        _print_waiting(_words(open_database(database_url)).unanswered())

    @words.command("export")
    def export_words(database_url: DatabaseUrl = None) -> None:
        """Print the meanings given in Slack as a part of msp.yaml, which goes before every answer."""
        typer.echo("\n".join(as_yaml(_words(open_database(database_url)).answered())))


def as_yaml(answered: "Sequence[IntakeWordRecord]") -> Iterator[str]:
    """The meanings as lines of the `intakes` part of `msp.yaml`, with who gave each and when."""
    from sla_engine.files.intakes_section import WORD_KEYS

    if not answered:
        yield "# No word of a ticket system was given a meaning yet."
        return
    yield "intakes:"
    for intake, of_intake in groupby(answered, key=lambda word: word.intake):
        yield f"  {intake}:"
        yield "    words:"
        for kind, of_kind in groupby(of_intake, key=lambda word: word.said_word.kind):
            yield f"      {next(key for key, word_kind in WORD_KEYS.items() if word_kind is kind)}:"
            yield from (_line(word) for word in of_kind)


def _line(word: "IntakeWordRecord") -> str:
    quoted = printed_json(word.said_word.word)
    when = f", {word.decided_at:%Y-%m-%d}" if word.decided_at else ""
    return f"        {quoted}: {word.meaning}  # {word.decided_by}{when}"


def _print_waiting(waiting: "Sequence[AskedWord]") -> None:
    from tabulate import tabulate

    rows = [
        (
            asked.word.number,
            asked.word.intake,
            asked.word.said_word.kind.value,
            one_line(asked.word.said_word.word),
            asked.count,
        )
        for asked in waiting
    ]
    headers = ("number", "intake", "as", "word", "said")
    typer.echo(tabulate(rows, headers=headers) if rows else "Every word has a meaning.")


def _words(database: "Database") -> "IntakeWords":
    from sla_engine.services.intake.words import IntakeWords
    from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork

    return IntakeWords(UnitOfWork(database))
