"""Sends refused messages again once Slack takes them: the bot was invited, or the token was renewed."""

from slack_sdk import WebClient

from bot.courier.slack_messages import SlackMessages
from bot.courier.slack_outcomes import PERSON, TOKEN_ERRORS, destination_errors, is_probed
from bot.slack_calls import CALL_FAILURES
from sla_engine.services.upkeep.dead_letters import DeadLetters
from sla_engine.time_source import RealClock

RENEWED_BY_TOKEN = TOKEN_ERRORS - {"missing_scope"}  # a token that works may still lack the scope


class Redelivery:
    """Asks Slack only while messages are undelivered for such a cause, or go to another channel meanwhile."""

    def __init__(self, letters: DeadLetters, client: WebClient, *, clock: RealClock) -> None:
        self.letters = letters
        self.client = client
        self.slack = SlackMessages(client)
        self.clock = clock

    def resend_unblocked(self) -> None:
        """Check each cause of refusals, and send again what is no longer blocked."""
        refused = self.letters.refusals()
        if any(error in RENEWED_BY_TOKEN for _, error in refused) and self._token_works():
            self.letters.resend_refused(RENEWED_BY_TOKEN)
        lost = {(refusal.destination, refusal.error) for refusal in self.letters.lost()}
        wanted: dict[str, set[str]] = {}
        for destination, error in sorted(refused | lost):
            if error in destination_errors(destination):
                wanted.setdefault(destination, set()).add(error)
        for destination, errors in wanted.items():
            channel = self._open_channel(destination)
            if channel is not None:
                self._resend(destination, errors, channel=channel)

    def _resend(self, destination: str, seen: set[str], *, channel: str) -> None:
        errors = destination_errors(destination)
        if all(is_probed(error, destination) for error in seen):
            self.letters.restore(destination, errors, channel_id=channel, now=self.clock())
        else:
            self.letters.try_one(destination, errors, now=self.clock())

    def _open_channel(self, destination: str) -> str | None:
        """The id of a channel that takes messages, under its new name if it was renamed, or of a person's direct
        message; None when Slack refuses.
        """
        if PERSON.fullmatch(destination):
            opened = self.slack.channel_of(destination)
            return opened if isinstance(opened, str) else None
        channel = self.slack.open_channel(destination)
        if channel is not None:
            return channel
        known = self.letters.known_channel(destination)
        if known is None or known == destination:
            return None
        return self.slack.open_channel(known)

    def _token_works(self) -> bool:
        try:
            return bool(self.client.auth_test().get("ok"))
        except CALL_FAILURES:
            return False
