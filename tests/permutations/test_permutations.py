"""A seeded part of `make permutations`, and that it would notice an order that makes a difference."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from sla_engine.services.intake import record
from sla_engine.services.intake.receive import Intake
from sla_engine.storage.database import Database
from tests.intake_desk import intake_for
from tests.permutations.deliveries import Compared, compared_orders
from tests.permutations.run import AGREEMENTS, compared
from tests.permutations.stories import Kind, random_story

pytestmark = pytest.mark.sqlite_only
STORIES = 6


@pytest.fixture
def intake(database_url: str) -> Iterator[Intake]:
    database = Database(database_url)
    yield intake_for(database, *AGREEMENTS)
    database.close()


def test_the_order_of_deliveries_changes_no_outcome(intake: Intake) -> None:
    assert compared(intake, stories=range(STORIES), seed="in the tests").differences == ()


@pytest.mark.parametrize("kind", Kind)
def test_deliveries_of_one_instant_keep_their_order(kind: Kind) -> None:
    chance = random.Random("orders")
    for _ in range(50):
        story = random_story(chance, kind)
        order = story.permuted(chance)
        assert sorted(map(str, order.deliveries)) == sorted(map(str, story.deliveries))
        assert sorted(order.deliveries, key=lambda delivery: delivery.at) == list(story.deliveries)


def test_an_order_that_makes_a_difference_is_noticed(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "reopen_where_work_went_on", lambda *_: None)
    monkeypatch.setattr(record, "occurred_at", lambda incident_work, _: incident_work.now)
    chance = random.Random("noticed")
    stories = (random_story(chance, Kind.PLAIN) for _ in range(10))
    verdicts = (verdict for story in stories for verdict, _ in compared_orders(intake, story, orders=2, chance=chance))
    assert Compared.DIFFERENT in verdicts, "facts that count when they arrive depend on the order"
