"""`/sla misses`, and the buttons under figures that list what they count."""

from collections.abc import Mapping, Sequence

from bot.action_ids import ActionId
from bot.errors import FromAnotherVersion
from bot.listeners import grammar
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask, in_place
from bot.views.help import SubcommandHelp
from bot.views.misses import LIST_ROW, misses_message
from bot.views.usage import USAGE
from sla_engine.services.queries.misses import Misses

_MISSES = SubcommandHelp(
    name="misses",
    usage=USAGE["misses"],
    summary="What was missed in a week or month, late by how much, and why",
    who="technician",
    examples=(
        "/sla misses",
        "/sla misses last week",
        "/sla misses november Acme Dental fix",
        "/sla misses 2026-W49 late-triage",
        "/sla misses last week unexplained",
    ),
)


class MissesTopic(Topic):
    """What is behind a figure of misses; always private."""

    def __init__(self, misses: Misses) -> None:
        self.misses = misses

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_MISSES, self.listed),)

    def actions(self) -> Mapping[str, Listener]:
        """The buttons that open a figure, and turn the pages of its list."""
        return {ActionId.MISSES_SHOW: self._page, ActionId.MISSES_BEFORE: self._page}

    def listed(self, ask: Ask, words: list[str]) -> Answer:
        """List what was missed, from the beginning."""
        return misses_message(self.misses.listed(words, by=ask.user, now=ask.now))

    def _page(self, ask: Ask) -> Answer:
        """The page that the button names, in place of the one it stands under."""
        start, _, words = ask.value.partition(" ")
        if not start.isdecimal():
            raise FromAnotherVersion("misses")
        listed = self.misses.listed(grammar.words_of(words), by=ask.user, now=ask.now, start=int(start))
        return in_place(ask, misses_message(listed), rows=(LIST_ROW,))
