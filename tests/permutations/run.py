"""Many stories of tickets in many orders, each database in its own process."""

import random
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from sla_engine.services.intake.receive import Intake
from sla_engine.storage.database import Database
from sla_engine.storage.migrate import upgrade
from tests.intake_desk import intake_for
from tests.permutations.deliveries import differences, random_story

AGREEMENTS = ("acme-dental", "beta-logistics", "cedar-clinic")
ORDERS_EACH = 3
"""Orders tried of each story, beside the one in which it was told."""
STORIES_EACH = 100
"""Stories told to one database: a ticket costs more the more there are."""
DIFFERENCES_SHOWN = 10


def compared(intake: Intake, *, stories: range, seed: str) -> list[str]:
    """What depends on the order of deliveries, of these random stories."""
    found: Iterator[str] = (
        f"seed {seed}, story {number}: {difference}"
        for number in stories
        for chance in [random.Random(f"{seed}/{number}")]
        for difference in differences(intake, random_story(chance), orders=ORDERS_EACH, chance=chance)
    )
    return list(islice(found, DIFFERENCES_SHOWN))


def compare(*, cases: int, seed: str, jobs: int) -> Iterator[tuple[int, list[str]]]:
    """The same for so many cases, several databases at a time: after each how many cases it had, and what differs.

    A case is one other order of one story.
    """
    stories = -(-cases // ORDERS_EACH)
    parts = [range(first, min(first + STORIES_EACH, stories)) for first in range(0, stories, STORIES_EACH)]
    with ProcessPoolExecutor(jobs) as pool:
        for part, found in zip(parts, pool.map(_compared_apart, parts, [seed] * len(parts)), strict=True):
            yield len(part) * ORDERS_EACH, found


def _compared_apart(stories: range, seed: str) -> list[str]:
    with _intake() as intake:
        return compared(intake, stories=stories, seed=seed)


@contextmanager
def _intake() -> Iterator[Intake]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'intake.db'}"
        upgrade(url)
        database = Database(url)
        yield intake_for(database, *AGREEMENTS)
        database.close()
