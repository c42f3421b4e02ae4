"""Who may not is told who may, by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sla_engine.domain.agreements.errors import NotAllowed
from sla_engine.domain.agreements.msp import Access, Msp, Person, Role
from sla_engine.domain.agreements.permissions import Action, authorise
from sla_engine.domain.agreements.roster import Absence, Roster
from sla_engine.domain.time.rota import Rota
from tests.unit.sla_engine.domain.agreements.test_msp import MIRA, MSP, TOM
from tests.unit.sla_engine.domain.histories import at

NOW = at("mon 10:00")
DANA = Person(slack_id="U0DANA", name="Dana Reyes", zone="UTC", role=Role.DISPATCHER)
ADA = Person(slack_id="U0ADA", name="Ada Lind", zone="UTC", role=Role.ADMIN)
OURS = replace(MSP, people=(TOM, DANA, MIRA, ADA))
NOBODY_ON_DUTY = replace(OURS, rota=Rota(members=(), starts=at("mon 08:00"), turn=MSP.rota.turn))
MIRA_AWAY = replace(
    OURS, roster=Roster(absences=(Absence(person="U0MIRA", starts=at("mon 09:00"), until=at("tue 09:00")),))
)


@pytest.mark.parametrize(
    ("msp", "action", "role", "names", "is_on_duty"),
    [
        (OURS, Action.ASSIGN, "dispatcher", ("Dana Reyes",), True),
        (OURS, Action.REVIEW_NOTE, "service manager", ("Mira",), False),
        (OURS, Action.APPLY, "admin", ("Ada Lind",), False),
        (MIRA_AWAY, Action.REVIEW_NOTE, "service manager", ("Ada Lind",), False),
        (NOBODY_ON_DUTY, Action.ASSIGN, "dispatcher", ("Dana Reyes",), False),
        (replace(OURS, people=(TOM,)), Action.APPLY, "admin", (), False),
    ],
    ids=["on duty", "manager", "admin", "manager away", "nobody on duty", "nobody at all"],
)
def test_a_refusal_names_who_may(
    msp: Msp, action: Action, role: str, names: tuple[str, ...], *, is_on_duty: bool
) -> None:
    with pytest.raises(NotAllowed) as refused:
        authorise(msp, "U0TOM", action, now=NOW)
    assert (refused.value.who_may, refused.value.names, refused.value.is_on_duty) == (role, names, is_on_duty)


def test_whoever_is_not_named_reads_who_is_on_duty_too() -> None:
    with pytest.raises(NotAllowed) as refused:
        authorise(replace(OURS, access=Access.WORKSPACE), "U0NINA", Action.TAKE, now=NOW)
    assert (refused.value.who_may, refused.value.names) == ("technician", ("Dana Reyes",))
