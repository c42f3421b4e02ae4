"""Answers after an act state how the incident stands, also where the act did not achieve it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.views import confirmations
from bot.views.rendered import Rendered
from sla_engine.domain.incidents.incident import IncidentState
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.services.incidents.reopen import Reopening
from tests.unit.bot.views.outside_text import sample
from tests.unit.bot.views.samples import minute

KEY, TOM, TESS = "INC-1042", "U0TOM", "U0TESS"
VENDOR, CUSTOMER = PauseReason.VENDOR, PauseReason.CUSTOMER
NOON = minute(0)
LATER = NOON + timedelta(minutes=30)
NEW = Reopening(incident=replace(sample(Reopening).incident, key=KEY, state=IncidentState.OPEN))
STILL_RESOLVED = Reopening(incident=replace(NEW.incident, state=IncidentState.RESOLVED, resolved_at=NOON))


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (confirmations.taken(KEY, owner=TOM, by=TOM), "is yours."),
        (confirmations.assigned(KEY, owner=TOM, to=TOM), "is assigned."),
        (confirmations.handed_back(KEY, owner=None), "is back with the dispatcher."),
        (confirmations.paused(KEY, reason=VENDOR, held=(VENDOR,)), "is paused; clocks that may rest do."),
        (confirmations.resumed(KEY, held=()), "runs again."),
        (
            confirmations.reprioritised(KEY, priority=Priority.P1, wanted=Priority.P1),
            "is P1 now; what that promises counts from the original start.",
        ),
        (confirmations.resolved(KEY, is_open=False), "is resolved; every clock has stopped."),
        (confirmations.reopened(NEW, now=NOON), "is open again; the resolved time does not count."),
        (confirmations.acknowledged(KEY, holder=TOM, by=TOM), "is acknowledged."),
        (confirmations.snoozed(KEY, until=LATER, wanted=LATER), "is silent for a while; its clocks run on."),
    ],
)
def test_an_act_that_holds_is_confirmed_in_one_sentence(answer: Rendered, says: str) -> None:
    assert answer.text == f"*{KEY}* {says}"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (confirmations.taken(KEY, owner=TESS, by=TOM), f"is with <@{TESS}>."),
        (confirmations.taken(KEY, owner=None, by=TOM), "has no owner."),
        (confirmations.assigned(KEY, owner=TESS, to=TOM), f"is with <@{TESS}>."),
        (confirmations.handed_back(KEY, owner=TESS), f"is with <@{TESS}>."),
        (confirmations.paused(KEY, reason=VENDOR, held=()), "is not paused."),
        (confirmations.paused(KEY, reason=VENDOR, held=(CUSTOMER,)), "is paused for waiting for the customer."),
        (
            confirmations.resumed(KEY, held=(CUSTOMER, VENDOR)),
            "is still paused: waiting for the customer and waiting for a vendor.",
        ),
        (confirmations.reprioritised(KEY, priority=Priority.P3, wanted=Priority.P1), "is P3."),
        (confirmations.resolved(KEY, is_open=True), "is still open."),
        (confirmations.reopened(STILL_RESOLVED, now=NOON), "is still resolved."),
        (confirmations.acknowledged(KEY, holder=TESS, by=TOM), f"is acknowledged by <@{TESS}>."),
        (confirmations.acknowledged(KEY, holder=None, by=TOM), "is not acknowledged."),
        (confirmations.snoozed(KEY, until=None, wanted=LATER), "is not silent."),
        (confirmations.snoozed(KEY, until=NOON, wanted=LATER), "is not silent."),
        (confirmations.merged(KEY, None), "is not merged."),
        (confirmations.waived(KEY, "Resolution", count=0), "has no missed resolution to waive."),
    ],
)
def test_what_does_not_hold_is_said_with_what_does(answer: Rendered, says: str) -> None:
    assert answer.text.startswith(f"*{KEY}* {says} Yours is on record")
    assert f"`/sla show {KEY}`" in answer.text
