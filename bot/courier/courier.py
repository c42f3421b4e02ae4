"""Outbox → Slack: each message once in effect, within Slack's limits, whatever dies in between.

A message is claimed and the claim committed before Slack is called; the answer is recorded afterwards, fenced by the
claim's token. Between the two anything may die, or Slack's answer be lost: then nobody knows whether the message
arrived, so it is looked for by our key before it is sent again. Nothing here knows of incidents.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import assert_never

import structlog
from slack_sdk import WebClient

from bot.courier.charts import Charts
from bot.courier.deletion import Deletion
from bot.courier.renderings import Render, rendered_for
from bot.courier.slack_messages import HistoryMatches, SlackMessages
from bot.courier.slack_outcomes import Failure, destination_errors, with_cause
from bot.views.rendered import Rendered
from sla_engine.delivery import duplicates
from sla_engine.delivery.outgoing_messages import OutgoingMessages, is_new
from sla_engine.delivery.records import (
    HISTORY_UNREADABLE,
    Adopted,
    Claim,
    DeliveryOp,
    DeliveryOutcome,
    DuplicateCheck,
    Failed,
    NoAnswerFromHistory,
    NotSent,
    RateLimited,
    Refused,
    Unanswered,
)
from sla_engine.domain.agreements.routes import NO_ROUTES, Routes
from sla_engine.services.upkeep.databases import StorageBusy

log = structlog.get_logger(__name__)

RUN_MESSAGES_MAX = 100  # then whoever runs us looks around
EMPTY_HISTORY = "history_empty"
REPEATED = "(Repeated: Slack did not say whether this message arrived before.)"
CANNOT_RENDER = "cannot_be_rendered"


class Courier:
    """Carries what waits in the outbox; any number of couriers, threads and processes may share one database.

    `routes` gives the channels that take the messages of lost ones at present.
    """

    def __init__(
        self,
        *,
        messages: OutgoingMessages,
        client: WebClient,
        render: Render,
        routes: Callable[[], Routes] = lambda: NO_ROUTES,
        charts: Charts | None = None,
    ) -> None:
        self.messages = messages
        self.slack = SlackMessages(client, charts=charts)
        self.render = render
        self.clock = messages.clock
        self.rules = messages.rules
        self.routes = routes
        self.after = messages.after
        self._stopping = threading.Event()

    def run_once(self) -> int:
        """Carry due messages, at most `RUN_MESSAGES_MAX`; returns how many."""
        carried = 0
        while carried < RUN_MESSAGES_MAX and not self._stopping.is_set() and self.messages.is_due():
            if self._carry_next():
                carried += 1
            elif not self._check_next():
                break
        return carried

    def next_wake(self) -> datetime | None:
        """The instant at which a waiting channel is free or a duplicate check is due; None when nothing waits.

        A message may wait longer for reasons of its own, so look again later when a run then carries nothing.
        """
        return self.messages.next_wake()

    def stop(self) -> None:
        """Finish the message in hand, then carry no more."""
        self._stopping.set()

    def _carry_next(self) -> bool:
        claim = self.messages.claim()
        if claim is None:
            return False
        self.after("claim committed")
        outcome = self._carried(claim)
        try:
            self._finish(claim, outcome)
        except StorageBusy:
            raise
        except Exception as error:
            log.exception("the end of a delivery could not be written", message=claim.id, kind=claim.kind)
            self._finish(claim, Failed(_named(error), may_have_arrived=True))
        return True

    def _finish(self, claim: Claim, outcome: DeliveryOutcome) -> None:
        routes = self.routes() if isinstance(outcome, Refused | Failed) else NO_ROUTES
        in_time = self.messages.finish(
            claim,
            outcome,
            routes=routes,
            errors_of_channel=destination_errors(claim.destination),
        )
        self.after("finish committed")
        error = getattr(outcome, "error", None)
        write = log.warning if error is not None or not in_time else log.info
        write(
            "carried" if in_time else "carried too late",
            message=claim.id,
            kind=claim.kind,
            op=str(claim.op),
            destination=claim.destination,
            outcome=type(outcome).__name__,
            error=error,
            attempts=claim.attempts,
            text_only=claim.text_only,
            meant_for=claim.meant_for,
        )

    def _carried(self, claim: Claim) -> DeliveryOutcome:
        """Call Slack for one claimed message, outside any transaction; an exception becomes this message's failure."""
        if claim.lost is not None:
            return with_cause(Refused(claim.lost), claim.destination)
        try:
            rendered = rendered_for(claim, self.render)
        except Exception as error:
            log.exception("a message cannot be rendered", message=claim.id, kind=claim.kind)
            return Failed(f"{CANNOT_RENDER}: {_named(error)}")
        try:
            outcome = self._carry(claim, rendered)
        except Exception as error:
            log.exception("a message failed on its way", message=claim.id, kind=claim.kind)
            return Failed(_named(error), may_have_arrived=True)
        return with_cause(outcome, claim.destination) if isinstance(outcome, Refused) else outcome

    def _carry(self, claim: Claim, rendered: Rendered) -> DeliveryOutcome:
        channel = self._channel(claim)
        if not isinstance(channel, str):
            return _before_sending(channel)
        match claim.op:
            case DeliveryOp.UPDATE:
                return self._update(claim, rendered, channel=channel)
            case DeliveryOp.DELETE:
                return self._deletion(claim).carry(channel)
            case DeliveryOp.POST:
                return self._post_once(claim, rendered, channel=channel)
            case _:
                assert_never(claim.op)

    def _post_once(self, claim: Claim, rendered: Rendered, *, channel: str) -> DeliveryOutcome:
        """Post a message, unless an earlier try turns out to have arrived."""
        if claim.is_unknown:
            known = self._look_up(claim, channel=channel)
            if known is not None and not self._is_to_be_repeated(claim, known):
                return known
            if known is not None:
                rendered = Rendered(f"{rendered.text}\n{REPEATED}", rendered.blocks)
        return self._post(claim, rendered, channel=channel)

    def _channel(self, claim: Claim) -> str | Failure:
        """The channel to post to; a lost channel is looked up by name again, as another may have its name by now."""
        if claim.channel_id is not None and not (claim.was_lost and is_new(claim)):
            return claim.channel_id
        channel = self.slack.channel_of(claim.destination)
        if channel == claim.destination and claim.channel_id:
            return claim.channel_id
        return channel

    def _has_time(self, claim: Claim) -> bool:
        """Whether a call that hangs would still end within the lease."""
        return self.clock() + self.rules.timeout + self.rules.margin <= claim.lease_until

    def _post(self, claim: Claim, rendered: Rendered, *, channel: str) -> DeliveryOutcome:
        if not self._has_time(claim):
            return NotSent("lease_too_short", is_outage=False)
        self.after("before post")
        outcome = self.slack.post(rendered, channel=channel, thread_ts=claim.thread_ts, key=claim.key)
        self.after("post")
        return outcome

    def _update(self, claim: Claim, rendered: Rendered, *, channel: str) -> DeliveryOutcome:
        if claim.ts is None or not self._has_time(claim):
            return NotSent("lease_too_short", is_outage=False)
        self.after("before update")
        outcome = self.slack.update(rendered, channel=channel, ts=claim.ts)
        self.after("update")
        return replace(outcome, announce=False) if isinstance(outcome, Refused) else outcome

    def _deletion(self, claim: Claim) -> Deletion:
        return Deletion(
            claim, slack=self.slack, render=self.render, has_time=partial(self._has_time, claim), after=self.after
        )

    def _look_up(self, claim: Claim, *, channel: str) -> Adopted | RateLimited | NoAnswerFromHistory | None:
        """Look for a message that may have arrived: the match, no answer, or None when it is surely not there."""
        self.after("before look-up")
        matches = self.slack.find(claim.key, channel=channel, thread_ts=claim.thread_ts, since=claim.first_tried_at)
        self.after("look-up")
        if not isinstance(matches, HistoryMatches):
            return matches
        if matches.ours:
            return Adopted(channel, matches.ours[0], has_duplicates=len(matches.ours) > 1)
        # A history that shows nothing at all may be a quiet channel or a history out of order: ask a second time.
        if not matches.has_any_message and claim.error != EMPTY_HISTORY:
            return NoAnswerFromHistory(EMPTY_HISTORY)
        return None

    def _is_to_be_repeated(self, claim: Claim, known: DeliveryOutcome) -> bool:
        """Whether the history here stays unreadable and has been waited for long enough."""
        if not (isinstance(known, NoAnswerFromHistory) and known.error.startswith(HISTORY_UNREADABLE)):
            return False
        return self.clock() - claim.first_tried_at >= self.rules.unreadable_patience

    def _check_next(self) -> bool:
        """Remove the duplicates of one message that was posted more than once; False when no check is due."""
        check = self.messages.claim_duplicate_check()
        if check is None:
            return False
        self.messages.finish_duplicate_check(check, self._checked(check))
        return True

    def _checked(self, check: DuplicateCheck) -> duplicates.CheckResult:
        channel = check.channel_id or self.slack.channel_of(check.destination)
        if not isinstance(channel, str):
            return duplicates.NotChecked("no_channel")
        self.after("before duplicate look-up")
        matches = self.slack.find(check.key, channel=channel, thread_ts=check.thread_ts, since=check.first_tried_at)
        self.after("duplicate look-up")
        if isinstance(matches, RateLimited):
            return matches
        if isinstance(matches, NoAnswerFromHistory):
            return duplicates.NotChecked(matches.error)
        keep = None if check.is_deleted else check.ts or next(iter(matches.ours), None)
        if keep not in matches.ours and not check.is_deleted:
            return duplicates.NotChecked("not_in_history")
        for ts in matches.ours:
            if ts != keep and (failure := self._remove(channel, ts)) is not None:
                return duplicates.NotChecked(f"delete: {type(failure).__name__}")
        return duplicates.Checked(keep)

    def _remove(self, channel: str, ts: str) -> Failure | None:
        self.after("before delete")
        failure = self.slack.delete(channel=channel, ts=ts)
        self.after("delete")
        log.info("removed a duplicate", channel=channel, failure=None if failure is None else type(failure).__name__)
        return failure


def _named(error: Exception) -> str:
    return type(error).__name__


def _before_sending(failure: Failure) -> DeliveryOutcome:
    """The outcome when the conversation could not be opened: the message itself was not sent."""
    return NotSent(failure.error) if isinstance(failure, Unanswered) else failure
