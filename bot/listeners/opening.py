"""`/sla open`: in one line, or through a form."""

from collections.abc import Mapping, Sequence

from bot import grammar
from bot.action_ids import ViewId
from bot.asks import Answer, Ask, OpenForm
from bot.front_desk import Listener
from bot.listeners.subcommand import Subcommand
from bot.rendered import Rendered
from bot.views.confirmed import opened
from bot.views.forms import open_form
from bot.views.help import SubcommandHelp
from sla_engine.domain.errors import MissingArgument, UnknownCustomer
from sla_engine.domain.priorities import Priority
from sla_engine.services.board import Board
from sla_engine.services.incidents import Incidents
from sla_engine.services.opening import OpenRequest

_OPEN = SubcommandHelp(
    name="open",
    usage="open [customer] [P1…P5] [title]",
    summary="Open an incident; without words a form opens",
    who="everyone",
    examples=("/sla open", "/sla open Acme Dental P2 Printers offline at reception"),
)


class Opening:
    """How incidents begin in Slack."""

    def __init__(self, incidents: Incidents, board: Board) -> None:
        self.incidents = incidents
        self.board = board

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_OPEN, self.open),)

    def actions(self) -> Mapping[str, Listener]:
        """None."""
        return {}

    def forms(self) -> Mapping[str, Listener]:
        """The form."""
        return {ViewId.OPEN: self.submitted}

    def open(self, ask: Ask, words: list[str]) -> Answer:
        """Open from the words, or show the form."""
        customers = self.board.customers()
        if not words:
            return OpenForm(open_form(customers))
        customer = grammar.take_customer(words, customers)
        if customer is None:
            near = grammar.nearest(" ".join(words[:2]), [name.lower() for name in customers])
            raise UnknownCustomer(words[0], tuple(name for name in customers if name.lower() == near))
        if not words:
            raise MissingArgument("a priority and a title", _OPEN.usage)
        priority = grammar.choice(Priority, words.pop(0), what="priority")
        return self._open(ask, OpenRequest(customer=customer, priority=priority, title=" ".join(words)))

    def submitted(self, ask: Ask) -> Answer:
        """Open from the form."""
        found = ask.answers
        request = OpenRequest(
            customer=found["customer"],
            priority=Priority(found["priority"]),
            title=found["title"],
            link=found.get("link") or None,
        )
        return self._open(ask, request)

    def _open(self, ask: Ask, request: OpenRequest) -> Rendered:
        incident = self.incidents.open(request, by=ask.user, now=ask.now)
        return opened(incident.key, incident.customer, incident.priority.value)
