"""`/sla health`: whether the bot itself works."""

from collections.abc import Callable, Sequence

from bot.connection_health import ConnectionHealth
from bot.listeners import grammar
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.request import Answer, Ask
from bot.views.health import health_message
from bot.views.help import SubcommandHelp
from bot.views.usage import USAGE
from sla_engine.services.upkeep.health import HealthCheck
from sla_engine.time_source import RealClock

_HEALTH = SubcommandHelp(
    name="health",
    usage=USAGE["health"],
    summary="How the bot is: what waits to be delivered, what was given up",
    who="everyone",
    examples=("/sla health",),
)


class HealthTopic(Topic):
    """Health figures, which anybody may see."""

    def __init__(
        self,
        health: HealthCheck,
        *,
        real_clock: RealClock,
        connections: Callable[[], ConnectionHealth | None] = lambda: None,
    ) -> None:
        self.health = health
        self.real_clock = real_clock
        self.connections = connections

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_HEALTH, self.health_figures),)

    def health_figures(self, _ask: Ask, words: list[str]) -> Answer:
        """Answer with the health figures in sentences."""
        grammar.no_more(words)
        return health_message(self.health.facts(now=self.real_clock()), connections=self.connections())
