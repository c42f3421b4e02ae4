"""Escalation: who must be told what, and when to look again."""
