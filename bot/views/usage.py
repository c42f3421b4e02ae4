"""Usage of each word after `/sla`: help, forms and refusals read it here."""

from collections.abc import Mapping

USAGE: Mapping[str, str] = {
    "ack": "ack INC-… [30m | until 15:00]",
    "action": "action [done ACT-…]",
    "assign": "assign INC-… @user",
    "away": "away [@user] [until …]",
    "back": "back [@user]",
    "board": "board",
    "call": "call [customer | INC-…]",
    "digest": "digest [last week | this month | november | w49]",
    "escalate": "escalate INC-… [words]",
    "handback": "handback INC-… [why]",
    "handover": "handover [@user]",
    "health": "health",
    "help": "help [subcommand]",
    "me": "me [team]",
    "merge": "merge INC-… into INC-…",
    "misses": (
        "misses [last week | this month | november | 2026-W49] [customer] [metric] [reason] [P1…P5] "
        "[ours | third-party] [unexplained]"
    ),
    "note": "note INC-…",
    "notes": "notes [customer] [unexplained | returned | mine]",
    "open": "open [customer] [P1…P5 | impact … urgency …] [site …] [service …] [title]",
    "pause": "pause INC-… [reason] [until …]",
    "plan": "plan INC-… [words]",
    "problem": (
        "problem [list | open [title] | show PRB-… | link PRB-… [incidents] | workaround PRB-… [words] | fixed PRB-…]"
    ),
    "priority": "priority INC-… [P1…P5]",
    "remark": "remark INC-… words",
    "reopen": "reopen INC-… [words]",
    "resolve": "resolve INC-… [words]",
    "respond": "respond INC-… [words]",
    "resume": "resume INC-…",
    "review": "review",
    "show": "show INC-…",
    "simulate": "simulate [what if …]",
    "snooze": "snooze INC-… 30m",
    "sop": "sop [list [words] | show SOP-… | used SOP-… INC | link SOP-… INC | done SOP-…]",
    "status": (
        "status [mine | all | @user | customer] [P1…P5] "
        "[unassigned | overdue | waiting | stale | no-promise | answered | untold | long-wait | absent] [2h]"
    ),
    "take": "take INC-…",
    "triage": "triage [number] [customer | new | aside]",
    "undo": "undo [INC-…]",
    "update": "update INC-… [what the customer was told] [next 15:00]",
    "waive": "waive INC-… metric because …",
    "why": "why INC-… [redacted]",
    "words": "words [number] [meaning]",
}
"""Usage by subcommand; what stands in brackets may be left out, and `…` is to be filled in."""
