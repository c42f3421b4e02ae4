"""Random incidents walked through minute by minute, and told ones whose figures can be said without counting."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.oracle import tallies
from tests.oracle.clock_readings import differing_clocks, walked
from tests.oracle.engine_readings import Facts, answered
from tests.oracle.told_histories import RESOLUTION, Told, ToldIncident, WrittenPromises

# Minutes count from Monday 23 March 2026, 00:00 UTC; the office in Berlin is open from minute 480 to 960.
NINE, FIVE, TUESDAY = 480, 960, 1440
OFFICE = WrittenPromises(
    since=0,
    hours="office",
    targets={
        ("first_response", "P1"): 60,
        ("first_response", "P2"): 240,
        ("customer_update", "P2"): 120,
        ("resolution", "P1"): 240,
        ("resolution", "P2"): 480,
        ("resolution", "P3"): 480,
        ("resolution_plan", "P2"): 120,
    },
    waiting={"P2": 480},
)
ROUND_THE_CLOCK = replace(OFFICE, hours="always")


def incident(*facts: tuple[int, str, str], versions: tuple[WrittenPromises, ...] = (OFFICE,), now: int) -> ToldIncident:
    """Facts in the order in which they were heard; of an absorbed duplicate the value is when it was opened."""
    told = (
        Told(minute=m, heard=n, what=what, value=value, earlier=int(value) if what == "absorbed" else 0)
        for n, (m, what, value) in enumerate(facts)
    )
    return ToldIncident(facts=tuple(told), versions=versions, now=now)


def clock(told: ToldIncident, metric: str = RESOLUTION, cycle: int = 0) -> Facts:
    """One clock, once the engine and the walk agree about all of them."""
    assert list(differing_clocks(told)) == []
    facts, _ = answered(told)
    return facts[metric][cycle]


def test_random_incidents_are_read_as_they_are_walked(seed: int) -> None:
    tally = tallies.clocks(70, seed=seed)
    assert tally.differences == []


@pytest.mark.parametrize(
    ("promised", "due"),
    [
        pytest.param(60, FIVE, id="a shorter target leaves it due at closing"),
        pytest.param(600, TUESDAY + NINE + 120, id="a longer one moves it on"),
    ],
)
def test_what_falls_due_at_closing_and_a_version_that_comes_before_the_opening(promised: int, due: int) -> None:
    other = replace(OFFICE, since=FIVE + 200, targets={**OFFICE.targets, ("resolution", "P2"): promised})
    assert clock(incident((NINE, "opened", "P2"), versions=(OFFICE, other), now=NINE + 60))["due"] == due


@pytest.mark.parametrize(
    ("openings", "target"),
    [
        pytest.param([(NINE, "P2"), (NINE, "P1")], 240, id="of one minute, as recorded last"),
        pytest.param([(NINE, "P2"), (NINE + 60, "P1")], 480, id="the earliest"),
        pytest.param([(NINE + 60, "P2"), (NINE, "P1")], 240, id="the earliest, recorded late"),
    ],
)
def test_of_several_openings_one_counts(openings: list[tuple[int, str]], target: int) -> None:
    told = incident(*((minute, "opened", priority) for minute, priority in openings), now=FIVE)
    found = clock(told)
    assert (found["started"], found["target"]) == (NINE, target)


def test_where_a_reply_does_not_end_the_pause_it_goes_on() -> None:
    stubborn = replace(OFFICE, reply_ends_pause=False)
    facts = ((NINE, "opened", "P2"), (NINE + 60, "paused", "customer"), (NINE + 90, "customer_replied", ""))
    assert clock(incident(*facts, versions=(stubborn,), now=FIVE))["elapsed"] == 60
    assert clock(incident(*facts, now=FIVE))["elapsed"] == FIVE - NINE - 30


def test_a_resolution_ends_every_pause() -> None:
    facts = (
        (NINE, "opened", "P2"),
        (NINE + 60, "paused", "vendor"),
        (NINE + 90, "resolved", ""),
        (NINE + 120, "reopened", ""),
    )
    found = clock(incident(*facts, now=NINE + 150))
    assert (found["state"], found["elapsed"]) == ("running", 90)


def test_what_was_resolved_while_it_rested_is_due_as_if_it_had_run_on_from_there() -> None:
    told = incident((NINE, "opened", "P2"), (NINE + 60, "paused", "vendor"), (FIVE - 60, "resolved", ""), now=FIVE)
    found = clock(told)
    assert (found["elapsed"], found["due"]) == (60, TUESDAY + NINE + 360)


def test_a_pause_rests_the_plan_as_it_rests_the_resolution() -> None:
    told = incident((NINE, "opened", "P2"), (NINE + 60, "paused", "parts"), now=FIVE)
    assert [(clock(told, name)["state"], clock(told, name)["elapsed"]) for name in ("resolution_plan", RESOLUTION)] == [
        ("paused", 60),
        ("paused", 60),
    ]


def test_a_version_known_to_come_is_foreseen_also_while_a_pause_rests_other_clocks() -> None:
    sooner = replace(OFFICE, since=NINE + 120, targets={**OFFICE.targets, ("first_response", "P2"): 90})
    told = incident((NINE, "opened", "P2"), (NINE + 10, "paused", "vendor"), versions=(OFFICE, sooner), now=NINE + 20)
    assert clock(told, "first_response")["due"] == NINE + 120


def test_a_period_that_waits_is_foreseen_on_the_waiting_period_of_a_version_to_come() -> None:
    longer = replace(OFFICE, since=NINE + 120, waiting={"P2": 600})
    told = incident((NINE, "opened", "P2"), (NINE + 10, "paused", "customer"), versions=(OFFICE, longer), now=NINE + 20)
    assert clock(told, "customer_update")["due"] == TUESDAY + NINE + 120


def test_an_edit_to_come_keeps_the_period_that_a_reply_had_set() -> None:
    edited = replace(OFFICE, since=NINE + 200, hours="long days")
    facts = ((NINE, "opened", "P2"), (NINE + 30, "paused", "customer"), (NINE + 150, "customer_replied", ""))
    told = incident(*facts, versions=(OFFICE, edited), now=NINE + 160)
    assert clock(told, "customer_update")["due"] == NINE + 270


def test_a_version_that_lets_a_target_count_round_the_clock_keeps_the_period_too() -> None:
    always = replace(OFFICE, since=NINE + 200, always=frozenset({"P2"}))
    facts = ((NINE, "opened", "P2"), (NINE + 30, "paused", "customer"), (NINE + 150, "customer_replied", ""))
    for now in (NINE + 160, NINE + 210):
        found = clock(incident(*facts, versions=(OFFICE, always), now=now), "customer_update")
        assert found["due"] == NINE + 270


def test_an_earlier_start_is_held_against_the_target_in_force_when_it_became_known() -> None:
    facts = ((NINE + 300, "opened", "P1"), (NINE + 310, "priority_set", "P2"), (NINE + 320, "absorbed", str(NINE)))
    found = clock(incident(*facts, now=NINE + 400))
    assert (found["elapsed"], found["target"], found["breach"]) == (400, 480, None)


def test_an_earlier_start_that_makes_it_overdue_is_a_breach_of_the_instant_it_became_known() -> None:
    facts = ((NINE + 300, "opened", "P1"), (NINE + 320, "absorbed", str(NINE)), (NINE + 330, "priority_set", "P2"))
    found = clock(incident(*facts, now=NINE + 400))
    assert (found["breach"], found["by change"]) == (NINE + 320, True)


def test_of_two_duplicates_each_counts_from_when_it_was_told() -> None:
    told = incident(
        (NINE + 60, "opened", "P1"),
        (NINE + 70, "absorbed", str(NINE + 30)),
        (NINE + 400, "absorbed", str(NINE)),
        now=NINE + 410,
    )
    assert clock(told)["breach"] == NINE + 270


def test_how_long_a_wait_lasted_depends_on_the_start_that_was_known() -> None:
    facts = (
        (NINE + 60, "opened", "P2"),
        (NINE + 70, "paused", "customer"),
        (NINE + 80, "customer_replied", ""),
        (NINE + 300, "absorbed", str(NINE)),
    )
    found = clock(incident(*facts, now=NINE + 400), "customer_update")
    assert (found["target"], found["breach"]) == (200, NINE + 200)


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        pytest.param([(300, "resumed", "")], 360, id="what was left goes on"),
        pytest.param([(300, "customer_replied", "")], 420, id="a whole one after a reply"),
        pytest.param([(470, "resumed", "")], 480, id="never beyond the long one"),
        pytest.param([(90, "resumed", ""), (100, "paused", "parts"), (130, "resumed", "")], 180, id="two waits"),
        pytest.param(
            [(90, "customer_replied", ""), (100, "paused", "parts"), (130, "resumed", "")], 240, id="after a reply"
        ),
    ],
)
def test_what_is_left_of_a_period_when_its_wait_is_over(facts: list[tuple[int, str, str]], due: int) -> None:
    told = ((NINE, "opened", "P2"), (NINE + 60, "paused", "customer"), *((NINE + m, w, v) for m, w, v in facts))
    assert clock(incident(*told, now=NINE + facts[-1][0] + 1), "customer_update")["due"] == NINE + due


def test_a_period_that_ends_with_the_minute_a_wait_begins_keeps_its_short_target() -> None:
    facts = ((NINE, "opened", "P2"), (NINE + 180, "paused", "customer"), (NINE + 180, "customer_updated", ""))
    ended, waiting = (clock(incident(*facts, now=NINE + 200), "customer_update", cycle) for cycle in (0, 1))
    assert (ended["target"], ended["breach"], waiting["target"]) == (120, NINE + 120, 480)


def test_an_earlier_opening_that_is_told_of_a_duplicate_does_not_move_it() -> None:
    facts = ((NINE + 60, "opened", "P1"), (NINE + 70, "merged", ""), (NINE + 70, "absorbed", str(NINE)))
    found = clock(incident(*facts, now=NINE + 80))
    assert (found["started"], found["state"]) == (NINE + 60, "cancelled")


def test_a_clock_ends_where_nothing_is_promised_whatever_comes_later() -> None:
    facts = (
        (NINE, "opened", "P2"),
        (NINE + 10, "priority_set", "P3"),
        (NINE + 20, "resolved", ""),
        (NINE + 30, "reopened", ""),
    )
    told = incident(*facts, versions=(OFFICE, replace(ROUND_THE_CLOCK, since=NINE + 40)), now=FIVE + 60)
    ended = clock(told, "resolution_plan")
    assert (ended["state"], ended["elapsed"], ended["stopped"], ended["due"]) == ("cancelled", 10, NINE + 10, None)


def test_the_way_back_to_a_promise_is_measured_from_the_original_start() -> None:
    facts = ((NINE, "opened", "P2"), (NINE + 10, "priority_set", "P3"), (NINE + 110, "priority_set", "P2"))
    back = clock(incident(*facts, now=NINE + 115), "resolution_plan")
    assert (back["state"], back["elapsed"], back["due"]) == ("running", 115, NINE + 120)
    late = clock(incident(*facts[:2], (NINE + 130, "priority_set", "P2"), now=NINE + 140), "resolution_plan")
    assert (late["breach"], late["by change"]) == (NINE + 130, True)


def test_a_version_that_promises_nothing_ends_a_clock_and_keeps_its_miss() -> None:
    less = {promised: length for promised, length in OFFICE.targets.items() if promised[0] != "customer_update"}
    versions = (OFFICE, replace(OFFICE, since=NINE + 60, targets=less))
    met = clock(incident((NINE, "opened", "P2"), versions=versions, now=FIVE), "customer_update")
    assert (met["state"], met["breach"], met["due"]) == ("cancelled", None, None)
    assert clock(incident((NINE, "opened", "P2"), versions=versions, now=NINE + 30), "customer_update")["due"] is None
    missed = clock(
        incident(
            (NINE - 100, "opened", "P2"),
            (NINE, "responded", ""),
            versions=(OFFICE, replace(OFFICE, since=NINE + 200, targets=less)),
            now=FIVE,
        ),
        "customer_update",
        1,
    )
    assert (missed["state"], missed["breach"]) == ("stopped", NINE + 120)


def test_a_clock_that_stopped_is_not_moved_by_a_version_that_came_later() -> None:
    facts = ((NINE, "opened", "P2"), (NINE + 60, "resolved", ""))
    told = incident(*facts, versions=(OFFICE, replace(ROUND_THE_CLOCK, since=NINE + 120)), now=TUESDAY)
    assert clock(told)["due"] == FIVE


def test_a_duplicate_keeps_what_was_decided_before_the_merging() -> None:
    facts = ((NINE, "opened", "P2"), (NINE + 10, "responded", ""), (NINE + 140, "merged", ""))
    told = incident(*facts, now=FIVE)
    assert [clock(told, "customer_update", cycle)["breach"] for cycle in (0, 1)] == [None, NINE + 130]
    assert [clock(told, name)["state"] for name in ("first_response", "resolution_plan", RESOLUTION)] == [
        "stopped",
        "stopped",
        "cancelled",
    ]


def test_what_was_undone_was_never_there() -> None:
    facts = ((NINE, "opened", "P2"), (NINE + 60, "paused", "vendor"), (NINE + 200, "customer_updated", ""))
    told = incident(*facts, now=FIVE)
    undone = replace(told, facts=(*told.facts, Told(minute=NINE + 210, heard=9, what="undone", takes_back=(1, 2))))
    assert clock(undone) == clock(incident(facts[0], now=FIVE))


def test_an_undoing_that_was_undone_takes_nothing_back() -> None:
    told = incident((NINE, "opened", "P2"), (NINE + 60, "paused", "vendor"), now=FIVE)
    undoing = Told(minute=NINE + 70, heard=8, what="undone", takes_back=(1,))
    again = Told(minute=NINE + 80, heard=9, what="undone", takes_back=(8,))
    assert clock(replace(told, facts=(*told.facts, undoing, again))) == clock(told)
    assert clock(replace(told, facts=(*told.facts, undoing))) != clock(told)


def test_an_opening_that_was_undone_has_no_outcome() -> None:
    told = incident((NINE, "opened", "P2"), now=FIVE)
    undoing = Told(minute=NINE + 180, heard=9, what="undone", value="opening", takes_back=(0,))
    undone = replace(told, facts=(*told.facts, undoing))
    assert {clock(undone, metric)["state"] for metric in ("first_response", "customer_update", RESOLUTION)} == {
        "cancelled"
    }


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda told: replace(told, now=told.now + 1), id="a minute later"),
        pytest.param(lambda told: replace(told, versions=(ROUND_THE_CLOCK,)), id="other hours"),
        pytest.param(lambda told: replace(told, facts=told.facts[:-1]), id="a fact less"),
        pytest.param(
            lambda told: replace(told, facts=(replace(told.facts[0], value="P1"), *told.facts[1:])), id="a priority"
        ),
    ],
)
def test_the_walk_notices_what_makes_a_difference(
    change: Callable[[ToldIncident], ToldIncident],
) -> None:
    facts = ((NINE, "opened", "P2"), (FIVE - 60, "paused", "vendor"), (TUESDAY + NINE + 30, "resumed", ""))
    told = incident(*facts, now=TUESDAY + NINE + 60)
    assert walked(told) == answered(told)
    assert walked(change(told)) != answered(told)
