"""Clusters of notes that are about the same: one customer, one service and one reason, or titles that are alike.

A note whose incident names no service goes to the service whose titles it resembles most, where it resembles any. The
others stand together when their reason is the matter itself (such as late triage), and by their titles when the reason
is about something else (such as “no SOP for it”). Notes that blame a third party are of one kind, whatever they name.
The order in which notes are passed in makes no difference.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence

from sla_engine.domain.incidents.reasons import BREACH_REASONS, Attribution, BreachReason
from sla_engine.domain.notes.evidence import NoteEvidence
from sla_engine.domain.text.names import folded
from sla_engine.domain.text.word_sets import WordSet, WordSets, shared, words

Cluster = tuple[NoteEvidence, ...]


def clusters(notes: Iterable[NoteEvidence]) -> tuple[Cluster, ...]:
    """The clusters of the notes that give a reason, each in the order of the incidents."""
    ordered = sorted((note for note in notes if note.reason is not None), key=lambda note: note.incident_id)
    return tuple(cluster for kind in _grouped(ordered, key=_kind) for cluster in _by_service(kind))


def _kind(note: NoteEvidence) -> tuple[str, str]:
    """What only notes of one cluster have in common: the customer, and the reason or the third party's blame."""
    if note.attribution is Attribution.THIRD_PARTY:
        return note.customer, Attribution.THIRD_PARTY.value
    return note.customer, note.reason or ""


def _by_service(kind: Sequence[NoteEvidence]) -> Iterable[Cluster]:
    named = _grouped([note for note in kind if note.service], key=lambda note: folded(note.service or ""))
    unnamed = [note for note in kind if not note.service]
    titles = {words(note.title): number for number, cluster in reversed(list(enumerate(named))) for note in cluster}
    known = WordSets(titles)
    joined: dict[int, list[NoteEvidence]] = {number: list(cluster) for number, cluster in enumerate(named)}
    left: list[NoteEvidence] = []
    for note in unnamed:
        number = _likest(words(note.title), known, titles)
        (left if number is None else joined[number]).append(note)
    yield from (tuple(sorted(cluster, key=lambda note: note.incident_id)) for cluster in joined.values())
    yield from _without_service(left)


def _likest(title: WordSet, known: WordSets, titles: dict[WordSet, int]) -> int | None:
    """The number of the cluster with the likest title, the first of several; None where none is like it."""
    ranked = ((-shared(title, near), titles[near]) for near in known.like(title))
    return min(ranked, default=(0.0, None))[1]


def _without_service(notes: Sequence[NoteEvidence]) -> Iterable[Cluster]:
    subject = [note for note in notes if _is_by_title(note.reason)]
    process = tuple(note for note in notes if not _is_by_title(note.reason))
    if process:
        yield process
    groups = {title: number for number, group in enumerate(_title_groups(subject)) for title in group}
    yield from _grouped(subject, key=lambda note: groups[words(note.title)])


def _title_groups(notes: Sequence[NoteEvidence]) -> list[set[WordSet]]:
    return WordSets(words(note.title) for note in notes).groups()


def _is_by_title(reason: BreachReason | None) -> bool:
    return reason is not None and BREACH_REASONS[reason].by_title


def _grouped(notes: Iterable[NoteEvidence], *, key: Callable[[NoteEvidence], Hashable]) -> list[Cluster]:
    """The notes by their key, in the order in which the keys came first."""
    groups: dict[Hashable, list[NoteEvidence]] = {}
    for note in notes:
        groups.setdefault(key(note), []).append(note)
    return [tuple(group) for group in groups.values()]
