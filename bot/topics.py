"""Every topic of listeners, with the services it calls."""

from bot.listeners.acting import Acting
from bot.listeners.deciding import Deciding
from bot.listeners.digests import DigestTopic
from bot.listeners.healthy import HealthTopic
from bot.listeners.looking import Looking
from bot.listeners.noting import Noting
from bot.listeners.nudges import Nudges
from bot.listeners.opening import Opening
from bot.listeners.settling import Settling
from bot.listeners.simulating import Simulating
from bot.listeners.stuck import StuckTopic
from bot.listeners.topic import Topic
from bot.listeners.triaging import Triaging
from bot.listeners.wording import Wording
from bot.zones import Zones
from sla_engine.services.board import Board
from sla_engine.services.digest import Digests
from sla_engine.services.explain import Explaining
from sla_engine.services.failures import Failures
from sla_engine.services.incidents import Incidents
from sla_engine.services.intake import Intake
from sla_engine.services.notes import Notes
from sla_engine.services.outcomes import Outcomes
from sla_engine.services.simulation import Simulations
from sla_engine.services.sops import Sops


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
