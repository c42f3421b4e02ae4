"""The SLA engine: clocks, escalation, notes and reports for incidents. Has never heard of Slack."""
