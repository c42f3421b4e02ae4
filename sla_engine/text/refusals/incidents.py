"""Sentences for refused acts on an incident."""

from sla_engine.domain.incidents.errors import (
    AlreadyAcknowledged,
    AlreadyAssigned,
    AlreadyDone,
    AlreadyFollowed,
    AlreadyMerged,
    AlreadyMoved,
    AlreadyPaused,
    AlreadyResolved,
    AlreadyWaived,
    BeforeOpening,
    MergedIntoItself,
    NoneOpen,
    NothingMissed,
    NothingToAcknowledge,
    NotPaused,
    NotResolved,
    OtherCustomer,
    SamePriority,
    TicketDeleted,
    UnknownEventKind,
    UnknownIncident,
    UnreadableSupposition,
    WhichIncident,
)
from sla_engine.domain.incidents.reasons import PAUSE_REASONS
from sla_engine.text.refusals.medium import USAGE_MAX_CHARS, Medium
from sla_engine.text.refusals.sentence import sentence

_ONCE = {
    "respond": "The first reply on {key} was recorded",
    "plan": "The plan for {key} was given",
    "action item": "{key} was done",
}


@sentence.register
def _(refusal: UnknownEventKind, medium: Medium) -> str:
    return (
        f"The history holds a fact called {medium.word(refusal.kind)}, "
        "which this version does not know; update sla-bot."
    )


@sentence.register
def _(refusal: UnknownIncident, medium: Medium) -> str:
    return f"There is no incident {medium.word(refusal.key)}.{medium.near(refusal.near)}"


@sentence.register
def _(refusal: AlreadyResolved, medium: Medium) -> str:
    return f"{refusal.key} was resolved {medium.at(refusal.at)}; reopen it first if it is not fixed."


@sentence.register
def _(refusal: NotResolved, _medium: Medium) -> str:
    return f"{refusal.key} is open already; only a resolved incident can be reopened."


@sentence.register
def _(refusal: AlreadyPaused, medium: Medium) -> str:
    labels = {name.value: row.label for name, row in PAUSE_REASONS.items()}
    label = labels.get(refusal.reason) or medium.short(refusal.reason)
    return f"{refusal.key} has been paused since {medium.at(refusal.since)} for this very reason ({label})."


@sentence.register
def _(refusal: NotPaused, _medium: Medium) -> str:
    return f"{refusal.key} is not paused, so there is nothing to resume."


@sentence.register
def _(refusal: AlreadyDone, medium: Medium) -> str:
    done = _ONCE.get(refusal.what, "That was done for {key}").format(key=refusal.key)
    remedy = "; record what you told the customer since as an update" if refusal.what == "respond" else ""
    return f"{done} by {medium.person(refusal.by)} {medium.at(refusal.at)}{remedy}."


@sentence.register
def _(refusal: SamePriority, _medium: Medium) -> str:
    return f"{refusal.key} has priority {refusal.priority} already."


@sentence.register
def _(refusal: AlreadyAssigned, medium: Medium) -> str:
    return f"{medium.person(refusal.to)} has {refusal.key} already."


@sentence.register
def _(refusal: AlreadyAcknowledged, medium: Medium) -> str:
    return f"{medium.person(refusal.by)} has had {refusal.key} since {medium.at(refusal.at)}."


@sentence.register
def _(refusal: NothingToAcknowledge, _medium: Medium) -> str:
    return f"No nudge is waiting on {refusal.key}, so there is nothing to acknowledge or snooze."


@sentence.register
def _(refusal: BeforeOpening, medium: Medium) -> str:
    opened = medium.at(refusal.opened_at)
    return f"Nothing can have happened to {refusal.key} at {medium.at(refusal.at)}: it opened {opened}."


@sentence.register
def _(refusal: AlreadyMerged, _medium: Medium) -> str:
    return f"{refusal.key} is merged into {refusal.into}; what is done is done there."


@sentence.register
def _(refusal: AlreadyMoved, medium: Medium) -> str:
    return (
        f"{refusal.key} turned out to be {medium.short(refusal.customer)}’s; "
        f"what is done is done on {medium.short(refusal.goes_on_as)}."
    )


@sentence.register
def _(refusal: TicketDeleted, medium: Medium) -> str:
    return (
        f"{refusal.key} is over: its ticket was deleted {medium.at(refusal.at)}. Open a new incident if there is one."
    )


@sentence.register
def _(refusal: MergedIntoItself, _medium: Medium) -> str:
    return f"{refusal.key} cannot be merged into itself; name the incident it is the same as."


@sentence.register
def _(refusal: OtherCustomer, medium: Medium) -> str:
    one, other = medium.short(refusal.customer), medium.short(refusal.other)
    return f"{refusal.key} is {one}’s and {refusal.into} is {other}’s; only incidents of one customer can be merged."


@sentence.register
def _(refusal: AlreadyFollowed, medium: Medium) -> str:
    return f"{refusal.key} came back before, as {medium.short(refusal.by)}; go on with that one."


@sentence.register
def _(refusal: NothingMissed, medium: Medium) -> str:
    metric = medium.short(refusal.metric).lower()
    return f"{refusal.key} has no missed {metric}, so there is nothing to waive."


@sentence.register
def _(refusal: AlreadyWaived, medium: Medium) -> str:
    metric = medium.short(refusal.metric).lower()
    return f"The missed {metric} of {refusal.key} was waived by {medium.person(refusal.by)} {medium.at(refusal.at)}."


@sentence.register
def _(refusal: UnreadableSupposition, medium: Medium) -> str:
    forms = " · ".join(medium.form(form) for form in refusal.forms)
    if not refusal.word:
        return f"Say what to suppose, like {forms}."
    return f"I cannot suppose {medium.word(refusal.word)}.{medium.near(refusal.near)} Write it like {forms}."


@sentence.register
def _(refusal: WhichIncident, medium: Medium) -> str:
    usage = medium.command(medium.text(refusal.usage, USAGE_MAX_CHARS))
    return f"Which incident? {refusal.count or 'No'} incidents could be meant: write {usage}."


@sentence.register
def _(_refusal: NoneOpen, _medium: Medium) -> str:
    return "No incident of these is open any more. Nothing was changed."
