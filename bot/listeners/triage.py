"""`/sla triage`: lists what waits for triage, and places it."""

from collections.abc import Sequence

from bot.listeners import grammar
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.request import Answer, Ask
from bot.views.confirmations import placed
from bot.views.help import SubcommandHelp
from bot.views.rendered import Rendered
from bot.views.triage import put_aside, triage_list
from bot.views.usage import USAGE
from sla_engine.domain.text.errors import MissingArgument
from sla_engine.services.intake.triage_list import TriageList

ASIDE = "aside"

_TRIAGE = SubcommandHelp(
    name="triage",
    usage=USAGE["triage"],
    summary="What came in for a customer nobody knows; open it for one, or put it aside",
    who="dispatcher",
    examples=("/sla triage", "/sla triage 3 Acme Dental", "/sla triage 3 aside"),
)


class TriageTopic(Topic):
    """The triage list; an item leaves it only when somebody decides."""

    def __init__(self, waiting: TriageList) -> None:
        self.waiting = waiting

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_TRIAGE, self.triage),)

    def triage(self, ask: Ask, words: list[str]) -> Answer:
        """Answer with the list, or place one item of it."""
        if not words:
            return triage_list(self.waiting.for_reader(by=ask.user, now=ask.now))
        number, where = grammar.number(words[0]), " ".join(words[1:])
        if number is None:
            raise MissingArgument("the number of a line in `/sla triage`", _TRIAGE.usage)
        if not where:
            raise MissingArgument("a customer, or “aside”", _TRIAGE.usage)
        return self._settle(ask, number, where)

    def _settle(self, ask: Ask, number: int, where: str) -> Rendered:
        if where.lower() == ASIDE:
            self.waiting.put_aside(number, by=ask.user, now=ask.now)
            return put_aside(number)
        incident = self.waiting.place(number, customer=where, by=ask.user, now=ask.now)
        return placed(incident.key, incident.customer, incident.priority.value)
