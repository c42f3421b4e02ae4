"""The types of listeners and searches."""

from collections.abc import Callable
from typing import Any

from bot.requests.request import Answer, Ask

Listener = Callable[[Ask], Answer]


Search = Callable[[Ask], list[dict[str, Any]]]
"""Takes an ask whose value was typed into a menu; returns the options to offer."""
