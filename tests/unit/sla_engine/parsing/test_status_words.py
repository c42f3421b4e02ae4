"""The words after `/sla status`, in any order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sla_engine.domain.incidents.incident_filter import IncidentCondition
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.time.errors import DayIsAmbiguous
from sla_engine.parsing.status_words import StatusWords, status_words

EVERY_CONDITION = [
    IncidentCondition.OVERDUE,
    IncidentCondition.UNASSIGNED,
    IncidentCondition.WAITING,
    IncidentCondition.STALE,
]


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("", StatusWords(is_mine=True)),
        ("mine", StatusWords(is_mine=True)),
        ("all", StatusWords()),
        ("Acme Dental", StatusWords(names=["Acme", "Dental"])),
        ("p1 overdue P2", StatusWords(priorities=[Priority.P1, Priority.P2], conditions=[IncidentCondition.OVERDUE])),
        (
            "overdue Acme mine Dental 2h30 no-promise",
            StatusWords(
                is_mine=True,
                conditions=[IncidentCondition.OVERDUE, IncidentCondition.NO_PROMISE],
                due_within=timedelta(hours=2, minutes=30),
                names=["Acme", "Dental"],
            ),
        ),
        ("late nobody paused stale", StatusWords(conditions=EVERY_CONDITION)),
        ("@tom P6 3com", StatusWords(names=["@tom", "P6", "3com"])),
    ],
)
def test_each_word_asks_for_what_it_says(words: str, asked: StatusWords) -> None:
    assert status_words(words.split()) == asked


def test_a_word_that_is_repeated_asks_once() -> None:
    assert status_words(["late", "overdue", "P1", "p1"] * 200) == StatusWords(
        priorities=[Priority.P1], conditions=[IncidentCondition.OVERDUE]
    )


def test_a_day_is_not_guessed() -> None:
    with pytest.raises(DayIsAmbiguous):
        status_words(["2d"])
