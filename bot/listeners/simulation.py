"""`/sla simulate`: answers what-if questions, for service managers."""

from collections.abc import Mapping, Sequence

from bot.action_ids import ActionId
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask, in_place
from bot.requests.zones import Zones
from bot.text import entered
from bot.views.confirmations import ANSWER_ROWS
from bot.views.help import SubcommandHelp
from bot.views.simulation import simulation_details, simulation_message
from bot.views.usage import USAGE
from sla_engine.parsing.suppositions import EXAMPLES, supposition
from sla_engine.services.simulation.outlook import Simulation
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

    def actions(self) -> Mapping[str, Listener]:
        """The button for the details."""
        return {ActionId.SIMULATE_DETAILS: self.details}

    def simulate(self, ask: Ask, words: list[str]) -> Answer:
        """Parse the supposition in the reader's zone, and answer it."""
        asked, zone = " ".join(words), self.zones.of(ask)
        return simulation_message(self._simulated(ask, asked, zone), zone=zone, asked=asked)

    def details(self, ask: Ask) -> Answer:
        """Answer a supposition in full, in place of its verdict."""
        zone = self.zones.of(ask)
        return in_place(
            ask, simulation_details(self._simulated(ask, entered(ask.value), zone), zone=zone), rows=ANSWER_ROWS
        )

    def _simulated(self, ask: Ask, asked: str, zone: str) -> Simulation:
        supposed = supposition(asked, zone=zone, now=ask.now)
        return self.simulations.ask(supposed, by=ask.user, now=ask.now)
