"""Answers an act from the state of its incident afterwards, read anew: what was understood, and what is due now."""

from collections.abc import Callable

from bot.requests.request import Ask
from bot.requests.zones import Zones
from bot.views.confirmations import act_answer
from bot.views.reader import Reader
from bot.views.rendered import Rendered
from bot.views.undo import undo_button
from sla_engine.services.queries.board import Board, IncidentSummary

ActSentence = Callable[[IncidentSummary, Reader], Rendered]
"""Says how an incident stands after an act."""


class ActAnswers:
    """Makes the answers to acts; nothing here changes anything."""

    def __init__(self, board: Board, zones: Zones) -> None:
        self.board = board
        self.zones = zones

    def reader(self, ask: Ask) -> Reader:
        """Whoever asks, as the reader of the answer."""
        return Reader(zone=self.zones.of(ask), now=ask.now)

    def after(self, ask: Ask, key: str, sentence: ActSentence) -> Rendered:
        """Say how the incident stands after the act that was asked for.

        Raises: UnknownIncident.
        """
        incident = self.board.show(key, now=ask.now).summary
        return act_answer(sentence(incident, self.reader(ask)), incident, [undo_button(ask.request)])
