"""`sla-bot simulate`: what would change if. Heavy packages are imported inside."""

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from sla_engine.json_output import printed_json

if TYPE_CHECKING:
    from sla_engine.domain.errors import SlaError
    from sla_engine.storage.database import Database

Sentence = Annotated[list[str], typer.Argument(help="What to suppose, like: pause INC-1042 for vendor until tuesday")]
Zone = Annotated[
    str | None, typer.Option("--zone", help="The IANA zone of the times in the sentence and in the answer; else ours.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
DatabaseUrl = Annotated[
    str | None, typer.Option("--database-url", help="Which database; else DATABASE_URL, else sla-bot.db here.")
]


def simulate(
    sentence: Sentence,
    zone: Zone = None,
    as_json: AsJson = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Show which clocks would change and what would be sent to whom; nothing is stored.

    P1 for Acme Dental opened friday 16:45 · pause INC-1042 for vendor until tuesday 9am · resume INC-1042 at 15:00 ·
    raise INC-1042 to P1 · resolve INC-1042 at 15:00 · friday becomes a holiday for Acme Dental
    """
    from sla_engine.domain.errors import SlaError
    from sla_engine.settings import EngineSettings, SettingUnusable
    from sla_engine.storage.database import WORKER_WAIT_SECONDS, Database
    from sla_engine.storage.migrate import newest_revision, revision_of

    try:
        url = database_url or EngineSettings.read().database_url.get_secret_value()
        if revision_of(url) != newest_revision():
            _stop("The database has no tables of this version: run 'sla-bot migrate'.")
        with closing(Database(url, wait_seconds=WORKER_WAIT_SECONDS)) as database:
            typer.echo(answer(database, " ".join(sentence), zone=zone, as_json=as_json))
    except SettingUnusable as unusable:
        _stop(str(unusable))
    except SlaError as refusal:
        _stop(sentence_for(refusal))


def answer(database: "Database", sentence: str, *, zone: str | None, as_json: bool) -> str:
    """What would change, as text or JSON; times without a zone are those of `zone`, else the MSP's.

    Raises: whatever cannot be read or supposed.
    """
    from sla_engine.cli.simulation_document import as_document
    from sla_engine.cli.simulation_text import as_text
    from sla_engine.domain.time.calendar import Calendar
    from sla_engine.parsing.supposing import supposition
    from sla_engine.services.simulation.simulation import Simulations
    from sla_engine.services.unit_of_work.unit_of_work import Casework
    from sla_engine.services.upkeep.database_time import time_source_for

    simulations = Simulations(Casework(database))
    wanted = Calendar.always_open(zone).zone if zone else simulations.zone()
    now = time_source_for(database).now()
    found = simulations.simulate(supposition(sentence, zone=wanted, now=now), now=now)
    return printed_json(as_document(found)) if as_json else as_text(found, zone=wanted)


def sentence_for(refusal: "SlaError") -> str:
    """One sentence for whoever typed the command."""
    facts = {name: _written(value) for name, value in vars(refusal).items()}
    near = getattr(refusal, "near", ())
    facts["near"] = f" Did you mean {' or '.join(near)}?" if near else ""
    return _SENTENCES.get(type(refusal).__name__, "This cannot be simulated: {0!r}.").format(refusal, **facts)


_SENTENCES: Mapping[str, str] = {
    "UnreadableSupposition": "{word!r} cannot be supposed.{near} Write it like: {forms}.",
    "UnreadableMoment": "{text!r} is not a time; write it like 30m, 15:00, 'tomorrow 9am' or friday.",
    "UnreadableDuration": "{text!r} is not a length of time; write it like 30m or 2h.",
    "DayIsAmbiguous": "{text!r} could mean 24 hours or a business day; say until when.",
    "UnknownChoice": "{found!r} is not a {what}; write {allowed}.",
    "MissingArgument": "This needs {what}, like: {usage}.",
    "WhichIncident": "Which incident? {count} could be meant, write it like: {usage}.",
    "UnknownIncident": "There is no incident {key!r}.{near}",
    "UnknownCustomer": "No agreement names a customer {name!r}.{near}",
    "NotYetInForce": "The first agreement of {customer} begins {effective}.",
    "AlreadyResolved": "{key} was resolved {at}.",
    "AlreadyMerged": "{key} was merged into {into}.",
    "AlreadyMoved": "{key} turned out to be another customer's; it goes on as {goes_on_as}.",
    "TicketDeleted": "The ticket of {key} was deleted {at}.",
    "AlreadyPaused": "{key} has been paused for {reason} since {since}.",
    "NotPaused": "{key} is not paused.",
    "SamePriority": "{key} is {priority} already.",
    "BeforeOpening": "{key} was opened {opened_at}; nothing can have happened to it {at}.",
    "InThePast": "{at} lies in the past; what is past cannot be supposed otherwise.",
    "NotSetUp": "Nothing is set up yet: apply {missing} first, with 'sla-bot people apply'.",
    "UnknownZone": "No time zone is called {zone!r}.{near}",
    "CalendarNeverOpens": "A calendar has no open time left, so that nothing on it is ever due.",
    "StorageBusy": "The database is locked or cannot be reached. Try again.",
}


def _written(value: object) -> object:
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else value


def _stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code=1)
