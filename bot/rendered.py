from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as Slack takes it: the text that phones and screen readers get, and the blocks."""

    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
