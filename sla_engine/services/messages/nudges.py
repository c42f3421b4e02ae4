"""Nudges: posting one or editing the live one, keeping it true when somebody acts, and taking away what it replaces."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sla_engine.domain.escalation.escalation_step import EscalationStep
from sla_engine.domain.escalation.nudges import Occasion, called, changed_for_the_worse
from sla_engine.domain.escalation.placement import is_new_message
from sla_engine.domain.incidents.history import Entry
from sla_engine.notifications.notices import LineMessage
from sla_engine.notifications.nudges import NudgeState
from sla_engine.services.messages.nudge_content import as_it_stands
from sla_engine.services.messages.nudge_drafts import draft, edited_into, in_place_of
from sla_engine.services.messages.nudge_messages import as_shown, deletion
from sla_engine.services.messages.nudge_status import in_its_state, with_updates
from sla_engine.services.messages.storm_places import joined_storm
from sla_engine.services.unit_of_work.incident_work import IncidentWork, live_message
from sla_engine.storage import nudge_recipients, nudges, outbox
from sla_engine.storage.nudge_recipients import NudgeCall
from sla_engine.storage.nudges import NudgeRecord
from sla_engine.storage.outbox import NewMessage


def post(work: IncidentWork, occasion: Occasion, *, real_now: datetime, lines: Sequence[NewMessage] = ()) -> None:
    """Post a nudge where its rung says, after these lines, or edit the live one where nobody need be notified.

    The other live nudge is edited where it no longer says how the incident stands.
    """
    addressees = called(occasion, work.incident, work.history, msp=work.msp, now=work.now)
    is_direct = addressees.owner_alone is not None
    before = work.prompts.nudge_at(direct=is_direct)
    others = _edits(nudge for nudge in _outdated(work) if nudge.direct is not is_direct)
    shown = draft(work, occasion, addressees)
    if before is not None and not is_new_message(occasion, addressees, live=live_message(before)):
        edited = replace(before, shown=edited_into(before.shown, shown), edits=before.edits + 1)
        _write(work, [edited, *others], lines=lines, real_now=real_now)
        return
    destination = addressees.channel(work.msp)
    storm = joined_storm(work, occasion, destination)
    new = NudgeRecord(
        incident_id=work.incident.id,
        message=f"nudge:{occasion.key}",
        live=True,
        shown=shown if before is None else in_place_of(before.shown, shown),
        destination=destination if storm is None else None,
        belongs_to=destination,
    )
    replaced = [] if before is None else _replaced(work, before)
    successor = new.message if storm is None else storm.message
    gone = [message for nudge in replaced for message in deletion(nudge, successor=successor, real_now=real_now)]
    _write(work, [*replaced[-1:], new, *others], lines=lines, and_then=gone, real_now=real_now)
    if storm is None:  # a storm calls its people in a message of its own
        nudge_recipients.keep(work.session, _call(work, occasion, new), addressees.people)


def _call(work: IncidentWork, occasion: Occasion, nudge: NudgeRecord) -> NudgeCall:
    """The nudge as it calls people: by which rung of which clock, where a rung caused it."""
    steps = [(reading, step) for reading, step in occasion.steps if reading is occasion.reading]
    metric, rung = next(((reading.metric.value, _rung(step)) for reading, step in steps), ("", ""))
    return NudgeCall(
        message=nudge.message,
        incident_id=work.incident.id,
        called_at=work.now,
        priority=work.incident.priority,
        metric=metric,
        rung=rung,
    )


def _rung(step: EscalationStep) -> str:
    return f"repeated {step.rung.label}" if step.repeat else step.rung.label


def show_progress(work: IncidentWork, entries: Sequence[Entry], *, real_now: datetime) -> None:
    """Edit the live nudges once for all that was just done; a reopening and a rise to P1 are posted."""
    if not entries or work.incident.replayed:
        return
    refresh(work, real_now=real_now, entries=entries)
    occasion = changed_for_the_worse(work.incident, work.history, entries)
    if occasion is not None:
        post(work, occasion, real_now=real_now)


def refresh(work: IncidentWork, *, real_now: datetime, entries: Sequence[Entry] = ()) -> None:
    """Edit the live nudges where they no longer say how their incident stands, or what happened last."""
    edits = _edits(_outdated(work, entries))
    if edits:
        _write(work, edits, real_now=real_now)


def _outdated(work: IncidentWork, entries: Sequence[Entry] = ()) -> Iterator[NudgeRecord]:
    """The live nudges that do not say how their incident stands, each with what is true now."""
    for nudge in work.prompts.nudges:
        shown = as_it_stands(in_its_state(with_updates(nudge.shown, entries), work), work)
        if replace(shown, elapsed=nudge.shown.elapsed) != nudge.shown:
            yield replace(nudge, shown=shown)


def _edits(nudges: Iterable[NudgeRecord]) -> list[NudgeRecord]:
    return [replace(nudge, edits=nudge.edits + 1) for nudge in nudges]


def _replaced(work: IncidentWork, before: NudgeRecord) -> list[NudgeRecord]:
    """The nudges to take away once another one is there: lines left of earlier ones, and last the one that was live."""
    left = nudges.left_behind(work.session, before.incident_id) if before.shown.replaced else ()
    superseded = replace(before, shown=replace(before.shown, state=NudgeState.SUPERSEDED), live=False)
    return [*(nudge for nudge in left if nudge.direct is before.direct), superseded]


def _write(
    work: IncidentWork,
    changed: Sequence[NudgeRecord],
    *,
    real_now: datetime,
    lines: Sequence[NewMessage] = (),
    and_then: Sequence[NewMessage] = (),
) -> None:
    """Store nudges, and enqueue the messages that show those that are live, between others."""
    work.prompts.save_nudges(changed)
    shown = [message for nudge in changed if nudge.live for message in as_shown(nudge, real_now=real_now)]
    outbox.enqueue(work.session, *lines, *shown, *and_then)


def send_line(
    work: IncidentWork, destination: str, text_key: str, facts: dict[str, str | None], *, key: str, at: datetime
) -> None:
    """Send one line about the incident to a person or a channel."""
    outbox.enqueue(work.session, new_line(work, destination, text_key, facts, key=key, at=at))


def new_line(
    work: IncidentWork, destination: str, text_key: str, facts: dict[str, str | None], *, key: str, at: datetime
) -> NewMessage:
    """One line about the incident to a person or a channel, to be sent."""
    shown = LineMessage(incident_key=work.key, text_key=text_key, facts={"title": work.incident.title, **facts})
    return NewMessage(key=key, destination=destination, notification=shown, incident_id=work.incident.id, at=at)
