"""Claims, fences, slots and counts on a real database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select, text, update

from sla_engine.delivery.claims import claim_next
from sla_engine.delivery.dead_letters import (
    dead_letters,
    drop,
    oldest_waiting,
    open_counts,
    redrive,
    redrive_oldest,
    redrive_where,
    refusals,
    try_again,
)
from sla_engine.delivery.delivery_outcomes import finish
from sla_engine.delivery.rate_limits import add_missing, next_times, take_probe
from sla_engine.delivery.records import (
    Claim,
    DeliveryOutcome,
    DeliveryRules,
    DeliveryState,
    Failed,
    NotSent,
    RateLimited,
    Refused,
    Sent,
    Unanswered,
)
from sla_engine.domain.agreements.routes import NO_ROUTES
from sla_engine.domain.upkeep.errors import UnknownMessage
from sla_engine.notifications.notices import LineMessage
from sla_engine.storage.database import WORKER_WAIT_SECONDS, Database
from sla_engine.storage.errors import StorageBusy
from sla_engine.storage.outbox import NewMessage, edit, enqueue
from sla_engine.storage.tables.delivery import Outbox, Slot

pytestmark = pytest.mark.both_databases

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
RULES = DeliveryRules(burst_size=10_000)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


@pytest.fixture
def outbox(database_url: str) -> Iterator[Database]:
    """A database with an empty outbox."""
    opened = Database(database_url, wait_seconds=WORKER_WAIT_SECONDS)
    yield opened
    opened.close()


def tell(outbox: Database, *keys: str, destination: str = "C1") -> None:
    with outbox.transaction() as session:
        for key in keys:
            line = LineMessage(incident_key=None, text_key="happened", facts={})
            enqueue(session, NewMessage(key=key, destination=destination, notification=line, at=NOW))


def claim(
    outbox: Database,
    *,
    now: datetime = NOW,
    token: str = "mine",  # noqa: S107
    rules: DeliveryRules = RULES,
) -> Claim | None:
    with outbox.transaction() as session:
        add_missing(session, now=NOW)
    with outbox.transaction() as session:
        return claim_next(session, token=token, rules=rules, now=now)


def claimed(outbox: Database, *, now: datetime = NOW, token: str = "mine") -> Claim:  # noqa: S107
    found = claim(outbox, now=now, token=token)
    assert found is not None
    return found


def finished(outbox: Database, given: Claim, outcome: DeliveryOutcome, *, now: datetime = NOW) -> bool:
    with outbox.transaction() as session:
        return finish(session, given, outcome, rules=RULES, routes=NO_ROUTES, now=now)


def stored(outbox: Database, key: str) -> Outbox:
    with outbox.reading() as session:
        return session.scalars(select(Outbox).where(Outbox.key == key)).one()


def test_recording_messages_answers_how_many_are_new(outbox: Database) -> None:
    words = LineMessage(incident_key=None, text_key="happened", facts={})
    first, second, third = (
        NewMessage(key=key, destination="C0DISPATCH", notification=words, at=NOW)
        for key in ("first", "second", "third")
    )
    with outbox.transaction() as session:
        assert enqueue(session, first) == 1
        assert enqueue(session, first) == 0
        assert enqueue(session, first, second, third) == 2


def test_an_edit_goes_once_to_where_its_message_was_posted(outbox: Database) -> None:
    tell(outbox, "card", destination="C0DISPATCH")
    words = LineMessage(incident_key="INC-1", text_key="happened", facts={})
    moved_since = NewMessage(key="card", destination="C0MANAGERS", notification=words, at=NOW)
    with outbox.transaction() as session:
        edit(session, moved_since, edit_name="done")
        edit(session, moved_since, edit_name="done")
    with outbox.reading() as session:
        (row,) = session.scalars(select(Outbox).where(Outbox.op == "update"))
        assert (row.key, row.message, row.destination) == ("card:done", "card", "C0DISPATCH")
        assert row.payload["incident_key"] == "INC-1"


def test_a_message_that_was_never_posted_is_not_edited(outbox: Database) -> None:
    words = LineMessage(incident_key=None, text_key="happened", facts={})
    with outbox.transaction() as session:
        edit(session, NewMessage(key="card", destination="C0DISPATCH", notification=words, at=NOW), edit_name="done")
        assert session.scalars(select(Outbox)).all() == []


def test_a_claim_is_a_lease_with_a_token(outbox: Database) -> None:
    tell(outbox, "a")
    given = claimed(outbox)
    assert (given.lease_until, given.posts, given.is_unknown) == (NOW + seconds(20), 1, False)
    assert claim(outbox, now=NOW + seconds(19)) is None


def test_a_lease_that_ran_out_leaves_a_message_of_unknown_fate(outbox: Database) -> None:
    tell(outbox, "a")
    stale = claimed(outbox, token="stale")
    later = NOW + seconds(21)
    taken_over = claimed(outbox, now=later, token="new")
    assert (taken_over.is_unknown, taken_over.posts, taken_over.first_tried_at) == (True, 2, NOW)

    assert not finished(outbox, stale, Sent("C1", "1.1"), now=later)
    assert stored(outbox, "a").state == "sending"
    assert finished(outbox, taken_over, Sent("C1", "2.2"), now=later)
    assert stored(outbox, "a").ts == "2.2"


def test_a_finish_counts_once(outbox: Database) -> None:
    tell(outbox, "a")
    given = claimed(outbox)
    assert finished(outbox, given, Sent("C1", "1.1"))
    assert not finished(outbox, given, Refused("channel_not_found"))
    assert stored(outbox, "a").state == "sent"


@pytest.mark.parametrize(
    ("outcome", "state", "posts"),
    [
        (RateLimited(seconds(1)), "pending", 0),
        (NotSent("gaierror"), "pending", 0),
        (Unanswered("http_503"), "unknown", 1),
        (Refused("is_archived"), "dead", 0),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str | int) else str(value),
)
def test_an_outcome_leads_to_a_state(outbox: Database, outcome: DeliveryOutcome, state: str, posts: int) -> None:
    tell(outbox, "a")
    finished(outbox, claimed(outbox), outcome)
    row = stored(outbox, "a")
    assert (row.state, row.posts, row.token, row.lease_until) == (state, posts, None, None)


@pytest.mark.parametrize("outcome", [RateLimited(seconds(1)), NotSent("gaierror")], ids=["429", "refused"])
def test_unknown_stays_unknown_whatever_a_later_try_says(outbox: Database, outcome: DeliveryOutcome) -> None:
    tell(outbox, "a")
    finished(outbox, claimed(outbox), Unanswered("TimeoutError"))
    again = claimed(outbox, now=NOW + seconds(4))
    finished(outbox, again, outcome, now=NOW + seconds(4))
    assert stored(outbox, "a").state == "unknown"
    assert stored(outbox, "a").first_tried_at == NOW


def test_a_channel_gives_one_claim_per_gap_and_other_channels_go_on(outbox: Database) -> None:
    tell(outbox, "a", "b", destination="C1")
    tell(outbox, "c", destination="C2")
    assert [claimed(outbox).key, claimed(outbox).key, claim(outbox)] == ["a", "c", None]
    assert claimed(outbox, now=NOW + seconds(1.02)).key == "b"


def test_a_parked_channel_stays_parked_for_every_worker(outbox: Database) -> None:
    tell(outbox, "a", "b")
    finished(outbox, claimed(outbox), RateLimited(seconds(30)))
    assert claim(outbox, now=NOW + seconds(29.9), token="other") is None
    assert claimed(outbox, now=NOW + seconds(30), token="other").key == "a"


def test_after_three_unanswered_calls_the_whole_fleet_makes_one_probe_a_second(outbox: Database) -> None:
    for number in range(8):
        tell(outbox, f"m{number}", destination=f"C{number}")
    for given in [claimed(outbox) for _ in range(3)]:
        finished(outbox, given, Unanswered("http_503"))
    assert claim(outbox, now=NOW + seconds(0.9)) is None
    probe = claimed(outbox, now=NOW + seconds(1))
    assert claim(outbox, now=NOW + seconds(1.5), token="other") is None
    finished(outbox, probe, Sent("C1", "1.1"), now=NOW + seconds(1.6))
    assert claim(outbox, now=NOW + seconds(1.6)) is not None
    assert claim(outbox, now=NOW + seconds(1.6)) is not None


def test_look_ups_have_a_budget_of_their_own(outbox: Database) -> None:
    for destination in ("C1", "C2", "C3"):
        tell(outbox, destination, destination=destination)
    for given in [claimed(outbox) for _ in range(2)]:
        finished(outbox, given, Unanswered("TimeoutError"))
    later = NOW + seconds(4)
    assert sorted(claimed(outbox, now=later).is_unknown for _ in range(2)) == [False, True]
    assert claim(outbox, now=later) is None
    assert claimed(outbox, now=later + seconds(1.25)).is_unknown


def test_workers_that_claim_at_once_never_get_the_same_message(outbox: Database) -> None:
    count, workers = 60, 4
    for number in range(count):
        tell(outbox, f"m{number}", destination=f"C{number}")
    keys: list[str] = []

    def work(name: str) -> None:
        while (given := claim(outbox, token=name)) is not None:
            keys.append(given.key)
            finished(outbox, given, Sent(None, "1.1"))

    threads = [threading.Thread(target=work, args=(f"worker {number}",)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == len(set(keys))
    while (left := claim(outbox)) is not None:  # a worker leaves when the others hold the last slots
        keys.append(left.key)
    assert len(keys) == count


def test_a_claim_that_is_rolled_back_was_none(outbox: Database) -> None:
    tell(outbox, "a")
    with pytest.raises(RuntimeError, match="died"), outbox.transaction() as session:  # noqa: PT012
        add_missing(session, now=NOW)
        assert claim_next(session, token="mine", rules=RULES, now=NOW) is not None
        raise RuntimeError("died")
    assert stored(outbox, "a").state == "pending"
    assert claimed(outbox).posts == 1


def test_a_claim_costs_the_same_among_many_sent_messages(outbox: Database) -> None:
    """The number of rows read is what must not grow; statements and plans say so without a clock."""
    rows = [
        {"key": f"old {number}", "message": f"old {number}", "op": "post", "destination": f"C{number % 50}"}
        for number in range(5000)
    ]
    common = {"kind": "line", "payload": {}, "state": "sent", "created_at": NOW, "attempts": 1, "posts": 1}
    with outbox.transaction() as session:
        session.execute(Outbox.__table__.insert(), [{**row, **common} for row in rows])  # type: ignore[attr-defined]
    tell(outbox, "new")
    with outbox.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    statements: list[str] = []
    event.listen(outbox.engine, "before_cursor_execute", lambda *facts: statements.append(facts[2]))
    assert claimed(outbox).key == "new"
    assert len(statements) <= 26
    explain = "EXPLAIN QUERY PLAN" if outbox.is_sqlite else "EXPLAIN"
    window = (
        "SELECT id FROM outbox WHERE outbox.state IN ('pending', 'unknown', 'sending') "
        "AND destination = 'C1' ORDER BY destination, id LIMIT 500"
    )
    with outbox.reading() as session:
        plan = " ".join(str(row) for row in session.execute(text(f"{explain} {window}")))
        assert "ix_outbox_waiting" in plan
        assert next_times(session) == {"C1": NOW + RULES.post_gap}


def test_counts_age_and_dead_letters_tell_how_deliveries_stand(outbox: Database) -> None:
    tell(outbox, "dead", destination="C1")
    tell(outbox, "unknown", destination="C2")
    tell(outbox, "pending", destination="C3")
    finished(outbox, claimed(outbox), Refused("is_archived"))
    finished(outbox, claimed(outbox), Unanswered("http_503"))
    with outbox.reading() as session:
        assert open_counts(session) == {
            DeliveryState.PENDING: 1,
            DeliveryState.SENDING: 0,
            DeliveryState.UNKNOWN: 1,
            DeliveryState.DEAD: 1,
        }
        assert oldest_waiting(session, now=NOW + seconds(90)) == seconds(90)
        (letter,) = dead_letters(session)
    assert (letter.kind, letter.destination, letter.error, letter.created_at) == ("line", "C1", "is_archived", NOW)


def test_only_a_dead_message_is_sent_again(outbox: Database) -> None:
    tell(outbox, "a")
    number = stored(outbox, "a").id
    with pytest.raises(UnknownMessage) as refused, outbox.transaction() as session:
        redrive(session, number)
    assert (refused.value.number, refused.value.state) == (number, "pending")
    with pytest.raises(UnknownMessage) as unheard, outbox.transaction() as session:
        redrive(session, 4711)
    assert unheard.value.state is None


def test_a_message_that_may_have_arrived_before_it_died_is_looked_for_when_sent_again(outbox: Database) -> None:
    tell(outbox, "a")
    finished(outbox, claimed(outbox), Unanswered("TimeoutError"))
    later = NOW + seconds(4)
    finished(outbox, claimed(outbox, now=later), Refused("not_in_channel"), now=later)
    with outbox.transaction() as session:
        redrive(session, stored(outbox, "a").id)
    assert claimed(outbox, now=later + seconds(2)).is_unknown


def died(outbox: Database, key: str, *, error: str, at: datetime) -> None:
    tell(outbox, key)
    finished(outbox, claimed(outbox, now=at), Refused(error), now=at)


def test_the_oldest_message_that_died_of_such_an_error_is_sent_again_alone(outbox: Database) -> None:
    for number, error in enumerate(("msg_too_long", "is_archived", "is_archived")):
        died(outbox, f"m{number}", error=error, at=NOW + seconds(2 * number))
    with outbox.reading() as session:
        assert refusals(session) == {("C1", "msg_too_long"), ("C1", "is_archived")}
    with outbox.transaction() as session:
        assert redrive_oldest(session, errors={"is_archived"}, destination="C1")
        assert not redrive_oldest(session, errors={"is_archived"}, destination="C2")
    assert [stored(outbox, f"m{number}").state for number in range(3)] == ["dead", "pending", "dead"]
    with outbox.transaction() as session:
        assert redrive_where(session, errors={"is_archived"}) == 1
    assert [stored(outbox, f"m{number}").state for number in range(3)] == ["dead", "pending", "pending"]


def test_a_dropped_message_is_never_sent_and_no_longer_counts_as_undelivered(outbox: Database) -> None:
    died(outbox, "m0", error="msg_too_long", at=NOW)
    number = stored(outbox, "m0").id
    with outbox.transaction() as session:
        drop(session, number)
        try_again(session, number)
        assert dead_letters(session) == ()
        assert open_counts(session)[DeliveryState.DEAD] == 0
    assert claim(outbox, now=NOW + seconds(60)) is None


def test_a_message_that_waits_after_a_fault_of_ours_can_be_tried_at_once(outbox: Database) -> None:
    tell(outbox, "m0")
    finished(outbox, claimed(outbox), Failed("KeyError"))
    soon = NOW + seconds(2)
    assert claim(outbox, now=soon) is None
    with outbox.transaction() as session:
        try_again(session, stored(outbox, "m0").id)
    assert claimed(outbox, now=soon).attempts == 1


def test_a_window_full_of_waiting_messages_of_one_incident_is_no_obstacle_to_the_burst(outbox: Database) -> None:
    tell(outbox, *[f"m{number}" for number in range(1200)])
    given = claim(outbox, rules=replace(RULES, burst_size=5))
    assert given is not None
    assert given.payload["count"] == 1200


@pytest.mark.sqlite_only
def test_a_writer_that_holds_the_lock_is_waited_for_and_then_reported(outbox: Database) -> None:
    tell(outbox, "a")
    hasty = Database(outbox.url, wait_seconds=0.1)
    with outbox.transaction() as session:
        session.execute(update(Slot).values(unknowns=0))
        with pytest.raises(StorageBusy):
            claim(hasty)
    assert claimed(hasty).key == "a"
    hasty.close()


@pytest.mark.postgresql_only
def test_a_claim_waits_for_no_other_worker(outbox: Database) -> None:
    tell(outbox, "a", destination="C1")
    tell(outbox, "b", destination="C2")
    with outbox.transaction() as session:
        with outbox.transaction() as other:
            add_missing(other, now=NOW)
        first = claim_next(session, token="slow", rules=RULES, now=NOW)
        assert first is not None
        assert claimed(outbox, token="quick").key == "b"
        assert claim(outbox, token="quick") is None


@pytest.mark.postgresql_only
def test_a_connection_that_is_cut_is_told_as_busy_and_the_next_claim_works(outbox: Database) -> None:
    tell(outbox, "a")
    with pytest.raises(StorageBusy), outbox.transaction() as session:  # noqa: PT012
        cut = session.scalar(text("SELECT pg_backend_pid()"))
        with outbox.transaction() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": cut})
        claim_next(session, token="cut", rules=RULES, now=NOW)
    assert claimed(outbox).key == "a"


def test_only_one_worker_at_a_time_gets_the_probe(outbox: Database) -> None:
    with outbox.transaction() as session:
        session.add(Slot(destination="*breaker", next_at=NOW, unknowns=3))
    with outbox.transaction() as session:
        assert take_probe(session, gap=seconds(1), now=NOW)
    with outbox.transaction() as session:
        assert not take_probe(session, gap=seconds(1), now=NOW + seconds(0.5))
