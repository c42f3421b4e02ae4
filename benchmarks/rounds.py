"""Contenders take turns, round after round, so that whatever slows the machine meanwhile slows all of them alike.

What is timed is the processor time of this process: none of the contenders waits for anything, and what other
processes take away from the longer turns is nobody's cost.
"""

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import process_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """Something to be timed: one turn of it answers `questions` questions."""

    name: str
    turn: Callable[[], object]
    questions: int = 1


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds a question by contender, one figure a round."""

    seconds: Mapping[str, Sequence[float]]

    def median(self, name: str) -> float:
        """Seconds a question takes, in the middle of all rounds."""
        return median(self.seconds[name])

    def ratio(self, slower: str, faster: str) -> float:
        """How many times as long one takes as the other, in the middle of all rounds."""
        pairs = zip(self.seconds[slower], self.seconds[faster], strict=True)
        return median(one / other for one, other in pairs)


def take_turns(contenders: Sequence[Contender], *, rounds: int) -> Timings:
    """Time every contender once a round, after one round that only warms up; each round begins with another one."""
    found: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for contender in contenders:
        contender.turn()
    gc.collect()
    gc.disable()
    try:
        for number in range(rounds):
            shift = number % len(contenders)
            for contender in (*contenders[shift:], *contenders[:shift]):
                began = process_time()
                contender.turn()
                found[contender.name].append((process_time() - began) / contender.questions)
    finally:
        gc.enable()
    return Timings(found)
