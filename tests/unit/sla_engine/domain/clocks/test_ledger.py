"""The rows that explain a reading."""

from __future__ import annotations

from datetime import date, timedelta

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.ledger import ledger
from sla_engine.domain.clocks.ledger_rows import Ledger
from sla_engine.domain.incidents.events import (
    Breached,
    Corrected,
    CustomerUpdated,
    Paused,
    Reopened,
    Resolved,
    Resumed,
    Waived,
)
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import Attribution, PauseReason
from sla_engine.domain.time.calendar import Calendar, Closure
from tests.unit.sla_engine.domain.histories import (
    DAYS,
    RESOLUTION,
    TERMS,
    UPDATE,
    at,
    history,
    hours,
    opened,
    promising,
    target,
)

PAUSED = [
    opened("mon 16:00"),
    ("tue 10:00", Paused(reason=PauseReason.CUSTOMER)),
    ("tue 11:00", Paused(reason=PauseReason.PARTS)),
    ("tue 12:00", Resumed()),
]


def explained(metric: MetricName, now: str) -> Ledger:
    explanation = ledger(history(*PAUSED), metric, TERMS, now=at(now))
    assert explanation is not None
    return explanation


def test_the_rows_tell_what_ran_rested_and_was_closed_and_why() -> None:
    rows = explained(RESOLUTION, "tue 13:00").rows
    assert [(row.start, row.what, row.counted, row.why) for row in rows] == [
        (at("mon 16:00"), "running", hours(1), "open hours"),
        (at("mon 17:00"), "closed", hours(0), "outside hours"),
        (at("tue 09:00"), "running", hours(1), "open hours"),
        (at("tue 10:00"), "paused", hours(0), "waiting for the customer"),
        (at("tue 11:00"), "paused", hours(0), "waiting for the customer, waiting for parts"),
        (at("tue 12:00"), "running", hours(1), "open hours"),
    ]


def test_the_rows_follow_each_other_and_sum_to_what_elapsed() -> None:
    explanation = explained(RESOLUTION, "wed 14:30")
    assert [row.start for row in explanation.rows[1:]] == [row.end for row in explanation.rows[:-1]]
    assert sum((row.counted for row in explanation.rows), timedelta(0)) == explanation.reading.elapsed
    assert explanation.rows[-1].running_sum == explanation.reading.elapsed


def test_a_rest_names_who_paused() -> None:
    assert {row.by for row in explained(RESOLUTION, "tue 13:00").rows if row.what == "paused"} == {"U0TOM"}


def test_the_time_between_a_resolution_and_a_reopening_is_a_row_of_its_own() -> None:
    facts = history(opened(), ("mon 10:00", Resolved()), ("mon 12:00", Reopened()))
    explanation = ledger(facts, RESOLUTION, TERMS, now=at("mon 13:00"))
    assert explanation is not None
    assert [(row.what, row.end, row.running_sum) for row in explanation.rows] == [
        ("running", at("mon 10:00"), hours(1)),
        ("resolved", at("mon 12:00"), hours(1)),
        ("running", at("mon 13:00"), hours(2)),
    ]
    assert explanation.rows[1].why == "until it was reopened"


def test_a_closure_is_called_by_its_name() -> None:
    closed = Calendar.weekly(
        "UTC", {day: ["09:00-17:00"] for day in DAYS[:5]}, closures=[Closure(date(2026, 3, 3), name="Founders' day")]
    )
    agreement = promising(target(RESOLUTION, hours(8), calendar=closed))
    explanation = ledger(history(opened("mon 16:00")), RESOLUTION, Terms.of(agreement), now=at("wed 10:00"))
    assert explanation is not None
    assert [row.why for row in explanation.rows if row.what == "closed"] == ["Founders' day"]


def test_only_the_present_period_of_updates_is_explained() -> None:
    facts = history(opened(), ("mon 10:00", CustomerUpdated(text="Still working")))
    explanation = ledger(facts, UPDATE, TERMS, now=at("mon 10:30"))
    assert explanation is not None
    assert [row.start for row in explanation.rows] == [at("mon 10:00")]


def test_an_earlier_period_is_explained_by_its_number_and_the_ones_before_are_known() -> None:
    facts = history(
        opened(),
        ("mon 10:00", CustomerUpdated(text="Still working")),
        ("mon 13:00", CustomerUpdated(text="Sorry for the wait")),
    )
    explanation = ledger(facts, UPDATE, TERMS, now=at("mon 14:00"))
    assert explanation is not None
    assert [(period.cycle, period.met) for period in explanation.earlier] == [(0, True), (1, False)]
    late = ledger(facts, UPDATE, TERMS, now=at("mon 14:00"), cycle=1)
    assert late is not None
    assert (late.reading.cycle, late.reading.breached_at) == (1, at("mon 12:00"))
    assert [(row.start, row.end) for row in late.rows] == [(at("mon 10:00"), at("mon 13:00"))]
    assert [period.cycle for period in late.earlier] == [0]
    assert ledger(facts, UPDATE, TERMS, now=at("mon 14:00"), cycle=3) is None


def test_a_stopped_clock_is_explained_up_to_its_stop() -> None:
    explanation = ledger(history(opened(), ("mon 10:00", Resolved())), RESOLUTION, TERMS, now=at("fri 10:00"))
    assert explanation is not None
    assert explanation.rows[-1].end == at("mon 10:00")


def test_a_clock_that_ends_outside_hours_ends_with_a_closed_row() -> None:
    explanation = ledger(history(opened()), RESOLUTION, TERMS, now=at("mon 20:00"))
    assert explanation is not None
    assert (explanation.rows[-1].what, explanation.rows[-1].end) == ("closed", at("mon 20:00"))


