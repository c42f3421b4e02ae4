"""The *Undo* button of an answer, and what is said once something was undone."""

from collections.abc import Sequence
from dataclasses import replace

from bot import text
from bot.action_ids import ActionId
from bot.refusal_sentences import explain
from bot.views.clock_sentences import what_is_due
from bot.views.fact_sentences import pause_label
from bot.views.parts import BLOCK_ID_MAX_CHARS, Block, actions, button, section
from bot.views.reader import Reader
from bot.views.rendered import Rendered
from sla_engine.domain.incidents.incident import Incident, IncidentState
from sla_engine.services.incidents.undo import UndoneAct
from sla_engine.services.queries.board import IncidentSummary
from sla_engine.text.undo_words import UNDOABLE_ACTS

KEYS_SHOWN = 12


def undo_button(request: str) -> Block:
    """The button that undoes what this request (`ask.request`) did."""
    return button("Undo", ActionId.UNDO, value=request)


def change_button(request: str) -> Block:
    """The button that opens the form of what this request (`ask.request`) recorded, filled in with it."""
    return button("Change…", ActionId.CHANGE, value=request)


def with_undo(answer: Rendered, request: str) -> Rendered:
    """The answer with an *Undo* button in a row of its own beneath."""
    blocks = answer.blocks or [section(answer.text.split("\n"))]
    row = text.cut(f"answer:undo:{request}", BLOCK_ID_MAX_CHARS)
    return replace(answer, blocks=[*blocks, actions([undo_button(request)], block_id=row)])


def undone(act: UndoneAct, *, asked_by: str, standing: IncidentSummary | None = None, reader: Reader) -> Rendered:
    """Say what was undone, how a single incident (`standing`) stands now, and where somebody acted since."""
    opened = [incident for incident in act.incidents if incident.state is IncidentState.TAKEN_BACK]
    others = [incident for incident in act.incidents if incident not in opened]
    whose = "" if act.by == asked_by else f" ({text.mention(act.by)} did it)"
    what = UNDOABLE_ACTS[act.action]
    lines = []
    if others or not act.incidents:
        keys = f"{_keys(others)}: " if others else ""
        done = "counts again as first recorded" if act.is_change else "is undone"
        lines.append(f"{keys}{what if keys else _capital(what)} {done}{whose}{_standing(standing, reader)}.")
    if opened:
        count = "counts" if len(opened) == 1 else "count"
        lines.append(f"{_keys(opened)} {count} as never opened, in no figure{whose}.")
    lines += [explain(refusal) for refusal in act.kept[:KEYS_SHOWN]]
    lines += text.more_than(KEYS_SHOWN, len(act.kept), "somebody acted on these since, too")
    return Rendered("\n".join(lines))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _keys(incidents: Sequence[Incident]) -> str:
    named = [f"*{text.escape(incident.key)}*" for incident in incidents[:KEYS_SHOWN]]
    more = len(incidents) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _standing(incident: IncidentSummary | None, reader: Reader) -> str:
    """Who has the incident, what it waits for, and what is due; empty for none, or one that is closed."""
    if incident is None or not incident.is_open:
        return ""
    owner = f"{text.mention(incident.assignee)} has it" if incident.assignee else "nobody has it"
    reasons = " and ".join(pause_label(reason.value) for reason in incident.paused_for)
    parts = [owner, f"paused ({reasons})" if reasons else "", what_is_due(incident, reader)]
    return "; " + "; ".join(part for part in parts if part)
