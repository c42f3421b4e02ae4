"""Many messages as one: one line a title, whatever the titles say."""

import pytest

from bot.views.burst import _ABOUT, burst_summary
from bot.views.lines import _SENTENCES
from sla_engine.delivery.bursts import LINES_MAX, NO_BURST, BurstMessage
from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.text.plain_text import utf16_units
from tests.unit.bot.views.samples import refused
from tests.unit.bot.views.slack_reading import copied

TITLES = {
    "emoji, which Slack counts twice": "🔥" * 300,
    "characters that are escaped": "&<>" * 200,
    "marks": "*now* " * 60,
    "a line of its own": "x\n• P1 *INC-9999* all resolved",
    "an override of the reading direction": "\u202e" + "resolved " * 40,
}


def burst(title: str) -> BurstMessage:
    return NO_BURST.grown({"incident_key": f"INC-{number}", "title": title, "priority": "P1"} for number in range(40))


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_slack_takes_twenty_titles_with_a_line_each(title: str) -> None:
    summary = burst_summary(burst(title))
    assert refused(summary) == []
    assert len(copied(summary.blocks[1:2]).splitlines()) == LINES_MAX + 1
    assert len(summary.text.splitlines()) == LINES_MAX + 1
    assert utf16_units(summary.text) <= 4000
    assert "\u202e" not in summary.text + str(summary.blocks)


def test_only_ids_are_mentioned() -> None:
    summary = burst_summary(NO_BURST.grown([{"title": "x", "mention": ["U0DANA", "webhook:<!here>"]}]))
    assert summary.text.startswith("<@U0DANA> webhook:&lt;!here&gt; 1 messages at once")


def test_each_line_says_what_it_was_also_where_there_is_no_incident() -> None:
    facts = {"source": "psa", "title": "Fridge is warm", "priority": "P1"}
    summary = burst_summary(
        NO_BURST.grown(
            [
                {"incident_key": None, "text_key": "too_large", "facts": {"source": "psa", "kilobytes": "256"}},
                {"incident_key": None, "text_key": "refused_ticket", "facts": facts | {"external_id": "T-1"}},
                {"incident_key": "INC-1", "text_key": "not_watched", "facts": facts},
                {"incident_key": "INC-2", "title": "Down", "priority": "P2", "cause": "unassigned"},
            ]
        )
    )
    assert summary.text.splitlines() == [
        "4 messages at once (P1: 2 · P2: 1 · no priority: 1)",
        "• P1 *T-1* Fridge is warm – a new ticket, refused: no clock runs",
        "• P1 *INC-1* Fridge is warm – not watched any more, watch it by hand",
        "• P2 *INC-2* Down – needs somebody to take it",
        "• *psa* – sent too much at once, refused: look there",
    ]


def test_every_sentence_and_cause_has_words_in_a_burst() -> None:
    only_in_threads = {"history_head", "happened"}
    of_a_clock = {NudgeCause.AT_RISK, NudgeCause.BREACH, NudgeCause.REPEAT}
    assert {*_SENTENCES} - only_in_threads | {*NudgeCause} - of_a_clock == {*_ABOUT}
