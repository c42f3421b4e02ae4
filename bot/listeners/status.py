"""`status`, `show`, `why`, and their buttons; they change nothing."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from bot.action_ids import ActionId
from bot.listeners import grammar
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask, in_place
from bot.requests.zones import Zones
from bot.views.card import CARD_ROWS, incident_card
from bot.views.help import SubcommandHelp
from bot.views.rendered import Rendered
from bot.views.status import status_message
from bot.views.usage import USAGE
from bot.views.why import why_for_the_customer, why_message
from sla_engine.domain.incidents.incident_filter import IncidentFilter
from sla_engine.domain.text.errors import ExtraWords, SeveralNamed
from sla_engine.domain.text.names import names_with_part
from sla_engine.domain.time.durations import short
from sla_engine.parsing.status_words import StatusWords, status_words
from sla_engine.services.queries.board import Board, StatusList
from sla_engine.services.queries.explain import Explanations

_STATUS = SubcommandHelp(
    name="status",
    usage=USAGE["status"],
    summary="Open incidents, least time left first",
    who="everyone",
    examples=(
        "/sla status",
        "/sla status all",
        "/sla status Acme Dental",
        "/sla status @dana",
        "/sla status P1 overdue",
    ),
)
_SHOW = SubcommandHelp(
    name="show",
    usage=USAGE["show"],
    summary="Everything about one incident, with its buttons",
    who="everyone",
    examples=("/sla show INC-1042",),
)
_WHY = SubcommandHelp(
    name="why",
    usage=USAGE["why"],
    summary="How each clock came to what it says, row by row; redacted, a text to copy for the customer",
    who="everyone",
    examples=("/sla why INC-1042", "/sla why INC-1042 redacted"),
)


class ExplanationForm(StrEnum):
    """Other forms of an explanation."""

    REDACTED = "redacted"


class StatusTopic(Topic):
    """Questions about incidents, answered privately."""

    def __init__(self, board: Board, explanations: Explanations, zones: Zones) -> None:
        self.board = board
        self.explanations = explanations
        self.zones = zones

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (
            Subcommand(_STATUS, self.status),
            Subcommand(_SHOW, lambda ask, words: self.show(ask, grammar.take_only_key(words, usage=_SHOW.usage))),
            Subcommand(_WHY, self._why),
        )

    def actions(self) -> Mapping[str, Listener]:
        """Buttons answered here."""
        return {
            ActionId.SHOW: self._shown,
            ActionId.WHY: lambda ask: self.why(ask, ask.value),
            ActionId.OPEN_LINK: lambda _: None,
        }

    def status(self, ask: Ask, words: list[str]) -> Answer:
        """List incidents by time left; an incident's key shows that incident."""
        if words and grammar.looks_like_key(words[0]):
            return self.show(ask, words[0])
        return self.listed(ask, words)

    def listed(self, ask: Ask, words: list[str]) -> Rendered:
        """List the incidents that fit these words, by time left."""
        return status_message(self._listed(ask, words), now=ask.now, asked=" ".join(words))

    def show(self, ask: Ask, key: str) -> Rendered:
        """Show one incident in full."""
        return incident_card(self.board.show(key, now=ask.now), now=ask.now)

    def _shown(self, ask: Ask) -> Answer:
        """Show an incident by a button; a card is replaced by the fresh one."""
        return in_place(ask, self.show(ask, ask.value), rows=CARD_ROWS)

    def why(self, ask: Ask, key: str) -> Rendered:
        """Show the ledgers of one incident."""
        return why_message(self.explanations.why(key, now=ask.now), zone=self.zones.of(ask))

    def _why(self, ask: Ask, words: list[str]) -> Answer:
        key = grammar.take_key(words, usage=_WHY.usage)
        form = words.pop(0) if words else ""
        grammar.no_more(words)
        if form and grammar.choice(ExplanationForm, form, what="form") is ExplanationForm.REDACTED:
            return why_for_the_customer(self.explanations.why(key, now=ask.now))
        return self.why(ask, key)

    def _listed(self, ask: Ask, words: list[str]) -> StatusList:
        if not words:
            return self.board.mine(ask.user, now=ask.now)
        customer, others = grammar.find_customer(words, self.board.customers())
        asked = status_words(others) if others else StatusWords()
        person, left = grammar.find_person(asked.names, self.board.msp())
        if left and person is not None and grammar.is_person(left[0]):
            raise ExtraWords(" ".join(left))
        if left:
            person, customer = self._named(ask, " ".join(left), person, customer)
        mine = ask.user if asked.is_mine else None
        wanted = IncidentFilter(
            owner=mine if person is None else person.slack_id,
            customer=customer,
            priorities=asked.priorities,
            conditions=asked.conditions,
            due_within=asked.due_within,
        )
        return self.board.listed(wanted, now=ask.now, scope=_scope(asked, person, customer))

    def _named(
        self, ask: Ask, part: str, person: grammar.NamedPerson | None, customer: str | None
    ) -> tuple[grammar.NamedPerson | None, str | None]:
        """The person or the customer that words of no other kind mean; a person may be named without an @.

        Raises: SeveralNamed when they fit more than one, UnknownCustomer when they fit none.
        """
        customers = names_with_part(part, self.board.customers()) if customer is None else ()
        people = self.board.msp().called(part) if person is None else ()
        if len(customers) + len(people) > 1:
            fits = [(colleague.name, f"@{colleague.login or colleague.slack_id}") for colleague in people]
            fits += [(name, name) for name in customers]
            kinds = [*(["person"] if people else []), *(["customer"] if customers else [])]
            raise SeveralNamed(" or ".join(kinds), part, tuple(fits))
        if people:
            return grammar.NamedPerson(people[0].slack_id, people[0].name), customer
        return person, self.board.customer_named(customers[0] if customers else part, now=ask.now)


def _scope(asked: StatusWords, person: grammar.NamedPerson | None, customer: str | None) -> str:
    """What a list is of, in the words of its headline."""
    parts = [
        *([person.name] if person else ["mine"] if asked.is_mine else []),
        *([customer] if customer else []),
        *(priority.value for priority in asked.priorities),
        *(condition.value for condition in asked.conditions),
        *([f"due within {short(asked.due_within)}"] if asked.due_within else []),
    ]
    return ", ".join(parts) or "all"
