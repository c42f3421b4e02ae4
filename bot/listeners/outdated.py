"""Buttons that another version of this program drew: they change nothing, and show the incident as it is now."""

import re

from bot.errors import FromAnotherVersion
from bot.refusal_sentences import explain
from bot.requests.request import Answer, Ask, in_place
from bot.views.card import CARD_ROWS, incident_card
from bot.views.confirmations import above
from bot.views.rendered import Rendered
from sla_engine.domain.incidents.errors import UnknownIncident
from sla_engine.services.queries.board import Board

_KEY = re.compile(r"\bINC-[0-9]{1,12}\b")


class OutdatedButtons:
    """Answers a button that has no listener in this version."""

    def __init__(self, board: Board) -> None:
        self.board = board

    def answer(self, ask: Ask) -> Answer:
        """Say that the button is of another version, with the card of the incident it was about.

        Raises: FromAnotherVersion where it was about no incident of ours.
        """
        refusal = FromAnotherVersion("button")
        named = _KEY.search(ask.value)
        if named is None:
            raise refusal
        try:
            card = incident_card(self.board.show(named[0], now=ask.now), now=ask.now)
        except UnknownIncident:
            raise refusal from None
        return in_place(ask, above(Rendered(explain(refusal)), card), rows=CARD_ROWS)
