"""A word after `/sla`: its help, and the listener that answers it."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.requests.request import Answer, Ask
from bot.views.help import SubcommandHelp

INCIDENT = "INC-…"
Answering = Callable[[Ask, list[str]], Answer]


@dataclass(frozen=True, slots=True)
class Subcommand:
    """`answer` gets the ask and the words after the subcommand.

    `form` opens the act's form filled with these words: for acts that are not done on an incident nobody named.
    """

    help: SubcommandHelp
    answer: Answering
    form: Answering | None = None

    @property
    def name(self) -> str:
        """The subcommand's word."""
        return self.help.name

    @property
    def incident_places(self) -> tuple[int, ...]:
        """Positions of words that name an incident, `INC-…` in the usage, in brackets or not; the subcommand is 0."""
        named = (INCIDENT, f"[{INCIDENT}]")
        return tuple(place for place, word in enumerate(self.help.usage.split()) if word in named)

    @property
    def needs_incident(self) -> bool:
        """Whether its first word must name an incident."""
        return self.help.usage.split()[1:2] == [INCIDENT]
