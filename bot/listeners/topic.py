"""Base class of all topics of listeners: subcommands, buttons and forms, each empty by default."""

from collections.abc import Mapping, Sequence

from bot.listeners.subcommand import Subcommand
from bot.requests.listener import Listener, Search


class Topic:
    """A command with its buttons and forms."""

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` this topic answers."""
        return ()

    def actions(self) -> Mapping[str, Listener]:
        """Action id → listener, for buttons and selects."""
        return {}

    def shortcuts(self) -> Mapping[str, Listener]:
        """Callback id → listener, for shortcuts."""
        return {}

    def forms(self) -> Mapping[str, Listener]:
        """Callback id → listener, for submitted modals."""
        return {}

    def searches(self) -> Mapping[str, Search]:
        """Action id → search, for menus whose options are looked up while somebody types."""
        return {}
