"""What the evidence suggests about procedures: create or update one, coaching, a problem, or nothing.

The rows of the table, the first that applies:

| evidence | suggestion |
|---|---|
| an SOP for it is being written or changed | none |
| an SOP for it is said to be wrong, or was followed and the target missed | update it within 7 days |
| an SOP for it was not followed, by two people or more | update it: it is unclear |
| the same by one person | coaching, no change |
| an SOP for it, and nothing of that | none |
| at least 3 in 90 days because of a third party | an SOP for escalating to the vendor |
| at least 3 in 30 days, or 2 of P1 or P2 in 90 | create an SOP, or open a problem where the reason says so |
| anything else, such as a single note that is not ours | none |

Only what happened since an SOP was published is held against it. A decision made when something was suggested answers
it: from then on the evidence is counted anew. A person decides.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import BREACH_REASONS, Attribution, BreachReason, NextStep
from sla_engine.domain.notes.clusters import Cluster, clusters
from sla_engine.domain.notes.evidence import Decided, Evidence, KnownSop, NoteEvidence
from sla_engine.domain.notes.sop_scope import concerns
from sla_engine.domain.text.names import folded

RECURS_FROM = 3
"""From this number of notes within `RECENT` on, their matter recurs."""
URGENT_FROM = 2
"""The same of P1 and P2, within `LONG`."""
RECENT = timedelta(days=30)
LONG = timedelta(days=90)
UNCLEAR_FROM = 2
"""A procedure that this many people did not follow is unclear."""
URGENT = (Priority.P1, Priority.P2)
KEYS_SHOWN = 3


class Step(StrEnum):
    """What the evidence suggests."""

    CREATE = "create"
    UPDATE = "update"
    COACHING = "coaching"
    VENDOR_SOP = "vendor_sop"
    PROBLEM = "problem"
    EASIER_NOTES = "easier_notes"
    NONE = "none"


STEP_WORDS: Mapping[Step, str] = {
    Step.CREATE: "create an SOP",
    Step.UPDATE: "update it",
    Step.COACHING: "coaching, no change of the SOP",
    Step.VENDOR_SOP: "an SOP for escalating to the vendor",
    Step.PROBLEM: "open a problem",
    Step.EASIER_NOTES: "a note template or an SOP that makes them easier",
    Step.NONE: "no SOP",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What the evidence suggests, in a sentence that carries it; `incident_keys` are its incidents, oldest first.

    `recent` is the number of its notes in the last 30 days, by which suggestions are ranked. `sop` is the procedure
    that it is about, empty where there is none. `customer` is empty where it is about any customer. `decide_on` is the
    newest of its incidents without a decision, after which one can be made; empty where there is none.
    """

    step: Step
    sentence: str
    customer: str = ""
    sop: str = ""
    recent: int = 0
    incident_keys: tuple[str, ...] = ()
    decide_on: str = ""

    @property
    def is_something(self) -> bool:
        """Whether there is anything to decide."""
        return self.step is not Step.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    """The step a row of the table suggests, why, and the notes that speak for it."""

    step: Step
    because: str
    notes: Sequence[NoteEvidence]
    sop: str = ""
    words: str = ""


def suggestions(evidence: Evidence, *, at: datetime) -> tuple[tuple[Cluster, Suggestion], ...]:
    """Every cluster of notes with what it suggests at an instant; notes written later are left out."""
    linked = [note for sop in evidence.sops for note in sop.linked]
    known = {note.incident_id: note for note in (*linked, *evidence.notes) if note.at <= at}
    made: dict[int, list[Decided]] = {}
    for decided in evidence.decisions:
        made.setdefault(decided.incident_id, []).append(decided)
    used: dict[str, set[str]] = {}
    for note in known.values():
        used.setdefault(note.customer, set()).update(note.sops, note.followed)
    sops_of = {customer: _may_concern(customer, evidence.sops, numbers=numbers) for customer, numbers in used.items()}
    return tuple(
        (cluster, _of_cluster(cluster, sops_of[cluster[0].customer], _decided_in(cluster, made), at=at))
        for cluster in clusters(known.values())
    )


