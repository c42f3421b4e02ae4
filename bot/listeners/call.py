"""`/sla call`: the card for somebody who has a customer on the phone, and its buttons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.action_ids import ActionId, ViewId
from bot.listeners import grammar
from bot.listeners.promise_questions import PromiseQuestions
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.pending_acts import CallSubject, PendingPromise, PromiseKind
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask, OpenForm, in_place
from bot.requests.zones import Zones
from bot.text import shown
from bot.views.call import (
    RecordedAct,
    call_back_form,
    call_back_promised,
    call_card,
    complaint_recorded,
    told_by_phone,
)
from bot.views.forms import OpenWords, open_form
from bot.views.help import SubcommandHelp
from bot.views.rendered import Rendered
from bot.views.suggested_lines import SuggestedLine, for_incident, offer
from bot.views.usage import USAGE
from sla_engine.domain.agreements.errors import UnknownCustomer
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.text.errors import MissingArgument
from sla_engine.domain.text.names import same_name
from sla_engine.services.incidents.phone_calls import BY_PHONE, CALL_BACK, PhoneCalls
from sla_engine.services.queries.board import Board
from sla_engine.services.queries.calls import OFFERED, CallCard, Calls
from sla_engine.services.queries.incident_names import IncidentNames

WORDS_MAX_CHARS = 60
CUSTOMER_MAX_CHARS = 200

_CALL = SubcommandHelp(
    name="call",
    usage=USAGE["call"],
    summary="A customer is on the phone: what to tell them, in their own time, to read aloud",
    who="everyone",
    examples=("/sla call acme", "/sla call INC-1042", "/sla call T-20931"),
)


@dataclass(frozen=True, slots=True)
class CallServices:
    """What the topic of calls asks: the card, the acts on it, names of incidents, and questions before promises."""

    calls: Calls
    phone: PhoneCalls
    names: IncidentNames
    questions: PromiseQuestions


class CallTopic(Topic):
    """The card to read aloud; each click on it answers with the card as it reads then."""

    def __init__(self, services: CallServices, board: Board, zones: Zones) -> None:
        self.calls = services.calls
        self.phone = services.phone
        self.names = services.names
        self.questions = services.questions
        self.board = board
        self.zones = zones

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_CALL, self.call),)

    def actions(self) -> Mapping[str, Listener]:
        """The buttons of the card, and the one elsewhere that asks for it."""
        return {
            ActionId.CALL: lambda ask: self.call(ask, grammar.words_of(ask.value)),
            ActionId.CALL_TOLD: self.told,
            ActionId.CALL_ANGRY: self.angry,
            ActionId.CALL_NEW_TICKET: self.new_ticket,
            ActionId.CALL_BACK_ASK: self.call_back,
        }

    def forms(self) -> Mapping[str, Listener]:
        """The form for the promise to call back."""
        return {ViewId.CALL_BACK: self.call_back_submitted}

    def call(self, ask: Ask, words: list[str]) -> Answer:
        """Answer with the card of the customer, or of the incident, that the words name; several are offered."""
        if not words:
            return self._offer_customers(ask)
        customers = self.board.customers()
        named = " ".join(words)
        incidents = () if len(words) > 1 or same_name(named, customers) else self.names.meant(named)
        if len(incidents) == 1:
            return call_card(self.calls.card_about(incidents[0].key, now=ask.now), now=ask.now)
        if incidents:
            why = f"More than one incident is called {shown(named, WORDS_MAX_CHARS)}. Which one?"
            return offer(why, [for_incident(["call", one.key], one) for one in incidents], asked=ask.request)
        fitting = self.calls.customers_meant(named)
        if len(fitting) > 1:
            return _offer(f"Which customer? {shown(named, WORDS_MAX_CHARS)} fits these.", fitting, ask)
        return call_card(self.calls.card(fitting[0], now=ask.now), now=ask.now)

    def told(self, ask: Ask) -> Answer:
        """Record that the customer was told just now about the incidents that were read aloud."""
        subject = CallSubject.read(ask.value)
        _first_key(subject)
        told = self.phone.told(subject.keys, by=ask.user, now=ask.now)
        return self._again(ask, subject, told_by_phone(told.keys, closed=told.closed))

    def angry(self, ask: Ask) -> Answer:
        """Record that the customer complained; their manager is told."""
        subject = CallSubject.read(ask.value)
        complained = self.phone.complain(_first_key(subject), by=ask.user, now=ask.now)
        card = self._card_of(ask, subject)
        sentence = complaint_recorded(complained.key, manager=card.hears_complaints, by=ask.user)
        return _in_place(ask, call_card(card, now=ask.now, recorded=RecordedAct(sentence, ask.request)))

    def new_ticket(self, ask: Ask) -> Answer:
        """Show the form for a new incident, with the customer filled in."""
        customers = self.board.customers_to_open_for(by=ask.user, now=ask.now)
        return OpenForm(open_form(customers, OpenWords(customer=CallSubject.read(ask.value).customer)))

    def call_back(self, ask: Ask) -> Answer:
        """Ask when the customer is called back."""
        subject = CallSubject.read(ask.value)
        key = _first_key(subject)
        incident = self.board.for_form(key, action=Action.UPDATE, by=ask.user, now=ask.now)
        return OpenForm(call_back_form(subject, incident.key, customer=incident.customer, title=incident.title))

    def call_back_submitted(self, ask: Ask) -> Answer:
        """Record the promise to call back; one that lies beyond what is due before is asked about first."""
        subject = CallSubject.read(ask.value)
        at = grammar.moment(ask.answers["when"], zone=self.zones.of(ask), now=ask.now)
        key = _first_key(subject)
        pending = PendingPromise(kind=PromiseKind.UPDATE, key=key, until=at, text=CALL_BACK, how=BY_PHONE)
        question = self.questions.before(ask, pending)
        if question is not None:
            return question
        self.phone.promise_call_back(key, at=at, by=ask.user, now=ask.now)
        return self._again(ask, subject, call_back_promised(key, at=at))

    def _again(self, ask: Ask, subject: CallSubject, sentence: str) -> Answer:
        card = self._card_of(ask, subject)
        return _in_place(ask, call_card(card, now=ask.now, recorded=RecordedAct(sentence, ask.request)))

    def _card_of(self, ask: Ask, subject: CallSubject) -> CallCard:
        """The card as it reads now, about the incident that it was asked for, or about the customer."""
        if subject.about:
            return self.calls.card_about(subject.about, now=ask.now)
        return self.calls.card(subject.customer, now=ask.now)

    def _offer_customers(self, ask: Ask) -> Answer:
        """Offer the customers with something open, the one with the least time left first."""
        listed = self.board.everything(now=ask.now).incidents
        customers = tuple(dict.fromkeys(incident.customer for incident in listed))[:OFFERED]
        if not customers:
            raise MissingArgument("customer", _CALL.usage)
        return _offer("Who is on the phone? These have something open, the least time left first.", customers, ask)


def _offer(why: str, customers: Sequence[str], ask: Ask) -> Rendered:
    lines = [
        SuggestedLine(f"call {customer}", f"*{shown(customer, CUSTOMER_MAX_CHARS)}*", f"Call: {customer}")
        for customer in customers
    ]
    return offer(why, lines, asked=ask.request)


def _in_place(ask: Ask, card: Rendered) -> Answer:
    """The card in place of the one that was clicked on."""
    return in_place(ask, card, rows=("answer",))


def _first_key(subject: CallSubject) -> str:
    """The incident that was read aloud first.

    Raises: UnknownCustomer when none was.
    """
    if not subject.keys:
        raise UnknownCustomer(subject.customer)
    return subject.keys[0]
