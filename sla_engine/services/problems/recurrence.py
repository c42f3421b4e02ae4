"""Opens a fixed problem again because an incident of its kind came, and tells its owner."""

from datetime import datetime

from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.problems.problem import NewProblemFact, Problem, ProblemFactKind
from sla_engine.notifications.problems import ProblemRecurredMessage
from sla_engine.storage import outbox, problems
from sla_engine.storage.database import Session
from sla_engine.storage.outbox import NewMessage


def reopen(
    session: Session, problem: Problem, incident: Incident, *, msp: Msp, now: datetime, real_now: datetime, by: str = ""
) -> Problem:
    """Record that the problem, which is locked, came back, and tell its owner; `by` is who linked the incident.

    An owner who is absent, or none of our people, is not written to: the managers' channel is.
    """
    after = problems.add_fact(
        session,
        problem.number,
        NewProblemFact(kind=ProblemFactKind.RECURRED, at=now, by=by, text=incident.key),
    )
    if problem.owner is None or problem.owner != by:
        destination = msp.present(problem.owner, now) or msp.managers_channel
        message = NewMessage(
            key=f"problem:{problem.key}:{incident.key}:{problem.fixed_at:%Y%m%dT%H%M%S}",
            destination=destination,
            notification=_message(problem, incident, now=now),
            incident_id=incident.id,
            at=real_now,
        )
        outbox.enqueue(session, message)
    return after


def _message(problem: Problem, incident: Incident, *, now: datetime) -> ProblemRecurredMessage:
    return ProblemRecurredMessage(
        key=problem.key,
        title=problem.title,
        owner=problem.owner,
        fixed_at=problem.fixed_at or now,
        incident_key=incident.key,
        incident_title=incident.title,
        customer=incident.customer,
        priority=incident.priority.value,
        link=incident.link,
        is_linked=incident.problem == problem.key,
    )
