"""One word after `/sla`: its help, and what answers it."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.requests.request import Answer, Ask
from bot.views.help import SubcommandHelp

Answering = Callable[[Ask, list[str]], Answer]


@dataclass(frozen=True, slots=True)
class Subcommand:
    """`answer` gets the ask and the words after the subcommand's own."""

    help: SubcommandHelp
    answer: Answering

    @property
    def name(self) -> str:
        """The word itself."""
        return self.help.name
