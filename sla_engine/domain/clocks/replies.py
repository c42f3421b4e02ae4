"""Classifies replies to the customer: the first one in time is the first response, later ones are updates.

That is decided when the history is read, so that it does not depend on which reply was recorded first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.incidents.events import CustomerUpdated, Event, Responded
from sla_engine.domain.incidents.history import SLACK, Entry, in_order


def read_in_order(history: Sequence[Entry], terms: Terms) -> list[Entry]:
    """A history in the order of `in_order`, each reply classified by its place."""
    ordered = in_order(history)
    reclassified = _reclassified(ordered, terms)
    return [reclassified.get(entry.seq, entry) for entry in ordered] if reclassified else ordered


def as_meant(history: Sequence[Entry], terms: Terms) -> list[Entry]:
    """The same in the order in which it was recorded, as it is shown to people."""
    reclassified = _reclassified(in_order(history), terms)
    return [reclassified.get(entry.seq, entry) for entry in history]


def first_replies(agreement: Agreement) -> tuple[type[Event], ...]:
    """The kinds of facts that count as the first reply: also a customer update, where the agreement says so."""
    metric = MetricName.FIRST_RESPONSE
    counting = METRICS[metric].counting(agreement.acts.get(metric)).stops_on
    return (Responded, CustomerUpdated) if CustomerUpdated in counting else (Responded,)


def _reclassified(ordered: Sequence[Entry], terms: Terms) -> dict[int, Entry]:
    """By number, the replies that are something else than what they were stored as."""
    return {entry.seq: entry for entry in _other_replies(ordered, terms)}


def _other_replies(ordered: Sequence[Entry], terms: Terms) -> Iterator[Entry]:
    is_answered = False
    for entry in ordered:
        match entry.event:
            case Responded(text=text) if is_answered:
                how = "" if entry.source == SLACK else entry.source
                yield replace(entry, event=CustomerUpdated(how=how, text=text))
            case Responded():
                is_answered = True
            case CustomerUpdated(text=text) if not is_answered and _is_reply(entry):
                yield replace(entry, event=Responded(text=text))
                is_answered = True
            case CustomerUpdated() if not is_answered:
                is_answered = CustomerUpdated in first_replies(terms.at(entry.at).agreement)
            case _:
                pass


def _is_reply(entry: Entry) -> bool:
    """Whether an update was stored as one because another reply had been recorded before: an intake once did that."""
    event = entry.event
    return isinstance(event, CustomerUpdated) and event.how == entry.source and entry.source not in {"", SLACK}
