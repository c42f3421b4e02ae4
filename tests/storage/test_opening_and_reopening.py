"""How incidents begin, and how they begin again after they were resolved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from sla_engine.domain.clocks.reading import ClockState
from sla_engine.domain.incidents.errors import AlreadyFollowed
from sla_engine.domain.incidents.events import Followed, Opened
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.priorities import Level, Priority
from sla_engine.domain.text.errors import MissingArgument, UnknownChoice
from sla_engine.domain.upkeep.errors import AlreadyCarriedOut
from sla_engine.services.incidents.open import OpenRequest
from sla_engine.services.unit_of_work.idempotency import request
from sla_engine.storage import incidents
from tests.note_desk import TESS, TOM, Desk, at
from tests.outcome_desk import (
    BETA,
    RESOLUTION,
    RESPONSE,
    clock,
    found,
    history,
    told,
    with_beta,
)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = with_beta(database_url)
    yield made
    made.close()


GATE = OpenRequest(customer=BETA, title="The gate is stuck", priority=Priority.P2, link="https://tickets.example/7")


def resolved(desk: Desk, opening: OpenRequest = GATE) -> str:
    key = desk.incidents.open(opening, by=TESS, now=at("mon 09:00")).key
    desk.incidents.resolve(key, text="Oiled", by=TOM, now=at("mon 10:00"))
    return key


def test_within_the_window_the_incident_itself_goes_on(desk: Desk) -> None:
    key = resolved(desk)
    taken = desk.incidents.reopen(key, text="Stuck again", by=TOM, now=at("mon 10:00", week=2))
    assert (taken.incident.key, taken.instead_of, taken.incident.is_open) == (key, None, True)


def test_after_the_window_a_new_incident_goes_on_and_each_names_the_other(desk: Desk) -> None:
    key = resolved(desk, replace(GATE, site="hamburg DEPOT", service="yard scanners"))
    now = at("mon 10:01", week=2)
    taken = desk.incidents.reopen(key, text="Stuck again", by=TOM, now=now)
    new, old = taken.incident, found(desk, key)
    assert taken.instead_of is not None
    assert (taken.instead_of.key, taken.instead_of.resolved_at) == (key, at("mon 10:00"))
    assert taken.instead_of.window == timedelta(days=14)
    assert (old.state, old.resolved_at) == ("resolved", at("mon 10:00"))
    kept = ("customer", "title", "priority", "site", "service", "link", "source")
    assert [getattr(new, name) for name in kept] == [getattr(old, name) for name in kept]
    assert (new.opened_at, new.opened_by, new.is_open) == (now, TOM, True)
    opened = history(desk, new.key)[0].event
    assert isinstance(opened, Opened)
    assert opened.follows == key
    assert history(desk, key)[-1].event == Followed(key=new.key)
    assert clock(desk, key, RESOLUTION).state is ClockState.STOPPED


def test_what_came_back_too_late_comes_back_once(desk: Desk) -> None:
    key = resolved(desk)
    new = desk.incidents.reopen(key, text="", by=TOM, now=at("mon 10:00", week=3)).incident.key
    with pytest.raises(AlreadyFollowed) as refusal:
        desk.incidents.reopen(key, text="", by=TOM, now=at("mon 11:00", week=3))
    assert refusal.value.by == new


def test_a_reopening_after_the_window_that_is_carried_out_twice_opens_one_incident(desk: Desk) -> None:
    key = resolved(desk)
    with request("click:1"):
        desk.incidents.reopen(key, text="", by=TOM, now=at("mon 10:00", week=3))
    assert told(desk, key)[-1] == "followed"
    with request("click:1"), pytest.raises(AlreadyCarriedOut):
        desk.incidents.reopen(key, text="", by=TOM, now=at("mon 10:01", week=3))
    with desk.database.reading() as session:
        assert incidents.count_open(session) == 1


def test_without_a_window_an_incident_can_be_reopened_for_ever(desk: Desk) -> None:
    key = resolved(desk, replace(GATE, customer="Acme Dental"))
    assert desk.incidents.reopen(key, text="", by=TOM, now=at("mon 10:00", week=50)).incident.key == key


def test_impact_and_urgency_make_the_priority_and_both_stay_on_record(desk: Desk) -> None:
    def opened(customer: str, impact: Level, urgency: Level) -> Incident:
        request = OpenRequest(customer=customer, title="Slow", impact=impact, urgency=urgency)
        return desk.incidents.open(request, by=TESS, now=at("mon 09:00"))

    usual = opened("Acme Dental", Level.LOW, Level.HIGH)
    own = opened(BETA, Level.LOW, Level.HIGH)
    assert (usual.priority, own.priority) == (Priority.P3, Priority.P2)
    event = history(desk, own.key)[0].event
    assert isinstance(event, Opened)
    assert (event.impact, event.urgency, event.priority) == (Level.LOW, Level.HIGH, Priority.P2)


def test_a_priority_that_is_said_counts_before_impact_and_urgency(desk: Desk) -> None:
    request = OpenRequest(
        customer=BETA, title="Slow", priority=Priority.P4, impact=Level.HIGH, urgency=Level.HIGH
    )  # fmt: skip
    assert desk.incidents.open(request, by=TESS, now=at("mon 09:00")).priority is Priority.P4


@pytest.mark.parametrize(
    ("levels", "missing"),
    [({}, "priority"), ({"impact": Level.HIGH}, "urgency"), ({"urgency": Level.HIGH}, "impact")],
)
def test_without_a_priority_both_impact_and_urgency_are_needed(
    desk: Desk, levels: dict[str, Level], missing: str
) -> None:
    request = OpenRequest(customer=BETA, title="Slow", **levels)  # type: ignore[arg-type]
    with pytest.raises(MissingArgument) as refusal:
        desk.incidents.open(request, by=TESS, now=at("mon 09:00"))
    assert refusal.value.what == missing


def test_a_site_decides_the_promise_and_is_one_that_the_agreement_names(desk: Desk) -> None:
    def opened(site: str = "", service: str = "") -> str:
        request = replace(GATE, site=site, service=service)
        return desk.incidents.open(request, by=TESS, now=at("mon 09:00")).key

    there = opened(site=" hamburg  depot ")
    assert found(desk, there).site == "Hamburg depot"
    assert clock(desk, there, RESPONSE).target == timedelta(minutes=20)
    assert clock(desk, opened(), RESPONSE).target == timedelta(minutes=30)
    with pytest.raises(UnknownChoice) as refusal:
        opened(site="Bremen")
    assert "Hamburg depot" in refusal.value.allowed
    assert found(desk, opened(service="Yard Scanners")).service == "yard scanners"
    assert found(desk, opened(service="the coffee machine")).service == "the coffee machine"


def test_where_the_agreement_names_no_site_any_is_kept_as_it_is_said(desk: Desk) -> None:
    request = OpenRequest(customer="Acme Dental", title="Slow", priority=Priority.P2, site="Brooklyn")
    assert desk.incidents.open(request, by=TESS, now=at("mon 09:00")).site == "Brooklyn"
