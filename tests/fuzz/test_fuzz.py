"""A seeded part of `make fuzz`: no traceback, no hang, nothing half-written."""

from __future__ import annotations

import pytest

from tests.fuzz.run import fuzz


@pytest.mark.timeout(120)
def test_odd_inputs_leave_no_traceback_no_hang_and_nothing_half_written(seed: int) -> None:
    assert fuzz(seed=seed, inputs=600) == []
