"""Times contenders in turns, round after round, so that a slower machine slows all of them alike.

The processor time of this process is measured: no contender waits for anything, and other processes' time does not
count.
"""

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import median
from time import process_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A function to be timed; one call of `turn` answers `questions` questions."""

    name: str
    turn: Callable[[], object]
    questions: int = 1


@dataclass(frozen=True, slots=True)
class Timings:
    """The seconds per question by contender, one figure per round."""

    seconds: Mapping[str, Sequence[float]]

    def median(self, name: str) -> float:
        """The seconds per question, as the median of all rounds."""
        return median(self.seconds[name])

    def ratio(self, slower: str, faster: str) -> float:
        """The time of the slower divided by that of the faster, as the median of all rounds."""
        pairs = zip(self.seconds[slower], self.seconds[faster], strict=True)
        return median(one / other for one, other in pairs)


def take_turns(contenders: Sequence[Contender], *, rounds: int) -> Timings:
    """Time every contender once per round, after one round of warming up; each round begins with the next contender."""
    seconds: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for contender in contenders:
        contender.turn()
    gc.collect()
    gc.disable()
    try:
        for contender in chain.from_iterable(_rotated(contenders, number) for number in range(rounds)):
            began = process_time()
            contender.turn()
            seconds[contender.name].append((process_time() - began) / contender.questions)
    finally:
        gc.enable()
    return Timings(seconds)


def _rotated(contenders: Sequence[Contender], number: int) -> Sequence[Contender]:
    """The contenders in turn, begun with another one in each round."""
    first = number % len(contenders)
    return [*contenders[first:], *contenders[:first]]
