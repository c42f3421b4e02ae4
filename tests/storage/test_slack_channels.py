"""A customer's Slack channels: whose a channel is, and that it is one customer's only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sla_engine.files.errors import FileInvalid
from sla_engine.services.agreements import agreement_files
from sla_engine.services.queries.channel_customers import ChannelCustomers
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage.database import Database

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


def written(folder: Path, customer: str, *channels: str, effective: str = "2026-01-01") -> Path:
    """An agreement file that names these channels."""
    path = folder / f"{customer}-{effective}.yaml"
    path.write_text(
        f"customer: {customer}\neffective: {effective}\ncalendar: {{timezone: UTC, hours: {{mon-fri: 24h}}}}\n"
        f"targets: {{P1: {{resolution: 4h}}, P2: {{resolution: 8h}}}}\nslack_channels: [{', '.join(channels)}]\n",
        encoding="utf-8",
    )
    return path


def apply(database: Database, *paths: Path) -> None:
    agreement_files.apply(database, paths, by="test", now=NOW)


@pytest.mark.both_databases
def test_a_channel_is_the_customer_s_whose_agreement_in_force_names_it(database: Database, tmp_path: Path) -> None:
    later = written(tmp_path, "Acme", "C0NEW", effective="2026-06-01")
    apply(database, written(tmp_path, "Acme", "C0ACME", "C0BOTH"), written(tmp_path, "Beta", "C0BETA"), later)
    customers = ChannelCustomers(UnitOfWork(database))
    owners = [customers.customer_of(channel, now=NOW) for channel in ("C0ACME", "C0BOTH", "C0BETA", "C0NEW", "")]
    assert owners == ["Acme", "Acme", "Beta", None, None]
    assert customers.customer_of("C0NEW", now=NOW + timedelta(days=120)) == "Acme"
    assert customers.customer_of("C0ACME", now=NOW + timedelta(days=120)) is None


def test_two_files_that_name_one_channel_contradict_each_other(database: Database, tmp_path: Path) -> None:
    acme, beta = written(tmp_path, "Acme", "C0BOTH"), written(tmp_path, "Beta", "C0BETA", "C0BOTH")
    problems = [str(problem) for problem in agreement_files.check([acme, beta], now=NOW)]
    (shared,) = [problem for problem in problems if "slack_channels" in problem]
    assert shared.endswith("slack_channels: C0BOTH is Acme's; a channel belongs to one customer")
    apply(database, acme)
    with pytest.raises(FileInvalid):
        apply(database, beta)
    apply(database, written(tmp_path, "Acme", "C0BOTH", effective="2026-02-01"))
