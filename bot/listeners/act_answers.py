"""Answers an act from the state of its incident afterwards, read anew: what was understood, and what is due now.

The answer to a button in a private message takes that message's place, so that a card or a list never shows what is no
longer so.
"""

from collections.abc import Callable

from bot.requests.request import Ask, Refreshed, in_place
from bot.requests.zones import Zones
from bot.views.card import CARD_ROWS, incident_card
from bot.views.confirmations import ANSWER_ROWS, above, act_answer
from bot.views.parts import BLOCK_ID_MAX_CHARS, Block
from bot.views.reader import Reader
from bot.views.rendered import Rendered
from bot.views.status import LIST_ROW
from bot.views.suggested_lines import LINE_ROWS
from bot.views.undo import undo_button
from sla_engine.domain.errors import SlaError
from sla_engine.domain.text.plain_text import utf16_units
from sla_engine.services.queries.board import Board, IncidentSummary

ActSentence = Callable[[IncidentSummary, Reader], Rendered]
"""Says how an incident stands after an act."""
Lister = Callable[[Ask, list[str]], Rendered]
"""Lists open incidents by the words of `/sla status`."""


class ActAnswers:
    """Makes the answers to acts; nothing here changes anything."""

    def __init__(self, board: Board, zones: Zones, lister: Lister) -> None:
        self.board = board
        self.zones = zones
        self.lister = lister

    def reader(self, ask: Ask) -> Reader:
        """Whoever asks, as the reader of the answer."""
        return Reader(zone=self.zones.of(ask), now=ask.now)

    def after(self, ask: Ask, key: str, sentence: ActSentence, *, change: Block | None = None) -> Rendered | Refreshed:
        """Say how the incident stands after the act that was asked for; a card or list it was asked in is refreshed.

        `change` is the button that opens the act's form with what was just done.
        Raises: UnknownIncident.
        """
        incident = self.board.show(key, now=ask.now).summary
        row = _answer_row(key, ask.place.private_row)
        buttons = [undo_button(ask.request), *([] if change is None else [change])]
        answer = act_answer(sentence(incident, self.reader(ask)), incident, buttons, row=row)
        return self.where_asked(ask, answer)

    def plainly(self, ask: Ask, key: str, sentence: ActSentence) -> Rendered | Refreshed:
        """The same without *Undo*, for an act that cannot be taken back."""
        incident = self.board.show(key, now=ask.now).summary
        return self.where_asked(
            ask, act_answer(sentence(incident, self.reader(ask)), incident, [], row=f"answer:{key}")
        )

    def where_asked(self, ask: Ask, answer: Rendered) -> Rendered | Refreshed:
        """The answer in place of the private question or answer it was asked in, above a card or list, else alone."""
        row, _, rest = ask.place.private_row.partition(":")
        if row not in (*CARD_ROWS, LIST_ROW):
            return in_place(ask, answer, rows=(*ANSWER_ROWS, *LINE_ROWS))
        try:
            message = self._card(ask, rest) if row in CARD_ROWS else self.lister(ask, rest.partition(":")[2].split())
        except SlaError:  # what was shown cannot be made any more
            return Refreshed(answer)
        return Refreshed(above(answer, message))

    def _card(self, ask: Ask, key: str) -> Rendered:
        return incident_card(self.board.show(key, now=ask.now), now=ask.now)


def _answer_row(key: str, asked_in: str) -> str:
    """The block id of an answer's buttons: above a card or list it says so, so that they refresh it as well."""
    row, _, rest = asked_in.partition(":")
    if row in CARD_ROWS:
        return f"card-answer:{rest}"
    of_list = f"{LIST_ROW}:{key}, answer:{rest.partition(':')[2]}"
    return of_list if row == LIST_ROW and utf16_units(of_list) <= BLOCK_ID_MAX_CHARS else f"answer:{key}"
