"""What is put on record of a clock's outcome."""

from sla_engine.domain.clocks.outcomes import new_breaches
from sla_engine.domain.clocks.reading import readings
from sla_engine.domain.incidents.events import Breached
from tests.unit.sla_engine.domain.histories import RESOLUTION, TERMS, at, history, opened


def test_a_breach_that_is_noticed_late_is_a_fact_of_the_instant_at_which_it_happened() -> None:
    facts = history(opened("mon 09:00"))
    by_metric = {RESOLUTION: readings(facts, TERMS, now=at("fri 12:00"))[RESOLUTION]}
    (fact,) = new_breaches("INC-1", facts, by_metric)
    assert isinstance(fact.event, Breached)
    assert fact.at == fact.event.breached_at == at("tue 09:00")
