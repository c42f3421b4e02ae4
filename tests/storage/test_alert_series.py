"""Alerts through all their firings: the last word counts, one row waits for a person, and each alert stands alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from sla_engine.domain.incidents.errors import UnknownTriage
from sla_engine.domain.incidents.history import in_order
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.series import WORDS_KEPT
from sla_engine.domain.upkeep.inbox_state import InboxState
from sla_engine.intake.alertmanager import delivery_id
from sla_engine.intake.reception import MAX_BODY_BYTES, Reception
from sla_engine.notifications.kinds import from_payload
from sla_engine.notifications.notices import LineMessage
from sla_engine.services.agreements import agreement_files
from sla_engine.services.audit.audit import Audit
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.incidents.open import OpenRequest
from sla_engine.services.intake.errors import PayloadInvalid, PayloadTooLarge
from sla_engine.services.intake.match import Delivery, ReportOutcome, Taken
from sla_engine.services.intake.receive import Intake
from sla_engine.storage import events, inbox, incidents
from sla_engine.storage.database import Database
from sla_engine.storage.tables.delivery import Outbox
from sla_engine.storage.tables.incidents import IncidentRow
from sla_engine.storage.tables.intake import Inbox
from tests.intake_desk import NOON, ROOT, intake_for, told_facts
from tests.statements import counted

Payload = dict[str, Any]
NEVER_ENDED = "0001-01-01T00:00:00Z"
DANA = "U0DANA"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    found = Database(database_url, wait_seconds=20)
    yield found
    found.close()


@pytest.fixture
def intake(database: Database) -> Intake:
    return intake_for(database, "acme-dental")


def minute(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


def firing(
    started: float = 0, *, customer: str = "Acme Dental", fingerprint: str = "aa11", **more: Any
) -> dict[str, Any]:
    """An alert that has been firing since so many minutes after noon."""
    labels = {"alertname": "DiskFull", "severity": "warning"} | ({"customer": customer} if customer else {})
    told = {"status": "firing", "labels": labels, "annotations": {}, "fingerprint": fingerprint}
    return told | {"startsAt": minute(started).isoformat(), "endsAt": NEVER_ENDED} | more


def resolved(ended: float, *, started: float = 0, **more: Any) -> dict[str, Any]:
    return firing(started, **more) | {"status": "resolved", "endsAt": minute(ended).isoformat()}


def group(*alerts: object, **more: Any) -> dict[str, Any]:
    return {"version": "4", "groupKey": "g", "status": "firing", "receiver": "r", "alerts": list(alerts)} | more


def hear(intake: Intake, at: float, *alerts: object) -> tuple[Taken, ...]:
    """What became of a notification that came in at that minute; equal ones have one name, as Alertmanager's do."""
    told = group(*alerts)
    intake.unit_of_work.real_clock = lambda: minute(at)
    return intake.receive("alertmanager", delivery_id(told), told, now=minute(at)).taken


def outcomes(taken: tuple[Taken, ...]) -> list[ReportOutcome]:
    return [each.outcome for each in taken]


def every(intake: Intake) -> list[tuple[str, str, datetime, datetime | None]]:
    with intake.unit_of_work.database.reading() as session:
        rows = session.query(IncidentRow).order_by(IncidentRow.id).all()
        return [(row.key, row.state, row.opened_at, row.resolved_at) for row in rows]


def lines(intake: Intake, text_key: str) -> list[LineMessage]:
    with intake.unit_of_work.database.reading() as session:
        rows = session.query(Outbox).order_by(Outbox.id).all()
        shown = [from_payload(row.kind, row.payload) for row in rows]
    return [each for each in shown if isinstance(each, LineMessage) and each.text_key == text_key]


def messages(intake: Intake) -> int:
    with intake.unit_of_work.database.reading() as session:
        return session.query(Outbox).count()


def record_of(intake: Intake, key: str) -> Incident:
    with intake.unit_of_work.database.reading() as session:
        return incidents.find(session, key)


# ---------------------------------------------------------------------- the last word


