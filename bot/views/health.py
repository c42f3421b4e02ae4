from datetime import timedelta

from bot.connection_health import ConnectionHealth
from bot.text import NAME_MAX_CHARS, shown
from bot.views.lost import lost_sentences
from bot.views.parts import context, section
from bot.views.rendered import Rendered
from bot.views.undeliverable import place
from bot.views.upkeep import calendar_ends
from sla_engine.domain.time.durations import short
from sla_engine.domain.upkeep.inbox_state import InboxState
from sla_engine.domain.upkeep.retries import Queue
from sla_engine.services.upkeep.health import HealthFacts

SWEEP_LATE = timedelta(minutes=2)
"""The sweep looks at least once a minute; longer than this and something is wrong."""
MESSAGE_LATE = timedelta(minutes=1)
"""How long a message may wait before that is worth a word."""


def health_message(facts: HealthFacts, *, connections: ConnectionHealth | None = None) -> Rendered:
    """Whether the bot works, and in one sentence each what does not and what to do."""
    troubles = _troubles(facts)
    if connections is not None and connections.red is not None:
        troubles.insert(0, f"{connections.red[0].upper()}{connections.red[1:]}.")
    headline = ":large_green_circle: *Everything works.*"
    if troubles:
        count = "One thing needs" if len(troubles) == 1 else f"{len(troubles)} things need"
        headline = f":red_circle: *{count} attention.*"
    lines = [headline, *(f"• {trouble}" for trouble in troubles)]
    figures = _figures(facts)
    if connections is not None:
        figures += f" · {connections.up} of {connections.wanted} connections to Slack"
    return Rendered(text="\n".join([*lines, figures]), blocks=[section(lines), context(figures)])


def _name(whose: str) -> str:
    return shown(whose, NAME_MAX_CHARS)


def _troubles(facts: HealthFacts) -> list[str]:
    found = []
    if not facts.schema_ok:
        found.append("The database's schema is not the one this version needs: run `sla-bot migrate`.")
    if facts.last_sweep_age is None:
        found.append("Nothing has been swept yet: is a worker running?")
    elif facts.last_sweep_age > SWEEP_LATE:
        found.append(f"The last sweep was {short(facts.last_sweep_age)} ago: is a worker running?")
    waiting = facts.oldest_waiting_message
    if waiting is not None and waiting > MESSAGE_LATE:
        found.append(f"A message has waited {short(waiting)} to be sent: Slack may be slow or away.")
    if facts.dead_letters:
        found.append(f"{_count(facts.dead_letters, 'message')} could not be delivered: see `sla-bot outbox`.")
    found += lost_sentences(facts.lost, name=place)
    found += calendar_ends(facts.ends, name=_name)
    # Those that failed wait as well, and have a line of their own: no worker is missing for them.
    untried = facts.waiting_inbox - sum(facts.failing.get(queue, 0) for queue in (Queue.REQUEST, Queue.DELIVERY))
    if untried > 0:
        found.append(f"{_count(untried, 'request')} kept and not carried out yet: is a worker running?")
    failing, set_aside = sum(facts.failing.values()), sum(facts.set_aside.values())
    if failing:
        found.append(f"{_count(failing, 'item')} failed and will be tried again: see `sla-bot stuck list`.")
    if set_aside:
        verb = "is" if set_aside == 1 else "are"
        what = f"{_count(set_aside, 'item')} failed five times and {verb} not tried any more"
        found.append(f"{what}: see `sla-bot stuck list`.")
    return [*found, *delivery_sentences(facts)]


def delivery_sentences(facts: HealthFacts) -> list[str]:
    """What other systems told and nobody has dealt with; `doctor` says the same."""
    counted = {state.value: facts.deliveries.get(state, 0) for state in (InboxState.REFUSED, InboxState.FAILED)}
    told = [f"{_count(number, 'delivery', 'deliveries')} {what}" for what, number in counted.items() if number]
    if facts.held_tickets:
        told.append(f"{_count(facts.held_tickets, 'ticket')} told of and never opened")
    return [f"{each}: see sla-bot inbox list." for each in told]


def _figures(facts: HealthFacts) -> str:
    swept = f"last sweep {short(facts.last_sweep_age)} ago" if facts.last_sweep_age is not None else "no sweep yet"
    waiting = facts.oldest_waiting_message
    queued = f"oldest message waits {short(waiting)}" if waiting is not None else "no message waits"
    return f"{_count(facts.open_incidents, 'open incident')} · {swept} · {queued} · {facts.database}"


def _count(number: int, noun: str, several: str = "") -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {several or noun + 's'}"
