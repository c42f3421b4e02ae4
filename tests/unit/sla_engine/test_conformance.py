import copy
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sla_engine.cli.conformance import report, run

PUBLISHED = Path(__file__).with_name("vectors.json")
VECTORS: list[dict[str, Any]] = json.loads(PUBLISHED.read_text(encoding="utf-8"))

WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
OFFICE = {"timezone": "UTC", "hours": {day: [["09:00", "17:00"]] for day in WORKDAYS}, "holidays": []}


def vector(kind: str, expected: object, **fields: object) -> dict[str, Any]:
    """A vector on Monday 2 March 2026 unless it says otherwise."""
    made = {"id": "made-1", "calendar": OFFICE, "kind": kind, "start": "2026-03-02T09:00:00Z", "expected": expected}
    return {**made, **fields}


def event(time: str, kind: str, value: int | None = None) -> dict[str, object]:
    made: dict[str, object] = {"at": f"2026-03-02T{time}:00Z", "type": kind}
    return made if value is None else {**made, "value": value}


def outcome(made: object) -> str:
    """`passed`, or the line that is printed."""
    (result,) = run([made])
    return "passed" if result.passed else str(result)


@pytest.mark.parametrize("published", VECTORS, ids=lambda published: published["id"])
def test_every_published_vector_passes(published: dict[str, Any]) -> None:
    assert outcome(published) == "passed"


def other(expected: object) -> object:
    """An answer that differs from the expected one by as little as possible."""
    if isinstance(expected, dict):
        name, value = next(iter(expected.items()))
        return {**expected, name: other(value)}
    if isinstance(expected, bool):
        return not expected
    if isinstance(expected, int):
        return expected + 1
    return (datetime.fromisoformat(str(expected)) + timedelta(seconds=1)).isoformat()


