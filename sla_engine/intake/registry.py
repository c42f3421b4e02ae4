"""Every intake, one line each; the web front end serves `POST /intake/<name>` for each of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sla_engine.domain.reports import Report
from sla_engine.intake import alertmanager, webhook

Payload = Mapping[str, Any]


def _nothing_ignored(_: Payload) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One way in: how a payload is read, and what names a delivery."""

    parse: Callable[[Payload], tuple[Report, ...]]
    delivery_id: Callable[[Payload], str]
    ignored: Callable[[Payload], tuple[str, ...]] = _nothing_ignored


SOURCES: Mapping[str, Source] = {
    "webhook": Source(parse=webhook.parse, delivery_id=webhook.delivery_id, ignored=webhook.unknown_fields),
    "alertmanager": Source(parse=alertmanager.parse, delivery_id=alertmanager.delivery_id),
}

PARSERS: Mapping[str, Callable[[Payload], tuple[Report, ...]]] = {
    name: source.parse for name, source in SOURCES.items()
}
