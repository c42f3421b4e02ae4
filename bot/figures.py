"""The deployment's figures in Prometheus' text form."""

from bot.connection_health import ConnectionHealth
from sla_engine.domain.upkeep.inbox_state import InboxState
from sla_engine.domain.upkeep.retries import Queue
from sla_engine.services.upkeep.health import HealthFacts


def exposition(facts: HealthFacts, *, connections: ConnectionHealth | None = None) -> bytes:
    """Write each figure as a gauge, in a registry of its own, so that nothing is counted across scrapes."""
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    registry = CollectorRegistry()
    oldest = facts.oldest_waiting_message.total_seconds() if facts.oldest_waiting_message else 0.0
    for name, what, value in (
        ("sla_open_incidents", "Open incidents", facts.open_incidents),
        ("sla_outbox_waiting", "Messages that wait to be delivered", facts.waiting_messages),
        ("sla_outbox_oldest_seconds", "Age of the oldest waiting message", oldest),
        ("sla_outbox_dead", "Messages that could not be delivered", facts.dead_letters),
        ("sla_triage_waiting", "Tickets and alerts that wait for triage", facts.triage_waiting),
        ("sla_lost_destinations", "Channels and people that Slack refuses messages for", len(facts.lost)),
    ):
        Gauge(name, what, registry=registry).set(value)
    for name, what, counts in (
        ("sla_items_failing", "Items that failed and are tried again", facts.failing),
        ("sla_items_set_aside", "Items that failed five times and wait for a person", facts.set_aside),
    ):
        gauge = Gauge(name, what, ["queue"], registry=registry)
        for queue in Queue:
            gauge.labels(queue.value).set(counts.get(queue, 0))
    kept = {state.value: facts.deliveries.get(state, 0) for state in (InboxState.REFUSED, InboxState.FAILED)}
    kept |= {"waiting": facts.waiting_inbox, "held": facts.held_tickets}
    deliveries = Gauge("sla_inbox", "Deliveries and requests that need somebody", ["state"], registry=registry)
    for state, number in kept.items():
        deliveries.labels(state).set(number)
    if connections is not None:
        without = "Seconds without any connection to Slack"
        Gauge("sla_slack_connections", "Open Socket Mode connections", registry=registry).set(connections.up)
        Gauge("sla_slack_seconds_without_connection", without, registry=registry).set(connections.seconds_without)
    return generate_latest(registry)
