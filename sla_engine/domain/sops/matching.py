"""Which procedures an incident's card offers."""

from collections.abc import Iterable, Sequence

from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.sops.sop import Sop
from sla_engine.domain.text.likeness import is_alike, title_words
from sla_engine.domain.text.names import same_name

OFFERED_MOST = 3


def matching_sops(incident: Incident, sops: Iterable[Sop]) -> tuple[Sop, ...]:
    """The procedures that fit an incident, the likeliest first, at most three.

    Those for its customer or its service come first, then those with a title like its own; one for other customers or
    another service fits never, and neither does one that is still to be written, or retired.
    """
    fitting = [sop for sop in sops if sop.is_ready and _may_fit(sop, incident)]
    likely = [sop for sop in fitting if _is_named(sop, incident) or is_alike(sop.title, incident.title)]
    likely.sort(key=lambda sop: (not _is_named(sop, incident), -_shared_words(sop, incident)))
    return tuple(likely[:OFFERED_MOST])


def _is_named(sop: Sop, incident: Incident) -> bool:
    return _holds(sop.customers, incident.customer) or _holds(sop.services, incident.service)


def _may_fit(sop: Sop, incident: Incident) -> bool:
    """Whether it is for no other customers, and for no other service where the incident names one."""
    of_others = bool(sop.customers) and not _holds(sop.customers, incident.customer)
    of_another_service = bool(sop.services and incident.service) and not _holds(sop.services, incident.service)
    return not of_others and not of_another_service


def _shared_words(sop: Sop, incident: Incident) -> int:
    return len(title_words(sop.title) & title_words(incident.title))


def _holds(names: Sequence[str], name: str | None) -> bool:
    return name is not None and same_name(name, names) is not None
