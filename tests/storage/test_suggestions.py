"""Suggestions from what is stored: of a note, and of a week."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from sla_engine.domain.agreements.errors import NotAllowed
from sla_engine.domain.notes.suggestions import Step, Suggestion
from sla_engine.services.notes.suggestions import Suggestions, suggestion_for
from sla_engine.storage import incidents, note_evidence
from tests.note_desk import MIRA, TOM, Desk, at


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(database_url)
    yield made
    made.close()


def three_alike(desk: Desk) -> list[str]:
    """Three notes with one reason in the first week, each with a story of its own."""
    stories = ("of the newsletter", "of a full disk on the mail server", "of a certificate that had run out")
    return [
        desk.written(at(f"{day} 10:00"), what_happened=f"Nobody looked at the queue for an hour because {story}.")
        for day, story in zip(("mon", "tue", "wed"), stories, strict=True)
    ]


def of_week(desk: Desk, now: datetime) -> list[tuple[Step, str]]:
    """What the manager is shown."""
    found = Suggestions(desk.unit_of_work).of_week(by=MIRA, now=now)
    return [(suggestion.step, suggestion.decide_on) for suggestion in found]


def about(desk: Desk, key: str, *, now: datetime) -> Suggestion | None:
    """What the evidence suggests after one note."""
    with desk.database.reading() as session:
        return suggestion_for(session, incidents.find(session, key), now=now)


@pytest.mark.both_databases
def test_a_note_is_read_as_evidence_with_what_was_decided_and_returned(desk: Desk) -> None:
    key = desk.written(at("mon 10:00"))
    desk.notes.return_to_author(key, because="Who told the customer?", by=MIRA, now=at("mon 11:00"))
    other = desk.written(
        at("tue 10:00"), what_happened="The queue was full of newsletters, and nobody saw it for an hour."
    )
    desk.sops.decide(
        other, by=MIRA, decision="create", title="Mail queue", owner=TOM, due_on=date(2026, 3, 2), now=at("tue 11:00")
    )
    with desk.database.reading() as session:
        evidence = note_evidence.evidence(session, since=at("mon 00:00"))
        elsewhere = note_evidence.evidence(session, since=at("mon 00:00"), customer="Beta")
    assert [note.incident_key for note in elsewhere.notes] == [other]  # after which a procedure was decided on
    assert [(note.incident_key, note.is_returned, note.title) for note in evidence.notes] == [
        (key, True, "E-mail is down"),
        (other, False, "E-mail is down"),
    ]
    (sop,) = evidence.sops
    assert (sop.number, sop.title, sop.is_being_written) == ("SOP-1", "Mail queue", True)
    assert (sop.published_at, sop.known_since) == (None, at("tue 11:00"))
    assert [note.incident_key for note in sop.linked] == [other]
    assert [decided.at for decided in evidence.decisions] == [at("tue 11:00")]


def test_notes_are_read_from_an_instant_on_and_decided_ones_at_any_age(desk: Desk) -> None:
    key = desk.written(at("mon 10:00"))
    with desk.database.reading() as session:
        assert note_evidence.evidence(session, since=at("tue 00:00")).notes == []
    desk.sops.decide(key, by=MIRA, decision="none", reason="Once", now=at("mon 12:00"))
    with desk.database.reading() as session:
        assert len(note_evidence.evidence(session, since=at("tue 00:00")).notes) == 1


def test_a_week_shows_what_the_weeks_before_suggest_until_it_is_decided(desk: Desk) -> None:
    *_, newest = three_alike(desk)
    assert of_week(desk, at("fri 10:00")) == []  # the week in which it happened is not over
    assert of_week(desk, at("mon 08:00", week=1)) == [(Step.CREATE, newest)]
    desk.sops.decide(newest, by=MIRA, decision="none", reason="It was the move", now=at("mon 09:00", week=1))
    assert of_week(desk, at("mon 09:01", week=1)) == of_week(desk, at("mon 08:00", week=2)) == []


def test_the_suggestion_for_a_note_stays_what_it_was_when_it_is_decided(desk: Desk) -> None:
    *_, newest = three_alike(desk)
    before = about(desk, newest, now=at("wed 12:00"))
    assert before is not None
    assert before.step is Step.CREATE
    desk.sops.decide(newest, by=MIRA, decision="none", reason="It was the move", now=at("wed 12:00"))
    assert about(desk, newest, now=at("wed 12:00")) == before
    assert about(desk, desk.missed(at("thu 10:00")), now=at("thu 10:00")) is None


def test_only_those_who_decide_see_what_is_suggested(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        Suggestions(desk.unit_of_work).of_week(by=TOM, now=at("mon 08:00"))


def test_the_digest_of_the_week_says_what_its_notes_suggest(desk: Desk) -> None:
    three_alike(desk)
    figures = desk.digests.figures("last week", now=at("mon 08:00", week=1))
    assert figures.suggested == (
        "Late triage, Acme Dental: 3 times in 30 days, no SOP for it. Suggests: create an SOP.",
    )
    assert desk.digests.figures("this week", now=at("fri 08:00")).suggested == ()
