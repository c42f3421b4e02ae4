"""Review days: those that are overdue when procedures are imported are spread over weeks."""

from collections.abc import Mapping
from datetime import date, timedelta

from sla_engine.domain.time.weeks import Week

REVIEWS_A_WEEK = 3
"""At most so many overdue reviews are put into one week of an owner."""
BACKUP_AFTER_DAYS = 14
"""The days after a review's due day from which on the backup is asked as well."""


def spread_reviews(count: int, *, taken: Mapping[Week, int], today: date) -> list[date]:
    """The days for an owner's overdue reviews, this week's first; `taken` counts the reviews that weeks have already.

    Each lies on the weekday of `today`. A week that has `REVIEWS_A_WEEK` is passed over.
    """
    days: list[date] = []
    day = today
    while len(days) < count:
        free = max(0, REVIEWS_A_WEEK - taken.get(Week.of_day(day), 0))
        days += [day] * min(free, count - len(days))
        day += timedelta(days=7)
    return days


def is_review_late(review_on: date, *, today: date) -> bool:
    """Whether a review is late: its day lasts to its end."""
    return today > review_on


def wants_review(review_on: date, *, today: date) -> bool:
    """Whether a review falls due before this week is over, or is late."""
    return review_on < Week.of_day(today).following().monday


def is_backup_asked(review_on: date, *, today: date) -> bool:
    """Whether a review is late by so much that the backup is asked too."""
    return today >= review_on + timedelta(days=BACKUP_AFTER_DAYS)
