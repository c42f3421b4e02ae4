"""The seeded part of the correctness bar: some thousand questions about every calendar, and no answer differs."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.oracle import tallies
from tests.oracle.__main__ import PUBLISHED, main, show
from tests.oracle.comparison import differences, differing_labels, differing_spans
from tests.oracle.minute_count import MinuteCount
from tests.oracle.questions import Draw, Kind
from tests.oracle.written_calendars import CALENDARS, WrittenCalendar, WrittenClosure
from tests.oracle.written_forms import can_be_a_schedule, engine_calendar

EACH = 3_000
SHARED = [written for written in CALENDARS if can_be_a_schedule(written)]
BY_NAME = pytest.mark.parametrize("written", CALENDARS, ids=lambda written: written.name)


@BY_NAME
def test_a_calendar_answers_what_its_open_minutes_say(written: WrittenCalendar, seed: int) -> None:
    tally = tallies.minute_by_minute("", [written], each=EACH, seed=seed)
    assert (tally.asked, tally.differences) == (EACH, [])


def test_calendars_that_nobody_would_write_are_counted_too(seed: int) -> None:
    tally = tallies.minute_by_minute("", tallies.random_calendars(14, seed=seed), each=600, seed=seed)
    assert (tally.calendars, tally.differences) == (14, [])


def test_an_edited_calendar_counts_each_minute_by_the_hours_of_its_day(seed: int) -> None:
    tally = tallies.edited(CALENDARS, number=8, each=600, seed=seed)
    assert (tally.calendars, tally.differences) == (8, [])


def test_rows_asked_in_bulk_get_the_answers_of_their_calendars(seed: int) -> None:
    tally = tallies.in_bulk(CALENDARS[:12], each=600, seed=seed)
    assert (tally.calendars, tally.differences) == (12, [])


def test_a_label_means_what_the_wall_clock_showed(seed: int) -> None:
    assert tallies.labels(CALENDARS, each=200, seed=seed).differences == []


def test_another_engine_gives_the_same_answers(seed: int) -> None:
    tally = tallies.peer(SHARED, each=1_000, seed=seed)
    assert tally.calendars > 12
    assert tally.differences == []


def mutilated(written: WrittenCalendar) -> dict[str, WrittenCalendar]:
    """The same calendar, a minute or a date off."""
    first = next(day for day in written.week if written.week[day])
    opens, closes = written.week[first][0].split("-")
    longer = f"{opens}-{closes[:-1]}{'1' if closes[-1] == '0' else '0'}"
    return {
        "a minute": replace(written, week={**written.week, first: (longer, *written.week[first][1:])}),
        "a holiday": replace(written, closures=written.closures[1:]),
        "an override": replace(written, overrides={}),
        "the zone": replace(written, zone="Africa/Abidjan"),
    }


@pytest.mark.parametrize("what", ["a minute", "a holiday", "an override", "the zone"])
def test_a_calendar_that_is_off_by_little_is_found(what: str, seed: int) -> None:
    written = next(calendar for calendar in CALENDARS if calendar.name.startswith("London"))
    count, wrong = MinuteCount.of(written), engine_calendar(mutilated(written)[what])
    assert list(differing_spans(count, wrong))
    questions = Draw(count, seed=seed).questions(6_000)
    assert {difference.question.split()[0] for difference in differences(count, wrong, questions)} >= {
        Kind.ELAPSED,
        Kind.ADD,
        Kind.SUBTRACT,
    }


def test_a_zone_with_other_changes_shows_other_labels(seed: int) -> None:
    berlin = CALENDARS[0]
    assert list(
        differing_labels(MinuteCount.of(berlin), engine_calendar(replace(berlin, zone="UTC")), number=9, seed=seed)
    )


def test_only_what_another_engine_can_say_is_asked_of_it() -> None:
    never_was = next(calendar for calendar in CALENDARS if calendar.zone == "Pacific/Kwajalein")
    office = CALENDARS[0]
    part = WrittenClosure(day=office.closures[0].day, part="09:00-10:00")
    assert can_be_a_schedule(office)
    assert not can_be_a_schedule(never_was)
    assert not can_be_a_schedule(replace(office, closures=(part,)))
    assert not can_be_a_schedule(replace(office, overrides={part.day: ()}))


def test_the_bar_fails_when_one_vector_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.oracle.__main__.CALENDARS", CALENDARS[:6])
    wrong = json.loads(PUBLISHED.read_text(encoding="utf-8"))[:1]
    wrong[0]["expected"] = "2006-01-04T15:30:00+00:00"
    file = tmp_path / "vectors.json"
    file.write_text(json.dumps(wrong), encoding="utf-8")
    assert main(["--scale", "0.001", str(file)]) == 1
    printed = capsys.readouterr().out
    assert printed.startswith("vectors: biz-06: counted 2006-01-04T15:30:00+00:00")
    assert printed.endswith("FAIL: 1 differences\n")


def test_the_bar_passes_when_nothing_differs(capsys: pytest.CaptureFixture[str]) -> None:
    tally = tallies.Tally("a part")
    tally.add(1_000)
    assert show([tally]) == 0
    assert capsys.readouterr().out.endswith("pass\n")


@pytest.mark.parametrize("content", ["{}", "not json", None])
def test_a_file_without_vectors_is_refused(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "vectors.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(SystemExit):
        main([str(file)])
