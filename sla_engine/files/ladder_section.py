"""The `ladders` part of a file: for each metric, or for all the rest, at what share of a target whom to tell."""

import re
from collections.abc import Mapping
from datetime import timedelta

from sla_engine.domain.ladders import Ladder, Recipient, Rung
from sla_engine.domain.metrics import MetricName
from sla_engine.files.scalars import member, plain_time, whole_percent
from sla_engine.files.yaml_document import Field, hint

DEFAULT = "default"
LADDER_KEYS = (DEFAULT, *(metric.value for metric in MetricName))
RUNG_KEYS = ("at", "tell", "repeat")
HIGHEST_SHARE = 1000
SHORTEST_REPEAT = timedelta(minutes=1)

_REPEAT_WORDS = re.compile(r"\s+(until\s+acknowledged|wall)\b")


def ladders(found: Field) -> dict[str, Ladder]:
    """Ladders by metric name, or `default`; what cannot be read is told and left out."""
    read = {name: _ladder(value) for name, value in found.keys(LADDER_KEYS).items()}
    return {name: ladder for name, ladder in read.items() if ladder is not None}


def merged(own: Mapping[str, Ladder], fallback: Mapping[str, Ladder]) -> dict[str, Ladder]:
    """An agreement's own ladders, with the MSP's for the rest; an own default stands for all the rest."""
    return dict(own) if DEFAULT in own else {**fallback, **own}


def _ladder(found: Field) -> Ladder | None:
    rungs: dict[int, Rung] = {}
    items = found.items("a list of rungs, such as {at: 50%, tell: assignee}")
    for item in items:
        rung = _rung(item)
        if rung is None:
            continue
        if rung.percent in rungs:
            item.wrong(f"two rungs at {rung.percent}%; name everybody to tell in one 'tell: [..]'")
        rungs[rung.percent] = rung
    if found.is_sequence and not items:
        found.wrong("a ladder without rungs would tell nobody; leave the key out to use the default")
    return Ladder(tuple(rungs[share] for share in sorted(rungs))) if rungs else None


def _rung(item: Field) -> Rung | None:
    keys = item.keys(RUNG_KEYS, required=["at", "tell"])
    share = whole_percent(keys["at"], most=HIGHEST_SHARE) if "at" in keys else None
    tell = _recipients(keys["tell"]) if "tell" in keys else ()
    repeat, wall = _repeat(keys["repeat"]) if "repeat" in keys else (None, False)
    if share is None or not tell:
        return None
    return Rung(percent=share, tell=tell, repeat=repeat, wall=wall)


def _recipients(found: Field) -> tuple[Recipient, ...]:
    items = found.items("whom to tell")
    if not items:
        found.wrong(f"nobody to tell{hint('', [recipient.value for recipient in Recipient])}")
    named = [member(item, Recipient, what="recipient") for item in items]
    return tuple(dict.fromkeys(recipient for recipient in named if recipient is not None))


def _repeat(found: Field) -> tuple[timedelta | None, bool]:
    """How often a rung is said again, and whether that counts wall time; `until acknowledged` is always so."""
    words = found.scalar("a repeat such as '30m until acknowledged'")
    if words is None:
        return None, False
    extras = {" ".join(extra.split()) for extra in _REPEAT_WORDS.findall(words)}
    repeat = plain_time(found.reworded(_REPEAT_WORDS.sub("", words)))
    if repeat is not None and repeat < SHORTEST_REPEAT:
        found.wrong(f"{words!r} repeats more than once a minute; write at least 1m")
    return repeat, "wall" in extras
