"""The question before a promise or a snooze that ends after something is due."""

from bot.action_ids import ActionId
from bot.pending_acts import PendingPromise, PromiseKind
from bot.text import escape
from bot.views.parts import Block, actions, button, context, section
from bot.views.reader import Reader
from bot.views.rendered import Rendered
from sla_engine.domain.agreements.metrics import METRICS
from sla_engine.services.queries.due_times import NextDue

_DOES = {
    PromiseKind.ACKNOWLEDGE: "Promise {until} anyway",
    PromiseKind.SNOOZE: "Silence until {until} anyway",
    PromiseKind.UPDATE: "Record it with {until} anyway",
}
_CONFIRMS = {
    PromiseKind.ACKNOWLEDGE: ActionId.PROMISE_CONFIRM,
    PromiseKind.SNOOZE: ActionId.SNOOZE_CONFIRM,
    PromiseKind.UPDATE: ActionId.UPDATE_CONFIRM,
}
_UNDERSTOOD = {
    PromiseKind.ACKNOWLEDGE: "You would promise the customer news by {until}",
    PromiseKind.SNOOZE: "Its repeats would be silent until {until}",
    PromiseKind.UPDATE: "You would promise the customer news by {until}",
}


def promise_question(pending: PendingPromise, due: NextDue | None, reader: Reader) -> Rendered:
    """Say what was understood and what is due before it, with the button that does it and one for another time."""
    until = reader.when(pending.until)
    understood = _UNDERSTOOD[pending.kind].format(until=until)
    reason = "that is more than a month ahead" if due is None else _due_before(due, reader)
    question = f":warning: *{escape(pending.key)}*: {understood}; {reason}."
    note = "Not done yet: nothing changes before you confirm."
    if pending.is_cut:
        note += " Your words are long: as many as a button holds are kept."
    buttons = [
        button(_DOES[pending.kind].format(until=until), _CONFIRMS[pending.kind], value=pending.value, style="danger"),
        _another_time(pending),
    ]
    blocks = [section([question]), actions(buttons, block_id=f"preview:{pending.key}"), context(note)]
    return Rendered(text=f"{question} {note}", blocks=blocks)


def _due_before(due: NextDue, reader: Reader) -> str:
    return f"{METRICS[due.metric].owed} is due {reader.when(due.at)}, before that"


def _another_time(pending: PendingPromise) -> Block:
    match pending.kind:
        case PromiseKind.ACKNOWLEDGE | PromiseKind.SNOOZE:
            return button("Another time…", ActionId.PROMISE_EDIT, value=pending.value)
        case PromiseKind.UPDATE:
            return button("Another time…", ActionId.UPDATE_EDIT, value=pending.value)
