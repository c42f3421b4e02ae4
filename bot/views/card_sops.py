"""The procedures on an incident's card, each with the buttons that say whether it helped."""

from collections.abc import Sequence

from bot.action_ids import ActionId
from bot.text import mention
from bot.views.parts import Block, actions, button, named_incident, section, title_line
from sla_engine.services.sops.offered import OfferedSop

SOP_ROWS = ("card-sop1", "card-sop2", "card-sop3")
"""The first words of the block ids of their buttons."""


def sop_blocks(key: str, sops: Sequence[OfferedSop]) -> list[Block]:
    """A line for each procedure, at most three, with buttons while nobody said how it did."""
    blocks: list[Block] = []
    for row, sop in zip(SOP_ROWS, sops, strict=False):
        blocks.append(section([_line(sop)]))
        if sop.used_by is None:
            value = f"{key} {sop.number}"
            used = button("Used it", ActionId.SOP_USED, value=value)
            in_vain = button("Did not help", ActionId.SOP_DID_NOT_HELP, value=value)
            blocks.append(actions([used, in_vain], block_id=f"{row}:{key}"))
    return blocks


def sop_texts(sops: Sequence[OfferedSop]) -> list[str]:
    """The same as lines for phones and screen readers."""
    return [_line(sop) for sop in sops[: len(SOP_ROWS)]]


def _line(sop: OfferedSop) -> str:
    line = f":blue_book: {named_incident(sop.number, sop.link)} · {title_line(sop.title)}"
    if sop.used_by is None:
        return line
    return f"{line} · {mention(sop.used_by)} used it, and it {'helped' if sop.helped else 'did not help'}"
