"""Nothing that people or other systems write formats or mentions: every view is tried, and every refusal."""

from __future__ import annotations

import dataclasses

import pytest

from bot.refusal_sentences import explain
from bot.views.rich_text import plainly
from sla_engine.domain.errors import SlaError
from tests.unit.bot.views.every_view import DRAWINGS, every_view
from tests.unit.bot.views.outside_text import NASTY, sample, worded
from tests.unit.bot.views.slack_reading import formatting, unreadable

REFUSALS = sorted(SlaError.__subclasses__(), key=lambda kind: kind.__name__)


def test_every_view_is_drawn_with_nasty_texts() -> None:
    drawn = {f"{view.__module__}.{getattr(view, '__name__', '')}" for view, _ in DRAWINGS.values()}
    assert every_view() - drawn == set(), "give it a row in tests/unit/bot/views/every_view.py"


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__name__)
def test_no_refusal_formats_or_mentions_what_it_speaks_of(kind: type[SlaError]) -> None:
    ours = {
        "what": "a title",
        "key": "INC-1042",
        "into": "INC-1001",
        "action": "take",
        "who_may": "dispatcher",
        "priority": "P2",
    }
    names = {field.name for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    refusal = sample(kind, **{name: words for name, words in ours.items() if name in names})
    usual = explain(refusal)
    for name, nasty in NASTY.items():
        sentence = explain(_about(refusal, nasty))
        assert formatting(sentence) == formatting(usual), name
        assert unreadable(sentence) == [], name
        assert not set("<>") & set(plainly(sentence)) - set(nasty), name


def _about(refusal: SlaError, text: str) -> SlaError:
    facts = {field.name: worded(getattr(refusal, field.name), text) for field in dataclasses.fields(refusal)}  # type: ignore[arg-type]
    return type(refusal)(**facts)
