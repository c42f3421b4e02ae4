from datetime import timedelta

from bot.connection_health import ConnectionHealth
from bot.text import NAME_MAX_CHARS, shown
from bot.views.early_warnings import calendar_ends
from bot.views.lost_destinations import lost_sentences
from bot.views.parts import context, section
from bot.views.rendered import Rendered
from bot.views.undeliverable import place
from sla_engine.domain.time.durations import short
from sla_engine.domain.upkeep.inbox_state import InboxState
from sla_engine.domain.upkeep.retries import Queue
from sla_engine.services.upkeep.health import HealthFacts

SWEEP_LATE = timedelta(minutes=2)
"""The sweep runs at least once a minute; a longer gap than this is reported."""
MESSAGE_LATE = timedelta(minutes=1)
"""A message that waits longer than this is reported."""


def health_message(facts: HealthFacts, *, connections: ConnectionHealth | None = None) -> Rendered:
    """Say whether the bot works, with one sentence for each trouble and its remedy."""
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
    troubles = []
    if not facts.schema_ok:
        troubles.append("The database's schema is not the one this version needs: run `sla-bot migrate`.")
    if facts.last_sweep_age is None:
        troubles.append("Nothing has been swept yet: is a worker running?")
    elif facts.last_sweep_age > SWEEP_LATE:
        troubles.append(f"The last sweep was {short(facts.last_sweep_age)} ago: is a worker running?")
    waiting = facts.oldest_waiting_message
    if waiting is not None and waiting > MESSAGE_LATE:
        troubles.append(f"A message has waited {short(waiting)} to be sent: Slack may be slow or away.")
    if facts.dead_letters:
        troubles.append(f"{_count(facts.dead_letters, 'message')} could not be delivered: see `sla-bot outbox`.")
    troubles += lost_sentences(facts.lost, name=place)
    troubles += calendar_ends(facts.ends, name=_name)
    # Those that failed wait as well, and have a line of their own: no worker is missing for them.
    untried = facts.waiting_inbox - sum(facts.failing.get(queue, 0) for queue in (Queue.REQUEST, Queue.DELIVERY))
    if untried > 0:
        troubles.append(f"{_count(untried, 'request')} kept and not carried out yet: is a worker running?")
    failing, set_aside = sum(facts.failing.values()), sum(facts.set_aside.values())
    if failing:
        troubles.append(f"{_count(failing, 'item')} failed and will be tried again: see `sla-bot stuck list`.")
    if set_aside:
        verb = "is" if set_aside == 1 else "are"
        what = f"{_count(set_aside, 'item')} failed five times and {verb} not tried any more"
        troubles.append(f"{what}: see `sla-bot stuck list`.")
    return [*troubles, *delivery_sentences(facts)]


def delivery_sentences(facts: HealthFacts) -> list[str]:
    """Count the deliveries that nobody has dealt with, in sentences that `doctor` shares."""
    numbers = {state.value: facts.deliveries.get(state, 0) for state in (InboxState.REFUSED, InboxState.FAILED)}
    counts = [f"{_count(number, 'delivery', 'deliveries')} {state}" for state, number in numbers.items() if number]
    if facts.held_tickets:
        counts.append(f"{_count(facts.held_tickets, 'ticket')} told of and never opened")
    return [f"{count}: see sla-bot inbox list." for count in counts]


def _figures(facts: HealthFacts) -> str:
    swept = f"last sweep {short(facts.last_sweep_age)} ago" if facts.last_sweep_age is not None else "no sweep yet"
    waiting = facts.oldest_waiting_message
    queued = f"oldest message waits {short(waiting)}" if waiting is not None else "no message waits"
    return f"{_count(facts.open_incidents, 'open incident')} · {swept} · {queued} · {facts.database}"


def _count(number: int, noun: str, several: str = "") -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {several or noun + 's'}"
