"""Names in commands: priorities and levels, sites and services, metrics."""

from __future__ import annotations

import pytest

from bot.listeners import grammar
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.priorities import Level, Priority
from sla_engine.domain.text.errors import MissingArgument, UnknownChoice

HIGH, LOW = Level.HIGH, Level.LOW
USAGE = "open …"


@pytest.mark.parametrize(
    ("text", "priority", "levels", "rest"),
    [
        ("p2 Down", Priority.P2, {}, "Down"),
        ("impact high urgency low Down", None, {"impact": HIGH, "urgency": LOW}, "Down"),
        ("Urgency LOW Impact High Down", None, {"impact": HIGH, "urgency": LOW}, "Down"),
        ("P2 impact high Down", Priority.P2, {"impact": HIGH}, "Down"),
        ("impact high impact low", None, {"impact": HIGH}, "impact low"),
    ],
)
def test_a_priority_comes_first_or_what_makes_one(
    text: str, priority: Priority | None, levels: dict[str, Level], rest: str
) -> None:
    words = text.split()
    assert grammar.take_known_priority(words) is priority
    assert grammar.take_levels(words, usage=USAGE) == levels
    assert " ".join(words) == rest


@pytest.mark.parametrize("text", ["", "P9 Down", "Down"])
def test_what_is_no_priority_stays_among_the_words(text: str) -> None:
    words = text.split()
    assert grammar.take_known_priority(words) is None
    assert words == text.split()


def test_a_level_that_is_missing_or_none_is_named() -> None:
    with pytest.raises(MissingArgument) as missing:
        grammar.take_levels(["impact", "high", "urgency"], usage=USAGE)
    assert missing.value.what == "urgency"
    with pytest.raises(UnknownChoice) as unknown:
        grammar.take_levels(["impact", "huge"], usage=USAGE)
    assert (unknown.value.what, unknown.value.word) == ("impact", "huge")


SITES = ("Hamburg", "Hamburg depot")


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("site hamburg depot Gate", "Hamburg depot", "Gate"),
        ("Site Hamburg gate", "Hamburg", "gate"),
        ("site Bremen Gate", None, "site Bremen Gate"),
        ("Gate at site Hamburg", None, "Gate at site Hamburg"),
        ("site", None, "site"),
        ("", None, ""),
    ],
)
def test_the_longest_name_after_its_marker_is_taken(text: str, name: str | None, rest: str) -> None:
    words = text.split()
    assert grammar.take_named(words, "site", SITES) == name
    assert " ".join(words) == rest


@pytest.mark.parametrize(
    ("text", "metric", "rest"),
    [
        ("resolution because late", MetricName.RESOLUTION, "because late"),
        ("resolution plan late", MetricName.RESOLUTION_PLAN, "late"),
        ("Resolution_Plan", MetricName.RESOLUTION_PLAN, ""),
        ("plan because", MetricName.RESOLUTION_PLAN, "because"),
        ("first reply x", MetricName.FIRST_RESPONSE, "x"),
        ("Fix because", MetricName.RESOLUTION, "because"),
        ("first response x", MetricName.FIRST_RESPONSE, "x"),
        ("first-response x", MetricName.FIRST_RESPONSE, "x"),
        ("response", MetricName.FIRST_RESPONSE, ""),
        ("respond", MetricName.FIRST_RESPONSE, ""),
        ("customer update", MetricName.CUSTOMER_UPDATE, ""),
        ("update", MetricName.CUSTOMER_UPDATE, ""),
        ("resolve", MetricName.RESOLUTION, ""),
    ],
)
def test_a_metric_may_be_named_in_full_or_in_short(text: str, metric: MetricName, rest: str) -> None:
    words = text.split()
    assert grammar.take_metric(words, usage="waive …") is metric
    assert " ".join(words) == rest


def test_what_is_no_metric_is_answered_with_the_nearest_or_with_all() -> None:
    with pytest.raises(UnknownChoice) as near:
        grammar.take_metric(["resolutoin"], usage="waive …")
    assert near.value.allowed == ("resolution",)
    with pytest.raises(UnknownChoice) as far:
        grammar.take_metric(["xyzzy"], usage="waive …")
    assert far.value.allowed == ("first reply", "customer update", "plan", "fix")
    with pytest.raises(MissingArgument):
        grammar.take_metric([], usage="waive …")
