"""An explanation in words: sums, targets, breaches, remarks, and who held the ball."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sla_engine.domain.agreements.agreement import Agreement, ReopenMode, ReopenRule
from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.agreements.versions import START_OF_TIME, Governing, Terms
from sla_engine.domain.clocks.attribution import AttributedTime, attributed_time
from sla_engine.domain.clocks.ledger import ledger
from sla_engine.domain.incidents.events import (
    Absorbed,
    Breached,
    Corrected,
    CustomerUpdated,
    Deleted,
    Event,
    Merged,
    Moved,
    Paused,
    Reopened,
    Reprocessed,
    Resolved,
    Waived,
)
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.durations import exact
from sla_engine.services.queries.explain import Explanation
from sla_engine.text.why_text import as_text, for_the_customer
from sla_engine.text.why_words import attribution_words
from tests.unit.sla_engine.domain.histories import USUAL, at, history, hours, minutes, opened


def explained(entries: list[Entry], *, now: str, terms: Terms | None = None, **more: Any) -> Explanation:
    promised = terms or Terms.of(USUAL)
    found = [ledger(entries, metric, promised, now=at(now)) for metric in METRICS]
    facts: dict[str, Any] = {
        "key": "INC-1042",
        "title": "E-mail\nis down",
        "customer": "Acme Dental",
        "priority": "P2",
        "site": "",
        "service": "",
        "opened_at": at("mon 09:00"),
        "resolved_at": None,
        "merged_into": None,
        "zone": "UTC",
        "read_at": at(now),
        "ledgers": tuple(each for each in found if each is not None),
        "attributed_time": attributed_time(entries, promised, now=at(now)),
        "names": {"U0TOM": "Tom Becker"},
    }
    return Explanation(**(facts | more))


def told(*facts: tuple[str, Event], now: str = "mon 12:00", terms: Terms | None = None, **more: Any) -> str:
    return as_text(explained(history(opened(), *facts), now=now, terms=terms, **more))


def test_the_head_says_which_incident_whose_and_in_which_zone() -> None:
    text = told(site="Brooklyn", service="erp", resolved_at=at("mon 11:00"))
    assert text.startswith(
        "INC-1042 · E-mail is down\n"
        "Acme Dental, P2, site Brooklyn, service erp; opened Mon 2026-03-02 09:00\n"
        "Resolved Mon 2026-03-02 11:00\n"
        "Times are UTC; read Mon 2026-03-02 12:00\n"
    )
    assert "\nMerged into INC-7\n" in told(merged_into="INC-7", resolved_at=at("mon 11:00"))


@pytest.mark.parametrize(
    ("facts", "now", "summed"),
    [
        pytest.param([], "mon 12:00", "3h of 8h: 5h left, due Mon 2026-03-02 17:00", id="running"),
        pytest.param([], "tue 12:00", "11h of 8h: 3h over, was due Mon 2026-03-02 17:00", id="late"),
        pytest.param(
            [("mon 10:00", Paused(reason=PauseReason.VENDOR))],
            "mon 12:00",
            "Counted 1h of 8h: 7h left, no due time while it rests",
            id="resting",
        ),
        pytest.param(
            [("tue 11:00", Paused(reason=PauseReason.VENDOR))],
            "tue 12:00",
            "Counted 10h of 8h: 2h over\n",
            id="resting too late",
        ),
        pytest.param(
            [("mon 11:00", Resolved())],
            "mon 12:00",
            "Counted 2h of 8h, stopped Mon 2026-03-02 11:00: met\n",
            id="met",
        ),
        pytest.param(
            [("tue 11:00", Resolved())],
            "tue 12:00",
            "Counted 10h of 8h, stopped Tue 2026-03-03 11:00: missed by 2h",
            id="missed",
        ),
        pytest.param(
            [("mon 11:00", Merged(into="INC-7"))],
            "mon 12:00",
            "Counted 2h of 8h; it has no outcome",
            id="cancelled",
        ),
    ],
)  # fmt: skip
def test_below_its_name_a_clock_says_the_sum_the_target_and_what_follows(
    facts: list[tuple[str, Event]], now: str, summed: str
) -> None:
    assert summed in told(*facts, now=now)


def test_a_second_breaks_no_table_and_shows_in_every_time_of_it() -> None:
    entries = history(opened())
    late = [replace(entries[0], at=entries[0].at + timedelta(seconds=7))]
    text = as_text(explained(late, now="mon 09:30"))
    assert re.search(r"^  02 Mar 09:00:07  02 Mar 09:30:00  running +29m53s +29m53s$", text, re.MULTILINE)


def test_a_reopened_clock_tells_the_first_and_the_whole_resolution() -> None:
    facts = (("mon 10:00", Resolved()), ("mon 11:00", Reopened()))
    assert "First fixed after 1h, Mon 2026-03-02 10:00; so far in all 2h" in told(*facts)
    assert "First stopped after 1h" in told(*facts), "of the plan's clock"
    again = told(*facts, ("mon 11:30", Resolved()))
    assert "First fixed after 1h, Mon 2026-03-02 10:00; in all 1h30m" in again


def test_how_earlier_periods_ended_is_one_line() -> None:
    def updated(when: str) -> tuple[str, Event]:
        return when, CustomerUpdated(text="Still working")

    facts = (updated("mon 10:00"), updated("mon 13:00"), updated("mon 14:00"))
    waived = ("mon 14:30", Waived(metric="customer_update", cycle=1, reason="Their power cut"))
    assert "Before: 2 periods met, period 2 missed by 1h (breached Mon 2026-03-02 12:00)\n" in told(
        *facts, now="mon 15:00"
    )
    assert "period 2 missed by 1h (breached Mon 2026-03-02 12:00, waived)" in told(*facts, waived, now="mon 15:00")
    assert "Before: 1 period met\n" in told(updated("mon 10:00"))
    assert "Before" not in told()


def test_earlier_cycles_of_a_moved_incident_have_no_outcome() -> None:
    cycles = Terms.of(replace(USUAL, reopen=ReopenRule(mode=ReopenMode.NEW_CYCLE)))
    facts = (("mon 10:00", Resolved()), ("mon 11:00", Reopened()))
    moved = ("mon 11:30", Moved(key="INC-7", customer="Beta Logistics"))
    assert "Before: cycle 1 without an outcome\n" in told(*facts, moved, terms=cycles)
    assert "Before: cycle 1 without an outcome\n" not in told(*facts, ("mon 11:30", Merged(into="INC-7")), terms=cycles)


def test_several_versions_are_told_with_when_they_count() -> None:
    terms = Terms((Governing(START_OF_TIME, 1, USUAL), Governing(at("mon 10:00"), 2, later())), USUAL)
    text = told(terms=terms)
    assert "Version 1 of the agreement, in effect from Mon 2026-03-02 00:00, counts from the beginning on" in text
    assert (
        "Version 2 of the agreement, in effect from Tue 2026-03-03 00:00, counts from Mon 2026-03-02 10:00 on" in text
    )
    customer = for_the_customer(explained(history(opened()), now="mon 12:00", terms=terms))
    assert "The agreement of Tue 2026-03-03 00:00 counts from Mon 2026-03-02 10:00 on" in customer
    assert "from here the agreement of Tue 2026-03-03 00:00" in customer
    assert "ersion 2" not in customer


def later() -> Agreement:
    return replace(USUAL, effective=at("tue 00:00"), reply_ends_pause=False)


WAIVED = Waived(metric="resolution", cycle=0, reason="Their power cut")


@pytest.mark.parametrize(
    ("event", "ours", "theirs"),
    [
        pytest.param(
            WAIVED,
            "the miss of the fix was waived by Tom Becker: Their power cut",
            "the miss of the fix was waived",
            id="waived",
        ),
        pytest.param(
            Corrected(metric="resolution", cycle=0, cause="customer_replied", breached_before=at("mon 11:00"),
                      breached_after=None),
            "was corrected: it was not breached Mon 2026-03-02 11:00, because of a fact told late (customer replied)",
            "was corrected: it was not breached Mon 2026-03-02 11:00",
            id="a breach withdrawn",
        ),
        pytest.param(
            Corrected(metric="resolution", cycle=0, cause="reprocessed", breached_before=at("mon 11:00"),
                      breached_after=None),
            "was corrected: it was not breached Mon 2026-03-02 11:00, because it was counted anew",
            "was corrected: it was not breached Mon 2026-03-02 11:00",
            id="counted anew",
        ),
        pytest.param(
            Corrected(metric="customer_update", cycle=2, cause="resumed", breached_before=None,
                      breached_after=at("mon 11:00")),
            "update 3 was corrected: it was breached Mon 2026-03-02 11:00, because of a fact told late (resumed)",
            "update 3 was corrected: it was breached Mon 2026-03-02 11:00",
            id="a breach found",
        ),
        pytest.param(
            Corrected(metric="resolution", cycle=0, cause="paused", breached_before=at("mon 10:00"),
                      breached_after=at("mon 11:00")),
            "it was breached Mon 2026-03-02 11:00, not Mon 2026-03-02 10:00, because of a fact told late (paused)",
            "it was breached Mon 2026-03-02 11:00, not Mon 2026-03-02 10:00",
            id="a breach moved",
        ),
        pytest.param(
            Corrected(metric="resolution", cycle=0, cause="changed_rules", breached_before=None, breached_after=None),
            "was corrected: it was met, and is counted otherwise now, because the rules of counting changed",
            "was corrected: it was met, and is counted otherwise now",
            id="met no more by other rules",
        ),
        pytest.param(
            Merged(into="INC-7"),
            "merged into INC-7 by Tom Becker; what was undecided ends without an outcome",
            "merged into INC-7; what was undecided ends without an outcome",
            id="merged",
        ),
        pytest.param(
            Moved(key="INC-7", customer="Beta Logistics"),
            "moved to Beta Logistics by Tom Becker, INC-7 goes on with it; its clocks end without an outcome",
            "moved to another customer; its clocks end without an outcome",
            id="moved",
        ),
        pytest.param(
            Deleted(),
            "its ticket was deleted by Tom Becker; what was undecided ends without an outcome",
            "its ticket was deleted; what was undecided ends without an outcome",
            id="deleted",
        ),
        pytest.param(
            Absorbed(key="INC-9", opened_at=at("mon 08:00")),
            "INC-9, opened Mon 2026-03-02 08:00, was merged into it by Tom Becker; the earlier opening counts",
            "INC-9, opened Mon 2026-03-02 08:00, was merged into it; the earlier opening counts",
            id="absorbed",
        ),
        pytest.param(
            Reprocessed(since=at("mon 08:00"), reason="Forgotten holiday"),
            "counted anew from Mon 2026-03-02 08:00 on, approved by Tom Becker: Forgotten holiday",
            "counted anew from Mon 2026-03-02 08:00 on, approved",
            id="reprocessed",
        ),
    ],
)  # fmt: skip
def test_what_changed_an_outcome_is_told_to_us_in_full_and_to_the_customer_without_names(
    event: Event, ours: str, theirs: str
) -> None:
    entries = history(opened(), ("mon 11:30", event))
    found = explained(entries, now="mon 12:00")
    assert [line for line in as_text(found).splitlines() if line.endswith(ours)]
    customer = [line for line in for_the_customer(found).splitlines() if line.endswith(theirs)]
    assert [line for line in customer if not line.startswith("Mon 2026-03-02 11:30: ")] == []
    assert customer


def test_what_was_told_late_says_when_it_was_recorded() -> None:
    entries = history(opened())
    entries.append(Entry(event=WAIVED, at=at("mon 10:00"), seq=7, recorded_at=at("mon 11:00"), by="U0TOM"))
    assert "waived by Tom Becker: Their power cut (recorded Mon 2026-03-02 11:00)" in as_text(
        explained(entries, now="mon 12:00")
    )


def test_a_breach_that_was_noticed_late_or_made_by_a_change_says_so() -> None:
    entries = history(opened())
    breach = Breached(metric="resolution_plan", cycle=0, breached_at=at("mon 11:00"))
    entries.append(Entry(event=breach, at=at("mon 11:00"), seq=7, recorded_at=at("mon 11:45")))
    found = explained(entries, now="mon 12:00")
    assert "Breached Mon 2026-03-02 11:00, noticed Mon 2026-03-02 11:45\n" in as_text(found)
    shorter = replace(USUAL, targets=tuple(replace(each, duration=minutes(30)) for each in USUAL.targets))
    terms = Terms((Governing(START_OF_TIME, 1, USUAL), Governing(at("mon 10:00"), 2, shorter)), USUAL)
    assert "Breached Mon 2026-03-02 10:00, by the change and not by the clock" in told(terms=terms)


def test_of_what_was_never_promised_nothing_is_told() -> None:
    assert "Nothing was promised for it, so no clock runs." in told(ledgers=(), attributed_time=None)
    assert "Who held the ball" not in told(ledgers=(), attributed_time=None)


def test_before_it_was_opened_no_clock_runs() -> None:
    found = told(ledgers=(), attributed_time=None, read_at=at("mon 08:00"))
    assert "It was opened after the instant it is read for, so no clock runs yet." in found
    assert "Nothing was promised" not in found


def test_what_holds_for_every_clock_is_told_once() -> None:
    for event in (Merged(into="INC-7"), Reprocessed(since=at("mon 08:00"), reason="Forgotten holiday")):
        lines = told(("mon 11:00", event)).splitlines()
        assert len([line for line in lines if line.startswith("Mon 2026-03-02 11:00: ")]) == 1


def test_the_time_left_adds_up_with_the_time_counted() -> None:
    half = timedelta(milliseconds=500)
    found = replace(
        explained(history(opened()), now="mon 10:00"),
        ledgers=tuple(
            each
            for metric in METRICS
            if (each := ledger(history(opened()), metric, Terms.of(USUAL), now=at("mon 10:00") + half)) is not None
        ),
    )
    assert "Counted 1h of 2h: 1h left" in as_text(found)


def test_who_held_the_ball_is_told_with_what_went_on_too_long() -> None:
    found = AttributedTime(us=hours(5), customer=hours(2), answered=hours(1), outlived=minutes(30), pauses_outlived=2)
    assert attribution_words(found, exact) == (
        "us 5h, customer 2h, third party 0s; "
        "of ours 1h after the customer had answered and 30m after 2 pauses outlived the expected end"
    )
    assert attribution_words(replace(found, outlived=timedelta(0)), exact, redacted=True) == (
        "we 5h, you 2h, a third party 0s; of ours 1h after you had answered"
    )
