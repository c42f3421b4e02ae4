"""The button beside a line of the digest: it opens the list of exactly what the line counts."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from bot.action_ids import ActionId
from bot.text import unformatted
from bot.views.act_menu import Act, act_button, act_menu
from bot.views.misses import SIDE_WORDS, button_value
from bot.views.parts import OPTION_VALUE_MAX_CHARS, Block
from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import Attribution
from sla_engine.domain.reporting.customers_to_call import CallCause, CustomerCall
from sla_engine.domain.reporting.digest import DigestFigures
from sla_engine.domain.text.plain_text import one_line, utf16_units
from sla_engine.domain.time.date_ranges import DateRange
from sla_engine.domain.time.local_time import local_day

CUSTOMER_MAX_CHARS = 50
_INSTANT = timedelta(microseconds=1)
_WHOSE = {Attribution.US: "Ours", Attribution.THIRD_PARTY: "Vendors’", Attribution.CUSTOMER: "Customers’"}

_Lists = Iterator[tuple[str, str]]
"""A label, and the words of `/sla misses` that list what it stands for."""


def figure_button(figures: DigestFigures, figure: str) -> Block | None:
    """*Show*, or a menu where a line has several figures; None for a line that counts no misses."""
    lists = _LISTS_OF.get(figure)
    if lists is None:
        return None
    acts = [
        Act(label, ActionId.MISSES_SHOW, value)
        for label, words in lists(figures)
        if _is_carried(value := button_value(words))
    ]
    if len(acts) == 1:
        return act_button(Act("Show", ActionId.MISSES_SHOW, acts[0].key))
    return next(iter(act_menu(acts)), None)


def _is_carried(value: str) -> bool:
    """Whether a menu sends the words back as they are."""
    carried = f"{ActionId.MISSES_SHOW.value} {value}"
    return carried == one_line(carried) and utf16_units(carried) <= OPTION_VALUE_MAX_CHARS


def _all(figures: DigestFigures) -> _Lists:
    if figures.clocks.this_week.missed:
        yield f"Show all {figures.clocks.this_week.missed}", figures.week


def _reasons(figures: DigestFigures) -> _Lists:
    for side, whose in _WHOSE.items():
        count = sum(row.missed for row in figures.reasons if row.attribution == side.label)
        if count:
            yield f"{whose}: {count}", f"{figures.week} {SIDE_WORDS[side]}"
    if figures.unexplained:
        yield f"Not explained: {figures.unexplained}", f"{figures.week} unexplained"


def _updates(figures: DigestFigures) -> _Lists:
    if figures.updates_missed:
        yield "Show", f"{figures.week} {_metric(MetricName.CUSTOMER_UPDATE)}"


def _calls(figures: DigestFigures) -> _Lists:
    for call in figures.calls:
        words = _call_words(call, figures)
        if words:
            yield unformatted(call.customer, CUSTOMER_MAX_CHARS), words


def _call_words(call: CustomerCall, figures: DigestFigures) -> str:
    """The misses for which a customer should be called; empty for a complaint, which is about none."""
    if call.cause is CallCause.COMPLAINT or not call.missed:
        return ""
    if call.cause is CallCause.MISSED_P1:
        return f"{figures.week} {call.customer} {Priority.P1}"
    subject = [*([_metric(call.metric)] if call.metric else []), *([call.priority] if call.priority else [])]
    return " ".join([str(_so_far(call, figures)), call.customer, *subject])


def _so_far(call: CustomerCall, figures: DigestFigures) -> DateRange:
    """The days of the call's month, quarter or year that the digest counted."""
    last = local_day(min(figures.ends, figures.as_of) - _INSTANT, zone=figures.zone)
    return DateRange(call.period.around(last)[0], last)


def _metric(metric: MetricName) -> str:
    return METRICS[metric].label.lower()


_LISTS_OF: Mapping[str, Callable[[DigestFigures], _Lists]] = {
    "headline": _all,
    "calls": _calls,
    "reasons": _reasons,
    "updates": _updates,
}
"""By the name of the line's figure; what is ahead, saved or decided is no miss."""
