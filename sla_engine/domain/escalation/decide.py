"""Decides for one incident at an instant: facts to record, one message to post, and when to look next.

Nothing here reads or writes: the sweep gathers a `Situation`, decides, and applies what was decided; a forecast decides
again and again on the situation that the decision before it left. So a forecast and the sweep share one decision.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sla_engine.domain.agreements.ladders import Recipient
from sla_engine.domain.agreements.msp import Role
from sla_engine.domain.escalation.decision import Decision, settled
from sla_engine.domain.escalation.ladder_steps import also_due, ladder_nudge, most_pressing, named_by, reached
from sla_engine.domain.escalation.nudges import NudgeCause, Occasion
from sla_engine.domain.escalation.situation import Situation
from sla_engine.domain.incidents.events import CustomerReplied, PromiseLapsed, PromiseQuestioned
from sla_engine.domain.incidents.new_fact import NewFact
from sla_engine.domain.incidents.pauses import held_pauses
from sla_engine.domain.incidents.promises import promise_in_force, promise_look
from sla_engine.domain.upkeep.duties import Duty

PAUSE_REMINDER = timedelta(hours=24)
"""How often a pause that has outlived its `until` is spoken of again."""

WATCHED = frozenset({Duty.CLOCK, Duty.PROMISE, Duty.PAUSE})
"""What is looked at together for one incident, so that it is announced in one message."""


def decide(situation: Situation, *, now: datetime, duties: Collection[Duty] = WATCHED) -> Decision:
    """What must be recorded and said of an incident at `now`; `duties` are those whose time has come.

    One message at a time: about a promise that passed, else about a pause, else about the clocks. A target that is
    missed in the instant in which a promise passes is announced as a miss, and asks in the same message.
    """
    decision = settled(situation, now=now)
    if not decision.situation.incident.is_open:
        return decision
    if Duty.PAUSE in duties:
        decision = _with_pause_look(decision, None)
    if Duty.PROMISE in duties:
        passed = _passed_promise(decision)
        if passed is not None:
            decision, nudge = _of_promise(decision, passed, named=situation.history[-1].seq)
            if nudge is not None:
                return _pause_next(decision.saying(nudge)) if Duty.PAUSE in duties else decision.saying(nudge)
    if Duty.PAUSE in duties:
        nudge = _of_reply(decision) or _of_outlived_pause(decision)
        if nudge is not None:
            return _pause_said(decision.saying(nudge))
    nudge = ladder_nudge(decision.situation, decision.readings, now=now)
    return decision if nudge is None else decision.saying(nudge)


# ------------------------------------------------------------------ a promise that passed


def _passed_promise(decision: Decision) -> PromiseQuestioned | PromiseLapsed | None:
    """What becomes of a promise whose time has come: it is asked about first, and lapses a grace later."""
    incident = decision.situation.incident
    look = promise_look(incident.promise, incident.promise_asked_at)
    if incident.promise is None or look is None or look > decision.now:
        return None
    if incident.promise_asked_at is None:
        return PromiseQuestioned(promised=incident.promise)
    return PromiseLapsed(promised=incident.promise)


def _of_promise(
    decision: Decision, passed: PromiseQuestioned | PromiseLapsed, *, named: int
) -> tuple[Decision, Occasion | None]:
    """The fact about a promise, and the message that says so; none where a target was missed in the same instant.

    `named` is the number of the last fact before it, which tells this promise from every other one.
    """
    promise = promise_in_force(decision.situation.history)
    holder = () if promise is None else (promise.by,)
    is_question = isinstance(passed, PromiseQuestioned)
    decision = decision.recording([NewFact(event=passed, at=decision.now, by="")])
    if is_question:
        decision = replace(decision, asked=tuple(person for person in holder if _is_asked_apart(decision, person)))
    steps = tuple(
        step for step in reached(decision.situation, decision.readings, now=decision.now) if not step[1].repeat
    )
    if any(reading.breached for reading, _ in steps):
        return decision, None
    pressing = most_pressing(decision.readings)
    cause = NudgeCause.PROMISE_QUESTIONED if is_question else NudgeCause.PROMISE_LAPSED
    return decision, Occasion(
        cause=cause,
        tell=tuple(dict.fromkeys((Recipient.DISPATCHER, *named_by(steps)))),
        key=f"{decision.situation.incident.key}:{cause}:{named}",
        reading=pressing,
        also=also_due(decision.readings, steps, pressing),
        mention_too=() if is_question else holder,
        steps=steps,
    )


def _is_asked_apart(decision: Decision, person: str) -> bool:
    """Who does not dispatch may not read the dispatcher channel, and is asked by a message of their own too."""
    msp = decision.situation.msp
    return msp.reachable(person) is not None and not msp.role_of(person).may_act_as(Role.DISPATCHER)


# ------------------------------------------------------------------ a pause that should not go on unseen


def _of_reply(decision: Decision) -> Occasion | None:
    """The message about a customer who answered in a pause that goes on."""
    reply = decision.situation.untold_reply()
    if reply is None:
        return None
    words = reply.event.text if isinstance(reply.event, CustomerReplied) else ""
    key = reply_key(decision.situation.incident.key, reply.seq)
    return _of_pause(decision, NudgeCause.CUSTOMER_ANSWERED, key, words)


def reply_key(incident_key: str, number: int) -> str:
    """The name under which a customer's reply in a pause is spoken of, once."""
    return f"{incident_key}:answered:{number}"


def _of_outlived_pause(decision: Decision) -> Occasion | None:
    """The message about a pause that goes on after its end."""
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


def _pause_said(decision: Decision) -> Decision:
    """A reply is told once; a pause that has outlived its end is spoken of again a day later."""
    situation = decision.situation
    reply = situation.untold_reply()
    if reply is not None:
        situation = replace(situation, told_reply=reply.seq)
    until = situation.incident.pause_until
    again = decision.now + PAUSE_REMINDER if until is not None and until <= decision.now else None
    return replace(decision, situation=replace(situation, pause_look=again))


def _pause_next(decision: Decision) -> Decision:
    """A pause that is due in the instant in which another message is posted is spoken of in the next look."""
    return _with_pause_look(decision, decision.now)


def _with_pause_look(decision: Decision, at: datetime | None) -> Decision:
    return replace(decision, situation=replace(decision.situation, pause_look=at))
