"""The part `goals` of `msp.yaml` and of agreements: shares to be kept, for everything or for one metric."""

from collections.abc import Iterator
from fractions import Fraction

from sla_engine.domain.agreements.goals import NO_GOALS, GoalPeriod, Goals, GoalSubject
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.files.scalars import member, percent
from sla_engine.files.yaml_document import Field

EVERYTHING = "overall"
MOST_PERCENT = 100


def goals(field: Field) -> Goals:
    """The goals, each a share such as `93%`, or one for each priority: `{P1: 99%, P2: 95%}`."""
    names = {EVERYTHING: None, **{metric.value: metric for metric in MetricName}}
    keys = field.keys((*names, "per"))
    per = member(keys["per"], GoalPeriod, what="period") if "per" in keys else None
    shares: dict[GoalSubject, Fraction] = {}
    for name, metric in names.items():
        if name in keys:
            shares.update(_shares(keys[name], metric))
    return Goals(shares=shares, per=per or NO_GOALS.per)


def _shares(field: Field, metric: MetricName | None) -> Iterator[tuple[GoalSubject, Fraction]]:
    parts: dict[Priority | None, Field] = {None: field}
    if field.is_mapping:
        parts = {Priority(name): value for name, value in field.keys(list(Priority)).items()}
    for priority, value in parts.items():
        share = percent(value, most=MOST_PERCENT)
        if share is not None:
            yield GoalSubject(metric, priority), Fraction(share) / MOST_PERCENT
