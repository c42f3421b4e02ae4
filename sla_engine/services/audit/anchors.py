"""Anchors: the end of the history, hour by hour, in a file outside the database, and the check against it.

A line of JSON says where the history ended, and for each fact since the line before the beginning of its hash. Lines
are only ever added, and each covers the one before, so that the file cannot be thinned out either.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import structlog

from sla_engine.domain.upkeep.errors import AnchorsUnreadable
from sla_engine.domain.upkeep.integrity import Fault, Finding
from sla_engine.storage import history_head, version_chain
from sla_engine.storage.database import OWNER_ONLY, Database, Session
from sla_engine.storage.history_head import HistoryEnd
from sla_engine.storage.version_chain import CHAINS

FACTS_IN_A_LINE = 1000
PREFIX_CHARS = 8  # of each fact's hash: enough to name it; the line has a fingerprint of all of them
LONGEST_LINE = 1 << 20
TAIL = 2 * LONGEST_LINE

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Anchor:
    """One line: where the history ended at `at` (SLA time), and the facts after `after` that had come by then."""

    at: datetime
    after: int
    to: int
    facts: tuple[tuple[int, str], ...]
    fingerprint: str
    chains: tuple[tuple[int, str | None], ...]
    next_key: int
    previous: str
    line: str
    """The fingerprint of the line itself, which the next one covers."""


class Anchors:
    """The anchors in one file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def newest(self) -> Anchor | None:
        """The last line; None while there is none.

        Raises: AnchorsUnreadable.
        """
        try:
            with self.file.open("rb") as lines:
                lines.seek(max(0, self.file.stat().st_size - TAIL))  # the first of these may have lost its beginning
                anchors = [_anchor_in(line) for line in lines]
        except OSError as error:
            raise AnchorsUnreadable(str(self.file), error.strerror or str(error)) from error
        return next((anchor for anchor in reversed(anchors) if anchor is not None), None)

    def every(self) -> Iterator[Anchor]:
        """Every anchor, oldest first; a line that a full disk cut short is passed over.

        Raises: AnchorsUnreadable when the file cannot be read, or holds no anchor.
        """
        count = 0
        try:
            with self.file.open("rb") as lines:
                while line := lines.readline(LONGEST_LINE):
                    anchor = _anchor_in(line)
                    if anchor is not None:
                        count += 1
                        yield anchor
        except OSError as error:
            raise AnchorsUnreadable(str(self.file), error.strerror or str(error)) from error
        if not count:
            raise AnchorsUnreadable(str(self.file), "it holds no anchor")

    def write(self, database: Database, *, now: datetime) -> bool:
        """Add an anchor at the end of the history; False, with a line in the log, when it could not be written.

        Raises: StorageBusy.
        """
        try:
            with self._for_adding() as descriptor:
                if descriptor is None:
                    return True  # another process is adding to it at this moment
                before = self.newest()
                _add(descriptor, self._lines(database, before, now=now))
        except (OSError, AnchorsUnreadable) as error:
            log.warning("the anchors could not be written", file=str(self.file), reason=str(error))
            return False
        return True

    def _lines(self, database: Database, before: Anchor | None, *, now: datetime) -> Iterator[bytes]:
        end = history_head.end(database)
        after, previous = (0, "") if before is None else (before.to, before.line)
        if end.event < after:
            log.error("the database holds fewer facts than were anchored", anchored=after, found=end.event)
            after = end.event
        with database.reading() as session:
            facts = history_head.hashes(session, after=after, to=end.event)
            while True:
                portion = list(islice(facts, FACTS_IN_A_LINE))
                is_last = len(portion) < FACTS_IN_A_LINE
                to = end.event if is_last else portion[-1][0]
                line = _line(end, portion, after=after, to=to, previous=previous, now=now)
                yield line
                after, previous = to, _sha256(line)
                if is_last:
                    return

    @contextmanager
    def _for_adding(self) -> Iterator[int | None]:
        descriptor = os.open(self.file, os.O_RDWR | os.O_APPEND | os.O_CREAT, OWNER_ONLY)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield None
            else:
                yield descriptor
        finally:
            os.close(descriptor)


def check_anchors(database: Database, file: Path) -> list[Finding]:
    """The first fact, the first applied file and the first line that are not as they were anchored.

    Raises: AnchorsUnreadable, StorageBusy.
    """
    with database.snapshot() as session:
        return list(_first_of_each_kind(_differences(session, Anchors(file).every())))


