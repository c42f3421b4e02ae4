"""The outbox as a courier sees it: claims the next message to carry, and records how carrying it went."""

import secrets
from collections.abc import Callable, Collection
from datetime import datetime

from sla_engine.delivery import claims, delivery_outcomes, duplicates, lost_channels, rate_limits
from sla_engine.delivery.records import (
    Adopted,
    Claim,
    DeliveryOp,
    DeliveryOutcome,
    DeliveryRules,
    DuplicateCheck,
    Sent,
)
from sla_engine.domain.agreements.routes import Routes
from sla_engine.storage.database import Database


def _nothing(_point: str) -> None:
    """Does nothing after a point of the protocol; a test may die there instead."""


class OutgoingMessages:
    """Messages to carry, one transaction a call; any number of carriers may share one database.

    `clock` is real time, in which leases are counted; it is read before a transaction waits for its locks. `after` is
    called with the name of each point of the protocol that is passed, so that a test can die there.
    """

    def __init__(
        self,
        database: Database,
        *,
        rules: DeliveryRules,
        clock: Callable[[], datetime],
        after: Callable[[str], None] = _nothing,
    ) -> None:
        self.database = database
        self.after = after
        self.rules = rules
        self.clock = clock

    def next_wake(self) -> datetime | None:
        """The real time at which the next channel is free or the next duplicate check due; None when nothing waits."""
        with self.database.reading() as session:
            free_at = rate_limits.next_times(session)
            check_at = duplicates.next_check_at(session)
        now = self.clock()
        wakes = [now if at is None else at for at in free_at.values()]
        if check_at is not None:
            wakes.append(check_at)
        return min(wakes, default=None)

    def is_due(self) -> bool:
        """Whether something may be carried or checked now.

        Takes no locks unless a destination still needs its slot, so that an idle carrier disturbs nobody.
        """
        with self.database.reading() as session:
            free_at = list(rate_limits.next_times(session).values())
            check_at = duplicates.next_check_at(session)
        now = self.clock()
        if None in free_at:
            with self.database.transaction() as session:
                rate_limits.add_missing(session, now=now)
            return True
        return any(at is not None and at <= now for at in [*free_at, check_at])

    def claim(self) -> Claim | None:
        """Take the next message under a lease; None when none may be carried."""
        with self.database.transaction() as session:
            claim = claims.claim_next(session, token=secrets.token_hex(8), rules=self.rules, now=self.clock())
            self.after("claim")
        return claim

    def finish(
        self, claim: Claim, outcome: DeliveryOutcome, *, routes: Routes, errors_of_channel: Collection[str]
    ) -> bool:
        """Record how carrying a message went; False when its lease was over and another carrier has it.

        A message that arrives in a channel that was lost shows that it works again: the messages that died there of
        one of `errors_of_channel` are sent again.
        """
        with self.database.transaction() as session:
            now = self.clock()
            in_time = delivery_outcomes.finish(session, claim, outcome, rules=self.rules, routes=routes, now=now)
            if claim.was_lost and isinstance(outcome, Sent | Adopted) and is_new(claim):
                lost_channels.restore(session, claim.destination, errors=errors_of_channel, now=now)
            self.after("finish")
        return in_time

    def claim_duplicate_check(self) -> DuplicateCheck | None:
        """Take one message that was posted more than once and is to be checked; None when none is due."""
        with self.database.transaction() as session:
            check = duplicates.claim_check(session, token=secrets.token_hex(8), rules=self.rules, now=self.clock())
            self.after("duplicate check claimed")
        return check

    def finish_duplicate_check(self, check: DuplicateCheck, result: duplicates.CheckResult) -> None:
        """Record how the check ended."""
        with self.database.transaction() as session:
            duplicates.finish_check(session, check, result, rules=self.rules, now=self.clock())
            self.after("duplicate check finished")


def is_new(claim: Claim) -> bool:
    """Whether it is a message of its own, neither an edit nor an answer."""
    return claim.op is DeliveryOp.POST and claim.thread_ts is None
