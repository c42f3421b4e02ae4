"""Escalation: who must be notified of what, and when each timer is due next."""
