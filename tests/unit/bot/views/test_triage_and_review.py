from datetime import UTC, datetime, timedelta

from bot.sandbox.blocks.blocks import problems
from bot.views.review import review_queue
from bot.views.triage import triage_list
from sla_engine.domain.incidents.triage import TriageRecord
from sla_engine.services.notes.review_queue import ReviewItem

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
NASTY = "<!channel> " + "x" * 4000


def record(number: int) -> TriageRecord:
    return TriageRecord(
        id=number,
        source="webhook",
        external_id="T-1",
        customer=NASTY,
        title=NASTY,
        reason="no agreement names this customer",
        deliveries=(),
        received_at=AT,
        settled_at=None,
        settled_as=None,
    )


def item(*, accepted: bool) -> ReviewItem:
    return ReviewItem(
        incident_key="INC-7" if accepted else "INC-8",
        title=NASTY,
        customer=NASTY,
        priority="P1",
        author="U0TOM",
        written_at=AT,
        waiting=timedelta(hours=3),
        reason_label="Handoff",
        accepted=accepted,
        suggestion="",
    )


def test_what_waits_for_triage_is_listed_with_what_to_type_next() -> None:
    shown = triage_list([record(number) for number in range(1, 20)])
    assert problems(shown.blocks, surface="message") == []
    assert "/sla triage 3 Acme Dental" in shown.text
    assert "<!channel>" not in str(shown.blocks) + shown.text


def test_an_empty_triage_list_says_so() -> None:
    assert triage_list([]).text == "Nothing waits for triage."


def test_the_review_queue_offers_the_next_step_of_each_note() -> None:
    shown = review_queue([item(accepted=False), item(accepted=True)])
    assert problems(shown.blocks, surface="message") == []
    labels = [[e["text"]["text"] for e in block["elements"]] for block in shown.blocks if block["type"] == "actions"]
    assert labels == [["Accept", "Return", "Decide on SOP", "Show"], ["Decide on SOP", "Show"]]
    assert "<!channel>" not in str(shown.blocks) + shown.text


def test_an_empty_review_queue_says_so() -> None:
    assert review_queue([]).text.startswith("Nothing waits for you")
