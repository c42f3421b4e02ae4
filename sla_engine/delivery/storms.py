"""Many messages for one channel at once become one summary; this is its value and how it grows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

LINES_MAX = 20
MENTIONS_MAX = 10
WITHOUT_PRIORITY = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class StormLine:
    """One message of a storm: the incident it was about and what it said of it."""

    incident_key: str
    """Where there is no incident: the ticket, or else who sent it."""
    title: str
    priority: str
    about: str
    """The clock it was about, else the cause of a nudge or the name of a line's sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StormMessage:
    """What came at once: how many messages, how many of each priority, the most urgent of them, whom they name."""

    count: int
    by_priority: Mapping[str, int]
    lines: tuple[StormLine, ...]
    mention: tuple[str, ...]

    def grown(self, payloads: Iterable[Mapping[str, Any]]) -> Self:
        """The summary with more messages in it; the most urgent lines are kept, equal ones in order of arrival."""
        more = list(payloads)
        lines = sorted([*self.lines, *map(_line, more)], key=lambda line: line.priority)
        counted = Counter(self.by_priority) + Counter(_priority(payload) for payload in more)
        named = [*self.mention, *(person for payload in more for person in payload.get("mention", ()))]
        return type(self)(
            count=self.count + len(more),
            by_priority=dict(sorted(counted.items())),
            lines=tuple(lines[:LINES_MAX]),
            mention=tuple(dict.fromkeys(named))[:MENTIONS_MAX],
        )


NO_STORM = StormMessage(count=0, by_priority={}, lines=(), mention=())


def storm_to_payload(storm: StormMessage) -> dict[str, Any]:
    """The summary as a JSON-ready document."""
    lines = [[line.incident_key, line.title, line.priority, line.about] for line in storm.lines]
    return {
        "count": storm.count,
        "by_priority": dict(storm.by_priority),
        "lines": lines,
        "mention": list(storm.mention),
    }


def storm_from_payload(payload: Mapping[str, Any]) -> StormMessage:
    """The summary that was stored."""
    lines = tuple(
        StormLine(incident_key=key, title=title, priority=priority, about=about)
        for key, title, priority, about in payload["lines"]
    )
    return StormMessage(
        count=payload["count"],
        by_priority=payload["by_priority"],
        lines=lines,
        mention=tuple(payload["mention"]),
    )


def _line(payload: Mapping[str, Any]) -> StormLine:
    facts = _facts(payload)
    about = payload.get("metric_label") or payload.get("cause") or payload.get("text_key") or ""
    named = payload.get("incident_key") or facts.get("external_id") or facts.get("source") or ""
    return StormLine(
        incident_key=str(named),
        title=str(payload.get("title") or facts.get("title") or facts.get("text") or ""),
        priority=_priority(payload),
        about=str(about),
    )


def _priority(payload: Mapping[str, Any]) -> str:
    return str(payload.get("priority") or _facts(payload).get("priority") or WITHOUT_PRIORITY)


def _facts(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a line tells of an incident, or of a ticket that is none yet; a nudge tells it in fields of its own."""
    facts: Mapping[str, Any] = payload.get("facts") or {}
    return facts
