"""What a command prints cannot clear a screen, retitle a window or turn a line around, whatever a title says."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from sla_engine.cli import digest_text, simulation_text
from sla_engine.cli.why_document import as_document
from sla_engine.domain.incidents.events import Paused, Resumed, Waived
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.json_output import printed_json
from sla_engine.services.queries.explain import Explanation
from sla_engine.text import why_text
from tests.unit.bot.views import samples
from tests.unit.bot.views.every_view import FIGURES, SIMULATED
from tests.unit.bot.views.outside_text import LONG, NASTY, WORDS, worded
from tests.unit.bot.views.slack_reading import unreadable

TEXTS = [*NASTY.values(), *LONG.values()]


def explained(text: str) -> Explanation:
    history = samples.history(
        (60, Paused(reason=PauseReason.VENDOR), "zammad:anna"),
        (90, Resumed(), "zammad:anna"),
        (700, Waived(metric="resolution", cycle=0, reason=text), "zammad:anna"),
    )
    about: dict[str, Any] = {
        "title": text,
        "customer": text,
        "site": text,
        "service": text,
        "names": {"zammad:anna": text},
    }
    return samples.explanation(history, now=samples.minute(2 * 24 * 60), **about)


PRINTED: Mapping[str, Callable[[str], str]] = {
    "why": lambda text: why_text.as_text(explained(text)),
    "why for the customer": lambda text: why_text.for_the_customer(explained(text)),
    "simulate": lambda text: simulation_text.as_text(worded(SIMULATED, text), zone="UTC"),
    "digest": lambda text: digest_text.as_text(worded(FIGURES, text)),
}


@pytest.mark.parametrize("printed", PRINTED.values(), ids=PRINTED)
def test_nothing_printed_steers_the_terminal_or_forges_a_line(printed: Callable[[str], str]) -> None:
    lines = len(printed(WORDS).splitlines())
    for text in TEXTS:
        said = printed(text)
        assert unreadable(said) == []
        assert "\u2068" not in said
        assert len(said.splitlines()) == lines


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_json_on_a_terminal_is_exact_and_harmless(text: str) -> None:
    printed = printed_json(as_document(explained(text)))
    assert unreadable(printed) == []
    assert json.loads(printed)["title"] == text
