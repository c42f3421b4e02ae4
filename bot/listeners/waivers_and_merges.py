"""`/sla waive` takes a miss out of the figures, `/sla merge` ends a duplicate."""

from collections.abc import Sequence

from bot.listeners import grammar
from bot.listeners.subcommand import Subcommand
from bot.listeners.topic import Topic
from bot.requests.request import Answer, Ask
from bot.views.confirmations import merged, waived
from bot.views.help import SubcommandHelp
from bot.views.undo import with_undo
from bot.views.usage import USAGE
from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.services.incidents.waive_and_merge import Outcomes

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
        "/sla waive INC-1042 resolution because the customer asked us to wait",
        "/sla waive INC-1042 first response because the phone system was down",
    ),
)


class WaiversAndMerges(Topic):
    """Waivers and duplicates."""

    def __init__(self, outcomes: Outcomes) -> None:
        self.outcomes = outcomes

    def subcommands(self) -> Sequence[Subcommand]:
        """The words after `/sla` answered here."""
        return (Subcommand(_MERGE, self.merge), Subcommand(_WAIVE, self.waive))

    def merge(self, ask: Ask, words: list[str]) -> Answer:
        """Merge a duplicate into another incident; the word `into` may be left out."""
        key = grammar.take_key(words, usage=_MERGE.usage)
        if words and words[0].lower() == "into":
            del words[0]
        other = grammar.take_key(words, usage=_MERGE.usage)
        done = self.outcomes.merge(key, into=other, by=ask.user, now=ask.now)
        return with_undo(merged(done.duplicate.key, done.duplicate.merged_into), ask.request)

    def waive(self, ask: Ask, words: list[str]) -> Answer:
        """Waive the misses of one metric; the words after the metric are the reason."""
        key = grammar.take_key(words, usage=_WAIVE.usage)
        metric = grammar.take_metric(words, usage=_WAIVE.usage)
        if words and words[0].lower() == "because":
            del words[0]
        count = self.outcomes.waive(key, metric=metric, reason=" ".join(words), by=ask.user, now=ask.now)
        return waived(key, METRICS[metric].label, count=count)
