"""The clients of Slack's Web API that a process needs: how patient each is, and with which token."""

from datetime import timedelta
from functools import cached_property

from slack_sdk import WebClient

from bot.settings import BotSettings
from bot.slack_calls import retry_free_client

INTERACTIVE_TIMEOUT = timedelta(seconds=2)  # a form must open within three seconds of the click
DELIVERY_TIMEOUT = timedelta(seconds=10)


class SlackClients:
    """None of them repeats a call by itself."""

    def __init__(self, settings: BotSettings) -> None:
        self._settings = settings

    @property
    def token(self) -> str | None:
        """The bot's token, where one is set."""
        token = self._settings.slack_bot_token
        return token.get_secret_value() if token else None

    @property
    def app_token(self) -> str | None:
        """The app's token for Socket Mode, where one is set."""
        token = self._settings.slack_app_token
        return token.get_secret_value() if token else None

    @cached_property
    def interactive(self) -> WebClient:
        """For whoever waits: forms, profiles and private answers."""
        return self._client(INTERACTIVE_TIMEOUT, token=self.token)

    def unnamed(self) -> WebClient:
        """For Bolt, which is told the token of each workspace."""
        return self._client(INTERACTIVE_TIMEOUT, token=None)

    def patient(self) -> WebClient:
        """For messages that nobody waits for."""
        return self._client(DELIVERY_TIMEOUT, token=self.token)

    def ask_socket_address(self) -> str:
        """Where to open a Socket Mode connection, once. Raises: one of CALL_FAILURES."""
        answer = self._connecting.apps_connections_open(app_token=self.app_token or "")
        return str(answer["url"])

    @cached_property
    def _connecting(self) -> WebClient:
        return self._client(DELIVERY_TIMEOUT, token=None)

    def _client(self, timeout: timedelta, *, token: str | None) -> WebClient:
        return retry_free_client(token, base_url=self._settings.api_url, timeout=timeout)
