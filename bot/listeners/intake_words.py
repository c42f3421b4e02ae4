"""`/sla words`: gives meanings to the words of ticket systems that have none yet."""

from collections.abc import Mapping, Sequence
from functools import partial

from bot.action_ids import ActionId
from bot.errors import NothingChosen
from bot.listeners import grammar
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask
from bot.views.help import SubcommandHelp
from bot.views.usage import USAGE
from bot.views.word_questions import BLOCK_PREFIX, MEANING_OF, word_list, word_settled
from sla_engine.domain.text.errors import MissingArgument
from sla_engine.services.intake.words import IntakeWords
from sla_engine.services.queries.board import Board

LONGEST_NUMBER = 9  # digits

_WORDS = SubcommandHelp(
    name="words",
    usage=USAGE["words"],
    summary="Words of your ticket systems that nobody has given a meaning; say what one means: working, customer, "
    "vendor, parts, scheduled, maintenance, other, done, nothing; P1 to P5; @user or nobody",
    who="dispatcher",
    examples=("/sla words", "/sla words 3 customer", "/sla words 4 P1", "/sla words 5 @tom"),
)


class IntakeWordsTopic(Topic):
    """Questions about words, each asked once; an answer holds for everybody."""

    def __init__(self, words: IntakeWords, board: Board) -> None:
        self.words = words
        self.board = board

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_WORDS, self.listed),)

    def actions(self) -> Mapping[str, Listener]:
        """The answers to a question; each edits that question."""
        buttons = (
            ActionId.WORD_WORKING, ActionId.WORD_CUSTOMER, ActionId.WORD_VENDOR, ActionId.WORD_DONE,
            ActionId.WORD_NOTHING, ActionId.WORD_P1, ActionId.WORD_P2, ActionId.WORD_P3, ActionId.WORD_P4,
            ActionId.WORD_P5, ActionId.WORD_NOBODY,
        )  # fmt: skip
        return {button: partial(self._clicked, MEANING_OF[button]) for button in buttons} | {
            ActionId.WORD_PERSON: self._chose_person
        }

    def listed(self, ask: Ask, words: list[str]) -> Answer:
        """List the words that wait for a meaning, or record the meaning of one."""
        if not words:
            return word_list(self.words.waiting(by=ask.user, now=ask.now))
        number, meaning = _number(words[0]), " ".join(words[1:])
        if not meaning:
            raise MissingArgument("what it means", _WORDS.usage)
        if grammar.is_person(meaning):
            meaning = grammar.person(meaning, self.board.msp())
        word = self.words.answer(number, meaning=meaning, by=ask.user, now=ask.now)
        return word_settled(word.said_word, word.meaning or meaning)

    def _clicked(self, meaning: str, ask: Ask) -> Answer:
        self.words.answer(_number(ask.value), meaning=meaning, by=ask.user, now=ask.now)
        return None

    def _chose_person(self, ask: Ask) -> Answer:
        number = _number(ask.block_id.removeprefix(BLOCK_PREFIX))
        if not ask.value:
            raise NothingChosen("person")
        self.words.answer(number, meaning=ask.value, by=ask.user, now=ask.now)
        return None


def _number(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) <= LONGEST_NUMBER):
        raise MissingArgument("the number of a line in `/sla words`", _WORDS.usage)
    return int(word)
