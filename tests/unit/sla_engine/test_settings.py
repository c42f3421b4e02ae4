from __future__ import annotations

from pathlib import Path

import pytest

from sla_engine.settings import EngineSettings


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
