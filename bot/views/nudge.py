from datetime import timedelta
from typing import assert_never

from bot.action_ids import ActionId
from bot.text import fallback_moment, fitting, mention, moment
from bot.views.fact_sentences import fact_sentence, pause_label
from bot.views.parts import (
    SECTION_MAX_CHARS,
    Block,
    actions,
    button,
    context,
    menu,
    named_incident,
    option,
    people_menu,
    quoted,
    section,
    ticket_button,
    title_line,
)
from bot.views.rendered import Rendered
from sla_engine.domain.escalation.nudges import AlsoDue, NudgeCause
from sla_engine.domain.incidents.promises import STILL_ON_IT
from sla_engine.domain.time.durations import short
from sla_engine.notifications.nudges import NudgeMessage, NudgeState

SNOOZES = {
    "15m": "15 minutes",
    "30m": "30 minutes",
    "1h": "1 hour",
    "4h": "4 hours",
    "tomorrow": "Until tomorrow 09:00",
}
"""The snooze menu's options: the value sent back, and its label."""

_BREACHED, _AT_RISK, _ASKED = ":red_circle:", ":large_yellow_circle:", ":raised_hand:"
_MARKS = {
    NudgeCause.AT_RISK: _AT_RISK,
    NudgeCause.BREACH: _BREACHED,
    NudgeCause.REPEAT: _BREACHED,
    NudgeCause.PROMISE_LAPSED: ":alarm_clock:",
    NudgeCause.HELP: _ASKED,
    NudgeCause.PAUSE_OUTLIVED: ":alarm_clock:",
    NudgeCause.UNASSIGNED: _ASKED,
    NudgeCause.PROMISE_QUESTIONED: ":alarm_clock:",
    NudgeCause.CUSTOMER_ANSWERED: ":speech_balloon:",
}
_WITH_WORDS = (NudgeCause.HELP, NudgeCause.UNASSIGNED, NudgeCause.CUSTOMER_ANSWERED)
"""The causes whose text was written by a person."""
_PLAIN_WORDS = {
    NudgeCause.PROMISE_LAPSED: "The promised update did not come",
    NudgeCause.HELP: "Help wanted",
    NudgeCause.UNASSIGNED: "Needs somebody to take it",
    NudgeCause.CUSTOMER_ANSWERED: "The customer answered, and it still waits for them",
}
_HELD_MARKS = {NudgeState.ACKNOWLEDGED: ":eyes:", NudgeState.SNOOZED: ":zzz:"}


_STILL_ON_IT = f"Still on it, {STILL_ON_IT // timedelta(minutes=1)} min more"

JUST_NOW = timedelta(seconds=30)
"""A smaller overrun than this is shown as the breach itself, without a figure."""


def nudge_message(nudge: NudgeMessage) -> Rendered:
    """A nudge: whom it calls, what is breached or at risk, who has it, and what can be done about it."""
    match nudge.state:
        case NudgeState.LIVE | NudgeState.ACKNOWLEDGED | NudgeState.SNOOZED:
            return _waiting(nudge)
        case NudgeState.SUPERSEDED:
            return _one_line(_superseded(nudge))
        case NudgeState.CLOSED:
            return _one_line(_closed(nudge))
        case _:
            assert_never(nudge.state)


def _waiting(nudge: NudgeMessage) -> Rendered:
    blocks = [section(_first_lines(nudge))]
    status = _status_line(nudge)
    if status:
        blocks.append(section([status]))
    if nudge.updates:
        blocks.append(context(fitting(_update_lines(nudge), SECTION_MAX_CHARS)))
    blocks.append(actions(_buttons_and_menus(nudge), block_id=f"nudge:{nudge.incident_key}"))
    return Rendered(text=_text(nudge), blocks=blocks)


