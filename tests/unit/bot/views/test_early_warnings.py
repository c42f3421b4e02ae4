from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.views.early_warnings import calendar_ends, quiet_times, unattended_promises
from sla_engine.domain.agreements.attendance import Unattended
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.time.shifts import Shift
from sla_engine.services.upkeep.early_warnings import CalendarEnd, EndOf

NIGHT = (Shift.of("00:00", "08:00"), Shift.of("18:00", "24:00"))
ALL_DAY = (Shift.of("00:00", "24:00"),)
LUNCH = (Shift.of("12:00", "13:00"),)

WEEKS = {
    "nights and the weekend": ((NIGHT,) * 5 + (ALL_DAY,) * 2, "mon-fri between 18:00 and 08:00, sat-sun all day"),
    "every night": ((NIGHT,) * 7, "between 18:00 and 08:00"),
    "lunch on one day": (((), LUNCH, (), (), (), (), ()), "tue from 12:00 to 13:00"),
    "nights and lunch": (
        (((NIGHT[0], *LUNCH, NIGHT[1]),) * 5 + ((),) * 2),
        "mon-fri between 18:00 and 08:00 and from 12:00 to 13:00",
    ),
    "a single day's morning and evening": (
        (NIGHT, *((),) * 6),
        "mon from 00:00 to 08:00 and from 18:00 to 24:00",
    ),
    "evenings": ((NIGHT[1:],) * 2 + ((),) * 5, "mon-tue from 18:00 to 24:00"),
}


@pytest.mark.parametrize(("days", "words"), WEEKS.values(), ids=WEEKS.keys())
def test_a_week_of_stretches_is_said_in_words(days: tuple[tuple[Shift, ...], ...], words: str) -> None:
    assert quiet_times(days) == words


def test_what_is_promised_while_nothing_rings_is_one_sentence_for_all_who_are_promised_alike() -> None:
    cedar = Unattended(
        customer="Cedar Clinic", priorities=tuple(Priority), at_any_hour=True, days=(NIGHT,) * 7, zone="Europe/Berlin"
    )
    assert unattended_promises([cedar]) == [
        "Cedar Clinic is promised answers at any hour; between 18:00 and 08:00 (Europe/Berlin) nothing rings: "
        "a nudge waits in Slack for somebody to look, since by msp.yaml nobody is at work."
    ]
    acme = replace(cedar, customer="Acme Dental", priorities=(Priority.P1,), at_any_hour=False)
    alike = [acme, cedar, *(replace(cedar, customer=f"Customer {number}") for number in range(6))]
    first, second = unattended_promises(alike)
    assert first.startswith("Acme Dental is promised answers outside your hours (P1); ")
    assert second.startswith(
        "Cedar Clinic, Customer 0, Customer 1, Customer 2, Customer 3 and 2 more are promised answers at any hour; "
    )


def test_the_end_of_a_calendar_says_whose_when_and_what_to_do() -> None:
    soon = CalendarEnd(whose="Acme Dental", what=EndOf.HOLIDAYS, last=date(2031, 12, 31), is_over=False)
    over = CalendarEnd(whose="msp.yaml", what=EndOf.OPEN_TIME, last=date(2026, 3, 3), is_over=True)
    holidays, opening = calendar_ends([soon, replace(soon, whose="Beta Logistics"), over])
    assert holidays.startswith(
        "The public holidays of Acme Dental and Beta Logistics are known until 2031-12-31, later"
    )
    assert opening.startswith("A calendar of msp.yaml has not been open since 2026-03-03")
