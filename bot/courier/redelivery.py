"""Messages that were refused are sent again once the cause is gone: the bot was invited, the token was renewed."""

from slack_sdk import WebClient

from bot.courier.slack_messages import SlackMessages
from bot.courier.slack_outcomes import PERSON, TOKEN_ERRORS, destination_errors, is_probed
from bot.slack_calls import CALL_FAILURES
from sla_engine.services.upkeep.dead_letters import Letters
from sla_engine.time_source import RealClock

RENEWED_BY_TOKEN = TOKEN_ERRORS - {"missing_scope"}  # a token that works may still lack the scope


class SecondChances:
    """Asks Slack only while something lies undelivered for such a cause, or is said elsewhere."""

    def __init__(self, letters: Letters, client: WebClient, *, clock: RealClock) -> None:
        self.letters = letters
        self.client = client
        self.slack = SlackMessages(client)
        self.clock = clock

    def give(self) -> None:
        """Look whether a cause is gone, and send again what it held back."""
        refused = self.letters.refusals()
        if any(error in RENEWED_BY_TOKEN for _, error in refused) and self._token_works():
            self.letters.resend_refused(RENEWED_BY_TOKEN)
        lost = {(each.destination, each.error) for each in self.letters.lost()}
        wanted: dict[str, set[str]] = {}
        for destination, error in sorted(refused | lost):
            if error in destination_errors(destination):
                wanted.setdefault(destination, set()).add(error)
        for destination, errors in wanted.items():
            channel = self._open_channel(destination)
            if channel is not None:
                self._again(destination, errors, channel=channel)

    def _again(self, destination: str, seen: set[str], *, channel: str) -> None:
        errors = destination_errors(destination)
        if all(is_probed(error, destination) for error in seen):
            self.letters.restore(destination, errors, channel_id=channel, now=self.clock())
        else:
            self.letters.try_one(destination, errors, now=self.clock())

    def _open_channel(self, destination: str) -> str | None:
        """The channel of this id or name, the renamed one that we know, or a person's direct message; None: refused."""
        if PERSON.fullmatch(destination):
            opened = self.slack.channel_of(destination)
            return opened if isinstance(opened, str) else None
        found = self.slack.open_channel(destination)
        known = None if found else self.letters.known_channel(destination)
        return found or (self.slack.open_channel(known) if known and known != destination else None)

    def _token_works(self) -> bool:
        try:
            return bool(self.client.auth_test().get("ok"))
        except CALL_FAILURES:
            return False
