"""The card of a call: what is read aloud is honest, plain and holds nothing internal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.pending_acts import CallSubject
from bot.views.call import RecordedAct, call_card, complaint_recorded, told_by_phone
from bot.views.call_script import to_read_aloud
from bot.views.spoken_time import SpokenTimes
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.reporting.attainment import Attainment
from sla_engine.services.queries.calls import CallCard
from sla_engine.services.queries.spoken_incident import SpokenIncident

ZONE = "America/New_York"
NOW = datetime(2026, 2, 5, 10, 41, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)  # a Thursday


def clock(text: str, *, days: int = 0) -> datetime:
    hour, minute = map(int, text.split(":"))
    there = NOW.astimezone(ZoneInfo(ZONE)).replace(hour=hour, minute=minute)
    return (there + timedelta(days=days)).astimezone(UTC)


SERVER = SpokenIncident(
    key="INC-1001",
    title="Server down",
    priority="P1",
    link=None,
    ticket="T-20931",
    opened_at=clock("9:02"),
    resolved_at=None,
    owner="U0TESS",
    owner_name="Tess",
    owned_since=clock("9:20"),
    told_at=clock("10:05"),
    told_by_phone=False,
    missed_by=None,
    next_by=clock("10:45"),
    fix_by=clock("13:02"),
    fix_is_late=False,
    waits_for_customer_since=None,
    planned_for=None,
    complained_at=None,
    paused_for=(),
    pause_until=None,
)
SCANNER = replace(
    SERVER,
    key="INC-1002",
    title="Scanner in room 3",
    priority="P3",
    ticket=None,
    owner="U0TOM",
    owner_name="Tom",
    waits_for_customer_since=clock("11:00", days=-2),
)
CARD = CallCard(
    customer="Acme Dental",
    about=None,
    zone=ZONE,
    manager="U0MIRA",
    manager_name="Mira",
    hears_complaints="U0MIRA",
    hears_complaints_name="Mira",
    spoken=(SERVER,),
    others=(SCANNER,),
    more=0,
    last_fixed=None,
    month=Attainment(7, 9),
)


def said(incident: SpokenIncident) -> str:
    (paragraph,) = to_read_aloud(replace(CARD, spoken=(incident,)), SpokenTimes(ZONE, NOW))
    return paragraph


def labels(card: CallCard) -> list[str]:
    return [element["text"]["text"] for element in call_card(card, now=NOW).blocks[-1]["elements"]]


def test_the_card_reads_as_somebody_would_say_it() -> None:
    assert call_card(CARD, now=NOW).text.split("\n") == [
        "☎️ *Acme Dental*, 10:41 there. Our manager is Mira.",
        "*Say:* “‘Server down’ has been with us since 9:02. Tess has been on it since 9:20. We last wrote at 10:05, "
        "and you will hear from us by 10:45. We promised it fixed by 1:02 this afternoon.”",
        "*Also open:* Scanner in room 3 (P3, Tom, waiting for your answer since Tuesday) · *This month:* 2 of 9 late",
        "Only for you: *INC-1001*, T-20931",
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"owner": None, "owner_name": None}, "No technician has it yet; I will see to that now."),
        ({"owner": "zammad:anna", "owner_name": None}, "A technician has been on it since 9:20."),
        ({"owned_since": None}, "Tess is on it."),
        ({"told_at": None}, "You will hear from us by 10:45."),
        ({"told_by_phone": True}, "We last spoke at 10:05, and you will hear from us by 10:45."),
        ({"next_by": None}, "We last wrote at 10:05. We promised it fixed"),
        (
            {"missed_by": clock("10:35"), "next_by": clock("11:00")},
            "wrote at 10:05. You were to hear from us by 10:35, and we are late. You will hear from us by 11:00.",
        ),
        (
            {"missed_by": clock("9:17"), "told_at": None, "next_by": None},
            "You were to hear from us by 9:17, and we are",
        ),
        (
            {"fix_by": clock("9:40"), "fix_is_late": True},
            "We promised it fixed by 9:40, and we are late.",
        ),
        ({"waits_for_customer_since": clock("11:00", days=-2)}, "We have been waiting for your answer since Tuesday."),
        ({"planned_for": clock("9:00", days=1)}, "The next step is planned for tomorrow at 9:00 in the morning."),
        ({"resolved_at": clock("10:30")}, "‘Server down’ was fixed at 10:30."),
    ],
)
def test_each_state_is_said_honestly(change: dict[str, Any], sentence: str) -> None:
    assert sentence in said(replace(SERVER, **change))


def test_a_reason_of_ours_is_only_for_whoever_speaks() -> None:
    waits = replace(SERVER, paused_for=(PauseReason.VENDOR,), fix_by=None, pause_until=clock("14:00", days=1))
    assert "vendor" not in said(waits)
    *_, only_for_us = call_card(replace(CARD, spoken=(waits,)), now=NOW).text.split("\n")
    assert "waiting for a vendor until <!date^" in only_for_us


def test_where_nothing_is_open_the_card_says_so_and_offers_a_ticket() -> None:
    nothing = replace(CARD, spoken=(), others=(), month=Attainment(0, 0))
    assert "*Say:* “Nothing is open for you right now.”" in call_card(nothing, now=NOW).text
    assert "nothing decided yet" in call_card(nothing, now=NOW).text
    assert labels(nothing) == ["New ticket"]
    fixed = replace(nothing, last_fixed=replace(SERVER, resolved_at=clock("16:15", days=-1)))
    assert "‘Server down’ was fixed yesterday at 4:15 in the afternoon." in call_card(fixed, now=NOW).text


def test_the_buttons_carry_who_is_on_the_phone_and_what_was_read_aloud() -> None:
    told = call_card(CARD, now=NOW).blocks[-1]["elements"][0]
    assert CallSubject.read(told["value"]) == CallSubject(customer="Acme Dental", keys=("INC-1001",))
    assert labels(CARD)[0] == "They were told just now"


def test_a_complaint_marks_the_card_and_is_made_once_an_hour() -> None:
    assert "They are angry: tell Mira" in labels(CARD)
    assert "They are angry: tell the manager" in labels(replace(CARD, hears_complaints_name=None))
    angry = replace(CARD, spoken=(replace(SERVER, complained_at=clock("10:12")),))
    assert "😠 They complained <!date^" in call_card(angry, now=NOW).text
    assert not any(label.startswith("They are angry") for label in labels(angry))
    assert "They are angry: tell Mira" in [
        element["text"]["text"] for element in call_card(angry, now=clock("11:12")).blocks[-1]["elements"]
    ]


@pytest.mark.parametrize(
    ("manager", "told"),
    [("U0MIRA", "<@U0MIRA> is told now."), (None, "The managers are told now."), ("U0DANA", "You answer for them")],
)
def test_who_records_a_complaint_reads_who_is_told(manager: str | None, told: str) -> None:
    assert told in complaint_recorded("INC-1001", manager=manager, by="U0DANA")


def test_more_than_the_card_shows_is_counted() -> None:
    assert "and 91 more: /sla status Acme Dental · *This month:*" in call_card(replace(CARD, more=91), now=NOW).text


def test_what_was_recorded_is_said_first() -> None:
    recorded = told_by_phone(["INC-1001", "INC-1002"], closed=1)
    assert recorded == (
        "On record: told on the phone about *INC-1001* and *INC-1002*. 1 of them was resolved meanwhile."
    )
    card = call_card(CARD, now=NOW, recorded=RecordedAct(recorded, "slack:7"))
    assert card.text.startswith(recorded)
    assert card.blocks[1]["elements"][0]["value"] == "slack:7", "what was recorded can be undone"
