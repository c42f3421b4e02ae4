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
    summary="The weekly digest now: this week so far, or any week",
    who="service manager",
    examples=("/sla digest", "/sla digest 2026-W12"),
)


class DigestTopic(Topic):
    """The digest on demand; the worker posts the weekly one."""

    def __init__(self, digests: Digests) -> None:
        self.digests = digests

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_DIGEST, self.digest),)

    def digest(self, ask: Ask, words: list[str]) -> Answer:
        """Answer with a week's figures."""
        week = words[0] if words else None
        return digest_now(self.digests.show(by=ask.user, week=week, now=ask.now))
