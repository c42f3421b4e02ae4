"""Commands of `sla-bot` that need Slack or the whole bot."""
