"""What a procedure is for: the notes and missed targets that it concerns."""

from typing import Protocol

from sla_engine.domain.incidents.reasons import BREACH_REASONS, BreachReason
from sla_engine.domain.notes.evidence import KnownSop, NoteEvidence
from sla_engine.domain.text.likeness import is_alike
from sla_engine.domain.text.names import folded
from sla_engine.domain.text.word_sets import LIKE, likeness


class Concerning(Protocol):
    """What is asked of an incident to know whether a procedure concerns it."""

    @property
    def incident_id(self) -> int: ...  # noqa: D102 - as in NoteEvidence
    @property
    def customer(self) -> str: ...  # noqa: D102
    @property
    def service(self) -> str | None: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def reason(self) -> BreachReason | None: ...  # noqa: D102
    @property
    def sops(self) -> frozenset[str]: ...  # noqa: D102
    @property
    def followed(self) -> frozenset[str]: ...  # noqa: D102


def concerns(sop: KnownSop, incident: Concerning) -> bool:
    """Whether a procedure is linked to an incident or was used on it, is for such incidents, or was made for its like.

    It is for those that fit all of the customers, services and reasons that it names. A customer alone says too little
    without a like title, and a service says nothing about a reason that is a matter of its own (late triage).
    """
    if any(note.incident_id == incident.incident_id for note in sop.linked):
        return True
    if sop.number in incident.sops | incident.followed:
        return True
    return _names(sop, incident) or any(_is_like(incident, note) for note in sop.linked)


def is_about_the_same(one: Concerning, other: Concerning) -> bool:
    """Whether two incidents of one customer concern one service, or have titles that are alike."""
    if one.customer != other.customer:
        return False
    if one.service and other.service:
        return folded(one.service) == folded(other.service)
    return likeness(one.title, other.title) >= LIKE


def _names(sop: KnownSop, incident: Concerning) -> bool:
    if not sop.reasons and not _is_by_title(incident.reason):
        return False
    fits = (
        (not sop.reasons or incident.reason in sop.reasons)
        and (not sop.services or folded(incident.service or "") in map(folded, sop.services))
        and (not sop.customers or folded(incident.customer) in map(folded, sop.customers))
    )
    return fits and bool(sop.reasons or sop.services or is_alike(sop.title, incident.title))


def _is_like(incident: Concerning, linked: NoteEvidence) -> bool:
    """Whether an incident is about the same as a linked one; where the reason is the matter itself, it decides."""
    by_title = _is_by_title(incident.reason)
    if by_title or incident.service or linked.service:
        return (by_title or incident.reason == linked.reason) and is_about_the_same(incident, linked)
    return incident.customer == linked.customer and incident.reason == linked.reason


def _is_by_title(reason: BreachReason | None) -> bool:
    """Whether a reason says nothing about the matter; so does a note that is not written yet."""
    return reason is None or BREACH_REASONS[reason].by_title
