"""Settings of the engine: environment variables, or files that hold their values (`NAME_FILE`).

A setting that is empty or blank counts as unset: a compose file's `${SLACK_SIGNING_SECRET}` that nobody filled in, a
secret's file with only a line break. It then has its default, and whoever needs it says that it is missing.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError
from pydantic_settings.sources import EnvSettingsSource

FILE_SUFFIX = "_FILE"


class SettingUnusable(Exception):
    """A setting cannot be read or has a wrong value; the text is one sentence that names it."""


class Environment(EnvSettingsSource):
    """Reads environment variables; one that is blank is passed over, so that the file named beside it counts."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        given = super()._load_env_vars()
        return {name: value.strip() for name, value in given.items() if value is not None and value.strip()}

    def blank(self) -> tuple[str, ...]:
        """The variables of these settings that are given and hold nothing, or name a file that holds nothing."""
        given = {name: (value or "").strip() for name, value in super()._load_env_vars().items()}
        names = [name for field in self.settings_cls.model_fields.items() for name in self._names(*field)]
        variables = [variable for name in names for variable in (name, f"{name}{FILE_SUFFIX}".lower())]
        present = [variable for variable in variables if variable in given]
        return tuple(variable.upper() for variable in present if _is_blank(variable, given[variable]))

    def _names(self, field_name: str, field: FieldInfo) -> list[str]:
        return [name for _, name, _ in self._extract_field_info(field, field_name)]


class FileNamedByEnvironment(Environment):
    """Reads `DATABASE_URL` from the file that `DATABASE_URL_FILE` names, as container platforms mount secrets."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The text of the file without white space around it; nothing where no file is named, or it is blank."""
        for key, name, complex_value in self._extract_field_info(field, field_name):
            variable = f"{name}{FILE_SUFFIX}" if self.case_sensitive else f"{name}{FILE_SUFFIX}".lower()
            file = self.env_vars.get(variable)
            text = "" if file is None else _text_of(file, variable.upper())
            if text:
                return text, key, complex_value
        return None, field_name, False


class FileBackedSettings(BaseSettings):
    """Settings whose every variable may also be given as `NAME_FILE`; the variable itself wins."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True, populate_by_name=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003  ours passes over what is blank
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  a .env file is the platform's business
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  NAME_FILE takes its place
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over variables, variables over the files they name."""
        return init_settings, Environment(settings_cls), FileNamedByEnvironment(settings_cls)

    @classmethod
    def read(cls) -> Self:
        """The settings of this process's environment.

        Raises: SettingUnusable naming the first that cannot be used.
        """
        try:
            return cls()
        except ValidationError as invalid:
            first = invalid.errors(include_url=False, include_input=False)[0]
            message = f"The setting {first['loc'][0]} cannot be used: {first['msg']}."
            raise SettingUnusable(message) from None
        except SettingsError as failed:
            if isinstance(failed.__cause__, SettingUnusable):
                raise failed.__cause__ from None
            raise

    @classmethod
    def blank_variables(cls) -> tuple[str, ...]:
        """The names of variables that are given but empty or blank, and so count as not given.

        Raises: SettingUnusable for a file that cannot be read.
        """
        return Environment(cls).blank()

    @model_validator(mode="before")
    @classmethod
    def _blank_is_unset(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Leave out blank values, wherever they come from, so that their settings have their defaults."""
        stripped = {name: _stripped(value) for name, value in given.items()}
        return {name: value for name, value in stripped.items() if value is not None}


class EngineSettings(FileBackedSettings):
    """The settings of the engine's own commands."""

    database_url: SecretStr = Field(
        default=SecretStr("sqlite:///sla-bot.db"),
        description="Where everything is kept: a SQLite file, or postgresql://user:password@host/name.",
    )


def _is_blank(variable: str, value: str) -> bool:
    if value and variable.upper().endswith(FILE_SUFFIX):
        return not _text_of(value, variable.upper())
    return not value


def _text_of(file: str, variable: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        message = f"The setting {variable} cannot be used: the file it names cannot be read ({reason})."
        raise SettingUnusable(message) from None


def _stripped(value: object) -> object:
    """A text or secret without white space around it, None when nothing is left; anything else as it is."""
    if isinstance(value, SecretStr):
        secret = value.get_secret_value().strip()
        return SecretStr(secret) if secret else None
    if isinstance(value, str):
        return value.strip() or None
    return value
