"""The sentence for every refusal, the same in a terminal and in Slack; a module for each subject."""

from sla_engine.text.refusals import agreements, incidents, intake, notes, operations, people, problems, requests, undo
from sla_engine.text.refusals.medium import PLAIN, Medium
from sla_engine.text.refusals.sentence import sentence

__all__ = [
    "PLAIN", "Medium", "agreements", "incidents", "intake", "notes", "operations", "people", "problems", "requests",
    "sentence", "undo",
]  # fmt: skip
