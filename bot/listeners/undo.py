"""`/sla undo` and the *Undo* button of an answer: takes back what somebody did a moment ago."""

from collections.abc import Mapping, Sequence

from bot.action_ids import ActionId
from bot.listeners import grammar
from bot.listeners.act_answers import ActAnswers
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask
from bot.views.help import SubcommandHelp
from bot.views.rendered import Rendered
from bot.views.undo import undone
from bot.views.usage import USAGE
from sla_engine.services.incidents.undo import Undo, UndoneAct

_UNDO = SubcommandHelp(
    name="undo",
    usage=USAGE["undo"],
    summary="Take back what you did last, for five minutes; what you did to many at once, for fifteen",
    who="everyone",
    examples=("/sla undo", "/sla undo INC-1042"),
)


class UndoTopic(Topic):
    """Undoes acts; an undoing itself cannot be undone."""

    def __init__(self, undo: Undo, answers: ActAnswers) -> None:
        self.undo = undo
        self.answers = answers

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_UNDO, self.undo_last),)

    def actions(self) -> Mapping[str, Listener]:
        """The button of an answer; its value is the name of the request to undo."""
        return {ActionId.UNDO: self.clicked}

    def undo_last(self, ask: Ask, words: list[str]) -> Answer:
        """Undo the last act of whoever asks, or their last one on an incident."""
        key = grammar.take_only_key(words, usage=_UNDO.usage) if words else None
        return self._answer(ask, self.undo.undo_last(by=ask.user, now=ask.now, key=key))

    def clicked(self, ask: Ask) -> Answer:
        """Undo what the button belongs to; the answer it belonged to gives way, and a card or list is refreshed."""
        answer = self._answer(ask, self.undo.undo(ask.value, by=ask.user, now=ask.now))
        return self.answers.where_asked(ask, answer)

    def _answer(self, ask: Ask, act: UndoneAct) -> Rendered:
        incidents = act.incidents
        standing = self.answers.board.show(incidents[0].key, now=ask.now).summary if len(incidents) == 1 else None
        return undone(act, asked_by=ask.user, standing=standing, reader=self.answers.reader(ask))
