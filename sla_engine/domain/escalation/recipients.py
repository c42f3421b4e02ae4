"""Recipients of a rung today: in the dispatcher channel, or the owner alone in a direct message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sla_engine.domain.agreements.ladders import Recipient
from sla_engine.domain.agreements.msp import Msp


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressees:
    """The Slack ids that a nudge calls; `owner_alone` is set where it goes to the owner as a direct message."""

    people: tuple[str, ...]
    owner_alone: str | None = None

    def channel(self, msp: Msp) -> str:
        """The destination of the nudge: a channel, or the owner's Slack id."""
        return self.owner_alone or msp.dispatcher_channel


def addressees(
    msp: Msp, *, tell: Sequence[Recipient], owner: str | None, customer: str, now: datetime, too: Sequence[str] = ()
) -> Addressees:
    """The people behind these recipients at `now`; the dispatcher stands in for an owner who cannot be written to.

    A rung that names only the owner goes to the owner; all others go to the dispatcher channel. `too` are called as
    well, where they can be written to. Nobody is called who is absent.
    """
    dispatcher, writable = msp.dispatcher(now), msp.present(owner, now)
    who = {
        Recipient.ASSIGNEE: writable or dispatcher,
        Recipient.DISPATCHER: dispatcher,
        Recipient.SERVICE_MANAGER: msp.present_manager_of(customer, now),
    }
    named = [who[recipient] for recipient in tell]
    called = [*(named if any(named) else [dispatcher]), *(msp.present(person, now) for person in too)]
    return Addressees(
        people=tuple(dict.fromkeys(person for person in called if person is not None)),
        owner_alone=writable if set(tell) == {Recipient.ASSIGNEE} else None,
    )
