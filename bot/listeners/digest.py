"""`/sla digest`: the weekly digest now, for whoever may read it."""

from collections.abc import Sequence

from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.request import Answer, Ask
from bot.views.digest import digest_now
from bot.views.help import SubcommandHelp
from bot.views.usage import USAGE
from sla_engine.services.queries.digest import Digests

_DIGEST = SubcommandHelp(
    name="digest",
    usage=USAGE["digest"],
    summary="The weekly digest now: this week so far, or any week or month",
    who="service manager",
    examples=("/sla digest", "/sla digest last week", "/sla digest november"),
)


class DigestTopic(Topic):
    """The digest on demand; the worker posts the weekly one."""

    def __init__(self, digests: Digests) -> None:
        self.digests = digests

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_DIGEST, self.digest),)

    def digest(self, ask: Ask, words: list[str]) -> Answer:
        """Answer with the figures of a week or month."""
        return digest_now(self.digests.show(by=ask.user, written=" ".join(words), now=ask.now))
