"""Play a story, foresee what will be said of it, and let the sweep say it: both must be the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sla_engine.domain.agreements.permissions import Action
from sla_engine.domain.errors import SlaError
from sla_engine.domain.escalation.forecast import FORESEEN_FOR, ForeseenNudge
from sla_engine.domain.escalation.nudges import NudgeCause
from sla_engine.domain.incidents.events import CustomerReplied, Paused, PrioritySet, Resumed
from sla_engine.domain.incidents.suppositions import IfActed, IfPaused, IfPriority
from sla_engine.notifications.nudges import NudgeMessage
from sla_engine.services.agreements import agreement_files
from sla_engine.services.simulation.simulation import Simulations
from tests.databases import Databases
from tests.forecasts.stories import CUSTOMER, MINUTE, Act, Story
from tests.note_desk import DANA, TOM, Desk, at

INSTANT = timedelta(microseconds=1)
MOST_LOOKS = 60
"""So many instants are followed: what would come later is not compared."""

Said = tuple[datetime, NudgeCause, frozenset[str], str]
"""When, under which headline, to whom, and where."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A nudge as the sweep posted it."""

    said: Said
    repeat: int

    @property
    def may_be_unforeseen(self) -> bool:
        """Of what is said again, the first time alone is foreseen."""
        return self.said[1] is NudgeCause.PAUSE_OUTLIVED or (self.said[1] is NudgeCause.REPEAT and self.repeat > 1)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many nudges of a story were foreseen and came, and what differed."""

    came: int
    differences: tuple[str, ...]


def compare(story: Story, databases: Databases, folder: Path) -> Comparison:
    """Play a story on a database of its own; a supposition that is refused has nothing to compare."""
    url = databases.migrated()
    desk = Desk(url)
    try:
        return _play(story, desk, folder)
    finally:
        desk.close()
        databases.remove(url)


def _play(story: Story, desk: Desk, folder: Path) -> Comparison:
    file = folder / "depot.yaml"
    file.write_text(story.agreement, encoding="utf-8")
    agreement_files.apply(desk.database, [file], by="test", now=at("mon 00:00"))
    key = desk.open(story.opened_at, priority=story.priority, customer=CUSTOMER, owner=story.owner)
    for act in (act for act in story.acts if act.after <= story.supposed_after):
        for now in _looks(desk, story.opened_at + act.after):
            desk.look(now)
        _do(desk, key, act, story.opened_at + act.after)
    for now in _looks(desk, story.now):
        desk.look(now)
    desk.look(story.now)
    supposed = story.supposition(key)
    try:
        foreseen = Simulations(desk.unit_of_work).simulate(supposed, now=story.now).incidents[0].nudges
    except SlaError:
        return Comparison(0, ())
    posted, followed = _posted(desk, key, supposed, now=story.now)
    return _compared(foreseen, posted, until=min(followed, story.now + FORESEEN_FOR))


def _looks(desk: Desk, until: datetime) -> Iterator[datetime]:
    """The instants before `until` at which something is due."""
    for _ in range(MOST_LOOKS):
        due = desk.sweep.next_due()
        if due is None or due >= until:
            return
        yield due


def _do(desk: Desk, key: str, act: Act, now: datetime) -> None:
    """Let somebody act; what is refused is not done."""
    acts = desk.incidents
    later = now + act.minutes * MINUTE
    doing: Mapping[str, Callable[[], object]] = {
        "respond": lambda: acts.respond(key, text="looking", by=TOM, now=now),
        "update": lambda: acts.update_customer(key, text="soon", by=TOM, now=now, next_at=later),
        "plan": lambda: acts.plan(key, text="a plan", by=TOM, now=now),
        "pause": lambda: acts.pause(key, reason=act.reason, by=TOM, now=now, until=later),
        "resume": lambda: acts.resume(key, by=TOM, now=now),
        "acknowledge": lambda: acts.acknowledge(key, by=DANA, now=now, promise=later),
        "snooze": lambda: acts.snooze(key, by=DANA, now=now, until=later),
        "reply": lambda: _reply(desk, key, now),
        "priority": lambda: acts.set_priority(key, priority=act.priority, by=TOM, now=now),
        "hand_back": lambda: acts.hand_back(key, reason="no time", by=TOM, now=now),
    }
    try:
        doing[act.name]()
    except SlaError:
        return


def _reply(desk: Desk, key: str, now: datetime) -> None:
    with desk.unit_of_work.act(key, action=Action.RESPOND, by=TOM, now=now) as work:
        work.record(CustomerReplied(text="any news?"), by=TOM)


def _posted(desk: Desk, key: str, supposed: IfActed, *, now: datetime) -> tuple[list[Posted], datetime]:
    """Do what was supposed and nothing else: the nudges that the sweep posts, and how far it was followed."""
    seen = len(desk.sent(about="nudge:"))
    _record(desk, key, supposed)
    pause = supposed if isinstance(supposed, IfPaused) and supposed.until is not None else None
    posted: list[Posted] = []
    for _ in range(MOST_LOOKS):
        desk.look(now)
        sent = desk.sent(about="nudge:")
        posted += [
            Posted((now, one.shown.cause, frozenset(one.shown.mention), one.to), one.shown.repeat)
            for one in sent[seen:]
            if one.op == "post" and isinstance(one.shown, NudgeMessage)
        ]
        seen = len(sent)
        due = desk.sweep.next_due()
        if pause is not None and pause.until is not None and (due is None or due >= pause.until):
            now = pause.until
            with desk.unit_of_work.act(key, action=Action.PAUSE, by=TOM, now=now) as work:
                work.record(Resumed(reason=pause.reason), by=TOM)
            pause = None
        elif due is None:
            return posted, now + FORESEEN_FOR
        else:
            now = max(due, now + INSTANT)
    return posted, now - INSTANT


def _record(desk: Desk, key: str, supposed: IfActed) -> None:
    with desk.unit_of_work.act(key, action=Action.PRIORITY, by=TOM, now=supposed.at) as work:
        match supposed:
            case IfPriority():
                work.record(PrioritySet(priority=supposed.priority), by=TOM)
            case IfPaused():
                work.record(Paused(reason=supposed.reason, until=supposed.until), by=TOM)
            case _:
                work.record(Resumed(), by=TOM)


def _compared(foreseen: tuple[ForeseenNudge, ...], posted: list[Posted], *, until: datetime) -> Comparison:
    wanted = Counter(_as_said(nudge) for nudge in foreseen if nudge.at <= until)
    came = Counter(one.said for one in posted if one.said[0] <= until)
    missing = wanted - came
    unforeseen = [one.said for one in posted if one.said[0] <= until and one.said not in wanted]
    may_come = {one.said for one in posted if one.may_be_unforeseen}
    differences = [f"foreseen and not posted: {_words(said)}" for said in missing]
    differences += [f"posted and not foreseen: {_words(said)}" for said in unforeseen if said not in may_come]
    return Comparison(sum((wanted & came).values()), tuple(differences))


def _as_said(nudge: ForeseenNudge) -> Said:
    return nudge.at, nudge.cause, frozenset(nudge.to), nudge.channel or nudge.to[0]


def _words(said: Said) -> str:
    now, cause, to, place = said
    return f"{now.isoformat()} {cause} to {', '.join(sorted(to))} in {place}"
