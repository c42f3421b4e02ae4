"""What holds for every test: no outside world, no leftovers of this machine's settings, repeatable chance."""

from __future__ import annotations

import ipaddress
import os
import random
import socket
import zoneinfo
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
import structlog

from sla_engine.services.upkeep import databases
from tests.polling import PATIENCE_SECONDS

pytest_plugins = ["tests.compiled_once", "tests.databases", "tests.parsed_once"]

OWN_SETTINGS = ("SLACK_", "SLA_BOT_", "DATABASE_URL")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
IN_CI = "CI"

hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, database=None)


class OutsideWorld(Exception):
    """A test tried to reach something that is not on this machine."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run be repeated with its seed."""
    parser.addoption("--seed", type=int, help="repeat a run that printed this seed")
    parser.addoption("--whole", action="store_true", help="run all of what a run usually takes a seeded part of")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose this run's seed, for Hypothesis and for tests that draw faults, and the pinned zone data."""
    zoneinfo.reset_tzpath(())
    # Tracebacks with every local drawn take longer than what is tested.
    structlog.configure(processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])
    in_ci = bool(os.environ.get(IN_CI))
    hypothesis.settings.load_profile("ci" if in_ci else "here")
    if config.option.seed is None:
        config.option.seed = 0 if in_ci else random.SystemRandom().randrange(2**32)
    if not in_ci and config.getoption("--hypothesis-seed", None) is None:
        config.option.hypothesis_seed = config.option.seed


def pytest_report_header(config: pytest.Config) -> str:
    """Say how to repeat this run."""
    return f"seed: {config.option.seed} (repeat with --seed={config.option.seed})"


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    """The seed of this run, printed at its start."""
    chosen: int = request.config.option.seed
    return chosen


@pytest.fixture(scope="session")
def is_whole(request: pytest.FixtureRequest) -> bool:
    """Whether all is wanted of what takes long; else a part that the seed chooses."""
    wanted: bool = request.config.option.whole
    return wanted


@pytest.fixture(scope="session", autouse=True)
def _nothing_from_the_environment() -> Iterator[None]:
    """Hide this machine's tokens, database and proxies; a test passes what it needs."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.upper().startswith(OWN_SETTINGS) or name.upper() in PROXIES:
                patch.delenv(name)
        yield


@pytest.fixture(scope="session", autouse=True)
def _databases_wait_for_a_slow_disk() -> Iterator[None]:
    """Let those who answer people wait for a lock as long as this machine may take; `impatient` takes that back."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(databases, "INTERACTIVE_WAIT_SECONDS", PATIENCE_SECONDS)
        yield


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of a busy database: locks are waited for as long as the product waits, or almost."""
    monkeypatch.setattr(databases, "INTERACTIVE_WAIT_SECONDS", 0.5)


@pytest.fixture(scope="session", autouse=True)
def _loopback_only() -> Iterator[None]:
    """Refuse names and addresses that are not this machine's own, for connecting and for listening."""
    with pytest.MonkeyPatch.context() as patch:
        for method in ("bind", "connect", "connect_ex"):
            patch.setattr(socket.socket, method, _only_to_loopback(getattr(socket.socket, method)))
        patch.setattr(socket, "getaddrinfo", _only_own_names(socket.getaddrinfo))
        yield


def _only_to_loopback(method: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_loopback(address[0]):
            raise OutsideWorld(f"{method.__name__} to {address!r}")
        return method(self, address)

    return guarded


def _only_own_names(look_up: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(host: str | bytes | None, *rest: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not _is_loopback(name):
            raise OutsideWorld(f"looked up {name!r}")
        return look_up(host, *rest, **options)

    return guarded


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
