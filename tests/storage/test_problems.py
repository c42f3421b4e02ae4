"""Problems as people work on them, the watch over those that were fixed, and what undoing takes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from sla_engine.domain.agreements.errors import NotAllowed, UnknownPerson
from sla_engine.domain.incidents.errors import NoneOpen, UnknownIncident
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.problems.errors import (
    LinkedBefore,
    ProblemChangedSince,
    ProblemOver,
    ProblemTaken,
    UnknownProblem,
)
from sla_engine.domain.problems.problem import ProblemState
from sla_engine.domain.text.errors import MissingArgument
from sla_engine.domain.time.errors import InThePast
from sla_engine.domain.upkeep.errors import AlreadyCarriedOut
from sla_engine.notifications.problems import ProblemRecurredMessage
from sla_engine.services.audit.audit import Audit
from sla_engine.services.incidents.bulk_acts import BulkActs
from sla_engine.services.incidents.selections import OfProblem
from sla_engine.services.incidents.undo import Undo
from sla_engine.services.problems.problem_behind import ProblemBehind
from sla_engine.services.problems.problems import PROBLEM_ROW, ProblemDetail, Problems, undo_problem_act
from sla_engine.services.problems.watch import ProblemWatch
from sla_engine.services.queries.board import Board
from sla_engine.services.unit_of_work import idempotency
from tests.note_desk import DANA, MANAGERS, MIRA, TESS, TOM, Desk, at

NINE = at("mon 09:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TITLE = "Mail gateway stuck"


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    opened = Desk(database_url)
    yield opened
    opened.close()


@pytest.fixture
def problems(desk: Desk) -> Problems:
    return Problems(desk.unit_of_work)


@pytest.fixture
def watch(desk: Desk) -> ProblemWatch:
    return ProblemWatch(desk.unit_of_work)


@pytest.fixture
def undo(desk: Desk) -> Undo:
    return Undo(desk.unit_of_work, rows={PROBLEM_ROW: undo_problem_act})


def opened(desk: Desk, problems: Problems, *, now: datetime = NINE) -> ProblemDetail:
    key = desk.open(now, title=TITLE)
    return problems.open("Mail gateway drops mails", incident_keys=[key], owner=TOM, by=TESS, now=now)


def fixed(desk: Desk, problems: Problems) -> ProblemDetail:
    return problems.fixed(opened(desk, problems).problem.key, by=MIRA, now=NINE + HOUR)


def messages(desk: Desk, *, to: str) -> list[ProblemRecurredMessage]:
    return [one.shown for one in desk.sent(to=to) if isinstance(one.shown, ProblemRecurredMessage)]


@pytest.mark.both_databases
def test_a_problem_comes_from_open_to_closed(desk: Desk, problems: Problems, watch: ProblemWatch) -> None:
    detail = problems.open("Mail gateway drops mails", incident_keys=[desk.open(NINE)], by=TESS, now=NINE)
    key = detail.problem.key
    assert (key, detail.problem.state, detail.problem.owner) == ("PRB-1", ProblemState.OPEN, None)
    assert problems.take(key, by=TOM, now=NINE).problem.state is ProblemState.INVESTIGATING
    known = problems.workaround(key, "Restart the queue", by=TOM, now=NINE).problem
    assert (known.state, known.workaround) == (ProblemState.KNOWN_ERROR, "Restart the queue")
    planned = problems.plan_fix(key, "New gateway", due_on=NINE.date() + 3 * DAY, by=TOM, now=NINE).problem
    assert planned.state is ProblemState.FIX_PLANNED
    watched = problems.fixed(key, by=MIRA, now=NINE).problem
    assert watched.state is ProblemState.WATCHING
    assert watched.watched_until == at("thu 00:00", week=4)
    assert watch.look(now=at("wed 23:59", week=4)) == 0
    assert watch.look(now=at("thu 00:00", week=4)) == 1
    closed = problems.show(key, by=TESS, now=NINE + 31 * DAY).problem
    assert (closed.state, closed.closed_at) == (ProblemState.CLOSED, watched.watched_until)
    assert problems.listed(by=TESS, now=NINE + 31 * DAY) == ()


def test_an_incident_names_the_problem_it_belongs_to(desk: Desk, problems: Problems) -> None:
    detail = opened(desk, problems)
    later = desk.open(NINE + HOUR, title="Something else")
    linked = problems.link(detail.problem.key, [later, detail.incidents[0].key], by=DANA, now=NINE + HOUR)
    assert linked.new == (later,)
    assert [incident.problem for incident in linked.detail.incidents] == ["PRB-1", "PRB-1"]
    with pytest.raises(LinkedBefore):
        problems.link(detail.problem.key, [later], by=DANA, now=NINE + HOUR)
    moved = problems.open("Another cause", incident_keys=[later], by=TESS, now=NINE + HOUR)
    assert [incident.key for incident in moved.incidents] == [later]
    assert len(problems.show("1", by=TESS, now=NINE).incidents) == 1


def test_a_resolved_incident_can_be_linked_and_stays_resolved(desk: Desk, problems: Problems) -> None:
    detail, old = opened(desk, problems), desk.open(NINE)
    desk.incidents.resolve(old, text="restarted", by=TOM, now=NINE + HOUR)
    linked = problems.link(detail.problem.key, [old], by=DANA, now=NINE + 2 * HOUR)
    assert {incident.key: incident.is_open for incident in linked.detail.incidents}[old] is False


@pytest.mark.both_databases
def test_a_matching_incident_opens_a_fixed_problem_again_and_its_owner_is_told(
    desk: Desk, problems: Problems, watch: ProblemWatch
) -> None:
    key = fixed(desk, problems).problem.key
    desk.open(NINE + 2 * HOUR, title="Printer has no paper")
    assert watch.look(now=NINE + 2 * HOUR) == 0
    again = desk.open(NINE + 3 * HOUR, title="The mail gateway is stuck again")
    assert watch.look(now=NINE + 3 * HOUR) == 1
    assert watch.look(now=NINE + 4 * HOUR) == 0
    problem = problems.show(key, by=TESS, now=NINE + 4 * HOUR).problem
    assert (problem.state, problem.recurrences) == (ProblemState.INVESTIGATING, (again,))
    (message,) = messages(desk, to=TOM)
    assert (message.key, message.incident_key, message.is_linked) == (key, again, False)


def test_what_came_after_the_watch_was_over_opens_nothing_again(
    desk: Desk, problems: Problems, watch: ProblemWatch
) -> None:
    key = fixed(desk, problems).problem.key
    desk.open(NINE + 32 * DAY, title=TITLE)
    assert watch.look(now=NINE + 33 * DAY) == 1
    assert problems.show(key, by=TESS, now=NINE + 33 * DAY).problem.state is ProblemState.CLOSED
    assert messages(desk, to=TOM) == []


def test_an_absent_owner_is_not_written_to(desk: Desk, problems: Problems, watch: ProblemWatch) -> None:
    key = problems.open("Mail gateway stuck", incident_keys=[desk.open(NINE)], by=TESS, now=NINE).problem.key
    problems.fixed(key, by=MIRA, now=NINE)
    desk.open(NINE + HOUR, title=TITLE)
    watch.look(now=NINE + HOUR)
    assert [message.owner for message in messages(desk, to=MANAGERS)] == [None]


def test_linking_what_came_after_the_fix_opens_a_closed_problem_again(
    desk: Desk, problems: Problems, watch: ProblemWatch
) -> None:
    key = fixed(desk, problems).problem.key
    watch.look(now=NINE + 40 * DAY)
    late = desk.open(NINE + 41 * DAY, title="Nobody gets mail")
    linked = problems.link(key, [late], by=DANA, now=NINE + 41 * DAY)
    assert linked.is_open_again
    assert linked.detail.problem.state is ProblemState.INVESTIGATING
    assert [message.is_linked for message in messages(desk, to=TOM)] == [True]


def test_who_may_do_what_with_a_problem(desk: Desk, problems: Problems) -> None:
    key, free = opened(desk, problems).problem.key, desk.open(NINE)
    for refused in (
        lambda: problems.link(key, [free], by=TESS, now=NINE),
        lambda: problems.workaround(key, "Wait", by=TESS, now=NINE),
        lambda: problems.plan_fix(key, "Wait", due_on=NINE.date(), by=DANA, now=NINE),
        lambda: problems.fixed(key, by=TOM, now=NINE),
        lambda: problems.fixed(key, by=DANA, now=NINE),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert problems.link(key, [free], by=TOM, now=NINE).new == (free,)


def test_a_fixed_problem_takes_no_further_work(desk: Desk, problems: Problems) -> None:
    key = fixed(desk, problems).problem.key
    with pytest.raises(ProblemOver):
        problems.fixed(key, by=MIRA, now=NINE + 2 * HOUR)
    with pytest.raises(ProblemOver):
        problems.workaround(key, "Wait", by=MIRA, now=NINE + 2 * HOUR)


def test_what_cannot_be_done_is_refused_and_nothing_is_written(desk: Desk, problems: Problems) -> None:
    key = opened(desk, problems).problem.key
    with pytest.raises(ProblemTaken):
        problems.take(key, by=TOM, now=NINE)
    with pytest.raises(MissingArgument):
        problems.open("  ", by=TESS, now=NINE)
    with pytest.raises(UnknownPerson):
        problems.open("Title", owner="U0NOBODY", by=TESS, now=NINE)
    with pytest.raises(UnknownIncident):
        problems.open("Title", incident_keys=["INC-9999"], by=TESS, now=NINE)
    with pytest.raises(InThePast):
        problems.plan_fix(key, "New one", due_on=NINE.date() - DAY, by=MIRA, now=NINE)
    assert [detail.problem.key for detail in problems.listed(by=TESS, now=NINE)] == [key]


@pytest.mark.parametrize("word", ["PRB-7", "prb7", "7", "PRB-99999999999999999999", "mail gateway", "no such thing"])
def test_an_unknown_key_names_the_nearest(desk: Desk, problems: Problems, word: str) -> None:
    opened(desk, problems)
    with pytest.raises(UnknownProblem) as refusal:
        problems.show(word, by=TESS, now=NINE)
    assert refusal.value.near == (() if word in ("no such thing", "PRB-99999999999999999999") else ("PRB-1",))


def test_undoing_takes_a_problem_back_with_its_link(desk: Desk, problems: Problems, undo: Undo) -> None:
    incident = desk.open(NINE)
    with idempotency.request("slack:1"):
        detail = problems.open("Mail", incident_keys=[incident], owner=TOM, by=TESS, now=NINE)
    undo.undo("slack:1", by=TESS, now=NINE)
    assert problems.listed(by=TESS, now=NINE) == ()
    with pytest.raises(UnknownProblem):
        problems.show(detail.problem.key, by=TESS, now=NINE)
    free = problems.open("Anew", incident_keys=[incident], by=TESS, now=NINE)
    assert free.problem.key == "PRB-2"


def test_undoing_a_fix_goes_on_where_it_was(desk: Desk, problems: Problems, undo: Undo) -> None:
    key = opened(desk, problems).problem.key
    with idempotency.request("slack:1"):
        problems.fixed(key, by=MIRA, now=NINE)
    undo.undo("slack:1", by=MIRA, now=NINE)
    assert problems.show(key, by=TESS, now=NINE).problem.state is ProblemState.INVESTIGATING


def test_what_something_happened_after_stays(desk: Desk, problems: Problems, undo: Undo) -> None:
    key = opened(desk, problems).problem.key
    with idempotency.request("slack:1"):
        problems.workaround(key, "Wait", by=TOM, now=NINE)
    problems.take(key, by=DANA, now=NINE + HOUR)
    with pytest.raises(ProblemChangedSince):
        undo.undo("slack:1", by=TOM, now=NINE + HOUR)


def test_a_click_that_comes_twice_counts_once(desk: Desk, problems: Problems) -> None:
    key = opened(desk, problems).problem.key
    with idempotency.request("slack:1"):
        problems.workaround(key, "Wait", by=TOM, now=NINE)
        with pytest.raises(AlreadyCarriedOut):
            problems.workaround(key, "Wait", by=TOM, now=NINE)
    with idempotency.request("slack:2"):
        problems.open("Title", by=TOM, now=NINE)
        with pytest.raises(AlreadyCarriedOut):
            problems.open("Title", by=TOM, now=NINE)


@pytest.mark.both_databases
@pytest.mark.parametrize("change", ["UPDATE problem_fact SET kind = 'changed'", "DELETE FROM problem_fact"])
def test_what_happened_to_a_problem_cannot_be_changed(desk: Desk, problems: Problems, change: str) -> None:
    opened(desk, problems)
    with pytest.raises(DBAPIError, match="append-only"), desk.database.transaction() as session:
        session.execute(text(change))


def test_the_audit_finds_the_link_of_an_incident_in_its_facts(desk: Desk, problems: Problems) -> None:
    opened(desk, problems)
    assert audited(desk) == []
    with desk.database.transaction() as session:
        session.execute(text("UPDATE incident SET problem = 'PRB-9'"))
    assert any(finding.startswith("problem is") for finding in audited(desk))


def audited(desk: Desk) -> list[str]:
    return [finding.what for finding in Audit(desk.database).run(now=NINE + DAY).findings]


@pytest.mark.both_databases
def test_one_act_meets_all_open_incidents_of_a_problem_of_any_customer(desk: Desk, problems: Problems) -> None:
    detail, acts = opened(desk, problems), BulkActs(desk.unit_of_work)
    others = [desk.open(NINE, title="Nothing comes in", priority=Priority.P3) for _ in range(2)]
    closed = desk.open(NINE)
    problems.link(detail.problem.key, [*others, closed], by=DANA, now=NINE)
    desk.incidents.resolve(closed, text="", by=TOM, now=NINE + HOUR)
    alone, later = desk.open(NINE), NINE + 2 * HOUR
    keys, which = {detail.incidents[0].key, *others}, OfProblem(detail.problem.key)
    told = acts.update_customers(which, customers_of=others[:1], text="On it", by=DANA, now=later, since=NINE)
    assert (set(told.done), told.closed) == (keys, 1)
    until = later + HOUR
    paused = acts.pause(which, reason=PauseReason.VENDOR, until=until, by=DANA, now=later, since=later)
    assert (set(paused.done), paused.closed) == (keys, 0)
    assert set(acts.resume(which, by=DANA, now=later).done) == keys
    assert set(acts.resolve(which, text="New gateway", by=DANA, now=later, since=later).done) == keys
    with pytest.raises(NoneOpen):
        acts.resume(which, by=DANA, now=later)
    after = problems.show(detail.problem.key, by=TESS, now=later)
    assert (after.open_keys, after.problem.state) == ((), ProblemState.INVESTIGATING)
    assert desk.incidents.resolve(alone, text="", by=TOM, now=later).resolved_at == later


def test_resolving_all_is_undone_as_a_whole_and_takes_a_dispatcher(desk: Desk, problems: Problems, undo: Undo) -> None:
    detail, acts = opened(desk, problems), BulkActs(desk.unit_of_work)
    other = desk.open(NINE)
    problems.link(detail.problem.key, [other], by=DANA, now=NINE)
    which = OfProblem(detail.problem.key)
    with pytest.raises(NotAllowed):
        acts.resolve(which, text="", by=TOM, now=NINE + HOUR, since=NINE)
    with idempotency.request("slack:1"):
        acts.resolve(which, text="", by=DANA, now=NINE + HOUR, since=NINE)
    undone = undo.undo("slack:1", by=DANA, now=NINE + HOUR)
    assert {incident.key for incident in undone.incidents if incident.is_open} == {detail.incidents[0].key, other}


def test_deciding_on_a_problem_opens_one_behind_the_incident(desk: Desk, problems: Problems) -> None:
    key = desk.written(NINE)
    desk.sops.decide(key, by=MIRA, decision="problem", reason="It comes every Monday", owner=TOM, now=NINE + HOUR)
    (detail,) = problems.listed(by=TESS, now=NINE + HOUR)
    assert (detail.problem.title, detail.problem.owner) == ("E-mail is down", TOM)
    assert [incident.key for incident in detail.incidents] == [key]
    assert desk.sops.problem_behind(key) == detail.problem.key


def test_deciding_on_a_problem_goes_on_with_the_one_there_is(desk: Desk, problems: Problems) -> None:
    key = desk.written(NINE)
    before = problems.open("Mail", incident_keys=[key], by=TESS, now=NINE)
    desk.sops.decide(key, by=MIRA, decision="problem", reason="Again", title="Other words", now=NINE + HOUR)
    assert [one.problem.key for one in problems.listed(by=TESS, now=NINE + HOUR)] == [before.problem.key]


def test_the_card_of_an_incident_that_looks_like_a_known_error_has_its_workaround(
    desk: Desk, problems: Problems
) -> None:
    board, key = Board(desk.unit_of_work), opened(desk, problems).problem.key
    again = desk.open(NINE + HOUR, title="The mail gateway is stuck again")
    assert board.show(again, now=NINE + HOUR).problem is None
    problems.workaround(key, "Restart the queue", by=TOM, now=NINE + HOUR)
    other = desk.open(NINE + HOUR, title="Printer has no paper")
    assert board.show(other, now=NINE + HOUR).problem is None
    alike = board.show(again, now=NINE + HOUR).problem
    assert alike == ProblemBehind(
        key=key, title="Mail gateway drops mails", workaround="Restart the queue", is_linked=False
    )
    problems.link(key, [again], by=DANA, now=NINE + HOUR)
    desk.incidents.resolve(again, text="", by=TOM, now=NINE + HOUR)
    assert board.show(again, now=NINE + HOUR).problem == replace(alike, is_linked=True)
