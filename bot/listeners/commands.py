"""`/sla …`: finds the topic that answers, suggests the nearest word, and gives help."""

from collections.abc import Sequence

from bot.listeners import grammar
from bot.listeners.subcommand import Subcommand
from bot.requests.request import Answer, Ask
from bot.views import help as helping
from bot.views.help import SubcommandHelp
from bot.views.rendered import Rendered
from bot.views.usage import USAGE
from sla_engine.domain.text.errors import UnknownChoice

DEFAULT = "status"


class Commands:
    """Finds the topic of a command by the first word after `/sla`."""

    def __init__(self, subcommands: Sequence[Subcommand]) -> None:
        helped = SubcommandHelp(
            name="help",
            usage=USAGE["help"],
            summary="What `/sla` can do, or one subcommand in full",
            who="everyone",
            examples=("/sla help", "/sla help pause"),
        )
        self.known = {sub.name: sub for sub in (*subcommands, Subcommand(helped, self.help))}

    def answer(self, ask: Ask) -> Answer:
        """Answer `/sla …`; without words it is `/sla status`."""
        words = grammar.words_of(ask.text) or [DEFAULT]
        word = words.pop(0).lower()
        return self._find(word).answer(ask, words)

    def help(self, _ask: Ask, words: list[str]) -> Rendered:
        """List every subcommand in a line, or explain one in full."""
        if words:
            return helping.help_for(self._find(words[0].lower()).help)
        return helping.help_overview([sub.help for sub in self.known.values()], role_label="you")

    def _find(self, word: str) -> Subcommand:
        subcommand = self.known.get(word)
        if subcommand is None:
            near = grammar.nearest(word, list(self.known))
            raise UnknownChoice("/sla subcommand", word, (near,) if near else tuple(self.known))
        return subcommand
