from dataclasses import dataclass, field
from typing import Any

from bot.text import whole_lines

TEXT_MAX_CHARS = 4000  # Slack: a sane length of a message's text; far longer ones are cut or refused


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as Slack takes it: the text that phones and screen readers get, and the blocks.

    A text that is too long ends with the last whole line that fits, so that no date and no mention is cut in two.
    """

    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Keep the text's length."""
        object.__setattr__(self, "text", whole_lines(self.text, TEXT_MAX_CHARS))
