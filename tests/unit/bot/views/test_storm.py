"""The message of a storm: what it says, and that Slack takes it whatever the incidents are called."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox.blocks.blocks import view_problems
from bot.views.rendered import Rendered
from bot.views.storm import storm_message
from bot.views.storm_answers import StormPage, by_customer, page
from bot.views.storm_forms import customers_told_form, give_out_form, merge_form
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.notifications.storms import StormHolder, StormLine, StormMessage, StormQuestion
from sla_engine.services.queries.give_out import Proposal
from tests.unit.bot.views.outside_text import AT, LONG, NASTY
from tests.unit.bot.views.samples import refused

LINE = StormLine(
    incident_key="INC-1001",
    title="Nobody can log in",
    customer="Acme Dental",
    priority="P1",
    link=None,
    ticket="T-20931",
    late=True,
    metric=MetricName.FIRST_RESPONSE,
    due_at=AT,
    was_due=True,
    assignee=None,
    acknowledged_by=None,
    promise=None,
    paused=False,
)
STORM = StormMessage(
    storm_id=1,
    total=40,
    open=36,
    late=21,
    unowned=9,
    customer="Acme Dental",
    more_customers=15,
    lines=(LINE,) * 12,
    mention=("U0DANA",),
)


def test_the_first_line_counts_and_names_the_worst() -> None:
    said = storm_message(STORM)
    assert said.text.splitlines()[:2] == [
        "🌩 Acme Dental and 15 others: 36 open, 21 late. 9 have nobody. "
        "Worst: first reply was due 2026-01-05 09:20 UTC. <@U0DANA>",
        "P1 INC-1001 Acme Dental: Nobody can log in (nobody has it, First reply was due 2026-01-05 09:20 UTC)",
    ]
    assert said.text.splitlines()[-1] == "and 24 more"


@pytest.mark.parametrize(
    ("changed", "head"),
    [
        ({"more_customers": 0}, "🌩 Acme Dental: 36 open, 21 late. 9 have nobody."),
        ({"more_customers": 1}, "🌩 Acme Dental and 1 other: 36 open, 21 late. 9 have nobody."),
        ({"late": 0, "unowned": 1}, "🌩 Acme Dental and 15 others: 36 open, none late. 1 has nobody."),
        ({"unowned": 0}, "🌩 Acme Dental and 15 others: 36 open, 21 late. Worst:"),
    ],
    ids=["one customer", "two customers", "none late", "all with somebody"],
)
def test_what_is_not_so_is_not_said(changed: dict[str, Any], head: str) -> None:
    assert storm_message(replace(STORM, **changed)).text.startswith(head)


def test_a_promise_that_passed_is_one_question_for_all_it_was_made_for() -> None:
    question = StormQuestion(person="U0DANA", promised=AT + timedelta(minutes=30), count=14)
    assert "<@U0DANA> promised news of these 14 by 2026-01-05 09:50 UTC. Still on it?" in (
        storm_message(replace(STORM, questions=(question,))).text
    )


def test_whoever_is_on_all_of_them_is_named_once() -> None:
    held = replace(LINE, acknowledged_by="U0DANA", promise=AT)
    holder = StormHolder(person="U0DANA", promise=AT)
    said = storm_message(replace(STORM, lines=(held,) * 12, mention=(), holder=holder))
    assert "<@U0DANA> is on all of these, with news by 2026-01-05 09:20 UTC." in said.text
    assert str(said.blocks).count("<@U0DANA>") == 1


def test_once_a_storm_is_over_its_message_says_since_when_nothing_new_came() -> None:
    said = storm_message(replace(STORM, quiet_since=AT))
    assert said.text.startswith("🌩 Acme Dental and 15 others: 36 open, 21 late, no new one since 2026-01-05 09:20 UTC.")
    assert len(said.blocks) == len(storm_message(STORM).blocks)


def labels(said: Rendered) -> list[str]:
    return [element["text"]["text"] for element in said.blocks[-1]["elements"]]


def test_the_last_line_says_who_has_to_act_and_offers_what_is_left() -> None:
    lines = (
        replace(LINE, needs_somebody=True),
        replace(LINE, incident_key="INC-1002", assignee="U0TOM", needs_somebody=True),
        replace(LINE, incident_key="INC-1003", acknowledged_by="U0TOM", needs_somebody=True),
        replace(LINE, incident_key="INC-1004", assignee="U0TESS"),
    )
    over = replace(STORM, open=4, late=3, unowned=2, lines=lines, ended_at=AT, dispatcher="U0DANA")
    said = storm_message(over)
    assert said.text.startswith("🌩 *No new incident for 20 minutes.* Of 40, 4 still open, 3 of them late.")
    assert said.text.splitlines()[1] == (
        "Next: <@U0TOM> has INC-1002, INC-1003; nobody has INC-1001: <@U0DANA>, please give it out."
    )
    assert labels(said) == ["Give out…", "Customers told…", "Show all"]
    assert labels(storm_message(replace(over, unowned=0, lines=lines[3:]))) == ["Customers told…", "Show all"]
    assert len(storm_message(replace(over, open=0)).blocks) == 1


@pytest.mark.parametrize("words", [*NASTY.values(), *LONG.values()], ids=[*NASTY, *LONG])
def test_slack_takes_it_whatever_the_incidents_are_called(words: str) -> None:
    line = replace(LINE, title=words, customer=words, ticket=words, link=f"https://desk.example/{words}")
    storm = replace(STORM, customer=words, lines=(line,) * 12)
    assert refused(storm_message(storm)) == []
    assert refused(page([line] * 500, StormPage(storm_id=1, start=20))) == []
    assert (
        refused(by_customer(1, [replace(line, incident_key=f"INC-{n}", customer=f"{n}{words}") for n in range(500)]))
        == []
    )


@pytest.mark.parametrize("words", [*NASTY.values(), *LONG.values()], ids=[*NASTY, *LONG])
@pytest.mark.parametrize("count", [2, 500])
def test_slack_takes_the_forms_whatever_the_incidents_are_called(words: str, count: int) -> None:
    lines = [replace(LINE, incident_key=f"INC-{n}", title=words, customer=f"{n % 120} {words}") for n in range(count)]
    same = [replace(line, customer=words) for line in lines]
    proposal = Proposal(
        keys=tuple(f"INC-{n}" for n in range(1000, 1010)),
        customer=words,
        title=words,
        priority="P1",
        person="U1",
        candidates=tuple((f"U{n}", words, n) for n in range(count)),
    )
    proposals = [replace(proposal, keys=(*proposal.keys, f"INC-{n}")) for n in range(45)]
    for form in (
        customers_told_form("1", lines, now=AT),
        merge_form(same),
        give_out_form(proposals, more=3, now=AT),
    ):
        assert view_problems(form) == []
