"""Ladders in a file: when a rung is reached, how it is repeated, when it is quiet, and what is wrong with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sla_engine.domain.agreements.ladders import LONGEST_WAIT, Ladder, Recipient, Repeat, Rung
from sla_engine.domain.time.shifts import Shift
from sla_engine.files.errors import FileInvalid
from sla_engine.files.ladder_section import ladders
from sla_engine.files.yaml_document import read_document

DISPATCHER = (Recipient.DISPATCHER,)
MINUTES = timedelta(minutes=1)


def read(rungs: str) -> Ladder:
    document = read_document(f"default: [{rungs}]\n", "a.yaml")
    found = ladders(document)
    document.findings.refuse_if_wrong()
    return found["default"]


def refused(rungs: str) -> str:
    with pytest.raises(FileInvalid) as refusal:
        read(rungs)
    return " / ".join(str(problem) for problem in refusal.value.problems)


@pytest.mark.parametrize(
    ("written", "rung"),
    [
        ("75%", Rung(percent=75, tell=DISPATCHER)),
        ("30m before due", Rung(offset=-30 * MINUTES, tell=DISPATCHER)),
        ("1h after due", Rung(offset=60 * MINUTES, tell=DISPATCHER)),
        ("45m before due wall", Rung(offset=-45 * MINUTES, wall=True, tell=DISPATCHER)),
        ("1h 30m  after  due  wall", Rung(offset=90 * MINUTES, wall=True, tell=DISPATCHER)),
    ],
)
def test_a_rung_is_reached_at_a_share_or_at_a_distance_from_due(written: str, rung: Rung) -> None:
    assert read(f"{{at: {written}, tell: dispatcher}}").rungs == (rung,)


@pytest.mark.parametrize(
    ("written", "repeat"),
    [
        ("30m", Repeat(every=30 * MINUTES)),
        ("30m until acknowledged", Repeat(every=30 * MINUTES)),
        ("30m wall until acknowledged", Repeat(every=30 * MINUTES, wall=True)),
        ("{every: 15m}", Repeat(every=15 * MINUTES, longest=LONGEST_WAIT)),
        ("{every: 15m wall}", Repeat(every=15 * MINUTES, wall=True)),
        ("{every: 15m, wall: no}", Repeat(every=15 * MINUTES)),
        (
            "{every: 15m, wall: yes, backoff: 2, longest: 4h, up_after: 3}",
            Repeat(every=15 * MINUTES, wall=True, backoff=2, longest=240 * MINUTES, up_after=3),
        ),
        ("{every: 15m, backoff: 1.5}", Repeat(every=15 * MINUTES, backoff=1.5)),
    ],
)
def test_a_repeat_is_one_duration_or_says_more_by_keys(written: str, repeat: Repeat) -> None:
    assert read(f"{{at: 100%, tell: dispatcher, repeat: {written}}}").rungs[0].repeat == repeat


def test_quiet_hours_are_written_like_a_shift() -> None:
    assert read('{at: 100%, tell: dispatcher, quiet: "22:00-07:00"}').rungs[0].quiet == Shift.parse("22:00-07:00")


def test_rungs_are_put_in_the_order_in_which_they_are_reached() -> None:
    found = read(
        "{at: 1h after due, tell: dispatcher}, {at: 100%, tell: dispatcher}, "
        "{at: 10m before due, tell: dispatcher}, {at: 50%, tell: dispatcher}"
    )
    assert [rung.label for rung in found.rungs] == ["50 %", "10m before due", "100 %", "1h after due"]


@pytest.mark.parametrize(
    ("rungs", "sentence"),
    [
        (
            "{at: due in 30m, tell: dispatcher}",
            "a.yaml:1: default[1].at: 'due in 30m' does not say when the rung is reached; write it like 75%",
        ),
        ("{at: soon, tell: dispatcher}", "'soon' is not a share such as 50%"),
        ("{at: [50%], tell: dispatcher}", "a list where when it is reached, such as 75%"),
        ("{at: 1d before due, tell: dispatcher}", "'1d' could mean business days or 24 hours each"),
        ("{at: 2 business_days after due, tell: dispatcher}", "has no fixed length here"),
        (
            "{at: 30m before due, tell: dispatcher}, {at: 30 min before due, tell: assignee}",
            "default[2]: two rungs at 30m before due; name everybody to tell in one",
        ),
        ("{at: 100%, tell: dispatcher, repeat: {wall: yes}}", "'every' is missing"),
        ("{at: 100%, tell: dispatcher, repeat: {every: 5m, often: yes}}", "unknown key 'often'"),
        ("{at: 100%, tell: dispatcher, repeat: {every: 30s}}", "'30s' repeats more than once a minute"),
        ("{at: 100%, tell: dispatcher, repeat: [5m]}", "a list where a repeat such as '30m until acknowledged'"),
        ("{at: 100%, tell: dispatcher, repeat: {every: 5m, backoff: 0.5}}", "would repeat faster and faster"),
        ("{at: 100%, tell: dispatcher, repeat: {every: 5m, backoff: 99}}", "is not a number from 0 to 10"),
        ("{at: 100%, tell: dispatcher, repeat: {every: 5m, up_after: 0}}", "not a whole number from 1 to 100"),
        ("{at: 100%, tell: dispatcher, repeat: {every: 5m, wall: maybe}}", "'maybe' is not a word known here"),
        (
            "{at: 100%, tell: dispatcher, repeat: {every: 2h, longest: 1h}}",
            "the longest wait is shorter than the first",
        ),
        ('{at: 100%, tell: dispatcher, quiet: "22:00"}', "'22:00' is not a shift such as"),
        ('{at: 100%, tell: dispatcher, quiet: "09:00-09:00"}', "is quiet round the clock"),
        ('{at: 100%, tell: dispatcher, quiet: "00:00-24:00"}', "is quiet round the clock"),
        ("{at: 100%, tell: dispatcher, quiet: [22]}", "a list where quiet hours such as"),
    ],
)
def test_a_mistake_is_refused_with_its_place_and_what_to_write(rungs: str, sentence: str) -> None:
    assert sentence in refused(rungs)
