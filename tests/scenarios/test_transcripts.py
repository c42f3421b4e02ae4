"""Every story in a transcript shows what is written below its line, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.transcript import play, stories

FOLDER = Path(__file__).parent
STORIES = [
    pytest.param(done, shown, id=f"{file.stem}-{number}")
    for file in sorted(FOLDER.glob("*.txt"))
    for number, (done, shown) in enumerate(stories(file.read_text(encoding="utf-8")), start=1)
]


@pytest.mark.parametrize(("done", "shown"), STORIES)
def test_a_story_shows_what_is_written_below_it(database_url: str, tmp_path: Path, done: str, shown: str) -> None:
    assert play(database_url, tmp_path, done) == shown


def test_there_are_stories() -> None:
    assert len(STORIES) >= 8
