"""A storm as a value: how many incidents are open, late and with nobody, and the worst of them as lines."""

from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.agreements.metrics import MetricName


@dataclass(frozen=True, slots=True, kw_only=True)
class StormLine:
    """One open incident of a storm; `metric` is its clock that matters next, None where none runs."""

    incident_key: str
    title: str
    customer: str
    priority: str
    link: str | None
    ticket: str | None
    late: bool
    metric: MetricName | None
    due_at: datetime | None
    was_due: bool
    """Whether `due_at` lies in the past."""
    assignee: str | None
    acknowledged_by: str | None
    promise: datetime | None
    paused: bool
    customer_answered: bool = False
    """Whether the customer answered while it waits for them."""
    needs_somebody: bool = False
    """Whether it is late, waits longer than it should or though the customer answered, or nobody has it or is on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StormQuestion:
    """Somebody promised an update on `count` incidents by `promised`; it did not come."""

    person: str
    promised: datetime
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StormHolder:
    """Somebody who is on every open incident, and promised the next update on all of them for one instant."""

    person: str
    promise: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StormMessage:
    """The message of a storm; `customer` has most of its open incidents, `more_customers` are others that have some.

    `lines` are the worst of the `open` ones, worst first. `quiet_since` is when the newest one came, set once the storm
    is over and the message stays; `ended_at` is set in its last edit, and `dispatcher` is on duty then. `moved` is set
    where a newer message took its place, whose address is `newer` once that is known.
    """

    storm_id: int
    total: int
    open: int
    late: int
    unowned: int
    customer: str | None
    more_customers: int
    lines: tuple[StormLine, ...]
    need_somebody: int = 0
    questions: tuple[StormQuestion, ...] = ()
    holder: StormHolder | None = None
    mention: tuple[str, ...] = ()
    quiet_since: datetime | None = None
    ended_at: datetime | None = None
    dispatcher: str | None = None
    moved: bool = False
    newer: str | None = None
