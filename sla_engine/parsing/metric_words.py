"""Reads the names of metrics as people write them: `first reply`, `reply`, `first_response`, `updates`."""

from collections.abc import Mapping, Sequence

from sla_engine.domain.agreements.metrics import METRICS, MetricName

METRIC_WORDS: Mapping[str, MetricName] = {
    word: row.name
    for row in METRICS.values()
    for name in (row.label.lower(), row.name.replace("_", " "))
    for word in (name, name.split()[-1])
} | {"respond": MetricName.FIRST_RESPONSE, "resolve": MetricName.RESOLUTION}
"""What people call the metrics, the names that agreements give them, the last word of each, and what stops a clock."""

_PLURALS: Mapping[str, MetricName] = {
    "replies": MetricName.FIRST_RESPONSE,
    "updates": MetricName.CUSTOMER_UPDATE,
    "plans": MetricName.RESOLUTION_PLAN,
    "fixes": MetricName.RESOLUTION,
}


def metric_word(words: Sequence[str]) -> MetricName | None:
    """The metric that these words together name; None for any other words."""
    written = " ".join(words).lower().replace("_", " ").replace("-", " ")
    return METRIC_WORDS.get(written) or _PLURALS.get(written.removeprefix("customer "))
