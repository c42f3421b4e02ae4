"""When somebody counts as not reacting."""

from __future__ import annotations

import pytest

from sla_engine.domain.escalation.silence import Call, silence
from sla_engine.domain.incidents.priorities import Priority
from tests.unit.sla_engine.domain.histories import OFFICE, at

P1, P3 = Priority.P1, Priority.P3


def calls(*written: str, priority: Priority = P3) -> list[Call]:
    return [Call(at=at(when), priority=priority) for when in written]


@pytest.mark.parametrize(
    ("nudges", "last_act", "since", "noticed"),
    [
        (calls(), None, None, None),
        (calls("mon 10:00"), None, None, None),
        (calls("mon 10:00", "mon 10:20"), None, "mon 10:00", "mon 11:00"),
        (calls("mon 10:00", "mon 10:20"), "mon 09:59", "mon 10:00", "mon 11:00"),
        (calls("mon 10:00", "mon 10:20"), "mon 10:00", None, None),
        (calls("mon 10:00", "mon 10:20", "mon 10:30"), "mon 10:10", "mon 10:20", "mon 11:20"),
        (calls("mon 10:00", "mon 11:40"), None, "mon 10:00", "mon 11:40"),
        (calls("mon 16:40", "mon 16:50"), None, "mon 16:40", "tue 09:40"),
        (calls("mon 07:00", "mon 08:00", "mon 09:10"), None, None, None),
        (calls("mon 07:00", "mon 09:10", "mon 09:20"), None, "mon 09:10", "mon 10:10"),
        (calls("mon 10:00", "mon 10:20", priority=P1), None, "mon 10:00", "mon 10:30"),
        ([*calls("mon 10:00"), *calls("mon 10:20", priority=P1)], None, "mon 10:00", "mon 10:50"),
        ([*calls("mon 10:00"), *calls("mon 10:40", priority=P1)], None, "mon 10:00", "mon 11:00"),
    ],
)
def test_two_nudges_in_working_hours_and_an_hour_of_work_without_an_act(
    nudges: list[Call], last_act: str | None, since: str | None, noticed: str | None
) -> None:
    lasting = silence(nudges, last_act=None if last_act is None else at(last_act), hours=OFFICE)
    assert (None if lasting is None else lasting.since) == (None if since is None else at(since))
    assert (None if lasting is None else lasting.noticed_from) == (None if noticed is None else at(noticed))
