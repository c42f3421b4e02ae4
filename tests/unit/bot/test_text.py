"""Words for Slack: harmless, short enough, and times with a zone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import (
    FIRST_STRONG,
    POP_ISOLATE,
    counted,
    cut,
    cut_between_tokens,
    entered,
    escape,
    fallback_moment,
    fitting,
    local,
    mention,
    moment,
    shown,
    typed,
)
from sla_engine.domain.text.plain_text import one_line, plain_text

MONDAY = datetime(2026, 1, 5, 13, 20, tzinfo=UTC)


def length(text: str) -> int:
    return max(len(text), len(text.encode("utf-16-le")) // 2)


def test_what_people_wrote_can_mention_nobody_and_link_nowhere() -> None:
    assert escape("<!channel> & <@U0DANA>") == "&lt;!channel&gt; &amp; &lt;@U0DANA&gt;"


@given(st.text())
def test_what_is_typed_into_a_command_is_read_as_it_was_typed(text: str) -> None:
    assert typed(escape(plain_text(text))) == plain_text(text)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("assign 7 <!subteam^S0123456789|@helpdesk>", "assign 7 @helpdesk"),
        ("assign 7 <@U0DANA|dana>", "assign 7 <@U0DANA|dana>"),
        ("see <#C0DISPATCH|dispatch> and <!here>", "see #dispatch and @here"),
        ("see <https://desk.example/t/7|the ticket> &amp; <mailto:a@b.example|a@b.example>",
         "see https://desk.example/t/7 & a@b.example"),
        ("a &lt;!here&gt; typed out", "a <!here> typed out"),
    ],
)  # fmt: skip
def test_groups_channels_and_links_are_read_as_their_words(sent: str, words: str) -> None:
    assert typed(sent) == words


@given(st.text())
def test_what_is_copied_from_a_message_and_pasted_is_what_was_written(text: str) -> None:
    assert typed(shown(text, 10_000)).strip(f"{FIRST_STRONG}{POP_ISOLATE}") == one_line(text)


def test_what_cannot_be_read_is_left_out_of_what_is_entered() -> None:
    assert entered("a\x00b \u202ec\r\nd \ud83d\x9b") == "ab c\nd "


@pytest.mark.parametrize("limit", [0, -1, -7])
def test_a_limit_that_is_none_leaves_nothing(limit: int) -> None:
    assert cut("abc", limit) == ""
    assert shown("abc *d*", limit) == ""
    assert shown("השרת", limit + 2) == ""


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 300))
def test_a_cut_text_is_never_longer_than_slack_allows(text: str, limit: int) -> None:
    assert length(cut(text, limit)) <= limit


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(5, 300))
def test_shown_text_is_one_harmless_line_within_its_limit(text: str, limit: int) -> None:
    line = shown(text, limit)
    assert length(line) <= limit
    assert "\n" not in line
    assert "<" not in line
    assert ">" not in line


def test_a_short_text_is_shown_as_it_is() -> None:
    assert shown("Printers offline", 200) == "Printers offline"
    assert cut("abc", 3) == "abc"


def test_a_long_text_ends_with_an_ellipsis() -> None:
    assert cut("abcdef", 4) == "abc…"
    assert shown("x" * 4000, 50) == "x" * 49 + "…"


def test_as_many_whole_lines_as_fit_are_kept() -> None:
    assert fitting(["ab", "cd", "ef"], 5) == "ab\ncd"
    assert fitting(["🔥🔥"], 3) == ""


def test_marks_within_words_stay_as_they_are() -> None:
    assert shown("db_1 a*b 10:30:45 x~y", 200) == "db_1 a*b 10:30:45 x~y"


def test_escaping_does_not_leave_half_an_entity_behind() -> None:
    assert shown("&" * 100, 21) == "&amp;&amp;&amp;&amp;…"


@pytest.mark.parametrize("limit", range(1, 12))
def test_even_a_tiny_limit_is_kept(limit: int) -> None:
    assert length(shown("<<<<<<<<", limit)) <= limit


def test_right_to_left_words_are_kept_apart_from_ours() -> None:
    line = shown("השרת נפל", 200)
    assert line == "\u2068השרת נפל\u2069"
    assert length(shown("ה" * 400, 50)) == 50


def test_marks_that_turn_the_reading_direction_are_taken_out() -> None:
    assert shown("invoice \u202egnp.exe\u2066", 200) == "invoice gnp.exe"


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ("U0DANA", "<@U0DANA>"),
        ("W012A3CDE", "<@W012A3CDE>"),
        ("zammad:anna", "zammad:anna"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("   ", "somebody"),
        ("", "nobody"),
        (None, "nobody"),
        ("anna", "anna"),
        ("webhook:<!here>", "webhook:&lt;!here&gt;"),
        ("S0123456789", "<!subteam^S0123456789>"),
        ("SUPPORT", "SUPPORT"),
        ("UÄÖÜ", "UÄÖÜ"),
    ],
)
def test_only_slack_ids_become_mentions(person: str | None, words: str) -> None:
    assert mention(person) == words


def test_a_moment_is_the_readers_own_time_with_utc_where_that_cannot_be() -> None:
    assert moment(MONDAY) == "<!date^1767619200^{date_short_pretty} {time}|2026-01-05 13:20 UTC>"
    assert fallback_moment(MONDAY) == "2026-01-05 13:20 UTC"


def test_the_fallback_is_utc_whatever_zone_the_instant_came_in() -> None:
    there = MONDAY.astimezone(tz=None)
    assert fallback_moment(there) == "2026-01-05 13:20 UTC"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (MONDAY, "14:20"),
        (MONDAY + timedelta(hours=20), "Tue 10:20"),
        (MONDAY - timedelta(days=6), "Tue 14:20"),
        (MONDAY + timedelta(days=7), "12 Jan 14:20"),
        (MONDAY + timedelta(hours=10), "Tue 00:20"),
    ],
)
def test_a_local_time_names_the_day_only_where_it_is_another(at: datetime, words: str) -> None:
    assert local(at, "Europe/Berlin", now=MONDAY) == words


@given(st.lists(st.text(st.sampled_from("ab 🔥"), min_size=1, max_size=40), max_size=40), st.integers(60, 300))
def test_lines_that_do_not_fit_are_counted(lines: list[str], limit: int) -> None:
    kept = counted(lines, limit, hint="see the board").split("\n")
    hidden = len(lines) - len(kept) + 1
    assert length("\n".join(kept)) <= limit
    assert kept == (lines or [""]) or kept == [*lines[:-hidden], f"… and {hidden} more: see the board"]


def test_a_line_too_long_for_its_place_is_cut_and_the_others_are_counted() -> None:
    assert counted(["x" * 100, "y"], 30) == f"{'x' * 16}…\n… and 1 more"


def test_no_mention_date_or_entity_is_cut_in_two() -> None:
    line = f"<@U0DANA> {moment(MONDAY)} a &amp; b"
    for limit in range(1, len(line)):
        kept = cut_between_tokens(line, limit)
        assert length(kept) <= limit
        assert kept.count("<") == kept.count(">")
        assert "&" not in kept.replace("&amp;", "")
