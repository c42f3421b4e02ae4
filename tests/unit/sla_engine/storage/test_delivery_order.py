"""Which of a channel's waiting messages may go: the walk, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_engine.delivery.order import Plan, Posted, WaitingMessage, plan
from sla_engine.delivery.records import BURST_KIND, UNDELIVERABLE_KIND, DeliveryOp, DeliveryState
from sla_engine.notifications.kinds import KINDS

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SOON = NOW + timedelta(seconds=1)


def waiting(number: int, **changed: Any) -> WaitingMessage:
    facts: dict[str, Any] = {
        "id": number,
        "message": f"m{number}",
        "op": DeliveryOp.POST,
        "kind": "line",
        "state": DeliveryState.PENDING,
        "thread_of": None,
        "incident_id": None,
        "not_before": None,
        "lease_until": None,
        "token": None,
        "posts": 0,
    }
    return WaitingMessage(**{**facts, **changed})


def unknown(number: int, **changed: Any) -> WaitingMessage:
    return waiting(number, state=DeliveryState.UNKNOWN, posts=1, **changed)


def edit(number: int, message: str, **changed: Any) -> WaitingMessage:
    return waiting(number, op=DeliveryOp.UPDATE, message=message, **changed)


def posted(state: DeliveryState = DeliveryState.SENT, *, ts: str | None = "1.1", ts_is_sought: bool = False) -> Posted:
    return Posted(id=1, state=state, channel_id="C1", ts=ts, ts_is_sought=ts_is_sought)


def ready(found: Plan) -> list[int]:
    return [row.id for row in found.ready]


def test_messages_without_an_incident_go_in_order() -> None:
    assert ready(plan([waiting(1), waiting(2)], {}, now=NOW)) == [1, 2]


@pytest.mark.parametrize(
    "first",
    [
        unknown(1, incident_id=7, not_before=SOON),
        waiting(1, incident_id=7, not_before=SOON),
        waiting(1, incident_id=7, state=DeliveryState.SENDING, posts=1, lease_until=SOON),
    ],
    ids=["unknown", "backing off", "being sent"],
)
def test_what_waits_holds_back_its_incident_and_no_other(first: WaitingMessage) -> None:
    rows = [first, waiting(2, incident_id=7), waiting(3, incident_id=8), waiting(4)]
    assert ready(plan(rows, {}, now=NOW)) == [3, 4]


def test_a_lease_that_ran_out_may_be_taken_over() -> None:
    row = waiting(1, state=DeliveryState.SENDING, posts=1, lease_until=NOW)
    found = plan([row], {}, now=NOW)
    assert ready(found) == [1]
    assert row.is_unknown


def test_what_may_be_unknown_is_tried_before_the_rest_of_its_incident() -> None:
    rows = [unknown(1, incident_id=7), waiting(2, incident_id=7)]
    assert ready(plan(rows, {}, now=NOW)) == [1]


@pytest.mark.parametrize(
    ("post", "outcome"),
    [
        (posted(), "ready"),
        (posted(DeliveryState.PENDING, ts=None), "waits"),
        (posted(DeliveryState.UNKNOWN, ts=None), "waits"),
        (posted(ts=None, ts_is_sought=True), "waits"),
        (posted(ts=None), "moot"),
        (posted(DeliveryState.DEAD, ts=None), "moot"),
        (posted(DeliveryState.COLLAPSED, ts=None), "moot"),
        (None, "moot"),
    ],
)
@pytest.mark.parametrize("row", [edit(5, "root"), waiting(5, thread_of="root")], ids=["edit", "reply"])
def test_an_edit_or_reply_depends_on_its_message(row: WaitingMessage, post: Posted | None, outcome: str) -> None:
    found = plan([row], {} if post is None else {"root": post}, now=NOW)
    assert {"ready": ready(found), "moot": [each.id for each in found.moot]}.get(outcome, [5]) == [5]
    assert len(found.ready) + len(found.moot) == (0 if outcome == "waits" else 1)


def test_only_the_newest_edit_is_left() -> None:
    found = plan([edit(1, "root"), edit(2, "root"), edit(3, "root")], {"root": posted()}, now=NOW)
    assert ready(found) == [3]
    assert [(older.id, newer.id) for older, newer in found.superseded] == [(1, 3), (2, 3)]


def test_an_edit_in_flight_holds_back_the_next_edit_of_its_message() -> None:
    in_flight = edit(1, "root", state=DeliveryState.SENDING, lease_until=SOON, posts=1)
    assert ready(plan([in_flight, edit(2, "root")], {"root": posted()}, now=NOW)) == []


@pytest.mark.parametrize("kind", sorted({*KINDS, BURST_KIND, UNDELIVERABLE_KIND} - {"line"}))
def test_what_asks_for_something_is_never_collapsed(kind: str) -> None:
    assert plan([waiting(1, kind=kind), waiting(2)], {}, now=NOW).fresh == [waiting(2)]


def test_several_new_messages_of_one_incident_may_collapse_together() -> None:
    rows = [waiting(1, incident_id=7), waiting(2, incident_id=7), unknown(3, incident_id=7), waiting(4, incident_id=7)]
    assert [row.id for row in plan(rows, {}, now=NOW).fresh] == [1, 2]


@given(
    st.lists(
        st.builds(
            dict,
            incident_id=st.sampled_from([None, 1, 2, 3]),
            posts=st.sampled_from([0, 1]),
            not_before=st.sampled_from([None, SOON]),
        ),
        max_size=20,
    )
)
def test_the_first_ready_message_never_overtakes_one_of_its_incident(facts: list[dict[str, Any]]) -> None:
    rows = [waiting(number, **each) for number, each in enumerate(facts)]
    found = plan(rows, {}, now=NOW)
    if found.ready:
        first = found.ready[0]
        earlier = [row for row in rows if row.id < first.id and row.incident_id == first.incident_id]
        assert first.incident_id is None or earlier == []


def deletion(number: int, message: str, **changed: Any) -> WaitingMessage:
    return waiting(number, op=DeliveryOp.DELETE, message=message, **{"successor": "new", **changed})


@pytest.mark.parametrize(
    ("successor", "goes"),
    [
        (DeliveryState.PENDING, False),
        (DeliveryState.SENDING, False),
        (DeliveryState.UNKNOWN, False),
        (DeliveryState.SENT, True),
        (DeliveryState.DEAD, True),
        (DeliveryState.COLLAPSED, True),
    ],
)
def test_a_deletion_waits_while_its_successor_may_still_be_posted(successor: DeliveryState, *, goes: bool) -> None:
    posts = {"old": posted(), "new": posted(successor)}
    assert ready(plan([deletion(1, "old")], posts, now=NOW)) == ([1] if goes else [])


def test_a_deletion_waits_for_its_own_post_and_is_moot_without_it() -> None:
    unposted = {"old": posted(DeliveryState.UNKNOWN), "new": posted()}
    assert plan([deletion(1, "old")], unposted, now=NOW) == Plan()
    dead = {"old": posted(DeliveryState.DEAD), "new": posted()}
    assert [row.id for row in plan([deletion(1, "old")], dead, now=NOW).moot] == [1]


def test_a_deletion_that_waits_holds_back_nothing_of_its_incident() -> None:
    rows = [deletion(1, "old", incident_id=7), waiting(2, message="new", incident_id=7), waiting(3, incident_id=7)]
    posts = {"old": posted(), "new": posted(DeliveryState.PENDING)}
    assert ready(plan(rows, posts, now=NOW)) == [2, 3]


@pytest.mark.parametrize("late", [edit(4, "old"), deletion(4, "old", successor="newest")])
def test_a_deletion_supersedes_edits_and_earlier_deletions(late: WaitingMessage) -> None:
    rows = [edit(1, "old"), edit(2, "old"), deletion(3, "old"), late]
    found = plan(rows, {"old": posted(), "new": posted(), "newest": posted()}, now=NOW)
    last = 4 if late.op is DeliveryOp.DELETE else 3
    assert ready(found) == [last]
    assert {(older.id, newer.id) for older, newer in found.superseded} == {(n, last) for n in (1, 2, 3, 4) if n != last}


def test_a_deletion_waits_for_an_edit_that_is_on_its_way() -> None:
    carried = edit(1, "old", state=DeliveryState.SENDING, lease_until=SOON)
    assert ready(plan([carried, deletion(2, "old")], {"old": posted(), "new": posted()}, now=NOW)) == []
