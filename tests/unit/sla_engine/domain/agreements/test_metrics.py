"""Tests for what the metrics are called."""

import pytest

from sla_engine.domain.agreements.metrics import METRICS, MetricName, metric_labelled


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("First response", MetricName.FIRST_RESPONSE),
        ("Customer update", MetricName.CUSTOMER_UPDATE),
        ("Resolution plan", MetricName.RESOLUTION_PLAN),
        ("Resolution", MetricName.RESOLUTION),
    ],
)
def test_messages_stored_by_an_earlier_version_still_name_their_clock(label: str, name: MetricName) -> None:
    assert metric_labelled(label) is METRICS[name]
    assert metric_labelled(METRICS[name].label) is METRICS[name]


def test_other_words_name_no_clock() -> None:
    assert metric_labelled("Availability") is None
    assert metric_labelled(None) is None


def test_people_read_plain_words_and_files_standard_names() -> None:
    assert [(metric.label, metric.owed, metric.short) for metric in METRICS.values()] == [
        ("First reply", "the first reply", "reply"),
        ("Customer update", "the customer update", "update"),
        ("Plan", "the plan", "plan"),
        ("Fix", "the fix", "fix"),
    ]
    assert [name.value for name in METRICS] == ["first_response", "customer_update", "resolution_plan", "resolution"]
