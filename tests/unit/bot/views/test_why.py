"""`/sla why`: the rows of a clock, which sum to what it says."""

import re
from datetime import date, datetime, timedelta

from bot.rendered import Rendered
from bot.views.why import why_message
from sla_engine.domain.agreements import Agreement
from sla_engine.domain.calendars import Closure
from sla_engine.domain.events import Entry, Event, Paused, Resolved, Responded, Resumed
from sla_engine.domain.ledger import Ledger
from sla_engine.domain.reasons import PauseReason
from tests.unit.bot.views.samples import agreement, history, ledgers, minute, refused, seen

PAUSED = (200, Paused(reason=PauseReason.VENDOR), "U0TOM")
RESUMED = (260, Resumed(), "U0TOM")
DAY = 24 * 60


def why(entries: list[Entry], *, now: datetime, promised: Agreement | None = None) -> Rendered:
    found = ledgers(entries, now=now, promised=promised)
    return why_message("INC-1042", found, zone="Europe/Berlin", now=now)


def tables(rendered: Rendered) -> list[list[str]]:
    texts = [block["elements"][0]["elements"][0]["text"] for block in rendered.blocks if block["type"] == "rich_text"]
    return [text.splitlines() for text in texts]


def counted(line: str) -> timedelta:
    """The last but one column: what a row counted."""
    found = re.search(r"(\d+):(\d\d):(\d\d)\s+\d+:\d\d:\d\d$", line)
    return timedelta(hours=int(found[1]), minutes=int(found[2]), seconds=int(found[3])) if found else timedelta(0)


def test_each_clock_has_its_rows_and_the_last_line_says_sum_target_and_due() -> None:
    rendered = why(history((10, Responded(text=""), "U0TOM"), PAUSED, RESUMED), now=minute(290))
    resolution = tables(rendered)[-1]
    assert [line.split() for line in resolution] == [
        ["from", "to", "what", "counted", "sum"],
        ["09:00", "12:20", "running", "3:20:00", "3:20:00"],
        ["12:20", "13:20", "paused", "–", "3:20:00"],
        ["waiting", "for", "a", "vendor"],
        ["13:20", "13:50", "running", "0:30:00", "3:50:00"],
    ]
    words = seen(rendered)
    assert "Sum 3:50:00 of 8 h for P2, calendar in Europe/Berlin: 4 h 10 m left, due <!date^" in words
    assert "Sum 3:50:00 of 2 h for P2, calendar in Europe/Berlin: 1 h 50 m over, was due <!date^" in words
    assert "Sum 0:10:00 of 30 m for P2, calendar in Europe/Berlin: met" in words
    assert "Sum 3:50:00 of 8 h" in rendered.text


def test_a_resting_clock_has_no_due_time_and_a_late_stop_is_a_miss() -> None:
    resting = why(history(PAUSED), now=minute(230))
    assert "4 h 40 m left, no due time while it rests" in seen(resting)
    late = why(history((DAY + 120, Resolved(text=""), "U0TOM")), now=minute(DAY + 130))
    assert "missed, 2 h over" in seen(late)


def test_a_short_life_shows_its_nights_and_a_closure_its_name() -> None:
    holiday = Closure(date(2026, 1, 6), name="Epiphany & <rest>")
    rendered = why(history(), now=minute(2 * DAY + 60), promised=agreement(closures=[holiday]))
    resolution = tables(rendered)[-1]
    assert "  Epiphany & <rest>" in resolution
    assert any(line.split()[-3] == "closed" for line in resolution if "closed" in line)


def test_the_nights_of_a_long_life_are_folded_and_the_rows_still_sum() -> None:
    now = minute(30 * DAY + 60)
    entries = history(PAUSED, RESUMED)
    rendered = why(entries, now=now)
    resolution = tables(rendered)[-1]
    assert any("closed stretches in it, counting nothing" in line for line in resolution)
    assert len(resolution) < 10
    assert sum((counted(line) for line in resolution), timedelta(0)) == ledgers(entries, now=now)[-1].reading.elapsed


def test_the_longest_history_stays_within_what_slack_takes_and_still_sums() -> None:
    restless: list[tuple[int, Event, str]] = []
    for number in range(400):
        restless.append((number * 40 + 5, Paused(reason=PauseReason.VENDOR), "U0TOM"))
        restless.append((number * 40 + 15, Resumed(), "U0TOM"))
    now = minute(400 * 40)
    entries = history(*restless)
    rendered = why(entries, now=now)
    assert refused(rendered) == []
    assert len(rendered.blocks) <= 50
    every = [line for table in tables(rendered) for line in table]
    assert max(len(line) for line in every) <= 60
    assert max(len("\n".join(table)) for table in tables(rendered)) < 3000
    last: Ledger = ledgers(entries, now=now)[-1]
    rows = [line for table in tables(rendered)[-2:] for line in table]
    assert any("rows not shown" in line for line in rows)
    assert sum((counted(line) for line in rows), timedelta(0)) == last.reading.elapsed


def test_an_incident_that_was_promised_nothing_says_so() -> None:
    rendered = why_message("INC-1042", [], zone="Europe/Berlin", now=minute(5))
    assert "nothing was promised" in rendered.text
    assert refused(rendered) == []
