"""What gives a week its meaning, from incidents that were really worked on: goals, ordinary weeks, whom to call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from bot.views.digest_thread import digest_details
from sla_engine.cli.digest_text import as_text
from sla_engine.domain.agreements.goals import GoalPeriod
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.clocks.pause_habits import PauseHabits
from sla_engine.domain.incidents.events import CustomerReplied, Event, Responded
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import NextStep, PauseReason
from sla_engine.domain.reporting.attainment import Attainment
from sla_engine.domain.reporting.control_limits import WeekVerdict
from sla_engine.domain.reporting.customers_to_call import CallCause
from sla_engine.domain.reporting.digest import DigestFigures
from sla_engine.domain.time.weeks import Week
from sla_engine.notifications.notices import OwnCustomersMessage
from sla_engine.services.agreements import agreement_files, people_files
from sla_engine.services.incidents.waive_and_merge import Outcomes
from sla_engine.services.problems.problems import Problems
from sla_engine.services.queries.digest import arm_digest
from sla_engine.storage import outcome_counts, restated
from sla_engine.storage.outcome_counts import OutcomeKind
from sla_engine.text.problem_lines import problem_lines
from tests.note_desk import EXAMPLES, MIRA, TESS, TOM, Desk, at

ZONE = "America/New_York"


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def kept(desk: Desk, now: datetime, *, priority: Priority = Priority.P3, customer: str = "Acme Dental") -> None:
    """An incident of which every promise is kept: five at P3."""
    key = desk.open(now, priority=priority, customer=customer)
    desk.incidents.respond(key, text="Hello", by=TOM, now=now + timedelta(minutes=5))
    desk.incidents.resolve(key, text="Done", by=TOM, now=now + timedelta(minutes=20))


def week(desk: Desk, number: int = 0) -> DigestFigures:
    """The figures of a week, on the Monday after it."""
    return desk.digests.figures(f"2026-W{6 + number:02}", now=at("mon 08:00", week=number + 1))


def told(desk: Desk, key: str, event: Event, *, happened: datetime, now: datetime) -> None:
    """A fact that somebody recorded as of another time."""
    with desk.incidents.act_on_open(key, action=Action.RESPOND, by=TOM, now=now) as work:
        work.record(event, by=TOM, at=happened)


def with_goals(desk: Desk, folder: Path, *, msp: str = "", acme: str = "") -> None:
    """Other goals in `msp.yaml`, or goals in the agreement of Acme Dental."""
    people = (EXAMPLES / "msp.yaml").read_text()
    begin, end = people.index("goals:"), people.index("defaults:")
    (folder / "msp.yaml").write_text(f"{people[:begin]}{msp}\n{people[end:]}")
    people_files.apply(desk.database, folder / "msp.yaml", by="test", now=at("mon 00:01"))
    (folder / "acme.yaml").write_text(f"{(EXAMPLES / 'agreements' / 'acme-dental.yaml').read_text()}\n{acme}\n")
    agreement_files.apply(desk.database, [folder / "acme.yaml"], by="test", now=at("mon 00:01"))


@pytest.mark.both_databases
def test_outcomes_are_counted_in_each_span_by_customer_metric_and_priority(desk: Desk) -> None:
    kept(desk, at("mon 09:00"))
    desk.missed(at("tue 10:00", week=1))
    spans = [Week(2026, number).span(zone=ZONE) for number in (6, 7)]
    with desk.database.reading() as session:
        first, second = outcome_counts.by_kind(session, spans)
    assert first[OutcomeKind("Acme Dental", MetricName.RESOLUTION, Priority.P3)] == Attainment(1, 1)
    assert second == {OutcomeKind("Acme Dental", MetricName.FIRST_RESPONSE, Priority.P2): Attainment(0, 1)}


def test_the_overall_goal_is_the_msps_and_says_how_many_misses_its_month_allows(desk: Desk) -> None:
    kept(desk, at("tue 10:00"))
    desk.missed(at("wed 10:00"))
    goal = week(desk).overall_goal
    assert goal is not None
    assert (goal.percent, goal.is_met) == (93.0, False), "5 of 6 kept"
    assert goal.standing is not None
    assert (goal.standing.period, goal.standing.day, goal.standing.days) == ("month", 8, 28)
    assert (goal.standing.missed, goal.standing.allowed) == (1, 1), "6, and 6 a week for 20 days more"
    assert [row.label for row in week(desk).goals] == ["overall", "first reply", "fix"]


def test_a_customers_own_goal_is_the_one_that_they_are_called_for(desk: Desk, tmp_path: Path) -> None:
    with_goals(desk, tmp_path, acme="goals: {first_response: 95%, per: quarter}")
    for day in ("mon", "tue", "wed"):
        desk.missed(at(f"{day} 10:00"))
    (call,) = week(desk).calls
    assert (call.customer, call.cause, call.metric) == ("Acme Dental", CallCause.GOAL_BROKEN, MetricName.FIRST_RESPONSE)
    assert (call.missed, call.of, call.period) == (3, 3, GoalPeriod.QUARTER)
    assert week(desk, 1).calls == (), "nobody is called for a miss of the week before"


def test_without_a_goal_it_is_said_how_many_of_how_many_from_five_on(desk: Desk, tmp_path: Path) -> None:
    with_goals(desk, tmp_path)
    desk.missed(at("mon 10:00"))
    assert week(desk).calls == ()
    kept(desk, at("tue 10:00"))
    (call,) = week(desk).calls
    assert (call.cause, call.missed, call.of) == (CallCause.OFTEN_LATE, 1, 6)
    assert week(desk).goals == ()


def test_a_missed_p1_is_named_with_how_late_it_was(desk: Desk) -> None:
    key = desk.open(at("tue 10:00"), priority=Priority.P1)
    desk.incidents.respond(key, text="Hello", by=TOM, now=at("tue 10:55"))
    desk.look(at("tue 10:56"))
    (call, *_) = week(desk).calls
    assert (call.cause, call.missed, call.of, call.incident_key) == (CallCause.MISSED_P1, 1, 1, key)
    assert not week(desk).quiet


def test_a_week_is_ordinary_or_not_once_there_were_twelve_before(desk: Desk) -> None:
    for number in range(12):
        kept(desk, at("mon 09:00", week=number))
    assert week(desk, 11).usual is None, "eleven before"
    desk.missed(at("tue 10:00", week=12))
    usual = week(desk, 12).usual
    assert usual is not None
    assert (usual.low, usual.high, usual.verdict) == (100.0, 100.0, WeekVerdict.UNUSUALLY_BAD)
    figures = week(desk, 12)
    assert [share.of for share in figures.weeks[-3:]] == [5, 5, 1]
    assert len(figures.weeks) == 27
    assert figures.most_late is not None
    assert (figures.most_late.customer, figures.most_late.missed) == ("Acme Dental", 1)


def test_holidays_of_customers_are_ahead(desk: Desk) -> None:
    (closed,) = week(desk).closed_ahead
    assert (closed.day, closed.customers) == (date(2026, 2, 12), ("Acme Dental",)), "Lincoln's birthday in New York"


def test_what_nudges_saved_is_counted_in_its_week(desk: Desk) -> None:
    key = desk.open(at("mon 10:00"))
    desk.look(at("mon 10:25"))
    desk.incidents.respond(key, text="Hello", by=TOM, now=at("mon 10:27"))
    assert week(desk).saved == 1
    assert week(desk, 1).saved == 0


def test_what_became_of_the_weeks_decisions_is_told(desk: Desk) -> None:
    for title, happened in (
        ("VPN reset", "The gateway rejected all logins until noon."),
        ("Mail queue", "Nobody looked at the mail queue over night."),
    ):
        key = desk.written(at("mon 12:00"), what_happened=happened)
        desk.notes.accept(key, by=MIRA, now=at("mon 13:00"))
        desk.sops.decide(
            key,
            by=MIRA,
            now=at("mon 14:00"),
            decision=NextStep.CREATE_SOP.value,
            reason="It comes back",
            title=title,
            owner=TESS,
            link="https://wiki.example/sop",
            due_on=date(2026, 2, 12),
        )
    decided = week(desk).decided
    assert decided is not None
    assert (decided.on_monday, decided.done, decided.of) == (True, 0, 2)
    assert [row.title for row in decided.open] == ["VPN reset", "Mail queue"]
    assert week(desk, 1).decided is None


def test_a_note_that_has_waited_for_a_business_day_makes_no_quiet_week(desk: Desk) -> None:
    desk.written(at("fri 15:00"))
    assert not desk.digests.figures("2026-W06", now=at("fri 16:00")).waits_long
    assert desk.digests.figures("2026-W06", now=at("mon 16:00", week=1)).waits_long


def test_the_goals_of_a_week_long_ago_are_counted_up_to_its_end(desk: Desk) -> None:
    for day in ("tue", "thu"):
        kept(desk, at(f"{day} 10:00"))
    before = week(desk).goals
    desk.missed(at("tue 10:00", week=1))
    assert desk.digests.figures("2026-W06", now=at("mon 08:00", week=5)).goals == before
    assert Fraction(before[0].percent) == 93


def test_pauses_in_the_last_tenth_and_with_an_answer_owed_are_counted_in_their_week(desk: Desk) -> None:
    early, late = (desk.open(at("mon 09:00"), priority=Priority.P1) for _ in range(2))
    desk.incidents.pause(early, reason=PauseReason.VENDOR, by=TOM, now=at("mon 09:10"))
    desk.incidents.pause(late, reason=PauseReason.VENDOR, by=TOM, now=at("mon 12:40"))
    owed = desk.open(at("tue 09:00"))
    told(desk, owed, CustomerReplied(text="Any news?"), happened=at("tue 09:05"), now=at("tue 09:05"))
    desk.incidents.pause(owed, reason=PauseReason.CUSTOMER, by=TOM, now=at("tue 09:10"))
    habits = week(desk).habits
    assert (habits.pauses, habits.late, habits.answered) == (3, 1, 1)
    assert week(desk, 1).habits == PauseHabits()


def test_how_soon_people_acted_is_that_of_the_week(desk: Desk) -> None:
    key = desk.open(at("mon 10:00"))
    desk.look(at("mon 10:15"))
    desk.incidents.respond(key, text="Hello", by=TOM, now=at("mon 10:21"))
    desk.incidents.resolve(key, text="Done", by=TOM, now=at("mon 10:25"))
    times = week(desk).escalation
    assert (times.nudges, times.acted_on, times.half_within) == (1, 1, timedelta(minutes=6))
    assert week(desk, 1).escalation.nudges == 0


def test_what_was_recorded_about_a_week_after_it_was_posted_is_named(desk: Desk) -> None:
    reopened = desk.open(at("mon 10:00"))
    desk.incidents.resolve(reopened, text="Done", by=TOM, now=at("mon 10:10"))
    late = desk.missed(at("tue 10:00"))
    waived, untouched = desk.missed(at("wed 10:00")), desk.missed(at("thu 10:00"))
    posted_at = at("mon 08:00", week=1)
    desk.incidents.reopen(reopened, text="Back", by=TOM, now=at("mon 09:00", week=1))
    outcomes = Outcomes(desk.unit_of_work)
    outcomes.waive(waived, metric=MetricName.FIRST_RESPONSE, reason="Power cut", by=MIRA, now=at("mon 09:10", week=1))
    told(desk, late, Responded(text="Hello"), happened=at("tue 09:30"), now=at("mon 09:20", week=1))
    desk.incidents.resolve(untouched, text="Done", by=TOM, now=at("mon 09:30", week=1))
    with desk.database.reading() as session:
        since = restated.recorded_since(session, Week(2026, 6).span(zone=ZONE), since=posted_at)
    assert {(fact.incident_key, fact.what) for fact in since} == {
        (reopened, "reopened"),
        (waived, "waived"),
        (late, "had facts recorded late"),
    }


def test_each_manager_who_is_here_gets_their_customers_once(desk: Desk, tmp_path: Path) -> None:
    people = (EXAMPLES / "msp.yaml").read_text().replace('at: "08:00"}', 'at: "08:00", to_managers: yes}')
    (tmp_path / "msp.yaml").write_text(people)
    people_files.apply(desk.database, tmp_path / "msp.yaml", by="test", now=at("mon 00:01"))
    with desk.database.transaction() as session:
        arm_digest(session, desk.unit_of_work.msp(session), now=at("tue 12:00"))
    desk.missed(at("wed 10:00"))
    desk.look(at("mon 08:00", week=1))
    (message,) = (sent.shown for sent in desk.sent(to=MIRA) if isinstance(sent.shown, OwnCustomersMessage))
    (row,) = message.customers
    assert (message.first, message.last) == (date(2026, 2, 2), date(2026, 2, 8))
    assert (row.customer, row.of) == ("Acme Dental", 4)
    assert row.call is not None


def test_an_absent_manager_gets_nothing_and_nobody_does_where_it_was_not_asked_for(desk: Desk, tmp_path: Path) -> None:
    with desk.database.transaction() as session:
        arm_digest(session, desk.unit_of_work.msp(session), now=at("tue 12:00"))
    desk.missed(at("wed 10:00"))
    desk.look(at("mon 08:00", week=1))
    people = (EXAMPLES / "msp.yaml").read_text().replace('at: "08:00"}', 'at: "08:00", to_managers: yes}')
    away = "absent: [{person: U0MIRA, from: 2026-02-14, until: 2026-02-20}]"
    (tmp_path / "msp.yaml").write_text(f"{people}\n{away}\n")
    people_files.apply(desk.database, tmp_path / "msp.yaml", by="test", now=at("mon 09:00", week=1))
    desk.missed(at("wed 10:00", week=1))
    desk.look(at("mon 08:00", week=2))
    assert len({sent.message for sent in desk.sent(about="digest:") if sent.thread_of is None}) == 2
    assert not [sent for sent in desk.sent() if isinstance(sent.shown, OwnCustomersMessage)]


def test_problems_that_are_not_fixed_are_listed_as_of_now_and_not_of_weeks_long_past(desk: Desk) -> None:
    problems = Problems(desk.unit_of_work)
    first, second = desk.open(at("mon 09:00")), desk.open(at("mon 10:00"))
    desk.incidents.resolve(second, text="Restarted", by=TOM, now=at("mon 10:30"))
    problems.open("Printers hang", by=MIRA, now=at("mon 11:00"))
    detail = problems.open("Outlook crashes", incident_keys=[first, second], by=MIRA, now=at("mon 11:00"))
    problems.workaround(detail.problem.key, "Restart it", by=MIRA, now=at("mon 12:00"))
    figures = week(desk)
    assert problem_lines(figures.problems) == [
        "PRB-2 Outlook crashes: known error, 1 of 2 incidents open. Workaround: Restart it",
        "PRB-1 Printers hang: open, 0 of 0 incidents open",
    ]
    assert "Outlook crashes" in digest_details(figures).text
    assert "Outlook crashes" in as_text(figures)
    assert desk.digests.figures("2026-W06", now=at("mon 08:00", week=9)).problems == ()
    assert problem_lines(figures.problems * 6)[-1] == "… and 2 more: /sla problem"
