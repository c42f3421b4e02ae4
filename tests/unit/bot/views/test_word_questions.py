"""The question a word of a ticket system raises, and the list of those that wait."""

from typing import Any

import pytest

from bot.views.word_questions import word_list, word_question, word_settled
from sla_engine.domain.incidents.word_meanings import ReportedWord, WordKind
from sla_engine.notifications.notices import WordMessage
from sla_engine.services.intake.words import AskedWord
from sla_engine.storage.intake_words import IntakeWordRecord
from tests.unit.bot.views.samples import HOSTILE_TITLES, buttons, minute, refused, seen


def asked(**changed: Any) -> WordMessage:
    facts: dict[str, Any] = {"number": 3, "intake": "psa", "kind": "status", "word": "Awaiting approval", "count": 41}
    return WordMessage(**(facts | {"mention": ("U0DANA",)} | changed))


def waiting(word: str, kind: WordKind = WordKind.STATUS, *, count: int = 2) -> AskedWord:
    record = IntakeWordRecord(
        number=7,
        intake="psa",
        said_word=ReportedWord(kind, word),
        shown=1,
        meaning=None,
        decided_by=None,
        decided_at=None,
    )
    return AskedWord(word=record, count=count)


@pytest.mark.parametrize(
    ("kind", "question", "labels"),
    [
        (
            "status",
            "*psa* says “Awaiting approval” (41 times). What does it mean? <@U0DANA>",
            ["We are working", "Waiting for the customer", "Waiting for a vendor", "Done", "It means nothing"],
        ),
        (
            "priority",
            "*psa* calls a priority “Awaiting approval” (41 times). Which one is it? <@U0DANA>",
            ["P1", "P2", "P3", "P4", "P5", "It means nothing"],
        ),
        ("person", "*psa* gives tickets to “Awaiting approval” (41 times). Who is that? <@U0DANA>", ["Nobody"]),
    ],
)
def test_a_word_is_asked_about_with_every_answer_as_a_button(kind: str, question: str, labels: list[str]) -> None:
    shown = word_question(asked(kind=kind))
    assert question in seen(shown)
    assert question in shown.text
    assert buttons(shown) == labels
    assert refused(shown) == []


def test_a_login_may_be_any_of_us() -> None:
    (menu,) = [
        element for block in word_question(asked(kind="person")).blocks if block["type"] == "actions"
        for element in block["elements"] if element["type"] == "users_select"
    ]  # fmt: skip
    assert menu["action_id"] == "word_person"


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        (
            {"meaning": "customer"},
            "*psa*: “Awaiting approval” means *waiting for the customer* (said by <@U0DANA>, <!date^",
        ),
        ({"meaning": "nothing"}, "means *it means nothing*"),
        ({"kind": "priority", "meaning": "P1"}, "means *P1*"),
        ({"kind": "person", "meaning": "U0TOM"}, "means *<@U0TOM>*"),
        ({"kind": "person", "meaning": "nobody"}, "means *nobody, it has no owner*"),
        ({"meaning": "done", "by": "msp.yaml"}, "means *done* (said by msp.yaml, <!date^"),
    ],
)
def test_an_answered_word_says_what_it_means_and_who_said_so(changed: dict[str, str], line: str) -> None:
    shown = word_question(asked(**({"by": "U0DANA", "at": minute(5)} | changed)))
    assert line in shown.text
    assert buttons(shown) == []
    assert refused(shown) == []


@pytest.mark.parametrize("word", HOSTILE_TITLES.values(), ids=HOSTILE_TITLES)
@pytest.mark.parametrize("kind", WordKind)
def test_no_word_can_mention_anybody_or_break_the_message(kind: WordKind, word: str) -> None:
    for shown in (
        word_question(asked(kind=kind.value, word=word, intake=word)),
        word_question(asked(kind=kind.value, word=word, meaning="nothing", by="U0DANA", at=minute(1))),
        word_list([waiting(word, kind)] * 20),
        word_settled(ReportedWord(kind, word), "nothing"),
    ):
        assert refused(shown) == []
        assert "<!channel>" not in seen(shown) + shown.text


def test_the_words_that_wait_are_listed_with_what_to_type() -> None:
    shown = word_list([waiting("Awaiting approval"), waiting("Sev A", WordKind.PRIORITY, count=1)])
    assert "*7* · *psa* says “Awaiting approval” (2 times). What does it mean?" in shown.text
    assert "*7* · *psa* calls a priority “Sev A” (once). Which one is it?" in shown.text
    assert "`/sla words 3 customer`" in shown.text
    assert word_list([]).text == "Every word of your ticket systems has a meaning."
