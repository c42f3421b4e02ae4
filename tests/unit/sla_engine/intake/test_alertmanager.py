from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.errors import PayloadInvalid
from sla_engine.domain.events import Resolved
from sla_engine.domain.priorities import Priority
from sla_engine.intake import alertmanager

ROOT = Path(__file__).resolve().parents[4]
SAMPLE = ROOT / "tests" / "data" / "intake" / "alertmanager.json"
MANUAL = ROOT / "docs" / "intakes.md"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def group(**changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(SAMPLE.read_text())
    told["alerts"][0] |= changes
    return told


def with_labels(**labels: str) -> dict[str, Any]:
    return group(labels=labels)


def test_a_firing_alert_opens_by_its_fingerprint() -> None:
    (report,) = alertmanager.parse(group())
    assert report.series == "c1a2f0d97b3e4a55"
    assert report.external_id.startswith("c1a2f0d97b3e4a55@2026-02-02T14:05:00")
    assert report.events == ()
    assert report.opening is not None
    assert report.opening.customer == "Acme Dental"
    assert report.opening.title == "The backup of dc01 failed"
    assert report.opening.priority is Priority.P1
    assert report.opening.link == "http://prometheus.example:9090/graph?g0.expr=backup_failed"


def test_a_resolved_alert_resolves_when_it_ended() -> None:
    (report,) = alertmanager.parse(group(status="resolved", endsAt="2026-02-02T15:00:00Z"))
    assert report.at == datetime(2026, 2, 2, 15, tzinfo=UTC)
    assert isinstance(report.events[0], Resolved)


def test_a_resolved_alert_without_an_end_ends_when_it_is_told() -> None:
    (report,) = alertmanager.parse(group(status="resolved"))
    assert report.at is None


@pytest.mark.parametrize(
    ("labels", "priority"),
    [
        ({"severity": "critical"}, Priority.P1),
        ({"severity": "warning"}, Priority.P3),
        ({"severity": "critical", "priority": "p2"}, Priority.P2),
        ({"severity": "purple", "priority": "P4"}, Priority.P4),
        ({"severity": "purple"}, Priority.P3),
        ({}, Priority.P3),
    ],
)
def test_the_priority_label_wins_then_the_severity(labels: dict[str, str], priority: Priority) -> None:
    (report,) = alertmanager.parse(with_labels(**labels))
    assert report.opening is not None
    assert report.opening.priority is priority


def test_an_alert_without_customer_and_summary_is_still_told() -> None:
    (report,) = alertmanager.parse(group(labels={"alertname": "DiskFull"}, annotations=None))
    assert report.opening is not None
    assert (report.opening.customer, report.opening.title) == ("", "DiskFull")


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({}, "version"),
        ({"version": "3", "alerts": []}, "version"),
        ({"version": "4"}, "alerts"),
        ({"version": "4", "alerts": ["x"]}, "alerts[0]"),
        (group(status="maybe"), "alerts[0].status"),
        (group(fingerprint=""), "alerts[0].fingerprint"),
        (group(startsAt=None), "alerts[0].startsAt"),
        (group(endsAt="soon"), None),
        (group(status="resolved", endsAt="soon"), "alerts[0].endsAt"),
        (group(labels=[]), "alerts[0].labels"),
    ],
)
def test_a_refusal_names_the_field(told: dict[str, Any], field: str | None) -> None:
    if field is None:
        assert alertmanager.parse(told)
        return
    with pytest.raises(PayloadInvalid) as refused:
        alertmanager.parse(told)
    assert refused.value.field == field
    assert field in refused.value.sentence


def test_equal_notifications_are_one_delivery() -> None:
    assert alertmanager.delivery_id(group()) == alertmanager.delivery_id(group())
    assert alertmanager.delivery_id(group()) != alertmanager.delivery_id(group(status="resolved"))


ALERT_FIELDS = ("status", "labels", "annotations", "startsAt", "endsAt", "generatorURL", "fingerprint")


def refusal(told: dict[str, Any]) -> PayloadInvalid | None:
    try:
        alertmanager.parse(told)
    except PayloadInvalid as refused:
        return refused
    return None


@given(changes=st.dictionaries(st.sampled_from(ALERT_FIELDS), JSON, max_size=4))
def test_no_alert_gets_more_than_a_refusal(changes: dict[str, Any]) -> None:
    refused = refusal(group(**changes))
    assert refused is None or refused.field.startswith("alerts[0].")


@given(told=st.dictionaries(st.sampled_from(("version", "alerts", "groupKey")), JSON | st.just("4")))
def test_no_json_gets_more_than_a_refusal(told: dict[str, Any]) -> None:
    refused = refusal(told)
    assert refused is None or refused.field in refused.sentence


def test_the_payload_of_the_manual_is_taken() -> None:
    shown = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", MANUAL.read_text(), re.DOTALL)]
    (told,) = (each for each in shown if "alerts" in each)
    assert alertmanager.parse(told) == alertmanager.parse(group())
