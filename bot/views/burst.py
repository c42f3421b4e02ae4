"""Many messages as one: what came, the most urgent first, each with the words that say what it was."""

from bot.text import mention, shown
from bot.views.parts import Block, context, header, section
from bot.views.rendered import Rendered
from sla_engine.delivery.bursts import WITHOUT_PRIORITY, BurstLine, BurstMessage
from sla_engine.domain.escalation.nudges import NudgeCause

TITLE_MAX_CHARS = 90  # keeps twenty lines within one section
WORD_MAX_CHARS = 40

_ABOUT = {
    NudgeCause.PROMISE_LAPSED: "the promised update did not come",
    NudgeCause.PROMISE_QUESTIONED: "the promised update is due",
    NudgeCause.HELP: "help wanted",
    NudgeCause.PAUSE_OUTLIVED: "its pause should be over",
    NudgeCause.UNASSIGNED: "needs somebody to take it",
    NudgeCause.CUSTOMER_ANSWERED: "the customer answered",
    NudgeCause.REOPENED: "open again",
    NudgeCause.PRIORITY_RAISED: "more urgent now",
    "assigned": "is yours now",
    "assigned_many": "several are yours now: `/sla status mine`",
    "opened": "opened",
    "taken_back": "taken back",
    "taken_back_many": "several are not yours after all",
    "answer": "",
    "promise_due": "the update you promised is due",
    "customer_replied": "the customer waits for an answer",
    "not_merged": "its ticket was merged, it was not",
    "never_due": "a clock will never be due, watch it by hand",
    "not_watched": "not watched any more, watch it by hand",
    "many_not_watched": "items are set aside: `/sla health`",
    "delivery_set_aside": "could not be worked on, no clock runs",
    "refused_ticket": "a new ticket, refused: no clock runs",
    "refused_alerts": "its alerts were refused, look there",
    "too_large": "sent too much at once, refused: look there",
    "left_out": "left alerts out of a group, look there",
    "channel_back": "this channel can be reached again",
}
"""The words for a message that no clock describes, by cause or by sentence: what it is about and what to do."""


def burst_summary(burst: BurstMessage) -> Rendered:
    """Many messages as one: how many of each priority, then the most urgent incidents."""
    headline = f"{burst.count} messages at once"
    counts = " · ".join(f"{_priority(priority)}: {count}" for priority, count in burst.by_priority.items())
    lines = [_line(line) for line in burst.lines]
    blocks: list[Block] = [header(headline), section([_named(burst, counts), *lines])]
    more = burst.count - len(burst.lines)
    if more > 0:
        blocks.append(context(f"… and {more} more: see `/sla status all` and `/sla triage`"))
    called = " ".join(map(mention, burst.mention))
    return Rendered(text="\n".join([f"{called} {headline} ({counts})".strip(), *lines]), blocks=blocks)


def _named(burst: BurstMessage, counts: str) -> str:
    return f"{' '.join(map(mention, burst.mention))} *{counts}*".strip()


def _priority(priority: str) -> str:
    return "no priority" if priority == WITHOUT_PRIORITY else shown(priority, WORD_MAX_CHARS)


def _line(line: BurstLine) -> str:
    priority = "" if line.priority == WITHOUT_PRIORITY else shown(line.priority, WORD_MAX_CHARS)
    key, title = shown(line.incident_key, WORD_MAX_CHARS), shown(line.title, TITLE_MAX_CHARS)
    named = " ".join(part for part in (priority, f"*{key}*" if key else "", title) if part)
    about = _ABOUT[line.about] if line.about in _ABOUT else shown(line.about, WORD_MAX_CHARS)
    return f"• {' – '.join(part for part in (named, about) if part)}"
