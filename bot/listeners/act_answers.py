"""Answers an act from the state of its incident afterwards, read anew: what was understood, and what is due now.

The answer to a button in a private message takes that message's place, so that a card or a list never shows what is no
longer so.
"""

from collections.abc import Callable

from bot.requests.request import Ask, Refreshed, in_place
from bot.requests.zones import Zones
from bot.views.card import CARD_ROWS, incident_card
from bot.views.confirmations import ANSWER_ROWS, above, act_answer
from bot.views.reader import Reader
from bot.views.rendered import Rendered
from bot.views.status import LIST_ROW
from bot.views.suggested_lines import LINE_ROWS
from bot.views.undo import undo_button
from sla_engine.domain.errors import SlaError
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

    def after(self, ask: Ask, key: str, sentence: ActSentence) -> Rendered | Refreshed:
        """Say how the incident stands after the act that was asked for; a card or list it was asked in is refreshed.

        Raises: UnknownIncident.
        """
        detail = self.board.show(key, now=ask.now)
        answer = act_answer(sentence(detail.summary, self.reader(ask)), detail.summary, [undo_button(ask.request)])
        row, _, rest = ask.place.private_row.partition(":")
        if row in CARD_ROWS:
            return Refreshed(above(answer, incident_card(detail, now=ask.now)))
        if row == LIST_ROW:
            return Refreshed(self._above_list(answer, ask, rest.partition(":")[2]))
        return in_place(ask, answer, rows=(*ANSWER_ROWS, *LINE_ROWS))

    def after_click(self, ask: Ask, key: str, sentence: ActSentence) -> Rendered | Refreshed | None:
        """The same for a button of a channel's message that shows by itself what was done: there, nothing is said."""
        return self.after(ask, key, sentence) if ask.place.private_row else None

    def _above_list(self, answer: Rendered, ask: Ask, asked: str) -> Rendered:
        """The answer above the list it was asked in; alone where that list cannot be made any more."""
        try:
            return above(answer, self.lister(ask, asked.split()))
        except SlaError:
            return answer
