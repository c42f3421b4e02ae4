"""`/sla why`: the rows of a clock, which sum to what it says."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.views.rendered import Rendered
from bot.views.why import why_for_the_customer, why_message
from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.versions import START_OF_TIME, Governing, Terms
from sla_engine.domain.clocks.ledger import ledger
from sla_engine.domain.clocks.ledger_rows import Ledger
from sla_engine.domain.incidents.events import (
    Breached,
    Corrected,
    Event,
    Merged,
    Opened,
    Paused,
    Resolved,
    Responded,
    Resumed,
    Waived,
)
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.calendar import Closure
from sla_engine.domain.time.durations import read_time
from tests.unit.bot.views.samples import agreement, explanation, history, ledgers, minute, refused, seen

PAUSED = (200, Paused(reason=PauseReason.VENDOR), "U0TOM")
RESUMED = (260, Resumed(), "U0TOM")
DAY = 24 * 60


def why(entries: list[Entry], *, now: datetime, promised: Agreement | None = None) -> Rendered:
    return why_message(explanation(entries, now=now, promised=promised), zone="Europe/Berlin")


def tables(rendered: Rendered) -> list[list[str]]:
    texts = [block["elements"][0]["elements"][0]["text"] for block in rendered.blocks if block["type"] == "rich_text"]
    return [text.splitlines() for text in texts]


def counted(line: str) -> timedelta:
    """The last but one column: what a row counted."""
    columns = re.search(r"\s([0-9hms]+)\s+[0-9hms]+$", line)
    return read_time(columns[1]) if columns and columns[1] != "0s" else timedelta(0)


def test_each_clock_has_its_rows_and_the_last_line_says_sum_target_and_due() -> None:
    rendered = why(history((10, Responded(text=""), "U0TOM"), PAUSED, RESUMED), now=minute(290))
    resolution = tables(rendered)[-1]
    assert [line.split() for line in resolution] == [
        ["from", "to", "what", "counted", "sum"],
        ["09:00", "12:20", "running", "3h20m", "3h20m"],
        ["12:20", "13:20", "paused", "–", "3h20m"],
        ["waiting", "for", "a", "vendor", "(Tom", "Becker)"],
        ["13:20", "13:50", "running", "30m", "3h50m"],
    ]
    words = seen(rendered)
    assert "Sum 3h50m of 8 h for P2, calendar in Europe/Berlin: 4 h 10 m left, due <!date^" in words
    assert "Sum 3h50m of 2 h for P2, calendar in Europe/Berlin: 1 h 50 m over, was due <!date^" in words
    assert "Sum 10m of 30 m for P2, calendar in Europe/Berlin: met" in words
    assert "Sum 3h50m of 8 h" in rendered.text


def test_a_clock_with_one_stretch_is_a_sentence_and_no_table() -> None:
    rendered = why(history(), now=minute(20))
    assert tables(rendered) == []
    assert "First reply: running*\nRunning from 09:00 to 09:20, 20m counted" in seen(rendered)
    assert "Running from 09:00 to 09:20, 20m counted" in rendered.text


def test_a_resting_clock_has_no_due_time_and_a_late_stop_is_a_miss() -> None:
    resting = why(history(PAUSED), now=minute(230))
    assert "4 h 40 m left, no due time while it rests" in seen(resting)
    late = why(history((DAY + 120, Resolved(text=""), "U0TOM")), now=minute(DAY + 130))
    assert "missed, 2 h over" in seen(late)
    assert "Fix: stopped · missed" in seen(late)


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


def test_the_way_to_the_due_time_names_nights_and_holidays() -> None:
    holiday = Closure(date(2026, 1, 6), name="Epiphany")
    rendered = why(history(PAUSED, RESUMED), now=minute(420), promised=agreement(closures=[holiday]))
    assert "Ahead: 1h until 17:00, closed until Wed 09:00 (Epiphany), 1h until Wed 10:00" in seen(rendered)


def test_a_long_way_to_the_due_time_is_cut_in_the_middle_and_a_single_stretch_is_not_told() -> None:
    closed = [Closure(date(2026, 1, day), name=f"Day off {day}") for day in (6, 8, 12, 14)]
    longer = agreement(closures=closed)
    lasting = [replace(target, duration=timedelta(hours=40)) for target in longer.targets]
    words = seen(why(history(), now=minute(420), promised=replace(longer, targets=tuple(lasting))))
    assert "closed until Wed 09:00 (Day off 6), 8h until Wed 17:00, 5 more stretches with 16h, " in words
    assert "Ahead" not in seen(why(history((1, Resolved(text=""), "U0TOM")), now=minute(5)))


def test_seconds_that_were_cut_off_do_not_make_the_rows_miss_their_sum() -> None:
    entries = [replace(entry, at=entry.at + timedelta(microseconds=700_000)) for entry in history(PAUSED, RESUMED)]
    resolution = tables(why(entries, now=minute(290) + timedelta(microseconds=650_000)))[-1]
    assert [line.split()[-2:] for line in resolution if "running" in line] == [
        ["3h20m", "3h20m"],
        ["29m59s", "3h49m59s"],
    ]


def test_a_change_of_target_is_told_with_the_rule_that_lost() -> None:
    promised = agreement()
    brooklyn = [
        replace(target, site="Brooklyn", duration=timedelta(minutes=20), rule="P2, site Brooklyn <!channel>")
        for target in promised.targets
    ]
    entries = history()
    opened = replace(entries[0], event=Opened(priority=Priority.P2, title="Down", site="Brooklyn"))
    rendered = why([opened], now=minute(10), promised=replace(promised, targets=(*promised.targets, *brooklyn)))
    words = seen(rendered)
    assert "20 m by P2, site Brooklyn &lt;!channel&gt;, version 0 (opened); over P2 with 8 h (less specific)" in words
    assert refused(rendered) == []


def test_another_version_is_told_where_it_begins() -> None:
    longer = agreement(closures=[Closure(date(2026, 1, 6), name="Epiphany")])
    terms = Terms((Governing(START_OF_TIME, 1, agreement()), Governing(minute(60), 2, longer)), agreement())
    resolution = ledger(history(), MetricName.RESOLUTION, terms, now=minute(120))
    assert resolution is not None
    rendered = why_message(explanation(history(), now=minute(120), ledgers=(resolution,)), zone="Europe/Berlin")
    assert "  from here version 2 of the agreement" in tables(rendered)[-1]
    assert "Version 2 of the agreement, in effect from <!date^" in seen(rendered)
    assert "Target since <!date^1767603600^" in seen(rendered)
    assert "version 1 (opened)" in seen(rendered)


def test_breaches_waivers_and_corrections_are_told_with_who_and_when() -> None:
    entries = history(
        (480, Breached(metric="first_response", cycle=0, breached_at=minute(30)), ""),
        (490, Waived(metric="first_response", cycle=0, reason="<!channel> power cut"), "U0MIRA"),
        (
            495,
            Corrected(
                metric="first_response", cycle=0, cause="paused", breached_before=minute(20), breached_after=None
            ),
            "",
        ),
    )
    words = seen(why(entries, now=minute(500)))
    assert "First reply: running · breached · waived" in words
    assert re.search(r"Breached <!date\^\d+\^[^>]+>, noticed <!date", words)
    assert "the miss of the first reply was waived by Mira Khan: “&lt;!channel&gt; power cut”" in words
    assert "the outcome of the first reply was corrected: it was not breached <!date^" in words
    assert "because of a fact told late (paused)" in words


def test_a_merged_incident_has_no_outcome_and_says_into_which() -> None:
    words = seen(why(history((60, Merged(into="INC-7"), "U0DANA")), now=minute(90)))
    assert "Fix: cancelled" in words
    assert "calendar in Europe/Berlin: no outcome" in words
    assert words.count("merged into INC-7 by Dana Ortiz; what was undecided ends without an outcome") == 1


def test_the_time_left_adds_up_with_the_sum_shown() -> None:
    words = seen(why(history(), now=minute(60) + timedelta(milliseconds=400)))
    assert "Sum 1h of 8 h" in words
    assert "7 h left, due" in words


def test_who_held_the_ball_is_one_line() -> None:
    facts = ((60, Paused(reason=PauseReason.CUSTOMER, until=minute(120)), "U0TOM"), (180, Resumed(), "U0TOM"))
    words = seen(why(history(*facts), now=minute(240)))
    assert (
        "Who held the ball: us 3 h, customer 1 h, third party 0 s; of ours 1 h after a pause outlived the expected end"
        in words
    )


def test_the_customers_form_is_a_text_to_copy_and_fits_a_message() -> None:
    rendered = why_for_the_customer(explanation(history(PAUSED, RESUMED), now=minute(290)))
    assert refused(rendered) == []
    copied = "\n".join(line for table in tables(rendered) for line in table)
    assert "waiting for a third party" in copied
    assert "Tom Becker" not in copied
    pieces = why_for_the_customer(explanation(history(), now=minute(5), title="long " * 30_000))
    assert refused(pieces) == []


def test_an_incident_that_was_promised_nothing_says_so() -> None:
    rendered = why_message(
        explanation(history(), now=minute(5), ledgers=(), attributed_time=None), zone="Europe/Berlin"
    )
    assert "nothing was promised" in rendered.text
    assert refused(rendered) == []
