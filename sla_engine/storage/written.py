"""What a transaction has written so far that an undo must know: facts by incident, messages, and other rows.

It lies on the session, so that no service has to hand it on; `acts` stores it when the transaction ends.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

_WRITTEN = "written"


@dataclass(slots=True)
class Written:
    """The numbers of the facts that people reported, by incident; the keys of new messages; and other rows by kind."""

    facts: dict[int, list[int]] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    others: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def add_facts(self, incident_id: int, numbers: Sequence[int]) -> None:
        """Add facts of one incident; none for facts that only follow from others."""
        if numbers:
            self.facts.setdefault(incident_id, []).extend(numbers)


def written_in(session: Session) -> Written:
    """What this session has written; it grows with every fact and message."""
    written = session.info.setdefault(_WRITTEN, Written())
    if not isinstance(written, Written):
        message = f"the session keeps {type(written).__name__} as what it wrote"
        raise TypeError(message)
    return written


def remembered(session: Session) -> Written:
    """A copy of what this session has written, for `forget_since`."""
    return deepcopy(written_in(session))


def forget_since(session: Session, before: Written) -> None:
    """Go back to what was written before a savepoint that was rolled back."""
    session.info[_WRITTEN] = before
