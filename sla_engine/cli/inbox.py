"""`sla-bot inbox`: lists, shows, replays and drops deliveries that were refused, failed or wait."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from sla_engine.cli import options
from sla_engine.cli.options import DatabaseUrl

if TYPE_CHECKING:
    from datetime import datetime

    from sla_engine.intake.inbox_review import InboxReview, Replayed, Review
    from sla_engine.storage.database import Database

Name = Annotated[str, typer.Argument(help="What `inbox list` shows first, or the beginning of it.")]
Names = Annotated[list[str] | None, typer.Argument(help="What `inbox list` shows first; any number of them.")]
EveryDelivery = Annotated[str | None, typer.Option("--every", help="All that are refused, failed, waiting or held.")]
REASON_WIDTH = 60
ABOUT_WIDTH = 30


def add_inbox(app: typer.Typer) -> None:
    """Give a command line the `inbox` commands."""
    inbox = typer.Typer(no_args_is_help=True, help="List, show, replay and drop deliveries of your other systems.")
    app.add_typer(inbox, name="inbox")

    @inbox.command("list")
    def list_deliveries(database_url: DatabaseUrl = None) -> None:
        """List deliveries that were refused, failed, wait or are held until their ticket is opened, with the reason."""
        _print_list(_review(options.open_database(database_url)))

    @inbox.command("show")
    def show(name: Name, database_url: DatabaseUrl = None) -> None:
        """Print one delivery with its payload; marks that would move the cursor are written out."""
        _show(_review(options.open_database(database_url)), name)

    @inbox.command("replay")
    def replay(name: Name, database_url: DatabaseUrl = None) -> None:
        """Take a delivery in once more, after you have fixed what was wrong or added what it names."""
        database = options.open_database(database_url)
        _replay(_review(database), name, now=options.now(database))

    @inbox.command("drop")
    def drop(names: Names = None, every: EveryDelivery = None, database_url: DatabaseUrl = None) -> None:
        """Decide that deliveries are not to be worked on; their payloads stay stored."""
        database = options.open_database(database_url)
        _drop(_review(database), names or [], every, now=options.now(database))


def printable(text: str) -> str:
    """The text with control and direction marks written out, so that they cannot steer a terminal."""
    return "".join(mark if mark.isprintable() or mark == "\n" else f"\\u{ord(mark):04x}" for mark in text)


def _print_list(review: "InboxReview") -> None:
    from tabulate import tabulate

    rows = [
        (
            item.handle,
            item.review.value,
            f"{item.since:%Y-%m-%d %H:%M} UTC",
            item.source,
            printable(item.about),
            printable(" ".join(item.reason.split())),
        )
        for item in review.list()
    ]
    if rows:
        headers = ("name", "what", "since", "from", "about", "why")
        typer.echo(tabulate(rows, headers=headers, maxcolwidths=[None, None, None, None, ABOUT_WIDTH, REASON_WIDTH]))
    else:
        typer.echo("No delivery needs anybody.")


def _show(review: "InboxReview", name: str) -> None:
    item, payloads = review.show(name)
    typer.echo(printable(f"{item.id}: {item.review.value} since {item.since:%Y-%m-%d %H:%M:%S} UTC"))
    if item.reason:
        typer.echo(printable(item.reason))
    for payload in payloads:
        typer.echo(printable(json.dumps(payload, indent=2, ensure_ascii=False)))


def _replay(review: "InboxReview", name: str, *, now: "datetime") -> None:
    replayed = review.replay(name, now=now)
    typer.echo(printable(_replayed(replayed)))
    if not replayed.is_done:
        raise typer.Exit(code=1)


def _replayed(replayed: "Replayed") -> str:
    if replayed.seen_before:
        return "It was taken before, in another way; nothing was done again."
    if not replayed.is_done:
        return "It could not be worked on now; a worker tries again, and 'sla-bot stuck list' says why."
    outcomes = (f"{item.incident_key or item.external_id}: {item.outcome.value}" for item in replayed.taken)
    return f"Taken. {'; '.join(outcomes)}." if replayed.taken else "Taken; there was nothing in it to record."


def _drop(review: "InboxReview", names: list[str], every: str | None, *, now: "datetime") -> None:
    if every is not None:
        wanted = _state(every)
        names = [*names, *(item.handle for item in review.list() if item.review is wanted)]
    if not names and every is None:
        options.stop("Say which: their names, or --every refused. Nothing was changed.")
    for name in names:
        item = review.drop(name, now=now)
        typer.echo(printable(f"{item.handle} ({item.id}) is dropped; it was not worked on."))
    if not names:
        typer.echo("There is none; nothing was changed.")


def _state(word: str) -> "Review":
    from sla_engine.intake.inbox_review import Review

    review = next((kind for kind in Review if kind.value.split()[0] == word.lower()), None)
    if review is None:
        options.stop(f"--every is one of {', '.join(kind.value.split()[0] for kind in Review)}, not {printable(word)}.")
    return review


def _review(database: "Database") -> "InboxReview":
    from sla_engine.intake.inbox_review import InboxReview
    from sla_engine.intake.reception import Reception
    from sla_engine.intake.registry import PARSERS
    from sla_engine.services.intake.receive import Intake
    from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork

    return InboxReview(Reception(Intake(UnitOfWork(database), parsers=PARSERS), secrets=(), bearer_tokens=()))
