"""Whom to call: three at most, the weightiest reason of each."""

from __future__ import annotations

from sla_engine.domain.reporting.customers_to_call import CallCause, CustomerCall, customers_to_call


def call(customer: str, cause: CallCause, missed: int = 1, of: int = 9) -> CustomerCall:
    return CustomerCall(customer=customer, cause=cause, missed=missed, of=of)


def test_a_missed_p1_comes_before_anger_goals_and_shares() -> None:
    reasons = [call(name, cause) for name, cause in zip("EDCBA", CallCause, strict=True)]
    assert [chosen.customer for chosen in customers_to_call(reversed(reasons))] == ["E", "D", "C"]


def test_a_customer_is_named_once_with_the_weightiest_reason() -> None:
    reasons = [
        call("Acme", CallCause.GOAL_BROKEN, 9),
        call("Acme", CallCause.MISSED_P1),
        call("Beta", CallCause.OFTEN_LATE),
    ]
    assert [(chosen.customer, chosen.cause) for chosen in customers_to_call(reasons)] == [
        ("Acme", CallCause.MISSED_P1),
        ("Beta", CallCause.OFTEN_LATE),
    ]


def test_nobody_is_often_late_by_fewer_than_five_and_of_others_the_largest_share_is_first() -> None:
    reasons = [
        call("Few", CallCause.OFTEN_LATE, 4, 4),
        call("Many", CallCause.OFTEN_LATE, 5, 50),
        call("Half", CallCause.OFTEN_LATE, 3, 6),
        call("None", CallCause.OFTEN_LATE, 0, 60),
    ]
    assert [chosen.customer for chosen in customers_to_call(reasons)] == ["Half", "Many"]
