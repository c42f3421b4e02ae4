from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from sla_engine.settings import EngineSettings, SettingUnusable

BLANK = ("", " ", "\n", " \t\r\n")
USUAL = "sqlite:///sla-bot.db"


def test_without_settings_everything_is_in_a_file_here() -> None:
    assert EngineSettings().database_url.get_secret_value() == "sqlite:///sla-bot.db"


def test_the_variable_wins_over_the_file_that_another_one_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql://db/from-file\n", encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL_FILE", str(secret))
    assert EngineSettings().database_url.get_secret_value() == "postgresql://db/from-file"
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/from-variable")
    assert EngineSettings().database_url.get_secret_value() == "postgresql://db/from-variable"


def test_the_database_url_is_not_shown() -> None:
    assert "sla-bot.db" not in repr(EngineSettings())


def test_every_setting_is_described() -> None:
    assert all(field.description for field in EngineSettings.model_fields.values())


@pytest.mark.parametrize("blank", BLANK)
def test_a_blank_setting_counts_as_not_set_wherever_it_comes_from(
    blank: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert EngineSettings(database_url=SecretStr(blank)).database_url.get_secret_value() == USUAL
    monkeypatch.setenv("DATABASE_URL", blank)
    assert EngineSettings.read().database_url.get_secret_value() == USUAL
    (tmp_path / "url").write_text(blank, encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
    assert EngineSettings.read().database_url.get_secret_value() == USUAL
    monkeypatch.setenv("DATABASE_URL_FILE", blank)
    assert EngineSettings.read().database_url.get_secret_value() == USUAL


def test_the_file_counts_where_the_variable_beside_it_is_blank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "url").write_text("\n postgresql://db/from-file \r\n", encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL_FILE", f" {tmp_path / 'url'} ")
    monkeypatch.setenv("DATABASE_URL", " ")
    assert EngineSettings.read().database_url.get_secret_value() == "postgresql://db/from-file"


def test_white_space_around_a_value_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", " postgresql://db/x\n")
    assert EngineSettings.read().database_url.get_secret_value() == "postgresql://db/x"


@pytest.mark.parametrize(("content", "reason"), [(None, "No such file"), (b"\xff\xfe", "it is not text")])
def test_a_file_that_cannot_be_read_is_one_sentence_that_names_the_setting(
    content: bytes | None, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "url"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("DATABASE_URL_FILE", str(file))
    with pytest.raises(SettingUnusable, match=f"DATABASE_URL_FILE cannot be used: the file .*{reason}"):
        EngineSettings.read()


def test_variables_that_are_given_and_hold_nothing_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert EngineSettings.blank_variables() == ()
    monkeypatch.setenv("DATABASE_URL", " ")
    assert EngineSettings.blank_variables() == ("DATABASE_URL",)
    monkeypatch.setenv("DATABASE_URL", "sqlite://")
    assert EngineSettings.blank_variables() == ()
