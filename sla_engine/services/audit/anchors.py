"""Anchors: what the history was, hour by hour, in a file outside the database, and whether it is still so.

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
                found = [_read(line) for line in lines]
        except OSError as error:
            raise AnchorsUnreadable(str(self.file), error.strerror or str(error)) from error
        return next((anchor for anchor in reversed(found) if anchor is not None), None)

    def every(self) -> Iterator[Anchor]:
        """Every whole line; one that a full disk cut short is passed over.

        Raises: AnchorsUnreadable when the file cannot be read, or holds no anchor.
        """
        count = 0
        try:
            with self.file.open("rb") as lines:
                while line := lines.readline(LONGEST_LINE):
                    anchor = _read(line)
                    if anchor is not None:
                        count += 1
                        yield anchor
        except OSError as error:
            raise AnchorsUnreadable(str(self.file), error.strerror or str(error)) from error
        if not count:
            raise AnchorsUnreadable(str(self.file), "it holds no anchor")

    def write(self, database: Database, *, now: datetime) -> bool:
        """Add where the history ends now; False after a line in the log when that could not be written.

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
                line = _written(end, portion, after=after, to=to, previous=previous, now=now)
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
    given = history_head.next_key(session)
    chains = [list(version_chain.hashes(session, table)) for table in CHAINS]
    for count, anchor in enumerate(anchors, start=1):
        since = f"{anchor.at:%Y-%m-%d %H:%M} UTC"
        if anchor.previous != previous:
            yield Finding(Fault.ANCHOR_OUT_OF_PLACE, f"anchor {count} ({since})")
        previous = anchor.line
        yield from _facts(session, anchor, since)
        for name, hashes, (number, found) in zip(CHAINS.values(), chains, anchor.chains, strict=True):
            if found != (hashes[number - 1] if 0 < number <= len(hashes) else None):
                yield Finding(Fault.VERSION_NOT_AS_ANCHORED, f"{name} {number}", f"anchored {since}")
        if given < anchor.next_key:
            yield Finding(Fault.KEYS_NOT_AS_ANCHORED, f"INC-{anchor.next_key - 1}", f"anchored {since}")


def _facts(session: Session, anchor: Anchor, since: str) -> Iterator[Finding]:
    found = list(history_head.hashes(session, after=anchor.after, to=anchor.to))
    if anchor.fingerprint == _fingerprint(found):
        return
    now, then = {number: each[:PREFIX_CHARS] for number, each in found}, dict(anchor.facts)
    for number in sorted({*now, *then}):
        if now.get(number) != then.get(number):
            what = "is gone" if number not in now else "is another one" if number in then else "was put in later"
            yield Finding(Fault.FACT_NOT_AS_ANCHORED, f"event {number}", f"{what}; anchored {since}")
            return
    where = f"one of the events {anchor.after + 1} to {anchor.to}"
    yield Finding(Fault.FACT_NOT_AS_ANCHORED, where, f"is another one; anchored {since}")


def _first_of_each_kind(findings: Iterable[Finding]) -> Iterator[Finding]:
    told: set[Fault] = set()
    for finding in findings:
        if finding.fault not in told:
            told.add(finding.fault)
            yield finding


def _written(
    end: HistoryEnd, facts: Sequence[tuple[int, str]], *, after: int, to: int, previous: str, now: datetime
) -> bytes:
    document = {
        "at": now.isoformat(),
        "after": after,
        "to": to,
        "facts": [[number, found[:PREFIX_CHARS]] for number, found in facts],
        "fingerprint": _fingerprint(facts),
        "chains": [[head.count, head.hash] for head in end.chains],
        "next_key": end.next_key,
        "previous": previous,
    }
    return json.dumps(document, separators=(",", ":")).encode()


def _read(line: bytes) -> Anchor | None:
    try:
        found: dict[str, Any] = json.loads(line)
        return Anchor(
            at=datetime.fromisoformat(found["at"]),
            after=int(found["after"]),
            to=int(found["to"]),
            facts=tuple((int(number), str(each)) for number, each in found["facts"]),
            fingerprint=str(found["fingerprint"]),
            chains=tuple((int(count), each) for count, each in found["chains"]),
            next_key=int(found["next_key"]),
            previous=str(found["previous"]),
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
    for number, found in facts:
        whole.update(f"{number}:{found}\n".encode())
    return whole.hexdigest()


def _sha256(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
