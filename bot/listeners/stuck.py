"""The button that retries an item that was set aside."""

from collections.abc import Mapping, Sequence

from bot.action_ids import ActionId
from bot.errors import FromAnotherVersion
from bot.listeners import grammar
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask
from bot.views.set_aside import tried_again
from sla_engine.services.upkeep.failures import Failures


class StuckTopic(Topic):
    """Items that failed five times, until somebody retries them."""

    def __init__(self, failures: Failures) -> None:
        self.failures = failures

    def subcommands(self) -> Sequence[Subcommand]:
        """None: `sla-bot stuck` is for the terminal."""
        return ()

    def actions(self) -> Mapping[str, Listener]:
        """The retry button."""
        return {ActionId.FAILURE_RETRY: self.retry}

    def retry(self, ask: Ask) -> Answer:
        """Reset the item's tries and run it now."""
        number = grammar.number(ask.value)
        if number is None:
            raise FromAnotherVersion("number")
        self.failures.retry(number, by=ask.user, now=ask.now)
        return tried_again(number)
