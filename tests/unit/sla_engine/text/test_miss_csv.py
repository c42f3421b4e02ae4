"""What was missed as CSV: stable columns, and nothing in them that a spreadsheet runs."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import Attribution, BreachReason
from sla_engine.domain.reporting.missed_targets import MissedTarget
from sla_engine.text.miss_csv import BYTE_ORDER_MARK, misses_csv

DUE = datetime(2026, 12, 4, 19, tzinfo=UTC)
MISS = MissedTarget(
    incident_key="INC-1042",
    customer="Acme Dental",
    title="Nobody can log in",
    link="https://desk.example/t/7",
    ticket="T-20931",
    site=None,
    service=None,
    owner="U0TOM",
    metric=MetricName.FIRST_RESPONSE,
    cycle=0,
    priority=Priority.P1,
    missed_at=DUE,
    stopped_at=DUE + timedelta(hours=2),
    target=timedelta(minutes=15),
    counted=timedelta(minutes=15, seconds=20),
    reason=BreachReason.LATE_TRIAGE,
    side=Attribution.US,
    agreement_version=1,
)


def rows(*misses: MissedTarget) -> list[dict[str, str]]:
    written = misses_csv(misses, zone="America/New_York", names={"U0TOM": "Tom Becker"})
    assert written.startswith(BYTE_ORDER_MARK)
    return list(csv.DictReader(io.StringIO(written.removeprefix(BYTE_ORDER_MARK), newline="")))


def test_a_miss_is_a_row_under_columns_that_stay() -> None:
    assert rows(MISS) == [
        {
            "incident": "INC-1042",
            "ticket": "T-20931",
            "customer": "Acme Dental",
            "site": "",
            "service": "",
            "title": "Nobody can log in",
            "priority": "P1",
            "metric": "first_response",
            "due_at": "2026-12-04 14:00:00",
            "done_at": "2026-12-04 16:00:00",
            "zone": "America/New_York",
            "target_minutes": "15",
            "late_minutes": "1",
            "owner": "Tom Becker",
            "reason": "late-triage",
            "whose": "us",
            "link": "https://desk.example/t/7",
        }
    ]


def test_what_is_still_owed_and_unexplained_is_left_empty() -> None:
    (row,) = rows(replace(MISS, stopped_at=None, reason=None, side=None, owner=None, link=None, ticket=None))
    assert [row[name] for name in ("done_at", "late_minutes", "reason", "whose", "owner", "link", "ticket")] == [""] * 7


@pytest.mark.parametrize(
    "title",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1+1",
        "\n\r =1+1",
        " =1+1",
        "＝1+1",
        '=HYPERLINK("http://x";"y")',
    ],
)
def test_no_cell_is_a_formula_whatever_somebody_called_an_incident(title: str) -> None:
    hostile = {"title": title, "customer": title, "site": title, "service": title, "owner": title, "link": title}
    (row,) = rows(replace(MISS, ticket=title, **hostile))  # type: ignore[arg-type]
    assert not [
        value for value in row.values() if value[:1] in {"=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r"}
    ]
    assert row["title"].startswith("'")


def test_a_title_with_commas_quotes_and_lines_stays_one_cell() -> None:
    (row,) = rows(replace(MISS, title='He said "no", twice\nand left'))
    assert row["title"] == 'He said "no", twice and left'
    assert len(rows(MISS, MISS)) == 2
