"""The dispatchers' channel as people see it: sweep, duties and real courier, step by step, on the strict sandbox."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.courier.courier import Courier
from bot.manifest import BOT_SCOPES, manifest
from bot.sandbox.running import Strictness
from bot.sandbox.server import Sandbox
from bot.sandbox.workspace.messages import Message
from bot.sandbox.workspace.seed import SandboxChannel, SandboxUser
from bot.slack_calls import retry_free_client
from bot.views.messages import render
from sla_engine.delivery.outgoing_messages import OutgoingMessages
from sla_engine.delivery.records import DeliveryRules
from sla_engine.domain.agreements.metrics import METRICS, MetricName
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.clocks.reading import Reading, current, readings
from sla_engine.domain.incidents.incident import Incident, IncidentState
from sla_engine.services.incidents.commands import Incidents
from sla_engine.services.incidents.waive_and_merge import Outcomes
from sla_engine.services.shifts.handovers import Handovers
from sla_engine.services.shifts.silences import Silences
from sla_engine.services.sweep.live_messages import LiveMessages
from sla_engine.services.sweep.storms import Storms
from sla_engine.services.sweep.sweep import Sweep
from sla_engine.services.unit_of_work.unit_of_work import UnitOfWork
from sla_engine.storage import events, incidents
from sla_engine.storage.database import Database
from sla_engine.storage.tables.delivery import Outbox
from sla_engine.storage.tables.incidents import IncidentRow, Nudge
from sla_engine.storage.tables.shifts import NudgeRecipient
from sla_engine.time_source import real_now

DISPATCH = "C0DISPATCH"
NOTHING = timedelta(0)
RULES = replace(DeliveryRules(), post_gap=NOTHING, look_up_gap=NOTHING)
A_WHILE = timedelta(seconds=10)
"""Real time between two steps: messages that are edited at most every few seconds are edited in each."""


def people(*logins: str) -> list[SandboxUser]:
    """The people of `examples/msp.yaml` by their logins."""
    return [SandboxUser(f"U0{login.upper()}", login, login.capitalize()) for login in logins]


def workspace(*, scopes: Collection[str] = BOT_SCOPES) -> Sandbox:
    """The people and channels of `examples/msp.yaml`, and the app with these scopes."""
    channels = [SandboxChannel(DISPATCH, "dispatch"), SandboxChannel("C0MANAGERS", "service-managers")]
    everybody = people("dana", "dev", "tom", "tess", "mira", "ada")
    return Sandbox(everybody, channels, manifest=manifest(), strictness=Strictness(scopes=frozenset(scopes)))


class Channel:
    """The channel, and the hour of day, which goes on only when a test says so."""

    def __init__(self, database: Database, sandbox: Sandbox, *, start: datetime) -> None:
        self.now = start
        self.real = real_now()
        self.database = database
        self.sandbox = sandbox
        self.unit_of_work = UnitOfWork(database, real_clock=lambda: self.real)
        self.incidents = Incidents(self.unit_of_work)
        self.outcomes = Outcomes(self.unit_of_work)
        self.sweep = Sweep(self.unit_of_work)
        client = retry_free_client(sandbox.bot_token, base_url=sandbox.api_url, timeout=RULES.timeout)
        outgoing = OutgoingMessages(database, rules=RULES, clock=lambda: self.real)
        self.courier = Courier(messages=outgoing, client=client, render=render)

    def passes(self, length: timedelta, *, step: timedelta = timedelta(minutes=1)) -> None:
        """Let SLA time go on, and look and carry at every step."""
        until = self.now + length
        while self.now < until:
            self.now = min(self.now + step, until)
            self.settle()

    def settle(self) -> None:
        """Do what is due now, and carry everything that waits."""
        while self.sweep.run_once(now=self.now):
            pass
        for look in (
            Storms(self.unit_of_work).run_once,
            LiveMessages(self.unit_of_work).keep_true,
            Silences(self.unit_of_work).look,
            Handovers(self.unit_of_work).look,
        ):
            look(now=self.now)
        self.real += A_WHILE
        while self.courier.run_once():
            self.real += timedelta(seconds=1)

    def lines(self, place: str = DISPATCH) -> list[Message]:
        """What everybody sees in a channel beside threads, oldest first."""
        messages = self.sandbox.hub.workspace.messages_in(place)
        return [message for message in messages if not message.is_reply and message.only_for is None]

    def count(self) -> int:
        """How many incidents there are."""
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(IncidentRow)) or 0

    def everywhere(self) -> Iterator[Message]:
        """What anybody sees anywhere beside threads."""
        for place in list(self.sandbox.hub.workspace.channels):
            yield from self.lines(place)

    def readings(self, session: Session, incident: Incident) -> Mapping[MetricName, Reading]:
        """The clocks of an incident now, measured from its facts alone."""
        history = events.history(session, incident.id)
        terms = self.unit_of_work.agreements.terms(session, incident, history)
        return {reading.metric: reading for reading in current(readings(history, terms, now=self.now))}

    def contradictions(self) -> list[str]:
        """What the nudges that somebody sees say otherwise than the database; each with the line that says so."""
        with self.database.reading() as session:
            posts = session.execute(
                select(Outbox.channel_id, Outbox.ts, Nudge)
                .join(Nudge, Nudge.message == Outbox.message)
                .where(Outbox.op == "post", Outbox.state == "sent")
            ).all()
            nudges = {(channel, ts): nudge for channel, ts, nudge in posts}
            seen = [
                (line, nudges[line.channel, line.ts]) for line in self.everywhere() if (line.channel, line.ts) in nudges
            ]
            found = [wrong for line, nudge in seen for wrong in self._wrong(session, line, nudge)]
            shown = {nudge.message for _, nudge in seen}
            lost = [nudge.message for nudge in nudges.values() if nudge.live and nudge.message not in shown]
        return found + [f"nobody sees {name}" for name in lost]

    def _wrong(self, session: Session, line: Message, nudge: Nudge) -> Iterator[str]:
        incident = incidents.lock_by_id(session, nudge.incident_id)
        replies = self.sandbox.hub.workspace.replies(line)
        if not nudge.live:
            if line.tombstone or "message about it" not in line.text:
                yield f"replaced, and still there: {line.text}"
            elif all(reply.bot_id for reply in replies):
                yield f"replaced, nobody wrote under it, and not deleted: {line.text}"
            return
        msp = self.unit_of_work.msp(session)
        truth = Truth(incident, self.readings(session, incident), msp, now=self.now, reader=_reader(self.sandbox, line))
        for wrong in truth.contradicted_by(line.text):
            yield f"{wrong}: {line.text}"

    def untold(self) -> set[tuple[str, str]]:
        """Whom a nudge called and no message that was posted mentions, each with the nudge."""
        with self.database.reading() as session:
            called = session.execute(select(NudgeRecipient.message, NudgeRecipient.person))
            calls = {(message, person) for message, person in called}
            posts = session.scalars(select(Outbox).where(Outbox.op == "post", Outbox.kind == "nudge")).all()
            by_number = {post.id: post for post in posts}
            for post in posts:
                carried = by_number.get(post.collapsed_into or post.id, post)
                if carried.state == "sent":
                    calls -= {(post.message, person) for person in carried.payload["mention"]}
        return calls


def _reader(sandbox: Sandbox, line: Message) -> str | None:
    """Who reads a direct message; None in a channel."""
    members = sandbox.hub.workspace.channels[line.channel].members
    return next((member for member in members if member != "U0SANDBOX"), None) if line.channel[0] == "D" else None


@dataclass(frozen=True, slots=True)
class Truth:
    """What a line about an incident may say, from the incident and its clocks alone."""

    incident: Incident
    clocks: Mapping[MetricName, Reading]
    msp: Msp
    _: KW_ONLY
    now: datetime
    reader: str | None = None

    def contradicted_by(self, text: str) -> Iterator[str]:
        """What is wrong with a nudge's text."""
        first, *others = text.splitlines()
        if self.incident.key not in text:
            yield "not its key"
        if not self.incident.is_open:
            yield from self._wrong_end(text)
            return
        if ENDED.search(first):
            yield f"ended, and it is {self.incident.state}"
        is_titled = self.incident.title in first or "open again" in first
        if not first.startswith(f"{self.incident.priority} {self.incident.customer}: ") or not is_titled:
            yield f"not {self.incident.priority} {self.incident.customer}: {self.incident.title}"
        facts = others[0] if others else ""
        yield from self._wrong_owner(facts)
        for due in _dues(text):
            yield from self._wrong_due(due)
        if ("aused" in facts) and not self.incident.paused_for:
            yield "not paused"
        holder = re.search(r"^(\S+) is on it", "\n".join(others), re.MULTILINE)
        if holder is not None and holder[1] != self._name(self.incident.acknowledged_by):
            yield f"{self._name(self.incident.acknowledged_by) or 'nobody'} is on it"

    def _wrong_end(self, text: str) -> Iterator[str]:
        words = {IncidentState.RESOLVED: "resolved by", IncidentState.MERGED: f"{self.incident.merged_into}"}
        wanted = words.get(self.incident.state, "")
        if "has it" in text or wanted not in text or " due " in text:
            yield f"it is {self.incident.state}"

    def _wrong_owner(self, facts: str) -> Iterator[str]:
        owner = self.incident.assignee
        holder = "you have it" if owner == self.reader else self._name(owner)
        wanted = "nobody has it" if owner is None else holder
        if wanted not in facts or (owner is not None and "nobody has it" in facts):
            yield f"not: {wanted}"

    def _wrong_due(self, due: NamedDue) -> Iterator[str]:
        words = due.words
        metric = next(metric for metric in METRICS.values() if words in (metric.due.lower(), metric.was_due.lower()))
        reading = self.clocks.get(metric.name)
        if reading is None or reading.is_over or reading.due_at is None:
            yield f"{metric.label} is not due"
        elif (int(reading.due_at.timestamp()), reading.breached) != (due.now_at or due.at, _WORDS[words]):
            yield f"{metric.label} is due {reading.due_at}, breached: {reading.breached}"
        elif due.now_at is not None and due.at >= due.now_at:
            yield f"{metric.label} was due at {due.at}, and later now"

    def _name(self, person: str | None) -> str:
        return self.msp.short_name(person or "")


ENDED = re.compile("resolved by|merged into")
_WORDS = {
    words.lower(): late for metric in METRICS.values() for words, late in ((metric.due, False), (metric.was_due, True))
}
_DUE = re.compile(
    rf"(?<!the )({'|'.join(map(re.escape, _WORDS))}) <!date\^(\d+)[^>]*>(?:, now (?:by )?<!date\^(\d+))?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class NamedDue:
    """A due time as a text names it, in seconds; `now_at` is where it was moved to after it was missed."""

    words: str
    at: int
    now_at: int | None


def _dues(text: str) -> Iterator[NamedDue]:
    """Each due time that a text names."""
    for words, at, now_at in _DUE.findall(text):
        yield NamedDue(words.lower(), int(at), int(now_at) if now_at else None)
