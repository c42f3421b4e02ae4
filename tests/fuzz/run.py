"""One run: so many odd inputs, each target its share; whatever escapes, hangs or is left behind is a finding."""

from __future__ import annotations

import random
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from sla_engine.time_source import monotonic
from tests.fuzz.desk import FuzzDesk
from tests.fuzz.targets import TARGETS, Target

TOO_LONG_SECONDS = 3.0
SWEEP_EVERY = 500
FINDINGS_MAX = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """What went wrong, and the seed that makes the same input again."""

    target: str
    seed: str
    words: str


def fuzz(*, seed: int, inputs: int, tick: Callable[[str, int], object] = lambda _name, _count: None) -> list[Finding]:
    """Put `inputs` odd inputs to the product; answers what was found, at most twenty findings."""
    found: list[Finding] = []
    with quiet_logs(), tempfile.TemporaryDirectory() as folder:
        desk = FuzzDesk(Path(folder))
        for words in ("Acme Dental P1 Nobody can log in", "Acme Dental P2 E-mail is down", "Acme Dental P3 Printer"):
            desk.command(f"open {words}", user="U0TESS", trigger=words)
        assert desk.open_incidents() > 2, "nobody is let in, so nothing would be tried"
        total = sum(target.share for target in TARGETS)
        for target in TARGETS:
            count = max(5, round(inputs * target.share / total))
            found += _run(desk, target, seed=seed, count=count)
            tick(target.name, count)
            if len(found) >= FINDINGS_MAX:
                break
        found += [Finding("what was left behind", str(seed), words) for words in desk.faults()]
        desk.close()
    return found[:FINDINGS_MAX]


def _run(desk: FuzzDesk, target: Target, *, seed: int, count: int) -> Iterator[Finding]:
    for number in range(count):
        name = f"{seed}:{target.name}:{number}"
        began = monotonic()
        try:
            target.put(desk, random.Random(name))
        except Exception:
            yield Finding(target.name, name, traceback.format_exc(limit=-6))
        seconds = monotonic() - began
        if seconds > TOO_LONG_SECONDS:
            yield Finding(target.name, name, f"took {seconds:.1f} s")
        if number % SWEEP_EVERY == SWEEP_EVERY - 1:
            desk.sweep(minutes=7)


@contextmanager
def quiet_logs() -> Iterator[None]:
    """Hundreds of thousands of refusals are no news."""
    before = structlog.get_config()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), cache_logger_on_first_use=False)
    try:
        yield
    finally:
        structlog.configure(**before)
