"""Which blocks Slack accepts."""
