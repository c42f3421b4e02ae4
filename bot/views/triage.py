"""The triage list and its message: tickets and alerts that wait for somebody to say whose they are."""

from collections.abc import Sequence

from bot.action_ids import ActionId
from bot.text import escape, mention, moment, more_than, shown, unformatted
from bot.views.clock_sentences import what_is_due
from bot.views.form_parts import Form
from bot.views.forms import OPTIONS_MAX, whose_form
from bot.views.parts import (
    Block,
    actions,
    button,
    checkbox,
    context,
    header,
    menu,
    menu_value,
    option,
    section,
    sections,
)
from bot.views.reader import Reader
from bot.views.rendered import Rendered
from bot.views.undo import undo_button, with_undo
from sla_engine.notifications.triage import TriageLine, TriageMessage
from sla_engine.services.intake.triage_list import NamedForGood, PlacedTicket, TriageOverview
from sla_engine.services.queries.board import IncidentSummary

WORDS_MAX_CHARS = 100
LABEL_MAX_CHARS = 75
LISTED_MOST = 12
WITH_BUTTONS = 10
"""Of the list, those with buttons: with an answer above it a message holds no more."""
NAMES_MOST = 10
KEYS_MOST = 12
ALWAYS_ROW, PLACE_ROW, NAMES_ROW = "always", "triage", "triage-names"
LIST_ROWS = (PLACE_ROW, NAMES_ROW)
"""The first words of the block ids of the buttons of the list."""


def triage_message(message: TriageMessage) -> Rendered:
    """Everything that waits for triage in one message, with the acts for each item."""
    if not message.lines:
        where = f" What waits stands in <{message.newer}|the newest message>." if message.newer else ""
        gone = "Nothing waits for triage any more." if message.gone else f"Called again for triage.{where}"
        return Rendered(gone, [section([gone])])
    listed = message.lines[:LISTED_MOST]
    count = len(message.lines) + message.more
    waits = "One ticket waits" if count == 1 else f"{count} tickets wait"
    called = f"{mention(message.mention)}: " if message.mention else ""
    headline = f"{called}*{waits} for somebody to say whose.* No clock runs."
    lines = [headline, *map(_sentence, listed)]
    blocks = [section([headline])]
    for line in listed:
        blocks += _item(line, message.customers)
    if count > len(listed):
        lines.append(f"and {count - len(listed)} more: `/sla triage`")
        blocks.append(context(lines[-1]))
    return Rendered("\n".join(lines), blocks)


def triage_list(overview: TriageOverview) -> Rendered:
    """The triage list, oldest first; its buttons for those who may place something."""
    blocks: list[Block] = [header("Waiting for triage")]
    lines = ["*Waiting for triage*"]
    for line in overview.waiting[:WITH_BUTTONS]:
        sentence = f"*{line.number}* · {_sentence(line)}"
        lines.append(sentence)
        blocks += _item(line, overview.customers, number=True) if overview.may_place else [section([sentence])]
    rest = [f"*{line.number}* · {_sentence(line)}" for line in overview.waiting[WITH_BUTTONS:]]
    blocks += sections(rest, most=2, hint="they move up as these are placed")
    if not overview.waiting:
        rest = ["Nothing waits for triage."]
        blocks = [section(rest)]
        lines = []
    names = _names(overview.names)
    below = [*_new_customers(overview), *names, *_hint(overview)]
    blocks += [section([line]) for line in [*_new_customers(overview), *_hint(overview)]]
    blocks += [*sections(names, most=2), *_forget_buttons(overview)]
    blocks += map(context, more_than(OPTIONS_MAX, len(overview.names), "they move up as these are stopped"))
    return Rendered("\n".join([*lines, *rest, *below]), blocks)


def placed(ticket: PlacedTicket, incident: IncidentSummary, reader: Reader, *, request: str) -> Rendered:
    """Say which incident was opened for whom, what is due next, and what follows from *Always*."""
    customer = shown(incident.customer, WORDS_MAX_CHARS)
    counted = f"its clocks count from {reader.when(incident.opened_at)}"
    due = "; ".join(clause for clause in (what_is_due(incident, reader), counted) if clause)
    words = [f"Opened *{escape(incident.key)}* ({escape(incident.priority)}) for {customer}: {due}."]
    if ticket.name:
        name = shown(ticket.name, WORDS_MAX_CHARS)
        words.append(f"“{name}” counts as {customer} from now on; `/sla triage` ends that.")
    if ticket.others:
        keys = ", ".join(f"*{key}*" for key in ticket.others[:KEYS_MOST])
        more = len(ticket.others) - KEYS_MOST
        also = f" and {more} more" if more > 0 else ""
        words.append(f"The others of that name that waited were opened too: {keys}{also}.")
    text = " ".join(words)
    show = button("Show", ActionId.SHOW, value=incident.key)
    return Rendered(text, [section(words), actions([undo_button(request), show], block_id="answer:placed")])


def put_aside(line: TriageLine, *, request: str) -> Rendered:
    """Confirm that an item was put aside."""
    title = shown(line.title, WORDS_MAX_CHARS)
    return with_undo(Rendered(f"“{title}” (number {line.number}) is put aside; nothing was opened."), request)


