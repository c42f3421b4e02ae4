"""The settings as a Markdown table, made from their fields."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module, util

from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

MODULES = ("sla_engine.settings", "bot.settings")


def settings_table() -> str:
    """One row a setting: its name in the environment, its default, what it is for."""
    rows = {row for module in MODULES if util.find_spec(module) for row in _rows(module)}
    return "\n".join(["| setting | default | what it is for |", "|---|---|---|", *sorted(rows)])


def _rows(module: str) -> Iterator[str]:
    for kind in vars(import_module(module)).values():
        if isinstance(kind, type) and issubclass(kind, BaseSettings) and kind.__module__ == module:
            for name, field in kind.model_fields.items():
                yield f"| `{_variable(kind, name, field)}` | {_default(field)} | {field.description} |"


def _variable(kind: type[BaseSettings], name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        alias = str(alias.choices[0])
    if isinstance(alias, str):
        return alias.upper()
    return f"{kind.model_config.get('env_prefix', '')}{name}".upper()


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    return "" if value in {None, ""} else f"`{value}`"
