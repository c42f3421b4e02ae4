"""The summary of a burst, which is many messages for one channel at once, and how messages are added to it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

LINES_MAX = 20
MENTIONS_MAX = 10
WITHOUT_PRIORITY = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class BurstLine:
    """One message of a burst: its incident, and what it is about."""

    incident_key: str
    """The ticket where there is no incident, or else its source."""
    title: str
    priority: str
    about: str
    """The label of its clock, else the cause of a nudge, else the text key of a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BurstMessage:
    """A summary: the number of messages, in all and by priority, the most urgent as lines, and whom they mention."""

    count: int
    by_priority: Mapping[str, int]
    lines: tuple[BurstLine, ...]
    mention: tuple[str, ...]

    def grown(self, payloads: Iterable[Mapping[str, Any]]) -> Self:
        """The summary with more messages in it; the most urgent lines are kept, equal ones in order of arrival."""
        more = list(payloads)
        lines = sorted([*self.lines, *map(_line, more)], key=lambda line: line.priority)
        counts = Counter(self.by_priority) + Counter(_priority(payload) for payload in more)
        mentioned = [*self.mention, *(person for payload in more for person in payload.get("mention", ()))]
        return type(self)(
            count=self.count + len(more),
            by_priority=dict(sorted(counts.items())),
            lines=tuple(lines[:LINES_MAX]),
            mention=tuple(dict.fromkeys(mentioned))[:MENTIONS_MAX],
        )


NO_BURST = BurstMessage(count=0, by_priority={}, lines=(), mention=())


def burst_to_payload(burst: BurstMessage) -> dict[str, Any]:
    """The summary as a JSON-ready document."""
    lines = [[line.incident_key, line.title, line.priority, line.about] for line in burst.lines]
    return {
        "count": burst.count,
        "by_priority": dict(burst.by_priority),
        "lines": lines,
        "mention": list(burst.mention),
    }


def burst_from_payload(payload: Mapping[str, Any]) -> BurstMessage:
    """The summary that was stored."""
    lines = tuple(
        BurstLine(incident_key=key, title=title, priority=priority, about=about)
        for key, title, priority, about in payload["lines"]
    )
    return BurstMessage(
        count=payload["count"],
        by_priority=payload["by_priority"],
        lines=lines,
        mention=tuple(payload["mention"]),
    )


def _line(payload: Mapping[str, Any]) -> BurstLine:
    facts = _facts(payload)
    about = payload.get("metric_label") or payload.get("cause") or payload.get("text_key") or ""
    key = payload.get("incident_key") or facts.get("external_id") or facts.get("source") or ""
    return BurstLine(
        incident_key=str(key),
        title=str(payload.get("title") or facts.get("title") or facts.get("text") or ""),
        priority=_priority(payload),
        about=str(about),
    )


def _priority(payload: Mapping[str, Any]) -> str:
    return str(payload.get("priority") or _facts(payload).get("priority") or WITHOUT_PRIORITY)


def _facts(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts of a line about an incident or a ticket; empty for a nudge, which has fields of its own."""
    facts: Mapping[str, Any] = payload.get("facts") or {}
    return facts
