"""What each fact does to an incident."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from sla_engine.domain.incidents.events import (
    Acknowledged,
    Assigned,
    CustomerReplied,
    CustomerUpdated,
    Deleted,
    Event,
    HandedBack,
    HelpAsked,
    Merged,
    Moved,
    Paused,
    PrioritySet,
    PromiseLapsed,
    PromiseQuestioned,
    Reopened,
    Resolved,
    Responded,
    Resumed,
    Retitled,
    Snoozed,
    Unassigned,
)
from sla_engine.domain.incidents.incident import Incident, IncidentState
from sla_engine.domain.incidents.incident_state import incident_after
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from tests.unit.sla_engine.domain.histories import at, history, opened

CUSTOMER, VENDOR = PauseReason.CUSTOMER, PauseReason.VENDOR
TEN, ELEVEN, NOON, THREE = (at(f"mon {hour}:00") for hour in (10, 11, 12, 15))
OPEN, RESOLVED = IncidentState.OPEN, IncidentState.RESOLVED
AS_OPENED = Incident(
    id=1, key="INC-1", customer="Acme Dental", agreement_version_id=1, source="slack", external_id=None, link=None,
    title="E-mail is down", priority=Priority.P2, state=OPEN, opened_at=at("mon 09:00"), opened_by="U0TOM",
)  # fmt: skip
TAKEN = Assigned(to="U0TESS")
PROMISED = Acknowledged(promise=THREE)


def after(*events: Event, reply_ends_pause: bool = True) -> Incident:
    """The incident after these facts, one an hour from 10:00 on."""
    hourly = [(f"mon {hour}:00", event) for hour, event in enumerate(events, start=10)]
    return incident_after(AS_OPENED, history(opened(), *hourly), reply_ends_pause=lambda _: reply_ends_pause)


@pytest.mark.parametrize(
    ("events", "changed"),
    [
        ([], {}),
        ([HelpAsked()], {}),
        ([PrioritySet(priority=Priority.P1)], {"priority": Priority.P1}),
        ([Retitled(title="Mail")], {"title": "Mail"}),
        ([TAKEN], {"assignee": "U0TESS", "responsible": "U0TESS"}),
        ([TAKEN, HandedBack(reason="ill")], {"assignee": None, "responsible": "U0TESS"}),
        ([TAKEN, Unassigned()], {"assignee": None, "responsible": "U0TESS"}),
        ([CustomerReplied()], {"customer_waits_since": TEN}),
        ([CustomerReplied(), Responded()], {"customer_waits_since": None}),
        ([CustomerReplied(), CustomerUpdated()], {"customer_waits_since": None}),
        ([CustomerUpdated(next_at=THREE)], {"promise": THREE}),
        ([PROMISED], {"promise": THREE, "acknowledged_by": "U0TOM", "acknowledged_at": TEN}),
        ([PROMISED, Responded()], {"promise": None, "acknowledged_by": "U0TOM"}),
        ([PROMISED, PromiseQuestioned(promised=THREE)], {"promise": THREE, "promise_asked_at": ELEVEN}),
        ([PromiseQuestioned(promised=TEN), PROMISED], {"promise": THREE, "promise_asked_at": None}),
        ([PROMISED, PromiseLapsed(promised=THREE)], {"promise": None, "acknowledged_by": None}),
        ([Snoozed(until=THREE)], {"snoozed_until": THREE}),
        ([Paused(reason=VENDOR, until=THREE)], {"paused_for": (VENDOR,), "pause_until": THREE}),
        (
            [Paused(reason=VENDOR, until=THREE), Paused(reason=CUSTOMER, until=NOON)],
            {"paused_for": (VENDOR, CUSTOMER), "pause_until": NOON},
        ),
        ([Paused(reason=VENDOR, until=THREE), Resumed()], {"paused_for": (), "pause_until": None}),
        ([Paused(reason=CUSTOMER), CustomerReplied()], {"paused_for": (), "customer_waits_since": ELEVEN}),
        ([Resolved()], {"state": RESOLVED, "resolved_at": TEN}),
        ([Resolved(), Resolved()], {"state": RESOLVED, "resolved_at": TEN}),
        ([PROMISED, Resolved()], {"promise": None, "acknowledged_by": None, "acknowledged_at": None}),
        ([Snoozed(until=THREE), Resolved()], {"snoozed_until": None}),
        ([Resolved(), Reopened()], {"state": OPEN, "resolved_at": None}),
        ([Merged(into="INC-7")], {"state": IncidentState.MERGED, "merged_into": "INC-7", "resolved_at": TEN}),
        ([Moved(key="INC-7", customer="Hillside")], {"state": IncidentState.MOVED, "resolved_at": TEN}),
        ([Deleted()], {"state": IncidentState.DELETED, "resolved_at": TEN}),
        ([Resolved(), Deleted()], {"state": IncidentState.DELETED, "resolved_at": TEN}),
        ([Merged(into="INC-7"), Reopened(), TAKEN], {"state": IncidentState.MERGED, "assignee": None}),
    ],
)  # fmt: skip
def test_an_incident_is_what_its_facts_made_of_it(events: list[Event], changed: dict[str, Any]) -> None:
    incident = after(*events)
    assert {name: getattr(incident, name) for name in changed} == changed


def test_a_pause_for_the_customer_outlasts_a_reply_where_the_agreement_says_so() -> None:
    incident = after(Paused(reason=CUSTOMER), CustomerReplied(), reply_ends_pause=False)
    assert (incident.paused_for, incident.customer_waits_since) == ((CUSTOMER,), ELEVEN)


def test_whether_a_reply_ends_a_pause_is_asked_of_the_instant_of_the_reply() -> None:
    asked: list[datetime] = []

    def ends(instant: datetime) -> bool:
        asked.append(instant)
        return True

    facts = history(opened(), ("mon 10:00", Paused(reason=CUSTOMER)), ("mon 12:00", CustomerReplied()))
    assert incident_after(AS_OPENED, facts, reply_ends_pause=ends).paused_for == ()
    assert asked == [NOON]


@pytest.mark.parametrize(
    ("event", "is_open", "is_over"),
    [
        (HelpAsked(), True, False),
        (Resolved(), False, False),
        (Merged(into="INC-7"), False, True),
        (Moved(key="INC-7", customer="Hillside"), False, True),
        (Deleted(), False, True),
    ],
    ids=["open", "resolved", "merged", "moved", "deleted"],
)
def test_what_is_merged_moved_or_deleted_is_over(event: Event, *, is_open: bool, is_over: bool) -> None:
    incident = after(event)
    assert (incident.is_open, incident.is_over) == (is_open, is_over)


@pytest.mark.parametrize(
    "event", [Retitled(title="Slow"), PrioritySet(priority=Priority.P1)], ids=["title", "priority"]
)
def test_what_a_duplicate_was_told_after_the_merge_is_taken_back_where_the_merge_is_told_late(event: Event) -> None:
    facts = history(opened(), ("mon 12:00", event))
    incident = incident_after(AS_OPENED, facts, reply_ends_pause=lambda _: True)
    assert (incident.title, incident.priority) != (AS_OPENED.title, AS_OPENED.priority)
    facts = history(opened(), ("mon 12:00", event), ("mon 11:00", Merged(into="INC-2")))
    merged = incident_after(incident, facts, reply_ends_pause=lambda _: True)
    assert (merged.title, merged.priority) == (AS_OPENED.title, AS_OPENED.priority)
