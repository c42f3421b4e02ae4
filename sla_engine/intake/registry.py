"""Every intake, one line each; the web front end serves `POST /intake/<name>` for each of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sla_engine.domain.incidents.reports import Report
from sla_engine.intake import alertmanager, refusals, webhook
from sla_engine.intake.alertmanager import LeftOutAlerts
from sla_engine.intake.refusals import RefusedDelivery
from sla_engine.services.intake.receive import Notice

Payload = Mapping[str, Any]


def _nothing_ignored(_: Payload) -> tuple[str, ...]:
    return ()


def _nothing_left_out(_: Payload) -> LeftOutAlerts | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One form of payload: its parser, the id of a delivery, and the notice of a refused one.

    `about` gives a delivery's subject: one that is taken settles those that were refused with the same subject.
    """

    parse: Callable[[Payload], tuple[Report, ...]]
    delivery_id: Callable[[Payload], str]
    about: Callable[[Payload], str]
    refused: Callable[[RefusedDelivery], Notice | None]
    ignored: Callable[[Payload], tuple[str, ...]] = _nothing_ignored
    left_out: Callable[[Payload], LeftOutAlerts | None] = _nothing_left_out


SOURCES: Mapping[str, Source] = {
    "webhook": Source(
        parse=webhook.parse,
        delivery_id=webhook.delivery_id,
        about=refusals.about_ticket,
        refused=refusals.refused_ticket,
        ignored=webhook.unknown_fields,
    ),
    "alertmanager": Source(
        parse=alertmanager.parse,
        delivery_id=alertmanager.delivery_id,
        about=refusals.about_nothing,
        refused=refusals.refused_alerts,
        left_out=alertmanager.left_out,
    ),
}

PARSERS: Mapping[str, Callable[[Payload], tuple[Report, ...]]] = {
    name: source.parse for name, source in SOURCES.items()
}
