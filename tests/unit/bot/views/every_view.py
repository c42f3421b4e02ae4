"""Every view, drawn with somebody else's words wherever there may be any."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, get_args

import bot.views
from bot.pending_acts import CallSubject, PendingPause, PendingPriority, PendingPromise, PromiseKind
from bot.text import shown
from bot.views import (
    absences,
    action_items,
    call,
    complaint,
    confirmations,
    daily,
    digest,
    digest_thread,
    dispatch_forms,
    escalation_figures,
    fallback_messages,
    forms,
    handover,
    late_notes,
    lines,
    misses,
    notes,
    own_customers,
    problem_forms,
    problems,
    promise_question,
    remarks,
    set_aside,
    silence,
    simulation,
    sop_forms,
    sops,
    storm,
    storm_answers,
    storm_forms,
    suggested_lines,
    triage,
    undo,
    waiting_notes,
    why,
    word_questions,
)
from bot.views.board import board_message, saved_list, unowned_message
from bot.views.burst import burst_summary
from bot.views.card import incident_card
from bot.views.form_parts import Form
from bot.views.health import health_message
from bot.views.help import SubcommandHelp, help_for, help_overview
from bot.views.home import home_notice, home_view
from bot.views.lines import line_message
from bot.views.messages import render
from bot.views.note_form import note_form
from bot.views.nudge import nudge_message
from bot.views.parts import actions
from bot.views.reader import Reader
from bot.views.rendered import Rendered
from bot.views.review import note_accepted, note_returned, note_review, note_saved, review_queue, sop_decided
from bot.views.status import status_message
from bot.views.undeliverable import undeliverable_notice
from sla_engine.delivery.bursts import BurstLine, BurstMessage
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.msp import Role
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.escalation.forecast import ForeseenNudge
from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.incidents import events, history, stored_names
from sla_engine.domain.incidents.board_filters import BoardFilter
from sla_engine.domain.incidents.errors import ActedSince
from sla_engine.domain.incidents.incident import Incident, IncidentState
from sla_engine.domain.incidents.incident_names import NamedIncident
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import BreachReason, NextStep, PauseReason
from sla_engine.domain.incidents.suppositions import IfHoliday, IfOpened
from sla_engine.domain.incidents.word_meanings import WordKind
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.domain.notes.suggestions import Suggestion
from sla_engine.domain.problems.problem import Problem, ProblemState
from sla_engine.domain.reporting.attainment import Attainment
from sla_engine.domain.reporting.digest import DigestFigures
from sla_engine.domain.reporting.missed_targets import MissedIncident, MissedTarget, MissFilter
from sla_engine.domain.reporting.saved_target import SavedTarget
from sla_engine.domain.sops.sop import Sop, SopChange, SopChangeKind, SopTerms
from sla_engine.domain.text.plain_text import one_line
from sla_engine.domain.time.calendar import Closure
from sla_engine.domain.time.weeks import Week
from sla_engine.notifications.board import BoardMessage, ListedIncident, UnownedMessage
from sla_engine.notifications.daily import DailyLine, DailyMessage, DailySection
from sla_engine.notifications.late_notes import LateMiss, LateNote, ManagerPromptMessage, OverdueItem
from sla_engine.notifications.notes import Miss, NoteReviewMessage, NoteWantedMessage, SopReminderMessage
from sla_engine.notifications.notices import (
    ComplaintMessage,
    DigestMessage,
    LineMessage,
    OwnCustomersMessage,
    SetAsideMessage,
    WordMessage,
)
from sla_engine.notifications.nudges import Happened, NudgeMessage, NudgeState
from sla_engine.notifications.problems import ProblemRecurredMessage
from sla_engine.notifications.shifts import (
    HandoverMessage,
    HandoverReminder,
    HandoverState,
    SilenceMessage,
    SilenceState,
)
from sla_engine.notifications.storms import StormHolder, StormLine, StormMessage, StormQuestion
from sla_engine.notifications.triage import TriageLine, TriageMessage
from sla_engine.services.incidents.bulk_acts import BulkOutcome
from sla_engine.services.incidents.reopen import TooLate
from sla_engine.services.incidents.undo import UndoneAct
from sla_engine.services.incidents.waive_and_merge import WaivableMisses
from sla_engine.services.intake.triage_list import NamedForGood, PlacedTicket, TriageOverview
from sla_engine.services.intake.words import AskedWord
from sla_engine.services.notes.action_items import ListedActionItem
from sla_engine.services.notes.note_requests import PossibleWriters, Writer
from sla_engine.services.notes.prefill import NotePrefill
from sla_engine.services.notes.review_queue import ReviewItem
from sla_engine.services.notes.waiting_notes import WaitingNote, WaitingNotes
from sla_engine.services.problems.problem_behind import ProblemBehind
from sla_engine.services.problems.problems import Linked, ProblemDetail
from sla_engine.services.queries.board import IncidentDetail, IncidentSummary, StatusList
from sla_engine.services.queries.calls import CallCard
from sla_engine.services.queries.digest import as_document
from sla_engine.services.queries.escalation_figures import PersonalFigures, TeamFigures
from sla_engine.services.queries.give_out import Proposal
from sla_engine.services.queries.home import DecisionsPart, HomePage, OwedNote, ShiftPart
from sla_engine.services.queries.misses import MissList
from sla_engine.services.queries.spoken_incident import SpokenIncident
from sla_engine.services.queries.workload import Assignable, Candidate
from sla_engine.services.shifts.absences import AbsenceStated
from sla_engine.services.simulation.outlook import IncidentOutlook, Simulation
from sla_engine.services.sops.offered import OfferedSop
from sla_engine.services.sops.registry import ListedSop, SopDetail, SopList
from sla_engine.services.upkeep.health import HealthFacts
from tests.unit.bot.views import samples
from tests.unit.bot.views.outside_text import AT, KEY, WORDS, ZONE, sample, worded

PIECES = (
    "bot.views.parts",
    "bot.views.form_parts",
    "bot.views.rich_text",
    "bot.views.act_menu",
)  # what views are made of
Message = Rendered | Mapping[str, Any]
Drawing = Callable[[str], Message]

FACTS = {
    name: "2026-01-05T09:20:00+00:00" if name in {"at", "promised", "opened_at", "since", "cause_at"} else WORDS
    for name in (
        "by", "customer", "priority", "link", "title", "source", "external_id", "number", "reason", "text", "follows",
        "key", "into", "at", "promised", "opened_at", "since", "cause_at",
    )
}  # fmt: skip
EVENTS = tuple(
    history.Entry(
        event=sample(kind),
        at=AT,
        seq=number,
        recorded_at=AT,
        by=WORDS,
    )
    for number, kind in enumerate(get_args(events.Event), start=1)
)
HAPPENED = tuple(
    Happened(what=name, by=WORDS, at=AT, text=WORDS, fields=FACTS) for name in sorted(stored_names.STORED_NAMES)
)
HANDOVER = sample(HandoverMessage, name="handover:1", taken_by="U0DEV", given_by="U0DANA")
MISSES = (sample(Miss),) * 2
PROBLEM = ProblemDetail(
    problem=sample(Problem, state=ProblemState.KNOWN_ERROR, number=7), incidents=(sample(Incident, key=KEY),) * 3
)
SUMMARY = sample(IncidentSummary, is_open=True, merged_into=None, resolved_at=None, clocks=())
CANDIDATE = sample(Candidate, is_absent=True, urgent_count=7)
ASSIGNABLE = sample(Assignable, candidates=(CANDIDATE, replace(CANDIDATE, slack_id="U0TESS")))
NUDGE = sample(NudgeMessage, updates=(), state=NudgeState.LIVE, cause=NudgeCause.HELP, asked=None, metric_label=None)
FIGURES = sample(DigestFigures, metrics=(), reasons=(), backlog=())
BURST = BurstMessage(
    count=40,
    by_priority={"P1": 40},
    lines=(BurstLine(incident_key=KEY, title=WORDS, priority="P1", about=WORDS),) * 5,
    mention=(WORDS, "U0DANA"),
)
STORM_LINE = sample(StormLine, metric=MetricName.RESOLUTION, was_due=True, paused=False)
PROPOSAL = Proposal(
    keys=(KEY,),
    customer=WORDS,
    title=WORDS,
    priority="P1",
    person="U0TOM",
    candidates=(("U0TOM", WORDS, 2), ("U0TESS", WORDS, 0)),
)
PROPOSALS = [replace(PROPOSAL, keys=(f"INC-{number}",)) for number in range(45)]
STILL = sample(StormLine, metric=None, due_at=None, late=True, was_due=False)
STORM = sample(
    StormMessage,
    open=100,
    lines=(STORM_LINE,) * 12,
    ended_at=None,
    moved=False,
    holder=None,
    questions=(sample(StormQuestion),),
)
SIMULATED = Simulation(
    supposed=IfHoliday(day=AT.date(), customer=WORDS),
    now=AT,
    zone=ZONE,
    names={"U0TOM": WORDS},
    incidents=(
        IncidentOutlook(
            key=KEY,
            title=WORDS,
            customer=WORDS,
            priority=Priority.P1,
            changes=(),
            nudges=(ForeseenNudge(at=AT, cause=NudgeCause.UNASSIGNED, to=("U0TOM", WORDS), channel="C0DISPATCH"),),
        ),
    ),
)
MISSED_TARGET = sample(MissedTarget, agreement_version=1)
STILL_OWED = replace(MISSED_TARGET, reason=None, stopped_at=None)
MISSED = MissList(
    period=Week(2026, 6),
    wanted=MissFilter(customer=WORDS),
    target_count=70,
    unexplained_count=4,
    start=15,
    incident_count=60,
    incidents=(MissedIncident(targets=(MISSED_TARGET,)), MissedIncident(targets=(STILL_OWED,) * 4)),
)
BOARD = BoardMessage(
    on_duty="U0DANA",
    open_count=7,
    next_up=sample(ListedIncident, metric=MetricName.RESOLUTION, due_at=AT),
    counts=dict.fromkeys(BoardFilter, 3),
    saved=2,
)
PROMPTS: Mapping[str, ManagerPromptMessage] = {
    "late": sample(
        ManagerPromptMessage,
        late=(sample(LateNote, misses=(sample(LateMiss), sample(LateMiss, over=None), sample(LateMiss))),),
        overdue=(sample(OverdueItem),),
        replaced=False,
    ),
    "nothing": ManagerPromptMessage(),
    "replaced": ManagerPromptMessage(replaced=True),
}
POSSIBLE_WRITERS = sample(PossibleWriters, writers=(sample(Writer, is_absent=False),))
WAIVABLE = sample(WaivableMisses, metrics=tuple(MetricName))
KEYS = tuple(f"INC-{number}" for number in range(1, 4))
UNOWNED = UnownedMessage(
    incidents=(sample(ListedIncident, metric=MetricName.RESOLUTION, due_at=AT),) * 5, count=9, mention=("U0DANA",)
)
OFFERED = (sample(OfferedSop, used_by=None), sample(OfferedSop))
SOP_DETAIL = SopDetail(
    sop=sample(Sop, retired_at=None, reasons=(BreachReason.VENDOR,)),
    listed=sample(ListedSop),
    changes=tuple(sample(SopChange, kind=kind, terms=sample(SopTerms, reasons=())) for kind in SopChangeKind),
)
HOME = HomePage(
    role=Role.SERVICE_MANAGER,
    dispatches=True,
    board=BOARD,
    shift=ShiftPart(
        mine=StatusList(incidents=tuple(replace(SUMMARY, key=key) for key in KEYS), more=40, scope="mine"),
        promised=(replace(SUMMARY, promise=AT),) * 11,
        notes=tuple(sample(OwedNote, incident_key=key) for key in KEYS),
        sops=tuple(sample(ListedSop, number=f"SOP-{number}") for number in range(1, 4)),
        actions=tuple(sample(ListedActionItem, number=f"ACT-{number}") for number in range(1, 4)),
    ),
    decisions=DecisionsPart(waiting=(sample(ReviewItem),), late_notes=(sample(OwedNote),) * 3),
)
SPOKEN = sample(SpokenIncident, key=KEY, resolved_at=None, owner="webhook:anna", owner_name=WORDS)
CALL = sample(
    CallCard, about=KEY, spoken=(SPOKEN,) * 3, others=(SPOKEN,) * 5, last_fixed=None, zone=ZONE, month=Attainment(7, 9)
)
TRIAGE_LINE = sample(TriageLine, number=7, about=None)
TRIAGE_LINES = tuple(replace(TRIAGE_LINE, number=number) for number in range(1, 5))
TRIAGED = sample(Incident, key=KEY, priority=Priority.P2, state=IncidentState.OPEN, paused_for=())
ASKED_WORD = sample(AskedWord)
UNDONE = UndoneAct(
    action=Action.PAUSE,
    by="U0TOM",
    at=AT,
    incidents=tuple(sample(Incident, key=KEY, state=state) for state in IncidentState),
    kept=(ActedSince(key=KEY, what="resolved", by="U0TESS", at=AT),),
)
SET_ASIDE = sample(SetAsideMessage, number=7, tried_again_by=None)
REVIEWED = [sample(ReviewItem, incident_key=f"INC-{number}") for number in range(1, 6)]
OPENED = IfOpened(customer=WORDS, priority=Priority.P1, at=AT, site=WORDS, service=WORDS)


def _with(function: Callable[..., Message], value: Any, **options: Any) -> Drawing:
    return lambda text: function(worded(value, text), **options)


def _after(view: Callable[..., Message], **options: Any) -> Drawing:
    return lambda text: view(worded(SUMMARY, text), Reader(zone=ZONE, now=AT), **worded(options, text))


def _explained(text: str, *, for_the_customer: bool) -> Message:
    closed = Closure(samples.minute(24 * 60).date(), name=text)
    promised = replace(samples.agreement(closures=[closed]), customer=text)
    history = samples.history(
        (60, events.Paused(reason=PauseReason.VENDOR), "zammad:anna"),
        (90, events.Resumed(), "zammad:anna"),
        (700, events.Waived(metric="resolution", cycle=0, reason=text), "zammad:anna"),
        title=text,
    )
    explanation = samples.explanation(
        history,
        now=samples.minute(24 * 60 * 2),
        promised=promised,
        title=text,
        customer=text,
        site=text,
        service=text,
        names={"zammad:anna": text},
    )
    return why.why_for_the_customer(explanation) if for_the_customer else why.why_message(explanation, zone=ZONE)


AFTER_ACTS: Mapping[str, tuple[Callable[..., Message], Mapping[str, Any]]] = {
    "taken": (confirmations.taken, {"by": "U0TOM"}),
    "assigned": (confirmations.assigned, {"to": "U0TOM"}),
    "handed back": (confirmations.handed_back, {}),
    "responded": (confirmations.responded, {}),
    "updated": (confirmations.updated, {"words": WORDS}),
    "planned": (confirmations.planned, {"words": WORDS}),
    "escalated": (confirmations.escalated, {"dispatcher": "U0DANA"}),
    "paused": (confirmations.paused, {"reason": PauseReason.PARTS}),
    "resumed": (confirmations.resumed, {}),
    "reprioritised": (confirmations.reprioritised, {"wanted": Priority.P2}),
    "resolved": (confirmations.resolved, {}),
    "acknowledged": (confirmations.acknowledged, {"by": "U0TOM"}),
    "snoozed": (confirmations.snoozed, {"until": AT, "wanted": AT}),
    "opened": (confirmations.opened, {}),
    "reopened": (confirmations.reopened, {"instead_of": sample(TooLate)}),
}
_LINES = lines._SENTENCES.keys() - {"answer"}  # an answer was made harmless when it was written
_LINE_FACTS = FACTS | {"what": "responded", "duty": "clock", "count": "4"}

DRAWINGS: Mapping[str, tuple[Callable[..., Message], Drawing]] = {
    **{f"nudge, {cause}": (nudge_message, _with(nudge_message, replace(NUDGE, cause=cause))) for cause in NudgeCause},
    **{f"nudge, {state}": (nudge_message, _with(nudge_message, replace(NUDGE, state=state))) for state in NudgeState},
    **{
        f"nudge, {fact.what}": (nudge_message, _with(nudge_message, replace(NUDGE, updates=(fact,))))
        for fact in HAPPENED
    },
    "nudge, asked": (nudge_message, _with(nudge_message, replace(NUDGE, asked=WORDS))),
    **{
        f"line, {name}": (
            line_message,
            _with(line_message, LineMessage(incident_key=KEY, text_key=name, facts=_LINE_FACTS)),
        )
        for name in sorted(_LINES)
    },
    **{
        f"note wanted, {state}": (
            notes.note_wanted,
            _with(notes.note_wanted, sample(NoteWantedMessage, misses=MISSES, state=state)),
        )
        for state in ("wanted", "written", "accepted", "superseded", "withdrawn")
    },
    **{
        f"daily message, {'done' if is_done else 'to do'}": (
            daily.daily_message,
            _with(
                daily.daily_message,
                DailyMessage(
                    sections=(
                        DailySection(
                            title="SLA notes",
                            lines=tuple(sample(DailyLine, key=key, subject=key, is_done=is_done) for key in KEYS),
                        ),
                    )
                ),
            ),
        )
        for is_done in (False, True)
    },
    **{
        f"note review, {state}": (
            note_review,
            _with(note_review, sample(NoteReviewMessage, misses=MISSES, state=state)),
        )
        for state in ("written", "accepted", "returned", "decided")
    },
    "note form": (note_form, _with(note_form, sample(NotePrefill, misses=MISSES), now=AT)),
    "action items": (action_items.action_list, _with(action_items.action_list, [sample(ListedActionItem)])),
    "waiting notes": (
        waiting_notes.notes_message,
        _with(
            waiting_notes.notes_message,
            sample(
                WaitingNotes,
                notes=tuple(
                    sample(WaitingNote, incident_key=key, state=state)
                    for key, state in zip(KEYS, NoteState, strict=False)
                ),
                actions=(sample(ListedActionItem),),
                wanted=None,
            ),
        ),
    ),
    "action item done": (
        action_items.done_action_item,
        _with(action_items.done_action_item, sample(ListedActionItem)),
    ),
    **{
        f"manager's prompt, {name}": (late_notes.manager_prompt, _with(late_notes.manager_prompt, prompt))
        for name, prompt in PROMPTS.items()
    },
    "form to ask for a note": (late_notes.ask_form, _with(late_notes.ask_form, POSSIBLE_WRITERS)),
    "form to waive": (late_notes.waive_form, _with(late_notes.waive_form, WAIVABLE)),
    "note reminded": (late_notes.reminded, lambda _: late_notes.reminded(KEY, "U0TOM")),
    "note asked": (late_notes.asked, lambda _: late_notes.asked(KEY, "U0TOM")),
    "return form": (notes.return_form, lambda _: notes.return_form(KEY)),
    "SOP reminder": (sops.sop_reminder, _with(sops.sop_reminder, sample(SopReminderMessage, decision="create"))),
    "SOP list": (
        sops.sop_list,
        _with(sops.sop_list, SopList(sops=(sample(ListedSop), sample(ListedSop, due_on=None)), retired=2, words=WORDS)),
    ),
    "SOP card": (sops.sop_card, _with(sops.sop_card, SOP_DETAIL)),
    "SOP form": (sops.decide_form, lambda text: sops.decide_form(KEY, suggestion=text)),
    "problem card": (
        problems.problem_card,
        lambda text: problems.problem_card(worded(PROBLEM, text)),
    ),
    **{
        f"problem card, {state}": (
            problems.problem_card,
            _with(problems.problem_card, replace(PROBLEM, problem=replace(PROBLEM.problem, state=state))),
        )
        for state in ProblemState
    },
    "problem list": (problems.problem_list, lambda text: problems.problem_list([worded(PROBLEM, text)])),
    "problem answer": (
        problems.problem_answer,
        lambda text: problems.problem_answer(problems.problem_fixed(PROBLEM), worded(PROBLEM, text), request="r1"),
    ),
    "problem opened": (problems.problem_opened, lambda _: problems.problem_opened(PROBLEM)),
    "problem fixed": (problems.problem_fixed, lambda _: problems.problem_fixed(PROBLEM)),
    "problem linked": (
        problems.problem_linked,
        lambda _: problems.problem_linked(Linked(detail=PROBLEM, new=(KEY,), is_open_again=True)),
    ),
    "problem recurred": (
        problems.problem_recurred,
        _with(problems.problem_recurred, sample(ProblemRecurredMessage, incident_key=KEY, key="PRB-7")),
    ),
    "problem form": (
        problem_forms.open_problem_form,
        lambda text: problem_forms.open_problem_form(title=text, incidents=KEY),
    ),
    "workaround form": (
        problem_forms.workaround_form,
        lambda text: problem_forms.workaround_form("PRB-7", text=text),
    ),
    "planned fix form": (problem_forms.plan_fix_form, lambda _: problem_forms.plan_fix_form("PRB-7")),
    "problem link form": (problem_forms.link_form, lambda _: problem_forms.link_form("PRB-7")),
    "any notification": (render, _with(render, sample(SopReminderMessage, done=True))),
    **{
        f"card, {'linked to' if linked else 'like'} a problem": (
            incident_card,
            _with(
                incident_card,
                IncidentDetail(
                    summary=SUMMARY,
                    history=(),
                    nudge_waits=True,
                    problem=sample(ProblemBehind, key="PRB-7", is_linked=linked),
                ),
                now=AT,
            ),
        )
        for linked in (True, False)
    },
    "card": (
        incident_card,
        _with(incident_card, IncidentDetail(summary=SUMMARY, history=(), nudge_waits=True, sops=OFFERED), now=AT),
    ),
    **{
        f"card, {stored_names.stored_name(entry.event)}": (
            incident_card,
            _with(incident_card, IncidentDetail(summary=SUMMARY, history=(entry,), nudge_waits=True), now=AT),
        )
        for entry in EVENTS
    },
    "status": (
        status_message,
        _with(
            status_message,
            StatusList(incidents=(SUMMARY,), more=2, scope=WORDS),
            now=AT,
        ),
    ),
    "status of nobody": (
        status_message,
        _with(status_message, StatusList(incidents=(), more=0, scope=WORDS), now=AT),
    ),
    "board": (board_message, _with(board_message, BOARD)),
    "board before the next has taken over": (board_message, _with(board_message, replace(BOARD, handed_at=AT))),
    "board of a quiet day": (board_message, lambda _: board_message(BoardMessage(on_duty=None, open_count=0))),
    "board that has ended": (
        board_message,
        lambda _: board_message(BoardMessage(on_duty=None, open_count=0, ended=True)),
    ),
    "what nobody has": (unowned_message, _with(unowned_message, UNOWNED)),
    "what nobody had": (
        unowned_message,
        lambda _: unowned_message(UnownedMessage(incidents=(), count=0, ended=True)),
    ),
    "saved targets": (saved_list, _with(saved_list, [sample(SavedTarget)] * 3)),
    "home": (home_view, _with(home_view, HOME, now=AT)),
    "home of a newcomer": (
        home_view,
        lambda text: home_view(
            HomePage(role=Role.EVERYONE, dispatches=False), now=AT, answer=nudge_message(worded(NUDGE, text))
        ),
    ),
    "home of nobody's": (home_notice, lambda text: home_notice(shown(text, 100))),
    "why": (why.why_message, lambda text: _explained(text, for_the_customer=False)),
    "why for the customer": (why.why_for_the_customer, lambda text: _explained(text, for_the_customer=True)),
    "simulation": (
        simulation.simulation_message,
        _with(simulation.simulation_message, SIMULATED, zone=ZONE, asked="x"),
    ),
    "simulation in full": (
        simulation.simulation_details,
        _with(simulation.simulation_details, SIMULATED, zone=ZONE),
    ),
    "simulation of an opening": (
        simulation.simulation_message,
        _with(simulation.simulation_message, replace(SIMULATED, supposed=OPENED), zone=ZONE, asked="x"),
    ),
    "preview of a pause": (
        simulation.preview_message,
        lambda text: simulation.preview_message(
            worded(SIMULATED, text), PendingPause(key=KEY, reason=PauseReason.VENDOR, text=text), zone=ZONE
        ),
    ),
    "preview of a priority": (
        simulation.preview_message,
        lambda text: simulation.preview_message(
            worded(SIMULATED, text), PendingPriority(key=KEY, priority=Priority.P1), zone=ZONE
        ),
    ),
    "digest": (
        digest.digest,
        lambda text: digest.digest(DigestMessage(week="2026-W06", figures=as_document(worded(FIGURES, text)))),
    ),
    "digest, headlines": (digest.digest_headlines, _with(digest.digest_headlines, FIGURES)),
    "digest, details": (digest_thread.digest_details, _with(digest_thread.digest_details, FIGURES)),
    "digest, with files": (
        digest.with_file_buttons,
        lambda text: digest.with_file_buttons(digest.digest_headlines(worded(FIGURES, text)), "2026-W06"),
    ),
    "digest, both": (digest.digest_now, _with(digest.digest_now, FIGURES)),
    "misses": (misses.misses_message, _with(misses.misses_message, MISSED)),
    "misses of one's own": (
        misses.misses_message,
        _with(misses.misses_message, replace(MISSED, wanted=MissFilter(customer=WORDS, person=WORDS))),
    ),
    "note saved": (note_saved, lambda _: note_saved(KEY)),
    "note accepted": (note_accepted, lambda _: note_accepted(KEY)),
    "note returned": (note_returned, lambda _: note_returned(KEY)),
    "SOP decided": (
        sop_decided,
        lambda _: sop_decided(KEY, decision=NextStep.CREATE_SOP, number="SOP-7", owner="U0TESS"),
    ),
    "review queue": (review_queue, _with(review_queue, REVIEWED)),
    "review queue, suggestions": (
        review_queue,
        lambda text: review_queue([], [replace(worded(sample(Suggestion), text), decide_on=KEY)]),
    ),
    "triage": (
        triage.triage_list,
        _with(
            triage.triage_list,
            sample(
                TriageOverview,
                waiting=TRIAGE_LINES,
                new=(TRIAGE_LINE,),
                names=(sample(NamedForGood),),
                customers=(WORDS,),
                may_place=True,
            ),
        ),
    ),
    "triage message": (
        triage.triage_message,
        _with(
            triage.triage_message,
            sample(TriageMessage, lines=TRIAGE_LINES, more=2, customers=(WORDS,), gone=False, newer=None),
        ),
    ),
    "triage, placed": (
        triage.placed,
        lambda text: triage.placed(
            PlacedTicket(incident=worded(TRIAGED, text), name=text, others=(KEY,)),
            worded(SUMMARY, text),
            Reader(zone=ZONE, now=AT),
            request="slack:1",
        ),
    ),
    "triage, new customer": (triage.new_customer, _with(triage.new_customer, TRIAGE_LINE, request="slack:1")),
    "triage, name forgotten": (
        triage.name_forgotten,
        lambda text: triage.name_forgotten(text, request="slack:1"),
    ),
    "form of a remark": (
        remarks.remark_form,
        lambda text: remarks.remark_form([worded(SUMMARY, text)], text=text, link=text),
    ),
    "remarked": (
        confirmations.remarked,
        lambda text: confirmations.remarked(worded(SUMMARY, text), Reader(zone=ZONE, now=AT)),
    ),
    "form that asks whose": (
        forms.whose_form,
        lambda text: forms.whose_form(shown(text, 200), [text], always=text, initial=text, metadata="7"),
    ),
    "triage, form": (triage.place_form, lambda text: triage.place_form(worded(TRIAGE_LINE, text), [text, f"{text} 2"])),
    "call": (call.call_card, _with(call.call_card, CALL, now=AT)),
    "own customers": (own_customers.own_customers, _with(own_customers.own_customers, sample(OwnCustomersMessage))),
    "complaint": (complaint.complaint_message, _with(complaint.complaint_message, sample(ComplaintMessage))),
    "call about nothing open": (
        call.call_card,
        _with(call.call_card, replace(CALL, spoken=(), others=(), last_fixed=replace(SPOKEN, resolved_at=AT)), now=AT),
    ),
    "form of a call back": (
        call.call_back_form,
        lambda text: call.call_back_form(CallSubject(customer=text), KEY, customer=text, title=text),
    ),
    "put aside": (triage.put_aside, _with(triage.put_aside, TRIAGE_LINE, request="slack:1")),
    "undo button": (undo.undo_button, lambda _: Rendered(KEY, [actions([undo.undo_button(KEY)], block_id=KEY)])),
    "change button": (undo.change_button, lambda _: Rendered(KEY, [actions([undo.change_button(KEY)], block_id=KEY)])),
    "answer with undo": (undo.with_undo, lambda text: undo.with_undo(Rendered(shown(text, 200)), KEY)),
    "undone": (undo.undone, _with(undo.undone, UNDONE, asked_by="U0TOM", reader=Reader(zone=ZONE, now=AT))),
    "health": (health_message, _with(health_message, sample(HealthFacts))),
    "help": (
        help_overview,
        lambda _: help_overview(
            [sample(SubcommandHelp, name="x", usage="x", who="everyone", summary="x", examples=())], role_label=""
        ),
    ),
    "help for one": (
        help_for,
        lambda _: help_for(sample(SubcommandHelp, name="x", usage="x <y>", who="everyone", summary="x", examples=())),
    ),
    "line that may have been meant": (
        suggested_lines.suggestion,
        lambda text: suggested_lines.suggestion(
            f"“{shown(text, 40)}” is not a subcommand", one_line(f"take {text}"), asked="slack:1"
        ),
    ),
    "incidents that may be meant": (
        suggested_lines.offer,
        lambda text: suggested_lines.offer(
            "Which one?",
            [suggested_lines.for_incident(["take", KEY], NamedIncident(KEY, text, text, text))] * 5,
            asked="slack:1",
        ),
    ),
    "storm": (storm.storm_message, _with(storm.storm_message, STORM)),
    "storm, no clock": (storm.storm_message, _with(storm.storm_message, replace(STORM, lines=(STILL,)))),
    "storm, held": (
        storm.storm_message,
        _with(storm.storm_message, replace(STORM, questions=(), holder=StormHolder(person=WORDS, promise=AT))),
    ),
    "storm, closed": (storm.storm_message, _with(storm.storm_message, replace(STORM, open=0, lines=()))),
    "storm, over": (storm.storm_message, _with(storm.storm_message, replace(STORM, ended_at=AT))),
    "storm, moved": (storm.storm_message, _with(storm.storm_message, replace(STORM, moved=True))),
    "storm, a page": (
        storm_answers.page,
        _with(storm_answers.page, [STORM_LINE] * 60, asked=storm_answers.StormPage(storm_id=1, start=20)),
    ),
    "storm, by customer": (
        storm_answers.by_customer,
        lambda text: storm_answers.by_customer(
            1, [replace(STORM_LINE, customer=f"{text} {n}", incident_key=f"INC-{n}") for n in range(60)]
        ),
    ),
    "storm, nothing to do": (storm_answers.nothing, lambda _: storm_answers.nothing("Nothing.")),
    "storm, customers told": (
        storm_answers.customers_told,
        lambda text: storm_answers.customers_told(BulkOutcome(done=(KEY,), closed=1), text=text),
    ),
    "storm, paused": (
        storm_answers.paused,
        lambda _: storm_answers.paused(BulkOutcome(done=(KEY,), others=2), reason=PauseReason.VENDOR, until=AT),
    ),
    "storm, resumed": (storm_answers.resumed, lambda _: storm_answers.resumed(BulkOutcome(done=(KEY,)))),
    "storm, given out": (
        storm_answers.given_out,
        lambda text: storm_answers.given_out(BulkOutcome(done=(KEY,), others=1), {KEY: text}),
    ),
    "storm, merged": (storm_answers.merged, lambda _: storm_answers.merged(BulkOutcome(done=(KEY,), others=1))),
    "form of customers told": (
        storm_forms.customers_told_form,
        lambda text: storm_forms.customers_told_form("1", [replace(STORM_LINE, customer=text)] * 3, now=AT),
    ),
    "form to give out": (storm_forms.give_out_form, _with(storm_forms.give_out_form, PROPOSALS, more=7, now=AT)),
    "form to resolve all": (
        storm_forms.resolve_all_form,
        lambda _: storm_forms.resolve_all_form("PRB-7", 40, now=AT),
    ),
    "form for the problem of a storm": (
        storm_forms.problem_form,
        lambda text: storm_forms.problem_form(
            1, [replace(STORM_LINE, title=text)] * 3, [worded(PROBLEM.problem, text)] * 2
        ),
    ),
    "all resolved": (storm_answers.resolved, lambda _: storm_answers.resolved(BulkOutcome(done=(KEY,), closed=2))),
    "form to pause all": (storm_forms.pause_all_form, lambda _: storm_forms.pause_all_form("1", 40, now=AT)),
    "form to merge": (
        storm_forms.merge_form,
        lambda text: storm_forms.merge_form(
            [replace(STORM_LINE, customer=text, title=text, incident_key=f"INC-{n}") for n in range(60)]
        ),
    ),
    "storm, acknowledged": (
        storm_answers.acknowledged,
        lambda _: storm_answers.acknowledged(BulkOutcome(done=(KEY,) * 12, closed=2, others=1), promise=AT),
    ),
    "burst": (burst_summary, _with(burst_summary, BURST)),
    "undeliverable": (
        undeliverable_notice,
        lambda text: undeliverable_notice(
            nudge_message(worded(NUDGE, text)), destination=f"webhook:{text}", error=text, number=7
        ),
    ),
    "set aside": (
        set_aside.set_aside,
        _with(set_aside.set_aside, SET_ASIDE),
    ),
    "set aside, tried again": (
        set_aside.set_aside,
        _with(set_aside.set_aside, replace(SET_ASIDE, tried_again_by=WORDS)),
    ),
    "tried again": (set_aside.tried_again, lambda _: set_aside.tried_again(7)),
    **{
        f"question about a {kind}": (
            word_questions.word_question,
            _with(word_questions.word_question, sample(WordMessage, kind=kind.value, meaning=None)),
        )
        for kind in WordKind
    },
    "answer about a word": (
        word_questions.word_question,
        _with(word_questions.word_question, sample(WordMessage, kind="person")),
    ),
    "words": (word_questions.word_list, _with(word_questions.word_list, [ASKED_WORD] * 3)),
    "word settled": (
        word_questions.word_settled,
        _with(lambda word: word_questions.word_settled(word, "customer"), ASKED_WORD.word.said_word),
    ),
    "text alone": (
        fallback_messages.text_alone,
        lambda text: fallback_messages.text_alone(nudge_message(worded(NUDGE, text)), incident_key=KEY),
    ),
    "redirected": (
        fallback_messages.redirected,
        lambda text: fallback_messages.redirected(nudge_message(worded(NUDGE, text)), belongs_to=text, error=text),
    ),
    **{name: (view, _after(view, **options)) for name, (view, options) in AFTER_ACTS.items()},
    "question before a promise": (
        promise_question.promise_question,
        lambda text: promise_question.promise_question(
            PendingPromise(kind=PromiseKind.UPDATE, key=KEY, until=AT, text=text, how="phone"),
            None,
            Reader(zone=ZONE, now=AT),
        ),
    ),
    "answer to an act": (
        confirmations.act_answer,
        lambda text: confirmations.act_answer(
            Rendered("*INC-1* is yours."), worded(SUMMARY, text), [], row="answer:INC-1"
        ),
    ),
    "answer above a list": (
        confirmations.above,
        lambda text: confirmations.above(
            Rendered("*INC-1* is yours."),
            status_message(StatusList(incidents=(worded(SUMMARY, text),), more=0, scope="all"), now=AT),
        ),
    ),
    "answer with a note": (
        suggested_lines.with_note,
        lambda text: suggested_lines.with_note(
            confirmations.act_answer(Rendered("*INC-1* is yours."), worded(SUMMARY, text), [], row="answer:INC-1"),
            "You named no incident.",
        ),
    ),
    "form that did not open": (
        suggested_lines.open_form_button,
        lambda text: suggested_lines.open_form_button(
            "It did not open.", "line_run", one_line(f"pause {text}"), row="line:1"
        ),
    ),
    "merged": (confirmations.merged, lambda _: confirmations.merged(KEY, "INC-1001")),
    "waived": (confirmations.waived, lambda _: confirmations.waived(KEY, "Fix", count=2)),
    **{
        f"handover: {state}": (handover.handover_message, _with(render, replace(HANDOVER, state=state)))
        for state in HandoverState
    },
    **{
        f"handover that waits, manager: {for_manager}": (
            handover.handover_reminder,
            _with(render, sample(HandoverReminder, for_manager=for_manager)),
        )
        for for_manager in (False, True)
    },
    "own figures": (
        escalation_figures.own_figures,
        lambda text: escalation_figures.own_figures(
            worded(sample(PersonalFigures, sees_team=True), text), reader=Reader(zone=ZONE, now=AT)
        ),
    ),
    "team figures": (
        escalation_figures.team_figures,
        _with(escalation_figures.team_figures, sample(TeamFigures)),
    ),
    "handed over": (
        handover.handed_over,
        lambda text: handover.handed_over(worded(HANDOVER, text), by="U0DANA", reader=Reader(zone=ZONE, now=AT)),
    ),
    "silence": (render, _with(render, sample(SilenceMessage, person="U0TOM", state=SilenceState.LASTING))),
    **{
        f"silence that ended: {state}": (
            silence.silence_message,
            _with(render, sample(SilenceMessage, person="U0TOM", state=state)),
        )
        for state in SilenceState
    },
    "silent colleague on it": (silence.on_it, _with(silence.on_it, sample(SilenceMessage))),
    "absence with what is open": (
        absences.with_list,
        lambda text: absences.with_list(
            absences.absence_stated(sample(AbsenceStated), by="U0DANA", reader=Reader(zone=ZONE, now=AT), request="r1"),
            StatusList(incidents=(worded(SUMMARY, text),), more=0, scope="mine"),
            now=AT,
        ),
    ),
    "absence": (
        absences.absence_stated,
        lambda _: absences.absence_stated(
            sample(AbsenceStated), by="U0DANA", reader=Reader(zone=ZONE, now=AT), request="r1"
        ),
    ),
    "SOP done": (confirmations.done_sop, lambda _: confirmations.done_sop("SOP-7")),
    "form to add an SOP": (sop_forms.add_sop_form, lambda _: sop_forms.add_sop_form()),
    "form to edit an SOP": (sop_forms.edit_sop_form, _with(sop_forms.edit_sop_form, SOP_DETAIL.sop)),
    "form to retire an SOP": (sop_forms.retire_sop_form, _with(sop_forms.retire_sop_form, SOP_DETAIL.sop)),
    "SOP added": (sop_forms.sop_added, _with(sop_forms.sop_added, SOP_DETAIL.sop)),
    "SOP edited": (sop_forms.sop_edited, _with(sop_forms.sop_edited, SOP_DETAIL.sop)),
    "SOP still right": (sop_forms.sop_still_right, _with(sop_forms.sop_still_right, SOP_DETAIL.sop)),
    "SOP handed on": (sop_forms.sop_handed_on, _with(sop_forms.sop_handed_on, SOP_DETAIL.sop, by="U0TOM")),
    "SOP retired": (sop_forms.sop_retired, _with(sop_forms.sop_retired, SOP_DETAIL.sop)),
    "SOP restored": (sop_forms.sop_restored, _with(sop_forms.sop_restored, SOP_DETAIL.sop)),
    "SOP used": (confirmations.used_sop, _after(confirmations.used_sop, sop="SOP-7", title=WORDS, helped=False)),
    "SOP linked": (confirmations.linked_sop, _after(confirmations.linked_sop, sop="SOP-7", title=WORDS)),
    "form to open": (
        forms.open_form,
        lambda text: forms.open_form([text, f"{text} 2"], forms.OpenWords(title=text, site=text)),
    ),
    "form of an update": (forms.update_form, lambda text: forms.update_form(KEY, text)),
    "form of a plan": (forms.plan_form, lambda text: forms.plan_form(KEY, text, text=text)),
    "form of a pause": (forms.pause_form, lambda text: forms.pause_form(KEY, text)),
    "form of a priority": (forms.priority_form, lambda text: forms.priority_form(KEY, text, "P2")),
    "form of a resolution": (forms.resolve_form, lambda text: forms.resolve_form(KEY, text)),
    "form of a duplicate": (forms.duplicate_form, lambda text: forms.duplicate_form({KEY: text, "INC-1": text})),
    "form to hand back": (forms.hand_back_form, lambda text: forms.hand_back_form(KEY, text)),
    "form to ask for help": (forms.escalate_form, lambda text: forms.escalate_form(KEY, text)),
    "form to assign": (dispatch_forms.assign_form, _with(dispatch_forms.assign_form, ASSIGNABLE)),
    "form to assign, nobody": (
        dispatch_forms.assign_form,
        _with(dispatch_forms.assign_form, replace(ASSIGNABLE, candidates=())),
    ),
    "form to assign, one of 500": (
        dispatch_forms.assign_form,
        _with(dispatch_forms.assign_form, replace(ASSIGNABLE, candidates=ASSIGNABLE.candidates * 250)),
    ),
    "form to snooze": (dispatch_forms.snooze_form, lambda text: dispatch_forms.snooze_form(KEY, text)),
    "form of another snooze": (
        dispatch_forms.snooze_form,
        lambda text: dispatch_forms.snooze_form(KEY, text, until=text),
    ),
    "form of a promise": (forms.promise_form, lambda text: forms.promise_form(KEY, text, promise=text)),
}
"""Every view, with a function that draws it with one text in every place for a text."""


def every_view() -> set[str]:
    """The views there are: public functions that answer a message or a form."""
    views = set()
    for module in pkgutil.iter_modules(bot.views.__path__, "bot.views."):
        for name, function in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
            answers = inspect.get_annotations(function, eval_str=True).get("return")
            if function.__module__ == module.name and not name.startswith("_") and answers in {Rendered, Form}:
                views.add(f"{module.name}.{name}")
    return {name for name in views if name.rpartition(".")[0] not in PIECES}
