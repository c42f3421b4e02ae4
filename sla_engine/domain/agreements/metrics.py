"""The metrics that clocks measure, as a table: a new one is a row; card, board, digest and sweep iterate over it."""

from dataclasses import dataclass, replace
from enum import StrEnum

from sla_engine.domain.incidents.events import CustomerUpdated, Event, PlanGiven, Resolved, Responded
from sla_engine.domain.incidents.stored_names import STORED_NAMES


class MetricName(StrEnum):
    """The names of the metrics in agreements."""

    FIRST_RESPONSE = "first_response"
    CUSTOMER_UPDATE = "customer_update"
    RESOLUTION_PLAN = "resolution_plan"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric: what people call it, the facts that stop its clock or start a new period, and whether a pause rests it.

    `label` heads a line or a column; `due` and `was_due` are what is said before the instant at which it is due, until
    then and after. Nothing else names it where people read; files, facts and JSON use `name`.
    """

    name: MetricName
    label: str
    due: str
    was_due: str
    stops_on: tuple[type[Event], ...]
    restarts_on: tuple[type[Event], ...] = ()
    pausable: bool = True
    resumes_on_reopen: bool = True

    @property
    def owed(self) -> str:
        """What is owed, within a sentence: `the first reply`."""
        return f"the {self.label.lower()}"

    @property
    def short(self) -> str:
        """The last word of its label, where there is no room for more: `reply`."""
        return self.label.lower().split()[-1]

    @property
    def periodic(self) -> bool:
        """Whether a fact can start a new period."""
        return bool(self.restarts_on)

    def counting(self, acts: tuple[str, ...] | None) -> "Metric":
        """The same metric where an agreement names the facts that count for it (stored names); None: the usual ones.

        Resolving ends every clock, whatever else counts.
        """
        if acts is None:
            return self
        kinds = tuple(STORED_NAMES[name] for name in acts if STORED_NAMES[name] is not Resolved)
        if self.periodic:
            return replace(self, restarts_on=kinds)
        return replace(self, stops_on=(*kinds, Resolved))


METRICS: dict[MetricName, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            name=MetricName.FIRST_RESPONSE,
            label="First reply",
            due="First reply due",
            was_due="First reply was due",
            stops_on=(Responded, CustomerUpdated, Resolved),
            pausable=False,
            resumes_on_reopen=False,
        ),
        Metric(
            name=MetricName.CUSTOMER_UPDATE,
            label="Customer update",
            due="Customer hears from us by",
            was_due="Customer was to hear from us by",
            stops_on=(Resolved,),
            restarts_on=(Responded, CustomerUpdated),
            pausable=False,
        ),
        Metric(
            name=MetricName.RESOLUTION_PLAN,
            label="Plan",
            due="Plan due",
            was_due="Plan was due",
            stops_on=(PlanGiven, Resolved),
        ),
        Metric(
            name=MetricName.RESOLUTION,
            label="Fix",
            due="Fix due",
            was_due="Fix was due",
            stops_on=(Resolved,),
        ),
    )
}

_FORMER_LABELS = {
    "First response": MetricName.FIRST_RESPONSE,
    "Resolution plan": MetricName.RESOLUTION_PLAN,
    "Resolution": MetricName.RESOLUTION,
}
"""The labels of earlier versions, by which stored messages name their clocks."""
_BY_LABEL = {metric.label: metric for metric in METRICS.values()} | {
    label: METRICS[name] for label, name in _FORMER_LABELS.items()
}


def metric_labelled(label: str | None) -> Metric | None:
    """The metric that has this label, or had it in an earlier version; None for any other words."""
    return _BY_LABEL.get(label or "")
