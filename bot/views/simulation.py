"""The answer to a what-if, and the warning before an act that makes or averts a breach."""

from collections.abc import Iterator
from datetime import datetime

from tabulate import tabulate

from bot.action_ids import ActionId
from bot.pending_acts import PendingPause, PendingPriority
from bot.text import cut, escape, fitting, local, shown
from bot.views.parts import (
    SECTION_MAX_CHARS,
    Block,
    actions,
    button,
    context,
    preformatted,
    section,
    sections,
    title_line,
)
from bot.views.rendered import Rendered
from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.escalation.forecast import ForeseenNudge
from sla_engine.domain.escalation.what_if import ClockChange, Effect
from sla_engine.domain.text.plain_text import utf16_units
from sla_engine.domain.time.durations import short
from sla_engine.services.simulation.outlook import IncidentOutlook, Simulation
from sla_engine.text.simulation_words import (
    clock_name,
    due_words,
    effect_words,
    nudge_words,
    place_words,
    rest_words,
    supposition_words,
)

LINE_MAX_CHARS = 60  # wider tables wrap on a phone
NAMES_MAX_CHARS = 200
INCIDENTS_SHOWN = 5
NUDGES_SHOWN = 16
VALUE_MAX_CHARS = 2000  # Slack: value of a button

_HEAD = ("clock", "due now", "would be due", "so")
_SHORT_EFFECTS = {
    Effect.NONE: "",
    Effect.MAKES_BREACH: "breached",
    Effect.REMOVES_BREACH: "averted",
    Effect.ENDS_CLOCK: "dropped",
}


def simulation_message(simulation: Simulation, *, zone: str, asked: str) -> Rendered:
    """The verdict of a what-if, in the reader's `zone`: what it would make or avert, then when each clock is due.

    `asked` are the words that ask it again with its details.
    """
    writer = _Writer(simulation, zone)
    lines = [f"*If {writer.supposed()}*", writer.verdict()]
    for incident in simulation.incidents[:INCIDENTS_SHOWN]:
        lines += [writer.about(incident), *(f"• {words}" for words in writer.sentences(incident))]
        lines += writer.first_nudge(incident)
    closing = writer.closing()
    text = fitting([*lines, closing], SECTION_MAX_CHARS)
    blocks: list[Block] = [section([line for line in lines if line]), context(closing)]
    if simulation.incidents and utf16_units(asked) <= VALUE_MAX_CHARS:
        details = button("Details", ActionId.SIMULATE_DETAILS, value=asked)
        blocks.append(actions([details], block_id="answer:simulate"))
    return Rendered(text=text, blocks=blocks)


def simulation_details(simulation: Simulation, *, zone: str) -> Rendered:
    """The clocks that would change and the nudges that would be sent, in the reader's `zone`."""
    writer = _Writer(simulation, zone)
    opening = [f"*If {writer.supposed()}*", writer.verdict()]
    blocks: list[Block] = [section(opening)]
    words = list(opening)
    for incident in simulation.incidents[:INCIDENTS_SHOWN]:
        blocks += [section([writer.about(incident)]), *writer.tables(incident), *writer.course(incident, NUDGES_SHOWN)]
        words += [writer.about(incident), *writer.sentences(incident)]
    closing = writer.closing()
    return Rendered(text=fitting([*words, closing], SECTION_MAX_CHARS), blocks=[*blocks, context(closing)])


def preview_message(simulation: Simulation, pending: PendingPause | PendingPriority, *, zone: str) -> Rendered:
    """The effect of an act before it is done, with the button that does it."""
    writer = _Writer(simulation, zone)
    incident = simulation.incidents[0]
    headline = f":warning: *If {writer.supposed()}*"
    lines = [headline, writer.verdict(), *(f"• {words}" for words in writer.sentences(incident))]
    lines += [*writer.first_nudge(incident), *writer.at_the_end(incident)]
    note = f"Not done yet: nothing changes before you confirm. Times are {zone}."
    if isinstance(pending, PendingPause) and pending.until is None:
        note = f"Nothing ends this pause but somebody who resumes it. {note}"
    if isinstance(pending, PendingPause) and pending.is_cut:
        note += " Your words are long: as many as a button holds are kept."
    blocks: list[Block] = [
        section(lines),
        actions(_confirming(pending), block_id=f"preview:{incident.key}"),
        context(note),
    ]
    return Rendered(text=fitting([*lines, note], SECTION_MAX_CHARS), blocks=blocks)


def _confirming(pending: PendingPause | PendingPriority) -> list[Block]:
    """The button that does it, and one that opens its form with what was said."""
    if isinstance(pending, PendingPause):
        other = "Another end…" if pending.until else "Set an end…"
        return [
            button("Pause anyway", ActionId.PAUSE_CONFIRM, value=pending.value, style="danger"),
            button(other, ActionId.PAUSE_EDIT, value=pending.value),
        ]
    label = f"Change to {pending.priority.value} anyway"
    return [
        button(label, ActionId.PRIORITY_CONFIRM, value=pending.value, style="danger"),
        button("Another priority…", ActionId.PRIORITY_OPEN, value=f"{pending.key} {pending.changes}".rstrip()),
    ]