@pytest.mark.parametrize("published", VECTORS, ids=lambda published: published["id"])
def test_every_published_vector_fails_when_another_answer_is_expected(published: dict[str, Any]) -> None:
    assert outcome({**published, "expected": other(published["expected"])}).startswith(f"{published['id']}: expected ")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"minutes": 60}, {"due_at": "2026-03-02T10:00:00Z"}, id="no events"),
        pytest.param({"seconds": 90}, {"due_at": "2026-03-02T09:01:30Z"}, id="a target in seconds"),
        pytest.param(
            {"minutes": 60, "events": [event("09:30", "pause"), event("11:00", "resume")]},
            {
                "due_at": "2026-03-02T11:30:00Z",
                "elapsed_seconds": 1800,
                "remaining_seconds": 1800,
                "paused_open_seconds": 5400,
                "breached": False,
            },
            id="read at the last event",
        ),
        pytest.param(
            {"minutes": 60, "events": [event("09:30", "pause")], "as_of": "2026-03-02T11:00:00Z"},
            {
                "due_at": None,
                "elapsed_seconds": 1800,
                "paused_open_seconds": 5400,
                "warn_at": None,
                "after_due_at": None,
            },
            id="a paused clock has no due time",
        ),
        pytest.param(
            {
                "minutes": 60,
                "pausable": False,
                "events": [event("09:30", "pause"), event("11:00", "resume"), event("11:15", "stop")],
            },
            {
                "due_at": "2026-03-02T10:00:00Z",
                "elapsed_seconds": 8100,
                "paused_open_seconds": 0,
                "remaining_seconds": -4500,
                "breached": True,
            },
            id="a clock that ignores pauses",
        ),
        pytest.param(
            {"minutes": 60, "events": [event("09:30", "stop"), event("12:00", "pause")]},
            {"elapsed_seconds": 1800, "remaining_seconds": 1800, "breached": False},
            id="read at the stop, whatever follows",
        ),
        pytest.param(
            {
                "minutes": 60,
                "events": [event("09:30", "pause"), event("12:00", "stop")],
                "as_of": "2026-03-02T09:15:00Z",
            },
            {"elapsed_seconds": 900, "due_at": "2026-03-02T10:00:00Z", "paused_open_seconds": 0},
            id="read before what happened later",
        ),
        pytest.param(
            {"minutes": 60, "events": [event("09:30", "stop")], "as_of": "2026-03-02T15:00:00Z"},
            {"elapsed_seconds": 1800, "breached": False},
            id="a stopped clock stays stopped",
        ),
        pytest.param(
            {"minutes": 480, "events": [event("16:30", "pause")], "as_of": "2026-03-03T09:10:00Z"},
            {"elapsed_seconds": 27_000, "paused_open_seconds": 2400},
            id="a pause over closed time covers its open part",
        ),
        pytest.param(
            {"minutes": 60, "events": [event("10:00", "stop")]},
            {"breached": False, "remaining_seconds": 0},
            id="used up exactly is met",
        ),
        pytest.param(
            {"minutes": 60, "as_of": "2026-03-02T10:00:01Z"},
            {"breached": True, "remaining_seconds": -1},
            id="one second more is breached",
        ),
        pytest.param(
            {
                "minutes": 240,
                "events": [
                    event("09:30", "pause"),
                    event("10:30", "resume"),
                    event("11:00", "set_target_minutes", 120),
                ],
            },
            {"due_at": "2026-03-02T12:00:00Z", "remaining_seconds": 3600, "breached": False},
            id="a new target is measured from the start and keeps pauses",
        ),
        pytest.param(
            {"minutes": 60, "events": [event("09:30", "set_target_minutes", 30 * minutes) for minutes in range(2, 12)]},
            {"due_at": "2026-03-02T14:30:00Z"},
            id="any number of targets: the last holds",
        ),
        pytest.param(
            {
                "minutes": 60,
                "events": [event("11:00", "set_target_minutes", 30), event("10:00", "set_target_minutes", 240)],
            },
            {"due_at": "2026-03-02T09:30:00Z"},
            id="targets count in the order of time",
        ),
        pytest.param(
            {"minutes": 60, "events": [event("09:30", "stop"), event("10:00", "set_target_minutes", 10)]},
            {"breached": False, "remaining_seconds": 1800},
            id="a target after the stop changes nothing",
        ),
        pytest.param(
            {
                "minutes": 60,
                "events": [event("11:00", "set_target_minutes", 240)],
                "as_of": "2026-03-02T12:00:00Z",
            },
            {"breached": False, "remaining_seconds": 3600, "due_at": "2026-03-02T13:00:00Z"},
            id="breached is elapsed beyond the target in force",
        ),
        pytest.param(
            {"minutes": 480, "start": "2026-03-02T16:00:00Z", "warn_before_minutes": 420, "after_due_minutes": 90},
            {
                "due_at": "2026-03-03T16:00:00Z",
                "warn_at": "2026-03-03T09:00:00Z",
                "after_due_at": "2026-03-04T09:30:00Z",
            },
            id="open time before and after the due instant",
        ),
        pytest.param(
            {"events": [event("09:30", "pause"), event("10:00", "stop")]}, {"elapsed_seconds": 1800}, id="no target"
        ),
        pytest.param({"minutes": 60, "as_of": "2026-03-01T00:00:00Z"}, {"elapsed_seconds": 0}, id="not begun yet"),
    ],
)
def test_a_clock_vector_is_read_as_the_suite_describes(fields: dict[str, object], expected: dict[str, object]) -> None:
    assert outcome(vector("clock", expected, **fields)) == "passed"


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(vector("add", "2026-03-02T09:00:30+00:00", seconds=30), id="seconds"),
        pytest.param(vector("add", "2026-03-02T11:00:00+01:00", minutes=60), id="another offset"),
        pytest.param(vector("sub", "2026-02-27T16:00:00Z", minutes=60), id="sub"),
        pytest.param(vector("elapsed", {"minutes": 90}, end="2026-03-02T10:30:30Z"), id="whole minutes"),
        pytest.param(vector("elapsed", {"minutes": 90.5}, end="2026-03-02T10:30:30Z"), id="exact minutes"),
        pytest.param(vector("elapsed", {"seconds": 5430.0}, end="2026-03-02T10:30:30Z"), id="seconds alone"),
        pytest.param(vector("add", None, minutes=1, calendar={**OFFICE, "hours": {}}), id="never"),
        pytest.param(
            vector("is_open", expected=False, calendar={**OFFICE, "holidays": [{"date": "2026-03-02"}]}),
            id="holiday object",
        ),
        pytest.param(
            vector(
                "is_open",
                expected=True,
                start="2026-03-08T09:00:00Z",
                calendar={**OFFICE, "overrides": {"2026-03-08": [["09:00", "10:00"]]}},
            ),
            id="override",
        ),
        pytest.param(
            vector("is_open", expected=True, calendar={"timezone": "UTC", "hours": OFFICE["hours"]}),
            id="holidays left out",
        ),
    ],
)
def test_fields_are_read_as_the_suite_describes(made: dict[str, Any]) -> None:
    assert outcome(made) == "passed"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param({"kind": None}, "its kind None is none of add, sub", id="kind"),
        pytest.param({"kind": ["add"]}, "wrong form", id="kind is a list"),
        pytest.param({"start": "2026-03-02T09:00:00"}, "has no offset", id="naive"),
        pytest.param({"start": "yesterday"}, "yesterday", id="no instant"),
        pytest.param({"start": 7}, "wrong form", id="start is a number"),
        pytest.param({"calendar": {**OFFICE, "timezone": "Mars/Base"}}, "'Mars/Base' is no IANA time zone", id="zone"),
        pytest.param({"calendar": {"timezone": "UTC"}}, "it has no `hours`", id="hours missing"),
        pytest.param({"calendar": {**OFFICE, "hours": []}}, "wrong form", id="hours are a list"),
        pytest.param({"calendar": {**OFFICE, "hours": {"mon": [["9", "17"]]}}}, "not a time of day", id="hours unread"),
        pytest.param({"calendar": {**OFFICE, "hours": {"montag": []}}}, "'montag' is not a weekday", id="weekday"),
        pytest.param({"calendar": {**OFFICE, "holidays": ["25.12."]}}, "25.12.", id="holiday"),
        pytest.param(
            {"calendar": {**OFFICE, "holidays": [{"date": "2026-12-25", "to": "9:00"}]}}, "no `from`", id="from"
        ),
        pytest.param({"minutes": "soon"}, "wrong form", id="amount"),
    ],
)
def test_a_malformed_vector_fails_with_a_sentence(change: dict[str, object], sentence: str) -> None:
    made = {**vector("add", "2026-03-02T10:00:00Z", minutes=60), **change}
    said = outcome(made)
    assert said.startswith("made-1: cannot be run: ")
    assert sentence in said


