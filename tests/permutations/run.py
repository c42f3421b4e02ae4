"""Many stories of tickets and alerts in many orders, each database in its own process."""

import random
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sla_engine.services.intake.receive import Intake
from sla_engine.storage.database import Database
from sla_engine.storage.migrate import upgrade
from tests.intake_desk import intake_for
from tests.permutations.deliveries import Compared, compared_orders
from tests.permutations.stories import Kind, random_story

AGREEMENTS = ("acme-dental", "beta-logistics", "cedar-clinic")
ORDERS_EACH = 3
"""Orders tried of each story, beside the one in which it was told."""
STORIES_EACH = 100
"""Stories told to one database: a ticket costs more the more there are."""
DIFFERENCES_SHOWN = 10
KINDS = (Kind.PLAIN, Kind.PLAIN, Kind.MERGED, Kind.DELETED, Kind.MOVED, Kind.LATE, Kind.ALERT)
"""What stories are about in turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many orders were compared, how many were left out, and what depends on the order."""

    orders: int
    left_out: int
    differences: tuple[str, ...]


def compared(intake: Intake, *, stories: range, seed: str) -> Tally:
    """Compare the orders of these random stories."""
    orders = left_out = 0
    differences = []
    for number in stories:
        chance = random.Random(f"{seed}/{number}")
        story = random_story(chance, KINDS[number % len(KINDS)])
        for verdict, difference in compared_orders(intake, story, orders=ORDERS_EACH, chance=chance):
            orders += 1
            left_out += verdict is Compared.LEFT_OUT
            if verdict is Compared.DIFFERENT:
                differences.append(f"seed {seed}, story {number} ({story.kind}): {difference}")
    return Tally(orders=orders, left_out=left_out, differences=tuple(differences[:DIFFERENCES_SHOWN]))


def compare(*, cases: int, seed: str, jobs: int) -> Iterator[Tally]:
    """Compare so many orders, several databases at a time; answers how each of them did."""
    stories = -(-cases // ORDERS_EACH)
    parts = [range(first, min(first + STORIES_EACH, stories)) for first in range(0, stories, STORIES_EACH)]
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(_compared_apart, parts, [seed] * len(parts))


def _compared_apart(stories: range, seed: str) -> Tally:
    with an_intake() as intake:
        return compared(intake, stories=stories, seed=seed)


@contextmanager
def an_intake() -> Iterator[Intake]:
    """The intake of a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'intake.db'}"
        upgrade(url)
        database = Database(url)
        yield intake_for(database, *AGREEMENTS)
        database.close()
