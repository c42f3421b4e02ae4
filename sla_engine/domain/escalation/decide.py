"""Decides for one incident at an instant: facts to record, one message to post, and when each timer is due next.

Nothing here reads or writes: the sweep gathers a `Situation`, decides, and applies what was decided; a forecast decides
again and again on the situation that the decision before it left. So a forecast and the sweep share one decision.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sla_engine.domain.agreements.ladders import Recipient
from sla_engine.domain.agreements.msp import Role
from sla_engine.domain.escalation.decision import Decision, settled
from sla_engine.domain.escalation.ladder_steps import also_due, ladder_nudge, most_pressing, recipients_of, steps_due
from sla_engine.domain.escalation.nudges import NudgeCause, Occasion
from sla_engine.domain.escalation.situation import Situation
from sla_engine.domain.incidents.events import CustomerReplied, PromiseLapsed, PromiseQuestioned
from sla_engine.domain.incidents.new_fact import NewFact
from sla_engine.domain.incidents.pauses import held_pauses
from sla_engine.domain.incidents.promises import promise_in_force, promise_timer
from sla_engine.domain.upkeep.duties import Duty

PAUSE_REMINDER = timedelta(hours=24)
"""How often somebody is reminded of a pause that has outlived its `until`."""

WATCHED = frozenset({Duty.CLOCK, Duty.PROMISE, Duty.PAUSE})
"""The duties examined together for one incident, so that they are announced in one message."""


def decide(situation: Situation, *, now: datetime, duties: Collection[Duty] = WATCHED) -> Decision:
    """Decide what must be recorded and posted about an incident at `now`; `duties` says whose
    timers are due; clocks are examined in any case.

    One message at a time: about a promise that passed, else about a pause, else about the clocks. A target that is
    missed in the instant in which a promise passes is announced as a miss, and asks in the same message.
    """
    decision = settled(situation, now=now)
    if not decision.situation.incident.is_open:
        return decision
    if Duty.PAUSE in duties:
        decision = _with_pause_timer(decision, None)
    if Duty.PROMISE in duties:
        passed = _passed_promise(decision)
        if passed is not None:
            decision, nudge = _of_promise(decision, passed, last_seq=situation.history[-1].seq)
            if nudge is not None:
                decision = decision.posting(nudge)
                return _with_pause_due(decision) if Duty.PAUSE in duties else decision
    if Duty.PAUSE in duties:
        nudge = _of_reply(decision) or _of_outlived_pause(decision)
        if nudge is not None:
            return _with_pause_announced(decision.posting(nudge))
    nudge = ladder_nudge(decision.situation, decision.readings, now=now)
    return decision if nudge is None else decision.posting(nudge)


# ------------------------------------------------------------------ a promise that passed


def _passed_promise(decision: Decision) -> PromiseQuestioned | PromiseLapsed | None:
    """The fact about a promise whose timer is due: it is questioned first, and lapses a grace later."""
    incident = decision.situation.incident
    due = promise_timer(incident.promise, incident.promise_asked_at)
    if incident.promise is None or due is None or due > decision.now:
        return None
    if incident.promise_asked_at is None:
        return PromiseQuestioned(promised=incident.promise)
    return PromiseLapsed(promised=incident.promise)


def _of_promise(
    decision: Decision, passed: PromiseQuestioned | PromiseLapsed, *, last_seq: int
) -> tuple[Decision, Occasion | None]:
    """Record a promise that passed, with the message about it; none where a target was missed in the same instant.

    `last_seq` is the number of the last fact before it, which makes the message's key unique.
    """
    promise = promise_in_force(decision.situation.history)
    holder = () if promise is None else (promise.by,)
    is_question = isinstance(passed, PromiseQuestioned)
    decision = decision.recording([NewFact(event=passed, at=decision.now, by="")])
    if is_question:
        decision = replace(decision, asked=tuple(person for person in holder if _is_asked_apart(decision, person)))
    due = steps_due(decision.situation, decision.readings, now=decision.now)
    steps = tuple((reading, step) for reading, step in due if not step.repeat)
    if any(reading.breached for reading, _ in steps):
        return decision, None
    pressing = most_pressing(decision.readings)
    cause = NudgeCause.PROMISE_QUESTIONED if is_question else NudgeCause.PROMISE_LAPSED
    return decision, Occasion(
        cause=cause,
        tell=tuple(dict.fromkeys((Recipient.DISPATCHER, *recipients_of(steps)))),
        key=f"{decision.situation.incident.key}:{cause}:{last_seq}",
        reading=pressing,
        also=also_due(decision.readings, steps, pressing),
        mention_too=() if is_question else holder,
        steps=steps,
    )


def _is_asked_apart(decision: Decision, person: str) -> bool:
    """Whether a person is asked in a direct message too: only dispatchers are sure to read their channel."""
    msp = decision.situation.msp
    return msp.present(person, decision.now) is not None and not msp.role_of(person).may_act_as(Role.DISPATCHER)


# ------------------------------------------------------------------ a pause that should not go on unseen


def _of_reply(decision: Decision) -> Occasion | None:
    """The message about a customer who replied in a pause that goes on."""
    reply = decision.situation.unannounced_reply()
    if reply is None:
        return None
    text = reply.event.text if isinstance(reply.event, CustomerReplied) else ""
    key = reply_key(decision.situation.incident.key, reply.seq)
    return replace(_of_pause(decision, NudgeCause.CUSTOMER_ANSWERED, key, text), reply=reply.seq)


def reply_key(incident_key: str, number: int) -> str:
    """The unique key of the message about a customer's reply in a pause, so that it is announced once."""
    return f"{incident_key}:answered:{number}"


def _of_outlived_pause(decision: Decision) -> Occasion | None:
    """The message about a pause that goes on after its expected end."""
    incident = decision.situation.incident
    until = incident.pause_until
    if until is None or until > decision.now or not incident.paused_for:
        return None
    held = held_pauses(decision.situation.history, decision.situation.terms.reply_ends_pause)
    reason = next(pause.reason for pause in held.values() if pause.until == until)
    key = f"{incident.key}:pause:{until.isoformat()}:{decision.now.isoformat()}"
    return _of_pause(decision, NudgeCause.PAUSE_OUTLIVED, key, reason.value)


def _of_pause(decision: Decision, cause: NudgeCause, key: str, text: str) -> Occasion:
    owner = decision.situation.incident.assignee
    return Occasion(
        cause=cause,
        tell=(Recipient.DISPATCHER,),
        key=key,
        reading=most_pressing(decision.readings),
        mention_too=(owner,) if owner else (),
        text=text,
    )


def _with_pause_announced(decision: Decision) -> Decision:
    """The decision once a pause was announced: a reply is announced once, an outlived pause again a day later."""
    situation = decision.situation
    reply = situation.unannounced_reply()
    if reply is not None:
        situation = replace(situation, announced_reply=reply.seq)
    until = situation.incident.pause_until
    again = decision.now + PAUSE_REMINDER if until is not None and until <= decision.now else None
    return replace(decision, situation=replace(situation, pause_timer=again))


def _with_pause_due(decision: Decision) -> Decision:
    """The decision with the pause due at once: one message is posted at a time, and another one came first."""
    return _with_pause_timer(decision, decision.now)


def _with_pause_timer(decision: Decision, at: datetime | None) -> Decision:
    return replace(decision, situation=replace(decision.situation, pause_timer=at))
