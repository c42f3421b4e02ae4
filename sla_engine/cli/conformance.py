"""Runs published business-time vectors against this engine and reports the differences.

A vector is a JSON object: a calendar, a `kind` of question, and the expected answer. `cli/vectors.py` answers it.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sla_engine.cli.vectors import NEVER, QUESTIONS, Malformed, calendar_of, instant_of, required
from sla_engine.domain.time.calendar import CalendarNeverOpens, UnknownZone

FACTS_ASKED: Mapping[str, tuple[str, ...]] = {
    "elapsed": ("seconds", "minutes"),
    "clock": (
        "due_at",
        "elapsed_seconds",
        "remaining_seconds",
        "paused_open_seconds",
        "breached",
        "warn_at",
        "after_due_at",
    ),
}
"""The facts that a vector of a kind may expect, any of them; the other kinds have one answer."""


@dataclass(frozen=True, slots=True)
class VectorResult:
    """The result of one vector; `problem` is a sentence when it could not be run."""

    id: str
    passed: bool
    expected: object = None
    got: object = None
    problem: str = ""

    def __str__(self) -> str:
        if self.problem:
            return f"{self.id}: cannot be run: {self.problem}"
        return f"{self.id}: expected {_shown(self.expected)}, got {_shown(self.got)}"


def report(path: Path, echo: Callable[[str], None]) -> bool:
    """Run every vector of a file and echo a line for each that fails, then the counts; return whether none failed."""
    try:
        vectors = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        echo(f"{path} cannot be read: {error.strerror}.")
        return False
    except ValueError as error:
        echo(f"{path} is not JSON: {error}.")
        return False
    if not isinstance(vectors, list):
        echo(f"{path} must hold a JSON list of vectors.")
        return False
    passed = failed = 0
    for result in run(vectors):
        if result.passed:
            passed += 1
        else:
            failed += 1
            echo(str(result))
    echo(f"{passed} passed, {failed} failed")
    return failed == 0


def run(vectors: Iterable[object]) -> Iterator[VectorResult]:
    """Run vectors one after another; a malformed one fails with a sentence, and the rest are run."""
    for number, vector in enumerate(vectors, start=1):
        name = f"vector {number}"
        if isinstance(vector, Mapping) and vector.get("id"):
            name = str(vector["id"])
        try:
            expected, got = _answer(vector)
        except (Malformed, UnknownZone, ValueError, TypeError, AttributeError, LookupError, OverflowError) as error:
            yield VectorResult(name, passed=False, problem=_sentence(error))
        else:
            yield VectorResult(name, passed=_same(expected, got), expected=expected, got=got)


def _answer(vector: object) -> tuple[object, object]:
    """The answer that the vector expects and that of this engine, in the same form."""
    if not isinstance(vector, Mapping):
        message = "it is not a JSON object"
        raise Malformed(message)
    kind = required(vector, "kind")
    if kind not in QUESTIONS:
        message = f"its kind {kind!r} is none of {', '.join(QUESTIONS)}"
        raise Malformed(message)
    expected = required(vector, "expected")
    if kind in FACTS_ASKED:
        _check_facts(expected, FACTS_ASKED[kind])
    calendar = calendar_of(required(vector, "calendar"))
    try:
        got = QUESTIONS[kind](vector, calendar)
    except CalendarNeverOpens:
        got = NEVER
    if kind in FACTS_ASKED and isinstance(got, dict):
        got = {name: got[name] for name in expected}
    return expected, got


def _check_facts(expected: object, known: tuple[str, ...]) -> None:
    if not isinstance(expected, Mapping) or not expected:
        message = f"its `expected` must be an object with any of {', '.join(known)}"
        raise Malformed(message)
    for name in expected:
        if name not in known:
            message = f"its `expected` asks for {name!r}, which is none of {', '.join(known)}"
            raise Malformed(message)


def _same(expected: object, got: object) -> bool:
    """Whether two answers agree: instants in any offset, numbers exactly, true and false never as numbers."""
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        return expected.keys() == got.keys() and all(_same(expected[key], got[key]) for key in expected)
    if isinstance(got, datetime):
        return isinstance(expected, str) and instant_of(expected) == got
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    return expected == got


def _shown(answer: object) -> str:
    if isinstance(answer, Mapping):
        return ", ".join(f"{name} {_shown(value)}" for name, value in answer.items())
    if isinstance(answer, datetime):
        return answer.isoformat()
    if isinstance(answer, float) and answer.is_integer():
        return str(int(answer))
    return answer if isinstance(answer, str) else json.dumps(answer)


def _sentence(error: Exception) -> str:
    if isinstance(error, UnknownZone):
        return f"{error.zone!r} is no IANA time zone"
    if isinstance(error, Malformed | ValueError):
        return str(error)
    return f"a value has the wrong form ({type(error).__name__}: {error})"