def _differences(session: Session, anchors: Iterable[Anchor]) -> Iterator[Finding]:
    previous = ""
    next_key = history_head.next_key(session)
    chains = [list(version_chain.hashes(session, table)) for table in CHAINS]
    for count, anchor in enumerate(anchors, start=1):
        since = f"{anchor.at:%Y-%m-%d %H:%M} UTC"
        if anchor.previous != previous:
            yield Finding(Fault.ANCHOR_OUT_OF_PLACE, f"anchor {count} ({since})")
        previous = anchor.line
        yield from _changed_fact(session, anchor, since)
        for name, hashes, (number, anchored) in zip(CHAINS.values(), chains, anchor.chains, strict=True):
            if anchored != _hash_of(number, hashes):
                yield Finding(Fault.VERSION_NOT_AS_ANCHORED, f"{name} {number}", f"anchored {since}")
        if next_key < anchor.next_key:
            yield Finding(Fault.KEYS_NOT_AS_ANCHORED, f"INC-{anchor.next_key - 1}", f"anchored {since}")


def _hash_of(number: int, hashes: Sequence[str | None]) -> str | None:
    """The hash of the version with this number in its chain, counted from 1; None where there is no such version."""
    return hashes[number - 1] if 0 < number <= len(hashes) else None


def _changed_fact(session: Session, anchor: Anchor, since: str) -> Iterator[Finding]:
    """The first fact under the anchor that is not as it was anchored, if there is one."""
    hashes = list(history_head.hashes(session, after=anchor.after, to=anchor.to))
    if anchor.fingerprint == _fingerprint(hashes):
        return
    stored = {number: fact_hash[:PREFIX_CHARS] for number, fact_hash in hashes}
    anchored = dict(anchor.facts)
    differing = sorted(number for number in {*stored, *anchored} if stored.get(number) != anchored.get(number))
    if not differing:
        where, what = f"one of the events {anchor.after + 1} to {anchor.to}", "is another one"
    elif differing[0] not in stored:
        where, what = f"event {differing[0]}", "is gone"
    elif differing[0] in anchored:
        where, what = f"event {differing[0]}", "is another one"
    else:
        where, what = f"event {differing[0]}", "was put in later"
    yield Finding(Fault.FACT_NOT_AS_ANCHORED, where, f"{what}; anchored {since}")


def _first_of_each_kind(findings: Iterable[Finding]) -> Iterator[Finding]:
    reported: set[Fault] = set()
    for finding in findings:
        if finding.fault not in reported:
            reported.add(finding.fault)
            yield finding


def _line(
    end: HistoryEnd, facts: Sequence[tuple[int, str]], *, after: int, to: int, previous: str, now: datetime
) -> bytes:
    document = {
        "at": now.isoformat(),
        "after": after,
        "to": to,
        "facts": [[number, fact_hash[:PREFIX_CHARS]] for number, fact_hash in facts],
        "fingerprint": _fingerprint(facts),
        "chains": [[head.count, head.hash] for head in end.chains],
        "next_key": end.next_key,
        "previous": previous,
    }
    return json.dumps(document, separators=(",", ":")).encode()


def _anchor_in(line: bytes) -> Anchor | None:
    try:
        document: dict[str, Any] = json.loads(line)
        return Anchor(
            at=datetime.fromisoformat(document["at"]),
            after=int(document["after"]),
            to=int(document["to"]),
            facts=tuple((int(number), str(prefix)) for number, prefix in document["facts"]),
            fingerprint=str(document["fingerprint"]),
            chains=tuple((int(count), last_hash) for count, last_hash in document["chains"]),
            next_key=int(document["next_key"]),
            previous=str(document["previous"]),
            line=_sha256(line.strip()),
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _add(descriptor: int, lines: Iterable[bytes]) -> None:
    """Add lines, each in one piece; one that a full disk cut short before is ended first."""
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        _put(descriptor, b"\n")
    for line in lines:
        _put(descriptor, line + b"\n")
    os.fsync(descriptor)


def _put(descriptor: int, line: bytes) -> None:
    if os.write(descriptor, line) != len(line):
        raise OSError("only a part of the line could be written")


def _fingerprint(facts: Iterable[tuple[int, str]]) -> str:
    whole = hashlib.sha256()
    for number, fact_hash in facts:
        whole.update(f"{number}:{fact_hash}\n".encode())
    return whole.hexdigest()


def _sha256(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
