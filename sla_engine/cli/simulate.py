"""`sla-bot simulate`: shows what a supposition would change. Heavy packages are imported inside."""

from typing import TYPE_CHECKING, Annotated

import typer

from sla_engine.cli import options
from sla_engine.cli.options import AsJson, DatabaseUrl
from sla_engine.json_output import printed_json

if TYPE_CHECKING:
    from sla_engine.storage.database import Database

Sentence = Annotated[list[str], typer.Argument(help="What to suppose, like: pause INC-1042 for vendor until tuesday")]
SentenceZone = Annotated[
    str | None, typer.Option("--zone", help="The IANA zone of the times in the sentence and in the answer; else ours.")
]


def simulate(
    sentence: Sentence,
    zone: SentenceZone = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Show which clocks would change and what would be sent to whom; nothing is stored.

    P1 for Acme Dental opened friday 16:45 · pause INC-1042 for vendor until tuesday 9am · resume INC-1042 at 15:00 ·
    raise INC-1042 to P1 · resolve INC-1042 at 15:00 · friday becomes a holiday for Acme Dental
    """
    database = options.open_database(database_url)
    typer.echo(answer(database, " ".join(sentence), zone=zone, as_json=as_json))


def answer(database: "Database", sentence: str, *, zone: str | None, as_json: bool) -> str:
    """The simulation as text or JSON; times without a zone are those of `zone`, else the MSP's.

    Raises: SlaError for a sentence that cannot be read, or supposes what is not possible.
    """
    from sla_engine.cli.simulation_document import as_document
    from sla_engine.cli.simulation_text import as_text
    from sla_engine.domain.time.calendar import Calendar
    from sla_engine.parsing.suppositions import supposition
    from sla_engine.services.simulation.simulation import Simulations
    from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork

    simulations = Simulations(UnitOfWork(database))
    wanted = Calendar.always_open(zone).zone if zone else simulations.zone()
    now = options.now(database)
    simulation = simulations.simulate(supposition(sentence, zone=wanted, now=now), now=now)
    return printed_json(as_document(simulation)) if as_json else as_text(simulation, zone=wanted)
