"""Charts: tried first, replaced by a table where the workspace refuses them, which is remembered for a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.courier.charts import Charts, has_chart, without_charts
from bot.courier.slack_messages import CHART_REFUSED, SlackMessages
from bot.requests.private_answers import PrivateAnswers
from bot.sandbox.blocks.blocks import problems
from bot.views.attainment import CHART_TYPE, attainment_chart_block, chart_text
from bot.views.rendered import Rendered
from sla_engine.delivery.records import NotSent, Refused, Sent
from sla_engine.domain.reporting.digest_parts import WeekShare
from sla_engine.domain.time.weeks import Week

NOW = datetime(2026, 12, 7, 9, tzinfo=UTC)


def weeks(count: int) -> tuple[WeekShare, ...]:
    this = Week(2026, 49)
    return tuple(WeekShare(week=str(this.before(back)), met=90 + back % 5, of=100) for back in reversed(range(count)))


DRAWN = Rendered("92 %", [*attainment_chart_block(weeks(20)), {"type": "divider"}])


@dataclass(slots=True)
class Workspace:
    """A workspace that refuses what `refuses` says, and what it was sent."""

    refuses: str = "charts"
    sent: list[Mapping[str, Any]] = field(default_factory=list)
    retry_handlers: tuple[str, ...] = ()

    def chat_postMessage(self, **message: Any) -> Any:  # noqa: N802 - the library's name
        self.sent.append(message)
        has_chart = any(block["type"] == CHART_TYPE for block in message["blocks"] or ())
        if self.refuses == "everything" or (self.refuses == "charts" and has_chart):
            raise SlackApiError("no", Answer())  # type: ignore[no-untyped-call]
        return Answer({"ok": True, "channel": "C1", "ts": "1.1"})

    chat_update = chat_postMessage

    def kinds(self) -> list[list[str]]:
        """The kinds of blocks in each message."""
        return [[block["type"] for block in message["blocks"]] for message in self.sent]


@dataclass(slots=True)
class Answer:
    """An answer of the Web API."""

    data: Mapping[str, Any] = field(default_factory=lambda: {"ok": False, "error": "invalid_blocks"})
    status_code: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:
        return self.data.get(name, default)


class Clock:
    """Real time as a test turns it."""

    at = NOW

    def __call__(self) -> datetime:
        return self.at


def test_slack_takes_the_chart_of_any_number_of_weeks() -> None:
    for count in (0, 1, 2, 3, 12, 13, 27):
        blocks = attainment_chart_block(weeks(count))
        assert problems(blocks, surface="message") == []
        assert len(blocks) == (count > 1)
        assert len(chart_text(weeks(count))) == (count > 1)


def test_the_chart_has_twelve_weeks_with_the_mean_and_the_limits_of_ordinary_ones() -> None:
    (block,) = attainment_chart_block(weeks(27))
    chart = block["chart"]
    assert [one["name"] for one in chart["series"]] == ["kept", "mean", "upper limit", "lower limit"]
    assert len(chart["axis_config"]["categories"]) == 12
    assert chart["axis_config"]["categories"][-1] == "30 Nov"
    assert [one["name"] for one in attainment_chart_block(weeks(12))[0]["chart"]["series"]] == ["kept"]


def test_a_week_in_which_nothing_came_due_is_left_out() -> None:
    drawn = [*weeks(5)[:2], WeekShare(week="2026-W47", met=0, of=0), *weeks(5)[3:]]
    (block,) = attainment_chart_block(drawn)
    assert block["chart"]["axis_config"]["categories"] == ["2 Nov", "9 Nov", "23 Nov", "30 Nov"]


def test_in_place_of_a_chart_stands_a_table_of_the_same_figures() -> None:
    shown = without_charts(DRAWN)
    assert has_chart(DRAWN)
    assert not has_chart(shown)
    assert problems(shown.blocks, surface="message") == []
    table = shown.blocks[0]["elements"][0]["elements"][0]["text"]
    assert table.splitlines()[0].split() == ["week", "of", "kept", "mean", "upper", "limit", "lower", "limit"]
    assert table.splitlines()[-1].split()[:3] == ["30", "Nov", "90.0"]
    assert without_charts(shown) == shown


def test_a_refused_chart_is_posted_as_a_table_and_that_is_remembered_for_a_day() -> None:
    clock, workspace = Clock(), Workspace()
    slack = SlackMessages(cast("WebClient", workspace), charts=Charts(clock))

    def post() -> object:
        return slack.post(DRAWN, channel="C1", thread_ts=None, key="digest:2026-W49")

    assert post() == NotSent(CHART_REFUSED, is_outage=False), "nothing arrived: the courier tries again"
    assert isinstance(post(), Sent)
    clock.at += timedelta(hours=23)
    assert isinstance(slack.update(DRAWN, channel="C1", ts="1.1"), Sent)
    assert workspace.kinds() == [[CHART_TYPE, "divider"], ["rich_text", "divider"], ["rich_text", "divider"]]
    clock.at += timedelta(hours=2)
    workspace.refuses = ""
    assert isinstance(post(), Sent)
    assert workspace.kinds()[-1] == [CHART_TYPE, "divider"], "the workspace may have charts by now"


@pytest.mark.parametrize("rendered", [DRAWN, Rendered("x", [{"type": "divider"}])], ids=["chart", "no chart"])
def test_what_is_refused_for_another_reason_stays_refused(rendered: Rendered) -> None:
    workspace = Workspace(refuses="everything")
    slack = SlackMessages(cast("WebClient", workspace), charts=Charts(Clock()))
    outcomes = [slack.post(rendered, channel="C1", thread_ts=None, key="x") for _ in range(2)]
    assert outcomes[-1] == Refused("invalid_blocks")


def test_who_asks_gets_the_table_at_once() -> None:
    workspace = Workspace()
    answers = PrivateAnswers(cast("WebClient", workspace), real_clock=Clock(), charts=Charts(Clock()))
    assert answers.send({"user": {"id": "U0MIRA"}}, DRAWN)
    assert workspace.kinds() == [[CHART_TYPE, "divider"], ["rich_text", "divider"]]
