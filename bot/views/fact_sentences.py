"""Facts as sentences: one row for every kind of fact that is stored. Card, nudge and threads share them."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from bot.text import escape, mention, moment, shown
from bot.views import corrections
from bot.views.corrections import ChangedFields, metric_label
from bot.views.parts import quoted
from sla_engine.domain.incidents.events import (
    Acknowledged,
    CustomerUpdated,
    Event,
    Paused,
    PromiseLapsed,
    PromiseQuestioned,
    Remarked,
    Snoozed,
    Undone,
)
from sla_engine.domain.incidents.history import Entry, undone_facts
from sla_engine.domain.incidents.reasons import PAUSE_REASONS
from sla_engine.domain.incidents.stored_names import stored_name
from sla_engine.domain.text.addresses import web_address
from sla_engine.services.messages.fact_fields import fact_fields, fact_text
from sla_engine.text.undo_words import undone_act

HOW_MAX_CHARS = 40
WORD_MAX_CHARS = 60

Sentence = Callable[[str, str], str]
"""Takes who (already a mention) and the recorded words; returns a sentence without a full stop."""


def fact_sentence(what: str, *, by: str, text: str = "", fields: ChangedFields | None = None) -> str:
    """Put one fact in words: who did what. `what` is the stored name of the fact, `text` its words, `fields` the names
    and instants its sentence needs.

    Raises: KeyError for a name that nothing is stored under.
    """
    who = mention(by) if by else "sla-bot"
    full = _FULL_SENTENCES.get(what)
    return _SENTENCES[what](who, text) if full is None else full(who, fields or {})


def history_lines(history: Sequence[Entry]) -> list[str]:
    """What happened, a line each with its time; the same by the same person in a row is one line with its count.

    The line of what was undone says so, by whom and when.
    """
    undone = undone_facts(history)
    facts = [entry for entry in history if not isinstance(entry.event, Undone)]
    lines = []
    for _, run in groupby(facts, key=lambda entry: (type(entry.event), entry.by, entry.seq in undone and entry.seq)):
        first, *again = run
        last, undoing = (again or [first])[-1], undone.get(first.seq)
        times = f", {1 + len(again)} times since {moment(first.at)}" if again else ""
        lines.append(f"{moment(last.at)} · {history_line(last)}{times}{_taken_back(last, undoing)}")
    return lines


def _taken_back(entry: Entry, undoing: Entry | None) -> str:
    """By whom and when a fact was undone, or recorded anew with other words or times; empty for one that counts."""
    if undoing is None:
        return ""
    is_changed = bool(entry.by) and isinstance(undoing.event, Undone) and undoing.event.is_change
    return f" · {'changed' if is_changed else 'undone'} by {mention(undoing.by)} {moment(undoing.at)}"


def history_line(entry: Entry) -> str:
    """One line of an incident's history in words, with the times it names."""
    event = entry.event
    sentence = fact_sentence(stored_name(event), by=entry.by, text=fact_text(event), fields=fact_fields(event))
    return sentence + _how(event) + _times(event) + _link(event)


def pause_label(reason: str) -> str:
    """A pause reason as a person reads it."""
    return next((row.label for name, row in PAUSE_REASONS.items() if name == reason), shown(reason, WORD_MAX_CHARS))


def _with_words(act: str) -> Sentence:
    """A sentence for an act and the words given with it."""
    return lambda who, text: _joined(f"{who} {act}", text)


def _joined(act: str, text: str) -> str:
    return f"{act}: {quoted(text)}" if quoted(text) else act


def _assigned(who: str, text: str) -> str:
    given = mention(text)
    return f"{who} took it" if given == who else f"{who} gave it to {given}"


def _paused(who: str, text: str) -> str:
    return f"{who} paused it: {pause_label(text)}"


def _opened(who: str, fields: ChangedFields) -> str:
    kin = ((fields.get("follows"), "it follows"), (fields.get("moved_from"), "until then it was"))
    origin = "".join(f"; {how} {shown(key, corrections.NAME_MAX_CHARS)}" for key, how in kin if key)
    word = fields.get("priority_word")
    guess = f"; nobody knew what priority “{shown(word, corrections.NAME_MAX_CHARS)}” means" if word else ""
    return f"{who} opened it{origin}{guess}"


