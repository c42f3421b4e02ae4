"""The words after `/sla misses`, in any order."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import BREACH_REASONS, Attribution, BreachReason
from sla_engine.domain.text.errors import ExtraWords, SeveralNamed, UnknownChoice
from sla_engine.domain.time.date_ranges import DateRange
from sla_engine.domain.time.errors import PeriodNotBegun, UnknownWeek
from sla_engine.domain.time.months import Month
from sla_engine.domain.time.weeks import Week
from sla_engine.parsing.miss_words import MissWords, miss_words

NOW = datetime(2026, 12, 9, 12, tzinfo=UTC)
QUARTER = DateRange(date(2026, 10, 1), date(2026, 12, 6))
CUSTOMERS = ("Acme Dental", "Acme Legal", "Beta Logistics", "Fix and Fasten", "Vendor Park")


def read(words: str) -> MissWords:
    return miss_words(words.split(), customers=CUSTOMERS, zone="America/New_York", now=NOW)


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("", MissWords()),
        ("last week", MissWords(period=Week(2026, 49))),
        ("this week beta", MissWords(period=Week(2026, 50), customer="Beta Logistics")),
        ("2026-W49", MissWords(period=Week(2026, 49))),
        ("w49 unexplained", MissWords(period=Week(2026, 49), is_unexplained=True)),
        ("week 49 not explained", MissWords(period=Week(2026, 49), is_unexplained=True)),
        ("2026-W49 first reply", MissWords(period=Week(2026, 49), metrics=[MetricName.FIRST_RESPONSE])),
        ("fix 2026-W49 ours", MissWords(period=Week(2026, 49), metrics=[*MetricName][3:], sides=[Attribution.US])),
        ("november", MissWords(period=Month(2026, 11))),
        ("november 2025 P1", MissWords(period=Month(2025, 11), priorities=[Priority.P1])),
        ("2026-10-01..2026-12-06 ours", MissWords(period=QUARTER, sides=[Attribution.US])),
        ("2026-11", MissWords(period=Month(2026, 11))),
        (
            "unexplained Acme Dental first reply november",
            MissWords(
                period=Month(2026, 11),
                customer="Acme Dental",
                metrics=[MetricName.FIRST_RESPONSE],
                is_unexplained=True,
            ),
        ),
        ("customer updates", MissWords(metrics=[MetricName.CUSTOMER_UPDATE])),
        ("customer_update customer", MissWords(metrics=[MetricName.CUSTOMER_UPDATE], sides=[Attribution.CUSTOMER])),
        ("Late Triage", MissWords(reasons=[BreachReason.LATE_TRIAGE])),
        ("no-status-update p2 P3", MissWords(reasons=[BreachReason.NO_STATUS_UPDATE], priorities=[*Priority][1:3])),
        ("third-party", MissWords(sides=[Attribution.THIRD_PARTY])),
        ("ours fix ours fix", MissWords(sides=[Attribution.US], metrics=[MetricName.RESOLUTION])),
        ("fix and fasten", MissWords(customer="Fix and Fasten")),
        ("vendor park vendor", MissWords(customer="Vendor Park", reasons=[BreachReason.VENDOR])),
        ("skill", MissWords(reasons=[BreachReason.SKILL_GAP])),
        ("logist misconfig", MissWords(customer="Beta Logistics", reasons=[BreachReason.CLOCK_MISCONFIGURED])),
    ],
)
def test_each_word_asks_for_what_it_says(words: str, asked: MissWords) -> None:
    assert read(words) == asked


@pytest.mark.parametrize("reason", BreachReason)
def test_every_reason_is_known_by_its_word_and_by_its_label(reason: BreachReason) -> None:
    assert read(reason.value).reasons == read(BREACH_REASONS[reason].label).reasons == [reason]


@pytest.mark.parametrize(("words", "kinds"), [("acme", "customer"), ("sop", "reason"), ("as", "customer or reason")])
def test_a_part_that_fits_several_is_asked_about(words: str, kinds: str) -> None:
    with pytest.raises(SeveralNamed) as refusal:
        read(words)
    assert refusal.value.what == kinds


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ("2026-W54", UnknownWeek),
        ("week 60", UnknownWeek),
        ("2027-W01", PeriodNotBegun),
        ("last week november", ExtraWords),
        ("Acme Dental beta", ExtraWords),
        ("xyzzy", UnknownChoice),
        ("e-wallet", UnknownChoice),
        ("2026-12-06..2026-12-01", UnknownChoice),
        ("2026-02-01..2026-02-30", UnknownChoice),
        ("2024-12-01..2026-12-01", UnknownChoice),
    ],
)
def test_what_cannot_be_meant_is_refused(words: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        read(words)


def test_a_misspelt_word_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownChoice) as refusal:
        read("unexplaned")
    assert refusal.value.allowed == ("unexplained",)
