"""Many messages as one: one line a title, whatever the titles say."""

import pytest

from bot.views.storm import storm_summary
from sla_engine.domain.plain_text import utf16_units
from sla_engine.storms import LINES_MAX, NO_STORM, StormMessage
from tests.unit.bot.views.samples import refused
from tests.unit.bot.views.slack_reading import copied

TITLES = {
    "emoji, which Slack counts twice": "🔥" * 300,
    "characters that are escaped": "&<>" * 200,
    "marks": "*now* " * 60,
    "a line of its own": "x\n• P1 *INC-9999* all resolved",
    "an override of the reading direction": "\u202e" + "resolved " * 40,
}


def storm(title: str) -> StormMessage:
    return NO_STORM.grown({"incident_key": f"INC-{number}", "title": title, "priority": "P1"} for number in range(40))


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_slack_takes_twenty_titles_with_a_line_each(title: str) -> None:
    said = storm_summary(storm(title))
    assert refused(said) == []
    assert len(copied(said.blocks[1:2]).splitlines()) == LINES_MAX + 1
    assert len(said.text.splitlines()) == LINES_MAX + 1
    assert utf16_units(said.text) <= 4000
    assert "\u202e" not in said.text + str(said.blocks)


def test_only_ids_are_mentioned() -> None:
    said = storm_summary(NO_STORM.grown([{"title": "x", "mention": ["U0DANA", "webhook:<!here>"]}]))
    assert said.text.startswith("<@U0DANA> webhook:&lt;!here&gt; 1 messages at once")
