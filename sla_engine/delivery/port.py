"""The outbox as whoever carries its messages sees it: what to carry next, and what became of it."""

import secrets
from collections.abc import Callable, Collection
from datetime import datetime

from sla_engine.delivery import audits, claims, finishes, lost_channels, rate_limits
from sla_engine.delivery.records import Adopted, Claim, DeliveryOp, DeliveryOutcome, DeliveryRules, Sent, TwinAudit
from sla_engine.domain.agreements.routes import Routes
from sla_engine.storage.database import Database


def _nothing(_point: str) -> None:
    """What follows a point of the protocol outside of tests."""


class OutgoingMessages:
    """Messages to carry, one transaction a call; any number of carriers may share one database.

    `clock` is real time, read once a transaction has its locks: leases are counted in it. `after` is told each point of
    the protocol as it is passed, so that a test can die there.
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
        """When the next waiting channel is free or the next audit due, in real time; None when nothing waits."""
        with self.database.reading() as session:
            free_at = rate_limits.next_times(session)
            audit = audits.next_audit(session)
        now = self.clock()
        waits = [at or now for at in free_at.values()] + ([audit] if audit is not None else [])
        return min(waits, default=None)

    def is_due(self) -> bool:
        """Whether something may be carried or audited; asked without locks, so that an idle carrier disturbs nobody."""
        with self.database.reading() as session:
            free_at = list(rate_limits.next_times(session).values())
            audit = audits.next_audit(session)
        now = self.clock()
        if None in free_at:
            with self.database.transaction() as session:
                rate_limits.add_missing(session, now=now)
            return True
        return any(at is not None and at <= now for at in [*free_at, audit])

    def claim(self) -> Claim | None:
        """Take the next message under a lease; None when none may be carried."""
        with self.database.transaction() as session:
            claim = claims.claim_next(session, token=secrets.token_hex(8), rules=self.rules, now=self.clock())
            self.after("claim")
        return claim

    def finish(
        self, claim: Claim, outcome: DeliveryOutcome, *, routes: Routes, errors_of_channel: Collection[str]
    ) -> bool:
        """Write down what became of a message; False when its lease was over and somebody else has it.

        A message that arrives in a channel that was lost brings back what waited for it: those with one of
        `errors_of_channel`.
        """
        with self.database.transaction() as session:
            now = self.clock()
            in_time = finishes.finish(session, claim, outcome, rules=self.rules, routes=routes, now=now)
            if claim.was_lost and isinstance(outcome, Sent | Adopted) and is_new(claim):
                lost_channels.restore(session, claim.destination, errors=errors_of_channel, now=now)
            self.after("finish")
        return in_time

    def claim_audit(self) -> TwinAudit | None:
        """Take one message that was posted more than once and is to be looked at; None when none is due."""
        with self.database.transaction() as session:
            audit = audits.claim_audit(session, token=secrets.token_hex(8), rules=self.rules, now=self.clock())
            self.after("audit claimed")
        return audit

    def finish_audit(self, audit: TwinAudit, result: audits.AuditResult) -> None:
        """Write down what the look found."""
        with self.database.transaction() as session:
            audits.finish_audit(session, audit, result, rules=self.rules, now=self.clock())
            self.after("audit finished")


def is_new(claim: Claim) -> bool:
    """Whether it is a message of its own, neither an edit nor an answer."""
    return claim.op is DeliveryOp.POST and claim.thread_ts is None
