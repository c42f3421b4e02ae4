"""Notices, questions and the digest as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sla_engine.domain.reporting.customers_to_call import CustomerWeek


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMessage:
    """One plain line: a reply in a thread about what happened, or a notice to one person."""

    incident_key: str | None
    text_key: str
    """The name of its sentence (`bot/views/lines.py` has them): assigned, customer_replied, happened, triage, …"""
    facts: Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAsideMessage:
    """Something failed five times and is not tried any more, until somebody decides."""

    number: int
    what: str
    """The failed item in words: `the reminder of INC-1042`."""
    error: str
    incident_key: str | None = None
    tried_again_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WordMessage:
    """A word of a ticket system, how often it came without a meaning, and its meaning once somebody has given one."""

    number: int
    intake: str
    kind: str
    """status | priority | person."""
    word: str
    count: int
    mention: tuple[str, ...] = ()
    meaning: str | None = None
    by: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintMessage:
    """A customer is angry about an incident: told at once to the manager who answers for them."""

    incident_key: str
    customer: str
    title: str
    priority: str
    link: str | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCustomersMessage:
    """The week of the customers one service manager answers for; `first` and `last` are its days."""

    first: date
    last: date
    customers: tuple[CustomerWeek, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestMessage:
    """The weekly digest: finished figures, ready to be laid out."""

    week: str
    figures: Mapping[str, Any]
    late: bool = False