def test_an_alert_that_goes_on_after_an_automatic_end_is_taken_up_again_when_that_is_told(
    intake: Intake,
) -> None:
    hear(intake, 1, firing())
    hear(intake, 7, resolved(6))
    assert every(intake) == [("INC-1001", "resolved", NOON, minute(6))]
    assert outcomes(hear(intake, 12, firing())) == [ReportOutcome.RECORDED]
    assert every(intake) == [("INC-1001", "open", NOON, None)]
    with intake.unit_of_work.database.reading() as session:
        history = events.history(session, record_of(intake, "INC-1001").id)
    reopened = [entry.at for entry in history if type(entry.event).__name__ == "Reopened"]
    assert reopened == [minute(12)]


def test_one_that_goes_on_much_later_is_a_new_incident_from_when_that_is_told(intake: Intake) -> None:
    hear(intake, 1, firing())
    hear(intake, 7, resolved(6))
    assert outcomes(hear(intake, 37, firing())) == [ReportOutcome.OPENED]
    assert every(intake)[1] == ("INC-1002", "open", minute(37), None)
    assert outcomes(hear(intake, 40, firing())) == [ReportOutcome.NOTHING_NEW]
    hear(intake, 50, resolved(49))
    assert [state for _, state, _, _ in every(intake)] == ["resolved", "resolved"]
    assert every(intake)[1][3] == minute(49)
    hear(intake, 120, firing())
    assert [opened for _, _, opened, _ in every(intake)] == [NOON, minute(37), minute(120)]


@pytest.mark.sqlite_only
def test_an_end_that_is_told_again_after_it_went_on_counts_when_it_is_told(intake: Intake) -> None:
    for at, alert in ((1, firing()), (7, resolved(6)), (12, firing())):
        hear(intake, at, alert)
    hear(intake, 20, resolved(6))
    assert every(intake) == [("INC-1001", "resolved", NOON, minute(20))]


@pytest.mark.parametrize("again", [firing(), firing(3)], ids=["the same", "moved on"])
@pytest.mark.sqlite_only
def test_true_repetitions_change_nothing_and_cost_no_message(intake: Intake, again: dict[str, Any]) -> None:
    hear(intake, 1, firing())
    before, said = told_facts(intake, record_of(intake, "INC-1001")), messages(intake)
    for at in (5, 10, 240):
        assert outcomes(hear(intake, at, again)) == [ReportOutcome.NOTHING_NEW]
    assert told_facts(intake, record_of(intake, "INC-1001")) == before
    assert messages(intake) == said
    hear(intake, 241, resolved(240))
    facts = told_facts(intake, record_of(intake, "INC-1001"))
    for at in (242, 250):
        assert outcomes(hear(intake, at, resolved(240))) == [ReportOutcome.NOTHING_NEW]
    assert told_facts(intake, record_of(intake, "INC-1001")) == facts


@pytest.mark.sqlite_only
def test_an_alert_that_turns_out_to_fire_for_longer_was_opened_then_and_nobody_is_told_anew(intake: Intake) -> None:
    hear(intake, 1, firing())
    said = messages(intake)
    assert outcomes(hear(intake, 5, firing(-2))) == [ReportOutcome.RECORDED]
    assert outcomes(hear(intake, 6, firing(-2))) == [ReportOutcome.NOTHING_NEW]
    assert every(intake) == [("INC-1001", "open", minute(-2), None)]
    assert messages(intake) == said
    assert Audit(intake.unit_of_work.database).run(now=minute(6)).findings == []


@pytest.mark.sqlite_only
@pytest.mark.parametrize("order", tuple(permutations(range(4))), ids=lambda order: "".join(map(str, order)))
def test_two_firings_within_the_window_are_one_incident_in_any_order(intake: Intake, order: tuple[int, ...]) -> None:
    story = (firing(0), resolved(5), firing(10), resolved(15, started=10))
    for at, number in enumerate(order, start=20):
        hear(intake, at, story[number])
    assert every(intake) == [("INC-1001", "resolved", NOON, minute(15))]
    with intake.unit_of_work.database.reading() as session:
        history = in_order(events.history(session, record_of(intake, "INC-1001").id))
    facts = [(type(entry.event).__name__, entry.at) for entry in history]
    assert [fact for fact in facts if fact[0] in ("Resolved", "Reopened")] == [
        ("Resolved", minute(5)),
        ("Reopened", minute(10)),
        ("Resolved", minute(15)),
    ]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("order", tuple(permutations(range(4))), ids=lambda order: "".join(map(str, order)))
