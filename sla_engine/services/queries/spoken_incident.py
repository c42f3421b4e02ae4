"""What somebody on the phone can tell a customer about one incident: facts and promises, nothing internal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.events import Assigned, CustomerUpdated, HandedBack, Responded, Unassigned
from sla_engine.domain.incidents.history import Entry, in_order
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.incident_names import spoken_number
from sla_engine.domain.incidents.pauses import ReplyEndsPause, held_pauses
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.services.incidents.phone_calls import BY_PHONE, is_complaint
from sla_engine.storage.clocks import ClockRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenIncident:
    """One incident as a customer may hear of it; instants are UTC, people are first names.

    `owner` is the Slack id (or login) of who has it, `owner_name` what a customer may call them; None where it is none
    of our people. `missed_by` is when the customer was to hear from us and did not, `next_by` when they will.
    """

    key: str
    title: str
    priority: str
    link: str | None
    ticket: str | None
    opened_at: datetime
    resolved_at: datetime | None
    owner: str | None
    owner_name: str | None
    owned_since: datetime | None
    told_at: datetime | None
    told_by_phone: bool
    missed_by: datetime | None
    next_by: datetime | None
    fix_by: datetime | None
    fix_is_late: bool
    waits_for_customer_since: datetime | None
    planned_for: datetime | None
    complained_at: datetime | None
    paused_for: tuple[PauseReason, ...]
    pause_until: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it is still worked on."""
        return self.resolved_at is None


def spoken_incident(
    record: Incident,
    history: Sequence[Entry],
    clocks: Iterable[ClockRecord],
    *,
    msp: Msp,
    reply_ends_pause: ReplyEndsPause,
    now: datetime,
) -> SpokenIncident:
    """What can be told of an incident, from its history and its current clocks."""
    ordered = [entry for entry in in_order(history) if entry.at <= now]
    running = {clock.metric: clock for clock in clocks if clock.state in (ClockState.RUNNING, ClockState.PAUSED)}
    pauses = held_pauses(ordered, reply_ends_pause)
    waits, planned = pauses.get(PauseReason.CUSTOMER), pauses.get(PauseReason.SCHEDULED)
    told = _last_told(ordered)
    dues = _dues(record, running.values())
    fix = running.get(MetricName.RESOLUTION)
    return SpokenIncident(
        key=record.key,
        title=record.title,
        priority=record.priority.value,
        link=record.link,
        ticket=spoken_number(record.external_id),
        opened_at=record.opened_at,
        resolved_at=record.resolved_at,
        owner=record.assignee,
        owner_name=_name_of(record.assignee, msp),
        owned_since=_owned_since(record.assignee, ordered),
        told_at=None if told is None else told.at,
        told_by_phone=told is not None and _was_by_phone(told),
        missed_by=min((due for due in dues if due <= now), default=None),
        next_by=min((due for due in dues if due > now), default=None),
        fix_by=None if fix is None else fix.due_at or fix.breached_at,
        fix_is_late=fix is not None and _is_late(fix, now=now),
        waits_for_customer_since=None if waits is None else waits.since,
        planned_for=None if planned is None else planned.until,
        complained_at=next((entry.at for entry in reversed(ordered) if is_complaint(entry)), None),
        paused_for=tuple(pauses),
        pause_until=record.pause_until,
    )


def _last_told(ordered: Sequence[Entry]) -> Entry | None:
    """The last time at which the customer heard from us."""
    return next((entry for entry in reversed(ordered) if isinstance(entry.event, Responded | CustomerUpdated)), None)


def _was_by_phone(told: Entry) -> bool:
    return isinstance(told.event, CustomerUpdated) and told.event.how == BY_PHONE


def _name_of(owner: str | None, msp: Msp) -> str | None:
    person = msp.person(owner) if owner else None
    return None if person is None else first_name(person.name)


def first_name(name: str) -> str:
    """What a person is called in a conversation."""
    return (name.split() or [""])[0]


def _dues(record: Incident, clocks: Iterable[ClockRecord]) -> list[datetime]:
    """The instants by which the customer is to hear from us: by the agreement, and as somebody promised."""
    of_customer = (MetricName.FIRST_RESPONSE, MetricName.CUSTOMER_UPDATE)
    agreed = [clock.due_at for clock in clocks if clock.metric in of_customer and clock.due_at is not None]
    return agreed if record.promise is None else [*agreed, record.promise]


def _is_late(clock: ClockRecord, *, now: datetime) -> bool:
    return clock.breached_at is not None or (clock.due_at is not None and clock.due_at <= now)


def _owned_since(owner: str | None, ordered: Sequence[Entry]) -> datetime | None:
    """The instant since which the present owner has it without a break."""
    since: datetime | None = None
    for entry in ordered:
        match entry.event:
            case Assigned(to=to) if to == owner:
                since = since or entry.at
            case Assigned() | HandedBack() | Unassigned():
                since = None
            case _:
                pass
    return since
