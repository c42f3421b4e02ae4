"""Who may do what, who dispatches, and who answers for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sla_engine.domain.agreements.errors import AmbiguousPerson, UnknownPerson
from sla_engine.domain.agreements.msp import Msp, Person, Role
from sla_engine.domain.time.rota import Rota
from tests.unit.sla_engine.domain.histories import OFFICE, at

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


def test_the_manager_of_a_customer_is_found_in_any_spelling() -> None:
    named = replace(MSP, managers={"o’brien & sons": "U0ANN", "Default": "U0BOB"})
    assert (named.manager_of("O'Brien & Sons"), named.manager_of("Globex")) == ("U0ANN", "U0BOB")


def person(slack_id: str, name: str, login: str | None = None) -> Person:
    return Person(slack_id=slack_id, name=name, zone="UTC", role=Role.TECHNICIAN, login=login)


TEAM = replace(
    MSP,
    people=(
        person("U0ASH", "Tom Ash", "tash"),
        person("U0TOM", "Tom Becker", "Tom"),
        person("U0JOSE", "José Ortiz"),
        person("U0ANN", "Ann Lee", "alee"),
        person("U0ANN2", "Ann Kim"),
        person("U0SAM1", "Sam Roe", "sam"),
        person("U0SAM2", "Sam Doe", "SAM"),
    ),
)


@pytest.mark.parametrize(
    ("word", "who"),
    [
        ("Tom", "U0TOM"),
        ("tom", "U0TOM"),
        ("@TOM", "U0TOM"),
        ("tom ash", "U0ASH"),
        ("TASH", "U0ASH"),
        ("u0ash", "U0ASH"),
        ("jose\u0301", "U0JOSE"),
        ("sam", "U0SAM1"),
        ("SAM", "U0SAM2"),
        (" Ann  Kim ", "U0ANN2"),
    ],
)
def test_a_word_means_whom_it_names_most_precisely(word: str, who: str) -> None:
    assert TEAM.meant(word).slack_id == who


@pytest.mark.parametrize(
    ("word", "fits"),
    [
        ("ann", (("Ann Lee", "alee"), ("Ann Kim", "U0ANN2"))),
        ("Sam", (("Sam Roe", "sam"), ("Sam Doe", "SAM"))),
    ],
)
def test_of_two_who_may_be_meant_both_are_named(word: str, fits: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(AmbiguousPerson) as refusal:
        TEAM.meant(word)
    assert refusal.value.fits == fits


@pytest.mark.parametrize("word", ["", "@", "Beckerman", "jóse", "U0NOBODY"])
def test_a_word_that_names_nobody_is_refused(word: str) -> None:
    with pytest.raises(UnknownPerson):
        TEAM.meant(word)


def test_a_login_of_a_ticket_system_is_no_first_name() -> None:
    assert [TEAM.by_login(word) for word in ("Ann", "Sam")] == [None, None]


@pytest.mark.parametrize("nobody", [None, "", "webhook:tom", "tom", "tom@msp.example", "U0GONE", "u0tom"])
def test_only_our_people_can_be_written_to(nobody: str | None) -> None:
    assert TEAM.reachable("U0TOM") == "U0TOM"
    assert TEAM.reachable(nobody) is None


def test_people_are_called_by_their_first_name_unless_two_share_it() -> None:
    assert [TEAM.short_name(one.slack_id) for one in TEAM.people] == [
        *("Tom Ash", "Tom Becker", "José", "Ann Lee", "Ann Kim", "Sam Roe", "Sam Doe"),
    ]
    assert MSP.short_name("U0TOM") == "Tom"
    assert MSP.short_name("zammad:anna") == ""