def test_so_are_they_two_incidents_beyond_it(intake: Intake, order: tuple[int, ...]) -> None:
    story = (firing(0), resolved(5), firing(50), resolved(55, started=50))
    for at, number in enumerate(order, start=60):
        hear(intake, at, story[number])
    assert sorted(opened for _, _, opened, _ in every(intake)) == [NOON, minute(50)]
    assert sorted(ended for _, _, _, ended in every(intake) if ended) == [minute(5), minute(55)]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("order", tuple(permutations(range(4))), ids=lambda order: "".join(map(str, order)))
def test_one_that_begins_as_another_ends_fires_on_in_any_order(intake: Intake, order: tuple[int, ...]) -> None:
    story = (firing(5), resolved(1), firing(3), resolved(5, started=3))
    for at, number in enumerate(order, start=20):
        hear(intake, at, story[number])
    assert every(intake) == [("INC-1001", "open", NOON, None)]


def turns_of(intake: Intake, key: str) -> list[tuple[str, datetime]]:
    """When it was resolved and reopened, as the rules read it."""
    with intake.unit_of_work.database.reading() as session:
        history = in_order(events.history(session, record_of(intake, key).id))
    turns = [(type(entry.event).__name__, entry.at) for entry in history]
    return [turn for turn in turns if turn[0] in ("Resolved", "Reopened")]


@pytest.mark.sqlite_only
def test_an_end_at_the_very_start_stays_an_end_when_an_earlier_firing_is_told(intake: Intake) -> None:
    hear(intake, 30, resolved(20, started=20))
    hear(intake, 31, resolved(5, started=0))
    assert every(intake) == [("INC-1001", "resolved", NOON, minute(20))]
    hear(intake, 32, resolved(3, started=-10))
    assert every(intake) == [("INC-1001", "resolved", minute(-10), minute(20))]


@pytest.mark.sqlite_only
def test_an_end_at_the_very_start_told_after_other_firings_stays_one(intake: Intake) -> None:
    for at, alert in ((1, firing(0)), (11, resolved(10)), (21, resolved(20, started=20))):
        hear(intake, at, alert)
    hear(intake, 30, resolved(5, started=-5))
    assert every(intake) == [("INC-1001", "resolved", minute(-5), minute(20))]


AT_ONE_INSTANT = (resolved(20), firing(20), resolved(20, started=20), firing(0), resolved(5, started=-5))


@pytest.mark.sqlite_only
@pytest.mark.parametrize("order", tuple(permutations(range(4))), ids=lambda order: "".join(map(str, order)))
def test_one_that_ends_as_it_begins_and_as_another_ends_is_over_in_any_order(
    intake: Intake, order: tuple[int, ...]
) -> None:
    for at, number in enumerate((*order, 4), start=30):
        hear(intake, at, AT_ONE_INSTANT[number])
    assert every(intake) == [("INC-1001", "resolved", minute(-5), minute(20))]


@pytest.mark.sqlite_only
def test_so_it_is_when_it_is_placed_by_a_person(intake: Intake) -> None:
    for at, alert in ((1, firing(0, customer="Akme")), (21, resolved(20, customer="Akme"))):
        hear(intake, at, alert)
    hear(intake, 30, resolved(20, started=20, customer="Akme"))
    intake.triage.place(1, customer="Acme Dental", by=DANA, now=minute(40))
    assert every(intake) == [("INC-1001", "resolved", NOON, minute(20))]
    assert turns_of(intake, "INC-1001") == [
        ("Resolved", minute(20)),
        ("Reopened", minute(20)),
        ("Resolved", minute(20)),
    ]


@pytest.mark.sqlite_only
def test_so_it_is_when_its_end_is_worked_on_late(intake: Intake) -> None:
    story = ((1, firing(0)), (21, resolved(20)), (30, resolved(20, started=20)), (31, firing(20)))
    for number, (at, alert) in enumerate(story):
        with intake.unit_of_work.database.transaction() as session:
            inbox.take(
                session,
                inbox_id=f"alertmanager:{number}",
                source="alertmanager",
                payload=group(alert),
                received_at=minute(at),
                arrived_at=minute(at),
            )
    for number in (0, 1, 3, 2):
        assert intake.finish(f"alertmanager:{number}", now=minute(40)) is not None
    assert every(intake) == [("INC-1001", "resolved", NOON, minute(20))]


