"""Whom a rung reaches, and where."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sla_engine.domain.agreements.ladders import Recipient
from sla_engine.domain.agreements.msp import Msp, Person, Role
from sla_engine.domain.escalation.recipients import Addressees, addressees
from tests.unit.sla_engine.domain.agreements.test_msp import MSP
from tests.unit.sla_engine.domain.histories import at

A, D, M = Recipient.ASSIGNEE, Recipient.DISPATCHER, Recipient.SERVICE_MANAGER
NOW = at("mon 09:00")
DANA, TOM, MIRA = "U0DANA", "U0TOM", "U0MIRA"
OURS: Msp = replace(
    MSP, people=(*MSP.people, Person(slack_id=DANA, name="Dana", zone="UTC", role=Role.DISPATCHER)), managers={}
)


def reached(msp: Msp, owner: str | None, *tell: Recipient, too: tuple[str, ...] = ()) -> Addressees:
    return addressees(msp, tell=tell, owner=owner, customer="Acme Dental", now=NOW, too=too)


@pytest.mark.parametrize(
    ("owner", "tell", "people", "alone"),
    [
        (TOM, (A,), (TOM,), TOM),
        (TOM, (A, M), (TOM, MIRA), None),
        (TOM, (D,), (DANA,), None),
        (DANA, (A, D), (DANA,), None),
        (None, (A,), (DANA,), None),
        ("webhook:tom", (A,), (DANA,), None),
        ("webhook:tom", (A, M), (DANA, MIRA), None),
        ("tom@msp.example", (M,), (MIRA,), None),
        ("U0GONE", (A,), (DANA,), None),
    ],
)
def test_the_dispatcher_stands_in_for_an_owner_who_is_nobody_to_write_to(
    owner: str | None, tell: tuple[Recipient, ...], people: tuple[str, ...], alone: str | None
) -> None:
    assert reached(OURS, owner, *tell) == Addressees(people=people, owner_alone=alone)


def test_others_are_called_besides_where_they_can_be_written_to() -> None:
    assert reached(OURS, None, D, too=("webhook:tom", TOM, TOM, "U0GONE")).people == (DANA, TOM)


def test_what_names_nobody_there_is_calls_the_dispatcher() -> None:
    nobody_manages = replace(OURS, people=tuple(p for p in OURS.people if p.slack_id != MIRA))
    assert reached(nobody_manages, TOM, M).people == (DANA,)


def test_without_a_rota_the_channel_alone_is_told() -> None:
    empty = replace(OURS, rota=replace(OURS.rota, members=()))
    called = reached(empty, "webhook:tom", A)
    assert (called.people, called.channel(empty)) == ((), "C0DISPATCH")


def test_a_word_to_the_owner_goes_to_the_owner() -> None:
    assert reached(OURS, TOM, A).channel(OURS) == TOM
