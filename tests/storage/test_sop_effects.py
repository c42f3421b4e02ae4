"""What a procedure changed, counted from what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from sla_engine.domain.agreements.errors import NotNamed
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.reporting.effect import MeasuredEffect
from sla_engine.services.incidents.waive_and_merge import Outcomes
from sla_engine.services.notes.sop_effects import SopEffects
from sla_engine.storage import missed_incidents
from tests.note_desk import GOOD, MIRA, TOM, Desk, at

PUBLISHED = at("tue 12:00", week=6)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def published(desk: Desk) -> str:
    """A procedure for what was missed in each of six weeks, and once more in the eighth; something else as well."""
    keys = [desk.missed(at("wed 10:00", week=number)) for number in range(6)]
    desk.missed(at("thu 10:00", week=5), title="Printer offline")
    now = at("mon 10:00", week=6)
    desk.notes.write(keys[-1], by=TOM, now=now, since=None, reason="sop-missing", **GOOD)
    number = desk.sops.decide(
        keys[-1], by=MIRA, decision="create", title="Mail queue", owner=TOM, due_on=date(2026, 4, 1), now=now
    ).number
    desk.sops.done(number, by=TOM, now=PUBLISHED)
    desk.missed(at("wed 10:00", week=8))
    return number


def effect_of(desk: Desk, number: str, now: datetime) -> MeasuredEffect | None:
    return SopEffects(desk.unit_of_work).of(number, by=MIRA, now=now)


@pytest.mark.both_databases
def test_a_procedure_is_measured_by_the_misses_that_are_about_the_same(desk: Desk) -> None:
    number = published(desk)
    assert effect_of(desk, number, at("tue 12:00", week=8)) == MeasuredEffect(
        before=5, weeks_before=5, since=0, weeks_since=2
    )
    assert effect_of(desk, number, at("wed 12:00", week=11)) == MeasuredEffect(
        before=5, weeks_before=5, since=1, weeks_since=5
    )


def test_a_procedure_that_is_being_written_has_no_effect_yet(desk: Desk) -> None:
    key = desk.written(at("mon 10:00"))
    number = desk.sops.decide(
        key, by=MIRA, decision="create", title="Mail queue", owner=TOM, due_on=date(2026, 4, 1), now=at("mon 11:00")
    ).number
    assert effect_of(desk, number, at("mon 12:00", week=11)) is None
    assert effect_of(desk, "SOP-99", at("mon 12:00", week=11)) is None


def test_the_digest_and_the_decisions_form_say_what_it_changed(desk: Desk) -> None:
    published(desk)
    figures = desk.digests.figures("last week", now=at("mon 08:00", week=12))
    sentence = "SOP-1 Mail queue: 1.0 misses a week before, 0.2 in the five weeks since. Fewer, but that may be chance."
    assert figures.sop_effects == (sentence,)
    story = "The steps name a server that was replaced in spring."
    key = desk.written(at("wed 11:00", week=12), reason="sop-wrong", what_happened=story)
    line = desk.notes.suggestion(key, by=MIRA, now=at("wed 12:00", week=12))
    assert line == (
        f"SOP wrong, Acme Dental: SOP-1 Mail queue is said to be wrong ({key}). Suggests: update it within 7 days. "
        "SOP-1 Mail queue: 1.0 misses a week before, 0.2 in the six weeks since. Fewer, but that may be chance."
    )


def test_an_incident_counts_once_at_its_first_miss_and_not_when_it_was_waived(desk: Desk) -> None:
    first, second = desk.missed(at("mon 10:00")), desk.missed(at("mon 11:00"))
    desk.look(at("fri 16:00"))  # the other clocks of both are missed as well
    Outcomes(desk.unit_of_work).waive(
        second, metric=MetricName.FIRST_RESPONSE, reason="Test", by=MIRA, now=at("fri 16:10")
    )
    with desk.database.reading() as session:
        missed = missed_incidents.first_missed_in(session, (at("mon 00:00"), at("sat 00:00")))
        later = missed_incidents.first_missed_in(session, (at("mon 10:00"), at("mon 11:00")))
        assert missed_incidents.known_from(session) == at("mon 09:20")
    assert [(one.title, one.reason) for one in missed] == [("E-mail is down", None)] * 2
    assert missed[0].missed_at == at("mon 09:50")
    assert later == []
    assert first != second


def test_who_may_not_see_procedures_is_refused(desk: Desk) -> None:
    with pytest.raises(NotNamed):
        SopEffects(desk.unit_of_work).of("SOP-1", by="U0NOBODY", now=at("mon 10:00"))
