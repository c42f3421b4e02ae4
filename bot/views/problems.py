"""Problems: the card with what can be done, the list, and the message that one came back."""

from collections.abc import Sequence

from bot.action_ids import ActionId
from bot.text import day, escape, mention, moment, more_than, shown, unformatted
from bot.views.act_menu import Act, act_button, act_menu
from bot.views.confirmations import above
from bot.views.parts import (
    HEADER_MAX_CHARS,
    Block,
    actions,
    button,
    header,
    named_incident,
    section,
    sections,
    title_line,
)
from bot.views.rendered import Rendered
from bot.views.undo import with_undo
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.problems.problem import Problem, ProblemState
from sla_engine.notifications.problems import ProblemRecurredMessage
from sla_engine.services.problems.problems import Linked, ProblemDetail

PROBLEM_ROWS = ("problem",)
"""The first word of the block id of a problem's buttons."""
BUTTONS_MAX = 3
INCIDENTS_MAX = 10
CUSTOMERS_MAX = 4
NAME_MAX_CHARS = 60
WORDS_MAX_CHARS = 600
WITH_BUTTONS = 5
NO_PROBLEM = "No problem is open. `/sla problem open` opens one for what keeps coming back."
NEXT_PROBLEMS = "they move up as these are closed"


def problem_card(detail: ProblemDetail) -> Rendered:
    """Everything about one problem: how far it has come, how to live with it, its incidents, and what can be done."""
    problem = detail.problem
    lines = [*_standing(problem), *_known(problem), _count(detail)]
    listed = [_incident(incident) for incident in _open_first(detail.incidents)[:INCIDENTS_MAX]]
    listed += more_than(INCIDENTS_MAX, len(detail.incidents), "newest first")
    blocks = [header(f"{problem.key} · {unformatted(problem.title, HEADER_MAX_CHARS)}"), section(lines)]
    blocks += sections(listed) if listed else []
    blocks.append(_acts(detail))
    text = "\n".join([f"{problem.key} · {title_line(problem.title)}", *lines, *listed])
    return Rendered(text=text, blocks=blocks)


def problem_list(details: Sequence[ProblemDetail]) -> Rendered:
    """The problems that are not fixed yet or are watched, as a private answer."""
    if not details:
        return Rendered(NO_PROBLEM)
    blocks: list[Block] = []
    for detail in details[:WITH_BUTTONS]:
        shows = button("Show", ActionId.PROBLEM_SHOW, value=detail.problem.key)
        blocks += [section(_list_lines(detail)), actions([shows], block_id=f"problem:{detail.problem.key}")]
    rest = [f"• {' · '.join(_list_lines(detail))}" for detail in details[WITH_BUTTONS:]]
    blocks += sections(rest, hint=NEXT_PROBLEMS)
    lines = [line for detail in details for line in _list_lines(detail)]
    return Rendered(text="\n".join(lines), blocks=blocks)


def problem_opened(detail: ProblemDetail) -> Rendered:
    """Say that a problem was opened, and for how many incidents."""
    count = len(detail.incidents)
    about = f" It is behind {count} incident{'' if count == 1 else 's'}." if count else ""
    return Rendered(f"*{escape(detail.problem.key)}* is open.{about}")


def problem_linked(linked: Linked) -> Rendered:
    """Say which incidents were linked, and whether the problem is open again because of them."""
    keys = ", ".join(f"*{escape(key)}*" for key in linked.new[:INCIDENTS_MAX])
    more = len(linked.new) - INCIDENTS_MAX
    named = keys + (f" and {more} more" if more > 0 else "")
    key = escape(linked.detail.problem.key)
    verb = "belongs" if len(linked.new) == 1 else "belong"
    again = " It came after the fix, so the problem is open again." if linked.is_open_again else ""
    return Rendered(f"{named} {verb} to *{key}* now.{again}")


def problem_fixed(detail: ProblemDetail) -> Rendered:
    """Say until when a fixed problem is watched."""
    return Rendered(f"*{escape(detail.problem.key)}* is fixed. {_watch(detail.problem)}")


def problem_answer(sentence: Rendered, detail: ProblemDetail, *, request: str) -> Rendered:
    """What was done, with *Undo*, above the problem as it is now."""
    return above(with_undo(sentence, request), problem_card(detail))


def problem_recurred(message: ProblemRecurredMessage) -> Rendered:
    """Tell the owner that a problem came back after its fix."""
    who = f"{mention(message.owner)}, " if message.owner else ""
    which = f"{message.priority} {title_line(message.customer)}"
    link = named_incident(message.incident_key, message.link)
    looks = "belongs to it" if message.is_linked else "looks like the others"
    lines = [
        f":leftwards_arrow_with_hook: {who}*{message.key} is open again*: {title_line(message.title)}",
        f"{which}: {title_line(message.incident_title)} · {link} {looks}.",
        f"It was fixed {moment(message.fixed_at)}.",
    ]
    shows = button(f"Show {message.key}", ActionId.PROBLEM_SHOW, value=message.key)
    is_same = button("Same problem", ActionId.PROBLEM_LINK, value=f"{message.key} {message.incident_key}")
    incident = button(f"Show {message.incident_key}", ActionId.SHOW, value=message.incident_key)
    row = [shows, incident] if message.is_linked else [is_same, shows, incident]
    text = "\n".join(
        [
            f"{message.key} is open again: {title_line(message.title)}",
            f"{which}: {title_line(message.incident_title)} ({message.incident_key}) {looks}.",
        ]
    )
    return Rendered(text=text, blocks=[section(lines), actions(row, block_id=f"recurred:{message.key}")])