def _first_lines(nudge: NudgeMessage) -> list[str]:
    mark = _HELD_MARKS.get(nudge.state, _mark(nudge))
    named = f"{mark} {named_incident(nudge.incident_key, nudge.link)} · *{_headline(nudge)}*"
    lines = [f"{named} {_mentions(nudge)}".rstrip(), title_line(nudge.title), _about(nudge), _figures(nudge)]
    lines += [quoted(nudge.text)] if nudge.cause in _WITH_WORDS else []
    lines += [_also_due(nudge.also)] if nudge.also else []
    return [line for line in lines if line]


def _mark(nudge: NudgeMessage) -> str:
    if nudge.cause is NudgeCause.REPEAT and nudge.breached_at is None:
        return _AT_RISK
    return _MARKS[nudge.cause]


def _mentions(nudge: NudgeMessage) -> str:
    return " ".join(mention(person) for person in nudge.mention)


def _about(nudge: NudgeMessage) -> str:
    holder = f"owner {mention(nudge.assignee)}" if nudge.assignee else "no owner yet"
    return f"{nudge.priority} · {_customer(nudge)} · {holder}"


def _customer(nudge: NudgeMessage) -> str:
    return title_line(nudge.customer)


def _headline(nudge: NudgeMessage) -> str:
    """Say in a few words why this was posted."""
    match nudge.cause:
        case NudgeCause.AT_RISK | NudgeCause.BREACH | NudgeCause.REPEAT:
            return _about_target(nudge)
        case NudgeCause.PROMISE_QUESTIONED:
            return "The promised update is due" + (": still on it?" if nudge.asked is not None else "")
        case NudgeCause.PAUSE_OUTLIVED:
            return f"Still paused ({pause_label(nudge.text)}), longer than expected"
        case (
            NudgeCause.PROMISE_LAPSED | NudgeCause.HELP | NudgeCause.UNASSIGNED | NudgeCause.CUSTOMER_ANSWERED
        ) as plain:
            return _PLAIN_WORDS[plain]
        case _:
            assert_never(nudge.cause)


def _about_target(nudge: NudgeMessage) -> str:
    metric = nudge.metric_label or "A target"
    breached = nudge.breached_at is not None
    if nudge.cause is NudgeCause.REPEAT:
        return f"{metric} still {'breached' if breached else 'at risk'}, reminder {nudge.repeat}"
    if nudge.cause is NudgeCause.BREACH:
        return f"{metric} breached{f', {nudge.rung}' if nudge.rung else ''}"
    return f"{metric} at risk: {nudge.percent} % used"


def _figures(nudge: NudgeMessage) -> str:
    """The time left or over, the target, and the due time."""
    if nudge.metric_label is None:
        return ""
    left = nudge.target - nudge.elapsed
    parts = [f"{nudge.metric_label}: {_left(nudge)}"]
    if nudge.due_at is not None:
        parts.append(f"{'was due' if left <= timedelta(0) else 'due'} {moment(nudge.due_at)}")
    if nudge.noticed_at is not None:
        parts.append(f"noticed late, {moment(nudge.noticed_at)}")
    return " · ".join(parts)


def _left(nudge: NudgeMessage) -> str:
    left, target = nudge.target - nudge.elapsed, short(nudge.target)
    if nudge.breached_at is not None and -left < JUST_NOW:
        return f"the target of {target} is used up"
    return f"{short(left)} left of {target}" if left >= timedelta(0) else f"{short(-left)} over the target of {target}"


def _also_due(also: tuple[AlsoDue, ...]) -> str:
    named = [f"{due.metric_label} {'breached' if due.breached else f'{due.percent} % used'}" for due in also]
    return f"Also: {', '.join(named)}"


def _update_lines(nudge: NudgeMessage) -> list[str]:
    return [
        f"{fact_sentence(fact.what, by=fact.by, text=fact.text, fields=fact.fields)} · {moment(fact.at)}"
        for fact in nudge.updates
    ]


