"""Reads what-if sentences such as `pause INC-7 now for vendor until tuesday` into suppositions.

The first word decides which form a sentence has (for a holiday, the word `holiday` or `closed`); a sentence that
cannot be read is refused with the word that is wrong, and with the forms that exist.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sla_engine.domain.incidents.errors import UnreadableSupposition
from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.incidents.suppositions import (
    IfHoliday,
    IfOpened,
    IfPaused,
    IfPriority,
    IfResolved,
    IfResumed,
    Supposition,
)
from sla_engine.domain.text.errors import MissingArgument, UnknownChoice
from sla_engine.domain.time.local_time import local_day
from sla_engine.parsing.choices import choice, nearest
from sla_engine.parsing.keys import looks_like_key, words_of
from sla_engine.parsing.moments import day, moment, split_until

EXAMPLES = (
    "P1 for Acme Dental opened friday 16:45",
    "pause INC-1042 for vendor until tuesday 9am",
    "resume INC-1042 at 15:00",
    "raise INC-1042 to P1",
    "resolve INC-1042 at 15:00",
    "friday becomes a holiday for Acme Dental",
)
"""One sentence of each form, for help and for refusals."""

_OPENED, _PAUSED, _RESUMED, _RAISED, _RESOLVED, _HOLIDAY = EXAMPLES
_PRIORITY_WORDS = ("raise", "lower", "set", "change", "move", "priority")
_FIRST_WORDS = ("pause", "resume", "resolve", *_PRIORITY_WORDS, *(priority.value.lower() for priority in Priority))
_BECOMES = ("becomes", "become", "is", "was", "were")
_HOLIDAY_WORDS = ("holiday", "closed")


def supposition(text: str, *, zone: str, now: datetime) -> Supposition:
    """The supposition that a sentence makes; times are those of `zone`.

    Raises: UnreadableSupposition, MissingArgument, UnknownChoice, UnreadableMoment, DayIsAmbiguous.
    """
    unquoted = " ".join(words_of(text)).replace('"', " ")
    words = [word for word in unquoted.split() if word.lower() not in ("if", "what")]
    reader = _Reader(words, zone=zone, now=now)
    first = words[0].lower() if words else ""
    if set(_HOLIDAY_WORDS) & {word.lower() for word in _parts(words, ("for",))[""]}:
        return reader.holiday()
    if first == "pause":
        return reader.paused()
    if first in ("resume", "resolve"):
        return reader.ended(first)
    if first in _PRIORITY_WORDS or looks_like_key(first):
        return reader.prioritised()
    if first[:1] == "p" and first[1:].isdecimal():
        return reader.opened()
    near = nearest(first, _FIRST_WORDS) if first else None
    raise UnreadableSupposition(text, word=words[0] if words else "", near=(near,) if near else (), forms=EXAMPLES)


class _Reader:
    """The words of one sentence, taken away from the front as they are understood."""

    def __init__(self, words: Sequence[str], *, zone: str, now: datetime) -> None:
        self.words = list(words)
        self.zone = zone
        self.now = now

    def opened(self) -> IfOpened:
        """`P1 for Acme Dental opened friday 16:45 at site Brooklyn service erp`."""
        priority = choice(Priority, self.words.pop(0), what="priority")
        parts = _parts(self.words, ("for", "opened", "site", "service"))
        if parts.pop("", []) or "for" not in parts:
            raise MissingArgument("a customer", _usage(_OPENED))
        named = {marker: " ".join(words) for marker, words in parts.items()}
        missing = next((marker for marker, words in named.items() if not words), None)
        if missing is not None:
            raise MissingArgument(_WANTED[missing], _usage(_OPENED))
        return IfOpened(
            priority=priority,
            customer=named["for"],
            at=self._moment(parts.get("opened", [])),
            site=named.get("site", ""),
            service=named.get("service", ""),
        )

    def paused(self) -> IfPaused:
        """`pause INC-7 now for vendor until tuesday`."""
        del self.words[0]
        key = self._key()
        words, until = split_until(self.words, "until", "for")
        place = next((place for place, word in enumerate(words) if word.lower() in set(PauseReason)), None)
        if place is None:
            raise self._no_reason(words)
        before = words[:place]
        if before and before[-1].lower() == "for":
            before.pop()
        at = self._moment([*before, *words[place + 1 :]])
        ends = None if until is None else moment(until, zone=self.zone, now=at)
        return IfPaused(key=key, reason=PauseReason(words[place].lower()), at=at, until=ends)

    def ended(self, first: str) -> IfResumed | IfResolved:
        """`resume INC-7 at 15:00` or `resolve INC-7`."""
        del self.words[0]
        key = self._key()
        at = self._moment(self.words)
        return IfResumed(key=key, at=at) if first == "resume" else IfResolved(key=key, at=at)

    def prioritised(self) -> IfPriority:
        """`raise INC-7 to P1 at 15:00`, `INC-7 to P1`, `priority INC-7 P1`."""
        if self.words[0].lower() in _PRIORITY_WORDS:
            del self.words[0]
            self._skip("the", "priority", "of")
        key = self._key()
        self._skip("priority", "to")
        if not self.words:
            raise MissingArgument("a priority", _usage(_RAISED))
        priority = choice(Priority, self.words.pop(0), what="priority")
        return IfPriority(key=key, priority=priority, at=self._moment(self.words))

    def holiday(self) -> IfHoliday:
        """`friday becomes a holiday for Acme Dental`."""
        parts = _parts(self.words, ("for",))
        day_words = [word for word in parts[""] if word.lower() not in (*_BECOMES, *_HOLIDAY_WORDS, "a", "public")]
        if not day_words:
            raise MissingArgument("a day", _usage(_HOLIDAY))
        if parts.get("for") == []:
            raise MissingArgument("a customer", _usage(_HOLIDAY))
        today = local_day(self.now, zone=self.zone)
        return IfHoliday(day=day(" ".join(day_words), today=today), customer=" ".join(parts.get("for", [])) or None)

    def _key(self) -> str | None:
        """The incident's key; None where the sentence names none, and the caller must know which is meant."""
        return self.words.pop(0) if self.words and looks_like_key(self.words[0]) else None

    def _skip(self, *fillers: str) -> None:
        while self.words and self.words[0].lower() in fillers:
            del self.words[0]

    def _moment(self, words: Iterable[str]) -> datetime:
        time = " ".join(word for word in words if word.lower() not in ("now", "from"))
        return moment(time, zone=self.zone, now=self.now) if time else self.now

    def _no_reason(self, words: Sequence[str]) -> MissingArgument | UnknownChoice:
        """The refusal of a pause without a known reason, with the reason that was probably meant."""
        candidates = [word for word in words if word.lower() not in ("now", "for")]
        if not candidates:
            return MissingArgument("a reason: customer, vendor, parts, scheduled …", _usage(_PAUSED))
        near = nearest(candidates[0], tuple(PauseReason))
        return UnknownChoice("pause reason", candidates[0], (near,) if near else tuple(PauseReason))


_WANTED = {"for": "a customer", "opened": "a time", "site": "a site", "service": "a service"}


def _parts(words: Sequence[str], markers: Sequence[str]) -> dict[str, list[str]]:
    """The words after each marker, by marker; those before the first one under the empty name.

    A marker counts once, and not directly after another one, where it is part of a name ("for Site Services").
    """
    parts: dict[str, list[str]] = {"": []}
    marker = ""
    for word in words:
        is_new_marker = word.lower() in markers and word.lower() not in parts
        if not is_new_marker or (marker and not parts[marker]):
            parts[marker].append(word)
            continue
        if parts[marker] and parts[marker][-1].lower() == "at":  # `at site Brooklyn`
            parts[marker].pop()
        marker = word.lower()
        parts[marker] = []
    return parts


def _usage(example: str) -> str:
    return f"simulate {example}"
