"""The procedures on an incident's card, and what people said of them there."""

from collections.abc import Sequence
from dataclasses import dataclass

from sla_engine.domain.incidents.history import Entry, in_effect
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.note_events import SopLinked, SopUsed
from sla_engine.domain.sops.matching import OFFERED_MOST, matching_sops
from sla_engine.domain.sops.sop import Sop


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedSop:
    """A procedure for an incident; `used_by` is who followed it last, `helped` what they said of it."""

    number: str
    title: str
    link: str | None
    used_by: str | None = None
    helped: bool = False


def offered_sops(incident: Incident, history: Sequence[Entry], registered: Sequence[Sop]) -> tuple[OfferedSop, ...]:
    """The procedures that were followed, the linked ones, and while it is open those that match: three at most."""
    by_number = {sop.number: sop for sop in registered}
    facts = [entry for entry in in_effect(history) if isinstance(entry.event, SopLinked | SopUsed)]
    uses = {entry.event.sop: entry for entry in facts if isinstance(entry.event, SopUsed)}
    linked = [entry.event.sop for entry in facts if isinstance(entry.event, SopLinked)]
    matching = [sop.number for sop in matching_sops(incident, registered)] if incident.is_open else []
    numbers = dict.fromkeys((*reversed(uses), *reversed(linked), *matching))
    offered = [by_number[number] for number in numbers if number in by_number]
    return tuple(_offered(sop, uses.get(sop.number)) for sop in offered[:OFFERED_MOST])


def _offered(sop: Sop, use: Entry | None) -> OfferedSop:
    helped = use is not None and isinstance(use.event, SopUsed) and use.event.helped
    used_by = None if use is None else use.by
    return OfferedSop(number=sop.number, title=sop.title, link=sop.link, used_by=used_by, helped=helped)
