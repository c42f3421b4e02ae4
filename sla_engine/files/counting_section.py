"""The parts of an agreement that say what counts: `counts_as` (what stops a clock) and `reopen`."""

from collections.abc import Mapping

from sla_engine.domain.agreements.agreement import ReopenMode, ReopenRule
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.files.scalars import member, one_of, window
from sla_engine.files.yaml_document import Field

CUSTOMER_VISIBLE = ("responded", "customer_updated", "plan_given")
ACTS: Mapping[MetricName, tuple[str, ...]] = {
    MetricName.FIRST_RESPONSE: (*CUSTOMER_VISIBLE, "assigned"),
    MetricName.CUSTOMER_UPDATE: CUSTOMER_VISIBLE,
    MetricName.RESOLUTION_PLAN: CUSTOMER_VISIBLE,
}
"""The acts that may count for a metric: those the customer sees, and for the first response an assignment."""

ENDS_EVERYTHING = "resolved"


def acts(field: Field) -> dict[MetricName, tuple[str, ...]]:
    """For each metric named, the stored names of the facts that count for it."""
    names = [metric.value for metric in MetricName]
    counted: dict[MetricName, tuple[str, ...]] = {}
    for name, value in field.keys(names).items():
        metric = MetricName(name)
        if metric not in ACTS:
            value.wrong(f"only 'resolved' ends {name}; leave it out. Allowed are {', '.join(ACTS)}")
            continue
        counted[metric] = _acts(value, ACTS[metric])
    return counted


def _acts(field: Field, allowed: tuple[str, ...]) -> tuple[str, ...]:
    items = field.items(f"a list of {', '.join(allowed)}")
    if field.is_sequence and not items:
        field.wrong(f"nothing would count; name at least one of {', '.join(allowed)}")
    named = [_act(item, allowed) for item in items]
    return tuple(dict.fromkeys(act for act in named if act is not None))


def _act(item: Field, allowed: tuple[str, ...]) -> str | None:
    if not item.is_mapping and not item.is_sequence and str(item.node.value) == ENDS_EVERYTHING:
        item.wrong(f"'{ENDS_EVERYTHING}' ends every clock in any case; leave it out")
        return None
    return one_of(item, allowed, what="fact")


def reopen_rule(field: Field) -> ReopenRule:
    """The mode in which a reopened incident's clocks go on, and the window after the resolution in which they do."""
    keys = field.keys(("mode", "window"))
    mode = member(keys["mode"], ReopenMode, what="mode") if "mode" in keys else None
    within = window(keys["window"]) if "window" in keys else None
    return ReopenRule(mode=mode or ReopenMode.RESUME, window=within)
