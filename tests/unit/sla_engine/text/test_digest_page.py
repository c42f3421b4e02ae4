"""The week as one page: it stands alone, says what the digest says, and runs nothing that somebody wrote."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from sla_engine.domain.reporting.digest_parts import WeekShare
from sla_engine.domain.time.weeks import Week
from sla_engine.text.attainment_chart import WEEKS_SHOWN, attainment_chart
from sla_engine.text.digest_page import digest_page
from tests.unit.bot.views.test_digest_views import week
from tests.unit.sla_engine.text.test_miss_csv import MISS

HOSTILE = '<script>alert(1)</script> "><img src=x onerror=alert(2)> & \u202eevil'
VOID = {"meta", "br"}


class Page(HTMLParser):
    """What a browser would read: its elements, each closed in its turn, and its words."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def weeks(count: int) -> tuple[WeekShare, ...]:
    this = Week(2026, 6)
    return tuple(WeekShare(week=str(this.before(back)), met=90 + back % 7, of=100) for back in reversed(range(count)))


def test_the_page_says_what_the_digest_says_and_lists_what_was_missed() -> None:
    page = Page(digest_page(replace(week(), weeks=weeks(27)), [MISS], names={"U0TOM": "Tom Becker"}))
    assert page.open == []
    assert "186 of 190 promises kept" in page.words
    assert "What was missed: 1 at 1 incident" in page.words
    for words in ("INC-1042", "Nobody can log in", "First reply 20 s late", "Tom Becker", "Late triage", "lower limit"):
        assert words in page.words, words
    assert "svg" in page.names


def test_the_page_fetches_and_runs_nothing() -> None:
    hostile = replace(MISS, title=HOSTILE, customer=HOSTILE, owner=HOSTILE, link="javascript:alert(3)")
    source = digest_page(replace(week(HOSTILE), weeks=weeks(13)), [hostile], names={})
    page = Page(source)
    assert page.open == []
    assert page.names.isdisjoint({"script", "img", "link", "iframe", "object", "form"})
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "src"]
    assert not [value for name, value in page.attributes if name == "href"]
    assert not re.search(r"url\(|@import", source)
    assert "<script>alert(1)</script>" in page.words, "shown as it was written"
    assert "\u202e" not in source


@pytest.mark.parametrize("count", [0, 1, 2, 12, 13, 40])
def test_the_page_is_drawn_for_as_many_weeks_as_there_are(count: int) -> None:
    source = digest_page(replace(week(), weeks=weeks(count)), [], names={})
    drawn = len(re.findall(r"<circle", source))
    assert drawn == min(count, WEEKS_SHOWN)
    assert ("lower limit" in source) is (count > 12), "twelve weeks before this one tell what is ordinary"


def test_a_week_in_which_nothing_came_due_leaves_a_gap() -> None:
    shown = list(weeks(5))
    shown[2] = replace(shown[2], met=0, of=0)
    picture = attainment_chart(shown, None)
    assert len(re.findall("<circle", picture)) == 4
    assert len(re.findall("<polyline", picture)) == 2
    assert len(re.findall("<text", picture)) >= 5, "its day stands under the gap"


def test_the_picture_says_its_figures_to_who_does_not_see_it() -> None:
    picture = attainment_chart(weeks(3), None)
    label = re.search(r'aria-label="([^"]*)"', picture)
    assert label is not None
    assert label[1] == "Promises kept by week: 19 Jan 92 %, 26 Jan 91 %, 2 Feb 90 %."
