"""Renders a stored message for Slack: its own view, and what delivering it has to add or leave out."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.granted_scopes import FILES, GrantedScopes
from bot.views.burst import burst_summary
from bot.views.digest import is_headline, with_file_buttons
from bot.views.fallback_messages import redirected, text_alone
from bot.views.rendered import Rendered
from bot.views.undeliverable import undeliverable_notice
from sla_engine.delivery.bursts import burst_from_payload
from sla_engine.delivery.records import BURST_KIND, UNDELIVERABLE_KIND, Claim
from sla_engine.notifications.kinds import Notification, from_payload
from sla_engine.notifications.notices import DigestMessage

Render = Callable[[Notification], Rendered]


def offering_files(render: Render, scopes: GrantedScopes) -> Render:
    """The same views; a digest's post offers its files, where the app may send any."""

    def rendered(notification: Notification) -> Rendered:
        message = render(notification)
        if not isinstance(notification, DigestMessage) or not is_headline(notification) or not scopes.has(FILES):
            return message
        return with_file_buttons(message, notification.week)

    return rendered


def rendered_for(claim: Claim, render: Render) -> Rendered:
    """Render the message as its channel takes it: without blocks that Slack refused, and naming the channel it was
    meant for.
    """
    rendered = _rendered(claim.kind, claim.payload, render)
    if claim.text_only is not None:
        key = claim.payload.get("incident_key")
        rendered = text_alone(rendered, incident_key=key if isinstance(key, str) else None)
    if claim.meant_for is not None:
        rendered = redirected(rendered, belongs_to=claim.meant_for, error=claim.meant_for_error)
    return rendered


def shrunk(claim: Claim, render: Render, *, link: str | None) -> Rendered:
    """Render what is left of a message that another one replaced: it leads to the new one by `link`."""
    return rendered_for(replace(claim, payload={**claim.payload, "newer": link}), render)


def _rendered(kind: str, payload: Any, render: Render) -> Rendered:
    if kind == BURST_KIND:
        return burst_summary(burst_from_payload(payload))
    if kind == UNDELIVERABLE_KIND:
        return _undeliverable(payload, render)
    return render(from_payload(kind, payload))


def _undeliverable(payload: Any, render: Render) -> Rendered:
    try:
        original = _rendered(payload["kind"], payload["payload"], render)
    except Exception:  # it was logged where it failed
        original = None
    return undeliverable_notice(
        original, destination=payload["destination"], error=payload["error"], number=payload["number"]
    )
