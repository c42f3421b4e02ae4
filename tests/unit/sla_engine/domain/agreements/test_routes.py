from __future__ import annotations

import pytest

from sla_engine.domain.agreements.routes import NO_ROUTES, Routes

ROUTES = Routes(dispatcher_channel="C0DISPATCH", managers_channel="C0MANAGERS", on_duty="U0DANA", manager="U0MIRA")

LOST = {
    "the dispatchers' channel": ("C0DISPATCH", ("C0MANAGERS", "U0DANA", "U0MIRA")),
    "the managers' channel": ("C0MANAGERS", ("U0MIRA",)),
    "a channel of an earlier msp.yaml": ("C0OLD", ("C0DISPATCH", "C0MANAGERS", "U0DANA", "U0MIRA")),
}


@pytest.mark.parametrize(("channel", "places"), LOST.values(), ids=LOST.keys())
def test_what_a_lost_channel_does_not_take_has_an_order_of_other_places(channel: str, places: tuple[str, ...]) -> None:
    assert ROUTES.instead_of(channel) == places


def test_one_channel_for_both_is_not_its_own_substitute() -> None:
    both = Routes(dispatcher_channel="C1", managers_channel="C1", on_duty="U0DANA", manager="U0DANA")
    assert both.instead_of("C1") == ("U0DANA",)


def test_before_there_are_people_there_is_no_other_place() -> None:
    assert NO_ROUTES.instead_of("C1") == NO_ROUTES.for_notices() == ()
