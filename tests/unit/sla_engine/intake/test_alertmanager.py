from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.domain.incidents.events import Resolved
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.intake import alertmanager
from sla_engine.services.intake.errors import PayloadInvalid

ROOT = Path(__file__).resolve().parents[4]
SAMPLE = ROOT / "tests" / "data" / "intake" / "alertmanager.json"
GRAFANA = SAMPLE.with_name("grafana.json")
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
        ({"version": 5, "alerts": []}, "version"),
        ({"version": "4"}, "alerts"),
        ({"version": "4", "alerts": {}}, "alerts"),
    ],
)
def test_only_what_is_no_group_of_alerts_is_refused_and_the_refusal_names_the_field(
    told: dict[str, Any], field: str
) -> None:
    with pytest.raises(PayloadInvalid) as refused:
        alertmanager.parse(told)
    assert refused.value.field == field
    assert field in refused.value.sentence


@pytest.mark.parametrize(
    ("changes", "why", "series"),
    [
        ({"status": "maybe"}, "alerts[0].status must be firing or resolved, not 'maybe'", "c1a2f0d97b3e4a55"),
        ({"startsAt": None}, "alerts[0].startsAt is missing", "c1a2f0d97b3e4a55"),
        ({"startsAt": "soon"}, "alerts[0].startsAt must be an ISO 8601 time", "c1a2f0d97b3e4a55"),
        ({"fingerprint": ""}, "alerts[0].fingerprint is missing or empty", "unnamed-"),
        ({"fingerprint": "f" * 101}, "alerts[0].fingerprint has 101 characters", "unnamed-"),
    ],
)
def test_an_alert_that_cannot_be_read_says_why_and_keeps_the_others(
    changes: dict[str, Any], why: str, series: str
) -> None:
    told = group(**changes)
    told["alerts"] += [group()["alerts"][0] | {"fingerprint": "bb22"}]
    odd, good = alertmanager.parse(told)
    assert odd.doubt.startswith(why)
    assert (odd.series or "").startswith(series)
    assert odd.opening is not None
    assert (odd.opening.customer, odd.opening.title) == ("Acme Dental", "The backup of dc01 failed")
    assert (good.series, good.doubt) == ("bb22", "")
    assert alertmanager.parse(told)[0] == odd


def test_an_alert_that_is_no_object_is_kept_in_its_place() -> None:
    (odd,) = alertmanager.parse({"version": "4", "alerts": ["x"]})
    assert odd.doubt == "alerts[0] must be a JSON object, not 'x'"
    assert odd.opening is not None
    assert odd.opening.title == alertmanager.NO_TITLE


@pytest.mark.parametrize(
    ("changes", "at"),
    [({"endsAt": "soon"}, None), ({"startsAt": "?", "endsAt": "2026-02-02T15:00:00Z"}, 15), ({"startsAt": None}, None)],
)
def test_an_end_whose_times_cannot_be_read_is_still_an_end(changes: dict[str, Any], at: int | None) -> None:
    (report,) = alertmanager.parse(group(status="resolved", **changes))
    assert (report.doubt, report.series, report.what) == ("", "c1a2f0d97b3e4a55", "resolved")
    assert report.at == (at and datetime(2026, 2, 2, at, tzinfo=UTC))


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": []},
        {"labels": {"customer": ["Acme Dental"], "alertname": {}, "severity": 7}},
        {"annotations": "none"},
        {"annotations": {"summary": "x" * 5000}},
        {"generatorURL": "javascript:alert(1)"},
        {"generatorURL": "https://" + "x" * 5000},
        {"generatorURL": {}},
    ],
)
def test_what_only_decorates_an_alert_refuses_nothing(changes: dict[str, Any]) -> None:
    (report,) = alertmanager.parse(group(**changes))
    assert report.doubt == ""
    assert report.opening is not None
    assert 0 < len(report.opening.title) <= alertmanager.TITLE_MAX_CHARS
    assert len(report.opening.link or "") <= alertmanager.LINK_MAX_CHARS


def test_no_fingerprint_passes_for_a_firing_of_another_alert() -> None:
    (report,) = alertmanager.parse(group(fingerprint="aa@bb"))
    assert report.series == "aa%40bb"
    assert report.external_id.count("@") == 1


def test_what_grafana_sends_is_read_the_same_way() -> None:
    (report,) = alertmanager.parse(json.loads(GRAFANA.read_text()))
    assert report.started_at == datetime(2026, 2, 2, 20, 10, 0, 500_000, tzinfo=UTC)
    assert report.series == "6f4d1e0b9a2c3d58"
    assert report.opening is not None
    assert (report.opening.customer, report.opening.title) == ("Acme Dental", "The disk of fs01 is 91 % full")
    assert report.opening.priority is Priority.P3
    assert report.opening.link == "https://grafana.example/alerting/grafana/cdk1f0s2/view?orgId=1"


@pytest.mark.parametrize(
    ("told", "alerts"),
    [({}, 0), ({"truncatedAlerts": 0}, 0), ({"truncatedAlerts": 37}, 37), ({"truncatedAlerts": "37"}, 0),
     ({"truncatedAlerts": True}, 0), ({"truncatedAlerts": -1}, 0)],
)  # fmt: skip
def test_how_many_alerts_a_sender_left_out(told: dict[str, Any], alerts: int) -> None:
    found = alertmanager.left_out(group() | {"truncatedAlerts": None} | told)
    assert (found.alerts if found else 0) == alerts


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
def test_no_alert_refuses_its_group(changes: dict[str, Any]) -> None:
    (report,) = alertmanager.parse(group(**changes))
    assert report.series
    assert report.opening is not None
    assert report.doubt == "" or report.doubt.startswith("alerts[0].")


@given(told=st.dictionaries(st.sampled_from(("version", "alerts", "groupKey")), JSON | st.sampled_from(("4", "1"))))
def test_no_json_gets_more_than_a_refusal(told: dict[str, Any]) -> None:
    refused = refusal(told)
    assert refused is None or refused.field in refused.sentence


def test_the_payload_of_the_manual_is_taken() -> None:
    shown = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", MANUAL.read_text(), re.DOTALL)]
    (told,) = (each for each in shown if "alerts" in each)
    assert alertmanager.parse(told) == alertmanager.parse(group())