@pytest.mark.sqlite_only
def test_an_end_counts_also_where_its_start_lies_before_the_agreement(intake: Intake) -> None:
    before = -40 * 24 * 60
    hear(intake, 1, firing(0))
    assert outcomes(hear(intake, 10, resolved(9, started=before))) == [ReportOutcome.RECORDED]
    assert every(intake) == [("INC-1001", "resolved", NOON, minute(9))]
    assert waiting(intake) == []
    assert outcomes(hear(intake, 12, resolved(9))) == [ReportOutcome.NOTHING_NEW]
    assert every(intake) == [("INC-1001", "resolved", NOON, minute(9))]


@pytest.mark.sqlite_only
def test_an_alert_that_flaps_costs_no_more_once_its_oldest_words_are_dropped(intake: Intake) -> None:
    costs = []
    for number in range(WORDS_KEPT // 2 + 3):
        began = 20 * number
        with counted(intake.unit_of_work.database) as statements:
            hear(intake, began + 1, firing(began))
            hear(intake, began + 6, resolved(began + 5, started=began))
        costs.append(len(statements))
    assert max(costs[-3:]) <= 1.5 * costs[1], costs


@pytest.mark.sqlite_only
def test_an_incident_found_between_two_gets_none_of_the_facts_of_the_later_one(intake: Intake) -> None:
    story = (firing(0), resolved(192, started=191), firing(192), resolved(131, started=121), resolved(90))
    for at, alert in enumerate(story, start=200):
        hear(intake, at, alert)
    assert sorted((opened, ended) for _, _, opened, ended in every(intake) if ended) == [
        (NOON, minute(90)),
        (minute(121), minute(131)),
    ]
    assert [opened for _, state, opened, _ in every(intake) if state == "open"] == [minute(191)]


@pytest.mark.sqlite_only
def test_what_was_done_on_it_goes_along_where_an_end_told_late_makes_it_two(intake: Intake) -> None:
    hear(intake, 1, firing())
    hear(intake, 51, firing(50))
    Incidents(intake.unit_of_work).take("INC-1001", by="U0TESS", now=minute(52))
    hear(intake, 60, resolved(5))
    assert [state for _, state, _, _ in every(intake)] == ["resolved", "open"]
    assert [record_of(intake, key).assignee for key, *_ in every(intake)] == [None, "U0TESS"]


@pytest.mark.sqlite_only
def test_two_incidents_that_people_know_stay_two(intake: Intake) -> None:
    for at, alert in enumerate((firing(0), resolved(5), firing(60)), start=61):
        hear(intake, at, alert)
    hear(intake, 70, resolved(35, started=30))
    assert every(intake) == [
        ("INC-1001", "resolved", NOON, minute(35)),
        ("INC-1002", "open", minute(60), None),
    ]


@pytest.mark.sqlite_only
def test_what_a_person_reopened_ends_when_its_end_is_told_again(intake: Intake) -> None:
    hear(intake, 1, firing())
    hear(intake, 7, resolved(6))
    Incidents(intake.unit_of_work).reopen("INC-1001", text="", by="U0TESS", now=minute(10))
    hear(intake, 20, resolved(6))
    assert every(intake) == [("INC-1001", "resolved", NOON, minute(20))]


@pytest.mark.sqlite_only
def test_what_a_person_resolved_stays_so_while_the_alert_only_repeats(intake: Intake) -> None:
    hear(intake, 1, firing())
    Incidents(intake.unit_of_work).resolve("INC-1001", text="replaced", by="U0TESS", now=minute(10))
    assert outcomes(hear(intake, 15, firing())) == [ReportOutcome.NOTHING_NEW]
    assert every(intake)[0][1] == "resolved"
    assert outcomes(hear(intake, 20, firing(18))) == [ReportOutcome.RECORDED]
    assert every(intake)[0][1] == "open"


@pytest.mark.sqlite_only
def test_notifications_that_are_worked_on_late_mean_what_they_would_have_meant_in_time(intake: Intake) -> None:
    """Each is kept when it comes in, and worked on in any order, as after an outage of the database."""
    for name, order in enumerate(permutations(range(4))):
        named: Payload = {"fingerprint": f"f{name:02}"}
        story = ((1, firing(**named)), (7, resolved(6, **named)), (12, firing(**named)), (20, resolved(19, **named)))
        for number, (at, alert) in enumerate(story):
            with intake.unit_of_work.database.transaction() as session:
                inbox.take(
                    session,
                    inbox_id=f"alertmanager:{name}:{number}",
                    source="alertmanager",
                    payload=group(alert),
                    received_at=minute(at),
                    arrived_at=minute(at),
                )
        for number in order:
            assert intake.finish(f"alertmanager:{name}:{number}", now=minute(25)) is not None
        assert every(intake)[name:] == [(f"INC-{1001 + name}", "resolved", NOON, minute(19))], order


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "order", [(0, 1, 2), (0, 2, 1), (1, 0, 2)], ids=["in order", "its end last", "its start second"]
)
def test_a_firing_that_began_after_an_end_heard_later_is_another_one(intake: Intake, order: tuple[int, ...]) -> None:
    story = (firing(0), resolved(5), firing(10))
    for at, number in enumerate(order, start=12):
        hear(intake, at, story[number])
    assert every(intake) == [("INC-1001", "open", NOON, None)]
    with intake.unit_of_work.database.reading() as session:
        history = events.history(session, record_of(intake, "INC-1001").id)
    told = [(type(entry.event).__name__, entry.at) for entry in history]
    assert [fact for fact in told if fact[0] in ("Resolved", "Reopened")] == [
        ("Resolved", minute(5)),
        ("Reopened", minute(10)),
    ]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1)], ids=["in order", "its end last"])
