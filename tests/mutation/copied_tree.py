"""A copy of the project in a temporary folder, in which files are corrupted and tests are run."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.guards.source import ROOT, project_files
from tests.mutation.mutation import Mutation

LONGEST_RUN_SECONDS = 180
ONE_DATABASE = ("--database", "sqlite")  # the rules are the same on the other one
ALL_PASSED, SOME_FAILED, NOT_COLLECTED = 0, 1, 2


class TestsNotRun(Exception):
    """The tests of a mutation could not be run at all; the output says why."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutation: which test noticed it, or None when none did."""

    mutation: Mutation
    noticed_by: str | None


class CopiedTree:
    """The project's files, without a history, an environment or anything that is not committed or about to be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in project_files():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target)

    def passes(self, tests: list[str]) -> str:
        """Run tests on the tree as it is, and keep what Python compiles; returns what failed, or nothing."""
        done = self._pytest(tests, keep_compiled=True)
        return "" if done.returncode == ALL_PASSED else done.stdout

    def judge(self, mutation: Mutation) -> Verdict:
        """Corrupt a file, run the tests that must notice, and put the file back.

        Raises: FragmentGone, TestsNotRun.
        """
        file = self.folder / mutation.file
        source = file.read_text(encoding="utf-8")
        file.write_text(mutation.of(source), encoding="utf-8")
        for compiled in file.parent.glob(f"__pycache__/{file.stem}.*.pyc"):
            compiled.unlink()
        try:
            done = self._pytest(list(mutation.tests), keep_compiled=False)
        except subprocess.TimeoutExpired:
            return Verdict(mutation, f"a run that did not end within {LONGEST_RUN_SECONDS} s")
        finally:
            file.write_text(source, encoding="utf-8")
        if done.returncode == ALL_PASSED:
            return Verdict(mutation, None)
        if done.returncode not in (SOME_FAILED, NOT_COLLECTED):
            raise TestsNotRun(done.stdout + done.stderr)
        return Verdict(mutation, _first_failure(done.stdout))

    def _pytest(self, tests: list[str], *, keep_compiled: bool) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-x",
            "-q",
            "--no-header",
            "--tb=no",
            "-p",
            "no:cacheprovider",
            *ONE_DATABASE,
        ]
        environment = {**os.environ, "CI": "1", "PYTHONDONTWRITEBYTECODE": "" if keep_compiled else "1"}
        return subprocess.run(
            [*command, *tests],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=None if keep_compiled else LONGEST_RUN_SECONDS,
        )


def _first_failure(output: str) -> str:
    marks = ("FAILED ", "ERROR ")
    found = (line.split(" - ")[0] for line in output.splitlines() if line.startswith(marks))
    return next(found, "a failure").removeprefix("FAILED ").removeprefix("ERROR ")
