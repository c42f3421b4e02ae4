"""SOPs: what a plan needs, and when its owner is reminded."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sla_engine.domain.incidents.reasons import NextStep
from sla_engine.domain.notes.sop import SopPlan, is_overdue, next_reminder, plan_problems


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
