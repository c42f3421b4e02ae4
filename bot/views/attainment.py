"""Attainment by week as Slack's own chart."""

from collections.abc import Sequence

from bot.views.parts import Block
from sla_engine.domain.reporting.attainment import Attainment
from sla_engine.domain.reporting.control_limits import control_limits
from sla_engine.domain.reporting.digest_parts import WeekShare
from sla_engine.domain.time.weeks import Week

CHART_TYPE = "data_visualization"
WEEKS_SHOWN = 12
TITLE = "Promises kept by week, in percent"
_KEPT = "kept"


def attainment_chart_block(weeks: Sequence[WeekShare]) -> list[Block]:
    """The last twelve weeks in which something came due, oldest first, with the mean and the limits of ordinary weeks.

    No chart for fewer than two such weeks. The limits are those by all the weeks before the last one.
    """
    shown = [week for week in weeks[-WEEKS_SHOWN:] if week.of]
    if len(shown) < 2:  # noqa: PLR2004 - a line has two ends
        return []
    labels = [f"{Week.parse(week.week).monday:%-d %b}" for week in shown]
    lines = {_KEPT: [round(100 * week.met / week.of, 1) for week in shown]}
    limits = control_limits([Attainment(week.met, week.of) for week in weeks[:-1]])
    if limits is not None:
        named = {"mean": limits.mean, "upper limit": limits.upper, "lower limit": limits.lower}
        lines |= {name: [round(float(share), 1)] * len(shown) for name, share in named.items()}
    series = [
        {"name": name, "data": [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)]}
        for name, values in lines.items()
    ]
    chart = {"type": "line", "series": series, "axis_config": {"categories": labels, "y_label": "%"}}
    return [{"type": CHART_TYPE, "title": TITLE, "chart": chart}]


def chart_text(weeks: Sequence[WeekShare]) -> list[str]:
    """The chart in words, for phones and screen readers; nothing where there is no chart."""
    return [_words(block) for block in attainment_chart_block(weeks)]


def _words(chart: Block) -> str:
    kept = [f"{point['label']} {point['value']:g}" for point in chart["chart"]["series"][0]["data"]]
    return f"{chart['title']}: {', '.join(kept)}"
