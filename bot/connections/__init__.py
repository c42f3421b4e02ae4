"""Slack's connections to the bot: Socket Mode and signed HTTP."""
