"""`/sla open`: opens an incident from one line, or through a form."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

from bot.action_ids import SearchId, ViewId
from bot.listeners import grammar
from bot.listeners.act_answers import ActAnswers
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.refusal_sentences import explain
from bot.requests.listener import Listener, Search
from bot.requests.request import Answer, Ask, OpenForm
from bot.views.confirmations import opened
from bot.views.forms import OpenWords, customer_options, open_form
from bot.views.help import SubcommandHelp
from bot.views.parts import Block, menu_value
from bot.views.usage import USAGE
from sla_engine.domain.agreements.errors import UnknownCustomer
from sla_engine.domain.incidents.priorities import Level, Priority
from sla_engine.domain.text.errors import MissingArgument, UnknownChoice
from sla_engine.domain.text.names import folded
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.incidents.open import OpenRequest
from sla_engine.services.queries.board import Board

_Choice = TypeVar("_Choice", bound=StrEnum)

_LIKE_PRIORITY = re.compile(r"p[0-9]+", re.IGNORECASE)
_OPEN = SubcommandHelp(
    name="open",
    usage=USAGE["open"],
    summary="Open an incident; without words a form opens",
    who="everyone",
    examples=(
        "/sla open",
        "/sla open Acme Dental P2 Printers offline at reception",
        "/sla open Acme Dental impact high urgency medium site Brooklyn Nobody can print",
    ),
)


class OpeningTopic(Topic):
    """Opens incidents from Slack."""

    def __init__(self, incidents: Incidents, board: Board, answers: ActAnswers) -> None:
        self.incidents = incidents
        self.answers = answers
        self.board = board

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_OPEN, self.open),)

    def forms(self) -> Mapping[str, Listener]:
        """The form for a new incident."""
        return {ViewId.OPEN: self.submitted}

    def searches(self) -> Mapping[str, Search]:
        """The search for a customer, for lists that a menu cannot hold."""
        return {SearchId.CUSTOMER: self._search}

    def open(self, ask: Ask, words: list[str]) -> Answer:
        """Open from the words, or show the form."""
        customers = self.board.customers_to_open_for(by=ask.user, now=ask.now)
        if not words:
            return OpenForm(open_form(customers))
        typed, complaint = self._understood(ask, list(words), customers)
        has_priority = typed.priority is not None or (typed.impact is not None and typed.urgency is not None)
        if complaint or typed.customer is None or not typed.title or not has_priority:
            return OpenForm(open_form(customers, typed, complaint=complaint))
        request = OpenRequest(
            customer=typed.customer,
            priority=typed.priority,
            impact=typed.impact,
            urgency=typed.urgency,
            site=typed.site,
            service=typed.service,
            title=typed.title,
        )
        return self._open(ask, request)

    def submitted(self, ask: Ask) -> Answer:
        """Open from the form."""
        fields = ask.answers
        request = OpenRequest(
            customer=self._customer(fields["customer"]),
            priority=_chosen(Priority, fields.get("priority"), what="priority"),
            impact=_chosen(Level, fields.get("impact"), what="impact"),
            urgency=_chosen(Level, fields.get("urgency"), what="urgency"),
            title=fields["title"],
            site=fields.get("site", ""),
            service=fields.get("service", ""),
            link=fields.get("link") or None,
        )
        return self._open(ask, request)

    def _understood(self, ask: Ask, words: list[str], customers: Sequence[str]) -> tuple[OpenWords, str]:
        """What was typed, customer first and title last, and a complaint about what is unclear; no word is lost.

        Raises: SeveralNamed.
        """
        customer = grammar.take_name(words, customers, what="customer")
        if customer is None:
            return OpenWords(title=" ".join(words)), explain(_unknown_customer(words, customers))
        priority = grammar.take_known_priority(words)
        try:
            return self._details(ask, list(words), OpenWords(customer=customer, priority=priority)), ""
        except (MissingArgument, UnknownChoice) as refusal:
            return OpenWords(customer=customer, priority=priority, title=" ".join(words)), explain(refusal)

    def _details(self, ask: Ask, words: list[str], typed: OpenWords) -> OpenWords:
        """Impact and urgency, then site and service where they are named, then the title.

        Raises: MissingArgument, UnknownChoice.
        """
        levels = grammar.take_levels(words, usage=_OPEN.usage)
        places = self.incidents.places(typed.customer or "", now=ask.now)
        site = grammar.take_named(words, "site", places.sites)
        service = grammar.take_named(words, "service", places.services)
        site = site or grammar.take_named(words, "site", places.sites)
        if places.sites and not site and len(words) > 1 and words[0].lower() == "site":
            raise UnknownChoice("site", words[1], places.sites)
        if typed.priority is None and not levels and words and _LIKE_PRIORITY.fullmatch(words[0]):
            raise UnknownChoice("priority", words[0], tuple(Priority))
        return replace(
            typed,
            impact=levels.get("impact"),
            urgency=levels.get("urgency"),
            site=site or "",
            service=service or "",
            title=" ".join(words),
        )

    def _search(self, ask: Ask) -> list[Block]:
        return customer_options(self.board.customers_to_open_for(by=ask.user, now=ask.now), ask.value)

    def _customer(self, chosen: str) -> str:
        """The customer behind a menu's value."""
        return next((name for name in self.board.customers() if menu_value(name) == chosen), chosen)

    def _open(self, ask: Ask, request: OpenRequest) -> Answer:
        incident = self.incidents.open(request, by=ask.user, now=ask.now)
        return self.answers.after(ask, incident.key, opened)


def _chosen(kind: type[_Choice], value: str | None, *, what: str) -> _Choice | None:
    return grammar.choice(kind, value, what=what) if value else None


def _unknown_customer(words: Sequence[str], customers: Sequence[str]) -> UnknownCustomer:
    """The refusal of words that begin with no customer, with the one that looks most like them."""
    by_folded = {folded(name): name for name in customers}
    near = grammar.nearest(folded(" ".join(words[:2])), tuple(by_folded))
    return UnknownCustomer(words[0], (by_folded[near],) if near else ())
