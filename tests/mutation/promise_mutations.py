"""Corruptions of what is promised and of what counts for it: rules 9, 10, 16, 17 and 20."""

from tests.mutation.mutation import of_rule

CLOCKS = ("clocks/test_reading", "clocks/test_fold", "tests/oracle/test_clocks.py")
LADDERS = ("escalation/test_ladder_position", "escalation/test_rung_kinds", "escalation/test_ladder_walk")
FILES = "tests/unit/sla_engine/files/"
RECORDED = "tests/unit/sla_engine/domain/clocks/test_outcomes.py"
REPROCESSING = "tests/storage/test_reprocessing.py"
SWEEP = "tests/storage/test_sweep.py"
PAGE = "tests/unit/test_how_clocks_count.py"

PROMISE_MUTATIONS = (
    # 9. The first human, customer-visible reply; a logged update is one; the list is the agreement's.
    *of_rule(
        9,
        "agreements/metrics",
        ("stops_on=(Responded, CustomerUpdated, Resolved),", "stops_on=(Responded, Resolved),"),
        ("stops_on=(Responded, CustomerUpdated, Resolved),", "stops_on=(Responded, CustomerUpdated),"),
        (
            "stops_on=(Responded, CustomerUpdated, Resolved),",
            "stops_on=(Responded, CustomerUpdated, Resolved, PlanGiven),",
        ),
        ("stops_on=(PlanGiven, Resolved),", "stops_on=(Resolved,),"),
        (
            "return replace(self, stops_on=(*kinds, Resolved))",
            "return replace(self, stops_on=(*self.stops_on, *kinds))",
        ),
        ("return replace(self, stops_on=(*kinds, Resolved))", "return replace(self, stops_on=kinds)"),
        tests=(*CLOCKS, "clocks/test_fold_acts"),
    ),
    *of_rule(
        9,
        "clocks/replies",
        ("if is_answered:\n", "if False:\n"),
        ("yield replace(entry, event=Responded(text=text))\n                is_answered = True", "pass"),
        ("is_answered = CustomerUpdated in first_replies(terms.at(entry.at).agreement)", "is_answered = True"),
        ("is_answered = CustomerUpdated in first_replies(terms.at(entry.at).agreement)", "pass"),
        ("event.how == entry.source and entry.source not in", "entry.source not in"),
        ('entry.source not in {"", SLACK}', "bool(entry.source)"),
        tests=("clocks/test_replies",),
    ),
    # 10. Periodic updates, waiting periods, replies, expected ends, promises.
    *of_rule(
        10,
        "agreements/metrics",
        ("restarts_on=(Responded, CustomerUpdated),", "restarts_on=(CustomerUpdated,),"),
        tests=CLOCKS,
    ),
    *of_rule(
        10,
        "clocks/track",
        ("self.target.lasting(min(self.target.waiting, lasts))", "self.target.lasting(lasts)"),
        ("return so_far + self.every\n", "return self.every\n"),
        ("return so_far + lasted - target.calendar.elapsed(started_at, self.began)", "return so_far + lasted"),
        ("lasted = self.every if self.before is None else", "lasted = self.every if self is self else"),
        tests=(*CLOCKS, "clocks/test_waiting_period"),
    ),
    *of_rule(
        10,
        "clocks/waiting_period",
        ("began = None if self.has_replied or self.began", "began = None if self.began"),
        (
            "if (before.target.priority, before.version) != (after.target.priority, after.version):",
            "if before is after:",
        ),
        tests=(*CLOCKS, "clocks/test_waiting_period"),
    ),
    *of_rule(
        10,
        "clocks/waiting_period",
        ("self.began, self.has_replied = at, False", "self.began = at"),
        tests=(*CLOCKS, "clocks/test_waiting_period"),
    ),
    *of_rule(
        10,
        "clocks/fold",
        ("if self.waiting.began == entry.at:", "if self.waiting.began is None:"),
        (
            "if isinstance(event, self.metric.restarts_on):\n                self._begin(entry.at)",
            "if not event:\n                self._begin(entry.at)",
        ),
        (
            "self.waiting.remember(track, earlier=None)\n            self.waiting.lengthen(track, self.promise, at)",
            "pass",
        ),
        tests=(*CLOCKS, "clocks/test_waiting_period"),
    ),
    *of_rule(
        10,
        "incidents/promises",
        ("return asked_at + PROMISE_GRACE", "return due + PROMISE_GRACE"),
        ("PromiseOutcome.KEPT if entry.at <= promise.due else PromiseOutcome.KEPT_LATE", "PromiseOutcome.KEPT"),
        ("in_time = entry.at <= promise.due", "in_time = True"),
        (
            "case Acknowledged(promise=due) | CustomerUpdated(next_at=due) if due is not None:",
            "case Acknowledged(promise=due) if due is not None:",
        ),
        tests=("incidents/test_promises",),
    ),
    *of_rule(
        10,
        "incidents/pauses",
        ("Span(max(expected, since), until)", "Span(since, until)"),
        ("pause.expected_ends.append(expected)", "pause.expected_ends[:] = [expected]"),
        ("(entry.at, answer is not None)", "(entry.at, True)"),
        tests=("clocks/test_attribution", "incidents/test_pauses"),
    ),
    *of_rule(
        10,
        "incidents/pauses",
        ("if self._reply_ends_pause(entry.at):", "if True:"),
        ("self._turn(entry, answer=None)", "pass"),
        ("pause.answer = None", "pass"),
        tests=("incidents/test_pauses", "clocks/test_time_by_stage", "clocks/test_time_by_stage_properties", *CLOCKS),
    ),
    *of_rule(
        10,
        "clocks/time_by_stage",
        ("terms.reply_ends_pause, since", "lambda _: True, since"),
        ("since=reading.started_at, until", "since=in_order(history)[0].at, until"),
        tests=("clocks/test_time_by_stage", "clocks/test_time_by_stage_properties"),
    ),
    # 16. The most specific, then file order; winner and losers are kept.
    *of_rule(
        16,
        "agreements/agreement",
        ("winner = max(matching, key=lambda target: target.specificity)", "winner = matching[0]"),
        (
            "winner = max(matching, key=lambda target: target.specificity)",
            "winner = max(reversed(matching), key=lambda target: target.specificity)",
        ),
        ("return sum(1 for condition in (self.site, self.service) if condition)", "return int(bool(self.site))"),
        ('sites, services = {"", _name_key(subject.site)}', 'sites, services = {""}'),
        ('{"", _name_key(subject.service)}', '{""}'),
        ("losers = tuple(target for target in matching if target is not winner)", "losers = ()"),
        tests=(PAGE, f"{FILES}test_agreement_rules.py", "clocks/test_small_print"),
    ),
    *of_rule(
        16, "clocks/reading", ("losers=change.losers,", "losers=(),"), tests=(PAGE, *CLOCKS, "clocks/test_small_print")
    ),
    *of_rule(
        16,
        "clocks/target_history",
        ("later = loser.specificity == winner.specificity", "later = loser.specificity != winner.specificity"),
        tests=("clocks/test_target_history",),
    ),
    # 17. The order of one instant, ties by number, late facts in their place, duplicates change nothing.
    *of_rule(
        17,
        "incidents/history",
        ("Resumed: 2,\n    Paused: 3,", "Resumed: 3,\n    Paused: 2,"),
        ("PrioritySet: 1,", "PrioritySet: 5,"),
        (
            "if isinstance(event, Reopened):\n        return _REOPEN",
            "if isinstance(event, Reopened):\n        return 0",
        ),
        ('attrgetter("at", "seq")', 'attrgetter("recorded_at", "seq")'),
        ("(_rank(head[0].event), head[0].seq)", "(_rank(head[0].event), -head[0].seq)"),
        ("(_rank(head[0].event), head[0].seq)", "head[0].seq"),
        ("return entry.received_at or _LONG_AGO, entry.seq", "return _LONG_AGO, entry.seq"),
        ("return entry.received_at or _LONG_AGO, entry.seq", "return entry.received_at or _LONG_AGO, -entry.seq"),
        ("stands_alone = not entry.source or isinstance(entry.event, Opened)", "stands_alone = True"),
        ("stands_alone = not entry.source or isinstance(entry.event, Opened)", "stands_alone = not entry.source"),
        ("stands_alone = not entry.source or isinstance(entry.event, Opened)", "stands_alone = False"),
        tests=("incidents/test_history", *CLOCKS, "clocks/test_small_print"),
    ),
    *of_rule(
        17,
        "incidents/history",
        ("entry.seq not in undone or", "entry.seq in undone or"),
        ("or isinstance(entry.event, Opened))", "or False)"),
        ("or entry.event.is_opening)", "or True)"),
        tests=("incidents/test_undo", "tests/oracle/test_clocks.py"),
    ),
    *of_rule(
        17,
        "escalation/groundless",
        ("if at is None or at > now:", "if at is None:"),
        ("if reading is None or event.rung", "if event.rung"),
        ("if before is None or before.due", "if before is not None and before.due"),
        tests=("escalation/test_groundless",),
    ),
    *of_rule(
        17,
        "escalation/ladder_position",
        ("place = replace(place, round=place.round + 1)\n            continue", "continue"),
        ("        if entry.seq in undone:", "        if False:"),
        tests=("escalation/test_groundless",),
    ),
    *of_rule(
        17,
        "clocks/fold",
        ("if self.opened_at is not None:\n            return", "if self.opened_at == entry.at:\n            return"),
        ("known = [entry for entry in history if entry.at <= until]", "known = list(history)"),
        tests=CLOCKS,
    ),
    *of_rule(
        17,
        "incidents/pauses",
        ("        if pause is None:\n            self.held", "        if True:\n            self.held"),
        tests=("incidents/test_pauses",),
    ),
    *of_rule(
        17,
        "sla_engine/domain/clocks/outcomes.py",
        ("return reading.breached_at != recorded.breached_at", "return False"),
        tests=(f"{REPROCESSING}::test_an_approved_reprocessing_adds_facts_and_changes_none",),
    ),
    *of_rule(
        17,
        "sla_engine/domain/clocks/outcomes.py",
        ("return has_same_stop and reading.breached_at is not None", "return False"),
        tests=(f"{REPROCESSING}::test_a_clock_that_was_met_can_turn_out_missed",),
    ),
    # 20. The true instant and the instant it was noticed; catch-up is one message.
    *of_rule(
        20,
        "clocks/ledger",
        ("entry.recorded_at\n        for entry in ordered", "entry.at\n        for entry in ordered"),
        tests=("clocks/test_ledger",),
    ),
    *of_rule(
        20,
        "sla_engine/domain/clocks/outcomes.py",
        ("at=reading.breached_at, by=", "at=history[-1].recorded_at, by="),
        (
            "breached_at=reading.breached_at or reading.started_at",
            "breached_at=reading.due_at or reading.started_at",
        ),
        tests=(
            RECORDED,
            f"{SWEEP}::test_after_an_outage_each_clock_is_announced_once_and_marked_late",
        ),
    ),
    *of_rule(
        20,
        "escalation/ladder_position",
        ("*folded, (at_breach, at, number) = sorted(reached)", "(at_breach, at, number), *folded = sorted(reached)"),
        ("folded=tuple((lower, when) for _, when, lower in folded),", "folded=(),"),
        (
            "if at is not None and number not in place.announced and (rung.at_breach or not after_breach):",
            "if at is not None and number not in place.announced:",
        ),
        ("reached_at=at,\n        announced_at=now,", "reached_at=now,\n        announced_at=now,"),
        tests=LADDERS,
    ),
)
