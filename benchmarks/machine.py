"""Describes the machine that the figures were measured on."""

import os
import platform
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("numpy", "sqlalchemy", "workclock", "businesstimedelta", "tzdata")


def description() -> Iterator[tuple[str, str]]:
    """The facts about this machine, by name."""
    yield "CPU", _cpu()
    yield "Cores", str(os.cpu_count())
    yield "Operating system", f"{platform.system()} {platform.release()}"
    yield "Python", f"{platform.python_implementation()} {platform.python_version()} ({platform.python_compiler()})"
    for package in PACKAGES:
        yield package, version(package)


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())