def _may_concern(customer: str, sops: Iterable[KnownSop], *, numbers: Container[str]) -> list[KnownSop]:
    """The procedures that may be for a customer's incidents; `numbers` are those linked to or used on one of them."""
    return [
        sop
        for sop in sops
        if sop.number in numbers
        or folded(customer) in {folded(name) for name in sop.customers}
        or not sop.customers
        or any(note.customer == customer for note in sop.linked)
    ]


def _decided_in(cluster: Cluster, made: Mapping[int, Sequence[Decided]]) -> list[Decided]:
    return [decided for note in cluster for decided in made.get(note.incident_id, ())]


def _of_cluster(cluster: Cluster, sops: Iterable[KnownSop], made: Sequence[Decided], *, at: datetime) -> Suggestion:
    """The suggestion of one cluster at an instant, by the table at the top of this file."""
    matched = tuple(
        sorted((sop for sop in sops if any(concerns(sop, note) for note in cluster)), key=lambda sop: sop.number)
    )
    since = _answered_at(cluster, matched, made, at=at)
    finding = _finding(cluster, matched, since=since, at=at)
    undecided = {note.incident_id for note in finding.notes} - {decided.incident_id for decided in made}
    return _in_words(finding, cluster, undecided=undecided, at=at)


def ranked(found: Iterable[Suggestion], *, most: int) -> tuple[Suggestion, ...]:
    """The suggestions with anything to decide, the most frequent in the last 30 days first."""
    something = [suggestion for suggestion in found if suggestion.is_something]
    return tuple(sorted(something, key=_rank)[:most])


def _rank(suggestion: Suggestion) -> tuple[int, int, str, str]:
    return -suggestion.recent, -len(suggestion.incident_keys), suggestion.customer, suggestion.sentence


def _answered_at(
    cluster: Cluster, sops: Sequence[KnownSop], made: Iterable[Decided], *, at: datetime
) -> datetime | None:
    """The last time somebody decided when the cluster suggested something; None when nobody did."""
    answered = None
    for decided_at in sorted({decided.at for decided in made if decided.at <= at}):
        finding = _finding(cluster, sops, since=answered, at=decided_at)
        answered = decided_at if finding.step is not Step.NONE else answered
    return answered


def _finding(cluster: Cluster, sops: Sequence[KnownSop], *, since: datetime | None, at: datetime) -> _Finding:
    """The first row that applies to the notes of the last 90 days before an instant, those until `since` left out."""
    in_time = [note for note in cluster if at - LONG <= note.at <= at]
    counted = in_time if since is None else [note for note in in_time if note.at > since]
    if not counted:
        return _Finding(step=Step.NONE, because="nothing new since the last decision", notes=())
    return _by_sop(counted, sops) or _by_number(counted, at=at)


def _by_sop(counted: Sequence[NoteEvidence], sops: Sequence[KnownSop]) -> _Finding | None:
    """The row for which there is an SOP; None without one."""
    if not sops:
        return None
    for sop in sops:
        if sop.is_being_written:
            return _Finding(step=Step.NONE, because=f"{sop.name} is being written or changed", notes=counted)
    findings = [finding for finding in (_against(sop, counted) for sop in sops) if finding is not None]
    because = f"{sops[0].name} is for it, and nobody says it is wrong"
    there = _Finding(step=Step.NONE, because=because, notes=counted, sop=sops[0].number)
    order = [Step.UPDATE, Step.COACHING]
    return min(findings, key=lambda finding: order.index(finding.step), default=there)


