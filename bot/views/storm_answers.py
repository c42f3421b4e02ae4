"""Private answers to the buttons under a storm: what was done, and lists of what is open."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.action_ids import ActionId
from bot.text import fallback_moment, mention, moment, shown
from bot.views.fact_sentences import pause_label
from bot.views.parts import Block, actions, button, context, quoted, section, section_with
from bot.views.rendered import Rendered
from bot.views.storm import Written, incident_sections, incident_text
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.notifications.storms import StormLine
from sla_engine.services.incidents.bulk_acts import BulkOutcome

BulkSentence = Callable[[Written], str]
"""Says what was done, with times written for a block or for the text."""

PAGE_LINES = 20
CUSTOMERS_MAX = 45  # with a headline and a hint, within Slack's 50 blocks
CUSTOMER_MAX_CHARS = 40
PEOPLE_MOST = 20
LIST_ROW = "storm-list"
"""The first word of block ids in private lists of a storm: a click on one replaces the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StormPage:
    """A page of a private list: from which line on, and the key of an incident whose customer's are listed, if any."""

    storm_id: int
    start: int = 0
    key: str = ""


def nothing(sentence: str) -> Rendered:
    """Say that there is nothing to do, and why."""
    return Rendered(text=sentence, blocks=[section([sentence])])


def acknowledged(outcome: BulkOutcome, *, promise: datetime) -> Rendered:
    """Say how many incidents somebody is on now, and by when they promised news of them."""
    return _said(
        outcome,
        lambda written: f"You are on {_incidents(outcome.done)} now, with news promised by {written(promise)}.",
        others="{} somebody else on it already.",
    )


def customers_told(outcome: BulkOutcome, *, text: str) -> Rendered:
    """Say on how many incidents it is recorded that the customers were told."""
    return _said(outcome, lambda _: f"{_incidents(outcome.done)}: the customers were told {quoted(text)}.", others="")


def paused(outcome: BulkOutcome, *, reason: PauseReason, until: datetime) -> Rendered:
    """Say how many incidents wait, for what and until when."""
    return _said(
        outcome,
        lambda written: (
            f"{_incidents(outcome.done)} paused ({pause_label(reason.value)}) until {written(until)}; "
            "clocks that may rest do."
        ),
        others="{} been paused for this reason already.",
    )


def resumed(outcome: BulkOutcome) -> Rendered:
    """Say how many incidents run again."""
    if not outcome.done:
        return nothing("None of the open incidents is paused. Nothing was changed.")
    return _said(outcome, lambda _: f"The clocks of {_incidents(outcome.done)} run again.", others="")


def resolved(outcome: BulkOutcome) -> Rendered:
    """Say how many incidents are resolved."""
    return _said(
        outcome, lambda _: f"{_incidents(outcome.done)} resolved; every clock of theirs has stopped.", others=""
    )


def given_out(outcome: BulkOutcome, owners: Mapping[str, str]) -> Rendered:
    """Say how many incidents each person was given."""
    counts = Counter(owners[key] for key in outcome.done).most_common()
    named = ", ".join(f"{count} to {mention(person)}" for person, count in counts[:PEOPLE_MOST])
    if len(counts) > PEOPLE_MOST:
        named += f" and the others to {len(counts) - PEOPLE_MOST} more"
    return _said(outcome, lambda _: f"{_incidents(outcome.done)} given out: {named}.", others="{} somebody by now.")


def merged(outcome: BulkOutcome) -> Rendered:
    """Say how many duplicates were merged."""
    return _said(
        outcome,
        lambda _: f"{_incidents(outcome.done)} merged into the earliest one of the same customer.",
        others="{} no other of its customer ticked.",
    )


