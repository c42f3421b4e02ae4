"""The service manager's message once a working day: late notes with their acts, and what waits or is overdue."""

from collections.abc import Sequence
from datetime import timedelta

from bot.action_ids import ActionId, ViewId
from bot.text import day, fallback_day, fallback_moment, mention, moment, more_than, shown, unformatted
from bot.views.act_menu import Act, act_menu
from bot.views.form_parts import Form, choices, modal, notice, select_from_groups, text_input
from bot.views.forms import OPTIONS_MAX
from bot.views.parts import Block, actions, button, context, option, section, title_line
from bot.views.rendered import Rendered
from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.domain.time.durations import short
from sla_engine.notifications.late_notes import LateMiss, LateNote, ManagerPromptMessage, OverdueItem
from sla_engine.services.incidents.waive_and_merge import WaivableMisses
from sla_engine.services.notes.note_requests import PossibleWriters, Writer

MISSES_SHOWN = 2
NAME_MAX_CHARS = 50
TITLE_MAX_CHARS = 90
WHOLE_TEAM = "a menu holds no more"
ALL_LATE = "they move up as these are written"


def manager_prompt(prompt: ManagerPromptMessage) -> Rendered:
    """What is late, with the acts on each late note, and what waits for the manager."""
    if prompt.replaced:
        return _one_line("There is a newer message about late notes and what waits for you.")
    headline, waiting = _headline(prompt), _waiting(prompt, plainly=False)
    if not headline and not waiting:
        return _one_line(":white_check_mark: No note is late any more, and nothing waits for you.")
    blocks: list[Block] = [section([headline])] if headline else []
    for note in prompt.late:
        blocks += [
            section([_late_line(note, plainly=False)]),
            actions(_acts(note), block_id=f"late:{note.incident_key}"),
        ]
    more = more_than(len(prompt.late), prompt.late_count, ALL_LATE)
    blocks += map(context, more)
    blocks += [section([waiting])] if waiting else []
    if prompt.notes_waiting or prompt.decisions_waiting:
        show = button("Show", ActionId.REVIEW_SHOW, value="review", style="primary")
        blocks.append(actions([show], block_id="late:waiting"))
    lines = [headline, *(_late_line(note, plainly=True) for note in prompt.late), *more, _waiting(prompt, plainly=True)]
    return Rendered(text="\n".join(line for line in lines if line), blocks=blocks)


def ask_form(possible: PossibleWriters) -> Form:
    """The form that asks somebody else for a note; those who did most with the incident come first."""
    about = f"*{possible.key}* · {title_line(possible.customer)}: {title_line(possible.title)}"
    present = [writer for writer in possible.writers if not writer.is_absent]
    if not present:
        return notice(f"{about}\nEverybody who could write its SLA note is away.")
    groups = {
        "Acted on it": [_option(writer) for writer in present if writer.acts][:OPTIONS_MAX],
        "Others": [_option(writer) for writer in present if not writer.acts][:OPTIONS_MAX],
    }
    shown_groups = {title: options for title, options in groups.items() if options}
    hidden = more_than(sum(map(len, groups.values())), len(present), WHOLE_TEAM)
    return modal(
        "Ask somebody else",
        ViewId.NOTE_ASK,
        submit="Ask",
        metadata=possible.key,
        blocks=[
            section([about]),
            select_from_groups("person", "Who can say why it was late?", shown_groups),
            *map(context, hidden),
        ],
    )


def waive_form(waivable: WaivableMisses) -> Form:
    """The form that takes a miss out of the figures, with the reason."""
    about = f"*{waivable.key}* · {title_line(waivable.customer)}: {title_line(waivable.title)}"
    options = [option(METRICS[metric].label, metric.value) for metric in waivable.metrics]
    only = waivable.metrics[0].value if len(waivable.metrics) == 1 else None
    return modal(
        "Waive a miss",
        ViewId.WAIVE,
        submit="Waive",
        metadata=waivable.key,
        blocks=[
            section([about]),
            choices("metric", "Which miss is not to count?", options, initial=only),
            text_input("reason", "Why?", hint="It stays in the history, with this reason and your name."),
        ],
    )


