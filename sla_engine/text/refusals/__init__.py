"""One sentence for every refusal, whether a terminal or Slack shows it; a module for each subject."""

from sla_engine.text.refusals import agreements, incidents, intake, notes, operations, people, requests
from sla_engine.text.refusals.medium import PLAIN, Medium
from sla_engine.text.refusals.sentence import sentence

__all__ = [
    "PLAIN", "Medium", "agreements", "incidents", "intake", "notes", "operations", "people", "requests", "sentence",
]  # fmt: skip
