"""Makes every topic of listeners, with the services it calls."""

from collections.abc import Mapping

from bot.granted_scopes import GrantedScopes
from bot.listeners.act_answers import ActAnswers
from bot.listeners.action_items import ActionItemsTopic
from bot.listeners.board import BoardTopic
from bot.listeners.bulk_acts import BulkActsTopic
from bot.listeners.call import CallServices, CallTopic
from bot.listeners.changes import ChangesTopic
from bot.listeners.customer_updates import CustomerUpdates
from bot.listeners.digest import DigestTopic
from bot.listeners.dispatch import DispatchTopic
from bot.listeners.figures import FiguresTopic
from bot.listeners.health import HealthTopic
from bot.listeners.home import HomeTopic
from bot.listeners.incident_actions import IncidentActions
from bot.listeners.intake_words import IntakeWordsTopic
from bot.listeners.late_notes import LateNotesTopic
from bot.listeners.misses import MissesTopic
from bot.listeners.notes import NotesTopic
from bot.listeners.opening import OpeningTopic
from bot.listeners.pause_and_priority import PauseAndPriority
from bot.listeners.problems import ProblemsTopic
from bot.listeners.promise_questions import PromiseQuestions
from bot.listeners.review_answers import ReviewAnswers
from bot.listeners.shifts import ShiftsTopic
from bot.listeners.shortcuts import ShortcutServices, ShortcutsTopic
from bot.listeners.simulation import SimulationTopic
from bot.listeners.sops import SopServices, SopsTopic
from bot.listeners.status import StatusTopic
from bot.listeners.storm import StormTopic
from bot.listeners.stuck import StuckTopic
from bot.listeners.topic import Topic
from bot.listeners.triage import TriageTopic
from bot.listeners.undo import UndoTopic
from bot.listeners.waivers_and_merges import WaiversAndMerges
from bot.requests.permalinks import Permalinks
from bot.requests.zones import Zones
from sla_engine.services.incidents.bulk_acts import BulkActs
from sla_engine.services.incidents.change import Changes
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.incidents.phone_calls import PhoneCalls
from sla_engine.services.incidents.remarks import Remarks
from sla_engine.services.incidents.sop_use import SopUse
from sla_engine.services.incidents.storm_acts import StormActs
from sla_engine.services.incidents.undo import Undo, UndoRow
from sla_engine.services.incidents.waive_and_merge import Outcomes
from sla_engine.services.intake.receive import Intake
from sla_engine.services.intake.triage_list import NAME_ROW, TRIAGE_ROW
from sla_engine.services.notes.action_items import ActionItems
from sla_engine.services.notes.note_requests import NoteRequests
from sla_engine.services.notes.notes import Notes
from sla_engine.services.notes.sop_effects import SopEffects
from sla_engine.services.notes.sops import Sops
from sla_engine.services.notes.suggestions import Suggestions
from sla_engine.services.notes.waiting_notes import NoteLists
from sla_engine.services.problems.problems import PROBLEM_ROW, Problems, undo_problem_act
from sla_engine.services.queries.board import Board
from sla_engine.services.queries.calls import Calls
from sla_engine.services.queries.channel_customers import ChannelCustomers
from sla_engine.services.queries.digest import Digests
from sla_engine.services.queries.dispatch_board import DispatchBoard
from sla_engine.services.queries.due_times import DueTimes
from sla_engine.services.queries.escalation_figures import EscalationFigures
from sla_engine.services.queries.give_out import GiveOut
from sla_engine.services.queries.incident_names import IncidentNames
from sla_engine.services.queries.misses import Misses
from sla_engine.services.queries.storms import OpenLists
from sla_engine.services.shifts.absences import UNDO_KIND, Absences, undo_change
from sla_engine.services.shifts.handovers import Handovers
from sla_engine.services.shifts.silences import Silences
from sla_engine.services.simulation.simulation import Simulations
from sla_engine.services.sops.changes import SopChanges
from sla_engine.services.sops.registry import SopRegistry
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.services.upkeep.failures import Failures


