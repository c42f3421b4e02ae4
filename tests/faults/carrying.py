"""What the tests of delivery share: quick rules, messages to carry, and couriers to carry them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.courier.courier import Courier
from bot.slack_calls import retry_free_client
from bot.views.rendered import Rendered
from sla_engine.delivery.outgoing_messages import OutgoingMessages
from sla_engine.delivery.records import DeliveryRules
from sla_engine.domain.agreements.routes import NO_ROUTES, Routes
from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.upkeep.retries import RetryPace
from sla_engine.notifications.kinds import Notification
from sla_engine.notifications.notices import LineMessage
from sla_engine.notifications.nudges import NudgeMessage, NudgeState
from sla_engine.storage.database import WORKER_WAIT_SECONDS, Database
from sla_engine.storage.outbox import NewMessage, enqueue
from sla_engine.storage.tables.agreements import AgreementVersion
from sla_engine.storage.tables.delivery import Outbox
from sla_engine.storage.tables.incidents import IncidentRow
from sla_engine.time_source import real_now
from tests.faults.hostile_slack import HostileSlack
from tests.polling import until

CHANNEL, MANAGERS, DANA, MIRA = "C0DISPATCH", "C0MANAGERS", "U0DANA", "U0MIRA"
ROUTES = Routes(dispatcher_channel=CHANNEL, managers_channel=MANAGERS, on_duty=DANA, manager=MIRA)
# Some thirty times quicker than in production where somebody waits, and never in a hurry where a slow machine would be.
QUICK = DeliveryRules(
    timeout=timedelta(seconds=10),
    lease=timedelta(seconds=30),
    margin=timedelta(milliseconds=50),
    settle=timedelta(milliseconds=100),
    post_gap=timedelta(milliseconds=10),
    look_up_gap=timedelta(milliseconds=10),
    duplicate_checks=(timedelta(milliseconds=400), timedelta(milliseconds=800)),
    default_retry_after=timedelta(milliseconds=700),
    first_backoff=timedelta(milliseconds=50),
    longest_backoff=timedelta(milliseconds=400),
    probe_gap=timedelta(milliseconds=100),
    burst_size=1000,
    lost_patience=timedelta(0),
    burst_window=timedelta(minutes=5),
    pace=RetryPace((timedelta(milliseconds=20),) * 4),
)
IMPATIENT = replace(QUICK, timeout=timedelta(milliseconds=300))
"""For calls that hang: they are left soon."""
SHORT_LEASE = replace(IMPATIENT, lease=timedelta(milliseconds=700))
"""For couriers that die: what they had in hand is somebody else's soon. A slow machine may need several tries."""


class SteppedClock:
    """Real time that goes on only when a test says so, so that no machine is too slow for a gap or a wait."""

    def __init__(self) -> None:
        self.at = real_now()

    def __call__(self) -> datetime:
        return self.at

    def passes(self, length: timedelta) -> None:
        self.at += length


def carry_for(length: timedelta, *carriers: Courier, clock: SteppedClock) -> None:
    """Let so much time pass, then carry whatever may be carried, a gap after each post."""
    clock.passes(length)
    while sum(carrier.run_once() for carrier in carriers):
        clock.passes(QUICK.post_gap)


def says(notification: Notification) -> Rendered:
    """A message's words, without a view; a nudge says its title, or what is left of it."""
    if isinstance(notification, NudgeMessage):
        is_left = notification.state is NudgeState.SUPERSEDED
        return Rendered(f"newest: {notification.newer}" if is_left else notification.title, [])
    assert isinstance(notification, LineMessage)
    return Rendered(str(notification.facts["says"]), [])


def line(words: str) -> LineMessage:
    return LineMessage(incident_key=None, text_key="happened", facts={"says": words})


def nudge(title: str, *, mention: tuple[str, ...] = ()) -> NudgeMessage:
    return NudgeMessage(
        incident_key="INC-0",
        title=title,
        customer="Acme Dental",
        priority="P1",
        link=None,
        cause=NudgeCause.AT_RISK,
        metric_label="Fix",
        percent=75,
        due_at=None,
        elapsed=timedelta(0),
        target=timedelta(hours=1),
        breached_at=None,
        noticed_at=None,
        mention=mention,
        assignee=None,
    )


def database(url: str) -> Database:
    return Database(url, wait_seconds=WORKER_WAIT_SECONDS)


def courier(
    at: Database,
    slack: HostileSlack,
    *,
    rules: DeliveryRules = QUICK,
    clock: Callable[[], datetime] = real_now,
    after: Callable[[str], None] = lambda _point: None,
    routes: Routes = NO_ROUTES,
    **changed: Any,
) -> Courier:
    client = retry_free_client("xoxb-test", base_url=slack.url, timeout=rules.timeout)
    return Courier(
        messages=OutgoingMessages(at, rules=replace(rules, **changed), clock=clock, after=after),
        client=client,
        render=says,
        routes=lambda: routes,
    )


def tell(
    at: Database,
    words: str,
    *,
    key: str | None = None,
    destination: str = CHANNEL,
    message: str | None = None,
    op: str = "post",
    thread_of: str | None = None,
    incident_id: int | None = None,
    successor: str | None = None,
) -> None:
    """Put one line into the outbox; its words are its key unless said otherwise."""
    with at.transaction() as session:
        enqueue(
            session,
            NewMessage(
                key=key or words,
                destination=destination,
                notification=line(words),
                at=real_now(),
                message=message,
                op=op,
                thread_of=thread_of,
                incident_id=incident_id,
                successor=successor,
            ),
        )


def tell_all(at: Database, destinations: Mapping[str, str]) -> None:
    """Put many lines into the outbox in one transaction: their words, and where each goes."""
    with at.transaction() as session:
        for words, destination in destinations.items():
            enqueue(session, NewMessage(key=words, destination=destination, notification=line(words), at=real_now()))


def row(at: Database, key: str) -> Outbox:
    """One outbox row as it is now."""
    with at.reading() as session:
        return session.scalars(select(Outbox).where(Outbox.key == key)).one()


def states(at: Database) -> dict[str, int]:
    """How many messages are in each state."""
    with at.reading() as session:
        found = list(session.scalars(select(Outbox.state)))
    return {state: found.count(state) for state in sorted(set(found))}


def settle(carrier: Courier) -> None:
    """Let the courier work until nothing waits and no message is to be checked for duplicates."""

    def is_quiet() -> bool:
        carrier.run_once()
        return carrier.next_wake() is None

    until(is_quiet, what="every message was carried")


def incidents(at: Database, count: int) -> list[int]:
    """Rows that messages can belong to."""
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with at.transaction() as session:
        version = AgreementVersion(
            customer="Acme Dental",
            effective=now,
            source="",
            source_sha256="",
            resolved={},
            applied_at=now,
            applied_by="U0ADMIN",
            tzdata_version="2026.6",
        )
        session.add(version)
        session.flush()
        made = [_incident(number, version.id, now=now) for number in range(count)]
        session.add_all(made)
        session.flush()
        return [incident.id for incident in made]


def _incident(number: int, version_id: int, *, now: datetime) -> IncidentRow:
    return IncidentRow(
        key=f"INC-{number}",
        customer="Acme Dental",
        agreement_version_id=version_id,
        source="slack",
        title="Server down",
        priority="P1",
        state="open",
        opened_at=now,
        opened_by="U0TECH",
        paused_for=[],
        replayed=False,
    )
