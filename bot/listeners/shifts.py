"""`away`, `back` and `handover`, and the buttons about who is there and who dispatches."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from bot.action_ids import ActionId
from bot.listeners import grammar
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask
from bot.requests.zones import Zones
from bot.views.absences import absence_stated, with_list
from bot.views.handover import handed_over
from bot.views.help import SubcommandHelp
from bot.views.reader import Reader
from bot.views.rendered import Rendered
from bot.views.silence import on_it
from bot.views.usage import USAGE
from sla_engine.domain.text.errors import ExtraWords
from sla_engine.domain.time.errors import UnreadableMoment
from sla_engine.services.shifts.absences import Absences, AbsenceStated
from sla_engine.services.shifts.handovers import Handovers
from sla_engine.services.shifts.silences import Silences

_AWAY = SubcommandHelp(
    name="away",
    usage=USAGE["away"],
    summary="No direct messages until then; without a time, until the end of the working day",
    who="everyone",
    examples=("/sla away", "/sla away until monday", "/sla away @tom until tomorrow 9am"),
)
_BACK = SubcommandHelp(
    name="back",
    usage=USAGE["back"],
    summary="There again, at once",
    who="everyone",
    examples=("/sla back", "/sla back @tom"),
)

_HANDOVER = SubcommandHelp(
    name="handover",
    usage=USAGE["handover"],
    summary="Hand the dispatch to the next in the rota, or to somebody, until the rota turns",
    who="dispatcher",
    examples=("/sla handover", "/sla handover @dev"),
)


class ShiftsTopic(Topic):
    """Who is there, answered privately."""

    def __init__(self, absences: Absences, silences: Silences, handovers: Handovers, zones: Zones) -> None:
        self.absences = absences
        self.silences = silences
        self.handovers = handovers
        self.board = handovers.board
        self.zones = zones

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (
            Subcommand(_AWAY, self.away),
            Subcommand(_BACK, self.back),
            Subcommand(_HANDOVER, self.handover),
        )

    def actions(self) -> Mapping[str, Listener]:
        """The buttons about absences, about somebody who does not react, and about a handover."""
        return {
            ActionId.ABSENCE_END: lambda ask: self._end(ask, ask.value),
            ActionId.SILENCE_AWAY: self.clicked_away,
            ActionId.SILENCE_ON_IT: self.clicked_on_it,
            ActionId.HANDOVER_ACCEPT: self.clicked_accept,
            ActionId.HANDOVER_TAKE: self.clicked_take,
        }

    def away(self, ask: Ask, words: list[str]) -> Answer:
        """Say that somebody is away."""
        person, until = self._who_and_until(ask, words)
        return self._stated(ask, self.absences.away(person, until=until, by=ask.user, now=ask.now))

    def back(self, ask: Ask, words: list[str]) -> Answer:
        """Say that somebody is back."""
        return self._end(ask, grammar.person(" ".join(words), self.board.msp()) if words else ask.user)

    def clicked_away(self, ask: Ask) -> Answer:
        """Say that somebody who does not react is away until their working day ends; list what is theirs."""
        stated = self.absences.away(ask.value, until=None, by=ask.user, now=ask.now)
        return with_list(self._stated(ask, stated), self.board.mine(ask.value, now=ask.now), now=ask.now)

    def clicked_on_it(self, ask: Ask) -> Answer:
        """Say that somebody who does not react is on it."""
        return on_it(self.silences.on_it(ask.value, by=ask.user, now=ask.now))

    def handover(self, ask: Ask, words: list[str]) -> Answer:
        """Hand the dispatch over."""
        to = grammar.person(" ".join(words), self.board.msp()) if words else None
        handed = self.handovers.hand_over(to, by=ask.user, now=ask.now)
        return handed_over(handed, by=ask.user, reader=self._reader(ask))

    def clicked_accept(self, ask: Ask) -> Answer:
        """The next dispatcher says that they have it; the channel's message shows it."""
        self.handovers.accept(ask.value, by=ask.user, now=ask.now)
        return None

    def clicked_take(self, ask: Ask) -> Answer:
        """Somebody who was told that nobody took over does it themselves."""
        handed = self.handovers.hand_over(ask.user, by=ask.user, now=ask.now, instead_of=ask.value)
        return handed_over(handed, by=ask.user, reader=self._reader(ask))

    def _end(self, ask: Ask, person: str) -> Answer:
        return self._stated(ask, self.absences.back(person, by=ask.user, now=ask.now))

    def _stated(self, ask: Ask, stated: AbsenceStated) -> Rendered:
        return absence_stated(stated, by=ask.user, reader=self._reader(ask), request=ask.request)

    def _reader(self, ask: Ask) -> Reader:
        return Reader(zone=self.zones.of(ask), now=ask.now)

    def _who_and_until(self, ask: Ask, words: Sequence[str]) -> tuple[str, datetime | None]:
        """The person, by default whoever asks, and the end that was named.

        Raises: ExtraWords for words beside the person that are no time.
        """
        named, rest = grammar.find_person(words, self.board.msp())
        before, until = grammar.split_until(rest, "until", "till", "for")
        if named is not None and before and until is None:
            before, until = [], " ".join(before)
        if before and until is None:
            with suppress(UnreadableMoment):
                return ask.user, self._moment(ask, " ".join(before))
        person = ask.user if named is None else named.slack_id
        if before and named is not None:
            raise ExtraWords(" ".join(before))
        if before:
            person = grammar.person(" ".join(before), self.board.msp())
        return person, None if until is None else self._moment(ask, until)

    def _moment(self, ask: Ask, words: str) -> datetime:
        return grammar.moment(words, zone=self.zones.of(ask), now=ask.now)
