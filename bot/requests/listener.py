"""What a listener is, for every topic."""

from collections.abc import Callable
from typing import Any

from bot.requests.request import Answer, Ask

Listener = Callable[[Ask], Answer]


Search = Callable[[Ask], list[dict[str, Any]]]
"""From what somebody typed into a menu (the ask's value) to the options it offers."""
