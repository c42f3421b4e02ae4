"""Any facts at all, as a history may hold them: every kind, at any time, in any order, doubled, without an opening."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_args, get_type_hints

from hypothesis import strategies as st

from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.events import Event
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.priorities import Level, Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.stored_names import STORED_NAMES
from tests.unit.sla_engine.domain.histories import MONDAY, minutes

WEEK_MINUTES = 7 * 1440
instants = st.integers(-WEEK_MINUTES, 2 * WEEK_MINUTES).map(lambda count: MONDAY + minutes(count))
names = st.one_of(st.sampled_from([metric.value for metric in MetricName]), st.just("a_metric_of_old"))
texts = st.one_of(names, st.sampled_from(["", "INC-1", "INC-7", "Brooklyn", "erp", "U0TOM"]))


BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    bool: st.booleans(),
    int: st.integers(-1, 5),
    datetime: instants,
    Priority: st.sampled_from(Priority),
    PauseReason: st.sampled_from(PauseReason),
    Level: st.sampled_from(Level),
    tuple[int, ...]: st.lists(st.integers(0, 20), max_size=5).map(tuple),
    tuple[str, ...]: st.lists(texts, max_size=5).map(tuple),
}


def any_of(kind: type[Event]) -> st.SearchStrategy[Event]:
    """A fact of this kind with any fields it may have."""
    return st.builds(kind, **{name: any_value(hint) for name, hint in get_type_hints(kind).items()})


def any_value(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a field's type, which may be `None` where the type says so."""
    if hint in BY_TYPE:
        return BY_TYPE[hint]
    inner = next(member for member in get_args(hint) if member is not type(None))
    return st.none() | BY_TYPE[inner]


KINDS = [any_of(kind) for kind in STORED_NAMES.values()]
facts = st.one_of(KINDS)


@st.composite
def any_history(draw: st.DrawFn) -> list[Entry]:
    """Up to fifteen facts, some of them twice, recorded in any order at any time."""
    timed_facts = draw(st.lists(st.tuples(instants, facts), max_size=15))
    twice = draw(st.lists(st.sampled_from(timed_facts), max_size=3)) if timed_facts else []
    return [
        Entry(event=event, at=at, seq=seq, recorded_at=draw(instants), by=draw(st.sampled_from(["", "U0TOM"])))
        for seq, (at, event) in enumerate(draw(st.permutations([*timed_facts, *twice])))
    ]
