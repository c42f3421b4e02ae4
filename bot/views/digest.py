"""The weekly digest: at most eight lines in the channel, everything else in its thread. A quiet week is one line."""

from dataclasses import replace

from bot.action_ids import ActionId
from bot.text import shown
from bot.views.digest_thread import digest_details
from bot.views.figure_buttons import figure_button
from bot.views.parts import actions, button, section, section_with
from bot.views.rendered import Rendered
from sla_engine.domain.reporting.digest import DigestFigures
from sla_engine.notifications.notices import DigestMessage
from sla_engine.services.queries.digest import DETAILS_PART, from_document
from sla_engine.text.digest_lines import DigestVoice, digest_lines

CHANNEL_LINES_MAX = 8
CUSTOMER_MAX_CHARS = 60
TITLE_MAX_CHARS = 60

VOICE = DigestVoice(
    customer=lambda name: shown(name, CUSTOMER_MAX_CHARS), title=lambda title: shown(title, TITLE_MAX_CHARS)
)


def digest(message: DigestMessage) -> Rendered:
    """The digest's lines for the channel, or its details for the thread when the figures' `part` is `details`."""
    figures = from_document(message.figures)
    if message.figures.get("part") == DETAILS_PART:
        return digest_details(figures)
    return digest_headlines(figures, late=":hourglass: Posted late. " if message.late else "")


def is_headline(message: DigestMessage) -> bool:
    """Whether a message is the post itself, and not what stands in its thread."""
    return message.figures.get("part") != DETAILS_PART


def with_file_buttons(rendered: Rendered, period: str) -> Rendered:
    """The digest's lines, with the buttons that give the reader the page and the misses of the period as files."""
    row = [button("Page", ActionId.DIGEST_PAGE, value=period), button("CSV", ActionId.DIGEST_CSV, value=period)]
    return replace(rendered, blocks=[*rendered.blocks, actions(row, block_id=f"digest:{period}")])


def digest_now(figures: DigestFigures, *, with_files: bool = True) -> Rendered:
    """Both parts of the digest, for the person who asked."""
    short, long = digest_headlines(figures), digest_details(figures)
    short = with_file_buttons(short, figures.week) if with_files else short
    return Rendered(text=f"{short.text}\n{long.text}", blocks=[*short.blocks, *long.blocks])


def digest_headlines(figures: DigestFigures, *, late: str = "") -> Rendered:
    """The digest's short form; a line that counts misses has the button that lists them."""
    lines = digest_lines(figures, VOICE)
    words = [f"*{line.lead}* {line.text}".rstrip() for line in lines]
    words[0] = f"{late}{words[0]}"
    buttons = [figure_button(figures, line.figure) for line in lines]
    blocks = [
        section([text]) if shows is None else section_with([text], shows)
        for text, shows in zip(words, buttons, strict=True)
    ]
    return Rendered(text="\n".join(words), blocks=blocks)
