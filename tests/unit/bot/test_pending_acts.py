"""A button's value carries the whole act that waits for it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FromAnotherVersion
from bot.pending_acts import VALUE_MAX_CHARS, PendingPause, PendingPriority
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason

TUESDAY = datetime(2026, 2, 3, 14, tzinfo=UTC)


@pytest.mark.parametrize("until", [None, TUESDAY])
def test_a_pause_comes_back_as_it_was_asked_for(until: datetime | None) -> None:
    asked = PendingPause(key="INC-1042", reason=PauseReason.VENDOR, until=until, text="“Part” \\ ordered\nby Tom")
    assert PendingPause.read(asked.value) == asked
    assert not asked.is_cut


def test_a_priority_comes_back_as_it_was_asked_for() -> None:
    asked = PendingPriority(key="INC-1042", priority=Priority.P1)
    assert PendingPriority.read(asked.value) == asked


@given(st.text(max_size=4000))
def test_whatever_the_words_a_button_holds_its_value(text: str) -> None:
    asked = PendingPause(key="INC-1042000", reason=PauseReason.MAINTENANCE, until=TUESDAY, text=text)
    assert len(asked.value.encode("utf-16-le", "surrogatepass")) // 2 <= VALUE_MAX_CHARS
    assert PendingPause.read(asked.value).text == asked.kept_text
    assert asked.is_cut == (asked.kept_text != text)


@pytest.mark.parametrize("mark", ["x", "\n", '"', "\\", "🔥", "\x00"])
def test_words_that_are_too_long_are_cut_and_said_to_be(mark: str) -> None:
    asked = PendingPause(key="INC-1042", reason=PauseReason.OTHER, text=mark * 3000)
    assert asked.is_cut
    assert len(asked.value.encode("utf-16-le")) // 2 <= VALUE_MAX_CHARS


ODD_VALUES = ["", "null", "[]", "{}", "7", "[" * 1999, '{"key": "INC-1", "priority": "P9"}', '{"key": "INC-1"', "INC-1"]


@pytest.mark.parametrize("value", [*ODD_VALUES, '{"key": "INC-1", "reason": "vendor", "until": "soon", "text": ""}'])
@pytest.mark.parametrize("kind", [PendingPause, PendingPriority])
def test_a_value_of_another_version_is_told_as_such(
    kind: type[PendingPause] | type[PendingPriority], value: str
) -> None:
    with pytest.raises(FromAnotherVersion):
        kind.read(value)
