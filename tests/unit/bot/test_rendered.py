"""A message's text keeps its length by itself."""

from bot.views.rendered import TEXT_MAX_CHARS, Rendered


def test_a_text_that_is_too_long_ends_with_its_last_whole_line() -> None:
    line = "<!date^1767619200^{time}|13:20 UTC> " + "x" * 60
    lines = Rendered("\n".join([line] * 100)).text.split("\n")
    assert lines == [line] * (len(lines) - 1) + ["…"]
    assert len("\n".join(lines)) <= TEXT_MAX_CHARS < len("\n".join([line] * (len(lines) + 1)))


def test_a_single_line_that_is_too_long_is_cut_as_slack_counts() -> None:
    assert Rendered("🔥" * 3000).text == "🔥" * 1999 + "…"


def test_a_text_that_fits_stays_as_it_is() -> None:
    assert Rendered("a\nb").text == "a\nb"
