"""The states of a ServiceNow log: their names, numbers and meanings, and those of the hold reasons."""

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
"""The meaning of each usual state, by folded name; for On Hold only where the hold reason says nothing else."""

_NUMBERS = {"1": "new", "2": "in progress", "3": ON_HOLD, "6": "resolved", "7": CLOSED, "8": "canceled"}
"""The database values of the usual states, which an export holds instead of their names if it is asked to."""

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
"""The meanings that `--state NAME=MEANING` may name: the phases of a ticket, and the reasons to wait."""


class StateTable:
    """The meaning of each state of one log; `own` are those given for this log, by folded name."""

    def __init__(self, own: Mapping[str, Condition] | None = None) -> None:
        self.own = dict(own or {})

    @property
    def name(self) -> str:
        """The own meanings as a text that is the same for equal tables; empty without any."""
        return ",".join(
            f"{state}={condition.phase}:{condition.reason or ''}" for state, condition in sorted(self.own.items())
        )

    def condition(self, state: str, hold_reason: str = "") -> Condition | None:
        """The meaning of a state, on hold by its hold reason; None for an unknown state."""
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
    """The usual states, with the meanings that `NAME=MEANING` gives to some.

    Raises: UnknownChoice with the pair that cannot be read, or that contradicts an earlier one.
    """
    own: dict[str, Condition] = {}
    for pair in pairs:
        name, _, meaning = pair.rpartition("=")
        state, condition = folded(name), MEANINGS.get(folded(meaning))
        contradicts = state in own and own[state] != condition
        if not state or condition is None or contradicts:
            raise UnknownChoice("meaning for --state, written NAME=MEANING", pair, tuple(MEANINGS))
        own[state] = condition
    return StateTable(own)
