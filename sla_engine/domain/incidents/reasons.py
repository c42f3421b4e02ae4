"""Pause reasons and miss reasons. A new reason is a row here; nothing else lists them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Attribution(StrEnum):
    """The side that held the ball."""

    US = "us"
    CUSTOMER = "customer"
    THIRD_PARTY = "third_party"

    @property
    def label(self) -> str:
        """The side as a person reads it."""
        return {"us": "us", "customer": "customer", "third_party": "third party"}[self.value]


class PauseReason(StrEnum):
    """The reason why a clock rests."""

    CUSTOMER = "customer"
    VENDOR = "vendor"
    PARTS = "parts"
    SCHEDULED = "scheduled"
    MAINTENANCE = "maintenance"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PauseRow:
    """A pause reason's label, and who held the ball meanwhile."""

    label: str
    attribution: Attribution


PAUSE_REASONS: Mapping[PauseReason, PauseRow] = {
    PauseReason.CUSTOMER: PauseRow("waiting for the customer", Attribution.CUSTOMER),
    PauseReason.VENDOR: PauseRow("waiting for a vendor", Attribution.THIRD_PARTY),
    PauseReason.PARTS: PauseRow("waiting for parts", Attribution.THIRD_PARTY),
    PauseReason.SCHEDULED: PauseRow("scheduled with the customer", Attribution.CUSTOMER),
    PauseReason.MAINTENANCE: PauseRow("maintenance window", Attribution.US),
    PauseReason.OTHER: PauseRow("other reason", Attribution.US),
}


class BreachReason(StrEnum):
    """The reason code of an SLA note."""

    LATE_TRIAGE = "late-triage"
    WRONG_PRIORITY = "wrong-priority"
    LATE_ASSIGNMENT = "late-assignment"
    SKILL_GAP = "skill-gap"
    CAPACITY = "capacity"
    HANDOFF = "handoff"
    OWNER_ABSENT = "owner-absent"
    NO_STATUS_UPDATE = "no-status-update"
    CLOCK_NOT_PAUSED = "clock-not-paused"
    CLOCK_MISCONFIGURED = "clock-misconfigured"
    TARGET_UNREALISTIC = "target-unrealistic"
    WAITING_CUSTOMER_UNRECORDED = "waiting-customer-unrecorded"
    VENDOR = "vendor"
    PARTS = "parts"
    THIRD_PARTY_OUTAGE = "third-party-outage"
    ACCESS_MISSING = "access-missing"
    SOP_MISSING = "sop-missing"
    SOP_WRONG = "sop-wrong"
    SOP_NOT_FOLLOWED = "sop-not-followed"
    MONITORING_DUPLICATE = "monitoring-duplicate"
    AFTER_HOURS_NO_COVER = "after-hours-no-cover"
    CLOSED_LATE = "closed-late"
    MAJOR_INCIDENT = "major-incident"
    OTHER = "other"


class NextStep(StrEnum):
    """What the service manager may decide after a miss."""

    CREATE_SOP = "create"
    UPDATE_SOP = "update"
    PROBLEM = "problem"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class BreachRow:
    """A breach reason's label, who held the ball by default, and the decision that fits once it recurs.

    With `by_title` the reason says nothing about the matter: two incidents are alike only where their titles are.
    """

    label: str
    attribution: Attribution
    recurring: NextStep = NextStep.CREATE_SOP
    by_title: bool = False


_US, _CUSTOMER, _THIRD = Attribution.US, Attribution.CUSTOMER, Attribution.THIRD_PARTY

BREACH_REASONS: Mapping[BreachReason, BreachRow] = {
    BreachReason.LATE_TRIAGE: BreachRow("Late triage", _US),
    BreachReason.WRONG_PRIORITY: BreachRow("Wrong priority", _US),
    BreachReason.LATE_ASSIGNMENT: BreachRow("Late assignment", _US),
    BreachReason.SKILL_GAP: BreachRow("Skill gap", _US, by_title=True),
    BreachReason.CAPACITY: BreachRow("Not enough people", _US),
    BreachReason.HANDOFF: BreachRow("Lost in a handoff", _US),
    BreachReason.OWNER_ABSENT: BreachRow("Owner absent", _US),
    BreachReason.NO_STATUS_UPDATE: BreachRow("No status update", _US),
    BreachReason.CLOCK_NOT_PAUSED: BreachRow("Clock not paused", _US),
    BreachReason.CLOCK_MISCONFIGURED: BreachRow("Clock misconfigured", _US),
    BreachReason.TARGET_UNREALISTIC: BreachRow("Target unrealistic", _US),
    BreachReason.WAITING_CUSTOMER_UNRECORDED: BreachRow("Waiting for the customer, not recorded", _CUSTOMER),
    BreachReason.VENDOR: BreachRow("Vendor", _THIRD),
    BreachReason.PARTS: BreachRow("Parts", _THIRD),
    BreachReason.THIRD_PARTY_OUTAGE: BreachRow("Third-party outage", _THIRD, NextStep.PROBLEM),
    BreachReason.ACCESS_MISSING: BreachRow("Access missing", _CUSTOMER, by_title=True),
    BreachReason.SOP_MISSING: BreachRow("No SOP for it", _US, by_title=True),
    BreachReason.SOP_WRONG: BreachRow("SOP wrong", _US, by_title=True),
    BreachReason.SOP_NOT_FOLLOWED: BreachRow("SOP not followed", _US, by_title=True),
    BreachReason.MONITORING_DUPLICATE: BreachRow("Duplicate from monitoring", _US),
    BreachReason.AFTER_HOURS_NO_COVER: BreachRow("After hours, no cover", _US, NextStep.PROBLEM),
    BreachReason.CLOSED_LATE: BreachRow("Fixed in time, closed late", _US),
    BreachReason.MAJOR_INCIDENT: BreachRow("Major incident", _US, NextStep.PROBLEM),
    BreachReason.OTHER: BreachRow("Other", _US, by_title=True),
}
