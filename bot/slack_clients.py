"""Clients of Slack's Web API, by how patient they are and which token they carry."""

from datetime import timedelta
from functools import cached_property

from slack_sdk import WebClient

from bot.settings import BotSettings
from bot.slack_calls import retry_free_client

INTERACTIVE_TIMEOUT = timedelta(seconds=2)  # a form must open within three seconds of the click
DELIVERY_TIMEOUT = timedelta(seconds=10)


class SlackClients:
    """Clients of which none repeats a call by itself."""

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
        """The client for forms, profiles and private answers, which somebody waits for."""
        return self._client(INTERACTIVE_TIMEOUT, token=self.token)

    def unnamed(self) -> WebClient:
        """The client for Bolt, which adds the token of each request."""
        return self._client(INTERACTIVE_TIMEOUT, token=None)

    def patient(self) -> WebClient:
        """The client for messages that nobody waits for."""
        return self._client(DELIVERY_TIMEOUT, token=self.token)

    def ask_socket_address(self) -> str:
        """Ask for the address of a Socket Mode connection, once. Raises: one of CALL_FAILURES."""
        answer = self._connecting.apps_connections_open(app_token=self.app_token or "")
        return str(answer["url"])

    @cached_property
    def _connecting(self) -> WebClient:
        return self._client(DELIVERY_TIMEOUT, token=None)

    def _client(self, timeout: timedelta, *, token: str | None) -> WebClient:
        return retry_free_client(token, base_url=self._settings.api_url, timeout=timeout)
