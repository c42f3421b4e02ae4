"""The Home tab: nobody's is blank, its own buttons are always there, and an answer stands on top."""

from __future__ import annotations

from typing import Any

import pytest

from bot.views.home import BLOCKS_MAX, home_view
from bot.views.parts import section
from bot.views.rendered import Rendered
from sla_engine.domain.agreements.msp import Role
from sla_engine.services.queries.board import StatusList
from sla_engine.services.queries.home import DecisionsPart, HomePage, ShiftPart
from tests.unit.bot.views.every_view import BOARD, HOME
from tests.unit.bot.views.outside_text import AT

NOTHING = ShiftPart(mine=StatusList(incidents=(), more=0, scope="mine"), promised=(), notes=(), sops=(), actions=())
PAGES = {
    "technician": HomePage(role=Role.TECHNICIAN, dispatches=False, shift=NOTHING),
    "dispatcher": HomePage(role=Role.DISPATCHER, dispatches=True, shift=NOTHING, board=BOARD),
    "service manager": HomePage(
        role=Role.SERVICE_MANAGER,
        dispatches=False,
        shift=NOTHING,
        board=BOARD,
        decisions=DecisionsPart(waiting=(), late_notes=()),
    ),
    "nobody in particular": HomePage(role=Role.EVERYONE, dispatches=False),
}


def headers(view: dict[str, Any]) -> list[str]:
    return [block["text"]["text"] for block in view["blocks"] if block["type"] == "header"]


def labels(block: dict[str, Any]) -> list[str]:
    return [element["text"]["text"] for element in block["elements"]]


@pytest.mark.parametrize(
    ("role", "wanted"),
    [
        ("technician", ["Your incidents"]),
        ("dispatcher", ["Board"]),
        ("service manager", ["Decisions", "Board"]),
        ("nobody in particular", ["Welcome"]),
    ],
)
def test_each_role_finds_its_own_work_first_and_nobodys_tab_is_blank(role: str, wanted: list[str]) -> None:
    view = home_view(PAGES[role], now=AT)
    assert headers(view) == wanted
    assert labels(view["blocks"][-1]) == ["Open an incident…", "All that is open", "Refresh", "Help"]


def test_an_answer_stands_on_top_until_somebody_is_done_with_it() -> None:
    view = home_view(PAGES["technician"], now=AT, answer=Rendered("*INC-1* is yours."))
    first, done, line, *_ = view["blocks"]
    assert first["text"]["text"] == "*INC-1* is yours."
    assert labels(done) == ["Done"]
    assert line["type"] == "divider"


def test_what_does_not_fit_is_announced_and_the_buttons_stay() -> None:
    long = Rendered("x", [section([f"line {number}"]) for number in range(95)])
    blocks = home_view(HOME, now=AT, answer=long)["blocks"]
    assert len(blocks) == BLOCKS_MAX
    assert blocks[-2]["elements"][0]["text"] == "The rest is shown once you press Refresh."
    assert "Refresh" in labels(blocks[-1])