def reminded(key: str, writer: str) -> Rendered:
    """Confirm that a note was put before its writer again."""
    return Rendered(f"*{shown(key, NAME_MAX_CHARS)}*: {_to(writer)} has the request for its SLA note again.")


def asked(key: str, person: str) -> Rendered:
    """Confirm that somebody else was asked for a note."""
    return Rendered(f"*{shown(key, NAME_MAX_CHARS)}*: {mention(person)} is asked for its SLA note now.")


def _to(writer: str) -> str:
    return f"<#{writer}>" if writer.startswith("C") else mention(writer)


def _headline(prompt: ManagerPromptMessage) -> str:
    late = f"*{_count(prompt.late_count, 'note is late', 'notes are late')}.*" if prompt.late_count else ""
    more = "more " if prompt.late_count else ""
    due = prompt.due_today
    today = f"{due} {more}{'is' if due == 1 else 'are'} due today." if due else ""
    if due and not prompt.late_count:
        today = f"{_count(due, 'note is', 'notes are')} due today."
    return f"{late} {today}".strip()


def _count(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _late_line(note: LateNote, *, plainly: bool) -> str:
    at = fallback_moment if plainly else moment
    lateness = [_miss(miss, plainly=plainly) for miss in note.misses[:MISSES_SHOWN]]
    lateness += more_than(MISSES_SHOWN, len(note.misses)) if len(note.misses) > MISSES_SHOWN else []
    who = mention(note.writer) if note.writer else "nobody by name"
    asked_at = f"{who}, {'returned and asked again' if note.is_returned else 'asked'} {at(note.asked_at)}"
    if note.reminded_at is not None:
        asked_at += f", reminded {at(note.reminded_at)}"
    what = f"*{note.incident_key}* · {note.priority} {shown(note.customer, NAME_MAX_CHARS)}"
    return " · ".join([what, shown(note.title, TITLE_MAX_CHARS) or "(no title)", *lateness, asked_at])


def _miss(miss: LateMiss, *, plainly: bool) -> str:
    when = fallback_moment(miss.breached_at) if plainly else moment(miss.breached_at)
    label = miss.metric_label[:1].lower() + miss.metric_label[1:]
    if miss.over is None:
        return f"{label} late since {when}, still open"
    return f"{label} {short(max(miss.over, timedelta()))} late, was due {when}"


def _acts(note: LateNote) -> list[Block]:
    key = note.incident_key
    menu = act_menu([
        Act("Ask somebody else…", ActionId.NOTE_ASK_OPEN, key),
        Act("Waive…", ActionId.WAIVE_OPEN, key),
        Act("Show", ActionId.SHOW, key),
    ])  # fmt: skip
    return [
        button("Write it…", ActionId.NOTE_OPEN, value=key),
        button("Remind", ActionId.NOTE_REMIND, value=key),
        *menu,
    ]


def _waiting(prompt: ManagerPromptMessage, *, plainly: bool) -> str:
    counts = [
        _count(prompt.notes_waiting, "note", "notes") if prompt.notes_waiting else "",
        _count(prompt.decisions_waiting, "SOP decision", "SOP decisions") if prompt.decisions_waiting else "",
    ]
    waiting = ", ".join(count for count in counts if count)
    overdue = "; ".join(_overdue_items(prompt.overdue, prompt.overdue_count, plainly=plainly))
    parts = [f"*Waiting for you:* {waiting}" if waiting else "", f"*Overdue:* {overdue}" if overdue else ""]
    return " · ".join(part for part in parts if part)


def _overdue_items(items: Sequence[OverdueItem], count: int, *, plainly: bool) -> list[str]:
    on = fallback_day if plainly else day
    named = [
        f"{item.key} {shown(item.title, TITLE_MAX_CHARS)}, {mention(item.owner)}, since {on(item.due_on)}"
        for item in items
    ]
    return [*named, *more_than(len(items), count)]


def _option(writer: Writer) -> Block:
    did = "was not part of it"
    if writer.acts:
        did = "acted on it once" if writer.acts == 1 else f"acted on it {writer.acts} times"
    return option(f"{unformatted(writer.name, NAME_MAX_CHARS)} · {did}", writer.slack_id)


def _one_line(line: str) -> Rendered:
    return Rendered(text=line, blocks=[section([line])])
