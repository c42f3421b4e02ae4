"""The forms behind a storm: customers told, incidents given out, all paused, duplicates merged.

Choices carry keys of incidents, so that nothing depends on how a customer is written. What the form is about travels
in its metadata: the storm or the problem, and the SLA time at which it was opened.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from bot.action_ids import ActionId, ViewId
from bot.text import more_than, unformatted
from bot.views.act_menu import Act
from bot.views.form_parts import ANSWER, Form, initial_option, modal, text_input
from bot.views.forms import MOMENT_HINT, OPTIONS_MAX
from bot.views.parts import Block, context, option, plain, section
from sla_engine.domain.incidents.reasons import PAUSE_REASONS
from sla_engine.domain.problems.problem import Problem
from sla_engine.domain.text.names import folded
from sla_engine.notifications.storms import StormLine
from sla_engine.services.queries.give_out import Proposal

NAME_MAX_CHARS = 45
TITLE_MAX_CHARS = 40
PROPOSALS_MOST = 45
NEW_PROBLEM = "new"
"""Chosen in place of a known problem."""
MERGE_FIRST = "a menu holds no more. Merge these, then open the form for the others."
PERSON_MAX_CHARS = 25
CANDIDATES_MAX = 600  # in all menus of a form, of which Slack takes 250 kB
GROUP_LABEL_MAX_CHARS = 75  # Slack: label of a group of options


def customers_told_form(selection: str, lines: Sequence[StormLine], *, now: datetime) -> Form:
    """The form for one text to the customers of a storm or a problem, all of them ticked; `selection` names it."""
    groups = list(_by_customer(lines))
    options = [
        option(f"{unformatted(group[0].customer, NAME_MAX_CHARS)} · {len(group)} open", group[0].incident_key)
        for group in groups[:OPTIONS_MAX]
    ]
    rest = more_than(OPTIONS_MAX, len(groups), "a menu holds no more. Record these, then open the form for the others.")
    return modal(
        "Customers told",
        ViewId.BULK_UPDATE,
        submit="Record",
        metadata=_metadata(selection, now),
        blocks=[
            text_input("text", "What were they told?"),
            _many("customers", "Whom?", options, initial=options),
            context(
                "It is recorded on every open incident of theirs among these, and is the first reply where none was."
            ),
            *map(context, rest),
        ],
    )


def give_out_form(proposals: Sequence[Proposal], *, more: int, now: datetime) -> Form:
    """The form that gives incidents to people: a menu for each, with somebody proposed; empty leaves it as it is.

    `now` is the SLA time at which it is opened.
    """
    blocks = [section(["Each menu proposes whoever has the least open. Clear it to leave an incident as it is."])]
    listed = proposals[:PROPOSALS_MOST]
    people = min(CANDIDATES_MAX // max(len(listed), 1), OPTIONS_MAX)
    blocks += [_proposal(proposal, people) for proposal in listed]
    more += sum(len(proposal.keys) for proposal in proposals[PROPOSALS_MOST:])
    if more:
        blocks.append(context(f"{more} more: give these out first, then open this form again."))
    return modal("Give out", ViewId.STORM_GIVE_OUT, submit="Give out", metadata=now.isoformat(), blocks=blocks)


def give_out_act(person: str) -> Act:
    """The act that gives out everything a person has open."""
    return Act("Give out…", ActionId.GIVE_OUT_OPEN, person)


def pause_all_form(selection: str, count: int, *, now: datetime) -> Form:
    """The form that pauses all incidents of a storm or a problem: the reason and the end, once for all."""
    reasons = [option(row.label.capitalize(), reason.value) for reason, row in PAUSE_REASONS.items()]
    why: Block = {"type": "static_select", "action_id": ANSWER, "placeholder": plain("Choose", 150), "options": reasons}
    return modal(
        "Pause all",
        ViewId.BULK_PAUSE,
        submit=f"Pause {count}",
        metadata=_metadata(selection, now),
        blocks=[
            {"type": "input", "block_id": "reason", "label": plain("Why?", 2000), "element": why, "optional": False},
            text_input("until", "Until when?", hint=MOMENT_HINT, multiline=False),
            text_input("text", "Anything to add?", optional=True),
        ],
    )


def resolve_all_form(selection: str, count: int, *, now: datetime) -> Form:
    """The form that resolves all open incidents of a storm or a problem. Block id: text."""
    return modal(
        "Resolve all",
        ViewId.BULK_RESOLVE,
        submit=f"Resolve {count}",
        metadata=_metadata(selection, now),
        blocks=[
            text_input("text", "What fixed it?", optional=True),
            context("Every clock of these stops; each customer hears it from whoever has their incident."),
        ],
    )


def problem_form(storm_id: int, lines: Sequence[StormLine], problems: Sequence[Problem]) -> Form:
    """The form that puts a storm under one problem: a new one, called as most of its incidents are, or a known one.

    Block ids: problem, title.
    """
    titles = Counter(line.title for line in lines).most_common(1)
    known = [
        option(f"{problem.key} {unformatted(problem.title, TITLE_MAX_CHARS)}", problem.key)
        for problem in problems[: OPTIONS_MAX - 1]
    ]
    rest = more_than(len(known), len(problems), "`/sla problem link` takes any")
    options = [option("A new one", NEW_PROBLEM), *known]
    element: Block = {"type": "static_select", "action_id": ANSWER, "options": options}
    element |= initial_option(options, NEW_PROBLEM)
    about = {"type": "input", "block_id": "problem", "label": plain("Which problem?", 2000), "element": element}
    return modal(
        "One problem",
        ViewId.STORM_PROBLEM,
        submit=f"Link {len(lines)}",
        metadata=str(storm_id),
        blocks=[
            about | {"optional": False},
            text_input(
                "title",
                "What keeps coming back?",
                initial=titles[0][0] if titles else "",
                hint="The title of a new one.",
                optional=True,
                multiline=False,
            ),
            *map(context, rest),
        ],
    )


def merge_form(lines: Sequence[StormLine]) -> Form:
    """The form that merges duplicates within each customer; incidents of one customer with one title are ticked."""
    several = {group[0].customer: group for group in _by_customer(lines) if len(group) > 1}
    groups = _first_incidents(several, OPTIONS_MAX)
    rest = more_than(sum(map(len, groups.values())), sum(map(len, several.values())), MERGE_FIRST)
    titles = {customer: [(line, _incident(line)) for line in group] for customer, group in groups.items()}
    ticked = [made for group in titles.values() for line, made in group if _has_twin(line, group)]
    element: Block = {
        "type": "multi_static_select",
        "action_id": ANSWER,
        "placeholder": plain("Choose", 150),
        "option_groups": [
            {"label": plain(unformatted(customer, GROUP_LABEL_MAX_CHARS), 75), "options": [made for _, made in group]}
            for customer, group in titles.items()
        ],
    }
    if ticked:
        element["initial_options"] = ticked
    return modal(
        "Merge duplicates",
        ViewId.STORM_MERGE,
        submit="Merge",
        metadata="",
        blocks=[
            {
                "type": "input",
                "block_id": "incidents",
                "label": plain("Which are the same?", 2000),
                "element": element,
                "hint": plain("Those of one customer become its earliest one; customers are never mixed.", 2000),
                "optional": False,
            },
            *map(context, rest),
        ],
    )


def _first_incidents(groups: Mapping[str, list[StormLine]], most: int) -> dict[str, list[StormLine]]:
    """The groups with `most` incidents in all: as many as a menu may have chosen beforehand."""
    kept: dict[str, list[StormLine]] = {}
    for customer, group in groups.items():
        room = most - sum(map(len, kept.values()))
        if room > 1:
            kept[customer] = group[:room]
    return kept


def _by_customer(lines: Iterable[StormLine]) -> Iterator[list[StormLine]]:
    """The lines of each customer, in the order of the worst one of each."""
    groups: dict[str, list[StormLine]] = {}
    for line in lines:
        groups.setdefault(line.customer, []).append(line)
    yield from groups.values()


def _has_twin(line: StormLine, group: Sequence[tuple[StormLine, Block]]) -> bool:
    return sum(folded(other.title) == folded(line.title) for other, _ in group) > 1


def _incident(line: StormLine) -> Block:
    return option(f"{line.incident_key} {unformatted(line.title, TITLE_MAX_CHARS)}", line.incident_key)


def _proposal(proposal: Proposal, people: int) -> Block:
    options = [option(_candidate(name, count), person) for person, name, count in proposal.candidates[:people]]
    element: Block = {
        "type": "static_select",
        "action_id": ANSWER,
        "placeholder": plain("Nobody yet", 150),
        "options": options,
    }
    chosen = next((made for made in options if made["value"] == proposal.person), None)
    if chosen is not None:
        element["initial_option"] = chosen
    return {
        "type": "input",
        "block_id": ",".join(proposal.keys),
        "label": plain(_about(proposal), 2000),
        "element": element,
        "optional": True,
    }


def _about(proposal: Proposal) -> str:
    named = f"{proposal.priority} {unformatted(proposal.customer, NAME_MAX_CHARS)}"
    if len(proposal.keys) > 1:
        return f"{named}: {len(proposal.keys)} incidents, {proposal.keys[0]} and after"
    return f"{named}: {unformatted(proposal.title, TITLE_MAX_CHARS)} ({proposal.keys[0]})"


def _candidate(name: str, count: int) -> str:
    return f"{unformatted(name, PERSON_MAX_CHARS)} · {f'{count} open' if count else 'nothing open'}"


def _many(name: str, label: str, options: Sequence[Block], *, initial: Sequence[Block]) -> Block:
    element: Block = {
        "type": "multi_static_select",
        "action_id": ANSWER,
        "placeholder": plain("Choose", 150),
        "options": list(options),
        "initial_options": list(initial),
    }
    return {"type": "input", "block_id": name, "label": plain(label, 2000), "element": element, "optional": False}


def _metadata(selection: str, now: datetime) -> str:
    return f"{selection} {now.isoformat()}"
