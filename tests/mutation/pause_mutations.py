"""Corruptions of what rests a clock and of what changes its target: rules 5 to 8, 11, 12 and 19."""

from tests.mutation.mutation import of_rule

CLOCKS = ("clocks/test_reading", "clocks/test_fold", "tests/oracle/test_clocks.py")
FIGURES = ("clocks/test_attribution", "clocks/test_ledger")

PAUSE_MUTATIONS = (
    # 5. A pause removes only the open part it covers, clears no breach, and stops the overrun.
    *of_rule(
        5,
        "clocks/track",
        ("self.runs[-1] = RunSpan(self.runs[-1].start, at)", "pass"),
        ("self.rests[-1] = RestSpan(last.start, at, last.reasons, last.by)", "pass"),
        tests=CLOCKS,
    ),
    *of_rule(
        5,
        "clocks/track",
        ("end = until if run.end is None else min(run.end, until)", "end = until"),
        tests=CLOCKS,
    ),
    *of_rule(
        5,
        "clocks/reading",
        (
            "(calendar.elapsed(rest.start, min(rest.end or until, until)) for rest",
            "((rest.end or until) - rest.start for rest",
        ),
        tests=CLOCKS,
    ),
    *of_rule(5, "clocks/due", ("        left -= used\n    return due_after", "    return due_after"), tests=CLOCKS),
    # 6. What pauses is set per metric.
    *of_rule(
        6,
        "agreements/metrics",
        (
            "stops_on=(Responded, CustomerUpdated, Resolved),\n            pausable=False,",
            "stops_on=(Responded, CustomerUpdated, Resolved),",
        ),
        (
            "restarts_on=(Responded, CustomerUpdated),\n            pausable=False,",
            "restarts_on=(Responded, CustomerUpdated),",
        ),
        ('was_due="Plan was due",', 'was_due="Plan was due",\n            pausable=False,'),
        ('was_due="Fix was due",', 'was_due="Fix was due", pausable=False,'),
        tests=CLOCKS,
    ),
    # 7. Several reasons at once; the first has the minutes.
    *of_rule(
        7,
        "clocks/fold",
        ("if self._resting:\n            track.rest(", "if not self._resting:\n            track.rest("),
        ("track.rest(at, tuple(self.pauses), by)", "track.rest(at, tuple(self.pauses)[-1:], by)"),
        ("if track is None or reasons == before:", "if track is None:"),
        tests=CLOCKS,
    ),
    *of_rule(
        7,
        "incidents/pauses",
        ("self.end(list(self.held) if reason is None else [reason], entry.at)", "self.end(list(self.held), entry.at)"),
        ("self.end([PauseReason.CUSTOMER], entry.at)", "self.end(list(self.held), entry.at)"),
        ("if not self._is_opened or", "if False or"),
        tests=("incidents/test_pauses", *CLOCKS),
    ),
    *of_rule(
        7,
        "clocks/attribution",
        ("rested.setdefault(rest.reasons[0], [])", "rested.setdefault(rest.reasons[-1], [])"),
        ("if whose is Attribution.CUSTOMER else _ZERO", "if whose is not Attribution.US else _ZERO"),
        ("us=answered + outlived + (theirs", "us=(theirs"),
        tests=("clocks/test_attribution",),
    ),
    *of_rule(
        7,
        "clocks/ledger_rows",
        ("PAUSE_REASONS[self.reasons[0]].attribution", "PAUSE_REASONS[self.reasons[-1]].attribution"),
        tests=("clocks/test_ledger",),
    ),
    *of_rule(
        7,
        "incidents/reasons",
        (
            'PauseReason.SCHEDULED: PauseRow("scheduled with the customer", Attribution.CUSTOMER)',
            'PauseReason.SCHEDULED: PauseRow("scheduled with the customer", Attribution.US)',
        ),
        (
            'PauseReason.PARTS: PauseRow("waiting for parts", Attribution.THIRD_PARTY)',
            'PauseReason.PARTS: PauseRow("waiting for parts", Attribution.CUSTOMER)',
        ),
        tests=FIGURES,
    ),
    # 8. From the original start; breached on change; one breach only; a grace; waivers.
    *of_rule(
        8,
        "clocks/breach",
        (
            "return change.at, True\n        if elapsed_on(track, target.calendar, end)",
            "return _crossing(track, target, end), False\n        if elapsed_on(track, target.calendar, end)",
        ),
        ("changes = [change for change in track.changes if change.at <= until]", "changes = track.changes[-1:]"),
        tests=(*CLOCKS, "clocks/test_reading_waivers"),
    ),
    *of_rule(
        8,
        "clocks/reading",
        ("waived_at=waiver.at if waiver else None,", "waived_at=None,"),
        ("if isinstance(entry.event, Waived) and entry.at <= until", "if isinstance(entry.event, Waived)"),
        tests=(*CLOCKS, "clocks/test_reading_waivers"),
    ),
    *of_rule(
        8,
        "clocks/fold",
        (
            "self.track.changes.append(change_to(at, promise))\n\n    def _change_pauses",
            "self.track.changes[:] = [change_to(at, promise)]\n\n    def _change_pauses",
        ),
        (
            "if before is None or event.priority is before.priority:\n            return",
            "if before is not None:\n            return",
        ),
        tests=CLOCKS,
    ),
    # Where nothing is promised any more the clock ends; a miss stays, and the way back counts from the start.
    *of_rule(
        8,
        "clocks/fold",
        (
            "elif self.track is not None:\n            self._end_promise(self.track, entry.at)",
            "elif self.track is None:\n            pass",
        ),
        (
            "if self.promise is None:\n            self._end_promise(track, at)",
            "if self.promise is None:\n            pass",
        ),
        (
            "elif not track.changes or track.unpromised_since is not None or self.promise.target",
            "elif not track.changes or self.promise.target",
        ),
        ("if track.changes and track.unpromised_since is None:", "if track.changes:"),
        tests=("clocks/test_fold_unpromised", *CLOCKS),
    ),
    *of_rule(
        8,
        "clocks/track",
        ("        self.withdrawn = True\n        self.stopped_at, self", "        self.stopped_at, self"),
        ("for run in self.runs if run.start < since]", "for run in self.runs[:1]]"),
        ("and self.first_stopped_at > since:", "and self.first_stopped_at < since:"),
        tests=("clocks/test_fold_unpromised", *CLOCKS),
    ),
    *of_rule(
        8,
        "clocks/breach",
        ("        if not change.promises:\n            continue\n        end = until", "        end = until"),
        ("if in_force is not None and in_force.promises:", "if in_force is not None:"),
        tests=("clocks/test_fold_unpromised", *CLOCKS),
    ),
    *of_rule(
        8,
        "clocks/reading",
        (
            "has_no_due = state is ClockState.PAUSED or not (is_promised or breach)",
            "has_no_due = state is ClockState.PAUSED",
        ),
        tests=("clocks/test_fold_unpromised", *CLOCKS),
    ),
    *of_rule(
        8,
        "escalation/rung_instants",
        ("grace = GRACE_AFTER_CHANGE if reading.breached_on_change else JUST_AFTER", "grace = JUST_AFTER"),
        ("return breach if reading.breached_on_change else _warning_instant", "return _warning_instant"),
        tests=("escalation/test_ladder_position", "escalation/test_rung_kinds"),
    ),
    # 11. Reopen: resume, new_cycle, first_only; first and total resolution.
    *of_rule(
        11,
        "clocks/fold",
        ("elif mode is ReopenMode.RESUME:", "else:"),
        ("if self.metric.periodic or mode is ReopenMode.NEW_CYCLE:", "if mode is ReopenMode.NEW_CYCLE:"),
        ("if self.metric.periodic or mode is ReopenMode.NEW_CYCLE:", "if self.metric.periodic:"),
        (
            "track.first_stopped_at = track.first_stopped_at or track.stopped_at",
            "track.first_stopped_at = track.stopped_at",
        ),
        ("if last is None or last.stopped_on != RESOLVED or", "if last is None or"),
        (
            "if isinstance(event, Resolved):\n            self.pause_fold.read(entry)",
            "if not isinstance(event, Resolved):\n            self.pause_fold.read(entry)",
        ),
        tests=(*CLOCKS, "clocks/test_fold_reopening"),
    ),
    *of_rule(
        11,
        "clocks/reading",
        ("first_elapsed=elapsed_on(track, calendar, track.first_stopped_at) if", "first_elapsed=elapsed if"),
        tests=(*CLOCKS, "clocks/test_fold_reopening"),
    ),
    *of_rule(
        11,
        "agreements/metrics",
        ("pausable=False,\n            resumes_on_reopen=False,", "pausable=False,"),
        tests=CLOCKS,
    ),
    *of_rule(
        11,
        "incidents/follow_ups",
        ("at - resolved_at > window", "at - resolved_at <= window"),
        tests=("incidents/test_follow_ups",),
    ),
    # 12. Versions by effective time: frozen past, projected rest, closed clocks untouched, ladders of the opening.
    *of_rule(
        12,
        "agreements/versions",
        ("return max(version.effective, version.applied_at)", "return version.effective"),
        ("return max(version.effective, version.applied_at)", "return version.applied_at"),
        ("if version.applied_at > self.opened.recorded_at:", "if version.applied_at <= self.opened.recorded_at:"),
        ("return self.opening.ladder(metric)", "return self.latest.ladder(metric)"),
        ("since <= at < until and version.applied_at <= known for", "since <= at < until for"),
        ("since <= at < until and version.applied_at <= known for", "at < until and version.applied_at <= known for"),
        (
            "return spliced([(since, _plain(chosen.target.calendar)) for since, chosen in choices])",
            "return choice.target.calendar",
        ),
        tests=("agreements/test_versions", "clocks/test_small_print"),
    ),
    *of_rule(
        12,
        "clocks/target_changes",
        ("change_to(at, promised, promised.waiting if waits else None)", "change_to(at, promised, None)"),
        (
            "if promised is None:\n            if before is not None:",
            "if promised is None:\n            if before is None:",
        ),
        tests=CLOCKS,
    ),
    *of_rule(
        12,
        "clocks/fold",
        (
            "if track.stopped_at is not None:\n                track.changes = ",
            "if track.stopped_at is None:\n                track.changes = ",
        ),
        ("if track.changes and not self._resting:", "if track.changes and not self.pauses:"),
        ("if promises_the_same(before, promise) and self.track.changes:", "if before is None:"),
        tests=(*CLOCKS, "agreements/test_versions"),
    ),
    *of_rule(
        12,
        "clocks/target_changes",
        ("target = promise.target.lasting(change.target.duration)", "target = promise.target"),
        tests=(*CLOCKS, "agreements/test_versions"),
    ),
    *of_rule(
        12,
        "time/versioned_calendar",
        (
            "if counted >= left:\n                return piece.calendar.add(at, left)\n            left -= counted",
            "if counted >= left:\n                return piece.calendar.add(at, left)",
        ),
        ("if piece.since <= at])", "if True])"),
        ("first = max(at, piece.since) if piece is not self.pieces[0] else at", "first = at"),
        tests=("time/test_versioned_calendar", "agreements/test_versions"),
    ),
    *of_rule(
        12,
        "clocks/due",
        ("due = used_up if used_up is None or used_up > change.at else", "due = used_up if used_up is None else"),
        ("else min(due or change.at, change.at)", "else change.at"),
        (
            "if _is_missed_before(track, target, due, change.at):\n            break\n        if",
            "if due is not None and due <= change.at:\n            break\n        if",
        ),
        ("        if not change.promises:\n            due = None\n            continue\n", ""),
        tests=("agreements/test_versions", *CLOCKS),
    ),
    # 19. A duplicate is cancelled; the survivor keeps the earlier start.
    *of_rule(
        19,
        "clocks/starts",
        ("if duplicate_opened_at < start:", "if duplicate_opened_at > start:"),
        tests=(*CLOCKS, "clocks/test_starts"),
    ),
    *of_rule(
        19,
        "clocks/fold",
        (
            "for track in self.done:\n            track.cancelled = True",
            "for track in self.done[-1:]:\n            track.cancelled = False",
        ),
        ("if self.is_over:  # later facts", "if not self.done and self.is_over:  # later facts"),
        tests=(*CLOCKS, "clocks/test_starts"),
    ),
    *of_rule(
        19,
        "clocks/starts",
        ("elif isinstance(entry.event, _ENDINGS):\n            break", "elif False:\n            break"),
        tests=(*CLOCKS, "clocks/test_starts"),
    ),
    *of_rule(
        19,
        "clocks/breach",
        ("return move.at, True", "return None"),
        ("changes=[change.started(move.before) for change in track.changes],", "changes=track.changes,"),
        ("if not track.moves:\n        return", "if track is not None:\n        return"),
        ("return [*earlier[-1:], *later]", "return [*track.changes[:1], *later]"),
        tests=(*CLOCKS, "clocks/test_starts"),
    ),
    *of_rule(
        19,
        "clocks/reading",
        (
            "if self.state is ClockState.CANCELLED:\n            return None",
            "if self.state is ClockState.CANCELLED:\n            return True",
        ),
        tests=(*CLOCKS, "clocks/test_starts"),
    ),
    *of_rule(
        19,
        "clocks/fold",
        ("Merged: _Fold._withdraw,", "Merged: _Fold._give_up,"),
        ("Moved: _Fold._give_up,", "Moved: _Fold._withdraw,"),
        tests=(*CLOCKS, "clocks/test_starts", "incidents/test_endings"),
    ),
    # A deleted ticket: what was not decided has no outcome, what was missed before stays missed.
    *of_rule(
        19,
        "clocks/fold",
        ("self.track.withdrawn = True", "self.track.withdrawn = False"),
        ("self.track.withdrawn = True", "self.track.cancelled = True"),
        tests=(*CLOCKS, "incidents/test_endings"),
    ),
    *of_rule(
        19,
        "clocks/reading",
        ("(track.withdrawn and not missed)", "track.withdrawn"),
        ("(track.withdrawn and not missed)", "(track.withdrawn and missed)"),
        tests=(*CLOCKS, "incidents/test_endings"),
    ),
)
