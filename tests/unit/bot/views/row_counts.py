"""Every list that a view draws, by the number of its rows; each row is marked, so that a lost one is missed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar, cast

from bot.views import (
    absences,
    action_items,
    call,
    confirmations,
    daily,
    digest,
    digest_thread,
    dispatch_forms,
    escalation_figures,
    forms,
    handover,
    misses,
    notes,
    own_customers,
    problems,
    remarks,
    simulation,
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
from bot.views.board import saved_list, unowned_message
from bot.views.burst import burst_summary
from bot.views.card import incident_card
from bot.views.health import health_message
from bot.views.help import SubcommandHelp, help_for, help_overview
from bot.views.home import home_view
from bot.views.late_notes import ask_form, manager_prompt
from bot.views.note_form import note_form
from bot.views.reader import Reader
from bot.views.rendered import Rendered
from bot.views.review import note_review, review_queue
from bot.views.status import status_message
from sla_engine.delivery.bursts import LINES_MAX, BurstLine
from sla_engine.delivery.records import LostDestination
from sla_engine.domain.agreements.msp import Role
from sla_engine.domain.escalation.forecast import ForeseenNudge
from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.incidents import events
from sla_engine.domain.incidents.errors import ActedSince
from sla_engine.domain.incidents.incident_names import NamedIncident
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.notes.note_state import NoteState
from sla_engine.domain.reporting.customers_to_call import CustomerWeek
from sla_engine.domain.reporting.digest import Complaint, CustomerMisses, DigestFigures
from sla_engine.domain.reporting.digest_parts import Decisions, OpenDecision, UnfixedProblem
from sla_engine.domain.reporting.escalation_times import SeldomActedOn
from sla_engine.domain.reporting.missed_targets import MissedIncident, MissFilter
from sla_engine.domain.reporting.saved_target import SavedTarget
from sla_engine.notifications.board import ListedIncident, UnownedMessage
from sla_engine.notifications.daily import DailyLine, DailyMessage, DailySection
from sla_engine.notifications.late_notes import LateNote, ManagerPromptMessage, OverdueItem
from sla_engine.notifications.notes import Miss, NoteReviewMessage, NoteWantedMessage
from sla_engine.notifications.notices import OwnCustomersMessage
from sla_engine.notifications.shifts import AbsentColleague, HandedIncident
from sla_engine.notifications.triage import TriageMessage
from sla_engine.services.incidents.bulk_acts import BulkOutcome
from sla_engine.services.intake.triage_list import NamedForGood, PlacedTicket, TriageOverview
from sla_engine.services.notes.action_items import ListedActionItem
from sla_engine.services.notes.note_requests import PossibleWriters, Writer
from sla_engine.services.notes.prefill import NotePrefill
from sla_engine.services.notes.review_queue import ReviewItem
from sla_engine.services.notes.waiting_notes import WaitingNote, WaitingNotes
from sla_engine.services.problems.problems import ProblemDetail
from sla_engine.services.queries.board import IncidentDetail, StatusList
from sla_engine.services.queries.escalation_figures import PersonalFigures, TeamFigures, TeamMember
from sla_engine.services.queries.explain import Explanation
from sla_engine.services.queries.home import DecisionsPart, HomePage, OwedNote, ShiftPart
from sla_engine.services.queries.late_notes import LISTED, OVERDUE_LISTED
from sla_engine.services.queries.misses import PAGE_INCIDENTS, MissList
from sla_engine.services.shifts.absences import AbsenceStated
from sla_engine.services.sops.registry import ListedSop, SopList
from sla_engine.services.upkeep.early_warnings import CalendarEnd
from sla_engine.services.upkeep.health import HealthFacts
from tests.unit.bot.views import every_view, samples
from tests.unit.bot.views.every_view import Message
from tests.unit.bot.views.outside_text import AT, ZONE, sample

Row = TypeVar("Row")
READER = Reader(zone=ZONE, now=AT)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowList:
    """A list in a view: how it is drawn with so many rows, and what the view says about those it leaves out.

    `rest` is how a reader comes to see the rows that are not shown; empty where every row is shown, or where nobody
    would look for them. `least` is the fewest rows the view is ever given: its service refuses fewer. `is_sample` says
    that the view shows the last few of what anybody can read elsewhere, and counts none.
    """

    draw: Callable[[int], Message]
    rest: str = ""
    least: int = 0
    is_sample: bool = False


def mark(number: int) -> str:
    """The words that a row is known by."""
    return f"row{number}x"


def _rows(row: Row, count: int, **also: Callable[[int], Any]) -> tuple[Row, ...]:
    """So many rows, each with its mark for a title (or in the fields that `also` names)."""
    marked = also or {"title": mark}
    return tuple(
        replace(row, **{name: value(number) for name, value in marked.items()})  # type: ignore[type-var]
        for number in range(count)
    )


def _key(number: int) -> str:
    return f"INC-{number}"


def _incidents(count: int) -> StatusList:
    return StatusList(incidents=_rows(every_view.SUMMARY, count, title=mark, key=_key), more=0, scope="all")


def _listed(count: int) -> tuple[ListedIncident, ...]:
    return _rows(every_view.UNOWNED.incidents[0], count, title=mark, incident_key=_key)


def _home(count: int, part: str) -> Message:
    shift = ShiftPart(mine=_incidents(0), promised=(), notes=(), sops=(), actions=())
    rows: Mapping[str, Any] = {
        "mine": _incidents(count),
        "promised": tuple(replace(incident, promise=AT) for incident in _incidents(count).incidents),
        "notes": _rows(sample(OwedNote), count, title=mark, incident_key=_key),
        "sops": _rows(sample(ListedSop), count, title=mark, number=lambda number: f"SOP-{number}"),
        "actions": _rows(sample(ListedActionItem), count, what=mark, number=lambda number: f"ACT-{number}"),
    }
    return home_view(
        HomePage(role=Role.TECHNICIAN, dispatches=False, shift=replace(shift, **{part: rows[part]})), now=AT
    )


def _sop_card(count: int) -> Message:
    changes = _rows(every_view.SOP_DETAIL.changes[0], count, by=mark)
    return sops.sop_card(replace(every_view.SOP_DETAIL, changes=changes))


def _decisions(count: int, part: str) -> Message:
    decisions = DecisionsPart(waiting=(), late_notes=())
    rows: Mapping[str, Any] = {
        "waiting": _rows(sample(ReviewItem), count, incident_key=mark),
        "late_notes": _rows(sample(OwedNote), count),
    }
    page = HomePage(role=Role.SERVICE_MANAGER, dispatches=False, decisions=replace(decisions, **{part: rows[part]}))
    return home_view(page, now=AT)


def _prompted(count: int) -> ManagerPromptMessage:
    late = _rows(sample(LateNote, misses=()), min(count, LISTED), title=mark, incident_key=_key)
    return ManagerPromptMessage(late=late, late_count=count)


def _overdue(count: int) -> ManagerPromptMessage:
    overdue = _rows(sample(OverdueItem), min(count, OVERDUE_LISTED), title=mark)
    return ManagerPromptMessage(overdue=overdue, overdue_count=count)


def _writers(count: int) -> tuple[Writer, ...]:
    return _rows(sample(Writer, is_absent=False, acts=1), count, name=mark, slack_id=lambda number: f"U{number}")


def _storm_lines(count: int) -> tuple[Any, ...]:
    return _rows(every_view.STORM_LINE, count, title=mark, incident_key=_key, customer=lambda number: f"C{number // 2}")


def _of_customers(count: int) -> tuple[Any, ...]:
    return _rows(every_view.STORM_LINE, count, customer=mark, incident_key=_key)


def _triage(count: int, part: str) -> Message:
    overview = sample(TriageOverview, waiting=(), new=(), names=(), customers=("Acme",), may_place=True)
    rows: Mapping[str, Any] = {
        "waiting": _rows(every_view.TRIAGE_LINE, count, title=mark, number=int),
        "new": _rows(every_view.TRIAGE_LINE, count, customer=mark, number=int),
        "names": _rows(sample(NamedForGood), count, name=mark),
    }
    return triage.triage_list(replace(overview, **{part: rows[part]}))


def _triage_message(count: int) -> Message:
    message = sample(
        TriageMessage,
        lines=_rows(every_view.TRIAGE_LINE, count, title=mark, number=int),
        more=0,
        customers=("Acme",),
        gone=False,
        newer=None,
    )
    return triage.triage_message(message)


def _missed(count: int) -> MissList:
    shown = min(count, PAGE_INCIDENTS)
    targets = _rows(every_view.MISSED_TARGET, shown, title=mark, incident_key=_key)
    incidents = tuple(MissedIncident(targets=(target,)) for target in targets)
    return replace(every_view.MISSED, wanted=MissFilter(), start=0, incident_count=count, incidents=incidents)


def _digest(count: int, part: str) -> DigestFigures:
    figures = replace(every_view.FIGURES, customers=(), customers_few=(), customers_more=0, complaints=())
    if part == "open":
        decided = sample(Decisions, done=0, of=count, open=_rows(sample(OpenDecision), count, title=mark))
        return replace(figures, decided=decided, waits_long=True)
    if part == "problems":
        return replace(figures, problems=_rows(sample(UnfixedProblem), count, title=mark))
    row = sample(Complaint) if part == "complaints" else sample(CustomerMisses)
    rows: Any = {part: _rows(row, count, customer=mark)}
    return replace(figures, **rows)


def _explained(count: int) -> Explanation:
    happened = [
        fact
        for number in range(count)
        for fact in (
            (60 + 2 * number, events.Paused(reason=PauseReason.VENDOR), "U0TOM"),
            (61 + 2 * number, events.Resumed(), "U0TOM"),
        )
    ]
    return samples.explanation(samples.history(*happened), now=samples.minute(70 + 2 * count))


def _simulated(count: int) -> Any:
    return replace(every_view.SIMULATED, incidents=_rows(every_view.SIMULATED.incidents[0], count))


def _foreseen(count: int) -> Any:
    nudges = tuple(
        ForeseenNudge(at=AT, cause=NudgeCause.UNASSIGNED, to=(mark(number),), channel="C0DISPATCH")
        for number in range(count)
    )
    incident = replace(every_view.SIMULATED.incidents[0], nudges=nudges)
    return replace(every_view.SIMULATED, incidents=(incident,))


def _helped(count: int) -> list[SubcommandHelp]:
    plain = sample(SubcommandHelp, name="x", usage="x", who="everyone", summary="x", examples=())
    return list(_rows(plain, count, summary=mark))


def _misses(count: int) -> tuple[Miss, ...]:
    return _rows(sample(Miss), count, metric_label=mark)


def _of_all(rows: Callable[[int], tuple[Any, ...]], view: Callable[..., Message], **options: Any) -> Any:
    return lambda count: view(list(rows(count)), **options)


def _problem_of(count: int) -> ProblemDetail:
    incident = every_view.PROBLEM.incidents[0]
    return replace(every_view.PROBLEM, incidents=_rows(incident, count))


NEXT_IN_LINE = "they move up as these are"
LISTS: Mapping[str, RowList] = {
    "status": RowList(draw=lambda count: status_message(_incidents(count), now=AT), rest="after `/sla status`"),
    "answer above a list": RowList(
        draw=lambda count: confirmations.above(
            Rendered("*INC-1* is yours."), status_message(_incidents(count), now=AT)
        ),
        rest="after `/sla status`",
    ),
    "absence with what is open": RowList(
        draw=lambda count: absences.with_list(
            absences.absence_stated(sample(AbsenceStated), by="U0DANA", reader=READER, request="r1"),
            _incidents(count),
            now=AT,
        ),
        rest="after `/sla status`",
    ),
    "what nobody has": RowList(
        draw=lambda count: unowned_message(UnownedMessage(incidents=_listed(count), count=count, mention=("U0DANA",))),
        rest="Show all",
    ),
    "saved targets": RowList(draw=_of_all(lambda count: _rows(sample(SavedTarget), count), saved_list), rest="… and"),
    **{
        f"home, {part}": RowList(draw=partial(_home, part=part), rest=rest)
        for part, rest in {
            "mine": "`/sla status mine`",
            "promised": "`/sla status mine`",
            "notes": NEXT_IN_LINE,
            "sops": NEXT_IN_LINE,
            "actions": NEXT_IN_LINE,
        }.items()
    },
    **{
        f"home, {part}": RowList(draw=partial(_decisions, part=part), rest=NEXT_IN_LINE)
        for part in ("waiting", "late_notes")
    },
    "review queue": RowList(
        draw=_of_all(lambda count: _rows(sample(ReviewItem), count, incident_key=mark), review_queue),
        rest=NEXT_IN_LINE,
    ),
    "waiting notes": RowList(
        draw=lambda count: waiting_notes.notes_message(
            sample(
                WaitingNotes,
                notes=_rows(sample(WaitingNote, state=NoteState.WANTED), count, title=mark, incident_key=_key),
                actions=(),
                wanted=None,
            )
        ),
        rest=NEXT_IN_LINE,
    ),
    "action items": RowList(
        draw=_of_all(
            lambda count: _rows(sample(ListedActionItem), count, what=mark, number=lambda number: f"ACT-{number}"),
            action_items.action_list,
        ),
        rest=NEXT_IN_LINE,
    ),
    "SOP list": RowList(
        draw=lambda count: sops.sop_list(SopList(sops=_rows(sample(ListedSop), count, title=mark), retired=0)),
        rest="`/sla sop list`",
    ),
    "SOP card": RowList(draw=_sop_card, is_sample=True),
    "problem list": RowList(
        draw=_of_all(
            lambda count: tuple(
                replace(
                    every_view.PROBLEM, problem=replace(every_view.PROBLEM.problem, title=mark(number), number=number)
                )
                for number in range(count)
            ),
            problems.problem_list,
        ),
        rest=NEXT_IN_LINE,
    ),
    "incidents of a problem": RowList(
        draw=lambda count: problems.problem_card(_problem_of(count)), rest="newest first"
    ),
    "known problems in a storm's form": RowList(
        draw=lambda count: storm_forms.problem_form(
            1,
            _storm_lines(3),
            [replace(every_view.PROBLEM.problem, title=mark(number), number=number) for number in range(count)],
        ),
        rest="takes any",
    ),
    "answer above a problem": RowList(
        draw=lambda count: problems.problem_answer(
            problems.problem_fixed(every_view.PROBLEM), _problem_of(count), request="r1"
        ),
        rest="newest first",
    ),
    "words": RowList(
        draw=lambda count: word_questions.word_list(
            [
                replace(every_view.ASKED_WORD, word=replace(every_view.ASKED_WORD.word, intake=mark(number)))
                for number in range(count)
            ]
        ),
        rest="they move up as these get a meaning",
    ),
    "own figures": RowList(
        draw=lambda count: escalation_figures.own_figures(
            replace(
                sample(PersonalFigures),
                promised=tuple(
                    replace(incident, key=mark(number), promise=AT)
                    for number, incident in enumerate(_incidents(count).incidents)
                ),
            ),
            reader=READER,
        ),
        rest="`/sla status mine`",
    ),
    "team figures": RowList(
        draw=lambda count: escalation_figures.team_figures(
            replace(sample(TeamFigures), members=_rows(sample(TeamMember), count, name=mark))
        ),
        rest="… and",
    ),
    "team figures, rungs": RowList(
        draw=lambda count: escalation_figures.team_figures(
            replace(sample(TeamFigures), seldom=_rows(sample(SeldomActedOn), count, rung=mark))
        ),
        rest="… and",
    ),
    "handover": RowList(
        draw=lambda count: handover.handover_message(
            replace(
                every_view.HANDOVER,
                incidents=tuple(replace(sample(HandedIncident), listed=one) for one in _listed(count)),
                more=0,
            )
        ),
        rest="`/sla board`",
    ),
    "handover, absent": RowList(
        draw=lambda count: handover.handover_message(
            replace(every_view.HANDOVER, absent=_rows(sample(AbsentColleague), count, name=mark))
        ),
        rest="`/sla status absent`",
    ),
    "burst": RowList(
        draw=lambda count: burst_summary(
            replace(every_view.BURST, count=count, lines=_rows(sample(BurstLine), min(count, LINES_MAX)))
        ),
        rest="`/sla status all`",
    ),
    "storm": RowList(
        draw=lambda count: storm.storm_message(replace(every_view.STORM, lines=_storm_lines(count), open=count)),
        rest="Show all",
    ),
    "storm, a page": RowList(
        draw=lambda count: storm_answers.page(_storm_lines(count), storm_answers.StormPage(storm_id=1)),
        rest="Next",
        least=1,
    ),
    "storm, by customer": RowList(
        draw=lambda count: storm_answers.by_customer(1, _of_customers(count)), rest="Show all"
    ),
    "storm, given out": RowList(
        draw=lambda count: storm_answers.given_out(
            BulkOutcome(done=tuple(map(_key, range(count)))), {_key(number): mark(number) for number in range(count)}
        ),
        rest="more",
    ),
    "form of customers told": RowList(
        draw=lambda count: storm_forms.customers_told_form("1", _of_customers(count), now=AT),
        rest="then open the form for the others",
        least=1,
    ),
    "form to give out": RowList(
        draw=lambda count: storm_forms.give_out_form(
            [replace(every_view.PROPOSAL, keys=(_key(number),), title=mark(number)) for number in range(count)],
            more=0,
            now=AT,
        ),
        rest="then open this form again",
        least=1,
    ),
    "form to merge": RowList(
        draw=lambda count: storm_forms.merge_form([replace(line, customer="Acme") for line in _storm_lines(count)]),
        rest="then open the form for the others",
        least=2,
    ),
    "answer above the triage list": RowList(
        draw=lambda count: confirmations.above(
            triage.name_forgotten("Globex", request="r1"), cast("Rendered", _triage(count, "waiting"))
        ),
        rest=NEXT_IN_LINE,
    ),
    "triage message": RowList(draw=_triage_message, rest="`/sla triage`"),
    **{
        f"triage, {part}": RowList(draw=partial(_triage, part=part), rest=rest)
        for part, rest in {"waiting": NEXT_IN_LINE, "new": "more", "names": NEXT_IN_LINE}.items()
    },
    "triage, placed": RowList(
        draw=lambda count: triage.placed(
            PlacedTicket(
                incident=every_view.TRIAGED, name="Globex", others=tuple(mark(number) for number in range(count))
            ),
            every_view.SUMMARY,
            READER,
            request="r1",
        ),
        rest="more",
    ),
    "call": RowList(
        draw=lambda count: call.call_card(
            replace(every_view.CALL, others=_rows(every_view.SPOKEN, count), more=0), now=AT
        ),
        rest="/sla status",
    ),
    "undone": RowList(
        draw=lambda count: undo.undone(
            replace(
                every_view.UNDONE,
                incidents=_rows(every_view.UNDONE.incidents[0], count, key=mark),
                kept=(),
            ),
            asked_by="U0TOM",
            reader=READER,
        ),
        rest="more",
    ),
    "undone, kept": RowList(
        draw=lambda count: undo.undone(
            replace(
                every_view.UNDONE,
                kept=tuple(ActedSince(key=mark(n), what="resolved", by="U0TESS", at=AT) for n in range(count)),
            ),
            asked_by="U0TOM",
            reader=READER,
        ),
        rest="somebody acted on these since",
    ),
    "digest, customers": RowList(
        draw=lambda count: digest_thread.digest_details(_digest(count, "customers")), rest="sla-bot digest"
    ),
    "digest, headlines": RowList(draw=lambda count: digest.digest_headlines(_digest(count, "open")), rest="more"),
    "digest, complaints": RowList(
        draw=lambda count: digest_thread.digest_details(_digest(count, "complaints")), rest="more"
    ),
    "misses": RowList(draw=lambda count: misses.misses_message(_missed(count)), rest="are shown"),
    "misses of one incident": RowList(
        draw=lambda count: misses.misses_message(
            replace(every_view.MISSED, incidents=(MissedIncident(targets=(every_view.MISSED_TARGET,) * max(count, 1)),))
        ),
        is_sample=True,
    ),
    "own customers": RowList(
        draw=lambda count: own_customers.own_customers(
            sample(OwnCustomersMessage, customers=_rows(sample(CustomerWeek), count, customer=mark))
        ),
        rest="/sla misses",
    ),
    "digest, problems": RowList(
        draw=lambda count: digest_thread.digest_details(_digest(count, "problems")), rest="/sla problem"
    ),
    "digest, both": RowList(draw=lambda count: digest.digest_now(_digest(count, "customers")), rest="sla-bot digest"),
    "health, calendars that end": RowList(
        draw=lambda count: health_message(
            replace(sample(HealthFacts), ends=_rows(sample(CalendarEnd), count, whose=mark))
        ),
        rest="more",
    ),
    "health, lost channels": RowList(
        draw=lambda count: health_message(
            replace(sample(HealthFacts), lost=_rows(sample(LostDestination), count, destination=mark))
        ),
        rest="more",
    ),
    "why": RowList(draw=lambda count: why.why_message(_explained(count), zone=ZONE), is_sample=True),
    "why, for the customer": RowList(draw=lambda count: why.why_for_the_customer(_explained(count)), is_sample=True),
    "simulation": RowList(
        draw=lambda count: simulation.simulation_message(_simulated(count), zone=ZONE, asked="x"),
        rest="that would change are not shown",
    ),
    "simulation, details": RowList(
        draw=lambda count: simulation.simulation_details(_simulated(count), zone=ZONE),
        rest="that would change are not shown",
    ),
    "simulation, nudges": RowList(
        draw=lambda count: simulation.simulation_details(_foreseen(count), zone=ZONE), rest="… and"
    ),
    "help": RowList(draw=lambda count: help_overview(_helped(count), role_label=""), rest="… and"),
    "help, examples": RowList(
        draw=lambda count: help_for(replace(_helped(1)[0], examples=tuple(mark(n) for n in range(count)))),
        rest="… and",
    ),
    "daily message": RowList(
        draw=lambda count: daily.daily_message(
            DailyMessage(
                sections=(
                    DailySection(
                        title="SLA notes",
                        lines=_rows(sample(DailyLine), count, title=mark, key=_key, subject=_key),
                    ),
                )
            )
        ),
        rest="on your Home tab",
        least=1,
    ),
    "note wanted": RowList(
        draw=lambda count: notes.note_wanted(
            sample(NoteWantedMessage, misses=_misses(count), state="wanted", for_manager=False)
        ),
        rest="… and",
    ),
    "manager's prompt": RowList(
        draw=lambda count: manager_prompt(_prompted(count)),
        rest="they move up as these are written",
    ),
    "manager's prompt, overdue": RowList(
        draw=lambda count: manager_prompt(_overdue(count)),
        rest="… and",
    ),
    "form to ask for a note": RowList(
        draw=lambda count: ask_form(sample(PossibleWriters, writers=_writers(count))), rest="a menu holds no more"
    ),
    "note review": RowList(
        draw=lambda count: note_review(sample(NoteReviewMessage, misses=_misses(count), state="written")),
        rest="… and",
    ),
    "note form": RowList(
        draw=lambda count: note_form(sample(NotePrefill, misses=_misses(count)), now=AT), rest="… and"
    ),
    "card": RowList(
        draw=lambda count: incident_card(
            IncidentDetail(
                summary=every_view.SUMMARY,
                history=tuple(
                    replace(every_view.EVENTS[0], seq=number, event=events.Remarked(text=mark(number)))
                    for number in range(count)
                ),
                nudge_waits=False,
            ),
            now=AT,
        ),
        is_sample=True,
    ),
    "form of a duplicate": RowList(
        draw=lambda count: forms.duplicate_form({_key(number): mark(number) for number in range(count)}),
        rest="`/sla merge",
        least=2,
    ),
    "form to open": RowList(
        draw=lambda count: forms.open_form([mark(number) for number in range(count)]), is_sample=True
    ),
    "form that asks whose": RowList(
        draw=lambda count: forms.whose_form(
            "x", [mark(number) for number in range(count)], always="x", initial=None, metadata="7"
        ),
        least=1,
        is_sample=True,
    ),
    "form of a remark": RowList(
        draw=lambda count: remarks.remark_form(_incidents(count).incidents, text="x", link=""), is_sample=True
    ),
    "form to assign": RowList(
        draw=lambda count: dispatch_forms.assign_form(
            replace(
                every_view.ASSIGNABLE,
                candidates=_rows(replace(every_view.CANDIDATE, urgent_count=0), count, name=mark, slack_id=mark),
            )
        ),
        is_sample=True,
    ),
    "form to assign, busy": RowList(
        draw=lambda count: dispatch_forms.assign_form(
            replace(
                every_view.ASSIGNABLE,
                candidates=_rows(every_view.CANDIDATE, count, name=mark, slack_id=mark),
            )
        ),
        rest="more",
    ),
    "incidents that may be meant": RowList(
        draw=lambda count: suggested_lines.offer(
            "Which one?",
            [
                suggested_lines.for_incident(["take", _key(n)], NamedIncident(_key(n), "Acme", mark(n), ""))
                for n in range(count)
            ],
            asked="r1",
        ),
        rest="more of the name",
    ),
}
"""Every list in a view; `is_sample` where a search, a fold or the last few stand for all."""

WITHOUT_LIST = {
    "bot.views.problems.problem_opened": "counts",
    "bot.views.problems.problem_linked": "names ten keys, and counts the others",
    "bot.views.call.call_back_form": "names one incident",
    "bot.views.confirmations.act_answer": "has the buttons that its caller makes",
    "bot.views.digest.digest": "reads a stored digest for the views of its two parts",
    "bot.views.handover.handed_over": "says who is on duty, and lists nothing",
    "bot.views.messages.render": "chooses the view of a message",
    "bot.views.simulation.preview_message": "is about one incident",
    **dict.fromkeys(
        (
            f"bot.views.sop_forms.{view}"
            for view in (
                "edit_sop_form",
                "retire_sop_form",
                "sop_added",
                "sop_edited",
                "sop_handed_on",
                "sop_restored",
                "sop_retired",
                "sop_still_right",
            )
        ),
        "is about one SOP",
    ),
    "bot.views.storm_answers.acknowledged": "counts",
    "bot.views.storm_answers.customers_told": "counts",
    "bot.views.storm_answers.merged": "counts",
    "bot.views.storm_answers.paused": "counts",
    "bot.views.storm_answers.resolved": "counts",
    "bot.views.storm_answers.resumed": "counts",
    "bot.views.triage.place_form": "is the form that asks whose",
}
"""Views that are given rows and list none, and what they do instead."""
FEW = {
    "paused_for", "clocks", "metrics", "reasons", "backlog", "stages",  # as many as there are kinds of them
    "mention", "also", "told", "names", "counts", "facts", "fields", "updates", "by_priority", "buttons", "blocks",
}  # fmt: skip
"""Fields of several values that are no rows."""
