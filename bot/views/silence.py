"""The message about somebody who does not react, and what became of it."""

from bot.action_ids import ActionId
from bot.text import mention, moment, shown
from bot.views.act_menu import act_button
from bot.views.parts import Block, actions, button, section
from bot.views.rendered import Rendered
from bot.views.storm_forms import give_out_act
from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.notifications.shifts import SilenceMessage, SilenceState

NAME_MAX_CHARS = 60


def silence_message(silent: SilenceMessage) -> Rendered:
    """Who has not reacted since when and what is theirs, with buttons; or how that ended, without."""
    lines = _lasting(silent) if silent.state is SilenceState.LASTING else [_ended(silent)]
    blocks: list[Block] = [section(lines)]
    if silent.state is SilenceState.LASTING:
        blocks.append(actions(_buttons(silent), block_id=f"silence:{silent.person}"))
    return Rendered("\n".join(lines), blocks)


def on_it(silent: SilenceMessage | None) -> Rendered:
    """Answer whoever said that a silent colleague is on it."""
    if silent is None:
        return Rendered("That is settled already; nothing was changed.")
    return Rendered(f"{_name(silent)} is on it; I ask again only after another hour of work without a sign.")


def _lasting(silent: SilenceMessage) -> list[str]:
    called = "".join(f"{mention(person)}: " for person in silent.mention)
    due = ""
    if silent.first_metric is not None and silent.first_due_at is not None:
        metric = METRICS[silent.first_metric]
        words = metric.was_due if silent.is_late else metric.due
        due = f" Next: {words[0].lower()}{words[1:]} {moment(silent.first_due_at)}."
    return [
        f"{called}*{_name(silent)} has not reacted since* {moment(silent.since)}.",
        f"{silent.open_count} open.{due}",
    ]


def _ended(silent: SilenceMessage) -> str:
    name, at = _name(silent), "" if silent.at is None else moment(silent.at)
    match silent.state:
        case SilenceState.ACTED:
            return f"{name} reacted: {at}."
        case SilenceState.AWAY:
            return f"{name} is away until {at}{f', {mention(silent.by)} says' if silent.by else ''}."
        case SilenceState.ON_IT:
            return f"{name} is on it, {mention(silent.by)} said {at}."
        case _:
            return f"Nothing of {name}’s is open any more."


def _buttons(silent: SilenceMessage) -> list[Block]:
    name = silent.name.split()[0] if silent.name.split() else silent.person
    return [
        button(f"{name} is away today", ActionId.SILENCE_AWAY, value=silent.person),
        act_button(give_out_act(silent.person)),
        button(f"{name} is on it", ActionId.SILENCE_ON_IT, value=silent.person),
    ]


def _name(silent: SilenceMessage) -> str:
    return shown(silent.name, NAME_MAX_CHARS)
