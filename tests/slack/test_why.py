"""`/sla why`, typed in Slack: the ledger, and the form to copy for the customer."""

from __future__ import annotations

from tests.slack.workplace import Workplace


def test_the_customers_form_names_nobody_of_ours_and_other_forms_are_refused(desk: Workplace) -> None:
    key = desk.opens("Acme Dental P2 E-mail is down", by="tess")
    desk.tells("tom", f"take {key}")
    desk.tells("tom", f"pause {key} vendor until 1h")
    desk.passes(minutes=30)
    in_full = desk.tells("tom", f"why {key}")
    assert "Who held the ball: us 0 s, customer 0 s, third party 30 m" in in_full.text
    copied = desk.tells("tom", f"why {key} redacted")
    assert "waiting for a third party" in copied.text
    assert "Who held the ball: we 0s, you 0s, a third party 30m" in copied.text
    assert "Tom" not in copied.text
    refused = desk.tells("tom", f"why {key} readacted")
    assert "redacted" in refused.text
    assert "Who held the ball" not in refused.text
