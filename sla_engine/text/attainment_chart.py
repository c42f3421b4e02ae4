"""Attainment by week as a picture: an SVG that takes the page's colours, and reads out its figures."""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from sla_engine.domain.reporting.control_limits import ControlLimits
from sla_engine.domain.reporting.digest_parts import WeekShare
from sla_engine.domain.time.weeks import Week

WEEKS_SHOWN = 12

_WIDTH, _HEIGHT = 720, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 122, 14, 34
_STEP = 10
"""The horizontal lines stand so many percent apart, or twice as many where there would be too many."""
_LINES_MOST = 6
_DOT, _THIS_DOT = 4, 6


def attainment_chart(weeks: Sequence[WeekShare], limits: ControlLimits | None) -> str:
    """The last twelve of these weeks, oldest first, with the mean and the limits of ordinary weeks where known.

    A week in which nothing came due leaves a gap.
    """
    shown = weeks[-WEEKS_SHOWN:]
    scale = _Scale([share for week in shown if (share := percent(week)) is not None], limits, count=len(shown))
    words = escape(_in_words(shown, limits))
    parts = [
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{words}">',
        *scale.grid(),
        *(_limit_lines(limits, scale) if limits is not None else ()),
        *_lines(shown, scale),
        *_dots(shown, scale),
        *_labels(shown, scale),
        "</svg>",
    ]
    return "\n".join(parts)


def percent(week: WeekShare) -> float | None:
    """The share kept in percent; None where nothing came due."""
    return 100 * week.met / week.of if week.of else None


def monday(week: WeekShare) -> str:
    """The day on which the week begins: `30 Nov`."""
    return f"{Week.parse(week.week).monday:%-d %b}"


class _Scale:
    """The place of a week and of a percentage in the picture; it ends at 100 and begins below all that is drawn."""

    def __init__(self, shares: Sequence[float], limits: ControlLimits | None, *, count: int) -> None:
        lowest = min([*shares, float(limits.lower) if limits is not None else 100.0], default=100.0)
        self.bottom = min(90, max(0, int(lowest // _STEP) * _STEP))
        self.count = max(count, 1)

    def x(self, place: int) -> float:
        """The middle of the week at this place."""
        return round(_LEFT + (place + 0.5) * (_WIDTH - _LEFT - _RIGHT) / self.count, 1)

    def y(self, share: float) -> float:
        """The height of a percentage."""
        return round(_TOP + (100 - share) / (100 - self.bottom) * (_HEIGHT - _TOP - _BOTTOM), 1)

    def grid(self) -> Iterator[str]:
        """The horizontal lines with their percentages."""
        step = _STEP if (100 - self.bottom) / _STEP <= _LINES_MOST else 2 * _STEP
        for share in range(100, self.bottom - 1, -step):
            y = self.y(share)
            yield f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>'
            yield f'<text class="scale" x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{share}</text>'


def _limit_lines(limits: ControlLimits, scale: _Scale) -> Iterator[str]:
    """The mean and the limits, each with its words at the end; words too near to others' are moved apart."""
    rows = (
        ("limit", "upper limit", limits.upper),
        ("mean", "mean", limits.mean),
        ("limit", "lower limit", limits.lower),
    )
    last_y = float("-inf")
    for kind, name, share in rows:
        y = scale.y(float(share))
        last_y = max(y + 4, last_y + 14)
        yield f'<line class="{kind}" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>'
        yield f'<text class="{kind}-name" x="{_WIDTH - _RIGHT + 6}" y="{last_y}">'
        yield f'<tspan class="name">{name} </tspan>{float(share):.0f} %</text>'


def _lines(weeks: Sequence[WeekShare], scale: _Scale) -> Iterator[str]:
    """A line through the weeks that follow each other without a gap."""
    for has_share, run in groupby(enumerate(weeks), key=lambda placed: placed[1].of > 0):
        points = [(scale.x(place), scale.y(percent(week) or 0.0)) for place, week in run if has_share]
        if len(points) > 1:
            yield f'<polyline class="weeks" points="{" ".join(f"{x},{y}" for x, y in points)}"/>'


def _dots(weeks: Sequence[WeekShare], scale: _Scale) -> Iterator[str]:
    for place, week in enumerate(weeks):
        share, is_last = percent(week), place == len(weeks) - 1
        if share is None:
            continue
        x, y = scale.x(place), scale.y(share)
        kind, size = ("this-week", _THIS_DOT) if is_last else ("week", _DOT)
        words = escape(f"{week.week}: {week.met} of {week.of}, {share:.1f} %")
        yield f'<circle class="{kind}" cx="{x}" cy="{y}" r="{size}"><title>{words}</title></circle>'


def _labels(weeks: Sequence[WeekShare], scale: _Scale) -> Iterator[str]:
    for place, week in enumerate(weeks):
        kind = "scale" if (len(weeks) - 1 - place) % 2 == 0 else "scale other-week"
        yield f'<text class="{kind}" x="{scale.x(place)}" y="{_HEIGHT - 12}" text-anchor="middle">{monday(week)}</text>'


def _in_words(weeks: Sequence[WeekShare], limits: ControlLimits | None) -> str:
    shares = [f"{monday(week)} {share:.0f} %" for week in weeks if (share := percent(week)) is not None]
    usual = (
        f" Ordinary weeks are {float(limits.lower):.0f} to {float(limits.upper):.0f} %." if limits is not None else ""
    )
    return f"Promises kept by week: {', '.join(shares) or 'none came due'}.{usual}"
