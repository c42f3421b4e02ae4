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
    """The decision that a breach reason suggests to the service manager; a person decides."""

    CREATE_SOP = "create"
    UPDATE_SOP = "update"
    PROBLEM = "problem"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class BreachRow:
    """A breach reason's label, who held the ball by default, and the decision that it suggests."""

    label: str
    attribution: Attribution
    next_step: NextStep


_US, _CUSTOMER, _THIRD = Attribution.US, Attribution.CUSTOMER, Attribution.THIRD_PARTY

BREACH_REASONS: Mapping[BreachReason, BreachRow] = {
    BreachReason.LATE_TRIAGE: BreachRow("Late triage", _US, NextStep.UPDATE_SOP),
    BreachReason.WRONG_PRIORITY: BreachRow("Wrong priority", _US, NextStep.UPDATE_SOP),
    BreachReason.LATE_ASSIGNMENT: BreachRow("Late assignment", _US, NextStep.UPDATE_SOP),
    BreachReason.SKILL_GAP: BreachRow("Skill gap", _US, NextStep.CREATE_SOP),
    BreachReason.CAPACITY: BreachRow("Not enough people", _US, NextStep.NONE),
    BreachReason.HANDOFF: BreachRow("Lost in a handoff", _US, NextStep.UPDATE_SOP),
    BreachReason.OWNER_ABSENT: BreachRow("Owner absent", _US, NextStep.UPDATE_SOP),
    BreachReason.NO_STATUS_UPDATE: BreachRow("No status update", _US, NextStep.UPDATE_SOP),
    BreachReason.CLOCK_NOT_PAUSED: BreachRow("Clock not paused", _US, NextStep.NONE),
    BreachReason.CLOCK_MISCONFIGURED: BreachRow("Clock misconfigured", _US, NextStep.NONE),
    BreachReason.TARGET_UNREALISTIC: BreachRow("Target unrealistic", _US, NextStep.NONE),
    BreachReason.WAITING_CUSTOMER_UNRECORDED: BreachRow(
        "Waiting for the customer, not recorded", _CUSTOMER, NextStep.NONE
    ),
    BreachReason.VENDOR: BreachRow("Vendor", _THIRD, NextStep.CREATE_SOP),
    BreachReason.PARTS: BreachRow("Parts", _THIRD, NextStep.NONE),
    BreachReason.THIRD_PARTY_OUTAGE: BreachRow("Third-party outage", _THIRD, NextStep.PROBLEM),
    BreachReason.ACCESS_MISSING: BreachRow("Access missing", _CUSTOMER, NextStep.CREATE_SOP),
    BreachReason.SOP_MISSING: BreachRow("No SOP for it", _US, NextStep.CREATE_SOP),
    BreachReason.SOP_WRONG: BreachRow("SOP wrong", _US, NextStep.UPDATE_SOP),
    BreachReason.SOP_NOT_FOLLOWED: BreachRow("SOP not followed", _US, NextStep.UPDATE_SOP),
    BreachReason.MONITORING_DUPLICATE: BreachRow("Duplicate from monitoring", _US, NextStep.NONE),
    BreachReason.AFTER_HOURS_NO_COVER: BreachRow("After hours, no cover", _US, NextStep.PROBLEM),
    BreachReason.CLOSED_LATE: BreachRow("Fixed in time, closed late", _US, NextStep.UPDATE_SOP),
    BreachReason.MAJOR_INCIDENT: BreachRow("Major incident", _US, NextStep.PROBLEM),
    BreachReason.OTHER: BreachRow("Other", _US, NextStep.NONE),
}
