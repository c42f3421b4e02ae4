"""Lint for an agreement's ladders: each finding at the rung's line, with what to write instead."""

from collections.abc import Mapping
from typing import assert_never

from sla_engine.domain.agreements.agreement import Agreement, Target
from sla_engine.domain.agreements.ladder_lint import DEFAULT, RungFault, RungOddity, odd_rungs, targets_on
from sla_engine.domain.agreements.ladders import Rung
from sla_engine.domain.time.durations import exact
from sla_engine.files.ladder_section import rung
from sla_engine.files.yaml_document import Field

TARGETS_SHOWN = 3


def lint_ladders(agreement: Agreement, keys: Mapping[str, Field]) -> None:
    """Record what is odd about the rungs: reached at the opening, never said alone, a repeat that never comes.

    A rung of the people file is recorded only in the first case, and at `targets`, whose short durations cause it.
    """
    places = _places(keys["ladders"]) if "ladders" in keys else {}
    for oddity in odd_rungs(agreement):
        place = places.get((oddity.ladder, oddity.rung.key))
        if place is not None:
            place.odd(_sentence(oddity))
        elif oddity.fault is RungFault.WITH_THE_OPENING:
            ladder = "default ladder" if oddity.ladder == DEFAULT else f"ladder of {oddity.ladder}"
            keys["targets"].odd(f"on the people file's {ladder}, {_sentence(oddity)}")
    if "ladders" in keys:
        _never_climbed(agreement, keys["ladders"])


def _places(field: Field) -> dict[tuple[str, object], Field]:
    """The place of each rung in the file, by its ladder and by when it is reached."""
    items = ((name, item) for name, ladder in field.entries() for item in ladder.items())
    rungs = ((name, item, rung(item)) for name, item in items)
    return {(name, read.key): item for name, item, read in rungs if read is not None}


def _sentence(oddity: RungOddity) -> str:
    label, other = _label(oddity.rung), "" if oddity.other is None else _label(oddity.other)
    match oddity.fault:
        case RungFault.WITH_THE_OPENING:
            return (
                f"{label} is reached with the opening by {_listed(oddity.targets)}; "
                "write a share such as 75%, or give those metrics a ladder of their own"
            )
        case RungFault.FOLDED:
            return (
                f"{label} and {other} come at the same instant for every target, and only one of them is said; "
                "name everybody to tell in one of them"
            )
        case RungFault.OVERTAKEN:
            return f"its repeat never comes: {other} is reached first, by every target; leave it out, or repeat sooner"
        case RungFault.NOBODY_ABOVE:
            return f"'up_after' changes nothing: {label} is the last rung, nobody stands above it; leave it out"
        case _:
            assert_never(oddity.fault)


def _label(rung: Rung) -> str:
    return rung.label.replace(" %", "%")


def _listed(targets: tuple[Target, ...]) -> str:
    shown = [f"{target.metric} of {target.named} ({exact(target.duration)})" for target in targets[:TARGETS_SHOWN]]
    more = len(targets) - TARGETS_SHOWN
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _never_climbed(agreement: Agreement, field: Field) -> None:
    for name, ladder in field.entries():
        if not targets_on(agreement, name):
            what = "every metric has a ladder of its own" if name == DEFAULT else f"nothing promises {name}"
            ladder.odd(f"this ladder is never climbed, because {what}; leave it out")
