"""Whether the workspace takes charts: they are rolled out by and by, and Slack says so only by refusing one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tabulate import tabulate

from bot.views.attainment import CHART_TYPE
from bot.views.parts import Block, preformatted
from bot.views.rendered import Rendered
from sla_engine.time_source import RealClock

REFUSED = "invalid_blocks"
"""Slack's word for a block that it does not know."""
REMEMBERED = timedelta(days=1)


class Charts:
    """Remembers for a day that a chart was refused; each process learns it by itself."""

    def __init__(self, real_clock: RealClock) -> None:
        self._clock = real_clock
        self._refused_at: datetime | None = None

    def fitting(self, rendered: Rendered) -> Rendered:
        """The message with its charts, or with tables while charts are refused."""
        return without_charts(rendered) if self._are_refused else rendered

    def is_refusal(self, shown: Rendered, error: str | None) -> bool:
        """Whether this answer may be about a chart of the message that was shown; it is remembered then."""
        if error != REFUSED or not has_chart(shown):
            return False
        self._refused_at = self._clock()
        return True

    @property
    def _are_refused(self) -> bool:
        return self._refused_at is not None and self._clock() - self._refused_at < REMEMBERED


def has_chart(rendered: Rendered) -> bool:
    """Whether a message has a chart."""
    return any(block["type"] == CHART_TYPE for block in rendered.blocks)


def without_charts(rendered: Rendered) -> Rendered:
    """The same message with a table in place of each chart."""
    blocks = [_table(block) if block["type"] == CHART_TYPE else block for block in rendered.blocks]
    return replace(rendered, blocks=blocks)


def _table(chart: Block) -> Block:
    """The figures of a chart: a row a category, a column a series."""
    series: Sequence[Mapping[str, Sequence[Mapping[str, float]]]] = chart["chart"]["series"]
    labels = chart["chart"]["axis_config"]["categories"]
    rows = [[label, *(one["data"][place]["value"] for one in series)] for place, label in enumerate(labels)]
    headings = ["week of", *(str(one["name"]) for one in series)]
    return preformatted(tabulate(rows, headers=headings, tablefmt="plain", floatfmt=".1f"))
