"""Buttons and commands for dispatchers on a nudge: acknowledge with a promise, assign, snooze."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from bot.action_ids import ActionId, ViewId
from bot.errors import NothingChosen
from bot.listeners import grammar
from bot.listeners.act_answers import ActAnswers
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask, OpenForm
from bot.requests.zones import Zones
from bot.views.confirmations import acknowledged, assigned, snoozed
from bot.views.forms import promise_form
from bot.views.help import SubcommandHelp
from bot.views.usage import USAGE
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.promises import STILL_ON_IT
from sla_engine.domain.text.errors import MissingArgument
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.queries.board import Board

_ACK = SubcommandHelp(
    name="ack",
    usage=USAGE["ack"],
    summary="“I have it”, with the next update promised",
    who="dispatcher",
    examples=("/sla ack INC-1042", "/sla ack INC-1042 until 15:00"),
)
_SNOOZE = SubcommandHelp(
    name="snooze",
    usage=USAGE["snooze"],
    summary="Silence the repeats; the clocks run on",
    who="dispatcher",
    examples=("/sla snooze INC-1042 30m", "/sla snooze INC-1042 until tomorrow 9am"),
)
_ASSIGN = SubcommandHelp(
    name="assign",
    usage=USAGE["assign"],
    summary="Give it to a technician, who is told",
    who="dispatcher",
    examples=("/sla assign INC-1042 @tom",),
)
_BLOCK_PREFIX = "nudge:"


class DispatchTopic(Topic):
    """Buttons and commands of the dispatcher; a click edits its nudge and gets no private answer."""

    def __init__(self, incidents: Incidents, board: Board, zones: Zones, answers: ActAnswers) -> None:
        self.incidents = incidents
        self.answers = answers
        self.board = board
        self.zones = zones

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (
            Subcommand(_ACK, self.ack),
            Subcommand(_SNOOZE, self.snooze),
            Subcommand(_ASSIGN, self.assign),
        )

    def actions(self) -> Mapping[str, Listener]:
        """The nudge's buttons and selects."""
        return {
            ActionId.NUDGE_ACKNOWLEDGE: self.clicked_acknowledge,
            ActionId.NUDGE_STILL_ON_IT: self.clicked_still_on_it,
            ActionId.NUDGE_PROMISE_OPEN: self.open_promise,
            ActionId.NUDGE_ASSIGN: self.chose_assignee,
            ActionId.NUDGE_SNOOZE: self.chose_snooze,
        }

    def forms(self) -> Mapping[str, Listener]:
        """The promise's form."""
        return {ViewId.PROMISE: self.promised}

    def ack(self, ask: Ask, words: list[str]) -> Answer:
        """Acknowledge by command."""
        key = grammar.take_key(words, usage=_ACK.usage)
        promise = self._moment(ask, " ".join(words)) if words else None
        done = self.incidents.acknowledge(key, promise=promise, by=ask.user, now=ask.now)
        return self.answers.after(ask, done.key, partial(acknowledged, by=ask.user))

    def snooze(self, ask: Ask, words: list[str]) -> Answer:
        """Snooze by command."""
        key = grammar.take_key(words, usage=_SNOOZE.usage)
        if not words:
            raise MissingArgument("until", _SNOOZE.usage)
        until = self._moment(ask, " ".join(words))
        done = self.incidents.snooze(key, until=until, by=ask.user, now=ask.now)
        return self.answers.after(ask, done.key, partial(snoozed, until=done.snoozed_until, wanted=until))

    def assign(self, ask: Ask, words: list[str]) -> Answer:
        """Assign by command."""
        key = grammar.take_key(words, usage=_ASSIGN.usage)
        if not words:
            raise MissingArgument("@user", _ASSIGN.usage)
        to = grammar.person(" ".join(words), self.board.msp())
        done = self.incidents.assign(key, to=to, by=ask.user, now=ask.now)
        return self.answers.after(ask, done.key, partial(assigned, to=to))

    def clicked_acknowledge(self, ask: Ask) -> Answer:
        """Acknowledge with the default promise: one customer-update period."""
        self.incidents.acknowledge(ask.value, by=ask.user, now=ask.now)
        return None

    def clicked_still_on_it(self, ask: Ask) -> Answer:
        """Promise the update again, `STILL_ON_IT` from now."""
        self.incidents.acknowledge(ask.value, promise=ask.now + STILL_ON_IT, by=ask.user, now=ask.now)
        return None

    def open_promise(self, ask: Ask) -> Answer:
        """Open the form that asks when the next update comes."""
        incident = self.board.for_form(ask.value, action=Action.ACKNOWLEDGE, by=ask.user, now=ask.now)
        return OpenForm(promise_form(incident.key, incident.title))

    def promised(self, ask: Ask) -> Answer:
        """Acknowledge with the form's promise."""
        promise = self._moment(ask, ask.answers["promise"])
        self.incidents.acknowledge(ask.value, promise=promise, by=ask.user, now=ask.now)
        return None

    def chose_assignee(self, ask: Ask) -> Answer:
        """Assign the incident to the person chosen in the nudge."""
        if not ask.value:
            raise NothingChosen("person")
        self.incidents.assign(_key_of(ask), to=ask.value, by=ask.user, now=ask.now)
        return None

    def chose_snooze(self, ask: Ask) -> Answer:
        """Snooze for the time chosen in the nudge."""
        if not ask.value:
            raise NothingChosen("time")
        self.incidents.snooze(_key_of(ask), until=self._moment(ask, ask.value), by=ask.user, now=ask.now)
        return None

    def _moment(self, ask: Ask, words: str) -> datetime:
        return grammar.moment(words, zone=self.zones.of(ask), now=ask.now)


def _key_of(ask: Ask) -> str:
    """The incident's key from the block id, as a select carries no value of its own."""
    return ask.block_id.removeprefix(_BLOCK_PREFIX)
