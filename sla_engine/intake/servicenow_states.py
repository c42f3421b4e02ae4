"""The states of a ServiceNow log: their names and numbers, and what an incident on hold waits for."""

from collections.abc import Iterable, Mapping

from sla_engine.domain.clocks.ticket_states import Condition, TicketPhase
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.text.errors import UnknownChoice
from sla_engine.domain.text.names import folded

ON_HOLD, CLOSED = "on hold", "closed"

_CUSTOMER, _VENDOR, _OTHER = (
    Condition(TicketPhase.WAITS, reason) for reason in (PauseReason.CUSTOMER, PauseReason.VENDOR, PauseReason.OTHER)
)
CONDITIONS: Mapping[str, Condition] = {
    "new": Condition(TicketPhase.NEW),
    "active": Condition(TicketPhase.RUNS),
    "in progress": Condition(TicketPhase.RUNS),
    "awaiting problem": Condition(TicketPhase.RUNS),  # we look for the cause: the customer waits for us
    "awaiting user info": _CUSTOMER,
    "awaiting caller": _CUSTOMER,
    "awaiting evidence": _CUSTOMER,
    "awaiting vendor": _VENDOR,
    ON_HOLD: _OTHER,
    "resolved": Condition(TicketPhase.DONE),
    CLOSED: Condition(TicketPhase.DONE),
    "canceled": Condition(TicketPhase.CANCELLED),
    "cancelled": Condition(TicketPhase.CANCELLED),
}
"""By folded name. On Hold rests; for whom, its hold reason says."""

_NUMBERS = {"1": "new", "2": "in progress", "3": ON_HOLD, "6": "resolved", "7": CLOSED, "8": "canceled"}
"""The values behind the names, which exports hold instead where they are asked for."""

HOLD_REASONS: Mapping[str, Condition] = {
    "awaiting caller": _CUSTOMER, "1": _CUSTOMER,
    "awaiting vendor": _VENDOR, "4": _VENDOR,
    "awaiting problem": _OTHER, "3": _OTHER,
    "awaiting change": _OTHER, "5": _OTHER,
}  # fmt: skip

MEANINGS: Mapping[str, Condition] = {
    "new": Condition(TicketPhase.NEW),
    "working": Condition(TicketPhase.RUNS),
    **{reason.value: Condition(TicketPhase.WAITS, reason) for reason in PauseReason},
    "resolved": Condition(TicketPhase.DONE),
    "cancelled": Condition(TicketPhase.CANCELLED),
}
"""What `--state NAME=MEANING` may say: the phases of a ticket, and what it waits for."""


class StateTable:
    """What each state of one log means; `own` are the meanings that were given for it, by folded name."""

    def __init__(self, own: Mapping[str, Condition] | None = None) -> None:
        self.own = dict(own or {})

    @property
    def name(self) -> str:
        """What tells this table from another; empty for the usual one."""
        return ",".join(f"{state}={found.phase}:{found.reason or ''}" for state, found in sorted(self.own.items()))

    def condition(self, state: str, hold_reason: str = "") -> Condition | None:
        """What a state means, and on hold its reason; None for a state that is not known."""
        word = folded(state)
        if word in self.own:
            return self.own[word]
        known = _NUMBERS.get(word, word)
        if known == ON_HOLD:
            return HOLD_REASONS.get(folded(hold_reason), CONDITIONS[ON_HOLD])
        return CONDITIONS.get(known)

    @staticmethod
    def is_closed(state: str) -> bool:
        """Whether it is the state in which a ticket ends for good."""
        word = folded(state)
        return _NUMBERS.get(word, word) == CLOSED


def own_states(pairs: Iterable[str]) -> StateTable:
    """The usual states with what `NAME=MEANING` says of some.

    Raises: UnknownChoice with the pair that cannot be read, or that says another thing of a state than one before it.
    """
    own: dict[str, Condition] = {}
    for pair in pairs:
        name, _, meaning = pair.rpartition("=")
        found = MEANINGS.get(folded(meaning))
        if not folded(name) or found is None or own.setdefault(folded(name), found) != found:
            raise UnknownChoice("meaning for --state, written NAME=MEANING", pair, tuple(MEANINGS))
    return StateTable(own)
