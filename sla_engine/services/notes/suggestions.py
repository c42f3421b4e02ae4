"""What notes suggest about procedures: for one note, for the notes that wait, and the few worth a look this week."""

from collections.abc import Mapping
from datetime import datetime

from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.notes.evidence import Evidence
from sla_engine.domain.notes.hard_notes import hard_notes
from sla_engine.domain.notes.suggestions import LONG, Suggestion, ranked, suggestions
from sla_engine.domain.time.weeks import Week
from sla_engine.services.notes.sop_effects import effects_of
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import note_evidence
from sla_engine.storage.database import Session

A_WEEK_AT_MOST = 3
_READ_BACK = 2 * LONG
"""A decision of the last 90 days is judged by the evidence of the 90 days before it."""


class Suggestions:
    """The suggestions for somebody who asks; `by` is who (a Slack id), `now` is SLA time."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work

    def of_week(self, *, by: str, now: datetime) -> tuple[Suggestion, ...]:
        """What is worth a decision this week.

        Raises: NotAllowed (recorded).
        """
        with self.unit_of_work.permitted(Action.DECIDE_SOP, by=by, now=now) as session:
            return suggestions_of_week(session, self.unit_of_work.msp(session), now=now)


def suggestions_of_week(session: Session, msp: Msp, *, now: datetime) -> tuple[Suggestion, ...]:
    """At most three suggestions for the week of an instant, the most frequent first.

    They are those of the evidence when the week began, less those decided since: nothing takes the place of one that
    was decided, so that a week never brings more.
    """
    begun, _ = Week.of(now, zone=msp.zone).span(zone=msp.zone)
    evidence = note_evidence.evidence(session, since=begun - _READ_BACK)
    before = evidence.as_of(begun)
    of_clusters = [
        (suggestion, {note.incident_id for note in cluster}) for cluster, suggestion in suggestions(before, at=begun)
    ]
    of_notes = [(hard, set[int]()) for hard in hard_notes(before.notes, calendar=msp.calendar, at=begun)]
    incidents = dict([*of_clusters, *of_notes])
    since = {decided.incident_id for decided in evidence.decisions if begun < decided.at <= now}
    top = ranked(incidents, most=A_WEEK_AT_MOST)
    return tuple(suggestion for suggestion in top if not incidents[suggestion] & since)


def suggestions_by_incident(session: Session, *, now: datetime) -> Mapping[int, Suggestion]:
    """The suggestion for every incident with a note, by the incident's row id."""
    return _by_incident(note_evidence.evidence(session, since=now - _READ_BACK), now=now)


def suggestion_for(session: Session, incident: Incident, *, now: datetime) -> Suggestion | None:
    """The suggestion for the note of one incident, whatever was decided after it; None while it gives no reason."""
    return _suggested(_evidence_about(session, incident, now=now), incident, now=now)


def evidence_line(session: Session, incident: Incident, *, now: datetime) -> str:
    """The suggestion for the note of one incident, and what the procedure that it is about changed so far.

    Empty while the note gives no reason.
    """
    evidence = _evidence_about(session, incident, now=now)
    suggestion = _suggested(evidence, incident, now=now)
    if suggestion is None:
        return ""
    effects = effects_of(session, [sop for sop in evidence.sops if sop.number == suggestion.sop], now=now)
    return " ".join([suggestion.sentence, *(effect.sentence for effect in effects if effect.effect.is_comparable)])


def _evidence_about(session: Session, incident: Incident, *, now: datetime) -> Evidence:
    evidence = note_evidence.evidence(session, since=now - _READ_BACK, customer=incident.customer)
    return evidence.without_decision_on(incident.id)


def _suggested(evidence: Evidence, incident: Incident, *, now: datetime) -> Suggestion | None:
    return _by_incident(evidence, now=now).get(incident.id)


def _by_incident(evidence: Evidence, *, now: datetime) -> dict[int, Suggestion]:
    return {note.incident_id: suggestion for cluster, suggestion in suggestions(evidence, at=now) for note in cluster}
