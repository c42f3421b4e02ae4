"""How soon people act on nudges, said privately: one's own figures, and the team's."""

from bot.action_ids import ActionId
from bot.text import shown
from bot.views.parts import Block, actions, button, context, header, section, sections
from bot.views.reader import Reader
from bot.views.rendered import Rendered
from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.reporting.escalation_times import FEWEST_BY_NAME, SeldomActedOn
from sla_engine.services.queries.escalation_figures import PersonalFigures, TeamFigures
from sla_engine.text.escalation_words import times_in_words

NAME_MAX_CHARS = 60
RUNG_MAX_CHARS = 60
PROMISED_MOST = 10
SPAN = "Last 28 days"
HOW = "Acted on: anything done on the incident by anybody who was told, before the next nudge was due."


def own_figures(figures: PersonalFigures, *, reader: Reader) -> Rendered:
    """Somebody's own figures, what is open with them and what they promised."""
    lines = [f"{SPAN}: {times_in_words(figures.times)}", _now(figures, reader)]
    buttons = [button("My incidents", ActionId.RUN_LINE, value="status mine")]
    if figures.sees_team:
        buttons.append(button("The team", ActionId.TEAM_FIGURES, value="team"))
    blocks: list[Block] = [section(lines), context(HOW), actions(buttons, block_id="line:figures")]
    return Rendered("\n".join([*lines, HOW]), blocks)


def team_figures(figures: TeamFigures) -> Rendered:
    """Everybody's figures by name, and the rungs that hardly anybody acts on."""
    title = f"The team · {SPAN.lower()}"
    lines = [f"*Everybody:* {times_in_words(figures.together)}"]
    lines += [f"*{shown(member.name, NAME_MAX_CHARS)}:* {times_in_words(member.times)}" for member in figures.members]
    below = []
    if figures.others:
        whose = "1 colleague is" if figures.others == 1 else f"{figures.others} colleagues are"
        below.append(f"{whose} in the first line only, nudged fewer than {FEWEST_BY_NAME} times.")
    seldom = [_seldom(rung) for rung in figures.seldom]
    blocks: list[Block] = [header(title), *sections(lines), *sections(below), *sections(seldom), context(HOW)]
    return Rendered("\n".join([title, *lines, *below, *seldom, HOW]), blocks)


def _now(figures: PersonalFigures, reader: Reader) -> str:
    load = f"Now: {figures.open_count} open with you"
    promised = [f"{one.key} by {reader.when(one.promise)}" for one in figures.promised if one.promise is not None]
    more = len(promised) - PROMISED_MOST
    also = f" and {more} more, see `/sla status mine`" if more > 0 else ""
    named = f"{', '.join(promised[:PROMISED_MOST])}{also}"
    return f"{load}; you promised {named}." if promised else f"{load}, nothing promised."


def _seldom(rung: SeldomActedOn) -> str:
    metric = next((METRICS[name].label.lower() for name in METRICS if name == rung.metric), "")
    who = "Nobody acts" if not rung.acted_on else "Hardly anybody acts"
    of = f" of {metric}" if metric else ""
    which = shown(rung.rung, RUNG_MAX_CHARS)
    return f"{who} on the {which} nudge{of} for {rung.priority} ({rung.acted_on} of {rung.nudges}). Drop it?"
