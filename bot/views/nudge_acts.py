"""What a nudge offers: first the acts that stop its clock, then who could have it, the rest behind “⋯”."""

from dataclasses import dataclass
from datetime import timedelta

from bot.action_ids import ActionId
from bot.views.act_menu import MENU_MAX_ACTS, Act, ticket_act
from sla_engine.domain.agreements.metrics import MetricName, metric_labelled
from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.incidents.promises import STILL_ON_IT
from sla_engine.notifications.nudges import NudgeMessage, NudgeState

BUTTONS_MAX = 3

_STILL_ON_IT = f"Still on it, {STILL_ON_IT // timedelta(minutes=1)} min more"
STOPS = {
    MetricName.FIRST_RESPONSE: (("Reply sent", ActionId.RESPOND),),
    MetricName.CUSTOMER_UPDATE: (("Customer told…", ActionId.UPDATE_OPEN),),
    MetricName.RESOLUTION_PLAN: (("Fix planned…", ActionId.PLAN_OPEN),),
    MetricName.RESOLUTION: (("Resolved…", ActionId.RESOLVE_OPEN), ("Pause…", ActionId.PAUSE_OPEN)),
}
"""The acts that stop the clock of each metric, or rest it."""
PAUSED = (("Resume", ActionId.RESUME), ("Pause longer…", ActionId.PAUSE_OPEN))
TOLD = ("Customer told…", ActionId.UPDATE_OPEN)
_FREE = (("Take", ActionId.TAKE), ("Assign…", ActionId.ASSIGN_OPEN))
ON_IT = ("I’m on it", ActionId.NUDGE_ACKNOWLEDGE)
_PROMISE = ("Change promise…", ActionId.NUDGE_PROMISE_OPEN)

_ASKED_FOR = {
    NudgeCause.PROMISE_LAPSED: (TOLD,),
    NudgeCause.PROMISE_QUESTIONED: (TOLD,),
    NudgeCause.CUSTOMER_ANSWERED: (PAUSED[0], TOLD),
    NudgeCause.PAUSE_OUTLIVED: PAUSED,
}
"""The acts that answer what a nudge of this cause asks, whichever clock it shows."""

_LabelledId = tuple[str, ActionId]


@dataclass(frozen=True, slots=True)
class NudgeActs:
    """The acts of a nudge: at most three buttons, and those behind “⋯”."""

    buttons: tuple[Act, ...]
    more: tuple[Act, ...]


def nudge_acts(nudge: NudgeMessage) -> NudgeActs:
    """The acts that a nudge offers in its state."""
    first = list(dict.fromkeys(_first(nudge)))
    buttons, left_over = first[:BUTTONS_MAX], first[BUTTONS_MAX:]
    always = [*ticket_act(nudge.link, key=nudge.incident_key), Act("Show all of it", ActionId.SHOW, nudge.incident_key)]
    rest = [row for row in dict.fromkeys([*left_over, *_others(nudge)]) if row not in buttons]
    more = [_act(row, nudge) for row in rest[: MENU_MAX_ACTS - len(always)]]
    return NudgeActs(tuple(_act(row, nudge) for row in buttons), (*more, *always))


def _first(nudge: NudgeMessage) -> list[_LabelledId]:
    """What comes first: an owner for what nobody has, an answer to a call for help, else what stops its clock."""
    stopping, owning = [*_stopping(nudge), *_also_late(nudge)], _owning(nudge)
    if owning and nudge.asked is None:
        return [*stopping[:1], *owning, *stopping[1:], *_answering(nudge)]
    if nudge.cause is NudgeCause.HELP and nudge.state is NudgeState.LIVE and not nudge.is_settled and not nudge.direct:
        return [*_answering(nudge), _FREE[1], *stopping]
    return [*stopping, *owning, *_answering(nudge)]


def _stopping(nudge: NudgeMessage) -> list[_LabelledId]:
    """What stops the clock it shows, or answers what it asks."""
    if nudge.asked is not None:
        return [TOLD, (_STILL_ON_IT, ActionId.NUDGE_STILL_ON_IT), _PROMISE]
    asked = () if nudge.is_settled else _ASKED_FOR.get(nudge.cause, ())
    if asked:
        return list(asked)
    if nudge.paused_for:
        return list(PAUSED)
    metric = metric_labelled(nudge.metric_label)
    return list(STOPS[metric.name]) if metric is not None else []


def _also_late(nudge: NudgeMessage) -> list[_LabelledId]:
    """What stops the other clocks that are late."""
    metrics = [metric_labelled(due.metric_label) for due in nudge.also if due.breached]
    return [STOPS[metric.name][0] for metric in metrics if metric is not None]


def _owning(nudge: NudgeMessage) -> list[_LabelledId]:
    return list(_FREE) if nudge.assignee is None and not nudge.direct else []


def _answering(nudge: NudgeMessage) -> list[_LabelledId]:
    return [] if nudge.state is NudgeState.ACKNOWLEDGED or nudge.asked is not None else [ON_IT]


def _others(nudge: NudgeMessage) -> list[_LabelledId]:
    """What else is often done with it, the likeliest first."""
    promise = [_PROMISE] if nudge.state is NudgeState.ACKNOWLEDGED else []
    hand_over = ("Hand back…", ActionId.HAND_BACK_OPEN) if nudge.direct else _FREE[1]
    rests = [] if nudge.paused_for else [STOPS[MetricName.RESOLUTION][1]]
    return [
        *promise,
        TOLD,
        hand_over,
        ("Snooze…", ActionId.SNOOZE_OPEN),
        STOPS[MetricName.RESOLUTION][0],
        *rests,
    ]


def _act(row: _LabelledId, nudge: NudgeMessage) -> Act:
    label, action = row
    return Act(label, action, nudge.incident_key)
