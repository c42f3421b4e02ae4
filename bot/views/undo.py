"""The *Undo* button of an answer, and what is said once something was undone."""

from collections.abc import Sequence
from dataclasses import replace

from bot import text
from bot.action_ids import ActionId
from bot.refusal_sentences import explain
from bot.views.fact_sentences import pause_label
from bot.views.parts import Block, actions, button, section
from bot.views.rendered import Rendered
from sla_engine.domain.incidents.incident import Incident, IncidentState
from sla_engine.services.incidents.undo import UndoneAct
from sla_engine.text.undo_words import UNDOABLE_ACTS

KEYS_SHOWN = 12


def undo_button(request: str) -> Block:
    """The button that undoes what this request (`ask.request`) did."""
    return button("Undo", ActionId.UNDO, value=request)


def with_undo(answer: Rendered, request: str) -> Rendered:
    """The answer with an *Undo* button in a row of its own beneath."""
    blocks = answer.blocks or [section(answer.text.split("\n"))]
    return replace(answer, blocks=[*blocks, actions([undo_button(request)], block_id=f"undo:{request}"[:255])])


def undone(act: UndoneAct, *, asked_by: str) -> Rendered:
    """Say what was undone and how things stand now, and on which incidents somebody acted since."""
    opened = [incident for incident in act.incidents if incident.state is IncidentState.TAKEN_BACK]
    others = [incident for incident in act.incidents if incident not in opened]
    whose = "" if act.by == asked_by else f", done by {text.mention(act.by)},"
    lines = []
    if others:
        lines.append(f"{_capital(UNDOABLE_ACTS[act.action])} of {_keys(others)}{whose} is undone.{_standing(others)}")
    if opened:
        lines.append(f"{_keys(opened)} counts as never opened{whose or ','} and in no figure.")
    if not act.incidents:
        lines.append(f"{_capital(UNDOABLE_ACTS[act.action])}{whose} is undone.")
    lines += [explain(refusal) for refusal in act.kept[:KEYS_SHOWN]]
    return Rendered("\n".join(lines))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _keys(incidents: Sequence[Incident]) -> str:
    named = [f"*{text.escape(incident.key)}*" for incident in incidents[:KEYS_SHOWN]]
    more = len(incidents) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _standing(incidents: Sequence[Incident]) -> str:
    """How the incident stands now, where it is a single one."""
    if len(incidents) != 1:
        return ""
    incident = incidents[0]
    if not incident.is_open:
        return f" It is {incident.state.value}."
    owner = f"{text.mention(incident.assignee)} has it" if incident.assignee else "nobody has it"
    reasons = " and ".join(pause_label(reason.value) for reason in incident.paused_for)
    return f" It is open, {owner}, {f'paused ({reasons})' if reasons else 'its clocks run'}."
