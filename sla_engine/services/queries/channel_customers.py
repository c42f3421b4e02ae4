"""Which customer a Slack channel belongs to, as their agreement names it in `slack_channels:`."""

from datetime import datetime

from sla_engine.domain.agreements.agreement import SLACK_CHANNELS
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import agreements


class ChannelCustomers:
    """Looks up customers by channel; `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def customer_of(self, channel: str, *, now: datetime) -> str | None:
        """The customer whose agreement in force names this channel; None where none does."""
        if not channel:
            return None
        with self.unit_of_work.database.reading() as session:
            for number in agreements.all_in_force(session, at=now).values():
                agreement = self.unit_of_work.agreements.by_version(session, number)
                if channel in agreement.extras.get(SLACK_CHANNELS, ()):
                    return agreement.customer
        return None
