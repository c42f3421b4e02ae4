"""The part of `sla-bot migrate` that reads histories again by today's rules. Heavy packages are imported inside."""

from typing import TYPE_CHECKING

import typer

from sla_engine.cli.options import counter, now, stop

if TYPE_CHECKING:
    from sla_engine.services.upkeep.databases import Database
    from sla_engine.storage.rules_version import RulesProgress


def reread_by_todays_rules(database: "Database") -> None:
    """Correct outcomes that were recorded under earlier rules, and print how many; nothing when it was done before."""
    from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
    from sla_engine.services.versions.reread import Rereading
    from sla_engine.storage.errors import StorageBusy

    try:
        with counter("incidents read by today's rules") as on_progress:
            progress = Rereading(UnitOfWork(database)).run(now=now(database), on_progress=on_progress)
    except (StorageBusy, KeyboardInterrupt):
        stop("Not every incident was read by today's rules. What was corrected stays; run it again to go on.")
    if progress is not None and progress.incidents:
        typer.echo(sentence(progress))


def sentence(progress: "RulesProgress") -> str:
    """The sentence about the incidents that were read, and those whose recorded outcomes differ."""
    text = f"Of {_counted(progress.incidents, 'incident')} read by today's rules, none has an outcome that differs."
    if progress.outcomes:
        text = (
            f"Of {_counted(progress.incidents, 'incident')} read by today's rules, {progress.corrected:,} had "
            f"{_counted(progress.outcomes, 'recorded outcome')} that differ{'s' if progress.outcomes == 1 else ''}; "
            "each has its correction, and nobody is asked anew."
        )
    unread = f" {_counted(progress.unread, 'incident')} could not be read; the log says why." if progress.unread else ""
    return text + unread


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
