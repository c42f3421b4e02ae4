"""What the customer answered while we waited for them."""

from collections.abc import Sequence

from sla_engine.domain.incidents.events import (
    CustomerReplied,
    CustomerUpdated,
    Entry,
    Paused,
    Resolved,
    Responded,
    Resumed,
    in_order,
)
from sla_engine.domain.incidents.reasons import PauseReason


def answer_in_pause(history: Sequence[Entry]) -> Entry | None:
    """The customer's last reply during a pause for them that goes on; None once somebody told them anything since.

    It goes on where the agreement says that a reply does not end it.
    """
    paused, reply = False, None
    for entry in in_order(history):
        match entry.event:
            case Paused(reason=PauseReason.CUSTOMER):
                paused, reply = True, None
            case Resumed(reason=None | PauseReason.CUSTOMER) | Resolved():
                paused, reply = False, None
            case Responded() | CustomerUpdated():
                reply = None
            case CustomerReplied() if paused:
                reply = entry
            case _:
                pass
    return reply
