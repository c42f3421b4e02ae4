"""Words of ticket systems that nobody has given a meaning: the question with its answers, and the list of open ones."""

from collections.abc import Sequence

from bot.action_ids import ActionId
from bot.text import mention, moment, shown
from bot.views.parts import Block, actions, button, people_menu, section, sections
from bot.views.rendered import Rendered
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.word_meanings import (
    DONE,
    NOBODY,
    NOTHING,
    WORKING,
    ReportedWord,
    WordKind,
    meaning_label,
)
from sla_engine.notifications.notices import WordMessage
from sla_engine.services.intake.words import AskedWord

WORD_MAX_CHARS = 200
BLOCK_PREFIX = "word:"
"""Begins the block id of the buttons, before the word's number: a menu of people has no value of its own."""

_CHOICES = {
    WordKind.STATUS: {
        ActionId.WORD_WORKING: ("We are working", WORKING),
        ActionId.WORD_CUSTOMER: ("Waiting for the customer", "customer"),
        ActionId.WORD_VENDOR: ("Waiting for a vendor", "vendor"),
        ActionId.WORD_DONE: ("Done", DONE),
        ActionId.WORD_NOTHING: ("It means nothing", NOTHING),
    },
    WordKind.PRIORITY: {
        ActionId.WORD_P1: ("P1", Priority.P1.value),
        ActionId.WORD_P2: ("P2", Priority.P2.value),
        ActionId.WORD_P3: ("P3", Priority.P3.value),
        ActionId.WORD_P4: ("P4", Priority.P4.value),
        ActionId.WORD_P5: ("P5", Priority.P5.value),
        ActionId.WORD_NOTHING: ("It means nothing", NOTHING),
    },
    WordKind.PERSON: {ActionId.WORD_NOBODY: ("Nobody", NOBODY)},
}
MEANING_OF = {action: meaning for choices in _CHOICES.values() for action, (_, meaning) in choices.items()}
"""The meaning that each button gives."""

_UNTIL_THEN = {
    WordKind.STATUS: "Until then it changes no clock.",
    WordKind.PRIORITY: "Until then such an incident has its agreement’s priority for medium impact and urgency.",
    WordKind.PERSON: "Until then the name is shown, and the dispatcher is asked instead.",
}
_HINT = "Answer one with `/sla words 3 customer`; everything it can mean is in `/sla help words`."


def word_question(asked: WordMessage) -> Rendered:
    """The question about a word, with its answers; once it is answered, who said what it means."""
    kind = WordKind(asked.kind)
    if asked.meaning is not None:
        line = _answered(asked, kind, asked.meaning)
        return Rendered(text=line, blocks=[section([line])])
    called = " ".join(mention(person) for person in asked.mention)
    first = f":raised_hand: {_question(asked.intake, ReportedWord(kind, asked.word), asked.count)} {called}".rstrip()
    blocks = [section([first, _UNTIL_THEN[kind]]), actions(_buttons(asked, kind), block_id=_block_id(asked.number))]
    return Rendered(text=f"{first}\n{_UNTIL_THEN[kind]}", blocks=blocks)


def word_list(waiting: Sequence[AskedWord]) -> Rendered:
    """The words that wait for a meaning, one line each, with what to type next."""
    if not waiting:
        return Rendered("Every word of your ticket systems has a meaning.")
    lines = [
        f"*{asked.word.number}* · {_question(asked.word.intake, asked.word.said_word, asked.count)}"
        for asked in waiting
    ]
    title = "*Words without a meaning*"
    listed = sections(lines, hint="they move up as these get a meaning")
    return Rendered("\n".join([title, _HINT, *lines]), [section([title]), *listed, section([_HINT])])


def word_settled(word: ReportedWord, meaning: str) -> Rendered:
    """Confirm the meaning that was typed for a word."""
    return Rendered(
        f"“{shown(word.word, WORD_MAX_CHARS)}” means *{_meaning(word.kind, meaning)}* from now on, "
        "and for what was kept, each at its own time."
    )


def _question(intake: str, word: ReportedWord, count: int) -> str:
    source, quote = f"*{shown(intake, WORD_MAX_CHARS)}*", f"“{shown(word.word, WORD_MAX_CHARS)}”"
    times = "once" if count == 1 else f"{count} times"
    match word.kind:
        case WordKind.STATUS:
            return f"{source} says {quote} ({times}). What does it mean?"
        case WordKind.PRIORITY:
            return f"{source} calls a priority {quote} ({times}). Which one is it?"
        case WordKind.PERSON:
            return f"{source} gives tickets to {quote} ({times}). Who is that?"


def _answered(asked: WordMessage, kind: WordKind, meaning: str) -> str:
    named = f"*{shown(asked.intake, WORD_MAX_CHARS)}*: “{shown(asked.word, WORD_MAX_CHARS)}”"
    when = f", {moment(asked.at)}" if asked.at else ""
    return f":white_check_mark: {named} means *{_meaning(kind, meaning)}* (said by {mention(asked.by)}{when})."


def _meaning(kind: WordKind, meaning: str) -> str:
    is_person = kind is WordKind.PERSON and meaning != NOBODY
    return mention(meaning) if is_person else shown(meaning_label(kind, meaning), WORD_MAX_CHARS)


def _buttons(asked: WordMessage, kind: WordKind) -> list[Block]:
    people = [people_menu("One of us", ActionId.WORD_PERSON)] if kind is WordKind.PERSON else []
    buttons = (button(label, action, value=str(asked.number)) for action, (label, _) in _CHOICES[kind].items())
    return [*people, *buttons]


def _block_id(number: int) -> str:
    return f"{BLOCK_PREFIX}{number}"
