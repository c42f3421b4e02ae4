"""Which targets a clock was held against, over which rules, and why they changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sla_engine.domain.agreements.agreement import Agreement, ReopenMode, ReopenRule, Target
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.versions import START_OF_TIME, Governing, Terms
from sla_engine.domain.clocks.ledger import ledger
from sla_engine.domain.clocks.ledger_rows import Ledger, Stretch
from sla_engine.domain.clocks.target_history import Cause, Loss
from sla_engine.domain.incidents.events import (
    Absorbed,
    CustomerUpdated,
    Event,
    Opened,
    Paused,
    PrioritySet,
    Reopened,
    Resolved,
    Resumed,
)
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.calendar import Calendar
from tests.unit.sla_engine.domain.histories import (
    DAYS,
    OFFICE,
    RESOLUTION,
    UPDATE,
    USUAL,
    at,
    history,
    hours,
    minutes,
    opened,
    promising,
    target,
)

LONG_DAYS = Calendar.weekly("UTC", {day: ["09:00-19:00"] for day in DAYS[:5]})


def edited(since: str, *, to: Agreement) -> Terms:
    """The usual agreement, and from then on another version of it."""
    return Terms((Governing(START_OF_TIME, 1, USUAL), Governing(at(since), 2, to)), USUAL)


def explained(
    *facts: tuple[str, Event], now: str, terms: Terms | None = None, metric: MetricName = RESOLUTION
) -> Ledger:
    return of(history(opened(), *facts), now=now, terms=terms, metric=metric)


def of(entries: list[Entry], *, now: str, terms: Terms | None = None, metric: MetricName = RESOLUTION) -> Ledger:
    explanation = ledger(entries, metric, terms or Terms.of(USUAL), now=at(now))
    assert explanation is not None
    return explanation


def causes(explanation: Ledger) -> list[tuple[Cause, timedelta]]:
    return [(row.because, row.duration) for row in explanation.targets]


def test_a_clock_begins_with_what_was_promised_at_the_opening() -> None:
    assert causes(explained(now="mon 10:00")) == [(Cause.OPENED, hours(8))]


def test_another_priority_brings_another_target_and_splits_the_row() -> None:
    promised = promising(target(RESOLUTION, hours(8)), target(RESOLUTION, hours(2), priority=Priority.P1))
    explanation = explained(("mon 10:00", PrioritySet(priority=Priority.P1)), now="mon 11:00", terms=Terms.of(promised))
    assert causes(explanation) == [(Cause.OPENED, hours(8)), (Cause.PRIORITY, hours(2))]
    assert [(row.start, row.end, row.rule) for row in explanation.rows] == [
        (at("mon 09:00"), at("mon 10:00"), "P2"),
        (at("mon 10:00"), at("mon 11:00"), "P1"),
    ]


def test_before_anything_was_promised_a_row_names_no_rule() -> None:
    facts = [opened(priority=Priority.P5), ("mon 10:00", PrioritySet(priority=Priority.P2))]
    explanation = of(history(*facts), now="mon 11:00")
    assert causes(explanation) == [(Cause.PRIORITY, hours(8))]
    assert [row.rule for row in explanation.rows] == ["", "P2"]


def test_another_version_splits_the_row_and_counts_on_its_own_calendar_from_then_on() -> None:
    longer = promising(target(RESOLUTION, hours(20), calendar=LONG_DAYS))
    explanation = explained(now="tue 18:00", terms=edited("tue 12:00", to=longer))
    assert causes(explanation) == [(Cause.OPENED, hours(8)), (Cause.VERSION, hours(20))]
    assert [(row.start, row.end, row.what, row.version) for row in explanation.rows] == [
        (at("mon 09:00"), at("mon 17:00"), Stretch.RUNNING, 1),
        (at("mon 17:00"), at("tue 09:00"), Stretch.CLOSED, 1),
        (at("tue 09:00"), at("tue 12:00"), Stretch.RUNNING, 1),
        (at("tue 12:00"), at("tue 18:00"), Stretch.RUNNING, 2),
    ]
    assert [(version.number, version.since) for version in explanation.versions] == [(1, None), (2, at("tue 12:00"))]


def test_a_version_that_is_known_to_come_is_told_before_it_counts() -> None:
    longer = promising(target(RESOLUTION, hours(10)))
    explanation = explained(now="mon 10:00", terms=edited("mon 15:00", to=longer))
    assert causes(explanation) == [(Cause.OPENED, hours(8)), (Cause.VERSION, hours(10))]
    assert explanation.ahead[-1].end == explanation.reading.due_at == at("tue 11:00")
    assert explanation.ahead[-1].running_sum == hours(10)
    assert {row.version for row in explanation.ahead} == {1, 2}


def test_a_version_that_comes_after_the_due_time_is_not_told() -> None:
    explanation = explained(now="mon 10:00", terms=edited("wed 09:00", to=promising(target(RESOLUTION, hours(10)))))
    assert causes(explanation) == [(Cause.OPENED, hours(8))]


def test_waiting_lengthens_the_period_of_updates_and_ends_with_the_pause() -> None:
    facts = (("mon 10:00", Paused(reason=PauseReason.CUSTOMER)), ("mon 12:00", Resumed()))
    assert causes(explained(*facts, now="mon 12:30", metric=UPDATE)) == [
        (Cause.OPENED, hours(2)),
        (Cause.WAITING, hours(8)),
        (Cause.WAITED, hours(4)),
    ]


def test_a_new_period_and_a_new_cycle_begin_anew() -> None:
    updated = explained(("mon 10:00", CustomerUpdated(text="Still working")), now="mon 11:00", metric=UPDATE)
    assert causes(updated) == [(Cause.PERIOD, hours(2))]
    cycles = Terms.of(replace(USUAL, reopen=ReopenRule(mode=ReopenMode.NEW_CYCLE)))
    again = explained(("mon 10:00", Resolved()), ("mon 12:00", Reopened()), now="mon 13:00", terms=cycles)
    assert causes(again) == [(Cause.CYCLE, hours(8))]


def test_what_changed_while_it_was_resolved_counts_from_the_reopening() -> None:
    facts = (("mon 10:00", Resolved()), ("mon 12:00", Reopened()))
    explanation = explained(
        *facts, now="mon 13:00", terms=edited("mon 11:00", to=promising(target(RESOLUTION, hours(4))))
    )
    assert [(row.at, row.because, row.duration) for row in explanation.targets] == [
        (at("mon 09:00"), Cause.OPENED, hours(8)),
        (at("mon 12:00"), Cause.REOPENED, hours(4)),
    ]


def test_an_earlier_opening_that_a_duplicate_tells_is_where_it_begins() -> None:
    entries = history(opened("mon 10:00"), ("mon 11:00", Absorbed(key="INC-2", opened_at=at("mon 09:00"))))
    explanation = of(entries, now="mon 12:00")
    assert causes(explanation) == [(Cause.EARLIER_OPENING, hours(8))]
    assert explanation.rows[0].start == at("mon 09:00")
    assert [type(entry.event) for entry in explanation.remarks] == [Absorbed]


def test_the_rules_that_lost_are_told_with_the_reason() -> None:
    def rule(name: str, length: timedelta, *, site: str = "") -> Target:
        return replace(target(RESOLUTION, length), rule=name, site=site)

    promised = Agreement(
        customer="Acme Dental",
        effective=at("mon 00:00"),
        calendar=OFFICE,
        targets=(
            rule("P2", hours(8)),
            rule("P2, site Brooklyn", hours(2), site="Brooklyn"),
            rule("P2, site Brooklyn (again)", minutes(30), site="Brooklyn"),
        ),
    )
    facts: tuple[str, Event] = ("mon 09:00", Opened(priority=Priority.P2, title="Down", site="Brooklyn"))
    (row,) = of(history(facts), now="mon 10:00", terms=Terms.of(promised)).targets
    assert (row.rule, row.duration) == ("P2, site Brooklyn", hours(2))
    assert [(loser.rule, loser.duration, loser.why) for loser in row.losers] == [
        ("P2", hours(8), Loss.LESS_SPECIFIC),
        ("P2, site Brooklyn (again)", minutes(30), Loss.LATER),
    ]
