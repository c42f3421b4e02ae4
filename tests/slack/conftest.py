"""`desk`: the whole bot at work in a sandbox workspace, over real Socket Mode, on a real database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.slack.workplace import Workplace, set_up, workspace


@pytest.fixture
def desk(database_url: str) -> Iterator[Workplace]:
    """A Monday morning at ten; whatever happens in the test, Slack must have refused nothing."""
    set_up(database_url)
    with workspace() as sandbox:
        place = Workplace(database_url, sandbox)
        place.start()
        try:
            yield place
        finally:
            place.stop()
        assert sandbox.rejections == []
