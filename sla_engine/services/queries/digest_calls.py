"""Collects the reasons to call a customer after a period: missed P1, complaints, goals."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.reporting.customers_to_call import CallCause, CustomerCall
from sla_engine.domain.reporting.digest import Complaint
from sla_engine.storage.outcome_counts import UrgentOutcome

_WEIGHTIEST_FIRST = (
    MetricName.RESOLUTION,
    MetricName.FIRST_RESPONSE,
    MetricName.RESOLUTION_PLAN,
    MetricName.CUSTOMER_UPDATE,
)


def urgent_calls(outcomes: Sequence[UrgentOutcome]) -> Iterator[CustomerCall]:
    """The customers with a missed P1, one by one, whatever share that is."""
    by_customer = sorted(outcomes, key=lambda outcome: outcome.customer)
    for customer, group in groupby(by_customer, key=lambda outcome: outcome.customer):
        of_customer = list(group)
        incidents = {outcome.incident_key for outcome in of_customer}
        missed = [outcome for outcome in of_customer if outcome.is_missed]
        if missed:
            worst = min(missed, key=lambda outcome: _WEIGHTIEST_FIRST.index(outcome.metric))
            yield CustomerCall(
                customer=customer,
                cause=CallCause.MISSED_P1,
                missed=len({outcome.incident_key for outcome in missed}),
                of=len(incidents),
                incident_key=worst.incident_key,
                metric=worst.metric,
                late_seconds=None if worst.late_by is None else worst.late_by.total_seconds(),
            )


def complaint_calls(complaints: Sequence[Complaint]) -> Iterator[CustomerCall]:
    """The customers who complained."""
    for complaint in complaints:
        yield CustomerCall(
            customer=complaint.customer,
            cause=CallCause.COMPLAINT,
            incident_key=complaint.incident_key,
            title=complaint.title,
            at=complaint.at,
        )