def _sop_used(who: str, fields: ChangedFields) -> str:
    helped = "it helped" if fields.get("helped") == str(True) else "it did not help"
    return f"{who} used {shown(fields.get('sop') or '', WORD_MAX_CHARS)}: {helped}"


_FULL_SENTENCES: Mapping[str, Callable[[str, ChangedFields], str]] = {
    "opened": _opened,
    "followed": corrections.followed,
    "waived": corrections.waived,
    "merged": corrections.merged,
    "moved": corrections.moved,
    "absorbed": corrections.absorbed,
    "reprocessed": corrections.reprocessed,
    "corrected": corrections.corrected,
    "sop_linked": lambda who, fields: f"{who} linked {shown(fields.get('sop') or '', WORD_MAX_CHARS)} with it",
    "sop_used": _sop_used,
}
"""Facts whose sentence needs more than one text."""

_SENTENCES: Mapping[str, Sentence] = {
    "priority_set": lambda who, text: f"{who} set the priority to {shown(text, WORD_MAX_CHARS)}",
    "assigned": _assigned,
    "handed_back": _with_words("handed it back"),
    "unassigned": lambda who, _: f"{who} took it from its owner",
    "retitled": _with_words("renamed it"),
    "deleted": lambda who, _: f"{who} deleted its ticket",
    "responded": _with_words("answered the customer"),
    "customer_updated": _with_words("updated the customer"),
    "customer_replied": lambda _, text: _joined("The customer replied", text),
    "plan_given": _with_words("gave the customer a plan"),
    "paused": _paused,
    "resumed": _with_words("resumed it"),
    "resolved": _with_words("resolved it"),
    "reopened": _with_words("reopened it"),
    "help_asked": _with_words("asked for help"),
    "complained": lambda who, _: f"The customer complained to {who} on the phone",
    "remarked": _with_words("remarked"),
    "rung_reached": lambda _, text: f"{metric_label(text)} was announced",
    "breached": lambda _, text: f"{metric_label(text)} was breached",
    "acknowledged": lambda who, _: f"{who} said “I’m on it”",
    "promise_questioned": lambda *_: "Asked whether the promise still holds: no update came",
    "promise_lapsed": lambda *_: "The promised update did not come",
    "snoozed": lambda who, _: f"{who} snoozed the nudge",
    "note_written": lambda who, _: f"{who} wrote the SLA note",
    "reason_given": lambda who, _: f"{who} gave the reason of a miss",
    "note_accepted": lambda who, _: f"{who} accepted the SLA note",
    "note_asked_of": lambda who, text: f"{who} asked {mention(text)} for the SLA note",
    "note_reminded": lambda who, text: f"{who} reminded {mention(text)} of the SLA note",
    "note_returned": _with_words("returned the SLA note"),
    "undone": lambda who, text: f"{who} undid {undone_act(text)}",
    "sop_decided": _with_words("decided about an SOP"),
    "linked_to_problem": lambda who, text: f"{who} linked it to problem {shown(text, WORD_MAX_CHARS)}",
    "action_item_done": _with_words("did what the SLA note promised"),
}


def _how(event: Event) -> str:
    return f" ({shown(event.how, HOW_MAX_CHARS)})" if isinstance(event, CustomerUpdated) and event.how else ""


def _link(event: Event) -> str:
    """The link of a remark to where it was written."""
    address = web_address(event.link) if isinstance(event, Remarked) else None
    return "" if address is None else f" · <{escape(address)}|message>"


def _times(event: Event) -> str:
    match event:
        case Paused(until=until) if until is not None:
            return f", until {moment(until)}"
        case CustomerUpdated(next_at=next_at) if next_at is not None:
            return f", next by {moment(next_at)}"
        case Acknowledged(promise=promise) if promise is not None:
            return f"; the customer hears from us by {moment(promise)}"
        case Snoozed(until=until):
            return f" until {moment(until)}"
        case PromiseLapsed(promised=promised) | PromiseQuestioned(promised=promised):
            return f" by {moment(promised)}"
        case _:
            return ""
