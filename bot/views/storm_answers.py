"""Private answers to the buttons under a storm: what was done, and lists of what is open."""

from collections.abc import Sequence
from datetime import datetime

from bot.text import fallback_moment, moment
from bot.views.parts import Block, context, section
from bot.views.rendered import Rendered
from bot.views.storm import incident_lines, incident_text
from sla_engine.notifications.storms import StormLine
from sla_engine.services.incidents.storm_acts import BulkOutcome

PAGE_LINES = 20


def acknowledged(outcome: BulkOutcome, *, promise: datetime) -> Rendered:
    """Say how many incidents somebody is on now, and by when they promised news of them."""
    if not outcome.done:
        return _answer(f"Nothing was changed.{_left_alone(outcome)}")
    done = f"You are on {_incidents(len(outcome.done))} now, with news promised by"
    rest = _left_alone(outcome)
    return Rendered(
        text=f"{done} {fallback_moment(promise)}.{rest}", blocks=[section([f"{done} {moment(promise)}.{rest}"])]
    )


def all_open(lines: Sequence[StormLine]) -> Rendered:
    """Every open incident of a storm, worst first."""
    listed = lines[:PAGE_LINES]
    blocks: list[Block] = [section(incident_lines(line)) for line in listed]
    texts = list(map(incident_text, listed))
    more = len(lines) - len(listed)
    if more > 0:
        blocks.append(context(f"and {more} more"))
        texts.append(f"and {more} more")
    return Rendered(text="\n".join(texts), blocks=blocks)


def _left_alone(outcome: BulkOutcome) -> str:
    """Count the incidents that were meant and not touched, with the reason."""
    closed = f" {_incidents(outcome.closed)} {_was(outcome.closed)} resolved meanwhile." if outcome.closed else ""
    has = "has" if outcome.others == 1 else "have"
    others = f" {_incidents(outcome.others)} {has} somebody else on it already." if outcome.others else ""
    return closed + others


def _incidents(count: int) -> str:
    return "1 incident" if count == 1 else f"{count} incidents"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def _answer(sentence: str) -> Rendered:
    return Rendered(text=sentence, blocks=[section([sentence])])
