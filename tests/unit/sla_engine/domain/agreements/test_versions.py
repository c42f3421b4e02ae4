"""Which version of an agreement counts for an incident: the past stays as it was, the rest follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from sla_engine.domain.agreements.agreement import Agreement, Subject
from sla_engine.domain.agreements.ladders import DEFAULT_LADDER, Ladder
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.versions import START_OF_TIME, AppliedVersion, Terms, governed, terms_of
from sla_engine.domain.clocks.reading import ClockState, Reading, readings
from sla_engine.domain.incidents.events import (
    CustomerReplied,
    CustomerUpdated,
    Event,
    Paused,
    PrioritySet,
    Reprocessed,
    Resolved,
    Resumed,
)
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.calendar import Calendar, Closure
from tests.unit.sla_engine.domain.histories import (
    DAYS,
    OFFICE,
    RESOLUTION,
    RESPONSE,
    UPDATE,
    at,
    history,
    hours,
    minutes,
    opened,
    promising,
    target,
)

LONG_AGO = at("mon 09:00") - timedelta(days=300)
LONG_DAY = Calendar.weekly("UTC", {day: ["08:00-20:00"] for day in DAYS[:5]})
WITHOUT_TUESDAY = Calendar.weekly("UTC", {day: ["09:00-17:00"] for day in DAYS[:5]}, closures=[
    Closure(date(2026, 3, 3), name="Founders' Day")
])  # fmt: skip


def agreed(calendar: Calendar = OFFICE, *, resolution: timedelta = timedelta(hours=8), **more: object) -> Agreement:
    targets = (
        target(RESPONSE, minutes(30), calendar=calendar),
        target(UPDATE, hours(2), calendar=calendar, waiting=hours(8)),
        target(RESOLUTION, resolution, calendar=calendar),
        target(RESOLUTION, hours(4), calendar=calendar, priority=Priority.P1),
    )
    return replace(promising(*targets), calendar=calendar, **more)  # type: ignore[arg-type]


def version(number: int, *, effective: datetime = LONG_AGO, applied: datetime = LONG_AGO) -> AppliedVersion:
    return AppliedVersion(number=number, effective=effective, applied_at=applied)


def terms(facts: list[Entry], *versions: tuple[AppliedVersion, Agreement], opened_under: int = 1) -> Terms:
    says = {applied.number: agreement for applied, agreement in versions}
    spans = governed(facts, opened_under=opened_under, versions=[applied for applied, _ in versions])
    return terms_of(spans, opened_under=opened_under, read=says.__getitem__)


def read(facts: list[Entry], under: Terms, now: str, metric: MetricName = RESOLUTION) -> Reading:
    return readings(facts, under, now=at(now))[metric][-1]


OPENED = history(opened("mon 15:00"))
FIRST = (version(1), agreed())


def edited(applied: str, agreement: Agreement, *, effective: str | None = None) -> Terms:
    """The first version, and another one applied during the week."""
    begins = LONG_AGO if effective is None else at(effective)
    return terms(OPENED, FIRST, (version(2, effective=begins, applied=at(applied)), agreement))


def test_one_version_counts_from_ever() -> None:
    assert governed(OPENED, opened_under=1, versions=[version(1)]) == ((START_OF_TIME, 1),)


def test_a_version_applied_today_does_not_count_for_time_that_has_passed() -> None:
    assert governed(OPENED, opened_under=1, versions=[version(1), version(2, applied=at("tue 12:00"))]) == (
        (START_OF_TIME, 1),
        (at("tue 12:00"), 2),
    )


def test_a_version_that_takes_effect_later_counts_from_then() -> None:
    later = version(2, effective=at("wed 00:00"), applied=at("tue 12:00"))
    assert governed(OPENED, opened_under=1, versions=[version(1), later])[-1] == (at("wed 00:00"), 2)


def test_a_version_known_when_the_incident_was_told_counts_from_its_own_date() -> None:
    told_late = [replace(OPENED[0], recorded_at=at("fri 09:00"))]
    known = version(2, effective=at("tue 00:00"), applied=at("thu 12:00"))
    assert governed(told_late, opened_under=1, versions=[version(1), known])[-1] == (at("tue 00:00"), 2)


def test_a_version_stored_in_the_moment_of_the_opening_counts_from_then_on() -> None:
    facts = history(opened("mon 15:00"))
    unseen = (version(2, applied=at("mon 15:00")), agreed(LONG_DAY))
    governing = terms(facts, FIRST, unseen)
    assert [span.number for span in governing.versions] == [1, 2]
    assert governing.at(at("mon 15:00")).number == 1
    assert governing.at(at("mon 15:01")).number == 2
    assert len(terms(facts, FIRST, unseen, opened_under=2).versions) == 1


def test_an_older_agreement_corrected_later_does_not_displace_the_one_in_force() -> None:
    summer = version(2, effective=at("tue 00:00"), applied=LONG_AGO)
    corrected = version(3, effective=LONG_AGO, applied=at("thu 12:00"))
    assert governed(OPENED, opened_under=1, versions=[version(1), summer, corrected]) == (
        (START_OF_TIME, 1),
        (at("tue 00:00"), 2),
    )


def test_longer_hours_count_from_the_edit_on_and_not_before() -> None:
    under = edited("tue 12:00", agreed(LONG_DAY))
    assert read(OPENED, under, "tue 12:00").elapsed == hours(2 + 3)
    assert read(OPENED, under, "tue 19:00").elapsed == hours(2 + 3 + 7)
    assert read(OPENED, edited("fri 12:00", agreed(LONG_DAY)), "tue 19:00").elapsed == hours(2 + 8)


def test_a_holiday_entered_before_it_moves_the_due_time() -> None:
    assert read(OPENED, terms(OPENED, FIRST), "mon 16:00").due_at == at("tue 15:00")
    assert read(OPENED, edited("mon 16:00", agreed(WITHOUT_TUESDAY)), "mon 16:00").due_at == at("wed 15:00")


def test_a_holiday_entered_during_it_takes_only_what_is_left_of_the_day() -> None:
    assert read(OPENED, edited("tue 11:00", agreed(WITHOUT_TUESDAY)), "tue 11:00").due_at == at("wed 13:00")


def test_a_clock_that_has_stopped_does_not_move() -> None:
    facts = history(opened("mon 15:00"), ("tue 14:00", Resolved()))
    late = (version(2, applied=at("tue 14:30")), agreed(WITHOUT_TUESDAY, resolution=hours(1)))
    assert read(facts, terms(facts, FIRST, late), "fri 12:00") == read(facts, terms(facts, FIRST), "fri 12:00")


def test_a_clock_that_stopped_early_keeps_the_due_time_it_had() -> None:
    facts = history(opened("mon 15:00"), ("mon 16:00", Resolved()))
    late = (version(2, applied=at("mon 16:30")), agreed(WITHOUT_TUESDAY))
    assert read(facts, terms(facts, FIRST, late), "fri 12:00").due_at == at("tue 15:00")
    known = (version(2, applied=at("mon 15:30")), agreed(WITHOUT_TUESDAY))
    assert read(facts, terms(facts, FIRST, known), "fri 12:00").due_at == at("wed 15:00")


def test_a_shorter_target_is_measured_from_the_original_start() -> None:
    reading = read(OPENED, edited("mon 16:00", agreed(resolution=hours(4))), "mon 16:30")
    assert (reading.target.duration, reading.elapsed, reading.due_at) == (hours(4), hours(1.5), at("tue 11:00"))
    assert reading.version == 2


def test_a_target_that_a_new_version_made_overdue_is_breached_by_the_change() -> None:
    reading = read(OPENED, edited("tue 11:00", agreed(resolution=hours(3))), "tue 12:00")
    assert (reading.breached_at, reading.breached_on_change) == (at("tue 11:00"), True)


def test_a_breach_under_the_old_version_stays_when_the_new_one_is_kinder() -> None:
    reading = read(OPENED, edited("tue 16:00", agreed(resolution=hours(40))), "wed 10:00")
    assert (reading.breached_at, reading.breached_on_change) == (at("tue 15:00"), False)


def test_a_shorter_target_that_comes_later_is_announced_before_it_comes() -> None:
    under = edited("mon 16:00", agreed(resolution=hours(3)), effective="tue 11:00")
    reading = read(OPENED, under, "mon 16:30")
    assert (reading.target.duration, reading.due_at, reading.changes_at) == (hours(8), at("tue 11:00"), at("tue 11:00"))


def test_a_target_due_before_the_next_version_comes_is_not_moved_by_it() -> None:
    under = edited("mon 16:00", agreed(resolution=hours(3)), effective="wed 11:00")
    assert read(OPENED, under, "mon 16:30").due_at == at("tue 15:00")


def test_a_longer_target_that_comes_in_closed_time_moves_what_fell_due_at_closing() -> None:
    facts = history(opened("mon 09:00"))
    version_in_the_evening = (version(2, effective=at("mon 20:00"), applied=LONG_AGO), agreed(resolution=hours(12)))
    under = terms(facts, FIRST, version_in_the_evening)
    before, after = read(facts, under, "mon 16:00"), read(facts, under, "tue 10:00")
    assert (before.due_at, after.due_at, after.breached_at) == (at("tue 13:00"), at("tue 13:00"), None)


def test_a_longer_target_that_comes_before_the_due_time_moves_it() -> None:
    under = edited("mon 16:00", agreed(resolution=hours(12)), effective="tue 11:00")
    assert read(OPENED, under, "mon 16:30").due_at == at("wed 11:00")


def test_a_pause_is_kept_when_the_version_changes() -> None:
    facts = history(
        opened("mon 15:00"),
        ("mon 16:00", Paused(reason=PauseReason.VENDOR)),
        ("tue 12:00", Resumed()),
    )
    under = terms(facts, FIRST, (version(2, applied=at("tue 10:00")), agreed(LONG_DAY)))
    assert read(facts, under, "tue 18:00").elapsed == hours(1 + 6)
    assert read(facts, under, "tue 18:00").paused_open == hours(1 + 1 + 2)


def test_a_priority_change_counts_the_past_on_the_calendars_of_its_days() -> None:
    facts = history(opened("mon 15:00"), ("tue 18:00", PrioritySet(priority=Priority.P1)))
    under = terms(facts, FIRST, (version(2, applied=at("tue 12:00")), agreed(LONG_DAY)))
    reading = read(facts, under, "tue 18:00")
    assert (reading.elapsed, reading.breached_at) == (hours(2 + 3 + 6), at("tue 15:00"))


def test_the_waiting_period_of_a_new_version_holds_at_once() -> None:
    facts = history(opened("mon 09:00"), ("mon 10:00", Paused(reason=PauseReason.CUSTOMER)))
    kinder = replace(agreed(), targets=(target(UPDATE, hours(2), waiting=hours(16)), target(RESOLUTION, hours(8))))
    under = terms(facts, FIRST, (version(2, applied=at("mon 12:00")), kinder))
    assert read(facts, Terms.of(agreed()), "mon 11:00", UPDATE).due_at == at("mon 17:00")
    assert read(facts, under, "mon 11:00", UPDATE).due_at == at("tue 17:00")  # known to come
    assert read(facts, under, "mon 12:00", UPDATE).due_at == at("tue 17:00")


def test_an_edit_of_the_calendar_keeps_the_period_a_reply_had_set() -> None:
    facts = history(
        opened("mon 09:00"), ("mon 10:00", Paused(reason=PauseReason.CUSTOMER)), ("mon 13:00", CustomerReplied())
    )
    under = terms(facts, FIRST, (version(2, applied=at("mon 14:00")), agreed(LONG_DAY)))
    reading = read(facts, under, "mon 14:30", UPDATE)
    assert (reading.target.duration, reading.due_at, reading.version) == (hours(6), at("mon 15:00"), 2)


def test_what_a_new_version_no_longer_promises_ends_without_an_outcome() -> None:
    reading = read(OPENED, edited("mon 16:00", promising(target(RESPONSE, minutes(30)))), "tue 16:00")
    assert (reading.state, reading.met, reading.promised) == (ClockState.CANCELLED, None, False)
    assert (reading.stopped_at, reading.elapsed, reading.due_at) == (at("mon 16:00"), hours(1), None)


def test_what_was_missed_before_a_version_stays_missed() -> None:
    reading = read(OPENED, edited("tue 16:00", promising(target(RESPONSE, minutes(30)))), "wed 16:00")
    assert (reading.state, reading.met, reading.breached_at) == (ClockState.STOPPED, False, at("tue 15:00"))


def test_a_version_known_to_promise_nothing_leaves_no_due_time_beyond_it() -> None:
    nothing = (version(2, applied=at("mon 16:00"), effective=at("tue 11:00")), promising(target(RESPONSE, minutes(30))))
    reading = read(OPENED, terms(OPENED, FIRST, nothing), "mon 16:30")
    assert (reading.state, reading.due_at, reading.grace_until) == (ClockState.RUNNING, None, None)
    early = history(opened("mon 09:00"))
    assert read(early, terms(early, FIRST, nothing), "mon 16:30").due_at == at("mon 17:00")


def test_what_only_a_new_version_promises_counts_from_the_opening() -> None:
    first = (version(1), promising(target(RESPONSE, minutes(30))))
    under = terms(OPENED, first, (version(2, applied=at("mon 16:00")), agreed()))
    assert read(OPENED, under, "mon 16:30").elapsed == hours(1.5)
    assert RESOLUTION not in readings(OPENED, under, now=at("mon 15:30"))


def test_the_ladder_is_the_one_of_the_opening() -> None:
    steeper = Ladder(DEFAULT_LADDER.rungs[:1])
    under = edited("mon 16:00", agreed(ladders={"default": steeper}))
    assert under.ladder(RESOLUTION) == DEFAULT_LADDER
    assert under.at(at("tue 09:00")).agreement.ladder(RESOLUTION) == steeper


def test_an_act_counts_by_the_version_of_its_day() -> None:
    facts = history(opened("mon 09:00"), ("mon 09:10", CustomerUpdated()))
    only_replies = agreed(acts={RESPONSE: ("responded",)})
    assert read(facts, terms(facts, FIRST), "mon 09:20", RESPONSE).stopped_at == at("mon 09:10")
    assert read(facts, terms(facts, (version(1), only_replies)), "mon 09:20", RESPONSE).stopped_at is None
    under = terms(facts, FIRST, (version(2, applied=at("mon 09:05")), only_replies))
    assert read(facts, under, "mon 09:20", RESPONSE).stopped_at is None


# ---------------------------------------------------------------------- reprocessing


def reprocessed(since: str, when: str) -> tuple[str, Event]:
    return when, Reprocessed(since=at(since), reason="Founders' Day was forgotten")


FORGOTTEN = (version(2, applied=at("thu 09:00")), agreed(WITHOUT_TUESDAY))


def test_a_forgotten_holiday_changes_nothing_by_itself() -> None:
    facts = history(opened("mon 15:00"), ("wed 10:00", Resolved()))
    assert read(facts, terms(facts, FIRST, FORGOTTEN), "fri 09:00").breached_at == at("tue 15:00")


def test_an_approved_reprocessing_lets_the_new_version_reach_back() -> None:
    facts = history(opened("mon 15:00"), ("wed 10:00", Resolved()), reprocessed("mon 00:00", "thu 10:00"))
    reading = read(facts, terms(facts, FIRST, FORGOTTEN), "fri 09:00")
    assert (reading.elapsed, reading.due_at, reading.met) == (hours(2 + 1), at("wed 15:00"), True)


def test_a_reprocessing_reaches_back_no_further_than_it_says() -> None:
    facts = history(opened("mon 15:00"), ("wed 10:00", Resolved()), reprocessed("tue 12:00", "thu 10:00"))
    assert read(facts, terms(facts, FIRST, FORGOTTEN), "fri 09:00").elapsed == hours(2 + 3 + 1)


def test_a_version_applied_after_a_reprocessing_does_not_reach_back_with_it() -> None:
    facts = history(opened("mon 15:00"), ("wed 10:00", Resolved()), reprocessed("mon 00:00", "thu 10:00"))
    later = (version(3, applied=at("fri 08:00")), agreed(LONG_DAY))
    reading = read(facts, terms(facts, FIRST, FORGOTTEN, later), "fri 09:00")
    assert reading.elapsed == hours(2 + 1)


@pytest.mark.parametrize("metric", [RESPONSE, UPDATE, RESOLUTION])
def test_what_was_promised_names_its_version(metric: MetricName) -> None:
    under = edited("tue 12:00", agreed(LONG_DAY))
    subject = Subject(priority=Priority.P2)
    before, after = (under.promised(metric, subject, at=at(when)) for when in ("tue 11:59", "tue 12:00"))
    assert before is not None
    assert after is not None
    assert (before.version, after.version) == (1, 2)
    assert under.promised(metric, Subject(priority=Priority.P5), at=at("tue 12:00")) is None