@pytest.mark.parametrize("left_out", ["kind", "expected", "calendar", "start", "minutes"])
def test_a_vector_that_lacks_something_says_what(left_out: str) -> None:
    made = vector("add", "2026-03-02T10:00:00Z", minutes=60)
    del made[left_out]
    assert f"`{left_out}`" in outcome(made)


@pytest.mark.parametrize(
    ("expected", "sentence"),
    [
        (7, "must be an object"),
        ({}, "must be an object"),
        ({"due": "2026-03-02T10:00:00Z"}, "asks for 'due', which is none of due_at, elapsed_seconds"),
    ],
)
def test_a_clock_that_expects_what_no_clock_shows_is_malformed(expected: object, sentence: str) -> None:
    assert sentence in outcome(vector("clock", expected, minutes=60))


def test_an_unknown_event_is_malformed_and_a_missing_one_too() -> None:
    assert "event type 'sleep' is none of pause" in outcome(
        vector("clock", {"breached": False}, minutes=60, events=[event("10:00", "sleep")])
    )
    assert "it has no `type`" in outcome(
        vector("clock", {"breached": False}, minutes=60, events=[{"at": "2026-03-02T10:00:00Z"}])
    )


def test_a_calendar_that_never_opens_fails_a_clock_without_breaking_the_run() -> None:
    silent = vector("clock", {"due_at": "2026-03-02T10:00:00Z"}, minutes=60, calendar={**OFFICE, "hours": {}})
    assert outcome(silent) == "made-1: expected due_at 2026-03-02T10:00:00Z, got due_at null"


@pytest.mark.parametrize(
    ("expected", "kind"), [(1, "is_open"), ("true", "is_open"), (True, "add"), ("2026-03-02T10:00:01Z", "add")]
)
def test_an_answer_of_another_kind_is_not_the_same_answer(expected: object, kind: str) -> None:
    assert "expected" in outcome(vector(kind, expected, minutes=60))


def test_a_breach_is_not_a_number() -> None:
    assert outcome(vector("clock", {"breached": 0}, minutes=60)) == "made-1: expected breached 0, got breached false"


class Screen:
    """What was printed."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, line: str) -> None:
        self.lines.append(line)


def test_the_report_prints_the_failures_and_then_the_count(tmp_path: Path) -> None:
    wrong = copy.deepcopy(VECTORS[0])
    wrong["expected"] = "2006-01-04T15:30:00+00:00"
    timeless = vector("elapsed", {"seconds": 1, "minutes": 0}, end="2026-03-02T09:00:02Z", id="secs")
    file = tmp_path / "vectors.json"
    file.write_text(json.dumps([wrong, VECTORS[1], timeless, 7, {"id": "", "kind": "add"}]), encoding="utf-8")
    screen = Screen()
    assert report(file, screen) is False
    assert screen.lines == [
        "biz-06: expected 2006-01-04T15:30:00+00:00, got 2006-01-04T15:00:00+00:00",
        "secs: expected seconds 1, minutes 0, got seconds 2, minutes 0",
        "vector 4: cannot be run: it is not a JSON object",
        "vector 5: cannot be run: it has no `expected`",
        "1 passed, 4 failed",
    ]


def test_the_published_file_passes_whole() -> None:
    screen = Screen()
    assert report(PUBLISHED, screen) is True
    assert screen.lines == [f"{len(VECTORS)} passed, 0 failed"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read"),
        (b"not json", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"{}", "must hold a JSON list"),
    ],
    ids=["missing", "text", "bytes", "object"],
)
def test_a_file_that_holds_no_vectors_gets_one_sentence(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    file = tmp_path / "vectors.json"
    if content is not None:
        file.write_bytes(content)
    screen = Screen()
    assert report(file, screen) is False
    (line,) = screen.lines
    assert sentence in line
    assert "vectors.json" in line
