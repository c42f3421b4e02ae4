"""Messages about who dispatches next, and what they must know."""

from bot.action_ids import ActionId
from bot.text import mention, moment, shown
from bot.views.parts import Block, actions, button, context, named_incident, section, title_line
from bot.views.reader import Reader
from bot.views.rendered import Rendered
from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.notifications.shifts import HandedIncident, HandoverMessage, HandoverReminder, HandoverState

NAME_MAX_CHARS = 60
LISTED_MOST = 12
AWAY_MOST = 12
BLOCK_ID_MAX_CHARS = 255  # Slack: id of a block


def handover_message(handover: HandoverMessage) -> Rendered:
    """Who has the dispatch from now on and what is open, with *I have it*; once that was said, one line."""
    if handover.state is not HandoverState.WAITING:
        line = _settled(handover)
        return Rendered(line, [section([line])])
    given = f", from {shown(handover.given_by_name, NAME_MAX_CHARS)}" if handover.given_by_name else ""
    headline = (
        f"{mention(handover.taken_by)}: *the dispatch is yours now*{given}, until {moment(handover.until)}. "
        "Please press *I have it*."
    )
    about = _about(handover)
    accept = button("I have it", ActionId.HANDOVER_ACCEPT, value=handover.name, style="primary")
    blocks: list[Block] = [section([headline]), *(section(lines) for lines in about)]
    blocks += [context(_absent(handover))] if handover.absent else []
    blocks.append(actions([accept], block_id=f"handover:{handover.taken_by}"[:BLOCK_ID_MAX_CHARS]))
    lines = [headline, *(line for lines in about for line in lines)]
    return Rendered("\n".join([*lines, _absent(handover)] if handover.absent else lines), blocks)


def handover_reminder(notice: HandoverReminder) -> Rendered:
    """Tell the one who leaves, or a manager, that nobody has taken over."""
    if notice.settled_at is not None:
        who = f"{mention(notice.settled_by)} has the dispatch" if notice.settled_by else "The dispatch was handed on"
        line = f"Settled: {who} since {moment(notice.settled_at)}."
        return Rendered(line, [section([line])])
    name = shown(notice.taken_by_name, NAME_MAX_CHARS)
    count = notice.pressing
    open_now = "1 urgent or promised incident is" if count == 1 else f"{count} urgent or promised incidents are"
    if notice.for_manager:
        by = f" by {mention(notice.given_by)}" if notice.given_by else ""
        lines = [
            f"*Nobody has taken over the dispatch.* It was handed to {name}{by} {moment(notice.at)}.",
            f"{open_now} open. Please call {name}, or take over.",
        ]
    else:
        lines = [
            f"*{name} has not taken over from you yet.* The dispatch went over {moment(notice.at)}.",
            f"{open_now} open. Please call {name}, or stay on duty yourself.",
        ]
    stay = button("I dispatch for now", ActionId.HANDOVER_TAKE, value=notice.handover or "me")
    return Rendered("\n".join(lines), [section(lines), actions([stay], block_id="handover:take")])


def handed_over(handover: HandoverMessage, *, by: str, reader: Reader) -> Rendered:
    """Answer whoever handed the dispatch over."""
    until = reader.when(handover.until)
    if handover.taken_by == by:
        return Rendered(f"You are on duty now, until {until}: nudges mention you from now on.")
    who = mention(handover.taken_by)
    return Rendered(
        f"{who} is on duty now, until {until}, and is asked in the dispatcher channel to take over what is open."
    )


def _settled(handover: HandoverMessage) -> str:
    at = moment(handover.state_at or handover.at)
    if handover.state is HandoverState.ACCEPTED:
        return f"{mention(handover.taken_by)} has the dispatch since {at}."
    return f"{mention(handover.taken_by)} was to have the dispatch; it was handed on {at}."


def _about(handover: HandoverMessage) -> list[list[str]]:
    if not handover.incidents:
        return [["Nothing urgent, promised, snoozed or answered is open."]]
    about = [_lines(incident) for incident in handover.incidents[:LISTED_MOST]]
    more = handover.more + len(handover.incidents) - len(about)
    if more:
        about.append([f"{more} more {'is' if more == 1 else 'are'} on the board: `/sla board`."])
    return about


def _lines(handed: HandedIncident) -> list[str]:
    listed = handed.listed
    named = named_incident(listed.incident_key, listed.link)
    what = f"{listed.priority} {title_line(listed.customer)}: {title_line(listed.title)}"
    why = [
        f"promised {moment(handed.promise)}" if handed.promise else "",
        f"snoozed until {moment(handed.snoozed_until)}" if handed.snoozed_until else "",
        f"customer answered {moment(handed.answered_at)}" if handed.answered_at else "",
    ]
    return [f"{named} · {what}", " · ".join([_due(handed), *filter(None, why)])]


def _due(handed: HandedIncident) -> str:
    """What is due next, and who has it: by name, since only the next dispatcher is called."""
    listed = handed.listed
    owner = f"{shown(handed.owner_name, NAME_MAX_CHARS)} has it" if handed.owner_name else "nobody has it"
    if listed.metric is None or listed.due_at is None:
        return f"No clock runs, {owner}"
    metric = METRICS[listed.metric]
    return f"{metric.was_due if listed.is_late else metric.due} {moment(listed.due_at)}, {owner}"


def _absent(handover: HandoverMessage) -> str:
    away = [f"{shown(one.name, NAME_MAX_CHARS)} until {moment(one.until)}" for one in handover.absent[:AWAY_MOST]]
    more = len(handover.absent) - len(away)
    also = f" and {more} more; what is theirs: `/sla status absent`" if more else ""
    return f"Away: {', '.join(away)}{also}"