def _standing(problem: Problem) -> list[str]:
    """How far it has come, and whose it is."""
    owner = f"{mention(problem.owner)} looks into it" if problem.owner else "nobody looks into it yet"
    opened = f"opened by {mention(problem.opened_by)} {moment(problem.opened_at)}"
    lines = [f"*{problem.state.label.capitalize()}* · {owner} · {opened}"]
    if problem.state is ProblemState.WATCHING:
        lines.append(f"Fixed. {_watch(problem)}")
    elif problem.state is ProblemState.CLOSED and problem.closed_at is not None:
        lines.append(f"Closed {moment(problem.closed_at)}: it did not come back")
    elif problem.recurrences:
        lines.append(f"Came back with *{shown(problem.recurrences[-1], NAME_MAX_CHARS)}* after it was fixed")
    return lines


def _known(problem: Problem) -> list[str]:
    """How to live with it, and how it is to be fixed."""
    lines = []
    if problem.workaround:
        lines.append(f"*Workaround:* {shown(problem.workaround, WORDS_MAX_CHARS)}")
    if problem.planned_fix and problem.fix_by is not None and problem.is_unfixed:
        lines.append(f"*Fix:* {shown(problem.planned_fix, WORDS_MAX_CHARS)}, by {day(problem.fix_by)}")
    return lines


def _watch(problem: Problem) -> str:
    last = problem.watched_to
    return "" if last is None else f"Watching until {day(last)}. If it does not come back it closes by itself."


def _count(detail: ProblemDetail) -> str:
    """How many incidents it has, how many of them are open, and whose they are."""
    total, still = len(detail.incidents), len(detail.open_keys)
    if not total:
        return "No incident is linked to it yet"
    names = [shown(customer, NAME_MAX_CHARS) for customer in detail.customers[:CUSTOMERS_MAX]]
    more = len(detail.customers) - CUSTOMERS_MAX
    whose = ", ".join(names) + (f" and {more} more" if more > 0 else "")
    return f"{total} incident{'' if total == 1 else 's'}, {still} open · {whose}"


def _incident(incident: Incident) -> str:
    state = "open" if incident.is_open else incident.state.value.replace("_", " ")
    about = f"{shown(incident.customer, NAME_MAX_CHARS)}: {title_line(incident.title)}"
    return f"• {named_incident(incident.key, incident.link)} · {incident.priority.value} · {about} · {state}"


def _open_first(incidents: Sequence[Incident]) -> list[Incident]:
    return sorted(incidents, key=lambda incident: not incident.is_open)


def _list_lines(detail: ProblemDetail) -> list[str]:
    problem = detail.problem
    owner = mention(problem.owner) if problem.owner else "nobody looks into it"
    last = problem.watched_to
    until = f" until {day(last)}" if problem.state is ProblemState.WATCHING and last is not None else ""
    return [
        f"*{problem.key}* · {title_line(problem.title)}",
        f"{problem.state.label.capitalize()}{until} · {owner} · {_count(detail)}",
    ]


def _acts(detail: ProblemDetail) -> Block:
    """What moves the problem on first, then the acts on all its open incidents; the rest behind *More…*."""
    problem, key = detail.problem, detail.problem.key
    link = Act("Link incidents…", ActionId.PROBLEM_LINK_OPEN, key)
    acts = [link]
    if problem.is_unfixed:
        take = Act("I'll look into it", ActionId.PROBLEM_TAKE, key)
        work = [
            Act("Workaround…", ActionId.PROBLEM_WORKAROUND_OPEN, key),
            Act("Fixed", ActionId.PROBLEM_FIXED, key),
            link,
            Act("Fix planned…", ActionId.PROBLEM_PLAN_OPEN, key),
        ]
        acts = [*work, take] if problem.owner else [take, *work]
    acts += [Act(label, action, key) for label, action in _ON_ALL] if detail.open_keys else []
    return actions([*map(act_button, acts[:BUTTONS_MAX]), *act_menu(acts[BUTTONS_MAX:])], block_id=f"problem:{key}")


_ON_ALL = (
    ("Customers told…", ActionId.BULK_UPDATE_OPEN),
    ("Pause all…", ActionId.BULK_PAUSE_OPEN),
    ("Resume all", ActionId.BULK_RESUME),
    ("Resolve all…", ActionId.BULK_RESOLVE_OPEN),
)
"""The acts on all open incidents of a problem."""