def test_so_it_is_a_new_incident_where_it_began_much_later(intake: Intake, order: tuple[int, ...]) -> None:
    story = (firing(0), resolved(5), firing(50))
    for at, number in enumerate(order, start=60):
        hear(intake, at, story[number])
    assert every(intake) == [
        ("INC-1001", "resolved", NOON, minute(5)),
        ("INC-1002", "open", minute(50), None),
    ]


@pytest.mark.sqlite_only
def test_an_incident_from_before_words_were_remembered_is_gone_on_with(intake: Intake) -> None:
    hear(intake, 1, firing())
    hear(intake, 7, resolved(6))
    with intake.unit_of_work.database.transaction() as session:
        session.query(Inbox).filter(Inbox.state == "held").update({"payload": {}})
    hear(intake, 12, firing())
    assert every(intake) == [("INC-1001", "open", NOON, None)]


# ---------------------------------------------------------------------- one by one


def test_the_good_alerts_of_a_group_are_taken_and_the_odd_ones_wait_with_their_reason(intake: Intake) -> None:
    taken = hear(
        intake,
        1,
        firing(fingerprint="a1"),
        firing(6, fingerprint="b2"),
        firing(fingerprint="c3", status="maybe"),
        firing(fingerprint="d4", startsAt=None),
        "not even an object",
        firing(2, fingerprint="e5"),
    )
    waits = ReportOutcome.TRIAGE
    assert outcomes(taken) == [ReportOutcome.OPENED, waits, waits, waits, waits, ReportOutcome.OPENED]
    assert [opened for _, _, opened, _ in every(intake)] == [NOON, minute(1)]
    assert [each.reason for each in intake.triage.waiting_for_triage()] == [
        "it begins 5 minutes from now: look at the sender's clock",
        "alerts[2].status must be firing or resolved, not 'maybe'",
        "alerts[3].startsAt is missing",
        "alerts[4] must be a JSON object, not 'not even an object'",
    ]
    assert intake.triage.place(2, customer="Acme Dental", by=DANA, now=minute(9)).opened_at == minute(1)
    assert intake.triage.place(1, customer="Acme Dental", by=DANA, now=minute(9)).opened_at == minute(1)


@pytest.mark.sqlite_only
def test_an_alert_that_ended_in_the_future_ends_now_and_spoils_nothing(intake: Intake) -> None:
    hear(intake, 1, firing(fingerprint="x1"))
    taken = hear(intake, 3, firing(fingerprint="x2"), resolved(99, fingerprint="x1"))
    assert outcomes(taken) == [ReportOutcome.OPENED, ReportOutcome.RECORDED]
    assert every(intake)[0][3] == minute(3)


