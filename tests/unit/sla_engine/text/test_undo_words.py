"""Every act that can be undone, and every fact that can stand in the way, has its words."""

from __future__ import annotations

from sla_engine.domain.agreements.permissions import UNDOABLE
from sla_engine.domain.incidents.stored_names import STORED_NAMES
from sla_engine.text.undo_words import OTHER_ACT, UNDOABLE_ACTS, acted_since, undone_act

FOLLOWING_FROM_OTHERS = {"rung_reached", "breached", "corrected", "promise_questioned", "promise_lapsed"}
THE_CUSTOMERS = {"customer_replied"}


def test_every_act_that_can_be_undone_has_a_noun() -> None:
    assert set(UNDOABLE_ACTS) == UNDOABLE
    assert [undone_act(action.value) for action in UNDOABLE_ACTS] == list(UNDOABLE_ACTS.values())


def test_every_fact_that_can_stand_in_the_way_has_words_of_its_own() -> None:
    names = STORED_NAMES.keys() - FOLLOWING_FROM_OTHERS - THE_CUSTOMERS
    assert [name for name in sorted(names) if acted_since(name) == OTHER_ACT] == []
