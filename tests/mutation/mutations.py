"""Every rule, and the ways in which it is corrupted: the table that `python -m tests.mutation` goes through.

A mutation is the smallest edit that breaks its rule; the tests named are the ones that hold it. Edits that change
nothing a person could see are left out: comparing at an instant where both sides agree, for one.
"""

from tests.mutation.decision_mutations import DECISION_MUTATIONS
from tests.mutation.hours_mutations import HOURS_MUTATIONS
from tests.mutation.mutation import Mutation
from tests.mutation.pause_mutations import PAUSE_MUTATIONS
from tests.mutation.promise_mutations import PROMISE_MUTATIONS

RULES = {
    1: "only open time counts; the true start stays recorded",
    2: "opening is in, closing is out; overlaps count once; nights end on the next day",
    3: "due is the earliest instant; due at closing; grace until the next opening",
    4: "met is at most the target; breached from the first open second after",
    5: "a pause removes its open part, clears no breach, and the overrun does not grow",
    6: "what pauses is set per metric",
    7: "several reasons hold at once; minutes are those of the first",
    8: "a change is measured from the original start; breached on change; waivers",
    9: "the first response is the first human, customer-visible reply",
    10: "customer updates are periodic; replies end pauses; promises are clocks",
    11: "reopening resumes, begins a new cycle, or counts only once",
    12: "versions by effective time: the past is frozen",
    13: "the wall clock's changes: gaps, repeated labels, dates that never were",
    14: "holidays, partial closures, overrides, scope shift",
    15: "whose calendar, whose zone, whose business day",
    16: "the most specific target, then file order; the losers are kept",
    17: "the order of one instant; duplicates change nothing",
    18: "a day is refused; repeats count open time; no calendar without open time",
    19: "a duplicate ends and keeps what was decided; the survivor keeps the earlier start",
    20: "a breach is when it happened; catch-up is one message",
}
MUTATIONS: tuple[Mutation, ...] = tuple(
    sorted(
        (*HOURS_MUTATIONS, *PAUSE_MUTATIONS, *PROMISE_MUTATIONS, *DECISION_MUTATIONS),
        key=lambda mutation: mutation.rule,
    )
)
