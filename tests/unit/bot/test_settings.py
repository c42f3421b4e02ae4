"""A deployment's settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from bot.settings import SLACK_API_URL, BotSettings
from sla_engine.settings import SettingUnusable

SECRETS = ("slack_bot_token", "slack_app_token", "slack_signing_secret", "intake_secrets", "intake_tokens")


def test_nothing_has_to_be_set_and_nothing_is_read_from_elsewhere() -> None:
    settings = BotSettings()
    assert settings.slack_bot_token is None
    assert settings.slack_app_token is None
    assert settings.api_url == SLACK_API_URL
    assert settings.run_port is None


def test_a_secret_is_not_shown_where_the_settings_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    monkeypatch.setenv("SLA_BOT_INTAKE_SECRETS", "hush")
    settings = BotSettings()
    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == "xoxb-secret"
    assert "xoxb-secret" not in repr(settings)
    assert "hush" not in repr(settings)


def test_a_secret_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("xoxb-from-a-file\n")
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(tmp_path / "token"))
    token = BotSettings().slack_bot_token
    assert token is not None
    assert token.get_secret_value() == "xoxb-from-a-file"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8765/api", "http://127.0.0.1:8765/api/", "http://127.0.0.1:8765/api//"]
)
def test_the_web_apis_address_ends_with_one_slash(url: str) -> None:
    assert BotSettings(slack_api_url=url).api_url == "http://127.0.0.1:8765/api/"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [(None, ()), ("one", ("one",)), ("old, new", ("old", "new")), (" , ,", ()), ("", ())],
)
def test_several_secrets_are_valid_at_once_and_empty_ones_never(given: str | None, wanted: tuple[str, ...]) -> None:
    assert BotSettings().listed(None if given is None else SecretStr(given)) == wanted


def test_a_port_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "many")
    with pytest.raises(ValidationError, match="PORT"):
        BotSettings()


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_a_blank_secret_is_no_secret(name: str, blank: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    variable = BotSettings.model_fields[name].alias or name.upper()
    (tmp_path / "secret").write_text(blank, encoding="utf-8")
    monkeypatch.setenv(variable, blank)
    assert getattr(BotSettings.read(), name) is None
    assert BotSettings.blank_variables() == (variable,)
    monkeypatch.delenv(variable)
    monkeypatch.setenv(f"{variable}_FILE", str(tmp_path / "secret"))
    assert getattr(BotSettings.read(), name) is None
    assert BotSettings.blank_variables() == (f"{variable}_FILE",)


@pytest.mark.parametrize("given", [None, SecretStr(""), SecretStr(" \n")])
def test_without_a_signing_secret_whoever_needs_it_is_told_in_one_sentence(given: SecretStr | None) -> None:
    with pytest.raises(SettingUnusable, match="SLACK_SIGNING_SECRET is not set"):
        BotSettings(slack_signing_secret=given).needed_signing_secret()
    assert BotSettings(slack_signing_secret=SecretStr(" signs\n")).needed_signing_secret() == "signs"


def test_a_blank_port_is_the_usual_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("SLA_BOT_RUN_PORT", " ")
    assert (BotSettings.read().port, BotSettings.read().run_port) == (8000, None)