def _status_line(nudge: NudgeMessage) -> str:
    who = mention(nudge.state_by)
    if nudge.asked is not None and nudge.state is NudgeState.LIVE:
        promised = f" by {moment(nudge.promise)}" if nudge.promise else ""
        return f"*{mention(nudge.asked)} promised an update{promised}. Still on it?* Without an answer it lapses."
    if nudge.state is NudgeState.ACKNOWLEDGED:
        promised = f" · next update by {moment(nudge.promise)}" if nudge.promise else ""
        return f"*{who} has it*{promised}"
    if nudge.state is NudgeState.SNOOZED:
        until = f" until {moment(nudge.snoozed_until)}" if nudge.snoozed_until else ""
        return f"*Snoozed by {who}*{until}. The clocks run on."
    return ""


def _buttons_and_menus(nudge: NudgeMessage) -> list[Block]:
    key = nudge.incident_key
    return [
        *_acknowledge_buttons(nudge),
        *([] if _is_to_owner(nudge) else [people_menu("Assign to", ActionId.NUDGE_ASSIGN)]),
        menu("Snooze", ActionId.NUDGE_SNOOZE, [option(label, value) for value, label in SNOOZES.items()]),
        button("Customer updated", ActionId.UPDATE_OPEN, value=key),
        button("Show", ActionId.SHOW, value=key),
        *ticket_button(nudge.link, key=key),
    ]


def _acknowledge_buttons(nudge: NudgeMessage) -> list[Block]:
    key = nudge.incident_key
    promise = button("Change promise", ActionId.NUDGE_PROMISE_OPEN, value=key)
    if nudge.state is NudgeState.ACKNOWLEDGED:
        return [promise]
    if nudge.asked is not None:
        return [button(_STILL_ON_IT, ActionId.NUDGE_STILL_ON_IT, value=key, style="primary"), promise]
    return [button("Acknowledge", ActionId.NUDGE_ACKNOWLEDGE, value=key, style="primary")]


def _is_to_owner(nudge: NudgeMessage) -> bool:
    """Whether it goes to the owner alone, as a direct message; only a dispatcher may assign, so it has no such menu."""
    return nudge.mention == (nudge.assignee,)


def _superseded(nudge: NudgeMessage) -> str:
    return f"{named_incident(nudge.incident_key, nudge.link)} · {_headline(nudge)} · newer news below"


def _closed(nudge: NudgeMessage) -> str:
    when = f", {moment(nudge.state_at)}" if nudge.state_at else ""
    named = f"{named_incident(nudge.incident_key, nudge.link)} · {title_line(nudge.title)}"
    return f":white_check_mark: {named} · {_ending(nudge)}{when} (was: {_headline(nudge)})"


def _ending(nudge: NudgeMessage) -> str:
    who = mention(nudge.state_by)
    end = next((fact for fact in nudge.updates if fact.what in ("merged", "moved", "deleted", "undone")), None)
    return f"resolved by {who}" if end is None else fact_sentence(end.what, by=end.by, fields=end.fields)


def _text(nudge: NudgeMessage) -> str:
    """The whole nudge for phones and screen readers, the most important words first."""
    head = f"{_mentions(nudge)} {nudge.incident_key} ({nudge.priority}, {_customer(nudge)}): {_headline(nudge)}".strip()
    lines = [head, title_line(nudge.title)]
    if nudge.metric_label is not None:
        lines.append(f"{nudge.metric_label}: {_left(nudge)}")
        lines += [f"Due {fallback_moment(nudge.due_at)}"] if nudge.due_at else []
    lines += [quoted(nudge.text)] if nudge.cause in _WITH_WORDS and nudge.text else []
    lines += [_also_due(nudge.also)] if nudge.also else []
    lines += _update_lines(nudge)
    return "\n".join(line for line in [*lines, _status_line(nudge)] if line)


def _one_line(line: str) -> Rendered:
    return Rendered(text=line, blocks=[section([line])])