def all_topics(
    board: Board,
    intake: Intake,
    *,
    zones: Zones,
    status: StatusTopic,
    opening: OpeningTopic,
    answers: ActAnswers,
    health: HealthTopic,
    permalinks: Permalinks,
    scopes: GrantedScopes,
) -> list[Topic]:
    """Make every topic; what several of them share is made once."""
    unit_of_work = board.unit_of_work
    incidents, simulations = Incidents(unit_of_work), Simulations(unit_of_work)
    changes = Changes(unit_of_work)
    questions = PromiseQuestions(DueTimes(unit_of_work), answers)
    names = IncidentNames(unit_of_work)
    on_the_phone = CallServices(Calls(unit_of_work), PhoneCalls(unit_of_work), names, questions)
    from_messages = ShortcutServices(ChannelCustomers(unit_of_work), Remarks(unit_of_work), names, permalinks)
    return [
        status,
        opening,
        HomeTopic(board, opening),
        ShortcutsTopic(from_messages, board, answers),
        BoardTopic(DispatchBoard(board)),
        IncidentActions(incidents, changes, answers),
        CustomerUpdates(incidents, changes, answers, questions),
        PauseAndPriority(incidents, changes, answers, simulations),
        CallTopic(on_the_phone, board, zones),
        DispatchTopic(incidents, changes, answers, questions),
        ChangesTopic(changes, answers),
        UndoTopic(Undo(unit_of_work, rows=_undo_rows(intake)), answers),
        *_of_many_incidents(unit_of_work, names, zones=zones),
        *_of_notes_and_figures(unit_of_work, simulations, zones=zones, answers=answers, scopes=scopes),
        *_of_dispatchers(board, intake, zones=zones, answers=answers),
        StuckTopic(Failures(unit_of_work)),
        health,
        IntakeWordsTopic(intake.words, board),
    ]


def _of_dispatchers(board: Board, intake: Intake, *, zones: Zones, answers: ActAnswers) -> list[Topic]:
    """What a dispatcher works with beside the incidents: triage, who is there, how soon nudges are acted on."""
    unit_of_work = board.unit_of_work
    return [
        TriageTopic(intake.triage, answers),
        ShiftsTopic(Absences(unit_of_work), Silences(unit_of_work), Handovers(unit_of_work), zones),
        FiguresTopic(EscalationFigures(board), zones),
    ]


def _of_many_incidents(unit_of_work: UnitOfWork, names: IncidentNames, *, zones: Zones) -> list[Topic]:
    """What acts on all incidents of a storm or a problem."""
    problems, open_lists = Problems(unit_of_work), OpenLists(unit_of_work)
    return [
        StormTopic(StormActs(unit_of_work), open_lists, GiveOut(unit_of_work), problems),
        BulkActsTopic(BulkActs(unit_of_work), open_lists, zones),
        ProblemsTopic(problems, names),
    ]


def _of_notes_and_figures(
    unit_of_work: UnitOfWork, simulations: Simulations, *, zones: Zones, answers: ActAnswers, scopes: GrantedScopes
) -> list[Topic]:
    """What a service manager works with."""
    notes = Notes(unit_of_work)
    reviewed = ReviewAnswers(notes, Suggestions(unit_of_work), answers)
    action_items, misses = ActionItems(unit_of_work), Misses(unit_of_work)
    return [
        NotesTopic(notes, NoteLists(unit_of_work), action_items, reviewed),
        ActionItemsTopic(action_items),
        LateNotesTopic(NoteRequests(unit_of_work), reviewed, answers),
        WaiversAndMerges(Outcomes(unit_of_work), answers),
        SopsTopic(_of_sops(unit_of_work), notes, reviewed),
        DigestTopic(Digests(unit_of_work), misses, scopes=scopes),
        MissesTopic(misses),
        SimulationTopic(simulations, zones),
    ]


def _of_sops(unit_of_work: UnitOfWork) -> SopServices:
    return SopServices(
        registry=SopRegistry(unit_of_work),
        changes=SopChanges(unit_of_work),
        decisions=Sops(unit_of_work),
        use=SopUse(unit_of_work),
        effects=SopEffects(unit_of_work),
        names=IncidentNames(unit_of_work),
    )


def _undo_rows(intake: Intake) -> Mapping[str, UndoRow]:
    """What takes back each kind of row that is no fact of an incident."""
    return {
        UNDO_KIND: undo_change,
        TRIAGE_ROW: intake.triage.take_back,
        NAME_ROW: intake.triage.take_name_back,
        PROBLEM_ROW: undo_problem_act,
    }
