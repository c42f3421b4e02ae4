"""Messages that were refused are sent again once the cause is gone: the bot was invited, the token was renewed."""

from slack_sdk import WebClient

from bot.delivery_outcomes import CALL_FAILURES, TOKEN_ERRORS
from sla_engine.services.outbox import Letters

CHANNEL_ERRORS = frozenset({"not_in_channel", "channel_not_found", "is_archived"})
RENEWED_BY_TOKEN = TOKEN_ERRORS - {"missing_scope"}  # a token that works may still lack the scope


class SecondChances:
    """Asks Slack only while something lies undelivered for such a cause."""

    def __init__(self, letters: Letters, client: WebClient) -> None:
        self.letters = letters
        self.client = client

    def give(self) -> None:
        """Look whether a cause is gone, and send again what it held back."""
        dead = self.letters.dead()
        if any(each.error in RENEWED_BY_TOKEN for each in dead) and self._token_works():
            self.letters.resend_refused(RENEWED_BY_TOKEN)
        for destination in sorted({each.destination for each in dead if each.error in CHANNEL_ERRORS}):
            if self._can_post(destination):
                self.letters.resend_refused(CHANNEL_ERRORS, destination=destination)

    def _token_works(self) -> bool:
        try:
            return bool(self.client.auth_test().get("ok"))
        except CALL_FAILURES:
            return False

    def _can_post(self, destination: str) -> bool:
        try:
            channel: dict[str, object] = self.client.conversations_info(channel=destination).get("channel") or {}
        except CALL_FAILURES:
            return False
        return channel.get("is_member") is True and channel.get("is_archived") is not True
