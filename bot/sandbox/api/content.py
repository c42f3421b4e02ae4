"""Reads a message's text, blocks and metadata, and refuses what Slack refuses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bot.sandbox.api.arguments import structure
from bot.sandbox.blocks.blocks import problems, view_problems
from bot.sandbox.workspace.messages import with_ids
from bot.sandbox.workspace.refusals import Refused
from bot.sandbox.workspace.seed import Json

TEXT_MAX_CHARS = 40_000
METADATA_MAX_BYTES = 16_000


@dataclass(frozen=True, slots=True)
class Content:
    """The content given for a message; None means "left out"."""

    text: str | None
    blocks: list[Json] | None
    attachments: list[Json] | None
    metadata: Json | None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read."""
        return not (self.text or "").strip() and not self.blocks and not self.attachments


def read_content(arguments: Json) -> Content:
    """The content of a message.

    Raises:
        Refused: `msg_too_long`, `invalid_blocks`, `invalid_blocks_format`, or the reason metadata is refused.
    """
    text = arguments.get("text")
    if text is not None and len(str(text)) > TEXT_MAX_CHARS:
        error = "msg_too_long"
        raise Refused(error)
    attachments: Any = structure(arguments, "attachments", error="invalid_attachments")
    return Content(
        text=None if text is None else str(text),
        blocks=_blocks(structure(arguments, "blocks", error="invalid_blocks_format")),
        attachments=attachments if isinstance(attachments, list) else None,
        metadata=_metadata(structure(arguments, "metadata", error="invalid_metadata_format")),
    )


def read_view(arguments: Json, *, kinds: tuple[str, ...]) -> Json:
    """A view of one of these kinds.

    Raises:
        Refused: `invalid_arguments`, with a line for each problem.
    """
    view = structure(arguments, "view", error="invalid_arguments")
    errors = [str(problem) for problem in view_problems(view)]
    if not errors and isinstance(view, dict) and view.get("type") not in kinds:
        errors = [f"[ERROR] must be of type {' or '.join(kinds)} [json-pointer:/view/type]"]
    if errors or not isinstance(view, dict):
        error = "invalid_arguments"
        raise Refused(error, messages=errors or ["[ERROR] must provide an object [json-pointer:/view]"])
    return view


def _blocks(blocks: object) -> list[Json] | None:
    if blocks is None:
        return None
    block_problems = problems(blocks, surface="message")
    if block_problems or not isinstance(blocks, list):
        error = "invalid_blocks"
        raise Refused(error, messages=[str(problem) for problem in block_problems])
    return with_ids(blocks)


def _metadata(metadata: object) -> Json | None:
    if metadata is None or metadata == {}:
        return None if metadata is None else {}
    if not isinstance(metadata, dict):
        error = "invalid_metadata_format"
        raise Refused(error)
    is_sound = isinstance(metadata.get("event_type"), str) and isinstance(metadata.get("event_payload"), dict)
    if not is_sound or set(metadata) - {"event_type", "event_payload", "entities"}:
        error = "invalid_metadata_schema"
        raise Refused(error)
    if len(json.dumps(metadata)) > METADATA_MAX_BYTES:
        error = "metadata_too_large"
        raise Refused(error)
    return metadata
