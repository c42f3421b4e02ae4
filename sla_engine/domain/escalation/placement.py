"""New message or edit: whether a nudge is posted anew, so that somebody is notified, or edits the live one. Pure.

Slack notifies of messages and never of edits. So a new message is for what must be noticed, and costs a line that
people read; any other news is written into the line that is there.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sla_engine.domain.escalation.nudges import NudgeCause, Occasion
from sla_engine.domain.escalation.recipients import Addressees

QUIET_AFTER_POST = timedelta(minutes=5)
"""How long a repeat waits after the last message about its incident."""

ALWAYS_NEW = frozenset(
    {
        NudgeCause.HELP,
        NudgeCause.UNASSIGNED,
        NudgeCause.REOPENED,
        NudgeCause.PRIORITY_RAISED,
        NudgeCause.REPEAT,
        NudgeCause.PAUSE_OUTLIVED,
        NudgeCause.PROMISE_QUESTIONED,
        NudgeCause.PROMISE_LAPSED,
    }
)
"""Causes that are always posted: a call for help, a hand-back among them; a reopening; a rise to P1; and repeats that
are due, among them those that a promise or a pause had held back until it passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleMessage:
    """The message about an incident that people see in one place.

    `told` are the people whom it and those it replaced mention; `posted_at` is SLA time in UTC.
    """

    told: frozenset[str]
    posted_at: datetime | None = None

    def reposted(self, people: Collection[str], *, at: datetime) -> "VisibleMessage":
        """The message that takes its place, and mentions these people."""
        return replace(self, told=self.told.union(people), posted_at=at)


NO_MESSAGE = VisibleMessage(told=frozenset())


def is_new_message(nudge: Occasion, addressees: Addressees, *, live: VisibleMessage | None) -> bool:
    """Whether a nudge is a new message; else it is an edit of the live one in the same place.

    A message to the owner alone is always new: nobody else would tell them.
    """
    if live is None or addressees.owner_alone is not None or nudge.cause in ALWAYS_NEW:
        return True
    must_be_noticed = any(step.repeat or step.is_miss for _, step in nudge.steps)
    return must_be_noticed or not live.told.issuperset(addressees.people)