class _Writer:
    """Words and tables of a simulation, in one reader's zone."""

    def __init__(self, simulation: Simulation, zone: str) -> None:
        self.simulation = simulation
        self.zone = zone

    def when(self, at: datetime) -> str:
        return local(at, self.zone, now=self.simulation.now)

    def supposed(self) -> str:
        return shown(supposition_words(self.simulation, when=self.when), NAMES_MAX_CHARS)

    def about(self, incident: IncidentOutlook) -> str:
        key = f"*{escape(incident.key)}*" if incident.key else "*The new incident*"
        parts = [key, incident.priority.value, title_line(incident.customer)]
        return " · ".join([*parts, title_line(incident.title)] if incident.title else parts)

    def sentences(self, incident: IncidentOutlook) -> Iterator[str]:
        """Yield a line for each clock that changes."""
        for change in incident.changes:
            effect = effect_words(change, length=short)
            moves = f"{self._due_now(change)} → {self._would_be(change)}"
            yield f"{clock_name(change)}: {moves}{f' ({effect})' if effect else ''}"

    def verdict(self) -> str:
        """Say in a sentence what the act would make or avert."""
        turns = [change.effect for incident in self.simulation.incidents for change in incident.changes]
        made, averted = turns.count(Effect.MAKES_BREACH), turns.count(Effect.REMOVES_BREACH)
        if not self.simulation.incidents:
            return "No open incident would change."
        if made:
            also = f", {_promises(averted)} kept from being late" if averted else ""
            return f":red_circle: {_promises(made)} late by it{also}."
        if averted:
            return f":large_green_circle: {_promises(averted)} kept from being late, none made late."
        return ":white_circle: It would make nothing late, and keep nothing from being late."

    def first_nudge(self, incident: IncidentOutlook) -> Iterator[str]:
        """Say how many nudges would be sent if nobody acts, and the first of them."""
        if incident.nudges:
            count = len(incident.nudges)
            named = "1 nudge" if count == 1 else f"{count} nudges, the first"
            yield f"{named} if nobody acts: {self._nudge(incident.nudges[0]).removeprefix('• ')}"

    def closing(self) -> str:
        return " ".join(part for part in (self.unlisted(), f"Times are {self.zone}. Nothing is stored.") if part)

    def tables(self, incident: IncidentOutlook) -> Iterator[Block]:
        if not incident.changes:
            yield section(["No clock would change."])
            return
        rows = [
            (
                METRICS[change.metric].short,
                self._due_now(change),
                self._would_be(change),
                _SHORT_EFFECTS[change.effect],
            )
            for change in incident.changes
        ]
        table = tabulate(rows, _HEAD, tablefmt="plain", disable_numparse=True)
        yield preformatted("\n".join(cut(line.rstrip(), LINE_MAX_CHARS) for line in table.splitlines()))

    def course(self, incident: IncidentOutlook, most: int) -> Iterator[Block]:
        """The nudges that would be sent if nobody acts."""
        if not incident.nudges:
            yield context("No nudge would be sent in the next 14 days.")
            return
        lines = [self._nudge(nudge) for nudge in incident.nudges[:most]]
        left = len(incident.nudges) - most
        lines += [f"… and {left} more"] if left > 0 else []
        yield from sections(["*Nudges if nobody acts*", *lines])
        for line in self.at_the_end(incident):
            yield section([line])

    def at_the_end(self, incident: IncidentOutlook) -> Iterator[str]:
        """Say what follows where nobody ends a pause at its end."""
        if incident.otherwise is not None:
            nudge = self._nudge(incident.otherwise).removeprefix("• ")
            yield f"*If nobody resumes it then*, it stays paused, and: {nudge}"

    def unlisted(self) -> str:
        """A sentence for what is not shown or was not computed."""
        hidden = len(self.simulation.incidents) - INCIDENTS_SHOWN
        beyond = f"{hidden} more that would change {'is' if hidden == 1 else 'are'} not shown." if hidden > 0 else ""
        return " ".join(sentence for sentence in (beyond, rest_words(self.simulation)) if sentence)

    def _due_now(self, change: ClockChange) -> str:
        return due_words(change.before, when=self.when, length=short)

    def _would_be(self, change: ClockChange) -> str:
        return due_words(change.after, when=self.when, length=short)

    def _nudge(self, nudge: ForeseenNudge) -> str:
        people, place = place_words(nudge, self.simulation.names)
        what = shown(nudge_words(nudge, length=short), NAMES_MAX_CHARS)
        return f"• {self.when(nudge.at)} · {what} → {shown(people, NAMES_MAX_CHARS)} ({shown(place, NAMES_MAX_CHARS)})"


def _promises(count: int) -> str:
    return "1 promise" if count == 1 else f"{count} promises"
