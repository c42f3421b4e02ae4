"""`/sla triage`: lists what waits for triage; by words and by buttons it is placed, put aside, or left to wait."""

from collections.abc import Mapping, Sequence

from bot.action_ids import ActionId, ViewId
from bot.errors import FromAnotherVersion
from bot.listeners import grammar
from bot.listeners.act_answers import ActAnswers
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask, OpenForm, Refreshed
from bot.views.confirmations import above
from bot.views.help import SubcommandHelp
from bot.views.parts import menu_value
from bot.views.rendered import Rendered
from bot.views.triage import (
    ALWAYS_ROW,
    LIST_ROWS,
    name_forgotten,
    new_customer,
    place_form,
    placed,
    put_aside,
    triage_list,
)
from bot.views.usage import USAGE
from sla_engine.domain.text.errors import MissingArgument
from sla_engine.services.intake.triage_list import PlacedTicket, TriageList

_TRIAGE = SubcommandHelp(
    name="triage",
    usage=USAGE["triage"],
    summary="What came in for a customer nobody knows; open it for one, let it wait for an agreement, or put it aside",
    who="dispatcher",
    examples=("/sla triage", "/sla triage 3 Acme Dental", "/sla triage 3 new", "/sla triage 3 aside"),
)


class TriageTopic(Topic):
    """The triage list; an item leaves it only when somebody decides."""

    def __init__(self, waiting: TriageList, answers: ActAnswers) -> None:
        self.waiting = waiting
        self.answers = answers
        self.board = answers.board

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_TRIAGE, self.triage),)

    def actions(self) -> Mapping[str, Listener]:
        """The buttons and menus of the list and of the message; a box that is ticked waits for the choice."""
        return {
            ActionId.TRIAGE_SUGGESTED: self.suggested,
            ActionId.TRIAGE_PLACE: lambda ask: self._place(ask, _number(ask.block_id.partition(":")[2]), ask.value),
            ActionId.TRIAGE_CHOOSE: self.choose,
            ActionId.TRIAGE_NEW: lambda ask: self._wait(ask, _number(ask.value)),
            ActionId.TRIAGE_ASIDE: lambda ask: self._put_aside(ask, _number(ask.value)),
            ActionId.TRIAGE_ALWAYS: lambda _: None,
            ActionId.TRIAGE_FORGET: self.forget,
        }

    def forms(self) -> Mapping[str, Listener]:
        """The form in which a customer is found by typing."""
        return {ViewId.TRIAGE_PLACE: self.chosen}

    def triage(self, ask: Ask, words: list[str]) -> Answer:
        """Answer with the list, or decide on one item of it."""
        if not words:
            return triage_list(self.waiting.overview(by=ask.user, now=ask.now))
        number, where = grammar.number(words[0]), " ".join(words[1:])
        if number is None:
            raise MissingArgument("the number of a line in `/sla triage`", _TRIAGE.usage)
        match where.lower():
            case "":
                raise MissingArgument("a customer, “new” or “aside”", _TRIAGE.usage)
            case "aside":
                return self._put_aside(ask, number)
            case "new":
                return self._wait(ask, number)
            case _:
                return self._place(ask, number, grammar.the_one_named(where, self.board.customers(), what="customer"))

    def suggested(self, ask: Ask) -> Answer:
        """Place an item with the customer whose name is likest."""
        number, _, customer = ask.value.partition(" ")
        return self._place(ask, _number(number), customer)

    def choose(self, ask: Ask) -> Answer:
        """Show the form in which a customer is found by typing."""
        line = self.waiting.line(_number(ask.value), by=ask.user, now=ask.now)
        return OpenForm(place_form(line, self.board.customers()))

    def chosen(self, ask: Ask) -> Answer:
        """Place an item with the customer of the form."""
        return self._place(ask, _number(ask.value), ask.answers["customer"], always=bool(ask.answers.get("always")))

    def forget(self, ask: Ask) -> Answer:
        """Let a name mean nobody any more."""
        names = self.waiting.overview(by=ask.user, now=ask.now).names
        name = next((kept.name for kept in names if menu_value(kept.name) == ask.value), ask.value)
        self.waiting.forget_name(name, by=ask.user, now=ask.now)
        return self._where_asked(ask, name_forgotten(name, request=ask.request))

    def _place(self, ask: Ask, number: int, chosen: str, *, always: bool = False) -> Answer:
        customer = next((name for name in self.board.customers() if menu_value(name) == chosen), chosen)
        is_ticked = always or bool(ask.answers.get(f"{ALWAYS_ROW}:{number}"))
        if is_ticked:
            ticket = self.waiting.place_for_good(number, customer=customer, by=ask.user, now=ask.now)
        else:
            ticket = PlacedTicket(incident=self.waiting.place(number, customer=customer, by=ask.user, now=ask.now))
        incident = self.board.show(ticket.incident.key, now=ask.now).summary
        answer = placed(ticket, incident, self.answers.reader(ask), request=ask.request)
        return self._where_asked(ask, answer)

    def _put_aside(self, ask: Ask, number: int) -> Answer:
        line = self.waiting.put_aside(number, by=ask.user, now=ask.now)
        return self._where_asked(ask, put_aside(line, request=ask.request))

    def _wait(self, ask: Ask, number: int) -> Answer:
        line = self.waiting.wait_for_agreement(number, by=ask.user, now=ask.now)
        return self._where_asked(ask, new_customer(line, request=ask.request))

    def _where_asked(self, ask: Ask, answer: Rendered) -> Answer:
        """The answer; above the list as it reads now, in place of the private list it was asked in."""
        if ask.place.private_row.partition(":")[0] not in LIST_ROWS:
            return answer
        return Refreshed(above(answer, triage_list(self.waiting.overview(by=ask.user, now=ask.now))))


def _number(word: str) -> int:
    """The number of an item that a button carries.

    Raises: FromAnotherVersion.
    """
    number = grammar.number(word)
    if number is None:
        raise FromAnotherVersion("value")
    return number