def new_customer(line: TriageLine, *, request: str) -> Rendered:
    """Say what a new customer needs before a clock can run."""
    name = shown(line.customer, WORDS_MAX_CHARS) or "This customer"
    lines = [
        f"*{name}* needs an agreement before a clock can run: an admin writes the file and applies it with "
        "`sla-bot agreements apply`.",
        f"Until then it stays in `/sla triage` as number {line.number}, and nobody is called for it again. Once the "
        "agreement is there, the dispatcher is asked whose it is.",
    ]
    return with_undo(Rendered("\n".join(lines), [section(lines)]), request)


def name_forgotten(name: str, *, request: str) -> Rendered:
    """Confirm that a name means nobody any more."""
    sentence = f"“{shown(name, WORDS_MAX_CHARS)}” means nobody any more; what comes under it waits for triage."
    return with_undo(Rendered(sentence), request)


def place_form(line: TriageLine, customers: Sequence[str]) -> Form:
    """The form to choose a customer in, where there are more than a menu holds."""
    return whose_form(
        _sentence(line),
        customers,
        always=_always_label(line.customer),
        initial=line.suggestion,
        metadata=str(line.number),
    )


def _sentence(line: TriageLine) -> str:
    name = f"“{shown(line.customer, WORDS_MAX_CHARS)}”" if line.customer else "Somebody without a name"
    priority = f" ({line.priority})" if line.priority else ""
    what = f"“{shown(line.title, WORDS_MAX_CHARS)}”, came {moment(line.came_at)}{priority}"
    source = shown(line.source, WORDS_MAX_CHARS)
    if line.about is not None:
        given = f"*{line.about}*: {source} gave its ticket to {name}, who is nobody we have an agreement with."
        return f"{given} It goes on as it was."
    if line.reason:
        return f"{name}: {what}, from {source}. It needs a look: {shown(line.reason, WORDS_MAX_CHARS)}."
    return f"*{name}* is nobody we have an agreement with: {what}, from {source}."


def _item(line: TriageLine, customers: Sequence[str], *, number: bool = False) -> list[Block]:
    """One item: what came, its buttons, and whether its name always means what is chosen."""
    sentence = f"*{line.number}* · {_sentence(line)}" if number else _sentence(line)
    always = checkbox(ActionId.TRIAGE_ALWAYS, _always_label(line.customer), value=str(line.number))
    rows = [
        section([sentence]),
        actions([*_choices(line, customers), *_other_acts(line)], block_id=f"{PLACE_ROW}:{line.number}"),
    ]
    return [*rows, actions([always], block_id=f"{ALWAYS_ROW}:{line.number}")] if line.customer else rows


def _choices(line: TriageLine, customers: Sequence[str]) -> list[Block]:
    suggested = []
    if line.suggestion:
        label = unformatted(line.suggestion, LABEL_MAX_CHARS)
        value = f"{line.number} {menu_value(line.suggestion)}"
        suggested = [button(label, ActionId.TRIAGE_SUGGESTED, value=value, style="primary")]
    if customers:
        return [*suggested, menu("Whose is it?", ActionId.TRIAGE_PLACE, [option(name, name) for name in customers])]
    return [*suggested, button("Whose is it…", ActionId.TRIAGE_CHOOSE, value=str(line.number))]


def _other_acts(line: TriageLine) -> list[Block]:
    return [
        button("It is new", ActionId.TRIAGE_NEW, value=str(line.number)),
        button("Aside", ActionId.TRIAGE_ASIDE, value=str(line.number)),
    ]


def _always_label(name: str) -> str:
    return f"Always treat “{unformatted(name, WORDS_MAX_CHARS // 4)}” as this"


def _new_customers(overview: TriageOverview) -> list[str]:
    if not overview.new:
        return []
    named = [f"*{line.number}* · “{shown(line.customer, WORDS_MAX_CHARS)}”" for line in overview.new[:NAMES_MOST]]
    more = len(overview.new) - len(named)
    return [f"*New customers, waiting for an agreement:* {', '.join(named)}{f' and {more} more' if more else ''}"]


def _names(names: Sequence[NamedForGood]) -> list[str]:
    return [
        f"“{shown(name.name, WORDS_MAX_CHARS)}” counts as {shown(name.customer, WORDS_MAX_CHARS)} "
        f"since {moment(name.at)}, said {mention(name.by)}"
        for name in names[:OPTIONS_MAX]
    ]


def _forget_buttons(overview: TriageOverview) -> list[Block]:
    """The button that ends the only name's meaning, or a menu of the names: two buttons of one act share no row."""
    if not (overview.may_place and overview.names):
        return []
    only, *others = [name.name for name in overview.names[:OPTIONS_MAX]]
    label = f"Stop “{unformatted(only, WORDS_MAX_CHARS // 4)}”"
    stop = button(label, ActionId.TRIAGE_FORGET, value=menu_value(only))
    if others:
        stop = menu("Stop one of these", ActionId.TRIAGE_FORGET, [option(name, name) for name in (only, *others)])
    return [actions([stop], block_id=NAMES_ROW)]


def _hint(overview: TriageOverview) -> list[str]:
    if not overview.waiting:
        return []
    number = overview.waiting[0].number
    return [f"Typed: `/sla triage {number} Acme Dental`, `/sla triage {number} new` or `/sla triage {number} aside`."]
