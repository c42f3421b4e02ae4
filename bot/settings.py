"""Settings of the bot: Slack's secrets, the intakes' secrets, and where to listen."""

from pathlib import Path

from pydantic import Field, SecretStr

from sla_engine.settings import EngineSettings, SettingUnusable

SLACK_API_URL = "https://slack.com/api/"
NOBODY_UNSIGNED = (
    "SLACK_SIGNING_SECRET is not set (empty counts as not set), so nobody could tell Slack's requests from forged "
    "ones: nothing is served. Copy it from the app's Basic Information page."
)


class BotSettings(EngineSettings):
    """Settings from the environment, read once; every variable may also be given as `NAME_FILE`."""

    slack_bot_token: SecretStr | None = Field(
        default=None, description="The bot token (`xoxb-…`) of the installed app."
    )
    slack_app_token: SecretStr | None = Field(
        default=None, description="The app-level token (`xapp-…`, scope `connections:write`) for Socket Mode."
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None, description="Checks that requests come from Slack; without it `sla-bot web` does not start."
    )
    slack_api_url: str = Field(
        default=SLACK_API_URL, description="The Web API; point it at any Slack-compatible server."
    )
    intake_secrets: SecretStr | None = Field(
        default=None,
        alias="SLA_BOT_INTAKE_SECRETS",
        description="HMAC secrets, comma-separated; `psa:…` is good for that intake alone; two while rotating.",
    )
    intake_tokens: SecretStr | None = Field(
        default=None,
        alias="SLA_BOT_INTAKE_TOKENS",
        description="Bearer tokens of senders that cannot sign, comma-separated: `alertmanager:…`, or without a name.",
    )
    host: str = Field(
        default="0.0.0.0",  # noqa: S104 - a container's only address
        alias="SLA_BOT_HOST",
        description="The address `sla-bot web` listens on, and `sla-bot run` with `SLA_BOT_RUN_PORT`.",
    )
    port: int = Field(default=8000, alias="PORT", description="The port `sla-bot web` listens on.")
    run_port: int | None = Field(
        default=None,
        alias="SLA_BOT_RUN_PORT",
        description="Where `sla-bot run` serves intakes, health and figures; unset: it serves none.",
    )
    payload_days: int = Field(
        default=90,
        ge=1,
        le=3650,
        alias="SLA_BOT_PAYLOAD_DAYS",
        description="Days after which settled requests, deliveries and messages are emptied; their ids stay.",
    )
    audit_anchors: Path | None = Field(
        default=None,
        alias="SLA_BOT_AUDIT_ANCHORS",
        description="A file outside the database to which the history's head is added hourly; unset: to none.",
    )
    log_level: str = Field(default="info", alias="SLA_BOT_LOG_LEVEL", description="debug, info, warning or error.")

    def needed_signing_secret(self) -> str:
        """The signing secret; no process that Slack reaches over HTTP may run without it.

        Raises: SettingUnusable when there is none.
        """
        if self.slack_signing_secret is None:
            raise SettingUnusable(NOBODY_UNSIGNED)
        return self.slack_signing_secret.get_secret_value()

    @property
    def api_url(self) -> str:
        """The Web API's address with the slash the client wants."""
        return self.slack_api_url.rstrip("/") + "/"

    def listed(self, secret: SecretStr | None) -> tuple[str, ...]:
        """The parts of a comma-separated secret."""
        if secret is None:
            return ()
        parts = [part.strip() for part in secret.get_secret_value().split(",")]
        return tuple(part for part in parts if part)
