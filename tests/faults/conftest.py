"""A hostile Slack and a fresh database for every test of delivery."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sla_engine.storage.database import Database
from tests.faults import carrying
from tests.faults.hostile_slack import HostileSlack, hostile_slack


@pytest.fixture
def slack() -> Iterator[HostileSlack]:
    """A Slack on loopback that suffers what it is told to."""
    with hostile_slack() as running:
        yield running


@pytest.fixture
def outbox(database_url: str) -> Iterator[Database]:
    """A database with an empty outbox."""
    opened = carrying.database(database_url)
    yield opened
    opened.close()
