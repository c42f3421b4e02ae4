"""The courier's own small decisions, without a database or a network."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.courier.slack_messages import opaque
from bot.slack_calls import retry_free_client
from bot.views.rendered import Rendered
from bot.views.undeliverable import undeliverable_notice
from sla_engine.delivery.bursts import NO_BURST, burst_from_payload, burst_to_payload
from sla_engine.delivery.records import DeliveryRules


def test_the_clients_timeout_is_the_rules_and_it_never_retries() -> None:
    client = retry_free_client("xoxb-test", base_url="http://127.0.0.1:1/api/", timeout=timedelta(seconds=2.5))
    assert (client.timeout, client.retry_handlers) == (2.5, [])


def test_a_key_in_slack_tells_nothing_and_is_always_the_same() -> None:
    key = opaque("INC-7:breach:C0DISPATCH")
    assert key == opaque("INC-7:breach:C0DISPATCH")
    assert key != opaque("INC-8:breach:C0DISPATCH")
    assert len(key) == 32
    assert "INC" not in key


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 1), (2, 2), (3, 4), (5, 16), (6, 30), (1000, 30)])
def test_waiting_grows_up_to_half_a_minute(attempts: int, seconds: int) -> None:
    assert DeliveryRules().backoff(attempts) == timedelta(seconds=seconds)


def test_a_call_that_hangs_ends_within_the_lease() -> None:
    rules = DeliveryRules()
    assert rules.timeout + rules.margin < rules.lease


@pytest.mark.parametrize(
    ("destination", "place"),
    [("C0DISPATCH", "<#C0DISPATCH>"), ("U0TECH", "<@U0TECH>"), ("#dispatch", "#dispatch")],
)
def test_the_fallback_hears_what_where_why_and_what_to_do(destination: str, place: str) -> None:
    notice = undeliverable_notice(Rendered("INC-7 breached"), destination=destination, error="is_archived", number=12)
    lines = notice.text.splitlines()
    assert place in lines[0]
    assert "is_archived" in lines[0]
    assert "`sla-bot outbox resend 12`" in lines[1]
    assert lines[2] == "INC-7 breached"
    assert notice.blocks == []


def test_a_message_too_long_for_slack_is_cut_in_the_notice() -> None:
    notice = undeliverable_notice(Rendered("x" * 50_000), destination="C1", error="msg_too_long", number=1)
    assert len(notice.text) < 3000


def test_a_burst_survives_being_stored() -> None:
    nudge = {"incident_key": "INC-1", "title": "Down", "priority": "P1", "cause": "breach", "mention": ["U1"]}
    burst = NO_BURST.grown([nudge, {"text_key": "happened"}])
    assert burst_from_payload(burst_to_payload(burst)) == burst
    assert burst.by_priority == {"P1": 1, "–": 1}
