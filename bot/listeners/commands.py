"""`/sla …`: finds the topic that answers, completes what was left out, offers what may have been meant, and helps."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.action_ids import ActionId
from bot.listeners import grammar
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.listeners.unnamed_incidents import UnnamedIncidents
from bot.refusal_sentences import explain
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask, Refreshed, in_place
from bot.text import entered, shown
from bot.views import help as helping
from bot.views.help import SubcommandHelp
from bot.views.rendered import Rendered
from bot.views.suggested_lines import LINE_ROWS, for_incident, for_names, offer, suggestion, with_note
from bot.views.usage import USAGE
from sla_engine.domain.agreements.errors import AmbiguousPerson
from sla_engine.domain.incidents.errors import UnknownIncident
from sla_engine.domain.incidents.incident_names import NamedIncident
from sla_engine.domain.text.errors import ExtraWords, SeveralNamed, UnknownChoice
from sla_engine.domain.upkeep.errors import AlreadyCarriedOut
from sla_engine.services.queries.board import Board
from sla_engine.services.queries.incident_names import IncidentNames, names_itself, written_key
from sla_engine.services.unit_of_work import idempotency

DEFAULT = "status"
SHOW = "show"
WORD_MAX_CHARS = 60
MEANT_BY: Mapping[str, str] = {
    "unpause": "resume",
    "unhold": "resume",
    "continue": "resume",
    "hold": "pause",
    "wait": "pause",
    "done": "resolve",
    "fixed": "resolve",
    "close": "resolve",
    "closed": "resolve",
    "reply": "respond",
    "replied": "respond",
    "explain": "why",
    "list": "status",
}
"""Words of other systems for ours; a word that only looks like one of ours may mean its opposite."""


class Commands(Topic):
    """Finds the topic of a command by the first word after `/sla`."""

    def __init__(self, subcommands: Sequence[Subcommand], board: Board, names: IncidentNames) -> None:
        helped = SubcommandHelp(
            name="help",
            usage=USAGE["help"],
            summary="What `/sla` can do, or one subcommand in full",
            who="everyone",
            examples=("/sla help", "/sla help pause"),
        )
        self.known = {sub.name: sub for sub in (*subcommands, Subcommand(helped, self.help))}
        self.unnamed = UnnamedIncidents(board)
        self.names = names

    def actions(self) -> Mapping[str, Listener]:
        """The buttons of a line that may have been meant, and of help."""
        return {ActionId.RUN_LINE: self.run, ActionId.HOME_HELP: lambda ask: self.help(ask, [])}

    def answer(self, ask: Ask) -> Answer:
        """Answer `/sla …`; without words it is `/sla status`, and an incident alone is shown."""
        words = grammar.words_of(ask.text) or [DEFAULT]
        words = self._with_show(words)
        subcommand = self.known.get(words[0].lower())
        if subcommand is None:
            return self._unknown(ask, words)
        return self._completed(subcommand, ask, [subcommand.name, *words[1:]])

    def run(self, ask: Ask) -> Answer:
        """Answer a line that was offered on a button as if it had been typed, in place of the question.

        Pressed twice, it acts once.
        """
        try:
            with idempotency.request(ask.block_id):
                answer = self.answer(replace(ask, text=entered(ask.value), request=ask.block_id))
        except AlreadyCarriedOut as refusal:
            return Rendered(explain(refusal))
        return in_place(ask, answer, rows=LINE_ROWS) if isinstance(answer, Rendered) else answer

    def help(self, _ask: Ask, words: list[str]) -> Rendered:
        """List every subcommand in a line, or explain one in full."""
        if not words:
            return helping.help_overview([sub.help for sub in self.known.values()], role_label="you")
        subcommand = self.known.get(words[0].lower())
        if subcommand is None:
            raise self._unknown_word(words[0])
        grammar.no_more(words[1:])
        return helping.help_for(subcommand.help)

    def _completed(self, subcommand: Subcommand, ask: Ask, words: list[str]) -> Answer:
        """Answer with each incident by its key; ask which where several may be meant, or the first is not named."""
        for place in subcommand.incident_places:
            word = words[place] if place < len(words) else ""
            if names_itself(word):
                words[place] = written_key(word)
                continue
            incidents = self.names.meant(word)
            if len(incidents) > 1:
                why = f"More than one incident is called {shown(word, WORD_MAX_CHARS)}. Which one?"
                before, after = words[:place], words[place + 1 :]
                return offer(
                    why,
                    [for_incident([*before, one.key, *after], one, place=place) for one in incidents],
                    asked=ask.request,
                )
            if incidents:
                words[place] = incidents[0].key
            elif place == 1 and subcommand.needs_incident:
                return self._which(subcommand, ask, words)
        return self._answered(subcommand, ask, words)

    def _answered(self, subcommand: Subcommand, ask: Ask, words: list[str]) -> Answer:
        """Answer, or offer the line with each of the names that a part of one may mean."""
        try:
            return subcommand.answer(ask, words[1:])
        except ExtraWords as refusal:
            line = _without(" ".join(words), refusal.words)
            return suggestion(explain(refusal), line, asked=ask.request)
        except SeveralNamed as refusal:
            lines = for_names(words, refusal.part, refusal.fits)
            why = explain(refusal)
        except AmbiguousPerson as refusal:
            lines = for_names(words, refusal.who, [(name, f"@{write}") for name, write in refusal.fits])
            why = explain(refusal)
        return offer(why, lines, asked=ask.request)

    def _which(self, subcommand: Subcommand, ask: Ask, words: list[str]) -> Answer:
        """Act on the only incident that can be meant, and say so; else ask which.

        Where there is none to choose, the subcommand says what it lacks.
        """
        candidates = self.unnamed.candidates(subcommand.name, ask.user, now=ask.now)
        if candidates.only is not None:
            named = [words[0], candidates.only.key, *words[1:]]
            if subcommand.form is not None:
                return subcommand.form(ask, named[1:])
            return said_why(self._answered(subcommand, ask, named), candidates.why)
        listed = candidates.incidents
        if not listed:
            return self._answered(subcommand, ask, words)
        why = f"Which incident? {candidates.why}, least time left first."
        names = [NamedIncident(one.key, one.customer, one.title, one.ticket) for one in listed]
        return offer(why, [for_incident([words[0], one.key, *words[1:]], one) for one in names], asked=ask.request)

    def _with_show(self, words: list[str]) -> list[str]:
        """The words with `show` before an incident that stands alone or after `status`."""
        *before, last = words
        is_alone = [word.lower() for word in before] in ([], [DEFAULT]) and last.lower() not in self.known
        if not is_alone:
            return words
        try:
            return [SHOW, last] if self.names.meant(last) else words
        except UnknownIncident:
            if before:  # a customer may be called so
                return words
            raise

    def _unknown(self, ask: Ask, words: list[str]) -> Answer:
        """Offer the line that may have been meant: its nearest word, or the incident after the verb."""
        unknown = self._unknown_word(words[0])
        if self.names.meant(words[0]):
            is_known = len(words) > 1 and words[1].lower() in self.known
            verb, rest = (words[1].lower(), words[2:]) if is_known else (SHOW, [])
            why = "The word for what to do comes first, then the incident; nothing was done."
            return suggestion(why, " ".join([verb, words[0], *rest]), asked=ask.request)
        if len(unknown.allowed) != 1:
            raise unknown
        return suggestion(explain(unknown), " ".join([*unknown.allowed, *words[1:]]), asked=ask.request)

    def _unknown_word(self, word: str) -> UnknownChoice:
        near = MEANT_BY.get(word.lower()) or grammar.nearest(word, list(self.known))
        return UnknownChoice("/sla subcommand", word, (near,) if near else tuple(self.known))


def _without(line: str, words: str) -> str:
    """A line without some of its words, at its end or else where they stand first."""
    if line.endswith(f" {words}"):
        return line.removesuffix(f" {words}")
    return line.replace(f" {words} ", " ", 1)


def said_why(answer: Answer, why: str) -> Answer:
    """The answer to an act on an incident that nobody named, with why it was this one."""
    note = f"You named no incident. {why}."
    match answer:
        case Rendered():
            return with_note(answer, note)
        case Refreshed(message=message):
            return Refreshed(with_note(message, note))
        case _:
            return answer
