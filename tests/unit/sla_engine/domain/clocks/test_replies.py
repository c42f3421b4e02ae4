"""Whether a reply is the first one or an update is decided when the history is read, whichever was heard first."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.replies import as_meant, read_in_order
from sla_engine.domain.incidents.events import CustomerUpdated, Event, Responded
from sla_engine.domain.incidents.history import SLACK, Entry
from tests.unit.sla_engine.domain.histories import RESPONSE, UPDATE, USUAL, at, history, measured, opened, read

REPLIES_ALONE = replace(USUAL, acts={MetricName.FIRST_RESPONSE: ("responded",)})
UPDATES_ALONE = replace(USUAL, acts={MetricName.CUSTOMER_UPDATE: ("customer_updated",)})


def facts_from(source: str, *facts: tuple[str, Event]) -> list[Entry]:
    return [replace(entry, source=source) for entry in history(*facts)]


def kinds(entries: list[Entry], agreement: Agreement = USUAL) -> list[str]:
    return [type(entry.event).__name__ for entry in read_in_order(entries, Terms.of(agreement))]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_first_reply_in_time_is_the_first_response_in_whatever_order_they_are_heard(order: tuple[int, ...]) -> None:
    replies = [("mon 09:10", Responded()), ("mon 09:50", Responded()), ("mon 10:20", Responded())]
    heard = facts_from("psa", opened("mon 09:00"), *(replies[number] for number in order))
    assert kinds(heard) == ["Opened", "Responded", "CustomerUpdated", "CustomerUpdated"]
    assert read(heard, RESPONSE, "mon 12:00", agreement=REPLIES_ALONE).stopped_at == at("mon 09:10")
    periods = measured(heard, UPDATE, "mon 12:00", agreement=UPDATES_ALONE)
    assert [period.started_at for period in periods] == [at("mon 09:00"), at("mon 09:50"), at("mon 10:20")]


def test_what_an_intake_once_stored_as_an_update_because_it_heard_it_second_is_the_reply_it_was() -> None:
    heard = facts_from(
        "psa", opened("mon 09:00"), ("mon 09:50", Responded()), ("mon 09:10", CustomerUpdated(how="psa"))
    )
    assert kinds(heard) == ["Opened", "Responded", "CustomerUpdated"]
    assert read(heard, RESPONSE, "mon 12:00", agreement=REPLIES_ALONE).stopped_at == at("mon 09:10")


@pytest.mark.parametrize(
    ("source", "how"), [(SLACK, SLACK), (SLACK, "phone"), ("psa", "phone"), ("", "")], ids=lambda word: word or "none"
)
def test_an_update_that_somebody_called_one_stays_one(source: str, how: str) -> None:
    heard = facts_from(source, opened("mon 09:00"), ("mon 09:10", CustomerUpdated(how=how)), ("mon 09:50", Responded()))
    assert kinds(heard, REPLIES_ALONE) == ["Opened", "CustomerUpdated", "Responded"]
    assert kinds(heard) == ["Opened", "CustomerUpdated", "CustomerUpdated"]


def test_an_update_that_does_not_count_as_a_first_response_leaves_the_reply_after_it_the_first() -> None:
    facts = ("mon 09:10", CustomerUpdated()), ("mon 09:50", Responded()), ("mon 10:00", Responded())
    assert kinds(facts_from(SLACK, opened("mon 09:00"), *facts), REPLIES_ALONE)[1:] == [
        "CustomerUpdated",
        "Responded",
        "CustomerUpdated",
    ]


def test_an_update_says_which_system_it_was_told_by_and_what_was_written() -> None:
    replies = ("mon 09:10", Responded(text="On it")), ("mon 09:50", Responded(text="Nearly"))
    for source, how in (("psa", "psa"), (SLACK, "")):
        *_, last = read_in_order(facts_from(source, opened("mon 09:00"), *replies), Terms.of(USUAL))
        assert last.event == CustomerUpdated(how=how, text="Nearly")


def test_people_are_shown_what_replies_mean_in_the_order_in_which_they_were_recorded() -> None:
    heard = facts_from("psa", opened("mon 09:00"), ("mon 09:50", Responded()), ("mon 09:10", Responded()))
    shown = as_meant(heard, Terms.of(USUAL))
    assert [entry.seq for entry in shown] == [0, 1, 2]
    assert [type(entry.event).__name__ for entry in shown] == ["Opened", "CustomerUpdated", "Responded"]
