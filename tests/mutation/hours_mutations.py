"""Corruptions of hours and of what is read off them: rules 1 to 4, 13, 14, 15 and 18."""

from tests.mutation.mutation import of_rule

CALENDARS = ("time/test_calendar", "time/test_calendar_closures", "time/test_calendar_dst")
CLOCKS = ("clocks/test_reading", "tests/oracle/test_clocks.py")
LADDERS = (
    "escalation/test_ladder_position",
    "escalation/test_rung_kinds",
    "agreements/test_ladders",
    "clocks/test_small_print",
)
BULK = ("tests/unit/benchmarks/test_bulk.py",)
FILES = "tests/unit/sla_engine/files/"

HOURS_MUTATIONS = (
    # 1. Open time = calendar open AND clock not paused.
    *of_rule(
        1,
        "clocks/counted_time",
        ("[(start, end, calendar.elapsed(start, end)) for", "[(start, end, end - start) for"),
        tests=CLOCKS,
    ),
    *of_rule(
        1,
        "clocks/reading",
        (
            "started_at=track.started_at,\n        elapsed=",
            "started_at=calendar.next_open(track.started_at),\n        elapsed=",
        ),
        tests=CLOCKS,
    ),
    *of_rule(
        1,
        "time/compiled_year",
        ("return self.before[index] + (at - opened) if opened < at", "return self.before[index] if opened < at"),
        (
            "between = sum((self._year(year).total for year in range(start.year + 1, end.year)), NO_TIME)",
            "between = NO_TIME",
        ),
        ("return first.total - first.until(start) + between", "return first.total + between"),
        tests=("time/test_calendar", "time/test_horizon"),
    ),
    *of_rule(
        1,
        "time/calendar",
        ("before = start - span.origin if start > span.opens else span.before", "before = start - span.origin"),
        ("return counted if counted.days >= 0 else NO_TIME", "return counted"),
        tests=("time/test_calendar", "time/test_horizon"),
    ),
    *of_rule(
        1,
        "benchmarks/bulk.py",
        ("np.maximum(here, 0, out=here)", "pass"),
        tests=BULK,
    ),
    *of_rule(
        1,
        "clocks/ledger",
        ("counted = until - at if is_open else _ZERO", "counted = until - at"),
        ("if at < end:\n        yield at, end, False", "if at > end:\n        yield at, end, False"),
        tests=("clocks/test_ledger", "tests/oracle/test_clocks.py"),
    ),
    # 2. Half-open, overlaps once, nights, 24x7, 24:00, 23:59.
    *of_rule(
        2,
        "time/spans",
        ("if joined and span.start <= joined[-1].end:", "if joined and span.start < joined[-1].start:"),
        ("max(joined[-1].end, span.end)", "span.end"),
        ("return self.start <= instant < self.end", "return self.start <= instant <= self.end"),
        tests=("time/test_spans", "time/test_calendar"),
    ),
    *of_rule(
        2,
        "time/shifts",
        ("return self.closes if self.closes > self.opens else", "return self.closes if self.closes >= self.opens else"),
        ("else self.closes + DAY_SECONDS", "else self.closes"),
        ("if total > DAY_SECONDS:", "if total >= DAY_SECONDS:"),
        tests=("time/test_shifts", "time/test_calendar"),
    ),
    *of_rule(
        2,
        "time/compiled_year",
        ("while closes[index] <= at and", "while closes[index] < at and"),
        tests=("time/test_calendar",),
    ),
    *of_rule(
        2,
        "time/opening_hours",
        ("return week and not self.closures and not", "return week and not"),
        tests=("time/test_calendar", "time/test_calendar_closures"),
    ),
    *of_rule(
        2,
        "sla_engine/files/hours.py",
        ("if shift.closes == ONE_MINUTE_SHORT:", "if not shift:"),
        tests=(f"{FILES}test_agreement_lint.py",),
    ),
    # 3. Due is the earliest instant; at closing it is the closing; grace until the next opening.
    *of_rule(
        3,
        "time/calendar",
        ("while span.through < needed:", "while span.through <= needed:"),
        tests=("time/test_calendar", "time/test_horizon"),
    ),
    *of_rule(
        3,
        "time/compiled_year",
        ("index = bisect_left(self.before, amount) - 1", "index = bisect_right(self.before, amount) - 1"),
        ("index = bisect_right(self.before, amount) - 1", "index = bisect_left(self.before, amount) - 1"),
        tests=("time/test_calendar", "time/test_horizon"),
    ),
    *of_rule(
        3,
        "clocks/due",
        ("opens = next_opening(target.calendar, max(due, run.start))", "opens = max(due, run.start)"),
        (
            "due_after(calendar, max(track.stopped_at or now, track.started_at), left)",
            "due_after(calendar, max(now, track.started_at), left)",
        ),
        tests=CLOCKS,
    ),
    *of_rule(3, "clocks/reading", ("has_no_due = state is ClockState.PAUSED or not", "has_no_due = not"), tests=CLOCKS),
    *of_rule(
        3,
        "clocks/breach",
        (
            "return target.calendar.next_open(target.calendar.add(used_up_from, left))",
            "return target.calendar.add(used_up_from, left)",
        ),
        tests=CLOCKS,
    ),
    *of_rule(
        3,
        "agreements/ladders",
        ("if percent < AT_BREACH_PERCENT:", "if percent <= AT_BREACH_PERCENT:"),
        tests=LADDERS,
    ),
    *of_rule(
        3,
        "escalation/rung_instants",
        (
            "case RungPhase.AT:\n            return breach",
            "case RungPhase.AT:\n            return share_instant(reading, 100)",
        ),
        ("return None if after is None or breach is None else max(after, breach)", "return after"),
        ("JUST_AFTER = timedelta(microseconds=1)", "JUST_AFTER = timedelta(0)"),
        tests=LADDERS,
    ),
    *of_rule(
        3,
        "benchmarks/bulk.py",
        ("here += durations[block]", "here += durations[block] + 1"),
        tests=BULK,
    ),
    # 4. Met iff elapsed <= target. One comparison.
    *of_rule(
        4,
        "clocks/breach",
        ("if elapsed > target.duration else None", "if elapsed >= target.duration else None"),
        (
            "if elapsed_on(track, target.calendar, end) > target.duration:",
            "if elapsed_on(track, target.calendar, end) >= target.duration:",
        ),
        ("if used > left:\n            break", "if used >= left:\n            break"),
        tests=CLOCKS,
    ),
    *of_rule(
        4,
        "clocks/reading",
        ("if self.breached:\n            return False", "if self.breached:\n            return True"),
        ("return True if self.state is ClockState.STOPPED else None", "return True"),
        tests=CLOCKS,
    ),
    # 13. Labels that do not exist, labels that repeat, dates that never were.
    *of_rule(
        13,
        "time/local_time",
        ("utcoffset() or NO_OFFSET for fold in (0, 1))", "utcoffset() or NO_OFFSET for fold in (1, 0))"),
        ("return later if _shows(later, local, zone) else meant", "return meant"),
        tests=("time/test_shifts", "time/test_calendar_dst"),
    ),
    *of_rule(
        13,
        "time/shifts",
        (
            "if opens < closes:\n            spans.append(Span(opens, closes))",
            "spans.append(Span(min(opens, closes), max(opens, closes)))",
        ),
        ("return union(spans) if spans and date_exists(day, zone) else []", "return union(spans)"),
        tests=("time/test_shifts", "time/test_calendar_dst"),
    ),
    *of_rule(
        13,
        "time/opening_hours",
        ("LABEL_REACH = timedelta(days=4)", "LABEL_REACH = timedelta(days=0)"),
        tests=("time/test_calendar_dst", "time/test_calendar"),
    ),
    # 14. Holidays, parts of dates, overrides, whole shifts.
    *of_rule(
        14,
        "time/opening_hours",
        ("return intersect(subtract(shifts, holes), [window])", "return intersect(shifts, [window])"),
        ("if override is not None:\n            return override", "if override:\n            return override"),
        ("if any(closure.scope == ClosureScope.SHIFT for closure in self.closures_on(day)):", "if False:"),
        ("if closure.scope == ClosureScope.DATE:", "if closure.scope != ClosureScope.DATE:"),
        ("yield from spans_on(day, [closure.part], self.tz)", "yield from spans_on(day, self.shifts_on(day), self.tz)"),
        (
            "around = (closure.date + timedelta(days=offset) for offset in (-2, -1, 0, 1, 2))",
            "around = (closure.date,)",
        ),
        tests=CALENDARS,
    ),
    *of_rule(
        14,
        "time/shifts",
        ("WHOLE_DAY = Shift(0, DAY_SECONDS)", "WHOLE_DAY = Shift(0, DAY_SECONDS - 60)"),
        tests=CALENDARS,
    ),
    *of_rule(
        14,
        "time/holidays",
        ("subdiv=part,", "subdiv=None,"),
        ("categories=kinds)", 'categories=("public",))'),
        tests=("time/test_holidays",),
    ),
    # 15. Whose calendar: site > agreement; whose business day.
    *of_rule(
        15,
        "agreements/agreement",
        ("if named is None or target.own_calendar:", "if named is None:"),
        ("calendar = self.sites[named]", "calendar = self.calendar"),
        ("duration = target.business_days * day", "duration = target.duration"),
        ("waiting = target.waiting_business_days * day", "waiting = target.waiting"),
        tests=("tests/unit/test_how_clocks_count.py", f"{FILES}test_agreement_rules.py", "clocks/test_small_print"),
    ),
    *of_rule(
        15,
        "time/calendar",
        ('return utc(at, "at").astimezone(self.tz).date()', 'return utc(at, "at").date()'),
        tests=("time/test_calendar", "clocks/test_small_print"),
    ),
    # 18. A day is refused; repeats count open time unless they say wall; a calendar without open time is an error.
    *of_rule(
        18,
        "time/durations",
        ('if {"d", "w"} & parts.keys():', "if not parts:"),
        ("else self.business_days * business_day", "else self.business_days * timedelta(hours=24)"),
        ("return None if business_day is None else", "return self.time if business_day is None else"),
        tests=("time/test_durations",),
    ),
    *of_rule(
        18,
        "sla_engine/files/calendar_lint.py",
        ("if not _opens_after(built, now):", "if False:"),
        tests=(
            f"{FILES}test_agreement_lint.py",
            f"{FILES}test_agreement_file.py",
            f"{FILES}test_agreement_mistakes.py",
        ),
    ),
    *of_rule(
        18,
        "escalation/ladder_position",
        ("due = last + wait if repeat.wall else due_after(reading.target.calendar, last, wait)", "due = last + wait"),
        (
            "due = last + wait if repeat.wall else due_after(reading.target.calendar, last, wait)",
            "due = due_after(reading.target.calendar, last, wait)",
        ),
        tests=LADDERS,
    ),
    *of_rule(
        18,
        "time/compiled_year",
        ("GIVE_UP_AFTER_EMPTY_YEARS = 20", "GIVE_UP_AFTER_EMPTY_YEARS = 2000"),
        tests=("time/test_calendar", "time/test_horizon"),
    ),
)