class Failing:
    """`take` of one alert fails in some way; of all others it goes on."""

    def __init__(self, intake: Intake, series: str, error: Exception) -> None:
        self.take = intake._take
        self.series, self.error, self.is_broken = series, error, True

    def __call__(self, session: Any, report: Any, delivery: Delivery, *, now: datetime) -> Taken:
        taken = self.take(session, report, delivery, now=now)
        if report.series == self.series and self.is_broken:
            raise self.error
        return taken


@pytest.mark.parametrize(
    "error",
    [PayloadInvalid("x", "a refusal"), KeyError("until"), IntegrityError("INSERT", {}, Exception("twice"))],
    ids=["a refusal", "a bug", "the database"],
)
def test_one_alert_that_fails_undoes_itself_and_the_others_are_taken(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    failing = Failing(intake, "b2", error)
    monkeypatch.setattr(intake, "_take", failing)
    taken = hear(intake, 1, firing(fingerprint="a1"), firing(fingerprint="b2"), firing(fingerprint="c3"))
    assert outcomes(taken) == [ReportOutcome.OPENED, ReportOutcome.LATER, ReportOutcome.OPENED]
    assert len(every(intake)) == 2
    said = messages(intake)
    failing.is_broken = False
    monkeypatch.setattr(intake.unit_of_work, "real_clock", lambda: NOON + timedelta(minutes=2))
    assert intake.catch_up(now=minute(3)) == 1
    assert len(every(intake)) == 3
    assert messages(intake) == said
    with intake.unit_of_work.database.reading() as session:
        assert session.query(Inbox).filter(Inbox.state == InboxState.DONE.value).count() == 1


# ---------------------------------------------------------------------- waiting for a person


def waiting(intake: Intake) -> list[str]:
    return [each.title for each in intake.triage.waiting_for_triage()]


@pytest.mark.sqlite_only
def test_an_alert_that_waits_is_one_row_however_its_start_moves(intake: Intake) -> None:
    for at, started in ((1, 0), (6, 5), (11, 10), (240, 10)):
        assert outcomes(hear(intake, at, firing(started, customer="Akme"))) == [ReportOutcome.TRIAGE]
    assert waiting(intake) == ["DiskFull"]


@pytest.mark.sqlite_only
def test_it_is_placed_once_with_its_true_start_and_with_its_end(intake: Intake) -> None:
    for at, alert in (
        (1, firing(customer="Akme")),
        (6, firing(5, customer="Akme")),
        (20, resolved(19, customer="Akme")),
    ):
        hear(intake, at, alert)
    assert waiting(intake) == []
    record = intake.triage.place(1, customer="Acme Dental", by=DANA, now=minute(60))
    assert every(intake) == [("INC-1001", "resolved", NOON, minute(19))]
    assert record.key == "INC-1001"
    with pytest.raises(UnknownTriage):
        intake.triage.place(1, customer="Acme Dental", by=DANA, now=minute(61))


@pytest.mark.both_databases
def test_all_that_it_said_while_it_waited_is_recorded_when_it_is_placed(intake: Intake) -> None:
    akme: Payload = {"customer": "Akme"}
    for at, alert in ((1, firing(**akme)), (7, resolved(6, **akme)), (12, firing(**akme)), (60, resolved(59, **akme))):
        hear(intake, at, alert)
    hear(intake, 120, firing(119, **akme))
    assert waiting(intake) == ["DiskFull"]
    newest = intake.triage.place(1, customer="Acme Dental", by=DANA, now=minute(130))
    assert every(intake) == [
        ("INC-1001", "resolved", NOON, minute(59)),
        ("INC-1002", "open", minute(119), None),
    ]
    assert newest.key == "INC-1002"
    hear(intake, 140, resolved(139, started=119, **akme))
    assert every(intake)[1][1] == "resolved"


@pytest.mark.sqlite_only
def test_what_waited_is_opened_with_its_true_start_once_its_customer_has_an_agreement(intake: Intake) -> None:
    hear(intake, 1, firing(customer="Beta Logistics"))
    file = ROOT / "examples" / "agreements" / "beta-logistics.yaml"
    agreement_files.apply(intake.unit_of_work.database, [file], by="test", now=NOON - timedelta(days=1))
    assert outcomes(hear(intake, 30, firing(5, customer="Beta Logistics"))) == [ReportOutcome.OPENED]
    assert every(intake) == [("INC-1001", "open", NOON, None)]
    assert waiting(intake) == []


@pytest.mark.both_databases
def test_one_that_ends_leaves_the_list_and_asks_again_when_it_fires_again(intake: Intake) -> None:
    akme: Payload = {"customer": "Akme"}
    hear(intake, 1, firing(**akme))
    hear(intake, 7, resolved(6, **akme))
    assert waiting(intake) == []
    hear(intake, 12, firing(**akme))
    assert waiting(intake) == ["DiskFull"]
    hear(intake, 20, resolved(19, **akme))
    hear(intake, 90, firing(89, **akme))
    assert waiting(intake) == ["DiskFull"]


@pytest.mark.sqlite_only
def test_what_was_put_aside_stays_aside_and_can_still_be_placed(intake: Intake) -> None:
    akme: Payload = {"customer": "Akme"}
    hear(intake, 1, firing(**akme))
    intake.triage.put_aside(1, by=DANA, now=minute(2))
    for at, alert in ((5, firing(**akme)), (9, resolved(8, **akme)), (15, firing(**akme)), (200, firing(199, **akme))):
        assert outcomes(hear(intake, at, alert)) == [ReportOutcome.ASIDE]
    assert waiting(intake) == []
    assert intake.triage.place(1, customer="Acme Dental", by=DANA, now=minute(201)).is_open


@pytest.mark.sqlite_only
def test_an_unreadable_word_about_an_open_alert_changes_nothing(intake: Intake) -> None:
    hear(intake, 1, firing())
    assert outcomes(hear(intake, 5, firing(startsAt=None))) == [ReportOutcome.NOTHING_NEW]
    hear(intake, 7, resolved(6))
    assert outcomes(hear(intake, 9, firing(startsAt=None))) == [ReportOutcome.TRIAGE]
    assert intake.triage.place(1, customer="Acme Dental", by=DANA, now=minute(10)).opened_at == minute(9)
    assert every(intake)[0] == ("INC-1001", "resolved", NOON, minute(6))


@pytest.mark.sqlite_only
def test_an_unreadable_word_asks_for_nobody_once_the_alert_is_on_record(intake: Intake) -> None:
    hear(intake, 1, firing(startsAt=None))
    assert waiting(intake) == ["DiskFull"]
    assert outcomes(hear(intake, 2, firing())) == [ReportOutcome.OPENED]
    assert waiting(intake) == []
    hear(intake, 7, resolved(6))
    hear(intake, 9, firing(startsAt=None))
    assert waiting(intake) == ["DiskFull"]
    assert outcomes(hear(intake, 12, firing())) == [ReportOutcome.RECORDED]
    assert waiting(intake) == []
    assert every(intake) == [("INC-1001", "open", NOON, None)]


@pytest.mark.sqlite_only
def test_a_row_that_waits_for_an_opening_cannot_be_placed(intake: Intake) -> None:
    early = {"event": "agent_replied", "id": "d1", "external_id": "T-1", "at": NOON.isoformat()}
    intake.receive("webhook", "d1", early, now=minute(1))
    with pytest.raises(UnknownTriage):
        intake.triage.place(1, customer="Acme Dental", by=DANA, now=minute(2))


# ---------------------------------------------------------------------- too many at once


@pytest.fixture
def reception(intake: Intake) -> Reception:
    return Reception(intake, secrets=[], bearer_tokens=["alertmanager:own"])


BEARER = {"Authorization": "Bearer own"}


@pytest.mark.sqlite_only
def test_alerts_that_were_left_out_are_told_once(intake: Intake, reception: Reception) -> None:
    for at in (1, 6, 11):
        body = json.dumps(group(firing(), truncatedAlerts=37)).encode()
        reception.accept("alertmanager", BEARER, body, now=minute(at), real_now=minute(at))
    (line,) = lines(intake, "left_out")
    assert line.facts == {"source": "alertmanager", "alerts": "37", "group": "g"}
    assert len(every(intake)) == 1


@pytest.mark.parametrize("is_read", [True, False], ids=["read", "too large to be read"])
@pytest.mark.sqlite_only
def test_a_group_that_is_too_large_is_told_once_and_its_beginning_kept(
    intake: Intake, reception: Reception, *, is_read: bool
) -> None:
    for at in (1, 6):
        if is_read:
            body = b'{"version": "4"' + b" " * MAX_BODY_BYTES
            with pytest.raises(PayloadTooLarge):
                reception.accept("alertmanager", BEARER, body, now=minute(at), real_now=minute(at))
        else:
            refusal = reception.accept_unread("alertmanager", BEARER, now=minute(at), real_now=minute(at))
            assert isinstance(refusal, PayloadTooLarge)
    (line,) = lines(intake, "too_large")
    assert line.facts == {"source": "alertmanager", "kilobytes": "256"}
    with intake.unit_of_work.database.reading() as session:
        (row,) = session.query(Inbox).filter(Inbox.state == "refused").all()
        assert row.payload["body"].startswith('{"version": "4"') is is_read


@pytest.mark.sqlite_only
def test_a_stranger_who_sends_too_much_is_not_spoken_of(intake: Intake, reception: Reception) -> None:
    reception.accept_unread("alertmanager", {"Authorization": "Bearer no"}, now=NOON, real_now=NOON)
    assert messages(intake) == 0
    with intake.unit_of_work.database.reading() as session:
        assert session.query(Inbox).count() == 0


@pytest.mark.sqlite_only
def test_grafana_opens_and_resolves_as_alertmanager_does(intake: Intake, reception: Reception) -> None:
    told = json.loads((ROOT / "tests" / "data" / "intake" / "grafana.json").read_text())
    at = datetime(2026, 2, 2, 20, 11, tzinfo=UTC)
    reception.accept("alertmanager", BEARER, json.dumps(told).encode(), now=at, real_now=at)
    ended = told["alerts"][0] | {"status": "resolved", "endsAt": "2026-02-02T15:30:00-05:00"}
    later = at + timedelta(minutes=20)
    body = json.dumps(told | {"alerts": [ended], "state": "ok"}).encode()
    reception.accept("alertmanager", BEARER, body, now=later, real_now=later)
    (record,) = every(intake)
    assert record[1:] == (
        "resolved",
        datetime(2026, 2, 2, 20, 10, 0, 500_000, tzinfo=UTC),
        datetime(2026, 2, 2, 20, 30, tzinfo=UTC),
    )
    assert record_of(intake, record[0]).priority is Priority.P3


@pytest.mark.sqlite_only
def test_an_alert_that_nobody_can_reach_in_time_opens_all_the_same(database: Database, tmp_path: Path) -> None:
    """The agreement's calendar ends the next morning, three open hours from now; P2 is promised eight."""
    intake = intake_for(database, "acme-dental")
    file = tmp_path / "ends.yaml"
    file.write_text(
        "customer: Ends Soon\neffective: 2026-01-01\n"
        "calendar: {timezone: America/New_York, hours: {mon-fri: closed}, business_day: 8h,\n"
        '  overrides: {2026-02-02: "09:00-17:00", 2026-02-03: "09:00-10:00"}}\n'
        "targets:\n  P2: {first_response: 1h, resolution: 8h}\n"
    )
    agreement_files.apply(database, [file], by="test", now=NOON - timedelta(days=1))
    late = minute(180)
    told = {"event": "opened", "id": "d1", "external_id": "T-1", "at": late.isoformat(), "customer": "Ends Soon"}
    receipt = intake.receive("webhook", "d1", told | {"title": "Late", "priority": "P2"}, now=late)
    assert outcomes(receipt.taken) == [ReportOutcome.OPENED]
    (line,) = lines(intake, "never_due")
    assert (line.incident_key, line.facts["metrics"]) == ("INC-1001", "Fix")
    request = OpenRequest(customer="Ends Soon", title="By hand", priority=Priority.P2)
    assert Incidents(intake.unit_of_work).open(request, by="U0TOM", now=late).key == "INC-1002"
