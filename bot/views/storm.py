from bot.rendered import Rendered
from bot.text import mention, shown
from bot.views.parts import Block, context, header, section
from sla_engine.storms import StormLine, StormMessage

TITLE_MAX_CHARS = 90  # keeps twenty lines within one section
WORD_MAX_CHARS = 40


def storm_summary(storm: StormMessage) -> Rendered:
    """Many messages as one: how many of each priority, then the most urgent incidents."""
    headline = f"{storm.count} messages at once"
    counts = " · ".join(f"{shown(priority, WORD_MAX_CHARS)}: {count}" for priority, count in storm.by_priority.items())
    lines = [_line(line) for line in storm.lines]
    blocks: list[Block] = [header(headline), section([_named(storm, counts), *lines])]
    more = storm.count - len(storm.lines)
    if more > 0:
        blocks.append(context(f"… and {more} more; `/sla status all` has them"))
    called = " ".join(map(mention, storm.mention))
    return Rendered(text="\n".join([f"{called} {headline} ({counts})".strip(), *lines]), blocks=blocks)


def _named(storm: StormMessage, counts: str) -> str:
    return f"{' '.join(map(mention, storm.mention))} *{counts}*".strip()


def _line(line: StormLine) -> str:
    about = f" – {shown(line.about, WORD_MAX_CHARS)}" if line.about else ""
    key, title = shown(line.incident_key, WORD_MAX_CHARS), shown(line.title, TITLE_MAX_CHARS)
    return f"• {shown(line.priority, WORD_MAX_CHARS)} *{key}* {title}{about}"
