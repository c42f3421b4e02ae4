from slack_sdk.models.blocks import Block, ContextBlock, HeaderBlock, MarkdownTextObject, SectionBlock

from bot.rendered import Rendered
from sla_engine.storms import StormLine, StormMessage

SECTION_MAX_CHARS = 3000  # Slack: text of a section
TITLE_MAX_CHARS = 90  # keeps twenty lines within one section


def storm_summary(storm: StormMessage) -> Rendered:
    """Many messages as one: how many of each priority, then the most urgent incidents."""
    headline = f"{storm.count} messages at once"
    counts = " · ".join(f"{priority}: {count}" for priority, count in storm.by_priority.items())
    lines = [_line(line) for line in storm.lines]
    blocks: list[Block] = [HeaderBlock(text=headline), SectionBlock(text=_section([_named(storm, counts), *lines]))]
    more = storm.count - len(storm.lines)
    if more > 0:
        blocks.append(
            ContextBlock(elements=[MarkdownTextObject(text=f"… and {more} more; `/sla status all` has them")])
        )
    text = "\n".join([f"{headline} ({counts})", *lines])
    return Rendered(text=text[:SECTION_MAX_CHARS], blocks=[block.to_dict() for block in blocks])


def _named(storm: StormMessage, counts: str) -> str:
    people = " ".join(f"<@{person}>" for person in storm.mention)
    return f"{people} *{counts}*".strip()


def _line(line: StormLine) -> str:
    title = _escape(line.title if len(line.title) <= TITLE_MAX_CHARS else line.title[: TITLE_MAX_CHARS - 1] + "…")
    about = f" – {_escape(line.about)}" if line.about else ""
    return f"• {line.priority} *{line.incident_key}* {title}{about}"


def _section(lines: list[str]) -> str:
    """As many whole lines as a section holds."""
    while len("\n".join(lines)) > SECTION_MAX_CHARS:
        lines = lines[:-1]
    return "\n".join(lines)


def _escape(text: str) -> str:
    """Text from outside, which must not mention anybody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
