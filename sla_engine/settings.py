"""What a deployment sets for the engine: environment variables, or files that hold their values (`NAME_FILE`)."""

from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.sources import EnvSettingsSource

FILE_SUFFIX = "_FILE"


class FileNamedByEnvironment(EnvSettingsSource):
    """Reads `DATABASE_URL` from the file that `DATABASE_URL_FILE` names, as container platforms mount secrets."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The text of the file without its last line break; nothing where no file is named."""
        for key, name, complex_value in self._extract_field_info(field, field_name):
            file = self.env_vars.get(f"{name}{FILE_SUFFIX}" if self.case_sensitive else f"{name}{FILE_SUFFIX}".lower())
            if file:
                return Path(file).read_text(encoding="utf-8").rstrip("\n"), key, complex_value
        return None, field_name, False


class FileBackedSettings(BaseSettings):
    """Settings whose every variable may also be given as `NAME_FILE`; the variable itself wins."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True, populate_by_name=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  a .env file is the platform's business
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  NAME_FILE takes its place
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over variables, variables over the files they name."""
        return init_settings, env_settings, FileNamedByEnvironment(settings_cls)


class EngineSettings(FileBackedSettings):
    """What the engine's own commands need."""

    database_url: SecretStr = Field(
        default=SecretStr("sqlite:///sla-bot.db"),
        description="Where everything is kept: a SQLite file, or postgresql://user:password@host/name.",
    )
