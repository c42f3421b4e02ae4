"""What may be imported where, beyond the contracts in pyproject.toml, and what an import may do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import PurePath

import pytest

from tests.guards.source import ROOT, imported, project_files, sources

OWN_PACKAGES = {"bot", "sla_engine", "migrations"}
DOMAIN_MAY_ALSO_IMPORT = {
    "sla_engine/domain/time/holidays.py": {"holidays"},
}
HEAVY = {
    "aiohttp",
    "alembic",
    "apscheduler",
    "flask",
    "holidays",
    "matplotlib",
    "numpy",
    "prometheus_client",
    "psycopg",
    "pydantic_settings",
    "scipy",
    "slack_bolt",
    "slack_sdk",
    "sqlalchemy",
}

# Imports every module named in the arguments and prints, as JSON, what happened meanwhile.
OBSERVER = """
import importlib, json, os, sys

seen = []

def watch(event, details):
    if event.startswith("socket."):
        seen.append(f"{event} {details!r}")
    elif event == "open" and isinstance(details[1], str) and set(details[1]) & set("wax+"):
        seen.append(f"wrote {details[0]}")

class Watched(type(os.environ)):
    def __getitem__(self, name):
        if name.startswith(("SLACK_", "SLA_BOT_", "DATABASE_URL")):
            seen.append(f"read ${name}")
        return super().__getitem__(name)

os.environ.__class__ = Watched
sys.addaudithook(watch)
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps({"seen": seen, "loaded": sorted(sys.modules)}))
"""


def _module_name(path: str) -> str:
    return ".".join(PurePath(path).with_suffix("").parts).removesuffix(".__init__")


def _importing(*modules: str) -> dict[str, list[str]]:
    """What importing these does in a fresh process without a home or an environment."""
    done = subprocess.run(
        [sys.executable, "-B", "-W", "error", "-c", OBSERVER, *modules],
        cwd=ROOT,
        env={"DATABASE_URL": "sqlite://", "SLACK_BOT_TOKEN": "", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, list[str]] = json.loads(done.stdout)
    return answer


def test_the_domain_imports_only_the_standard_library() -> None:
    foreign = {
        f"{source.at(node)} {name}"
        for source in sources("sla_engine/domain/")
        for name, node in imported(source)
        if (top := name.partition(".")[0]) not in sys.stdlib_module_names
        and top not in DOMAIN_MAY_ALSO_IMPORT.get(source.path, set())
        and not name.startswith("sla_engine.domain")
    }
    assert foreign == set()


@pytest.mark.parametrize("package", ["bot", "sla_engine"])
def test_importing_touches_neither_network_nor_settings_nor_disk(package: str) -> None:
    modules = [
        _module_name(name)
        for name in project_files()
        if name.startswith(f"{package}/") and name.endswith(".py") and not name.endswith("__main__.py")
    ]
    assert _importing(*modules)["seen"] == []


def test_the_command_line_loads_nothing_heavy() -> None:
    loaded = {name.partition(".")[0] for name in _importing("bot.cli.main")["loaded"]}
    assert loaded & HEAVY == set()
