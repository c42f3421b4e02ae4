"""Facts as sentences: one row for every kind of fact that is stored. Card, nudge and threads share them."""

from collections.abc import Callable, Mapping

from bot.text import mention, moment, shown
from bot.views import corrections
from bot.views.corrections import ChangedFields, metric_label
from bot.views.parts import quoted
from sla_engine.domain.incidents.events import (
    Acknowledged,
    Assigned,
    Breached,
    CustomerReplied,
    CustomerUpdated,
    Event,
    HandedBack,
    HelpAsked,
    NoteReturned,
    Paused,
    PlanGiven,
    PrioritySet,
    PromiseLapsed,
    PromiseQuestioned,
    Reopened,
    Resolved,
    Responded,
    Retitled,
    RungReached,
    Snoozed,
    SopDecided,
)
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.reasons import PAUSE_REASONS
from sla_engine.domain.incidents.stored_names import stored_name
from sla_engine.services.messages.reader_fields import fields_of

HOW_MAX_CHARS = 40
WORD_MAX_CHARS = 60

Sentence = Callable[[str, str], str]
"""From who (already a mention) and what was said (as recorded) to a sentence without a full stop."""


def happened(what: str, *, by: str, text: str = "", fields: ChangedFields | None = None) -> str:
    """One fact in words: who did what. `what` is the stored name of the fact, `text` its words, `fields` what else
    its sentence names.

    Raises: KeyError for a name that nothing is stored under.
    """
    who = mention(by) if by else "sla-bot"
    full = _FULL_SENTENCES.get(what)
    return _SENTENCES[what](who, text) if full is None else full(who, fields or {})


def told(entry: Entry) -> str:
    """One line of an incident's history in words, with the times it names."""
    event = entry.event
    sentence = happened(stored_name(event), by=entry.by, text=_words(event), fields=fields_of(event))
    return sentence + _how(event) + _times(event)


def pause_label(reason: str) -> str:
    """A pause reason as a person reads it."""
    return next((row.label for name, row in PAUSE_REASONS.items() if name == reason), shown(reason, WORD_MAX_CHARS))


def _said(act: str) -> Sentence:
    """Somebody did this, and these are their words."""
    return lambda who, text: ": ".join(part for part in (f"{who} {act}", quoted(text)) if part)


def _assigned(who: str, text: str) -> str:
    given = mention(text)
    return f"{who} took it" if given == who else f"{who} gave it to {given}"


def _paused(who: str, text: str) -> str:
    return f"{who} paused it: {pause_label(text)}"


def _opened(who: str, fields: ChangedFields) -> str:
    kin = ((fields.get("follows"), "it follows"), (fields.get("moved_from"), "until then it was"))
    told = "".join(f"; {how} {shown(key, corrections.NAME_MAX_CHARS)}" for key, how in kin if key)
    word = fields.get("priority_word")
    guess = f"; nobody knew what priority “{shown(word, corrections.NAME_MAX_CHARS)}” means" if word else ""
    return f"{who} opened it{told}{guess}"


_FULL_SENTENCES: Mapping[str, Callable[[str, ChangedFields], str]] = {
    "opened": _opened,
    "followed": corrections.followed,
    "waived": corrections.waived,
    "merged": corrections.merged,
    "moved": corrections.moved,
    "absorbed": corrections.absorbed,
    "reprocessed": corrections.reprocessed,
    "corrected": corrections.corrected,
}
"""Facts of which one text does not say it all."""

_SENTENCES: Mapping[str, Sentence] = {
    "priority_set": lambda who, text: f"{who} set the priority to {shown(text, WORD_MAX_CHARS)}",
    "assigned": _assigned,
    "handed_back": _said("handed it back"),
    "unassigned": lambda who, _: f"{who} took it from its owner",
    "retitled": _said("renamed it"),
    "deleted": lambda who, _: f"{who} deleted its ticket",
    "responded": _said("answered the customer"),
    "customer_updated": _said("updated the customer"),
    "customer_replied": lambda _, text: ": ".join(part for part in ("The customer replied", quoted(text)) if part),
    "plan_given": _said("gave the customer a plan"),
    "paused": _paused,
    "resumed": _said("resumed it"),
    "resolved": _said("resolved it"),
    "reopened": _said("reopened it"),
    "help_asked": _said("asked for help"),
    "rung_reached": lambda _, text: f"{metric_label(text)} was announced",
    "breached": lambda _, text: f"{metric_label(text)} was breached",
    "acknowledged": lambda who, _: f"{who} acknowledged the nudge",
    "promise_questioned": lambda *_: "Asked whether the promise still holds: no update came",
    "promise_lapsed": lambda *_: "The promised update did not come",
    "snoozed": lambda who, _: f"{who} snoozed the nudge",
    "note_written": lambda who, _: f"{who} wrote the SLA note",
    "note_accepted": lambda who, _: f"{who} accepted the SLA note",
    "note_returned": _said("returned the SLA note"),
    "sop_decided": _said("decided about an SOP"),
}


def _words(event: Event) -> str:  # noqa: PLR0911 - one row for each kind of words
    match event:
        case Assigned():
            return event.to
        case PrioritySet():
            return event.priority.value
        case Paused():
            return event.reason.value
        case HandedBack():
            return event.reason
        case Retitled():
            return event.title
        case RungReached() | Breached():
            return event.metric
        case SopDecided():
            return event.text or event.decision
        case (
            Responded() | CustomerUpdated() | CustomerReplied() | PlanGiven() | Resolved() | Reopened() | HelpAsked()
            | NoteReturned()
        ):  # fmt: skip
            return event.text
        case _:
            return ""


def _how(event: Event) -> str:
    return f" ({shown(event.how, HOW_MAX_CHARS)})" if isinstance(event, CustomerUpdated) and event.how else ""


def _times(event: Event) -> str:
    match event:
        case Paused(until=until) if until is not None:
            return f", until {moment(until)}"
        case CustomerUpdated(next_at=next_at) if next_at is not None:
            return f", next by {moment(next_at)}"
        case Acknowledged(promise=promise) if promise is not None:
            return f", next update by {moment(promise)}"
        case Snoozed(until=until):
            return f" until {moment(until)}"
        case PromiseLapsed(promised=promised) | PromiseQuestioned(promised=promised):
            return f" by {moment(promised)}"
        case _:
            return ""
