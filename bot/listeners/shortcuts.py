"""Shortcuts: an incident or a remark made from a message, and an incident from anywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.action_ids import ViewId
from bot.listeners import grammar
from bot.listeners.act_answers import ActAnswers
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.permalinks import Permalinks
from bot.requests.request import Answer, Ask, OpenForm
from bot.shortcut_ids import ShortcutId
from bot.text import cut
from bot.views.confirmations import remarked
from bot.views.forms import OpenWords, open_form
from bot.views.help import SubcommandHelp
from bot.views.remarks import remark_form
from bot.views.usage import USAGE
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.incident_filter import IncidentFilter
from sla_engine.domain.text.errors import MissingArgument, SeveralNamed
from sla_engine.services.incidents.remarks import Remarks
from sla_engine.services.queries.board import Board, IncidentSummary
from sla_engine.services.queries.channel_customers import ChannelCustomers
from sla_engine.services.queries.incident_names import IncidentNames

TITLE_MAX_CHARS = 150
LISTED_MOST = 90  # Slack: 100 options of a menu

_REMARK = SubcommandHelp(
    name="remark",
    usage=USAGE["remark"],
    summary="Add words to an incident's history; no clock reads them",
    who="technician",
    examples=("/sla remark INC-1042 The router is behind the door",),
)


@dataclass(frozen=True, slots=True)
class ShortcutServices:
    """What the topic of shortcuts asks: customers by channel, remarks, names of incidents, links to messages."""

    channels: ChannelCustomers
    remarks: Remarks
    names: IncidentNames
    permalinks: Permalinks


class ShortcutsTopic(Topic):
    """What can be made of a message, and `/sla remark`."""

    def __init__(self, services: ShortcutServices, board: Board, answers: ActAnswers) -> None:
        self.channels = services.channels
        self.remarks = services.remarks
        self.names = services.names
        self.permalinks = services.permalinks
        self.board = board
        self.answers = answers

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_REMARK, self.remark),)

    def shortcuts(self) -> Mapping[str, Listener]:
        """The shortcuts answered here."""
        return {
            ShortcutId.INCIDENT_FROM_MESSAGE: self.incident_from_message,
            ShortcutId.REMARK_FROM_MESSAGE: self.remark_from_message,
            ShortcutId.INCIDENT_OPEN: self.incident,
        }

    def forms(self) -> Mapping[str, Listener]:
        """The form for a remark."""
        return {ViewId.REMARK: self.remark_submitted}

    def incident(self, ask: Ask) -> Answer:
        """Show the form for a new incident."""
        return OpenForm(open_form(self.board.customers_to_open_for(by=ask.user, now=ask.now)))

    def incident_from_message(self, ask: Ask) -> Answer:
        """Show the form for a new incident, with the message's first line, its link, and its channel's customer."""
        customers = self.board.customers_to_open_for(by=ask.user, now=ask.now)
        message = ask.message
        customer = self.channels.customer_of(message.channel, now=ask.now)
        link = self.permalinks.of(message.channel, message.ts)
        text = grammar.with_names(message.text, self.board.msp())
        first_line = next((line for line in text.splitlines() if line.strip()), "")
        words = OpenWords(title=cut(first_line, TITLE_MAX_CHARS), customer=customer, link=link)
        return OpenForm(open_form(customers, words))

    def remark_from_message(self, ask: Ask) -> Answer:
        """Show the form for a remark; the incidents of the channel's customer come first, then one's own."""
        self.board.unit_of_work.permit(Action.REMARK, by=ask.user, now=ask.now)
        message = ask.message
        customer = self.channels.customer_of(message.channel, now=ask.now)
        link = self.permalinks.of(message.channel, message.ts)
        return OpenForm(
            remark_form(self._likely(ask, customer), text=grammar.with_names(message.text, self.board.msp()), link=link)
        )

    def remark(self, ask: Ask, words: list[str]) -> Answer:
        """Add a remark."""
        key = grammar.take_key(words, usage=_REMARK.usage)
        return self._add(ask, key, text=grammar.with_names(" ".join(words), self.board.msp()))

    def remark_submitted(self, ask: Ask) -> Answer:
        """Add the remark of the form, to the incident that was chosen or named."""
        fields = ask.answers
        named = fields.get("named", "").strip()
        key = self._named(named) if named else fields.get("incident", "")
        if not key:
            raise MissingArgument("incident")
        return self._add(ask, key, text=fields["text"], link=fields.get("link", "").strip())

    def _add(self, ask: Ask, key: str, *, text: str, link: str = "") -> Answer:
        done = self.remarks.add(key, text=text, link=link, by=ask.user, now=ask.now)
        return self.answers.after(ask, done.key, remarked)

    def _named(self, word: str) -> str:
        """The key of the one incident that a word names; what fits none is refused as an incident.

        Raises: SeveralNamed.
        """
        incidents = self.names.meant(word)
        if len(incidents) > 1:
            raise SeveralNamed("incident", word, tuple((f"{one.key} ({one.customer})", one.key) for one in incidents))
        return incidents[0].key if incidents else word

    def _likely(self, ask: Ask, customer: str | None) -> list[IncidentSummary]:
        lists = [self.board.mine(ask.user, now=ask.now), self.board.everything(now=ask.now)]
        if customer is not None:
            wanted = IncidentFilter(customer=customer)
            lists.insert(0, self.board.listed(wanted, now=ask.now, scope=customer))
        by_key = {incident.key: incident for listed in lists for incident in listed.incidents}
        return list(by_key.values())[:LISTED_MOST]
