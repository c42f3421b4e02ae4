"""Answers to what-if questions in Slack: tables for a phone, names instead of mentions, times of the reader."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.pending_acts import PendingPause, PendingPriority
from bot.views.rendered import Rendered
from bot.views.simulation import (
    INCIDENTS_SHOWN,
    LINE_MAX_CHARS,
    preview_message,
    simulation_details,
    simulation_message,
)
from sla_engine.domain.agreements.ladders import Recipient, Repeat, Rung
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.escalation.forecast import ForeseenNudge, ForeseenStep
from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.escalation.what_if import Scene, changes
from sla_engine.domain.incidents.events import Event, Paused, PrioritySet, Resolved, Resumed
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.suppositions import (
    IfHoliday,
    IfOpened,
    IfPaused,
    IfPriority,
    IfResolved,
    IfResumed,
    Supposition,
)
from sla_engine.services.simulation.outlook import IncidentOutlook, Simulation
from tests.unit.bot.views.samples import HOSTILE_TITLES, agreement, buttons, history, minute, refused, seen

NAMES = {"U0DANA": "Dana Ortiz", "U0TOM": "Tom Becker"}
TUESDAY = datetime(2026, 1, 6, 8, tzinfo=UTC)  # 09:00 in Berlin
NOW = minute(100)
BREACH = Rung(percent=100, tell=(Recipient.DISPATCHER,), repeat=Repeat(every=timedelta(minutes=30)))


def nudge(
    at: datetime, *steps: ForeseenStep, cause: NudgeCause = NudgeCause.BREACH, to: str = "U0DANA", direct: bool = False
) -> ForeseenNudge:
    return ForeseenNudge(at=at, cause=cause, to=(to,), channel=None if direct else "C0DISPATCH", steps=steps)


def step(rung: Rung = BREACH, *, repeat: int = 0, metric: MetricName = MetricName.RESOLUTION) -> ForeseenStep:
    return ForeseenStep(metric=metric, cycle=0, rung=rung, repeat=repeat, breached=rung.at_breach)


NUDGES = (
    nudge(minute(240), step(Rung(percent=50, tell=(Recipient.ASSIGNEE,))), to="U0TOM", direct=True),
    nudge(minute(480), step()),
    nudge(minute(510), step(repeat=1), cause=NudgeCause.REPEAT),
    nudge(minute(600), cause=NudgeCause.PAUSE_OUTLIVED, to="U0NEW"),
)


def outlook(*facts: tuple[datetime, Event], key: str = "INC-1042", title: str = "Printers offline") -> IncidentOutlook:
    real = Scene(tuple(history()), Terms.of(agreement()))
    until = max([NOW, *(at for at, _ in facts)])
    rests = real.supposing(facts[0]) if len(facts) > 1 else None
    return IncidentOutlook(
        key=key,
        title=title,
        customer="Acme Dental",
        priority=Priority.P2,
        changes=changes(real, real.supposing(*facts), now=NOW, until=until, at_rest=rests),
        nudges=NUDGES,
        otherwise=NUDGES[-1] if rests else None,
    )


PAUSED = IfPaused(key="INC-1042", reason=PauseReason.VENDOR, at=NOW, until=TUESDAY)
PAUSE_FACTS = ((NOW, Paused(reason=PauseReason.VENDOR, until=TUESDAY)), (TUESDAY, Resumed()))


def simulation_of(supposed: Supposition, *incidents: IncidentOutlook, more: int = 0, unchanged: int = 0) -> Simulation:
    return Simulation(
        supposed=supposed,
        now=NOW,
        zone="Europe/Berlin",
        names=NAMES,
        incidents=incidents,
        more=more,
        unchanged=unchanged,
    )


def message_of(simulation: Simulation, *, zone: str = "Europe/Berlin") -> Rendered:
    assert refused(simulation_message(simulation, zone=zone, asked="pause INC-1042 for vendor")) == []
    rendered = simulation_details(simulation, zone=zone)
    assert refused(rendered) == []
    return rendered


def table_lines(rendered: Rendered) -> list[str]:
    return [
        line
        for block in rendered.blocks
        if block["type"] == "rich_text"
        for line in block["elements"][0]["elements"][0]["text"].splitlines()
    ]


def test_a_pause_shows_each_clock_before_and_after_and_what_it_averts() -> None:
    rendered = message_of(simulation_of(PAUSED, outlook(*PAUSE_FACTS)))
    assert [line.split("  ")[0] for line in table_lines(rendered)] == ["clock", "plan", "fix"]
    assert "INC-1042 is paused now until Tue 09:00: waiting for a vendor" in rendered.text
    assert "Plan: 11:00 → Tue 09:20 (breach averted, rests with 20 m left)" in rendered.text
    assert max(len(line) for line in table_lines(rendered)) <= LINE_MAX_CHARS


def test_the_nudges_are_in_time_order_with_names_places_and_how_they_go_on() -> None:
    words = seen(message_of(simulation_of(PAUSED, outlook(*PAUSE_FACTS))))
    wanted = [
        "13:00 · Fix 50 % → Tom Becker (direct message)",
        "17:00 · Fix breached → Dana Ortiz (dispatcher channel)",
        "17:30 · again Fix (then every 30 m of open time until acknowledged) → Dana Ortiz",
        "19:00 · Still paused, longer than expected → U0NEW",
    ]
    places = [words.index(line) for line in wanted]
    assert places == sorted(places)
    assert "*If nobody resumes it then*" in words
    assert "<@" not in words, "nobody is called"


def test_a_promise_that_lapses_says_so_before_the_clock_it_speaks_of() -> None:
    lapses = nudge(minute(240), step(Rung(percent=50, tell=(Recipient.ASSIGNEE,))), cause=NudgeCause.PROMISE_LAPSED)
    words = seen(message_of(simulation_of(PAUSED, replace(outlook(*PAUSE_FACTS), nudges=(lapses,)))))
    assert "13:00 · The promise lapsed; Fix 50 % → Dana Ortiz" in words


def test_times_are_the_readers() -> None:
    assert "Mon" not in message_of(simulation_of(PAUSED, outlook(*PAUSE_FACTS))).text
    tokyo = message_of(simulation_of(PAUSED, outlook(*PAUSE_FACTS)), zone="Asia/Tokyo")
    assert "until Tue 17:00" in tokyo.text
    assert "Times are Asia/Tokyo. Nothing is stored." in tokyo.text


@pytest.mark.parametrize(
    ("supposed", "facts", "words"),
    [
        (
            IfOpened(priority=Priority.P1, customer="Acme", at=TUESDAY, site="Brooklyn", service="erp"),
            (),
            "P1 for Acme opened at site Brooklyn for service erp Tue 09:00",
        ),
        (IfResumed(key="INC-1042", at=NOW), (), "INC-1042 runs again now"),
        (
            IfPriority(key="INC-1042", priority=Priority.P1, at=minute(120)),
            ((minute(120), PrioritySet(priority=Priority.P1)),),
            "INC-1042 gets P1 11:00",
        ),
        (IfResolved(key="INC-1042", at=NOW), ((NOW, Resolved()),), "INC-1042 is resolved now"),
        (IfHoliday(day=date(2026, 1, 9)), (), "Fri 9 Jan becomes a holiday for everybody"),
    ],
)
def test_what_was_supposed_is_said_as_it_was_understood(
    supposed: Supposition, facts: tuple[tuple[datetime, Event], ...], words: str
) -> None:
    assert words in message_of(simulation_of(supposed, outlook(*facts))).text


def test_clocks_that_rest_or_stop_say_so() -> None:
    rests = message_of(simulation_of(PAUSED, outlook((NOW, Paused(reason=PauseReason.VENDOR)))))
    assert "Fix: 17:00 → rests, 6 h 20 m left" in rests.text
    late = message_of(simulation_of(PAUSED, outlook((minute(130), Paused(reason=PauseReason.VENDOR)))))
    assert "Plan: 11:00 → rests, 10 m over" in late.text
    done = message_of(simulation_of(IfResolved(key="INC-1042", at=NOW), outlook((NOW, Resolved()))))
    assert "First reply: 09:30 → missed" in done.text
    assert "Fix: 17:00 → met" in done.text


def test_nothing_that_changes_is_one_sentence() -> None:
    rendered = message_of(simulation_of(IfHoliday(day=date(2026, 1, 9), customer="Acme"), unchanged=3))
    assert "No open incident would change." in rendered.text
    assert "3 open incidents would not change." in rendered.text
    one = message_of(
        simulation_of(
            PAUSED, IncidentOutlook(key="INC-1", title="", customer="Acme", priority=Priority.P1, changes=(), nudges=())
        )
    )
    assert "No clock would change." in seen(one)
    assert "No nudge would be sent" in seen(one)


def test_many_incidents_are_cut_and_counted() -> None:
    many = [outlook(*PAUSE_FACTS, key=f"INC-{number}") for number in range(INCIDENTS_SHOWN + 2)]
    rendered = message_of(simulation_of(IfHoliday(day=date(2026, 1, 9)), *many, more=1))
    assert f"INC-{INCIDENTS_SHOWN - 1}" in seen(rendered)
    assert f"INC-{INCIDENTS_SHOWN}" not in seen(rendered)
    assert "2 more that would change are not shown. 1 more incident would change and is not listed." in seen(rendered)


def test_a_long_course_is_cut_and_counted() -> None:
    long = outlook(*PAUSE_FACTS)
    course = tuple(nudge(minute(number), step()) for number in range(40))
    rendered = message_of(
        simulation_of(
            PAUSED,
            IncidentOutlook(
                key="INC-1", title="", customer="Acme", priority=Priority.P1, changes=long.changes, nudges=course
            ),
        )
    )
    assert "… and 24 more" in seen(rendered)


@pytest.mark.parametrize("title", HOSTILE_TITLES.values(), ids=HOSTILE_TITLES)
def test_whatever_users_wrote_calls_nobody(title: str) -> None:
    rendered = message_of(simulation_of(PAUSED, outlook(*PAUSE_FACTS, title=title)))
    assert "<!channel>" not in rendered.text + seen(rendered)
    preview = preview_message(
        simulation_of(PAUSED, outlook(*PAUSE_FACTS, title=title)),
        PendingPause(key="INC-1042", reason=PauseReason.VENDOR, until=TUESDAY, text=title),
        zone="Europe/Berlin",
    )
    assert refused(preview) == []


def test_a_preview_says_what_turns_and_has_the_button_that_does_it() -> None:
    pending = PendingPause(key="INC-1042", reason=PauseReason.VENDOR, until=TUESDAY, text="Part ordered")
    preview = preview_message(simulation_of(PAUSED, outlook(*PAUSE_FACTS)), pending, zone="Europe/Berlin")
    assert refused(preview) == []
    assert buttons(preview) == ["Pause anyway", "Another end…"]
    assert "Plan: 11:00 → Tue 09:20 (breach averted, rests with 20 m left)" in preview.text
    assert preview.text.splitlines()[1] == ":large_green_circle: 1 promise kept from being late, none made late."
    assert "• Fix: 17:00 → Tue 15:20 (rests with 6 h 20 m left)" in preview.text
    assert table_lines(preview) == []
    assert "Not done yet" in preview.text
    assert "as many as a button holds" not in preview.text


def test_a_preview_of_a_priority_names_it_on_its_button() -> None:
    supposed = IfPriority(key="INC-1042", priority=Priority.P1, at=NOW)
    pending = PendingPriority(key="INC-1042", priority=Priority.P1)
    preview = preview_message(simulation_of(supposed, outlook(*PAUSE_FACTS)), pending, zone="Europe/Berlin")
    assert buttons(preview) == ["Change to P1 anyway", "Another priority…"]


def test_words_that_a_button_cannot_hold_are_said_to_be_cut() -> None:
    pending = PendingPause(key="INC-1042", reason=PauseReason.VENDOR, text="word " * 500)
    preview = preview_message(simulation_of(PAUSED, outlook(*PAUSE_FACTS)), pending, zone="Europe/Berlin")
    assert refused(preview) == []
    assert "as many as a button holds" in preview.text


@pytest.mark.parametrize(
    ("supposed", "facts", "verdict"),
    [
        (PAUSED, PAUSE_FACTS, ":large_green_circle: 1 promise kept from being late, none made late."),
        (
            IfResumed(key="INC-1042", at=NOW),
            (),
            ":white_circle: It would make nothing late, and keep nothing from being late.",
        ),
    ],
)
def test_the_verdict_comes_first_and_the_details_are_a_button(
    supposed: Supposition, facts: tuple[tuple[datetime, Event], ...], verdict: str
) -> None:
    asked = "pause INC-1042 now for vendor until tomorrow 9am"
    simulation = simulation_of(supposed, outlook(*facts))
    rendered = simulation_message(simulation, zone="Europe/Berlin", asked=asked)
    headline, said, *_ = rendered.text.splitlines()
    assert headline.startswith("*If INC-1042")
    assert said == verdict
    assert table_lines(rendered) == []
    assert "4 nudges, the first if nobody acts: 13:00 · Fix 50 % → Tom Becker (direct message)" in rendered.text
    assert buttons(rendered) == ["Details"]
    assert rendered.blocks[-1]["elements"][0]["value"] == asked


def test_nothing_that_would_change_has_no_details() -> None:
    rendered = simulation_message(simulation_of(PAUSED, unchanged=3), zone="Europe/Berlin", asked="x")
    assert "No open incident would change." in rendered.text
    assert buttons(rendered) == []
