"""Corrupt the rules one by one, and see whether a test notices.

python -m tests.mutation [--rule 7] [--file escalation/decide] [--jobs 2]
"""

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tabulate import tabulate

from tests.mutation.copied_tree import CopiedTree, Verdict
from tests.mutation.mutation import FragmentGone, Mutation
from tests.mutation.mutations import MUTATIONS, RULES

CHANGE_SHOWN = 60


def main(arguments: list[str]) -> int:
    """Judge the mutations, print what became of each, and return the exit status: 0 when every one was noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description="Corrupt the rules one by one.")
    parser.add_argument("--rule", type=int, action="append", help="only this rule (1 to 20); may be given again")
    parser.add_argument("--file", default="", help="only edits of files with this in their path")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="how many at a time")
    chosen = parser.parse_args(arguments)
    wanted = [
        mutation
        for mutation in MUTATIONS
        if chosen.file in mutation.file and (chosen.rule is None or mutation.rule in chosen.rule)
    ]
    try:
        return show(judged(wanted, jobs=chosen.jobs))
    except FragmentGone as gone:
        print(f"FAIL: the code has changed, mutations.py has not: {gone}")  # noqa: T201  a command prints
        return 1


def judged(mutations: Sequence[Mutation], *, jobs: int) -> Iterable[Verdict]:
    """Judge mutations, several at a time, each in a copy of the project whose tests pass.

    Raises: FragmentGone before any is judged; SystemExit when the tests do not pass as the project is.
    """
    with tempfile.TemporaryDirectory() as folder:
        copies: SimpleQueue[CopiedTree] = SimpleQueue()
        first = CopiedTree(Path(folder) / "0")
        for mutation in mutations:
            mutation.of((first.folder / mutation.file).read_text(encoding="utf-8"))
        tests = sorted({test for mutation in mutations for test in mutation.tests})
        failed = first.passes(tests)
        if failed:
            raise SystemExit(f"FAIL: the tests do not pass as the project is:\n{failed}")
        copies.put(first)
        for number in range(1, jobs):
            another = CopiedTree(Path(folder) / str(number))
            another.passes([*tests, "--collect-only"])
            copies.put(another)
        with ThreadPoolExecutor(jobs) as pool:
            yield from pool.map(lambda mutation: _judge(mutation, copies), mutations)


def _judge(mutation: Mutation, copies: "SimpleQueue[CopiedTree]") -> Verdict:
    copy = copies.get()
    try:
        return copy.judge(mutation)
    finally:
        copies.put(copy)


def show(verdicts: Iterable[Verdict]) -> int:
    """Print a line for each verdict as it comes, then a table by rule; 1 when a mutation survived."""
    made: Counter[int] = Counter()
    survived: list[Mutation] = []
    for verdict in verdicts:
        mutation = verdict.mutation
        made[mutation.rule] += 1
        fate = f"noticed by {verdict.noticed_by}" if verdict.noticed_by else "SURVIVED"
        print(f"rule {mutation.rule:2}  {mutation.file}: {mutation.change[:CHANGE_SHOWN]}: {fate}", flush=True)  # noqa: T201
        if verdict.noticed_by is None:
            survived.append(mutation)
    left = Counter(mutation.rule for mutation in survived)
    rows = [(str(rule), RULES[rule], made[rule], made[rule] - left[rule]) for rule in sorted(made)]
    rows.append(("", "all", sum(made.values()), sum(made.values()) - len(survived)))
    print(tabulate(rows, headers=("rule", "what it says", "corrupted", "noticed"), maxcolwidths=80))  # noqa: T201
    for mutation in survived:
        print(f"SURVIVED: rule {mutation.rule}, {mutation.file}: {mutation.change}")  # noqa: T201
    print("FAIL" if survived else "pass")  # noqa: T201
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