def test_what_was_never_promised_has_no_ledger() -> None:
    assert ledger(history(opened(priority=Priority.P5)), RESOLUTION, TERMS, now=at("mon 10:00")) is None


def test_a_pause_names_every_reason_the_first_holder_and_who_paused_whoever_ended_another() -> None:
    facts = history(opened(), ("mon 10:00", Paused(reason=PauseReason.CUSTOMER)))
    facts += [
        Entry(
            event=Paused(reason=PauseReason.VENDOR), at=at("mon 11:00"), seq=8, recorded_at=at("mon 11:00"), by="U0TESS"
        ),
        Entry(
            event=Resumed(reason=PauseReason.CUSTOMER),
            at=at("mon 12:00"),
            seq=9,
            recorded_at=at("mon 12:00"),
            by="U0DANA",
        ),
    ]
    explanation = ledger(facts, RESOLUTION, TERMS, now=at("mon 13:00"))
    assert explanation is not None
    assert [(row.reasons, row.attribution, row.by) for row in explanation.rows] == [
        ((), None, ""),
        ((PauseReason.CUSTOMER,), Attribution.CUSTOMER, "U0TOM"),
        ((PauseReason.CUSTOMER, PauseReason.VENDOR), Attribution.CUSTOMER, "U0TOM"),
        ((PauseReason.VENDOR,), Attribution.THIRD_PARTY, "U0TESS"),
    ]


def test_a_second_pause_for_the_same_reason_names_who_paused_then() -> None:
    facts = history(opened(), ("mon 10:00", Paused(reason=PauseReason.CUSTOMER)), ("mon 11:00", Resumed()))
    again = Paused(reason=PauseReason.CUSTOMER)
    facts.append(Entry(event=again, at=at("mon 12:00"), seq=9, recorded_at=at("mon 12:00"), by="U0TESS"))
    explanation = ledger(facts, RESOLUTION, TERMS, now=at("mon 13:00"))
    assert explanation is not None
    assert [row.by for row in explanation.rows if row.what == "paused"] == ["U0TOM", "U0TESS"]


def test_what_is_ahead_names_nights_and_holidays_up_to_the_due_time() -> None:
    closed = Calendar.weekly(
        "UTC", {day: ["09:00-17:00"] for day in DAYS[:5]}, closures=[Closure(date(2026, 3, 3), name="Founders' day")]
    )
    agreement = promising(target(RESOLUTION, hours(4), calendar=closed))
    explanation = ledger(history(opened("mon 15:00")), RESOLUTION, Terms.of(agreement), now=at("mon 16:00"))
    assert explanation is not None
    assert [(row.end, row.what, row.counted, row.running_sum, row.closures) for row in explanation.ahead] == [
        (at("mon 17:00"), "ahead", hours(1), hours(2), ()),
        (at("wed 09:00"), "closed", hours(0), hours(2), ("Founders' day",)),
        (at("wed 11:00"), "ahead", hours(2), hours(4), ()),
    ]
    assert explanation.ahead[-1].end == explanation.reading.due_at


def test_nothing_is_ahead_of_a_clock_that_rests_is_over_or_used_its_time_up() -> None:
    def ahead(*facts: tuple[str, Resolved | Paused], now: str) -> int:
        explanation = ledger(history(opened(), *facts), RESOLUTION, TERMS, now=at(now))
        assert explanation is not None
        return len(explanation.ahead)

    assert ahead(("mon 10:00", Paused(reason=PauseReason.VENDOR)), now="mon 11:00") == 0
    assert ahead(("mon 10:00", Resolved()), now="mon 11:00") == 0
    assert ahead(now="mon 20:00") == 0, "due at closing, and nothing is left"
    assert ahead(now="tue 10:00") == 0
    assert ahead(now="mon 16:59") == 1


def test_a_breach_is_told_with_when_it_was_noticed() -> None:
    facts = history(opened())
    noticed = Breached(metric="resolution", cycle=0, breached_at=at("tue 09:00"))
    facts.append(Entry(event=noticed, at=at("tue 09:00"), seq=5, recorded_at=at("tue 11:30")))
    explanation = ledger(facts, RESOLUTION, TERMS, now=at("tue 12:00"))
    assert explanation is not None
    assert (explanation.reading.breached_at, explanation.noticed_at) == (at("tue 09:00"), at("tue 11:30"))
    unnoticed = ledger(history(opened()), RESOLUTION, TERMS, now=at("tue 12:00"))
    assert unnoticed is not None
    assert (unnoticed.reading.breached_at, unnoticed.noticed_at) == (at("tue 09:00"), None)


def test_waivers_and_corrections_of_the_metric_are_remarked_and_others_not() -> None:
    facts = history(
        opened(),
        ("tue 10:00", Waived(metric="resolution", cycle=0, reason="Their power cut")),
        ("tue 10:30", Waived(metric="first_response", cycle=0, reason="Their power cut")),
        (
            "tue 11:00",
            Corrected(
                metric="resolution", cycle=0, cause="paused", breached_before=None, breached_after=at("tue 09:00")
            ),
        ),
    )
    explanation = ledger(facts, RESOLUTION, TERMS, now=at("tue 12:00"))
    assert explanation is not None
    assert [type(entry.event) for entry in explanation.remarks] == [Waived, Corrected]
    assert explanation.reading.waived_at == at("tue 10:00")
    early = ledger(facts, RESOLUTION, TERMS, now=at("tue 10:59"))
    assert early is not None
    assert [type(entry.event) for entry in early.remarks] == [Waived]
