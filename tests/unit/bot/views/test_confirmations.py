"""Answers after an act say what was understood and how the incident stands, also where the act did not achieve it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.views import confirmations
from bot.views.reader import Reader
from bot.views.rendered import Rendered
from sla_engine.domain.incidents.events import Event, Paused, Resolved, Responded
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.services.incidents.reopen import TooLate
from tests.unit.bot.views.samples import buttons, history, minute, refused, seen, summary

KEY, TOM, TESS = "INC-1042", "U0TOM", "U0TESS"
VENDOR, CUSTOMER = PauseReason.VENDOR, PauseReason.CUSTOMER
NOON = minute(180)  # of a Monday in Berlin
ONE, FRIDAY = minute(240), minute(4 * 24 * 60 + 300)
NEXT_YEAR = minute(370 * 24 * 60)
WINDOW = TooLate(key="INC-1001", resolved_at=NOON - timedelta(hours=80), window=timedelta(hours=72))


def says(view: Callable[..., Rendered], *happened: tuple[int, Event, str], state: Any = None, **options: Any) -> str:
    """What an act is answered with at noon, after what happened, to somebody in Berlin."""
    incident = summary(history(*happened), now=NOON, **(state or {}))
    return view(incident, Reader(zone="Europe/Berlin", now=NOON), **options).text


ANSWERED: tuple[int, Event, str] = (25, Responded(), TOM)
WAITS: tuple[tuple[int, Event, str], ...] = (ANSWERED, (60, Paused(reason=VENDOR), TOM))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            says(confirmations.taken, state={"assignee": TOM}, by=TOM),
            "*INC-1042* is yours; first reply was due 09:30; fix due 17:00.",
        ),
        (
            says(confirmations.assigned, ANSWERED, state={"assignee": TOM}, to=TOM),
            f"*INC-1042* is assigned to <@{TOM}>, who is told; customer was to hear from us by 10:25; fix due 17:00.",
        ),
        (
            says(confirmations.handed_back, ANSWERED),
            "*INC-1042* is back with the dispatcher; customer was to hear from us by 10:25; fix due 17:00.",
        ),
        (
            says(confirmations.responded, (170, Responded(), TOM)),
            "*INC-1042* has its first reply, late after 2 h 50 m of 30 m; plan was due 11:00; fix due 17:00.",
        ),
        (
            says(confirmations.responded, ANSWERED),
            "*INC-1042* has its first reply, in time after 25 m of 30 m; "
            "customer was to hear from us by 10:25; fix due 17:00.",
        ),
        (
            says(confirmations.updated, (175, Responded(), TOM), state={"promise": ONE}, words="Restarting <it>"),
            "*INC-1042*: customer told “Restarting &lt;it&gt;”, and told to hear from us by 13:00.",
        ),
        (
            says(confirmations.updated, state={"promise": minute(30 * 60)}, words="No news"),
            "*INC-1042*: customer told “No news”, and told to hear from us by tomorrow 15:00.",
        ),
        (
            says(confirmations.planned, (170, Responded(), TOM), words="New disk"),
            "*INC-1042*: the customer has the plan “New disk”; plan was due 11:00; fix due 17:00.",
        ),
        (
            says(confirmations.paused, *WAITS, state={"paused_for": (VENDOR,), "pause_until": FRIDAY}, reason=VENDOR),
            "*INC-1042* waits for the vendor until Fri 14:00; "
            "customer was to hear from us by 10:25; the fix has 7 h left.",
        ),
        (
            says(confirmations.paused, *WAITS, state={"paused_for": (VENDOR,)}, reason=VENDOR),
            "*INC-1042* waits for the vendor until somebody resumes it; "
            "customer was to hear from us by 10:25; the fix has 7 h left.",
        ),
        (
            says(
                confirmations.paused,
                *WAITS,
                state={"paused_for": (CUSTOMER, VENDOR), "pause_until": NEXT_YEAR},
                reason=VENDOR,
            ),
            "*INC-1042* waits for the vendor, and is paused for waiting for the customer until 10 Jan 2027 09:00; "
            "customer was to hear from us by 10:25; the fix has 7 h left.",
        ),
        (says(confirmations.resumed), "*INC-1042* runs again; first reply was due 09:30; fix due 17:00."),
        (
            says(confirmations.reprioritised, wanted=Priority.P2),
            "*INC-1042* is P2 now, counted from its start 09:00; first reply was due 09:30; fix due 17:00.",
        ),
        (
            says(
                confirmations.resolved, (170, Resolved(), TOM), state={"is_open": False, "resolved_at": minute(170)}
            ),
            "*INC-1042* is resolved since 11:50, in time after 2 h 50 m of 8 h; "
            "the first reply, the customer update and the plan were late.",
        ),
        (
            says(confirmations.reopened, instead_of=None),
            "*INC-1042* is open again; the resolved time does not count; first reply was due 09:30; fix due 17:00.",
        ),
        (
            says(confirmations.reopened, instead_of=WINDOW),
            "*INC-1001* was resolved 80 h ago, past the 72 h of its agreement; *INC-1042* was opened instead.",
        ),
        (
            says(confirmations.acknowledged, state={"acknowledged_by": TOM, "promise": ONE}, by=TOM),
            "You are on *INC-1042*; the customer hears from us by 13:00.",
        ),
        (
            says(confirmations.snoozed, ANSWERED, until=ONE, wanted=ONE),
            "*INC-1042* is silent until 13:00; its clocks run on; "
            "customer was to hear from us by 10:25; fix due 17:00.",
        ),
        (
            says(confirmations.opened, state={"site": "Brooklyn", "service": "e-mail"}),
            "Opened *INC-1042* (P2) for Acme Dental, site Brooklyn, service e-mail: "
            "first reply was due 09:30; fix due 17:00.",
        ),
    ],
)  # fmt: skip
def test_an_act_is_answered_with_what_was_understood_and_what_is_due(answer: str, sentence: str) -> None:
    assert answer == sentence


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (says(confirmations.taken, state={"assignee": TESS}, by=TOM), f"is with <@{TESS}>."),
        (says(confirmations.taken, by=TOM), "has no owner."),
        (says(confirmations.assigned, state={"assignee": TESS}, to=TOM), f"is with <@{TESS}>."),
        (says(confirmations.handed_back, state={"assignee": TESS}), f"is with <@{TESS}>."),
        (says(confirmations.paused, reason=VENDOR), "is not paused."),
        (
            says(confirmations.paused, state={"paused_for": (CUSTOMER,)}, reason=VENDOR),
            "is paused for waiting for the customer.",
        ),
        (
            says(confirmations.resumed, state={"paused_for": (CUSTOMER, VENDOR)}),
            "is still paused: waiting for the customer and waiting for a vendor.",
        ),
        (says(confirmations.reprioritised, wanted=Priority.P1), "is P2."),
        (says(confirmations.resolved), "is still open."),
        (says(confirmations.reopened, state={"is_open": False}, instead_of=None), "is still resolved."),
        (says(confirmations.acknowledged, state={"acknowledged_by": TESS}, by=TOM), f"has <@{TESS}> on it."),
        (says(confirmations.acknowledged, by=TOM), "has nobody on it."),
        (says(confirmations.snoozed, until=None, wanted=ONE), "is not silent."),
        (says(confirmations.snoozed, until=NOON, wanted=ONE), "is not silent."),
        (confirmations.merged(KEY, None).text, "is not merged."),
        (confirmations.waived(KEY, "Fix", count=0).text, "has no missed fix to waive."),
    ],
)
def test_what_does_not_hold_is_said_with_what_does(answer: str, what: str) -> None:
    assert answer.startswith(f"*{KEY}* {what} Yours is on record")
    assert f"`/sla show {KEY}`" in answer


def test_an_answer_names_the_incident_it_was_about() -> None:
    incident = summary(history(title="Printers <offline>"), now=NOON, title="Printers <offline>")
    answer = confirmations.act_answer(Rendered("*INC-1042* is yours."), incident, [], row="answer:INC-1")
    assert "P2 · Acme Dental: Printers &lt;offline&gt;" in seen(answer)
    assert answer.text == "*INC-1042* is yours.\nP2 · Acme Dental: Printers &lt;offline&gt;"
    assert refused(answer) == []
    assert buttons(answer) == []
