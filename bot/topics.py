"""Every topic of listeners, with the services it calls."""

from bot.listeners.digest import DigestTopic
from bot.listeners.dispatch import Nudges
from bot.listeners.health import HealthTopic
from bot.listeners.incident_actions import Acting
from bot.listeners.intake_words import Wording
from bot.listeners.notes import Noting
from bot.listeners.opening import Opening
from bot.listeners.simulation import Simulating
from bot.listeners.sops import Deciding
from bot.listeners.status import Looking
from bot.listeners.stuck import StuckTopic
from bot.listeners.topic import Topic
from bot.listeners.triage import Triaging
from bot.listeners.waivers_and_merges import Settling
from bot.requests.zones import Zones
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.incidents.waive_and_merge import Outcomes
from sla_engine.services.intake.receive import Intake
from sla_engine.services.notes.notes import Notes
from sla_engine.services.notes.sops import Sops
from sla_engine.services.queries.board import Board
from sla_engine.services.queries.digest import Digests
from sla_engine.services.queries.explain import Explaining
from sla_engine.services.simulation.simulation import Simulations
from sla_engine.services.upkeep.failures import Failures


def all_topics(board: Board, intake: Intake, *, zones: Zones, opening: Opening, health: HealthTopic) -> list[Topic]:
    """Every listener, by topic; what several of them share is made once."""
    casework = board.casework
    incidents, notes, simulations = Incidents(casework), Notes(casework), Simulations(casework)
    return [
        Looking(board, Explaining(casework), zones),
        opening,
        Acting(incidents, board, zones, simulations),
        Nudges(incidents, board, zones),
        Noting(notes),
        Settling(Outcomes(casework)),
        Deciding(Sops(casework), notes),
        DigestTopic(Digests(casework)),
        Simulating(simulations, zones),
        Triaging(intake.triage),
        StuckTopic(Failures(casework)),
        health,
        Wording(intake.words, board),
    ]
