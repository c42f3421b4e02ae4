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
    """A metric: the facts that stop its clock or start a new period, and whether a pause rests it.

    `due` and `was_due` are what is said before the instant at which it is due, until then and after.
    """

    name: MetricName
    label: str
    short: str
    due: str
    was_due: str
    stops_on: tuple[type[Event], ...]
    restarts_on: tuple[type[Event], ...] = ()
    pausable: bool = True
    resumes_on_reopen: bool = True

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
            label="First response",
            short="respond",
            due="First reply due",
            was_due="First reply was due",
            stops_on=(Responded, CustomerUpdated, Resolved),
            pausable=False,
            resumes_on_reopen=False,
        ),
        Metric(
            name=MetricName.CUSTOMER_UPDATE,
            label="Customer update",
            short="update",
            due="Customer hears from us by",
            was_due="Customer was to hear from us by",
            stops_on=(Resolved,),
            restarts_on=(Responded, CustomerUpdated),
            pausable=False,
        ),
        Metric(
            name=MetricName.RESOLUTION_PLAN,
            label="Resolution plan",
            short="plan",
            due="Plan due",
            was_due="Plan was due",
            stops_on=(PlanGiven, Resolved),
        ),
        Metric(
            name=MetricName.RESOLUTION,
            label="Resolution",
            short="resolve",
            due="Fix due",
            was_due="Fix was due",
            stops_on=(Resolved,),
        ),
    )
}
