"""SOPs: what the evidence suggests, what a plan needs, and when its owner is reminded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.incidents.reasons import BreachReason, NextStep
from sla_engine.domain.notes.sop import GivenReasons, SopPlan, is_overdue, next_reminder, plan_problems, suggestion

REASONS = (BreachReason.VENDOR, BreachReason.CAPACITY)
FIRST_DAY = datetime(2026, 2, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reason", "alike", "step"),
    [
        (BreachReason.SOP_MISSING, 1, NextStep.CREATE_SOP),
        (BreachReason.SOP_WRONG, 5, NextStep.UPDATE_SOP),
        (BreachReason.CAPACITY, 1, NextStep.NONE),
        (BreachReason.CAPACITY, 3, NextStep.CREATE_SOP),
        (BreachReason.VENDOR, 1, NextStep.NONE),
        (BreachReason.VENDOR, 3, NextStep.CREATE_SOP),
        (BreachReason.WAITING_CUSTOMER_UNRECORDED, 1, NextStep.NONE),
        (BreachReason.MAJOR_INCIDENT, 1, NextStep.PROBLEM),
    ],
)
def test_the_evidence_suggests(reason: BreachReason, alike: int, step: NextStep) -> None:
    suggested = suggestion(reason, customer="Acme Dental", alike=alike)
    assert suggested.step is step
    assert "Acme Dental in 30 days" in suggested.sentence


@given(
    notes=st.lists(st.tuples(st.sampled_from(["Acme", "Beta"]), st.sampled_from(REASONS), st.integers(0, 90))),
    customer=st.sampled_from(["Acme", "Beta"]),
    reason=st.sampled_from(REASONS),
    day=st.integers(0, 90),
)
def test_notes_alike_are_those_of_one_customer_and_reason_within_thirty_days(
    notes: list[tuple[str, BreachReason, int]], customer: str, reason: BreachReason, day: int
) -> None:
    given = GivenReasons((whose, why, FIRST_DAY + timedelta(days=written)) for whose, why, written in notes)
    alike = [one for one in notes if one[:2] == (customer, reason) and 0 <= day - one[2] <= 30]
    assert given.alike(customer, reason, until=FIRST_DAY + timedelta(days=day)) == len(alike)


def test_a_plan_is_complete_with_owner_title_and_day_or_with_a_reason() -> None:
    today = date(2026, 2, 2)
    plan = SopPlan(decision=NextStep.CREATE_SOP, title="Mail", owner="U1", due_on=date(2026, 2, 3))
    assert plan_problems(plan, known_owner=True, today=today) == {}
    assert plan_problems(SopPlan(decision=NextStep.NONE, reason="Once"), known_owner=False, today=today) == {}


def test_a_link_is_an_address_and_texts_have_their_limits() -> None:
    plan = SopPlan(decision=NextStep.NONE, reason="r" * 3001, title="t" * 151, link="javascript:alert(1)")
    sentences = plan_problems(plan, known_owner=False, today=date(2026, 2, 2))
    assert set(sentences) == {"reason", "title", "link"}
    assert "link" in plan_problems(
        SopPlan(decision=NextStep.NONE, reason="x", link="https://a/" + "b" * 2000),
        known_owner=False,
        today=date(2026, 2, 2),
    )


def test_an_owner_is_reminded_14_and_7_days_before_on_the_day_and_weekly_after() -> None:
    due = datetime(2026, 3, 9, 4, tzinfo=UTC)  # midnight in New York, the day after the clocks change
    now, seen = datetime(2026, 2, 2, 15, tzinfo=UTC), []
    for _ in range(5):
        now = next_reminder(due, now=now, zone="America/New_York")
        seen.append(now.isoformat())
    assert seen == [
        "2026-02-23T13:00:00+00:00",
        "2026-03-02T13:00:00+00:00",
        "2026-03-09T12:00:00+00:00",
        "2026-03-16T12:00:00+00:00",
        "2026-03-23T12:00:00+00:00",
    ]


def test_an_sop_is_overdue_from_the_day_after_its_due_day() -> None:
    due = datetime(2026, 3, 9, 4, tzinfo=UTC)
    assert not is_overdue(due, now=datetime(2026, 3, 10, 3, 59, tzinfo=UTC), zone="America/New_York")
    assert is_overdue(due, now=datetime(2026, 3, 10, 4, tzinfo=UTC), zone="America/New_York")
