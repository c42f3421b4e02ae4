"""Who may do what, who dispatches, and who answers for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sla_engine.domain.people import Msp, Person, Role, Rota
from tests.unit.sla_engine.domain.histories import MONDAY, OFFICE, at

TOM = Person(slack_id="U0TOM", name="Tom", zone="Europe/Berlin", role=Role.TECHNICIAN, login="tom")
MIRA = Person(slack_id="U0MIRA", name="Mira", zone="UTC", role=Role.SERVICE_MANAGER)
ROTA = Rota(members=("U0DANA", "U0DEV"), starts=at("mon 08:00"), turn=timedelta(days=7))
MSP = Msp(
    name="Northwind",
    zone="UTC",
    calendar=OFFICE,
    people=(TOM, MIRA),
    rota=ROTA,
    dispatcher_channel="C0DISPATCH",
    managers_channel="C0MANAGERS",
)


def test_each_role_may_do_what_the_roles_before_it_may() -> None:
    order = [Role.EVERYONE, Role.TECHNICIAN, Role.DISPATCHER, Role.SERVICE_MANAGER, Role.ADMIN]
    for place, role in enumerate(order):
        assert [role.may_act_as(other) for other in order] == [number <= place for number in range(len(order))]


def test_a_role_reads_as_words() -> None:
    assert Role.SERVICE_MANAGER.label == "service manager"


@pytest.mark.parametrize(
    ("when", "week", "who"),
    [
        ("mon 07:59", 0, "U0DANA"),
        ("mon 08:00", 0, "U0DANA"),
        ("mon 07:59", 1, "U0DANA"),
        ("mon 08:00", 1, "U0DEV"),
        ("mon 08:00", 2, "U0DANA"),
    ],
)
def test_dispatchers_take_turns(when: str, week: int, who: str) -> None:
    assert MSP.dispatcher(at(when, week=week)) == who


def test_before_the_first_turn_the_first_of_them_dispatches() -> None:
    assert ROTA.on_duty(MONDAY - timedelta(days=100)) == "U0DANA"


def test_without_a_rota_nobody_dispatches() -> None:
    assert replace(ROTA, members=()).on_duty(MONDAY) is None


def test_people_are_known_by_slack_id_and_by_login() -> None:
    assert (MSP.person("U0TOM"), MSP.by_login("tom"), MSP.person("U0NOBODY"), MSP.by_login("x")) == (
        TOM,
        TOM,
        None,
        None,
    )


def test_somebody_unknown_may_only_look() -> None:
    assert (MSP.role_of("U0TOM"), MSP.role_of("U0NOBODY")) == (Role.TECHNICIAN, Role.EVERYONE)


def test_the_manager_is_the_customer_s_own_then_the_default_then_any() -> None:
    named = replace(MSP, managers={"Acme Dental": "U0ANN", "default": "U0BOB"})
    assert (named.manager_of("Acme Dental"), named.manager_of("Globex")) == ("U0ANN", "U0BOB")
    assert MSP.manager_of("Globex") == "U0MIRA"
    assert replace(MSP, people=(TOM,)).manager_of("Globex") is None
