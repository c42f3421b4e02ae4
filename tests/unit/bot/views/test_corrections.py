"""Sentences about outcomes that changed afterwards."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.views.fact_sentences import fact_sentence
from sla_engine.domain.incidents.events import Absorbed, Corrected, Event, Followed, Merged, Reprocessed, Waived
from sla_engine.domain.incidents.stored_names import stored_name
from sla_engine.services.messages.fact_fields import fact_fields

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ONE = datetime(2026, 3, 2, 13, tzinfo=UTC)
AT_NOON = "<!date^1772452800^{date_short_pretty} {time}|2026-03-02 12:00 UTC>"
AT_ONE = "<!date^1772456400^{date_short_pretty} {time}|2026-03-02 13:00 UTC>"


def corrected(
    before: datetime | None, after: datetime | None, *, cause: str = "paused", cause_at: datetime | None = NOON
) -> Event:
    return Corrected(
        metric="resolution", cycle=0, cause=cause, cause_at=cause_at, breached_before=before, breached_after=after
    )


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (
            corrected(ONE, None),
            f"Corrected: the breach of the fix of {AT_ONE} no longer stands: the pause of {AT_NOON} was told late",
        ),
        (
            corrected(None, ONE, cause="resumed"),
            f"Corrected: the fix was breached {AT_ONE} after all: the end of the pause of {AT_NOON} was told late",
        ),
        (
            corrected(ONE, NOON, cause="resolved", cause_at=None),
            f"Corrected: the fix was breached {AT_NOON}, not {AT_ONE}: the resolution was told late",
        ),
        (
            corrected(ONE, None, cause="reprocessed"),
            f"Corrected: the breach of the fix of {AT_ONE} no longer stands: the agreement was applied as it reads now",
        ),
        (
            corrected(None, ONE, cause="changed_rules", cause_at=None),
            f"Corrected: the fix was breached {AT_ONE} after all: the rules of counting changed",
        ),
        (
            corrected(None, None, cause="changed_rules", cause_at=None),
            "Corrected: the fix was met, and is counted otherwise now: the rules of counting changed",
        ),
        (
            corrected(None, ONE, cause="absorbed"),
            f"Corrected: the fix was breached {AT_ONE} after all: a duplicate that began earlier was merged into it",
        ),
        (
            Waived(metric="first_response", cycle=0, reason="Agreed <!here>"),
            "<@U0MIRA> waived the missed first reply: “Agreed &lt;!here&gt;”",
        ),
        (Merged(into="INC-3"), "<@U0MIRA> merged it into INC-3"),
        (
            Absorbed(key="INC-7", opened_at=NOON),
            f"<@U0MIRA> merged INC-7 into it, which was opened {AT_NOON}",
        ),
        (Followed(key="INC-31"), "It came back when it could not be reopened any more; INC-31 was opened instead"),
        (
            Reprocessed(since=NOON, reason="A holiday was missing"),
            f"<@U0MIRA> approved that the agreement counts as it reads now from {AT_NOON}: “A holiday was missing”",
        ),
    ],
    ids=[
        "taken back",
        "breached after all",
        "moved",
        "by the agreement",
        "missed by other rules",
        "not met by other rules",
        "by a duplicate",
        "waived",
        "merged",
        "absorbed",
        "followed",
        "reprocessed",
    ],
)
def test_a_sentence_names_what_was_and_what_is(event: Event, sentence: str) -> None:
    assert fact_sentence(stored_name(event), by="U0MIRA", fields=fact_fields(event)) == sentence
