"""Pauses one by one: since when, by whom, and the parts in which the ball was ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.incidents.events import (
    CustomerReplied,
    CustomerUpdated,
    Deleted,
    Event,
    Merged,
    Moved,
    Opened,
    Paused,
    Reopened,
    Resolved,
    Responded,
    Resumed,
)
from sla_engine.domain.incidents.history import Entry, in_order
from sla_engine.domain.incidents.pauses import HeldPause, Pause, held_pauses, pauses
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.spans import Span
from tests.unit.sla_engine.domain.histories import USUAL, at, history, opened

CUSTOMER, VENDOR = PauseReason.CUSTOMER, PauseReason.VENDOR
PATIENT = replace(USUAL, reply_ends_pause=False)


def span(start: str, end: str) -> Span:
    return Span(at(start), at(end))


def pauses_of(*facts: tuple[str, Event], until: str = "mon 17:00", agreement: Agreement = USUAL) -> tuple[Pause, ...]:
    return pauses(in_order(history(opened(), *facts)), Terms.of(agreement).reply_ends_pause, until=at(until))


def held(*facts: tuple[str, Event], agreement: Agreement = USUAL) -> Mapping[PauseReason, HeldPause]:
    return held_pauses(history(opened(), *facts), Terms.of(agreement).reply_ends_pause)


def test_each_reason_is_a_pause_of_its_own_and_a_resume_without_one_ends_all() -> None:
    ended = pauses_of(
        ("mon 10:00", Paused(reason=CUSTOMER)), ("mon 11:00", Paused(reason=VENDOR)), ("mon 12:00", Resumed())
    )
    assert [(pause.reason, pause.span) for pause in ended] == [
        (CUSTOMER, span("mon 10:00", "mon 12:00")),
        (VENDOR, span("mon 11:00", "mon 12:00")),
    ]


def test_a_pause_that_is_told_twice_is_one_by_whom_told_it_first() -> None:
    entries = history(opened(), ("mon 10:00", Paused(reason=CUSTOMER)))
    entries.append(Entry(event=Paused(reason=CUSTOMER), at=at("mon 11:00"), seq=9, recorded_at=at("mon 11:00"), by="X"))
    (pause,) = pauses(entries, Terms.of(USUAL).reply_ends_pause, until=at("mon 12:00"))
    assert (pause.span, pause.by) == (span("mon 10:00", "mon 12:00"), "U0TOM")


def test_a_pause_ends_with_its_resume_a_reply_a_resolution_or_when_it_is_asked_about() -> None:
    start = ("mon 10:00", Paused(reason=CUSTOMER))
    for ending in (Resumed(reason=CUSTOMER), CustomerReplied(), Resolved()):
        assert [pause.span for pause in pauses_of(start, ("mon 11:00", ending))] == [span("mon 10:00", "mon 11:00")]
    assert [pause.span for pause in pauses_of(start, ("mon 11:00", Resumed(reason=VENDOR)))] == [
        span("mon 10:00", "mon 17:00")
    ]
    assert [pause.span for pause in pauses_of(start, ("mon 18:00", Resumed()), until="mon 11:00")] == [
        span("mon 10:00", "mon 11:00")
    ]


def test_what_is_told_of_a_time_before_the_opening_pauses_nothing() -> None:
    assert pauses_of(("mon 08:00", Paused(reason=CUSTOMER))) == ()
    assert pauses_of(("mon 08:00", Resumed()), ("mon 10:00", Responded(text="Hello"))) == ()


def test_a_pause_outlives_the_end_that_was_expected_when_it_did() -> None:
    (pause,) = pauses_of(
        ("mon 10:00", Paused(reason=CUSTOMER, until=at("mon 11:00"))),
        ("mon 13:00", Paused(reason=CUSTOMER, until=at("mon 12:30"))),
        ("mon 14:00", Paused(reason=CUSTOMER, until=at("mon 15:00"))),
        ("mon 16:00", Resumed()),
    )
    assert pause.outlived == (
        span("mon 11:00", "mon 13:00"),
        span("mon 13:00", "mon 14:00"),
        span("mon 15:00", "mon 16:00"),
    )


def test_a_customer_who_replied_waits_until_we_write_or_the_pause_ends() -> None:
    (pause,) = pauses_of(
        ("mon 10:00", Paused(reason=CUSTOMER)),
        ("mon 11:00", CustomerReplied()),
        ("mon 11:30", CustomerReplied()),
        ("mon 12:00", CustomerUpdated(text="Thanks; one more thing")),
        ("mon 13:00", CustomerReplied()),
        ("mon 14:00", Resumed()),
        agreement=PATIENT,
    )
    assert pause.answered == (
        span("mon 11:00", "mon 11:30"),
        span("mon 11:30", "mon 12:00"),
        span("mon 13:00", "mon 14:00"),
    )


def test_a_second_opening_changes_no_pause() -> None:
    again = Opened(priority=Priority.P1, title="Down")
    (pause,) = pauses_of(("mon 10:00", Paused(reason=VENDOR)), ("mon 11:00", again))
    assert pause.span == span("mon 10:00", "mon 17:00")


# ---------------------------------------------------------------------- those that hold


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ([Paused(reason=CUSTOMER), Paused(reason=VENDOR)], [CUSTOMER, VENDOR]),
        ([Paused(reason=CUSTOMER), Paused(reason=VENDOR), Resumed(reason=CUSTOMER)], [VENDOR]),
        ([Paused(reason=CUSTOMER), Paused(reason=VENDOR), CustomerReplied()], [VENDOR]),
        ([Paused(reason=CUSTOMER), Resumed(), Paused(reason=CUSTOMER)], [CUSTOMER]),
        ([Paused(reason=CUSTOMER), Resolved()], []),
        ([Paused(reason=CUSTOMER), Resolved(), Reopened()], []),
        ([Resolved(), Paused(reason=CUSTOMER)], [CUSTOMER]),
        ([Paused(reason=CUSTOMER), Merged(into="INC-7")], []),
        ([Merged(into="INC-7"), Paused(reason=CUSTOMER)], []),
        ([Paused(reason=CUSTOMER), Moved(key="INC-7", customer="Hillside")], []),
        ([Paused(reason=CUSTOMER), Deleted()], []),
        ([Deleted(), Paused(reason=CUSTOMER)], []),
    ],
    ids=[
        "both are held, the longest first",
        "a resume ends its own",
        "a reply ends one for the customer",
        "begun anew",
        "resolved",
        "a reopening brings none back",
        "begun while resolved",
        "merged",
        "told of a duplicate",
        "moved to another customer",
        "deleted",
        "told after the deletion",
    ],
)
def test_what_is_held_is_what_nothing_ended(facts: list[Event], reasons: list[PauseReason]) -> None:
    told_hourly = [(f"mon {hour}:00", event) for hour, event in enumerate(facts, start=10)]
    assert list(held(*told_hourly)) == reasons


def test_a_pause_that_is_told_again_holds_since_it_began_and_until_what_was_said_last() -> None:
    first, again = Paused(reason=VENDOR, until=at("mon 12:00")), Paused(reason=VENDOR, until=at("mon 15:00"))
    pause = held(("mon 10:00", first), ("mon 11:00", again))[VENDOR]
    assert (pause.since, pause.until) == (at("mon 10:00"), at("mon 15:00"))
    assert held(("mon 10:00", first), ("mon 11:00", Paused(reason=VENDOR)))[VENDOR].until is None


# ---------------------------------------------------------------------- answers in a pause

WAITING = ("mon 10:00", Paused(reason=CUSTOMER))
ANSWER = ("mon 11:00", CustomerReplied(text="It is the left one"))


@pytest.mark.parametrize(
    ("facts", "answered"),
    [
        ([WAITING, ANSWER], True),
        ([ANSWER], False),
        ([("mon 10:00", Paused(reason=VENDOR)), ANSWER], False),
        ([WAITING, ANSWER, ("mon 12:00", CustomerUpdated(text="Thank you"))], False),
        ([WAITING, ANSWER, ("mon 12:00", Responded())], False),
        ([WAITING, ANSWER, ("mon 12:00", Resumed())], False),
        ([WAITING, ANSWER, ("mon 12:00", Resumed(reason=CUSTOMER))], False),
        ([WAITING, ANSWER, ("mon 12:00", Resumed(reason=VENDOR))], True),
        ([WAITING, ANSWER, ("mon 12:00", Paused(reason=CUSTOMER))], False),
        ([WAITING, ANSWER, ("mon 12:00", Resolved())], False),
    ],
    ids=[
        "while we wait for them",
        "while we do not",
        "while we wait for somebody else",
        "and was told something since",
        "and was answered",
        "and we went on",
        "and that pause ended",
        "and another pause ended",
        "and we wait for them anew",
        "and it is resolved",
    ],
)
def test_an_answer_counts_while_we_still_wait_for_it(facts: list[tuple[str, Event]], answered: bool) -> None:
    pause = held(*facts, agreement=PATIENT).get(CUSTOMER)
    answer = None if pause is None else pause.answer
    assert (answer is not None and answer.at == at("mon 11:00")) is answered
