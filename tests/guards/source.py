"""The project's own files, read as text and as syntax trees."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("bot/", "sla_engine/", "migrations/")


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file: its path from the root, and its tree."""

    path: str
    tree: ast.Module

    def nodes(self) -> Iterator[ast.AST]:
        """Every node, in no particular order."""
        return ast.walk(self.tree)

    def at(self, node: ast.expr | ast.stmt | ast.ExceptHandler) -> str:
        """Where a node stands, for a failing test's message."""
        return f"{self.path}:{node.lineno}"


@cache
def project_files() -> tuple[str, ...]:
    """Every file that is in a commit or about to be, from the root, sorted."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(sorted(name for name in listed.split("\0") if name and (ROOT / name).is_file()))


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """The Python files below `folders`; without any, those of the program itself."""
    wanted = folders or CODE
    names = [name for name in project_files() if name.endswith(".py") and name.startswith(wanted)]
    assert names, f"no Python file below {wanted}"
    return tuple(_source(name) for name in names)


@cache
def _source(name: str) -> Source:
    return Source(path=name, tree=ast.parse((ROOT / name).read_text(encoding="utf-8")))


def text_of(name: str) -> str | None:
    """A file's text; None when it is a picture or an archive."""
    try:
        return (ROOT / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def dotted(node: ast.AST) -> str:
    """`time.sleep` for the expression `time.sleep`; empty when it is not a plain chain of names."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def imported(source: Source) -> Iterator[tuple[str, ast.stmt]]:
    """Every imported name in full, `datetime.datetime` for `from datetime import datetime`."""
    for node in source.nodes():
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node


def meanings(source: Source) -> dict[str, str]:
    """What each imported local name stands for: `{"dt": "datetime.datetime"}`."""
    known: dict[str, str] = {}
    for node in source.nodes():
        if isinstance(node, ast.Import):
            known |= {alias.asname: alias.name for alias in node.names if alias.asname is not None}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return known


@cache
def used(source: Source) -> tuple[tuple[str, ast.expr], ...]:
    """Every name in use, in full, whatever it was imported as."""
    return tuple(_used(source))


def _used(source: Source) -> Iterator[tuple[str, ast.expr]]:
    known = meanings(source)
    for node in source.nodes():
        if isinstance(node, ast.Name | ast.Attribute):
            first, _, rest = dotted(node).partition(".")
            if first:
                full = known.get(first, first)
                yield (f"{full}.{rest}" if rest else full), node
