"""Faults of a stored history, as values; the command line has the sentences."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256


class Fault(StrEnum):
    """The kind of a fault."""

    FACT_CHANGED = "fact_changed"
    """An event does not fit its hash."""
    FACT_OUT_OF_PLACE = "fact_out_of_place"
    """An event does not follow the one before it: that one was removed, or this one was put in."""
    FACTS_CUT = "facts_cut"
    """The newest events of an incident are gone, or an event was added without it."""
    FACTS_MISSING = "facts_missing"
    """Numbers of events are missing."""
    FACTS_OF_NOBODY = "facts_of_nobody"
    """Events belong to an incident that is not there."""
    INCIDENT_MISSING = "incident_missing"
    """A key was given and its incident is gone."""
    KEY_NOT_GIVEN = "key_not_given"
    """An incident has a key that was never given."""
    UNREADABLE = "unreadable"
    """A row holds what no version of the program writes."""
    INCIDENT_DIFFERS = "incident_differs"
    """An incident's row does not say what its facts say."""
    CLOCK_DIFFERS = "clock_differs"
    """A clock's row does not say what the facts say."""
    CANNOT_BE_MEASURED = "cannot_be_measured"
    """The facts cannot be counted by the agreement that is stored."""
    NOTE_DIFFERS = "note_differs"
    """An SLA note is not the one that was written, accepted or returned."""
    SOP_DIFFERS = "sop_differs"
    """A decision about a procedure is not the one that was made."""
    VERSION_CHANGED = "version_changed"
    """An applied agreement or people file was changed since."""
    VERSION_OUT_OF_PLACE = "version_out_of_place"
    """An applied file does not follow the one that was applied before it."""
    VERSIONS_CUT = "versions_cut"
    """The files applied last are gone."""
    HEAD_DIFFERS = "head_differs"
    """The history up to somewhere is not the one whose head was kept."""
    FACT_NOT_AS_ANCHORED = "fact_not_as_anchored"
    """An event is gone, another one, or was put in since it was anchored."""
    VERSION_NOT_AS_ANCHORED = "version_not_as_anchored"
    """The applied files up to one are not those that were anchored."""
    KEYS_NOT_AS_ANCHORED = "keys_not_as_anchored"
    """A key that had been given is said not to have been."""
    ANCHOR_OUT_OF_PLACE = "anchor_out_of_place"
    """An anchor does not follow the one before it in the file."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault, where it is (`event 17`, `INC-1002`), and the details."""

    fault: Fault
    where: str
    what: str = ""


def seal(*content: str | datetime | None) -> str:
    """The fingerprint of a text that must not change once written; None and an empty text have the same one."""
    parts = [part.isoformat() if isinstance(part, datetime) else part or "" for part in content]
    return sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
