"""`/sla simulate`: answers what-if questions, for service managers."""

from collections.abc import Sequence

from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.request import Answer, Ask
from bot.requests.zones import Zones
from bot.views.help import SubcommandHelp
from bot.views.simulation import simulation_message
from bot.views.usage import USAGE
from sla_engine.parsing.suppositions import EXAMPLES, supposition
from sla_engine.services.simulation.simulation import Simulations

_SIMULATE = SubcommandHelp(
    name="simulate",
    usage=USAGE["simulate"],
    summary="What if: every clock that would change, and every nudge that would be sent, to whom and when",
    who="service manager",
    examples=tuple(f"/sla simulate {example}" for example in EXAMPLES),
)


class SimulationTopic(Topic):
    """What-if questions, answered privately; nothing is stored."""

    def __init__(self, simulations: Simulations, zones: Zones) -> None:
        self.simulations = simulations
        self.zones = zones

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_SIMULATE, self.simulate),)

    def simulate(self, ask: Ask, words: list[str]) -> Answer:
        """Parse the supposition in the reader's zone, and answer it."""
        zone = self.zones.of(ask)
        supposed = supposition(" ".join(words), zone=zone, now=ask.now)
        return simulation_message(self.simulations.ask(supposed, by=ask.user, now=ask.now), zone=zone)
