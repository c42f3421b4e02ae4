"""Sites and services that an agreement covers by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.text.errors import UnknownChoice
from sla_engine.domain.text.names import same_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What can be named when an incident is opened for a customer."""

    sites: tuple[str, ...]
    services: tuple[str, ...]


def sites_of(agreement: Agreement) -> tuple[str, ...]:
    """The sites that have a calendar or a promise of their own."""
    promised = (target.site for target in agreement.targets if target.site)
    return tuple(dict.fromkeys((*agreement.sites, *promised)))


def services_of(agreement: Agreement) -> tuple[str, ...]:
    """The services that have a promise of their own, then those under `services`, in a list or in lists by heading."""
    promised = (target.service for target in agreement.targets if target.service)
    listed = agreement.extras.get("services")
    groups = listed.values() if isinstance(listed, dict) else [listed or []]
    names = chain.from_iterable(group if isinstance(group, list | tuple) else [group] for group in groups)
    return tuple(dict.fromkeys((*promised, *map(str, names))))


def known_site(agreement: Agreement, name: str) -> str:
    """A site as the agreement writes it; any name where the agreement names no site at all.

    Raises: UnknownChoice with the sites there are.
    """
    sites = sites_of(agreement)
    site = _spelled(name, sites)
    if name.strip() and sites and site not in sites:
        raise UnknownChoice("site", name, sites)
    return site


def site_if_known(agreement: Agreement, name: str) -> str:
    """A site as the agreement writes it; none where the agreement names sites, and not this one."""
    try:
        return known_site(agreement, name)
    except UnknownChoice:
        return ""


def known_service(agreement: Agreement, name: str) -> str:
    """A service as the agreement writes it; one it does not name stays as it is, and has the usual promises."""
    return _spelled(name, services_of(agreement))


def _spelled(name: str, known: Sequence[str]) -> str:
    wanted = " ".join(name.split())
    return same_name(wanted, known) or wanted
