"""`/sla waive` takes a miss out of the figures, `/sla merge` ends a duplicate."""

from collections.abc import Mapping, Sequence

from bot.action_ids import ActionId, ViewId
from bot.errors import NothingChosen
from bot.listeners import grammar
from bot.listeners.act_answers import ActAnswers
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.listener import Listener
from bot.requests.request import Answer, Ask, OpenForm
from bot.views.confirmations import merged, waived
from bot.views.forms import duplicate_form
from bot.views.help import SubcommandHelp
from bot.views.late_notes import waive_form
from bot.views.usage import USAGE
from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.incidents.incident_filter import IncidentFilter
from sla_engine.domain.text.errors import MissingArgument
from sla_engine.services.incidents.waive_and_merge import Outcomes

_TWO = 2
_MERGE = SubcommandHelp(
    name="merge",
    usage=USAGE["merge"],
    summary="It is the same incident: its clocks end, the other keeps the earlier start",
    who="dispatcher",
    examples=("/sla merge INC-1042 into INC-1039",),
)
_WAIVE = SubcommandHelp(
    name="waive",
    usage=USAGE["waive"],
    summary="Take a missed target out of the figures; it stays in the history",
    who="service manager",
    examples=(
        "/sla waive INC-1042 fix because the customer asked us to wait",
        "/sla waive INC-1042 first reply because the phone system was down",
    ),
)


class WaiversAndMerges(Topic):
    """Waivers and duplicates."""

    def __init__(self, outcomes: Outcomes, answers: ActAnswers) -> None:
        self.outcomes = outcomes
        self.answers = answers

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_MERGE, self.merge), Subcommand(_WAIVE, self.waive))

    def actions(self) -> Mapping[str, Listener]:
        """The button that waives a miss."""
        return {ActionId.WAIVE_OPEN: self.open_waiver}

    def forms(self) -> Mapping[str, Listener]:
        """The forms of a merge and of a waiver."""
        return {
            ViewId.MERGE: lambda ask: self._merge(ask, ask.answers["duplicate"], into=ask.answers["into"]),
            ViewId.WAIVE: self.waived,
        }

    def merge(self, ask: Ask, words: list[str]) -> Answer:
        """Merge a duplicate into another incident; a form asks for what is missing."""
        key = grammar.take_key(words, usage=_MERGE.usage) if words else ""
        if words and words[0].lower() == "into":
            del words[0]
        if not words:
            return self._form(ask, key)
        return self._merge(ask, key, into=grammar.take_only_key(words, usage=_MERGE.usage))

    def _form(self, ask: Ask, key: str) -> OpenForm:
        wanted = IncidentFilter()
        if key:
            incident = self.answers.board.for_form(key, action=Action.MERGE, by=ask.user, now=ask.now)
            wanted, key = IncidentFilter(customer=incident.customer), incident.key
        listed = self.answers.board.listed_for_form(wanted, action=Action.MERGE, by=ask.user, now=ask.now)
        about = {one.key: f"{one.customer}: {one.title}" for one in listed.incidents}
        if len(about) < _TWO:
            raise MissingArgument("two open incidents of one customer", _MERGE.usage)
        return OpenForm(duplicate_form(about, duplicate=key))

    def _merge(self, ask: Ask, key: str, *, into: str) -> Answer:
        done = self.outcomes.merge(key, into=into, by=ask.user, now=ask.now)
        return self.answers.after(ask, done.duplicate.key, lambda one, _: merged(one.key, one.merged_into))

    def waive(self, ask: Ask, words: list[str]) -> Answer:
        """Waive the misses of one metric; the words after the metric are the reason."""
        key = grammar.take_key(words, usage=_WAIVE.usage)
        metric = grammar.take_metric(words, usage=_WAIVE.usage)
        if words and words[0].lower() == "because":
            del words[0]
        return self._waive(ask, key, metric=metric, reason=" ".join(words))

    def open_waiver(self, ask: Ask) -> Answer:
        """Open the form with the misses that could be waived."""
        return OpenForm(waive_form(self.outcomes.waivable(ask.value, by=ask.user, now=ask.now)))

    def waived(self, ask: Ask) -> Answer:
        """Waive the miss chosen in the form, for the reason written there."""
        metric = ask.answers["metric"]
        if not metric:
            raise NothingChosen("miss")
        return self._waive(ask, ask.value, metric=MetricName(metric), reason=ask.answers["reason"])

    def _waive(self, ask: Ask, key: str, *, metric: MetricName, reason: str) -> Answer:
        count = self.outcomes.waive(key, metric=metric, reason=reason, by=ask.user, now=ask.now)
        return self.answers.plainly(ask, key, lambda one, _: waived(one.key, METRICS[metric].label, count=count))
