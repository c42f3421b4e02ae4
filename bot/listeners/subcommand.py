"""A word after `/sla`: its help, and the listener that answers it."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.requests.request import Answer, Ask
from bot.views.help import SubcommandHelp

Answering = Callable[[Ask, list[str]], Answer]


@dataclass(frozen=True, slots=True)
class Subcommand:
    """`answer` gets the ask and the words after the subcommand."""

    help: SubcommandHelp
    answer: Answering

    @property
    def name(self) -> str:
        """The subcommand's word."""
        return self.help.name
