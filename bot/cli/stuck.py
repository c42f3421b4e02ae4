"""`sla-bot stuck`: what failed, and whether it is tried again."""

from typing import Annotated

import typer

from sla_engine.cli.options import DatabaseUrl, now, open_database

stuck = typer.Typer(no_args_is_help=True, help="List, retry and drop what failed.")

Number = Annotated[int, typer.Argument(help="The number `stuck list` shows.")]


@stuck.command("list")
def list_stuck(database_url: DatabaseUrl = None) -> None:
    """List the items that failed and are tried again, and those set aside after five tries."""
    from tabulate import tabulate

    from sla_engine.domain.text.plain_text import one_line
    from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
    from sla_engine.services.upkeep.failures import Failures

    rows = [
        (
            item.number,
            one_line(item.what),
            item.tries,
            f"{item.first_failed_at:%Y-%m-%d %H:%M} UTC",
            "set aside" if item.next_try_at is None else f"{item.next_try_at:%H:%M:%S} UTC",
            one_line(item.error),
        )
        for item in Failures(UnitOfWork(open_database(database_url))).list()
    ]
    if rows:
        headers = ("number", "what", "tries", "since", "next", "why")
        typer.echo(tabulate(rows, headers=headers, maxcolwidths=[None, 40, None, None, None, 60]))
    else:
        typer.echo("Nothing has failed.")


@stuck.command("retry")
def retry(number: Number, database_url: DatabaseUrl = None) -> None:
    """Try a failed item again now, as if for the first time."""
    from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
    from sla_engine.services.upkeep.failures import Failures

    database = open_database(database_url)
    Failures(UnitOfWork(database)).retry(number, now=now(database))
    typer.echo(f"Number {number} is tried again by the next worker that looks.")


@stuck.command("drop")
def drop(number: Number, database_url: DatabaseUrl = None) -> None:
    """Forget a failed item: it is not done and not tried again."""
    from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
    from sla_engine.services.upkeep.failures import Failures

    Failures(UnitOfWork(open_database(database_url))).drop(number)
    typer.echo(f"Number {number} is dropped; it was not done.")
