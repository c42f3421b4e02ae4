"""`sla-bot sops`: checks and imports a list of procedures."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sla_engine.cli import options
from sla_engine.cli.options import DatabaseUrl
from sla_engine.domain.text.plain_text import one_line

if TYPE_CHECKING:
    from sla_engine.services.sops.import_file import SopImport
    from sla_engine.services.sops.import_plan import ImportPlan, PlannedSop
    from sla_engine.storage.database import Database

IMPORTED_BY = "command line"
SopFile = Annotated[
    Path,
    typer.Argument(help="A CSV file with the columns title, link, owner and, if you like, backup, published, reviewed, "
                        "review_every, services, customers and reasons."),
]  # fmt: skip


def add_sops(app: typer.Typer) -> None:
    """Give a command line the `sops` commands."""
    sops = typer.Typer(no_args_is_help=True, help="Check and import a list of procedures (SOPs).")
    app.add_typer(sops, name="sops")

    @sops.command("check")
    def check(file: SopFile, database_url: DatabaseUrl = None) -> None:
        """Say what is wrong in a list, by row and column, and what importing it would do; nothing is stored."""
        database = options.open_database(database_url)
        plan = _imports(database).check(file, now=options.now(database))
        numbers = [sop.before.number if sop.before else "new" for sop in plan.sops]
        _print(plan, numbers, added="to add", changed="to change")

    @sops.command("import")
    def import_(file: SopFile, database_url: DatabaseUrl = None) -> None:
        """Import a list: all of it, or nothing when a row is wrong; again, it changes what the list says otherwise."""
        database = options.open_database(database_url)
        imported = _imports(database).run(file, by=IMPORTED_BY, now=options.now(database))
        _print(imported.plan, [sop.number for sop in imported.sops], added="added", changed="changed")


def _print(plan: "ImportPlan", numbers: Sequence[str], *, added: str, changed: str) -> None:
    options.show_problems(plan.warnings)
    for number, sop in zip(numbers, plan.sops, strict=True):
        line = _line(sop)
        if line:
            typer.echo(f"{number}  {one_line(sop.terms.title)}: {line}")
    new = sum(sop.before is None for sop in plan.sops)
    other = sum(sop.before is not None and bool(sop.changed) for sop in plan.sops)
    typer.echo(f"{new} {added}, {other} {changed}, {len(plan.sops) - new - other} as they were.")
    put_off = sum(sop.was_overdue for sop in plan.sops)
    if put_off:
        typer.echo(f"Overdue reviews: {put_off}, spread so that no owner has more than three of them in a week.")


def _line(sop: "PlannedSop") -> str:
    """What becomes of a procedure; empty for one that stays as it was."""
    review = f"review by {sop.terms.review_on}"
    if sop.before is None:
        return f"new, {review}"
    if not sop.changed:
        return ""
    words = [_NAMES[name] for name in sop.changed if name != "review_on"]
    return ", ".join(
        [*(["other " + ", ".join(words)] if words else []), *([review] if "review_on" in sop.changed else [])]
    )


_NAMES = {
    "title": "title",
    "link": "link",
    "owner": "owner",
    "backup": "backup",
    "published_on": "day of publication",
    "reviewed_on": "day of review",
    "review_every_days": "interval of reviews",
    "services": "services",
    "customers": "customers",
    "reasons": "reasons",
}


def _imports(database: "Database") -> "SopImport":
    from sla_engine.services.sops.import_file import SopImport
    from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork

    return SopImport(UnitOfWork(database))
