"""`/sla digest`: the weekly digest now, for whoever may read it."""

from collections.abc import Mapping, Sequence

from bot.action_ids import ActionId
from bot.granted_scopes import FILES, GrantedScopes
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask, GivenFile
from bot.views.digest import digest_now
from bot.views.help import SubcommandHelp
from bot.views.usage import USAGE
from sla_engine.services.queries.digest import Digests
from sla_engine.services.queries.misses import Misses
from sla_engine.text.digest_page import digest_page
from sla_engine.text.miss_csv import misses_csv

_DIGEST = SubcommandHelp(
    name="digest",
    usage=USAGE["digest"],
    summary="The weekly digest now: this week so far, or any week or month",
    who="service manager",
    examples=("/sla digest", "/sla digest last week", "/sla digest november"),
)


class DigestTopic(Topic):
    """The digest on demand; the worker posts the weekly one."""

    def __init__(self, digests: Digests, misses: Misses, *, scopes: GrantedScopes) -> None:
        self.digests = digests
        self.misses = misses
        self.scopes = scopes

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_DIGEST, self.digest),)

    def actions(self) -> Mapping[str, Listener]:
        """The buttons that give the digest as files."""
        return {ActionId.DIGEST_PAGE: self.page, ActionId.DIGEST_CSV: self.csv}

    def page(self, ask: Ask) -> Answer:
        """Give the period as one page."""
        figures = self.digests.show(by=ask.user, written=ask.value, now=ask.now)
        missed = self.misses.of_period(ask.value, now=ask.now)
        page = digest_page(figures, missed.targets, names=missed.names)
        return GivenFile(
            name=f"digest-{figures.week}.html",
            title=f"The digest of {figures.week}",
            about="One page to print or to send; open it in a browser.",
            content=page.encode(),
        )

    def csv(self, ask: Ask) -> Answer:
        """Give the period's misses as a file for a spreadsheet."""
        figures = self.digests.show(by=ask.user, written=ask.value, now=ask.now)
        missed = self.misses.of_period(ask.value, now=ask.now)
        rows = misses_csv(missed.targets, zone=missed.zone, names=missed.names)
        return GivenFile(
            name=f"misses-{figures.week}.csv",
            title=f"The misses of {figures.week}",
            about=f"{len(missed.targets)} missed, one row each.",
            content=rows.encode(),
        )

    def digest(self, ask: Ask, words: list[str]) -> Answer:
        """Answer with the figures of a week or month."""
        figures = self.digests.show(by=ask.user, written=" ".join(words), now=ask.now)
        return digest_now(figures, with_files=self.scopes.has(FILES))