def by_customer(storm_id: int, lines: Sequence[StormLine]) -> Rendered:
    """The customers of a storm with what each has open, most first, and a button that lists it."""
    groups: dict[str, list[StormLine]] = {}
    for line in lines:
        groups.setdefault(line.customer, []).append(line)
    largest = sorted(groups.values(), key=lambda group: (-len(group), group[0].customer))
    listed = largest[:CUSTOMERS_MAX]
    blocks: list[Block] = [_customer(storm_id, group) for group in listed]
    texts = [_counts(group, marked="") for group in listed]
    if len(largest) > len(listed):
        more = f"and {len(largest) - len(listed)} more customers"
        blocks.append(context(more))
        texts.append(more)
    # The row of buttons makes it a list that is replaced by the next one.
    blocks.append(actions([_all_button(storm_id)], block_id=f"{LIST_ROW}:{storm_id}:customers"))
    return Rendered(text="\n".join(texts), blocks=blocks)


def page(lines: Sequence[StormLine], asked: StormPage) -> Rendered:
    """One page of the open incidents of a storm, worst first, with a menu each."""
    start = asked.start if asked.start < len(lines) else 0
    listed = lines[start : start + PAGE_LINES]
    head = f"{start + 1} to {start + len(listed)} of {len(lines)} open, worst first"
    row = [_by_customer_button(asked.storm_id)]
    if start + PAGE_LINES < len(lines):
        row.insert(0, _page_button("Next", ActionId.STORM_SHOW_ALL, asked, start + PAGE_LINES))
    if start > 0:
        row.insert(0, _page_button("Back", ActionId.STORM_SHOW_BEFORE, asked, max(start - PAGE_LINES, 0)))
    blocks = [
        context(head),
        *incident_sections(listed),
        actions(row, block_id=f"{LIST_ROW}:{asked.storm_id}:{start}"),
    ]
    return Rendered(text="\n".join([head, *map(incident_text, listed)]), blocks=blocks)


def _said(outcome: BulkOutcome, done: BulkSentence, *, others: str) -> Rendered:
    def words(written: Written) -> str:
        rest = _left_alone(outcome, others=others)
        return f"{done(written)}{rest}" if outcome.done else f"Nothing was changed.{rest}"

    return Rendered(text=words(fallback_moment), blocks=[section([words(moment)])])


def _left_alone(outcome: BulkOutcome, *, others: str) -> str:
    """Count the incidents that were meant and not touched, with the reason."""
    parts = []
    if outcome.closed:
        parts.append(f" {outcome.closed} {'was' if outcome.closed == 1 else 'were'} resolved meanwhile.")
    if outcome.others and others:
        parts.append(f" {outcome.others} {others.format('has' if outcome.others == 1 else 'have')}")
    return "".join(parts)


def _incidents(keys: Sequence[str]) -> str:
    """The number of incidents; a single one by its key."""
    return f"*{keys[0]}*" if len(keys) == 1 else f"{len(keys)} incidents"


def _customer(storm_id: int, group: Sequence[StormLine]) -> Block:
    shows = button("Show", ActionId.STORM_SHOW_ALL, value=f"{storm_id} 0 {group[0].incident_key}")
    return section_with([_counts(group, marked="*")], shows) | {"block_id": f"{LIST_ROW}:{group[0].incident_key}"}


def _counts(group: Sequence[StormLine], *, marked: str) -> str:
    late = sum(line.late for line in group)
    unowned = sum(line.assignee is None for line in group)
    parts = [f"{len(group)} open", f"{late} late" if late else "", f"{unowned} with nobody" if unowned else ""]
    return f"{marked}{shown(group[0].customer, CUSTOMER_MAX_CHARS)}{marked}: {', '.join(filter(None, parts))}"


def _page_button(label: str, action: ActionId, asked: StormPage, start: int) -> Block:
    return button(label, action, value=f"{asked.storm_id} {start} {asked.key}".rstrip())


def _all_button(storm_id: int) -> Block:
    return button("Show all", ActionId.STORM_SHOW_ALL, value=str(storm_id))


def _by_customer_button(storm_id: int) -> Block:
    return button("By customer", ActionId.STORM_BY_CUSTOMER, value=str(storm_id))
