"""Corruptions of a decision about an incident, of the words of an alert, and of what a log of states tells."""

from tests.mutation.mutation import of_rule

DECIDE = ("escalation/test_decide", "escalation/test_ladder_steps")
SERIES = ("incidents/test_series",)
LOGS = ("clocks/test_ticket_states", "tests/storage/test_replay.py")

DECISION_MUTATIONS = (
    # 10. A promise is asked about at its instant and lapses a grace later; a pause that outlived its end is told.
    *of_rule(
        10,
        "escalation/decide",
        ("if not decision.situation.incident.is_open:", "if False:"),
        ("due is None or due > decision.now:", "due is None or due >= decision.now:"),
        ("if incident.promise_asked_at is None:", "if incident.promise_asked_at is not None:"),
        ("if Duty.PROMISE in duties:", "if duties:"),
        ("named=situation.history[-1].seq)", "named=situation.history[0].seq)"),
        ("return msp.reachable(person) is not None and not", "return not"),
        ("and not msp.role_of(person).may_act_as(Role.DISPATCHER)", ""),
        ("mention_too=() if is_question else holder,", "mention_too=holder,"),
        ("mention_too=() if is_question else holder,", "mention_too=(),"),
        ("if until is None or until > decision.now or not", "if until is None or until >= decision.now or not"),
        ("for pause in held.values() if pause.until == until)", "for pause in held.values())"),
        ("PAUSE_REMINDER = timedelta(hours=24)", "PAUSE_REMINDER = timedelta(hours=48)"),
        (
            "again = decision.now + PAUSE_REMINDER if until is not None and until <= decision.now else None",
            "again = None",
        ),
        ("_of_reply(decision) or _of_outlived_pause(decision)", "_of_outlived_pause(decision) or _of_reply(decision)"),
        ("situation = replace(situation, announced_reply=reply.seq)", "pass"),
        ("mention_too=(owner,) if owner else (),", "mention_too=(),"),
        tests=DECIDE,
    ),
    # 20. What falls into one instant is one message; what it cannot speak of comes in the next look.
    *of_rule(
        20,
        "escalation/decide",
        ("if any(reading.breached for reading, _ in steps):", "if steps:"),
        ("if any(reading.breached for reading, _ in steps):", "if False:"),
        ("for reading, step in due if not step.repeat)", "for reading, step in due)"),
        ("(Recipient.DISPATCHER, *recipients_of(steps))", "(Recipient.DISPATCHER,)"),
        ("        steps=steps,\n", ""),
        ("return _with_pause_due(decision) if Duty.PAUSE in duties else decision", "return decision"),
        ("return _with_pause_timer(decision, decision.now)", "return decision"),
        tests=DECIDE,
    ),
    *of_rule(
        20,
        "escalation/ladder_steps",
        ("return is_new_miss, step.rung.phase, step.rung.percent", "return step.rung.phase, step.rung.percent"),
        ("is_new_miss = reading.breached and not step.repeat", "is_new_miss = reading.breached"),
        ("is_new_miss = reading.breached and not step.repeat", "is_new_miss = not step.repeat"),
        ("if step.repeat:\n        return NudgeCause.REPEAT", "if False:\n        return NudgeCause.REPEAT"),
        ("(reading.breached and not reading.is_over)", "False"),
        ("reading, step = max(steps, key=_urgency)", "reading, step = min(steps, key=_urgency)"),
        tests=DECIDE,
    ),
    *of_rule(
        20,
        "escalation/decision",
        ("if addressees.owner_alone is None and nudge.cause not in _OF_PAUSES:", "if nudge.cause not in _OF_PAUSES:"),
        ("addressees.owner_alone is None and nudge.cause not in _OF_PAUSES:", "addressees.owner_alone is None:"),
        ("if addressees.owner_alone is None and nudge.cause not in _OF_PAUSES:", "if False:"),
        ("if situation.place(reading).announced]", "]"),
        ("decision = decision.recording(facts)\n", ""),
        tests=DECIDE,
    ),
    *of_rule(
        10,
        "escalation/next_timers",
        ("if situation.unannounced_reply() is not None:\n        return now", "if False:\n        return now"),
        ("return situation.pause_timer if until is not None and until <= now else until", "return until"),
        (
            "return situation.pause_timer if until is not None and until <= now else until",
            "return situation.pause_timer",
        ),
        ("if reading.state is not ClockState.RUNNING:\n        return None", "if False:\n        return None"),
        ("incident.promise_asked_at) if incident.is_open else None", "incident.promise_asked_at)"),
        tests=DECIDE,
    ),
    # 17. Whether an alert's firing is news follows from the order of hearing, however late it is worked on.
    *of_rule(
        17,
        "incidents/series",
        ("if word in words:\n        return tuple(words)", "if False:\n        return tuple(words)"),
        (
            "place = bisect_right(words, word.received_at, key=lambda other: other.received_at)",
            "place = sum(other.received_at < word.received_at for other in words)",
        ),
        (
            "place = bisect_right(words, word.received_at, key=lambda other: other.received_at)",
            "place = sum(other.received_at <= word.received_at for other in words[1:])",
        ),
        ("return tuple(kept[-WORDS_KEPT:])", "return tuple(kept)"),
        ("if not 2 <= number < len(words) - 1:", "if number == 0:"),
        ("if word.fires and overtaken_start == word.started_at:", "if word.fires and overtaken_start is not None:"),
        ("if word.fires and overtaken_start == word.started_at:", "if False:"),
        ("if word.fires and fires is False:", "if word.fires and not fires:"),
        ("if not word.fires and fires is None else None", "if not word.fires else None"),
        ("if word.fires or word.at in ends:", "if word.fires:"),
        ("if word.fires or word.at in ends:", "if True:"),
        ("if other.fires and other.at > word.at)", "if other.fires and other.at >= word.at)"),
        ("return word.at if word.at > resolved_at else word.received_at", "return word.at"),
        ("return word.at if word.at > resolved_at else word.received_at", "return word.received_at"),
        tests=SERIES,
    ),
    # 17. A log's rows of one minute are one change, and a log that is read again tells nothing anew.
    *of_rule(
        17,
        "clocks/ticket_states",
        ("*_, state = rows", "state, *_ = rows"),
        ("if at == cut_at:", "if False:"),
        ("if entry.at >= at:\n            break", "if entry.at > at:\n            break"),
        ("stored_name(self.event)}{f':{reason}' if reason else ''}", "stored_name(self.event)}"),
        ("assignee = state.assignee or before.assignee", "assignee = state.assignee"),
        ("if assignee is not None and assignee != before.assignee:", "if assignee is not None:"),
        ("if state.priority is not before.priority:", "if True:"),
        tests=LOGS,
    ),
    # 9, 10, 11. What a log's states say of the first response, of waiting and of working on it again.
    *of_rule(
        9,
        "clocks/ticket_states",
        ("return Condition(TicketPhase.RUNS) if is_new_again else after", "return after"),
        ("case Responded() if condition.phase is TicketPhase.NEW:", "case Responded():"),
        ("MEASURED = (MetricName.FIRST_RESPONSE, MetricName.RESOLUTION)", "MEASURED = tuple(MetricName)"),
        tests=LOGS,
    ),
    *of_rule(
        10,
        "clocks/ticket_states",
        ("yield Resumed(reason=before.reason)", "yield Resumed()"),
        ("if after.phase is TicketPhase.WAITS and after.reason is not None:", "if after.reason is None:"),
        tests=LOGS,
    ),
    *of_rule(
        11,
        "clocks/ticket_states",
        ("case Reopened() if condition.phase is TicketPhase.DONE:", "case Reopened():"),
        ("if before.phase is TicketPhase.DONE:\n        yield Reopened()", "if False:\n        yield Reopened()"),
        (
            "is_closing = before.phase is TicketPhase.CANCELLED and state.condition.phase is TicketPhase.DONE",
            "is_closing = False",
        ),
        ("if place < last_alive else state", "if False else state"),
        ("if before == _CANCELLED:\n        return _CANCELLED", "if False:\n        return _CANCELLED"),
        tests=LOGS,
    ),
)
