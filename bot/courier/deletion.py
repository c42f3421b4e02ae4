"""Takes a message away that another one replaced; where a person wrote under it, one line stays that leads to the new.

Each call may be repeated: a message that is not there any more is what was wanted, whoever took it away.
"""

from collections.abc import Callable
from dataclasses import replace

from bot.courier.renderings import Render, shrunk
from bot.courier.slack_messages import SlackMessages
from bot.courier.slack_outcomes import TOKEN_ERRORS, Failure
from sla_engine.delivery.records import Claim, DeliveryOutcome, NotSent, RateLimited, Refused, Sent, Shrunk, Unanswered

GONE = frozenset({"message_not_found", "thread_not_found"})


class Deletion:
    """One deletion that was claimed; `has_time` says whether another call would still end within the lease."""

    def __init__(
        self,
        claim: Claim,
        *,
        slack: SlackMessages,
        render: Render,
        has_time: Callable[[], bool],
        after: Callable[[str], None],
    ) -> None:
        self.claim = claim
        self.slack = slack
        self.render = render
        self.has_time = has_time
        self.after = after

    def carry(self, channel: str) -> DeliveryOutcome:
        """Delete the message, or shrink it where somebody wrote under it, nobody may know, or nothing replaces it."""
        ts = self.claim.ts
        if ts is None or not self.has_time():
            return _too_late()
        self.after("before replies")
        wrote = self.slack.has_replies_of_people(channel=channel, ts=ts)
        self.after("replies")
        if isinstance(wrote, RateLimited):
            return replace(wrote, look_up=True)
        if isinstance(wrote, Unanswered):
            return NotSent(wrote.error)
        if isinstance(wrote, NotSent):
            return wrote
        if isinstance(wrote, Refused) and wrote.error in GONE:
            return Sent(channel, ts)
        # Where the history may not be read, somebody may have written: their words must not lose what they are about.
        stays = wrote is not False or self._lacks_successor()
        return self._shrink(channel, ts) if stays else self._delete(channel, ts)

    def _lacks_successor(self) -> bool:
        """Whether a message was to take its place, and could not be posted."""
        return self.claim.successor is not None and self.claim.successor.ts is None

    def _delete(self, channel: str, ts: str) -> DeliveryOutcome:
        if not self.has_time():
            return _too_late()
        self.after("before delete")
        failure = self.slack.delete(channel=channel, ts=ts)
        self.after("delete")
        if failure is None:
            return Sent(channel, ts)
        if isinstance(failure, Refused) and failure.error not in TOKEN_ERRORS:
            return self._shrink(channel, ts)  # a workspace may forbid apps to delete
        return _unannounced(failure)

    def _shrink(self, channel: str, ts: str) -> DeliveryOutcome:
        link = self._link() if self.has_time() else None
        if not self.has_time():
            return _too_late()
        self.after("before shrink")
        outcome = self.slack.update(shrunk(self.claim, self.render, link=link), channel=channel, ts=ts)
        self.after("shrink")
        if isinstance(outcome, Refused) and outcome.error in GONE:
            return Sent(channel, ts)
        return Shrunk(channel, ts) if isinstance(outcome, Sent) else _unannounced(outcome)

    def _link(self) -> str | None:
        """The address of the message that takes its place; asked for once, and done without where Slack has none."""
        successor = self.claim.successor
        if successor is None or successor.channel_id is None or successor.ts is None:
            return None
        return self.slack.permalink(channel=successor.channel_id, ts=successor.ts)


def _too_late() -> NotSent:
    return NotSent("lease_too_short", is_outage=False)


def _unannounced(failure: Failure) -> DeliveryOutcome:
    """The failure, of which nobody need read: what the message had to say was said."""
    return replace(failure, announce=False) if isinstance(failure, Refused) else failure
