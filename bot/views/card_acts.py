"""What a card offers: three acts by the incident's state as buttons, the others behind *More…*."""

from collections.abc import Iterator

from bot.action_ids import ActionId
from bot.views.act_menu import Act, act_button, act_menu
from bot.views.nudge_acts import ON_IT, PAUSED, STOPS, TOLD
from bot.views.parts import Block
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.endings import ending, moved
from sla_engine.domain.incidents.events import Breached, Deleted, Event, Followed, Moved, PlanGiven, Undone
from sla_engine.services.queries.board import IncidentDetail, IncidentSummary

BUTTONS_MAX = 3

_LabelledId = tuple[str, ActionId]
_WHY = ("Why", ActionId.WHY)
_REFRESH = ("Refresh", ActionId.SHOW)
_REPLIED = STOPS[MetricName.FIRST_RESPONSE][0]
_PLANNED = STOPS[MetricName.RESOLUTION_PLAN][0]
_RESOLVED, _PAUSE = STOPS[MetricName.RESOLUTION]
_NOTE = ("Write SLA note…", ActionId.NOTE_OPEN)


def card_acts(detail: IncidentDetail) -> list[Block]:
    """The row of a card: at most three buttons, and a menu with everything else that can be done."""
    acts = [Act(label, action, key) for label, action, key in _acts(detail)]
    return [*map(act_button, acts[:BUTTONS_MAX]), *act_menu(acts[BUTTONS_MAX:])]


def follower(detail: IncidentDetail) -> str | None:
    """The key of the incident that this one came back as."""
    return next((entry.event.key for entry in detail.in_effect if isinstance(entry.event, Followed)), None)


def _acts(detail: IncidentDetail) -> Iterator[tuple[str, ActionId, str]]:
    incident, key, successor = detail.summary, detail.summary.key, _successor(detail)
    if successor is not None:
        yield f"Show {successor}", ActionId.SHOW, successor
    named = _of_open(detail) if successor is None and incident.is_open else _of_closed(detail, successor)
    for label, action in dict.fromkeys(named):
        yield label, action, key
    yield from _of_problem(detail)


def _of_problem(detail: IncidentDetail) -> Iterator[tuple[str, ActionId, str]]:
    """The problem behind it, and the link to one that it only looks like."""
    problem = detail.problem
    if problem is None:
        return
    if not problem.is_linked:
        yield f"Same as {problem.key}", ActionId.PROBLEM_LINK, f"{problem.key} {detail.summary.key}"
    yield f"Show {problem.key}", ActionId.PROBLEM_SHOW, problem.key


def _of_closed(detail: IncidentDetail, successor: str | None) -> Iterator[_LabelledId]:
    if successor is None and not isinstance(_end(detail), Deleted | Undone):
        yield "Reopen", ActionId.REOPEN
    yield _WHY
    if _missed(detail):
        yield _NOTE
    if successor is None:
        yield _REFRESH


def _of_open(detail: IncidentDetail) -> Iterator[_LabelledId]:
    """What moves it on first, then what is needed less often."""
    incident = detail.summary
    if incident.paused_for:
        yield PAUSED[0]
    if incident.is_free:
        yield "Take", ActionId.TAKE
    if _awaits(incident, MetricName.FIRST_RESPONSE):
        yield _REPLIED
    if detail.nudge_waits:
        yield ON_IT
    yield TOLD
    yield _RESOLVED
    yield PAUSED[1] if incident.paused_for else _PAUSE
    if not any(isinstance(entry.event, PlanGiven) for entry in detail.in_effect):
        yield _PLANNED
    yield _WHY
    if _missed(detail):
        yield _NOTE
    yield "Priority…", ActionId.PRIORITY_OPEN
    yield "Ask for help…", ActionId.ESCALATE_OPEN
    if incident.assignee is not None:
        yield "Hand back…", ActionId.HAND_BACK_OPEN
    yield _REFRESH


def _successor(detail: IncidentDetail) -> str | None:
    """The key of the incident that replaced this one, by a merge, a move or a late return."""
    if detail.summary.merged_into:
        return detail.summary.merged_into
    move = moved(detail.history)
    return follower(detail) if move is None else move.key


def _missed(detail: IncidentDetail) -> bool:
    if isinstance(_end(detail), Moved | Undone):
        return False
    return detail.summary.breached or any(isinstance(entry.event, Breached) for entry in detail.history)


def _end(detail: IncidentDetail) -> Event | None:
    """The fact that ended the incident for good; None where there is none."""
    last = ending(detail.history)
    return None if last is None else last.event


def _awaits(incident: IncidentSummary, metric: MetricName) -> bool:
    return any(clock.metric is metric and clock.stopped_at is None for clock in incident.clocks)
