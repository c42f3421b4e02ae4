from collections.abc import Sequence
from dataclasses import dataclass

from bot.text import escape
from bot.views.parts import Block, context, header, section, sections
from bot.views.rendered import Rendered

_ORDER = ("everyone", "technician", "dispatcher", "service manager", "admin")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubcommandHelp:
    """A word after `/sla`, as `help` shows it; `usage` and `examples` are typed as they stand."""

    name: str
    usage: str
    summary: str
    who: str
    examples: tuple[str, ...] = ()


def help_overview(subcommands: Sequence[SubcommandHelp], *, role_label: str) -> Rendered:
    """Every subcommand in one line each, grouped by who may use it; `role_label` says what the reader is."""
    groups = {who: [sub for sub in subcommands if sub.who == who] for who in _roles(subcommands)}
    blocks: list[Block] = [header("What /sla can do")]
    for who, group in groups.items():
        blocks += sections([f"*{_who(who).capitalize()}*", *map(_line, group)])
    closing = "Each may do what those above may. `/sla help pause` explains one of them."
    if role_label not in ("", "you"):
        closing = f"You are: {role_label}. {closing}"
    blocks.append(context(closing))
    text = "\n".join(["What `/sla` can do:", *(_line(sub) for group in groups.values() for sub in group), closing])
    return Rendered(text=text, blocks=blocks)


def help_for(sub: SubcommandHelp) -> Rendered:
    """Help for one subcommand: how it is written, who may use it, examples."""
    lines = [f"*`/sla {_written(sub)}`*", f"{sub.summary}.", f"For: {_who(sub.who)}."]
    lines += ["Examples:", *(f"• `{_code(example)}`" for example in sub.examples)] if sub.examples else []
    return Rendered(text="\n".join(lines), blocks=[section(lines)])


def _roles(subcommands: Sequence[SubcommandHelp]) -> list[str]:
    used = dict.fromkeys(sub.who for sub in subcommands)
    return [who for who in _ORDER if who in used] + [who for who in used if who not in _ORDER]


def _line(sub: SubcommandHelp) -> str:
    return f"`/sla {_written(sub)}`  {sub.summary}"


def _who(who: str) -> str:
    return who if who in ("everyone", "admin") else f"{who}s"


def _written(sub: SubcommandHelp) -> str:
    return _code(sub.usage.removeprefix("/sla ") or sub.name)


def _code(words: str) -> str:
    return escape(words).replace("`", "'")
