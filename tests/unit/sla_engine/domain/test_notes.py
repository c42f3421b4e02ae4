"""What a good SLA note says, where the time went, and what the evidence speaks for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.agreements.agreement import Agreement, Target
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.reading import Reading, readings
from sla_engine.domain.clocks.time_by_stage import Stage, stage_times, suggested_reason, told_at
from sla_engine.domain.incidents.events import (
    Assigned,
    CustomerReplied,
    CustomerUpdated,
    Event,
    HandedBack,
    Opened,
    Paused,
    PrioritySet,
    Reopened,
    Resolved,
    Responded,
    Resumed,
)
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import BREACH_REASONS, BreachReason, NextStep, PauseReason
from sla_engine.domain.notes.note import MAX_CHARS, NoteDraft, likeness, problems
from sla_engine.domain.notes.sop import GivenReasons, SopPlan, is_overdue, next_reminder, plan_problems, suggestion
from sla_engine.domain.time.calendar import Calendar

STORY = "The mail queue filled up over night and nobody watched the alert until the office opened."
TITLE = "E-mail is down at the front desk of the practice"
REASONS = (BreachReason.VENDOR, BreachReason.CAPACITY)
FIRST_DAY = datetime(2026, 2, 2, tzinfo=UTC)


def draft(
    *,
    reason: BreachReason | None = BreachReason.CAPACITY,
    what_happened: str = STORY,
    impact: str = "12 users for 2 hours",
    prevention: str = "The alert pages whoever is on call.",
) -> NoteDraft:
    return NoteDraft(reason=reason, what_happened=what_happened, impact=impact, prevention=prevention)


def test_a_good_note_has_no_problem() -> None:
    assert problems(draft(), title=TITLE) == {}


@pytest.mark.parametrize(
    ("note", "field"),
    [
        (draft(reason=None), "reason"),
        (draft(what_happened="It broke."), "what_happened"),
        (draft(what_happened=f"  {TITLE.upper()} "), "what_happened"),
        (draft(reason=BreachReason.OTHER, what_happened="Bad luck"), "what_happened"),
        (draft(impact=""), "impact"),
        (draft(impact="It was bad"), "impact"),
        (draft(prevention=" "), "prevention"),
        (draft(what_happened="a" * (MAX_CHARS + 1)), "what_happened"),
        (draft(impact="users " * 600), "impact"),
    ],
    ids=["no reason", "short", "the title", "other without words", "no impact", "says nothing", "no prevention",
         "too long", "too long an impact"],
)  # fmt: skip
def test_each_thing_missing_is_said_in_one_sentence_under_its_field(note: NoteDraft, field: str) -> None:
    found = problems(note, title=TITLE)
    assert list(found) == [field]
    assert found[field].endswith(".")
    assert "\n" not in found[field]


@pytest.mark.parametrize("impact", ["12 of them", "All users", "The mail server", "An hour", "Two customers waited"])
def test_an_impact_names_users_a_service_or_how_long(impact: str) -> None:
    assert problems(draft(impact=impact), title=TITLE) == {}


def test_an_impact_may_name_a_service_of_the_agreement() -> None:
    vague = draft(impact="The Xray viewer stood still")
    assert "impact" in problems(vague, title=TITLE)
    assert problems(vague, title=TITLE, services=["xray viewer"]) == {}
    assert "impact" in problems(vague, title=TITLE, services=["", "  "])


@pytest.mark.parametrize("reason", list(BreachReason))
def test_only_a_miss_that_is_ours_needs_prevention(reason: BreachReason) -> None:
    ours = BREACH_REASONS[reason].attribution == "us"
    assert ("prevention" in problems(draft(reason=reason, prevention=""), title=TITLE)) is ours


def test_a_near_copy_of_the_last_note_is_refused() -> None:
    assert "what_happened" in problems(draft(), title=TITLE, last_note=STORY.replace("office", "Office,"))
    assert problems(draft(), title=TITLE, last_note="Something else altogether happened that day") == {}


@given(st.text(), st.text())
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0.0 <= likeness(one, other) <= 1.0
    assert likeness(one, other) == likeness(other, one)


@given(st.text(), st.text(), st.text(), st.sampled_from([None, *BreachReason]))
def test_the_check_says_the_same_every_time(
    what: str, impact: str, prevention: str, reason: BreachReason | None
) -> None:
    note = draft(reason=reason, what_happened=what, impact=impact, prevention=prevention)
    assert problems(note, title=TITLE, last_note=STORY) == problems(note, title=TITLE, last_note=STORY)


# ------------------------------------------------------------------------------------- stages

START = datetime(2026, 2, 2, 9, tzinfo=UTC)
ALWAYS = Calendar.always_open("UTC")
AGREEMENT = Agreement(
    customer="Acme Dental",
    effective=START - timedelta(days=1),
    calendar=ALWAYS,
    targets=tuple(
        Target(metric=metric, priority=priority, duration=timedelta(minutes=minutes), calendar=ALWAYS)
        for metric, minutes in ((MetricName.FIRST_RESPONSE, 15), (MetricName.RESOLUTION, 60))
        for priority in (Priority.P1, Priority.P2)
    ),
)


def minute(number: int) -> datetime:
    return START + timedelta(minutes=number)


def told(*facts: tuple[int, Event]) -> list[Entry]:
    opened: tuple[int, Event] = (0, Opened(priority=Priority.P1, title="x"))
    return [
        Entry(event=event, at=minute(when), seq=seq, recorded_at=minute(when))
        for seq, (when, event) in enumerate((opened, *facts))
    ]


def spent(history: list[Entry], metric: MetricName, now: int) -> dict[Stage, int]:
    reading = read(history, metric, now)
    return {
        time.stage: int(time.spent.total_seconds()) // 60
        for time in stage_times(history, reading, Terms.of(AGREEMENT), now=minute(now))
    }


def read(history: list[Entry], metric: MetricName, now: int) -> Reading:
    return readings(history, Terms.of(AGREEMENT), now=minute(now))[metric][-1]


def test_the_time_of_a_miss_is_told_by_who_had_it_and_what_the_customer_knew() -> None:
    history = told((20, Assigned(to="U1")), (30, Responded()), (90, HandedBack(reason="ill")), (100, Assigned(to="U2")))
    assert spent(history, MetricName.RESOLUTION, 120) == {
        Stage.IN_WORK: 80,
        Stage.UNASSIGNED: 20,
        Stage.UNANSWERED: 10,
        Stage.HANDED_BACK: 10,
    }


def test_a_clock_that_stopped_is_told_up_to_its_stop() -> None:
    history = told((20, Assigned(to="U1")), (30, Responded()))
    assert spent(history, MetricName.FIRST_RESPONSE, 500) == {Stage.UNASSIGNED: 20, Stage.UNANSWERED: 10}


def test_rests_and_resolved_time_are_left_out_so_that_stages_add_up_to_what_counted() -> None:
    history = told(
        (0, Assigned(to="U1")),
        (5, Responded()),
        (10, Paused(reason=PauseReason.CUSTOMER)),
        (20, CustomerReplied()),
        (30, Paused(reason=PauseReason.VENDOR)),
        (40, Resumed(reason=PauseReason.VENDOR)),
        (45, Paused(reason=PauseReason.PARTS)),
        (50, Resumed()),
        (60, Resolved()),
        (100, Reopened()),
    )
    found = spent(history, MetricName.RESOLUTION, 140)
    assert sum(found.values()) == read(history, MetricName.RESOLUTION, 140).elapsed / timedelta(minutes=1) == 75


def test_at_its_opening_no_time_has_gone_anywhere() -> None:
    assert spent(told(), MetricName.RESOLUTION, 0) == {}


def test_handed_back_before_any_answer_is_not_the_same_as_never_taken() -> None:
    history = told((2, Assigned(to="U1")), (4, HandedBack(reason="wrong team")))
    assert spent(history, MetricName.FIRST_RESPONSE, 30)[Stage.HANDED_BACK] == 26


def test_the_longest_stage_speaks_for_a_reason_and_hard_work_for_none() -> None:
    never_taken = told()
    reading = read(never_taken, MetricName.FIRST_RESPONSE, 30)
    times = stage_times(never_taken, reading, Terms.of(AGREEMENT), now=minute(30))
    assert suggested_reason(times, reading) is BreachReason.LATE_ASSIGNMENT
    worked = told((1, Assigned(to="U1")), (2, Responded()))
    reading = read(worked, MetricName.RESOLUTION, 90)
    assert suggested_reason(stage_times(worked, reading, Terms.of(AGREEMENT), now=minute(90)), reading) is None
    assert suggested_reason((), reading) is None


def test_a_breach_caused_by_a_change_speaks_for_the_wrong_priority() -> None:
    shorter = tuple(
        Target(metric=t.metric, priority=t.priority, duration=t.duration / (4 if t.priority is Priority.P2 else 1),
               calendar=ALWAYS)
        for t in AGREEMENT.targets
    )  # fmt: skip
    agreement = Agreement(customer="Acme Dental", effective=AGREEMENT.effective, calendar=ALWAYS, targets=shorter)
    history = told((10, PrioritySet(priority=Priority.P2)))
    reading = readings(history, Terms.of(agreement), now=minute(11))[MetricName.FIRST_RESPONSE][-1]
    assert (
        suggested_reason(stage_times(history, reading, Terms.of(agreement), now=minute(11)), reading)
        is BreachReason.WRONG_PRIORITY
    )


def test_the_customer_was_told_by_the_last_answer_or_update() -> None:
    assert told_at(told()) is None
    assert told_at(told((5, Responded()), (9, CustomerUpdated()))) == minute(9)


# ------------------------------------------------------------------------------------- SOPs


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
    found = suggestion(reason, customer="Acme Dental", alike=alike)
    assert found.step is step
    assert "Acme Dental in 30 days" in found.sentence


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
    found = plan_problems(plan, known_owner=False, today=date(2026, 2, 2))
    assert set(found) == {"reason", "title", "link"}
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
