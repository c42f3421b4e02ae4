"""Whom the bot answers at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sla_engine.domain.agreements.access import Membership, Origin, Workspace, comes_from, refuse_outsider
from sla_engine.domain.agreements.errors import NotNamed, Outsider, StandingUnknown
from sla_engine.domain.agreements.msp import Access, Msp, Person, Role
from sla_engine.domain.errors import SlaError
from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.rota import Rota

OURS = Workspace(team="T1", app="A1", name="Northwind")
IN_ENTERPRISE = replace(OURS, enterprise="E1")
ADA = Person(slack_id="U0ADA", name="Ada Lindqvist", zone="UTC", role=Role.ADMIN)
MIRA = Person(slack_id="U0MIRA", name="Mira Kaplan", zone="UTC", role=Role.SERVICE_MANAGER)
TOM = Person(slack_id="U0TOM", name="Tom Becker", zone="UTC", role=Role.TECHNICIAN)


def msp(*people: Person, access: Access = Access.NAMED) -> Msp:
    return Msp(
        name="Northwind",
        zone="UTC",
        calendar=Calendar.always_open("UTC"),
        people=people,
        rota=Rota(members=(), starts=datetime(2026, 1, 1, tzinfo=UTC), turn=timedelta(days=7)),
        dispatcher_channel="C0DISPATCH",
        managers_channel="C0MANAGERS",
        access=access,
    )


@pytest.mark.parametrize(
    ("origin", "workspace", "ours"),
    [
        pytest.param(Origin(team="T1", person_team="T1", app="A1"), OURS, True, id="ours in every way"),
        pytest.param(Origin(), OURS, True, id="a server that says nothing"),
        pytest.param(Origin(team="T2"), OURS, False, id="another team"),
        pytest.param(Origin(team="T2", enterprise="E1"), IN_ENTERPRISE, False, id="another team of our enterprise"),
        pytest.param(Origin(team="T1", app="A2"), OURS, False, id="another app"),
        pytest.param(Origin(team="T1", app="A2"), replace(OURS, app=None), True, id="which app is ours was never told"),
        pytest.param(Origin(team="T1", person_team="T2"), OURS, False, id="somebody in a shared channel"),
        pytest.param(
            Origin(team="T1", person_team="T2", enterprise="E1"),
            IN_ENTERPRISE,
            True,
            id="a colleague of our enterprise",
        ),
        pytest.param(
            Origin(team="T1", person_team="T2", enterprise="E2"), IN_ENTERPRISE, False, id="of another enterprise"
        ),
        pytest.param(Origin(team="T1", person_team="T2", enterprise="E2"), OURS, False, id="we have no enterprise"),
        pytest.param(Origin(team="T2"), Workspace(team=None), True, id="a server that never names its team"),
    ],
)
def test_a_request_comes_from_our_workspace_or_not(origin: Origin, workspace: Workspace, ours: bool) -> None:
    assert comes_from(origin, workspace) is ours


OUTSIDE = (Membership.GUEST, Membership.BOT, Membership.DEACTIVATED, Membership.STRANGER)


@pytest.mark.parametrize("access", Access)
@pytest.mark.parametrize("standing", [*Membership, None])
def test_whom_the_file_names_is_let_in_whatever_the_workspace_says(access: Access, standing: Membership | None) -> None:
    refuse_outsider(msp(TOM, access=access), "U0TOM", standing, action="look")


@pytest.mark.parametrize(
    ("access", "standing", "refusal"),
    [
        (Access.NAMED, Membership.MEMBER, NotNamed),
        (Access.NAMED, None, NotNamed),
        *((Access.NAMED, standing, Outsider) for standing in OUTSIDE),
        (Access.WORKSPACE, Membership.MEMBER, None),
        (Access.WORKSPACE, None, StandingUnknown),
        *((Access.WORKSPACE, standing, Outsider) for standing in OUTSIDE),
    ],
)
def test_of_everybody_else_the_files_access_decides(
    access: Access, standing: Membership | None, refusal: type[SlaError] | None
) -> None:
    ours = msp(TOM, MIRA, ADA, access=access)
    if refusal is None:
        refuse_outsider(ours, "U0NEW", standing, action="look")
        return
    with pytest.raises(refusal):
        refuse_outsider(ours, "U0NEW", standing, action="look")


@pytest.mark.parametrize(
    ("people", "name"),
    [((TOM, MIRA, ADA), "Ada Lindqvist"), ((TOM, MIRA), "Mira Kaplan"), ((TOM,), ""), ((), "")],
    ids=["an admin", "else a manager", "neither", "nobody"],
)
def test_whoever_can_add_a_colleague_is_named(people: tuple[Person, ...], name: str) -> None:
    with pytest.raises(NotNamed) as refused:
        refuse_outsider(msp(*people), "U0NEW", None, action="look")
    assert refused.value.can_add == name
