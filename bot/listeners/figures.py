"""`/sla me`: how soon somebody acts on nudges, and the team for who leads it; always private."""

from collections.abc import Mapping, Sequence

from bot.action_ids import ActionId
from bot.listeners import grammar
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask
from bot.requests.zones import Zones
from bot.views.escalation_figures import own_figures, team_figures
from bot.views.help import SubcommandHelp
from bot.views.reader import Reader
from bot.views.usage import USAGE
from sla_engine.domain.text.errors import UnknownChoice
from sla_engine.services.queries.escalation_figures import EscalationFigures

TEAM = "team"
_ME = SubcommandHelp(
    name="me",
    usage=USAGE["me"],
    summary="How soon you act on nudges, what is open with you, what you promised; `team` for who leads it",
    who="everyone",
    examples=("/sla me", "/sla me team"),
)


class FiguresTopic(Topic):
    """Figures about people, shown to nobody else."""

    def __init__(self, figures: EscalationFigures, zones: Zones) -> None:
        self.figures = figures
        self.zones = zones

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_ME, self.me),)

    def actions(self) -> Mapping[str, Listener]:
        """The button that shows the team."""
        return {ActionId.TEAM_FIGURES: self.team}

    def me(self, ask: Ask, words: list[str]) -> Answer:
        """Show somebody their own figures, or the team's."""
        if not words:
            reader = Reader(zone=self.zones.of(ask), now=ask.now)
            return own_figures(self.figures.own(ask.user, now=ask.now), reader=reader)
        if words[0].lower() != TEAM:
            raise UnknownChoice("word after /sla me", words[0], (TEAM,))
        figures = self.team(ask)
        grammar.no_more(words[1:])
        return figures

    def team(self, ask: Ask) -> Answer:
        """Show the team's figures."""
        return team_figures(self.figures.team(by=ask.user, now=ask.now))
