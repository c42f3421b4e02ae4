"""A good agreement file, and variations of it made line by line."""

from __future__ import annotations

from datetime import UTC, datetime

from sla_engine.files.agreement_file import AgreementDefaults, AgreementFile, read_agreement
from sla_engine.files.errors import FileInvalid, FileProblem
from sla_engine.files.holiday_dates import LibraryHolidays

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
GOOD = """\
customer: Acme Dental
effective: 2026-01-01T00:00:00-05:00
calendar:
  timezone: America/New_York
  hours: {mon-fri: "08:00-12:00, 13:00-17:30"}
  business_day: 8h30m
targets:
  P1: {calendar: always, first_response: 15m, customer_update: {every: 30m, waiting: 4h}, resolution: 4h}
  P2: {customer_update: 2h, resolution: 2 business_days}
  P3: {resolution: 24h}
  P4: {resolution: 5 business_days}
"""


def taken(text: str, *, defaults: AgreementDefaults | None = None, now: datetime | None = NOW) -> AgreementFile:
    return read_agreement(
        text, "a.yaml", holidays=LibraryHolidays(NOW), defaults=defaults or AgreementDefaults(), now=now
    )


def with_calendar(lines: str) -> str:
    """The good file with other lines below `calendar:`, which stands on line 3."""
    head, rest = GOOD.split("  timezone", 1)
    return head + lines + "targets:" + rest.split("targets:", 1)[1]


def with_line(number: int, line: str) -> str:
    lines = GOOD.splitlines()
    lines[number - 1] = line
    return "\n".join(lines)


def told(text: str) -> list[str]:
    """Every problem and warning of a file, whether it is taken or not."""
    try:
        found: tuple[FileProblem, ...] = taken(text).warnings
    except FileInvalid as refused:
        found = tuple(refused.problems)
    return [str(problem) for problem in found]