def _against(sop: KnownSop, counted: Sequence[NoteEvidence]) -> _Finding | None:
    """What is held against a procedure since it was published; None when nothing is."""
    since = [note for note in counted if sop.published_at is None or note.at > sop.published_at]
    wrong = [note for note in since if note.reason is BreachReason.SOP_WRONG]
    followed = [note for note in since if sop.number in note.followed]
    left_out = [note for note in since if note.reason is BreachReason.SOP_NOT_FOLLOWED]
    soon = f"{STEP_WORDS[Step.UPDATE]} within 7 days"
    if wrong:
        because = f"{sop.name} is said to be wrong ({_keys(wrong)})"
        return _Finding(step=Step.UPDATE, because=because, notes=wrong, sop=sop.number, words=soon)
    if followed:
        because = f"{sop.name} was followed, and the target missed all the same ({_keys(followed)})"
        return _Finding(step=Step.UPDATE, because=because, notes=followed, sop=sop.number, words=soon)
    people = {note.author for note in left_out}
    if len(people) >= UNCLEAR_FROM:
        because = f"{sop.name} was not followed by {len(people)} people, so it may be unclear ({_keys(left_out)})"
        return _Finding(step=Step.UPDATE, because=because, notes=left_out, sop=sop.number)
    if people:
        because = f"{sop.name} was not followed {_times(len(left_out))}, by one person ({_keys(left_out)})"
        return _Finding(step=Step.COACHING, because=because, notes=left_out, sop=sop.number)
    return None


def _by_number(counted: Sequence[NoteEvidence], *, at: datetime) -> _Finding:
    """The row by how often it happened, where there is no SOP."""
    recent = [note for note in counted if note.at >= at - RECENT]
    urgent = [note for note in counted if note.priority in URGENT]
    is_third_party = all(note.attribution is Attribution.THIRD_PARTY for note in counted)
    if is_third_party and len(counted) >= RECURS_FROM:
        because = f"{_times(len(counted))} in {LONG.days} days because of a third party, no SOP for it"
        return _Finding(step=Step.VENDOR_SOP, because=because, notes=counted)
    if len(recent) >= RECURS_FROM:
        because = f"{_times(len(recent))} in {RECENT.days} days, no SOP for it"
        return _Finding(step=_step_of(recent), because=because, notes=recent)
    if len(urgent) >= URGENT_FROM:
        because = f"{_times(len(urgent))} at P1 or P2 in {LONG.days} days, no SOP for it"
        return _Finding(step=_step_of(urgent), because=because, notes=urgent)
    not_ours = all(note.attribution not in (None, Attribution.US) for note in counted)
    because = f"{_times(len(counted))} in {LONG.days} days{', not ours' if not_ours else ''}"
    return _Finding(step=Step.NONE, because=because, notes=counted)


def _step_of(notes: Sequence[NoteEvidence]) -> Step:
    steps = {BREACH_REASONS[note.reason].recurring for note in notes if note.reason is not None}
    return Step.PROBLEM if steps == {NextStep.PROBLEM} else Step.CREATE


def _in_words(finding: _Finding, cluster: Cluster, *, undecided: Container[int], at: datetime) -> Suggestion:
    newest = max(cluster, key=_order)
    reason = BREACH_REASONS[newest.reason].label if newest.reason else ""
    where = ", ".join(filter(None, (newest.customer, newest.service)))
    words = finding.words or STEP_WORDS[finding.step]
    ordered = sorted(finding.notes, key=_order)
    return Suggestion(
        step=finding.step,
        sentence=f"{reason}, {where}: {finding.because}. Suggests: {words}.",
        customer=newest.customer,
        sop=finding.sop,
        recent=sum(note.at >= at - RECENT for note in finding.notes),
        incident_keys=tuple(note.incident_key for note in ordered),
        decide_on=next((note.incident_key for note in reversed(ordered) if note.incident_id in undecided), ""),
    )


def _order(note: NoteEvidence) -> tuple[datetime, int]:
    return note.at, note.incident_id


def _keys(notes: Sequence[NoteEvidence]) -> str:
    keys = [note.incident_key for note in sorted(notes, key=_order)]
    more = len(keys) - KEYS_SHOWN
    return ", ".join(keys[-KEYS_SHOWN:]) + (f" and {more} more" if more > 0 else "")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
